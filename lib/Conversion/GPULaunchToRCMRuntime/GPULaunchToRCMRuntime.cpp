//===- GPULaunchToRCMRuntime.cpp - Host code to runtime calls -------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/GPULaunchToRCMRuntime.h"

#include "RuntimeCalls.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTGPULAUNCHTORCMRUNTIME
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// Host operations are those of both dialects outside of kernels.
static bool isHostOperation(Operation *op) {
  if (op->getParentOfType<gpu::GPUModuleOp>())
    return false;
  if (isa<rt::RCMRTDialect>(op->getDialect()))
    return true;
  return isa<gpu::GPUDialect>(op->getDialect()) &&
         !isa<gpu::GPUModuleOp, gpu::BinaryOp>(op);
}

LogicalResult rcm::lowerGPULaunchToRCMRuntime(ModuleOp module) {
  SmallVector<Operation *> operations;
  module.walk([&](Operation *op) {
    if (isHostOperation(op))
      operations.push_back(op);
  });
  RuntimeCalls calls(module);
  SmallVector<Operation *> encoded;
  for (Operation *op : operations) {
    // Its result stands for the map until the launches are lowered.
    if (isa<rt::EncodeTensorMapOp>(op))
      encoded.push_back(op);
    if (failed(calls.lower(op)))
      return failure();
  }
  for (Operation *op : encoded)
    op->erase();
  return calls.lowerBinaries();
}

namespace {
struct ConvertGPULaunchToRCMRuntime
    : public rcm::impl::ConvertGPULaunchToRCMRuntimeBase<
          ConvertGPULaunchToRCMRuntime> {
  void runOnOperation() override {
    if (failed(lowerGPULaunchToRCMRuntime(getOperation())))
      signalPassFailure();
  }
};
} // namespace
