//===- KernelObjectWriter.h - Modules to PTX, cubin, object -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The last stage of the compiler. A module holds
//   * gpu.modules with kernels in the llvm and nvvm dialects, each with exactly
//     one #nvvm.target, all for the same chip;
//   * public func.funcs of the form that the rcm_rt dialect describes: they
//     become the entries of the object.
// All functions report errors on the module's operations and change nothing in
// it.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TARGET_KERNELOBJECTWRITER_H
#define RCM_TARGET_KERNELOBJECTWRITER_H

#include "rcm/Runtime/KernelObject.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace rcm {

/// When to assemble PTX into a cubin.
enum class CubinMode {
  Never,
  /// Only if a usable ptxas is found.
  IfPossible,
  /// No ptxas is an error.
  Always
};

struct TargetOptions {
  CubinMode cubin = CubinMode::IfPossible;
  /// The assembler's path; empty: the first `ptxas` on PATH.
  std::string ptxas;
  /// Refuse kernels that spill registers or whose matrix products ptxas
  /// serialises (its C75xx messages): both mean that the schedule is broken.
  bool refuseSlowCode = true;
};

/// Registers the dialects, target attributes and translations that the
/// functions below need.
void registerTargetDependencies(mlir::DialectRegistry &registry);

/// One PTX module with the kernels of all gpu.modules. Kernels whose names
/// collide are renamed.
mlir::FailureOr<std::string> emitPTX(mlir::ModuleOp module);

/// The same, assembled. `options.cubin` is taken as Always.
mlir::FailureOr<std::string> emitCubin(mlir::ModuleOp module,
                                       const TargetOptions &options);

/// Code and launch programs of a module.
mlir::FailureOr<object::KernelObject>
buildKernelObject(mlir::ModuleOp module, const TargetOptions &options);

/// Builds the object and encodes it as the contents of an .rcmobj file.
mlir::FailureOr<std::string> emitKernelObject(mlir::ModuleOp module,
                                              const TargetOptions &options);

/// Writes a file so that it has either its old or its new contents at any time.
/// Returns an empty string, or one line that says what failed; then no new file
/// is left behind.
std::string writeFileAtomically(llvm::StringRef path, llvm::StringRef bytes);

} // namespace rcm

#endif // RCM_TARGET_KERNELOBJECTWRITER_H
