//===- VerifyLinalgStage.cpp - no rcm op is left
//---------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCM/IR/RCM.h"

namespace rcm {
#define GEN_PASS_DEF_VERIFYLINALGSTAGE
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

namespace {

struct VerifyLinalgStage
    : public rcm::impl::VerifyLinalgStageBase<VerifyLinalgStage> {
  void runOnOperation() override {
    WalkResult result = getOperation()->walk([](Operation *op) {
      if (!isa_and_nonnull<RCMDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitOpError("expected no rcm operation after the lowering to linalg");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
