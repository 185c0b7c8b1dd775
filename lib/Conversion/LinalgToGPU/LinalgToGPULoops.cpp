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

/// True if `map` has both dimensions side by side and in order, or neither.
static bool keepsTogether(AffineMap map, unsigned first) {
  auto position = [&](unsigned dim) {
    return map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
  };
  std::optional<unsigned> a = position(first), b = position(first + 1);
  return a && b ? *b == *a + 1 : !a && !b;
}

/// Runs of parallel dimensions that every operand holds as one piece of memory.
static SmallVector<ReassociationIndices> findRuns(linalg::LinalgOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  bool isSimple = llvm::all_of(
      maps, [](AffineMap map) { return map.isProjectedPermutation(); });
  auto isJoined = [&](unsigned dim) {
    if (!isSimple || !linalg::isParallelIterator(kinds[dim]) ||
        !linalg::isParallelIterator(kinds[dim + 1]))
      return false;
    for (auto [map, operand] : llvm::zip(maps, op->getOperands())) {
      if (!keepsTogether(map, dim))
        return false;
      auto at = map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
      auto type = dyn_cast<MemRefType>(operand.getType());
      if (!at || !type)
        continue;
      SmallVector<ReassociationIndices> groups;
      for (int64_t i = 0; i < type.getRank(); ++i)
        if (i == static_cast<int64_t>(*at) + 1)
          groups.back().push_back(i);
        else
          groups.push_back({i});
      if (!memref::CollapseShapeOp::isGuaranteedCollapsible(type, groups))
        return false;
    }
    return true;
  };
  SmallVector<ReassociationIndices> runs;
  for (unsigned dim = 0; dim < kinds.size(); ++dim)
    if (dim > 0 && isJoined(dim - 1))
      runs.back().push_back(dim);
    else
      runs.push_back({static_cast<int64_t>(dim)});
  return runs;
}

/// Makes one loop of loops over contiguous memory: a thread then finds its
/// element by fewer divisions, which cost more than the element itself.
static linalg::LinalgOp joinLoops(IRRewriter &rewriter, linalg::LinalgOp op) {
  if (!isa<linalg::GenericOp>(op.getOperation()) || op.hasIndexSemantics())
    return op;
  SmallVector<ReassociationIndices> runs = findRuns(op);
  if (runs.size() == op.getNumLoops())
    return op;
  rewriter.setInsertionPoint(op);
  FailureOr<linalg::CollapseResult> joined =
      linalg::collapseOpIterationDims(op, runs, rewriter);
  if (failed(joined))
    return op; // As many loops as written are as right.
  rewriter.eraseOp(op);
  return joined->collapsedOp;
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
  op = joinLoops(rewriter, *ordered);
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
