//===- KernelObjectWriter.cpp - Modules to kernel objects -----------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Target/KernelObjectWriter.h"

#include "DeviceCode.h"
#include "HostProgram.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Target/LLVM/NVVM/Target.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace rcm;

namespace {
constexpr char kProducer[] = "rcm " RCM_VERSION;

/// The driver that reads a PTX ISA version, by the CUDA toolkit that brought it
/// (release notes of the PTX ISA).
struct PtxRelease {
  uint32_t ptx, driver;
};
constexpr PtxRelease kPtxReleases[] = {
    {80, 12000}, {81, 12010}, {82, 12020}, {83, 12030}, {84, 12040},
    {85, 12050}, {86, 12070}, {87, 12080}, {88, 12090}, {90, 13000}};
} // namespace

/// Oldest driver for a PTX version; versions before the table's first are read
/// by every driver the runtime accepts. 0 for versions newer than the table.
static uint32_t getMinimumDriver(uint32_t ptxVersion) {
  for (const PtxRelease &release : kPtxReleases)
    if (ptxVersion <= release.ptx)
      return release.driver;
  return 0;
}

/// Reads "sm_90a" and ".version 8.6".
static LogicalResult setVersions(object::KernelObject &object, Operation *op) {
  SmallVector<StringRef, 3> match;
  if (!llvm::Regex("^sm_([0-9]+)([af]?)$").match(object.chip, &match))
    return op->emitError("expected a chip like sm_90a, got ") << object.chip;
  match[1].getAsInteger(10, object.computeCapability);
  // Code of an `f` chip runs on its family; exact is the safe reading.
  object.exactComputeCapability = !match[2].empty();
  uint32_t major = 0, minor = 0;
  if (!llvm::Regex("\\.version ([0-9]+)\\.([0-9])").match(object.ptx, &match))
    return op->emitError("expected PTX with a .version line");
  match[1].getAsInteger(10, major);
  match[2].getAsInteger(10, minor);
  object.ptxVersion = 10 * major + minor;
  object.ptxMinimumDriver = getMinimumDriver(object.ptxVersion);
  if (!object.ptxMinimumDriver)
    return op->emitError("expected PTX 9.0 or older, got ")
           << major << "." << minor;
  return success();
}

void rcm::registerTargetDependencies(DialectRegistry &registry) {
  registry.insert<arith::ArithDialect, func::FuncDialect, gpu::GPUDialect,
                  LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  NVVM::NVVMDialect, rt::RCMRTDialect>();
  NVVM::registerNVVMTargetInterfaceExternalModels(registry);
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

FailureOr<std::string> rcm::emitPTX(ModuleOp module) {
  TargetOptions options;
  options.cubin = CubinMode::Never;
  FailureOr<DeviceCode> code = compileDeviceCode(module, options);
  if (failed(code))
    return failure();
  return std::move(code->ptx);
}

FailureOr<std::string> rcm::emitCubin(ModuleOp module,
                                      const TargetOptions &options) {
  TargetOptions always = options;
  always.cubin = CubinMode::Always;
  FailureOr<DeviceCode> code = compileDeviceCode(module, always);
  if (failed(code))
    return failure();
  return std::move(code->cubin);
}

FailureOr<object::KernelObject>
rcm::buildKernelObject(ModuleOp module, const TargetOptions &options) {
  FailureOr<DeviceCode> code = compileDeviceCode(module, options);
  if (failed(code))
    return failure();
  object::KernelObject object;
  object.producer = kProducer;
  object.chip = code->chip;
  object.ptx = std::move(code->ptx);
  object.cubin = std::move(code->cubin);
  object.cubinMinimumDriver = code->cubinMinimumDriver;
  object.properties = getProperties(module);
  if (failed(setVersions(object, module)))
    return failure();
  if (object.cubin.empty())
    object.cubinMinimumDriver = 0;
  KernelIndices indices;
  for (const auto &[reference, name] : code->kernels) {
    indices[reference] = object.kernels.size();
    const KernelResources &resources = code->resources[name];
    object.kernels.push_back(
        {name, resources.registers, resources.sharedBytes});
  }
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    FailureOr<object::Entry> entry = buildEntry(function, indices);
    if (failed(entry))
      return failure();
    object.entries.push_back(std::move(*entry));
  }
  if (object.entries.empty())
    return module.emitError("expected a public host function, got none");
  std::string error = object::validate(object);
  if (!error.empty())
    return module.emitError("expected a valid kernel object, got: ") << error;
  return object;
}

FailureOr<std::string> rcm::emitKernelObject(ModuleOp module,
                                             const TargetOptions &options) {
  FailureOr<object::KernelObject> object = buildKernelObject(module, options);
  if (failed(object))
    return failure();
  return object::encode(*object);
}

std::string rcm::writeFileAtomically(StringRef path, StringRef bytes) {
  auto describe = [&](const std::error_code &error) {
    return (path + ": " + error.message()).str();
  };
  auto file = llvm::sys::fs::TempFile::create(
      path + ".%%%%%%", llvm::sys::fs::all_read | llvm::sys::fs::owner_write);
  if (!file)
    return describe(llvm::errorToErrorCode(file.takeError()));
  {
    llvm::raw_fd_ostream out(file->FD, /*shouldClose=*/false);
    out << bytes;
    out.flush();
    if (std::error_code error = out.error()) {
      out.clear_error();
      llvm::consumeError(file->discard());
      return describe(error);
    }
  }
  if (llvm::Error error = file->keep(path)) {
    std::error_code code = llvm::errorToErrorCode(std::move(error));
    llvm::consumeError(file->discard());
    return describe(code);
  }
  return "";
}
