//===- DeviceCode.h - gpu.modules to PTX and cubin --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_TARGET_DEVICECODE_H
#define RCM_LIB_TARGET_DEVICECODE_H

#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace rcm {

/// What ptxas says about a kernel.
struct KernelResources {
  uint32_t registers = 0;
  uint32_t sharedBytes = 0;
};

/// The device side of a module.
struct DeviceCode {
  std::string chip;
  std::string ptx;
  std::string cubin;
  /// Driver that accepts the cubin.
  uint32_t cubinMinimumDriver = 0;
  /// Final names of the kernels, in order, by `@module::@kernel` as the host
  /// names them.
  llvm::MapVector<mlir::Attribute, std::string> kernels;
  std::map<std::string, KernelResources> resources;
};

/// Translates the gpu.modules of `module`; assembles as `options` say.
mlir::FailureOr<DeviceCode> compileDeviceCode(mlir::ModuleOp module,
                                              const TargetOptions &options);

/// An assembled PTX module.
struct Assembly {
  std::string cubin;
  uint32_t minimumDriver = 0;
  std::map<std::string, KernelResources> resources;
};

/// Runs ptxas. No usable ptxas is an error in mode Always and an empty cubin
/// otherwise; PTX that it refuses is always an error.
mlir::FailureOr<Assembly> assemble(llvm::StringRef ptx, llvm::StringRef chip,
                                   const TargetOptions &options,
                                   mlir::Location location);

/// Reads the report of `ptxas -v`. Returns one line that says why the code is
/// slow, or an empty string.
std::string
readAssemblerReport(llvm::StringRef report,
                    std::map<std::string, KernelResources> &kernels);

} // namespace rcm

#endif // RCM_LIB_TARGET_DEVICECODE_H
