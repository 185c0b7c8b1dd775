//===- VerifyGPUStage.cpp - what the stages of rcm-to-nvvm promise
//--------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "rcm/Dialect/RCMRT/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace rcm {
#define GEN_PASS_DEF_VERIFYGPUSTAGE
#include "rcm/Dialect/RCMRT/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// Calls `check` on every op of every host function.
static LogicalResult checkHost(ModuleOp module,
                               function_ref<LogicalResult(Operation *)> check) {
  for (auto function : module.getOps<func::FuncOp>()) {
    WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      return op != function.getOperation() && failed(check(op))
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return success();
}

static LogicalResult verifyBuffers(ModuleOp module) {
  return checkHost(module, [](Operation *op) -> LogicalResult {
    auto isTensor = [](Type type) { return isa<TensorType>(type); };
    if (llvm::any_of(op->getOperandTypes(), isTensor) ||
        llvm::any_of(op->getResultTypes(), isTensor))
      return op->emitOpError("expected buffers after bufferization, got "
                             "tensors");
    return success();
  });
}

static LogicalResult verifyLaunches(ModuleOp module) {
  return checkHost(module, [](Operation *op) -> LogicalResult {
    StringRef dialect = op->getDialect() ? op->getDialect()->getNamespace()
                                         : StringRef("unknown");
    if (dialect == "rcm" || dialect == "linalg" || dialect == "rcm_tile" ||
        op->getName().getStringRef() == "scf.parallel")
      return op->emitOpError("expected an op that became a kernel");
    if (isa<memref::LoadOp, memref::StoreOp>(op))
      return op->emitOpError("expected sizes and other host values not to "
                             "depend on elements of device memory");
    return success();
  });
}

static LogicalResult verifyKernels(ModuleOp module) {
  auto modules = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  if (modules.size() > 1)
    return modules[1].emitOpError("expected one gpu.module, got ")
           << modules.size();
  for (gpu::GPUModuleOp kernels : modules)
    for (Operation &op : *kernels.getBody()) {
      auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
      if (function && function.isExternal())
        return function.emitOpError("expected kernels to call no function of a "
                                    "device library, got ")
               << function.getName();
      if (!function && !isa<LLVM::GlobalOp>(op))
        return op.emitOpError("expected kernels in the llvm dialect");
    }
  return success();
}

static LogicalResult verifyHost(ModuleOp module) {
  return checkHost(module, [](Operation *op) -> LogicalResult {
    if (isa<arith::ArithDialect, math::MathDialect, rt::RCMRTDialect>(
            op->getDialect()) ||
        isa<memref::DimOp, memref::ExtractStridedMetadataOp, func::ReturnOp>(
            op))
      return success();
    return op->emitOpError("expected straight-line host code of arithmetic and "
                           "rcm_rt ops");
  });
}

namespace {
struct VerifyGPUStage : rcm::impl::VerifyGPUStageBase<VerifyGPUStage> {
  using VerifyGPUStageBase::VerifyGPUStageBase;
  LogicalResult verify() {
    ModuleOp module = getOperation();
    if (stage == "buffers")
      return verifyBuffers(module);
    if (stage == "launches")
      return verifyLaunches(module);
    if (stage == "kernels")
      return verifyKernels(module);
    if (stage == "host")
      return verifyHost(module);
    return module.emitError("expected `stage` to be buffers, launches, kernels "
                            "or host, got ")
           << (stage.empty() ? "nothing" : stage.getValue());
  }
  void runOnOperation() override {
    if (failed(verify()))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
