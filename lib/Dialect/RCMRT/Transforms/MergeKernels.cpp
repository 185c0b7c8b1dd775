//===- MergeKernels.cpp - all kernels in one gpu.module
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "rcm/Dialect/RCMRT/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace rcm {
#define GEN_PASS_DEF_MERGEKERNELS
#include "rcm/Dialect/RCMRT/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// The name of the module that receives everything.
static constexpr StringLiteral kKernels = "kernels";

namespace {
struct MergeKernels : rcm::impl::MergeKernelsBase<MergeKernels> {
  void runOnOperation() override;
  LogicalResult merge(gpu::GPUModuleOp source, gpu::GPUModuleOp target);
  void updateLaunches();
  /// New references of launched kernels by old ones.
  DenseMap<Attribute, SymbolRefAttr> moved;
};
} // namespace

LogicalResult MergeKernels::merge(gpu::GPUModuleOp source,
                                  gpu::GPUModuleOp target) {
  SymbolTable sourceSymbols(source), targetSymbols(target);
  MLIRContext *context = &getContext();
  for (Operation &op : llvm::make_early_inc_range(*source.getBody())) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (!symbol) {
      op.moveBefore(target.getBody(), target.getBody()->end());
      continue;
    }
    StringAttr oldName = symbol.getNameAttr(), name = oldName;
    if (Operation *known = targetSymbols.lookup(name)) {
      auto knownSymbol = cast<SymbolOpInterface>(known);
      if (symbol.isDeclaration() && knownSymbol.isDeclaration()) {
        op.erase();
        continue;
      }
      FailureOr<StringAttr> unique =
          sourceSymbols.renameToUnique(&op, {&targetSymbols});
      if (failed(unique))
        return op.emitError("expected a symbol that can be renamed");
      name = *unique;
    }
    auto getReference = [&](StringAttr module, StringAttr symbolName) {
      return SymbolRefAttr::get(
          module, {FlatSymbolRefAttr::get(context, symbolName.getValue())});
    };
    moved[getReference(source.getNameAttr(), oldName)] =
        getReference(target.getNameAttr(), name);
    op.remove();
    targetSymbols.insert(&op, target.getBody()->end());
  }
  source.erase();
  return success();
}

void MergeKernels::updateLaunches() {
  auto update = [&](Operation *op, SymbolRefAttr kernel, StringRef attribute) {
    if (SymbolRefAttr found = moved.lookup(kernel))
      op->setAttr(attribute, found);
  };
  getOperation().walk([&](Operation *op) {
    if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
      update(op, launch.getKernelAttr(), launch.getKernelAttrName());
    if (auto launch = dyn_cast<rt::LaunchOp>(op))
      update(op, launch.getKernelAttr(), launch.getKernelAttrName());
  });
}

void MergeKernels::runOnOperation() {
  auto modules = llvm::to_vector(getOperation().getOps<gpu::GPUModuleOp>());
  if (modules.empty())
    return;
  gpu::GPUModuleOp target;
  for (gpu::GPUModuleOp module : modules)
    if (module.getName() == kKernels)
      target = module;
  if (!target) {
    OpBuilder builder(modules.front());
    target =
        gpu::GPUModuleOp::create(builder, modules.front().getLoc(), kKernels);
  }
  for (gpu::GPUModuleOp module : modules)
    if (module != target && failed(merge(module, target)))
      return signalPassFailure();
  updateLaunches();
}
