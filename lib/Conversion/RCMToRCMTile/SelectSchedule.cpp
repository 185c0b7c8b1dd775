//===- SelectSchedule.cpp - rcm-select-schedule -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionLowering.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "rcm/Conversion/Passes.h"

namespace rcm {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

static constexpr llvm::StringLiteral kChip = "sm_90a";

namespace {
class SelectSchedule : public rcm::impl::SelectScheduleBase<SelectSchedule> {
public:
  using SelectScheduleBase::SelectScheduleBase;

  void runOnOperation() override {
    if (chip != kChip) {
      getOperation().emitError("expected option `chip` to be ")
          << kChip << ", got " << chip;
      return signalPassFailure();
    }
    FailureOr<LoweringOptions> options =
        readLoweringOptions(getOperation(), recipe, accumulation);
    if (failed(options))
      return signalPassFailure();
    // The kernels of other recipes have one schedule.
    if (options->recipe.value_or(Recipe::Int8E4M3) != Recipe::Int8E4M3)
      return;
    WalkResult result =
        getOperation().walk([&](AttentionOpInterface op) -> WalkResult {
          return select(op, *options);
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult select(AttentionOpInterface op,
                       const LoweringOptions &options) {
    // Nothing of the attention will be computed, or not by this recipe.
    Value query = op.getQuery();
    bool narrow = !getElementTypeOrSelf(query.getType()).isF32();
    if (isLiteralZero(op.getBeta()) || (!options.recipe && !narrow))
      return success();
    FailureOr<AttentionSpec> spec = describeAttention(op);
    if (failed(spec) ||
        failed(chooseSchedule(op, options.accumulation, *spec)))
      return failure();
    op->setAttr(kScheduleAttrName, spec->schedule);
    return success();
  }
};
} // namespace
