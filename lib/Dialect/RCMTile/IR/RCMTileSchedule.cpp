//===- RCMTileSchedule.cpp - What a kernel schedule costs
//-------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

/// Swizzled tiles start at multiples of the permutation's period (8 x 128 B).
static constexpr int64_t kTileAlignment = 1024;
/// 32-bit registers of one multiprocessor, all of which one block may hold.
static constexpr int64_t kRegisterFile = 65536;
/// Registers that addresses, loop state and row statistics need beside the
/// fragments; measured on the generated kernels.
static constexpr int64_t kOtherRegisters = 24;

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t consumerWarpgroups,
                                   int64_t queryTile, int64_t keyTile,
                                   int64_t stages, Accumulation, //
                                   ScoreConversion, RowSum, ScaleGroup,
                                   FloatAttr rescaleThreshold, Recipe) {
  // schedule_c1
  if (consumerWarpgroups < 1 || consumerWarpgroups > 3)
    return emitError() << "expected `consumer_warpgroups` to be 1, 2 or 3, got "
                       << consumerWarpgroups;
  // schedule_c2
  if (queryTile != layouts::kGroupRows * consumerWarpgroups)
    return emitError() << "expected `query_tile` to be 64 * "
                          "`consumer_warpgroups` = "
                       << layouts::kGroupRows * consumerWarpgroups << ", got "
                       << queryTile;
  // schedule_c3
  if (keyTile != 64 && keyTile != 128)
    return emitError() << "expected `key_tile` to be 64 or 128, got "
                       << keyTile;
  // schedule_c4
  if (stages < 2 || stages > 8)
    return emitError() << "expected `stages` to be 2 to 8, got " << stages;
  // schedule_c5
  double threshold = rescaleThreshold.getValueAsDouble();
  if (!(threshold >= 0.0 && threshold <= 8.0))
    return emitError() << "expected `rescale_threshold` to be 0 to 8, got "
                       << threshold;
  return success();
}

int64_t rcm::tile::consumerRegisters(ScheduleAttr schedule) {
  // setmaxnreg counts in steps of 8; a block's sum may not exceed the file.
  return schedule.getConsumerWarpgroups() == 3 ? 160 : 240;
}

int64_t rcm::tile::producerRegisters(ScheduleAttr schedule) {
  return schedule.getConsumerWarpgroups() == 3 ? 32 : 24;
}

SharedPlan rcm::tile::planShared(ScheduleAttr schedule, int64_t depth,
                                 int64_t width, bool staged) {
  int64_t groups = schedule.getConsumerWarpgroups();
  int64_t stages = schedule.getStages();
  SharedPlan plan;
  plan.queryStride = layouts::kGroupRows * depth;
  plan.residualStride = staged ? layouts::kGroupRows * width * 2 : 0;
  plan.keyStride = schedule.getKeyTile() * depth;
  // Eight rows behind V hold the row of ones.
  plan.valueStride =
      llvm::alignTo((width + 8) * schedule.getKeyTile(), kTileAlignment);
  plan.coefficientStride =
      4 * (plan.tableElements(width) + layouts::kGroupRows / 2);
  plan.query = 0;
  plan.residual = plan.query + groups * plan.queryStride;
  plan.key = plan.residual + groups * plan.residualStride;
  plan.value = plan.key + stages * plan.keyStride;
  plan.coefficients = plan.value + stages * plan.valueStride;
  plan.barriers = plan.coefficients + groups * plan.coefficientStride;
  // Full and empty for K and V, residual full and output ready per warpgroup.
  plan.total = plan.barriers + 8 * (4 * stages + 2 * groups);
  return plan;
}

LogicalResult
rcm::tile::checkResources(function_ref<InFlightDiagnostic()> emitError,
                          ScheduleAttr schedule, int64_t depth, int64_t width,
                          bool staged) {
  int64_t scores = schedule.getKeyTile() / 2;
  int64_t sums = schedule.getRowSum() == RowSum::Matrix ? 4 : 0;
  int64_t output = width / 2 + sums;
  bool promoted = schedule.getAccumulation() == Accumulation::Promoted;
  int64_t partial = promoted ? output : 0;
  int64_t need = scores + output + partial + kOtherRegisters;
  int64_t have = consumerRegisters(schedule);
  if (need > have)
    return emitError() << "expected registers per consumer thread to be at "
                          "most "
                       << have << ", got " << scores << " (S) + " << output
                       << " (O) + " << partial << " (partial O) + "
                       << kOtherRegisters << " = " << need;
  int64_t groups = schedule.getConsumerWarpgroups();
  int64_t file =
      layouts::kWarpgroup * (groups * have + producerRegisters(schedule));
  if (file > kRegisterFile)
    return emitError() << "expected registers per block to be at most "
                       << kRegisterFile << ", got " << file;
  SharedPlan plan = planShared(schedule, depth, width, staged);
  if (plan.total > kMaxSharedBytes)
    return emitError() << "expected shared memory to be at most "
                       << kMaxSharedBytes << " bytes, got " << plan.residual
                       << " (Q) + " << plan.key - plan.residual << " (R) + "
                       << plan.value - plan.key << " (K) + "
                       << plan.coefficients - plan.value << " (V) + "
                       << plan.total - plan.coefficients
                       << " (coefficients, barriers) = " << plan.total;
  return success();
}
