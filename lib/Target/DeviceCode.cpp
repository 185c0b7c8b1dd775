//===- DeviceCode.cpp - gpu.modules to PTX --------------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "DeviceCode.h"

#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Dialect/GPU/IR/CompilationInterfaces.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace rcm;

/// The one target of a gpu.module.
static FailureOr<NVVM::NVVMTargetAttr> getTarget(gpu::GPUModuleOp module) {
  ArrayAttr targets = module.getTargetsAttr();
  if (targets && targets.size() == 1)
    if (auto target = dyn_cast<NVVM::NVVMTargetAttr>(targets[0]))
      return target;
  module.emitError("expected one #nvvm.target of gpu.module @")
      << module.getName() << ", got "
      << (targets ? Attribute(targets)
                  : Attribute(UnitAttr::get(module.getContext())));
  return failure();
}

/// Moves the contents of `from` into `into`, renaming what collides, and
/// collects the kernels' names.
static LogicalResult mergeModule(gpu::GPUModuleOp from, gpu::GPUModuleOp into,
                                 DeviceCode &code) {
  SymbolTable source(from), destination(into);
  StringAttr moduleName = from.getSymNameAttr();
  for (Operation &op : llvm::make_early_inc_range(*from.getBody())) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    auto kernel = dyn_cast<LLVM::LLVMFuncOp>(op);
    bool isKernel = kernel && (kernel->hasAttr("nvvm.kernel") ||
                               kernel->hasAttr("gpu.kernel"));
    StringAttr name = symbol ? symbol.getNameAttr() : StringAttr();
    if (from != into) {
      // Declarations and globals of one name, printf's for example, unite only
      // when they are the same.
      Operation *other = name ? destination.lookup(name) : nullptr;
      bool isDeclaration = kernel && kernel.isExternal();
      if (other && isDeclaration) {
        op.erase();
        continue;
      }
      if (other && failed(source.renameToUnique(&op, {&destination})))
        return op.emitError("expected a symbol that can be renamed");
      op.remove();
      into.getBody()->push_back(&op);
      if (symbol)
        destination.insert(&op);
    }
    if (!isKernel)
      continue;
    auto reference =
        SymbolRefAttr::get(moduleName, {FlatSymbolRefAttr::get(name)});
    code.kernels.insert({reference, kernel.getName().str()});
  }
  return success();
}

/// Brings all gpu.modules of a module together in the first one.
static FailureOr<gpu::GPUModuleOp> mergeModules(ModuleOp module,
                                                DeviceCode &code) {
  gpu::GPUModuleOp first;
  NVVM::NVVMTargetAttr target;
  for (auto next :
       llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>())) {
    FailureOr<NVVM::NVVMTargetAttr> own = getTarget(next);
    if (failed(own))
      return failure();
    if (!first) {
      first = next;
      target = *own;
    }
    if (*own != target)
      return next.emitError("expected target ")
             << target << " as of gpu.module @" << first.getName() << ", got "
             << *own;
    if (failed(mergeModule(next, first, code)))
      return failure();
    if (next != first)
      next.erase();
  }
  if (!first)
    return module.emitError("expected a gpu.module, got none");
  if (code.kernels.empty())
    return first.emitError("expected a kernel, got none");
  code.chip = target.getChip().str();
  return first;
}

/// Lowers what is left of the nvvm dialect's multi-instruction operations.
static LogicalResult lowerToLLVM(ModuleOp module) {
  PassManager manager(module.getContext(), ModuleOp::getOperationName());
  OpPassManager &nested = manager.nest<gpu::GPUModuleOp>();
  nested.addPass(createConvertNVVMToLLVMPass());
  nested.addPass(createReconcileUnrealizedCastsPass());
  return manager.run(module);
}

FailureOr<DeviceCode> rcm::compileDeviceCode(ModuleOp module,
                                             const TargetOptions &options) {
  // The caller's module stays as it is.
  OwningOpRef<ModuleOp> clone = module.clone();
  DeviceCode code;
  if (failed(lowerToLLVM(*clone)))
    return failure();
  FailureOr<gpu::GPUModuleOp> merged = mergeModules(*clone, code);
  if (failed(merged))
    return failure();
  auto target =
      dyn_cast<gpu::TargetAttrInterface>((*merged).getTargetsAttr()[0]);
  if (!target)
    return merged->emitError("expected a target that can be serialised, got ")
           << (*merged).getTargetsAttr()[0];
  gpu::TargetOptions serialization(
      /*toolkitPath=*/{}, /*librariesToLink=*/{}, /*cmdOptions=*/{},
      /*elfSection=*/{}, gpu::CompilationTarget::Assembly);
  std::optional<SmallVector<char, 0>> ptx =
      target.serializeToObject(*merged, serialization);
  if (!ptx)
    return merged->emitError("expected kernels that translate to PTX");
  // The serialised text ends in a null.
  code.ptx.assign(ptx->begin(), ptx->end());
  while (!code.ptx.empty() && code.ptx.back() == '\0')
    code.ptx.pop_back();
  if (options.cubin == CubinMode::Never)
    return code;
  FailureOr<Assembly> assembly =
      assemble(code.ptx, code.chip, options, module.getLoc());
  if (failed(assembly))
    return failure();
  code.cubin = std::move(assembly->cubin);
  code.cubinMinimumDriver = assembly->minimumDriver;
  code.resources = std::move(assembly->resources);
  return code;
}
