//===- RCMToLinalg.cpp - the plain meaning of the rcm ops
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/RCMToLinalg.h"

#include "Patterns.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTRCMTOLINALG
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

void rcm::populateRCMToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<AttentionLoweringPattern, SkipCoefficientsLowering>(
      patterns.getContext());
}

namespace {

struct ConvertRCMToLinalg
    : public rcm::impl::ConvertRCMToLinalgBase<ConvertRCMToLinalg> {
  void runOnOperation() override {
    // No pattern makes an rcm op: one walk is enough.
    RewritePatternSet patterns(&getContext());
    populateRCMToLinalgPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
    WalkResult left = getOperation()->walk([](Operation *op) {
      if (!isa_and_nonnull<RCMDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitOpError("expected strided memrefs, to split their heads into "
                      "groups, got another layout");
      return WalkResult::interrupt();
    });
    if (left.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
