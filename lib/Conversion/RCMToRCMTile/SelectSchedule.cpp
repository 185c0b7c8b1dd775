//===- SelectSchedule.cpp - rcm-select-schedule -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "TunedSchedules.h"

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
    if (options->recipe == Recipe::None)
      return; // no tile kernels
    FailureOr<TunedSchedules> opened =
        TunedSchedules::open(getOperation(), table, chip);
    if (failed(opened))
      return signalPassFailure();
    WalkResult result =
        getOperation().walk([&](AttentionOpInterface op) -> WalkResult {
          return select(op, *options, *opened);
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  static LogicalResult select(AttentionOpInterface op,
                              const LoweringOptions &options,
                              const TunedSchedules &tuned) {
    // Nothing of the attention will be computed, or not by this recipe.
    Value query = op.getQuery();
    bool narrow = !getElementTypeOrSelf(query.getType()).isF32();
    if (isLiteralZero(op.getBeta()) || (!options.recipe && !narrow))
      return success();
    Recipe recipe = options.recipe.value_or(Recipe::Int8E4M3);
    bool half = recipe != Recipe::Int8E4M3;
    // What the 16-bit kernels refuse, their lowering says.
    if (half && (op->hasAttr(kScheduleAttrName) || !staticShapeOf(op)))
      return success();
    FailureOr<AttentionSpec> spec = describeAttention(op);
    if (failed(spec))
      return failure();
    if (!op->hasAttr(kScheduleAttrName))
      if (ScheduleAttr schedule =
              tuned.find(op, *spec, recipe, options.accumulation)) {
        op->setAttr(kScheduleAttrName, schedule);
        return success();
      }
    // The 16-bit kernels have rules of their own.
    if (half)
      return success();
    if (failed(chooseSchedule(op, options.accumulation, *spec)))
      return failure();
    op->setAttr(kScheduleAttrName, spec->schedule);
    return success();
  }
};
} // namespace
