//===- LinalgToGPULoops.cpp - linalg ops to loops that fill a GPU
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTLINALGTOGPULOOPS
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// Threads of a block: enough warps to hide latency, few enough that even
/// kernels with 255 registers per thread fit a multiprocessor.
static constexpr int64_t kThreads = 256;

//===----------------------------------------------------------------------===//
// linalg to scf.parallel
//===----------------------------------------------------------------------===//

/// Parallel loops outside, reductions inside, so that one kernel holds all of
/// them.
static FailureOr<linalg::LinalgOp> orderLoops(IRRewriter &rewriter,
                                              linalg::LinalgOp op) {
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  SmallVector<unsigned> order;
  for (bool wantParallel : {true, false})
    for (auto [i, kind] : llvm::enumerate(kinds))
      if (linalg::isParallelIterator(kind) == wantParallel)
        order.push_back(i);
  if (llvm::is_sorted(order))
    return op;
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    FailureOr<linalg::GenericOp> general =
        linalg::generalizeNamedOp(rewriter, op);
    if (failed(general))
      return op->emitOpError("expected an op that has a generic form"),
             failure();
    generic = *general;
  }
  rewriter.setInsertionPoint(generic);
  auto interchanged = linalg::interchangeGenericOp(rewriter, generic, order);
  if (failed(interchanged))
    return generic->emitOpError("expected loops that can be reordered"),
           failure();
  return cast<linalg::LinalgOp>(interchanged->getOperation());
}

static LogicalResult lowerToLoops(IRRewriter &rewriter, linalg::LinalgOp op) {
  remark::analysis(op->getLoc(),
                   remark::RemarkOpts::name("GenericKernel")
                       .category("rcm-to-nvvm")
                       .function(op->getParentOfType<func::FuncOp>().getName()))
      << (op->getName().getStringRef() +
          " runs as a plain kernel, one thread per element")
             .str();
  FailureOr<linalg::LinalgOp> ordered = orderLoops(rewriter, op);
  if (failed(ordered))
    return failure();
  op = *ordered;
  if (op.getNumParallelLoops() == 0) {
    // A loop of one iteration keeps the reduction off the host.
    rewriter.setInsertionPoint(op);
    Location loc = op->getLoc();
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    auto single = scf::ParallelOp::create(rewriter, loc, ValueRange{zero},
                                          ValueRange{one}, ValueRange{one});
    rewriter.moveOpBefore(op, single.getBody()->getTerminator());
  }
  rewriter.setInsertionPoint(op);
  if (failed(linalg::linalgOpToParallelLoops(rewriter, op)))
    return op->emitOpError("expected an op that has a form as loops");
  rewriter.eraseOp(op);
  return success();
}

//===----------------------------------------------------------------------===//
// Scalars that come from device memory
//===----------------------------------------------------------------------===//

/// True if `value` is computed on the host from an element of a buffer.
static bool dependsOnLoad(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<MemRefType>(value.getType()) || !isOnHost(op))
    return false;
  if (isa<memref::LoadOp>(op))
    return true;
  return isPure(op) && llvm::any_of(op->getOperands(), dependsOnLoad);
}

/// A copy of the computation of `value`, down to what no load is in.
static Value cloneSlice(OpBuilder &b, Value value, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  if (!dependsOnLoad(value))
    return value;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    mapping.map(operand, cloneSlice(b, operand, mapping));
  b.clone(*op, mapping);
  return mapping.lookup(value);
}

static void sinkScalars(scf::ParallelOp loop) {
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(loop.getRegion(), captured);
  OpBuilder b = OpBuilder::atBlockBegin(loop.getBody());
  IRMapping mapping;
  for (Value value : captured) {
    if (!dependsOnLoad(value))
      continue;
    Value inside = cloneSlice(b, value, mapping);
    replaceAllUsesInRegionWith(value, inside, loop.getRegion());
  }
}

//===----------------------------------------------------------------------===//
// Geometry
//===----------------------------------------------------------------------===//

/// One dimension, cut into blocks of kThreads iterations: blocks outside,
/// threads inside.
static void shapeLoop(IRRewriter &rewriter, scf::ParallelOp loop) {
  rewriter.setInsertionPoint(loop);
  Block *block = loop->getBlock();
  auto next = std::next(Block::iterator(loop));
  if (loop.getNumLoops() > 1) {
    std::vector<unsigned> all;
    for (unsigned i = 0; i < loop.getNumLoops(); ++i)
      all.push_back(i);
    Operation *previous = loop->getPrevNode();
    collapseParallelLoops(rewriter, loop, {all});
    // The collapsed loop stands where the old one stood.
    auto it = previous ? std::next(Block::iterator(previous)) : block->begin();
    for (; it != next; ++it)
      if (auto collapsed = dyn_cast<scf::ParallelOp>(*it))
        loop = collapsed;
  }
  scf::tileParallelLoop(loop, {kThreads}, /*noMinMaxBounds=*/true);
}

namespace {
struct ConvertLinalgToGPULoops
    : rcm::impl::ConvertLinalgToGPULoopsBase<ConvertLinalgToGPULoops> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (isOnHost(op))
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops) {
      if (!op.hasPureBufferSemantics()) {
        op->emitOpError("expected buffers, got tensors; bufferize first");
        return signalPassFailure();
      }
      if (failed(lowerToLoops(rewriter, op)))
        return signalPassFailure();
    }
    SmallVector<scf::ParallelOp> loops;
    getOperation()->walk([&](scf::ParallelOp op) {
      if (isOnHost(op))
        loops.push_back(op);
    });
    for (scf::ParallelOp loop : loops) {
      if (!loop.getInitVals().empty()) {
        loop.emitOpError(
            "expected no reductions in parallel loops of the host");
        return signalPassFailure();
      }
      sinkScalars(loop);
      shapeLoop(rewriter, loop);
    }
  }
};
} // namespace
