//===- ResolveOpenExpandShapes.cpp - views with several open sizes --------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"

namespace rcm {
#define GEN_PASS_DEF_RESOLVEOPENEXPANDSHAPES
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;

/// True if one dimension of the source becomes several of open size.
static bool hasOpenGroup(memref::ExpandShapeOp op) {
  MemRefType type = op.getResultType();
  return llvm::any_of(op.getReassociationIndices(), [&](auto &group) {
    return llvm::count_if(group, [&](int64_t dim) {
             return type.isDynamicDim(dim);
           }) > 1;
  });
}

/// The stride of each dimension of the result: within a group, the source's
/// times the sizes further in. Where the type knows it, a constant.
static SmallVector<OpFoldResult>
computeStrides(memref::ExpandShapeOp op, ArrayRef<OpFoldResult> sizes,
               ValueRange sourceStrides, ArrayRef<int64_t> known,
               RewriterBase &rewriter) {
  Location loc = op.getLoc();
  SmallVector<OpFoldResult> strides(sizes.size());
  for (auto [source, group] : llvm::enumerate(op.getReassociationIndices())) {
    Value stride = sourceStrides[source];
    for (int64_t dim : llvm::reverse(group)) {
      strides[dim] = ShapedType::isDynamic(known[dim])
                         ? OpFoldResult(stride)
                         : rewriter.getIndexAttr(known[dim]);
      if (dim == group.front())
        break;
      Value size = getValueOrCreateConstantIndexOp(rewriter, loc, sizes[dim]);
      stride = arith::MulIOp::create(rewriter, loc, stride, size);
    }
  }
  return strides;
}

static LogicalResult resolve(memref::ExpandShapeOp op, RewriterBase &rewriter) {
  SmallVector<int64_t> known;
  int64_t offset = 0;
  if (failed(op.getResultType().getStridesAndOffset(known, offset)))
    return op.emitOpError("expected a result with strides, got ")
           << op.getResultType();
  rewriter.setInsertionPoint(op);
  auto metadata = memref::ExtractStridedMetadataOp::create(
      rewriter, op.getLoc(), op.getSrc());
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
  SmallVector<OpFoldResult> strides = computeStrides(
      op, sizes, metadata.getStrides(), known, rewriter);
  OpFoldResult start = ShapedType::isDynamic(offset)
                           ? OpFoldResult(metadata.getOffset())
                           : rewriter.getIndexAttr(offset);
  rewriter.replaceOpWithNewOp<memref::ReinterpretCastOp>(
      op, op.getResultType(), metadata.getBaseBuffer(), start, sizes, strides);
  return success();
}

namespace {

struct ResolveOpenExpandShapes
    : public rcm::impl::ResolveOpenExpandShapesBase<ResolveOpenExpandShapes> {
  void runOnOperation() override {
    SmallVector<memref::ExpandShapeOp> ops;
    getOperation()->walk([&](memref::ExpandShapeOp op) {
      if (hasOpenGroup(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (memref::ExpandShapeOp op : ops)
      if (failed(resolve(op, rewriter)))
        return signalPassFailure();
  }
};

} // namespace
