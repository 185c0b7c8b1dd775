//===- RCMToVector.cpp - attention as vectorized loops --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Conversion/RCMToVector.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTRCMTOVECTOR
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

namespace {

struct LowerAttention : public OpInterfaceRewritePattern<AttentionOpInterface> {
  LowerAttention(MLIRContext *context, const KernelOptions &options)
      : OpInterfaceRewritePattern(context), options(options) {}

  LogicalResult matchAndRewrite(AttentionOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (op.hasTensorSemantics())
      return rewriter.notifyMatchFailure(
          op, "expected memrefs, got tensors: bufferize first");
    CodeBuilder builder(op.getLoc(), rewriter);
    AttentionKernel(builder, op, options).emit();
    rewriter.eraseOp(op);
    return success();
  }

  KernelOptions options;
};

struct ConvertRCMToVector
    : public rcm::impl::ConvertRCMToVectorBase<ConvertRCMToVector> {
  using ConvertRCMToVectorBase::ConvertRCMToVectorBase;

  void runOnOperation() override {
    if (failed(verifyVectorWidth(getOperation(), vectorWidth)))
      return signalPassFailure();
    ConvertRCMToVectorOptions options;
    options.vectorWidth = vectorWidth;
    options.queryTile = queryTile;
    options.keyTile = keyTile;
    options.minTasks = minTasks;
    options.fuse = fuse;
    options.wideIntermediate = wideIntermediate;
    RewritePatternSet patterns(&getContext());
    populateRCMToVectorPatterns(patterns, options);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace

void rcm::populateRCMToVectorPatterns(
    RewritePatternSet &patterns, const ConvertRCMToVectorOptions &options) {
  KernelOptions kernel;
  kernel.vectorBits = options.vectorWidth;
  kernel.queryTile = options.queryTile;
  kernel.keyTile = options.keyTile;
  kernel.minTasks = options.minTasks;
  kernel.fuse = options.fuse;
  kernel.wideIntermediate = options.wideIntermediate;
  patterns.add<LowerAttention>(patterns.getContext(), kernel);
}
