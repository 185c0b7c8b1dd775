//===- RCMTileSchedule.cpp - What a kernel schedule costs
//-------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"

#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace rcm::tile;

/// Swizzled tiles start at multiples of the permutation's period (8 x 128 B).
static constexpr int64_t kTileAlignment = 1024;
/// 32-bit registers of one multiprocessor, all of which one block may hold.
static constexpr int64_t kRegisterFile = 65536;
/// Registers that addresses, loop state and row statistics need beside the
/// fragments; measured on the generated kernels.
static constexpr int64_t kOtherRegisters = 24;
/// The same for addresses of single elements of global memory.
static constexpr int64_t kElementRegisters = 16;
/// Most key tiles between two promotions.
static constexpr int64_t kMaxPromotionTiles = 4096;

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t consumerWarpgroups,
                                   int64_t queryTile, int64_t keyTile,
                                   int64_t stages, Accumulation accumulation,
                                   int64_t promotionTiles, //
                                   ScoreConversion, RowSum, ScaleGroup,
                                   FloatAttr rescaleThreshold, Recipe,
                                   int64_t order) {
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
  // schedule_c6
  if (promotionTiles < 1 || promotionTiles > kMaxPromotionTiles ||
      !llvm::isPowerOf2_64(promotionTiles))
    return emitError() << "expected `promotion_tiles` to be a power of two "
                          "from 1 to "
                       << kMaxPromotionTiles << ", got " << promotionTiles;
  if (accumulation == Accumulation::Direct && promotionTiles != 1)
    return emitError() << "expected `promotion_tiles` to be 1 under direct "
                          "accumulation, got "
                       << promotionTiles;
  // schedule_c7
  if (order < 0 || order > std::numeric_limits<int32_t>::max())
    return emitError() << "expected `order` to be 0 to "
                       << std::numeric_limits<int32_t>::max() << ", got "
                       << order;
  return success();
}

int64_t rcm::tile::consumerRegisters(ScheduleAttr schedule) {
  // setmaxnreg counts in steps of 8; a block's sum may not exceed the file.
  constexpr int64_t kByGroups[] = {256, 240, 160};
  return kByGroups[schedule.getConsumerWarpgroups() - 1];
}

int64_t rcm::tile::producerRegisters(ScheduleAttr schedule) {
  // What a block starts with is all it can share out: 128 registers for each of
  // 512 threads, 168 for each of 384 (65536 / 384, in steps of 8). The increase
  // of the consumers would wait for ever for a register more than is given
  // back: 3 * (160 - 128) = 128 - 32, 2 * (240 - 168) = 168 - 24.
  return schedule.getConsumerWarpgroups() == 3 ? 32 : 24;
}

SharedPlan rcm::tile::planShared(ScheduleAttr schedule,
                                 const KernelTraits &traits) {
  int64_t depth = traits.depth, width = traits.width;
  int64_t groups = schedule.getConsumerWarpgroups();
  int64_t stages = schedule.getStages();
  SharedPlan plan;
  plan.queryStride = layouts::kGroupRows * depth;
  plan.residualStride = traits.staged ? layouts::kGroupRows * width * 2 : 0;
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

/// What is wrong with a schedule, or an empty string.
using Problem = std::string;

/// Fields whose other values no kernel has yet.
static Problem findUnsupported(ScheduleAttr schedule) {
  if (schedule.getRecipe() != Recipe::Int8E4M3)
    return ("expected `recipe` of the schedule to be int8_e4m3, got " +
            stringifyRecipe(schedule.getRecipe()))
        .str();
  if (schedule.getKeyTile() != 128)
    return "expected `key_tile` to be 128, the keys of one scale, got " +
           std::to_string(schedule.getKeyTile());
  if (schedule.getRowSum() != RowSum::Matrix)
    return ("expected `row_sum` to be matrix, which the smoothed V needs, got " +
            stringifyRowSum(schedule.getRowSum()))
        .str();
  return {};
}

static Problem findMissingRegisters(ScheduleAttr schedule,
                                    const KernelTraits &traits) {
  int64_t scores = schedule.getKeyTile() / 2;
  int64_t output = traits.width / 2 + 4; // and the row sums
  bool inRegisters = schedule.getAccumulation() == Accumulation::Promoted &&
                     schedule.getPromotionTiles() == 1;
  int64_t partial = inRegisters ? output : 0;
  int64_t other =
      kOtherRegisters + (traits.elementwise ? kElementRegisters : 0);
  int64_t need = scores + output + partial + other;
  int64_t have = consumerRegisters(schedule);
  if (need > have)
    return ("expected registers per consumer thread to be at most " +
            Twine(have) + ", got " + Twine(scores) + " (S) + " + Twine(output) +
            " (O) + " + Twine(partial) + " (partial O) + " + Twine(other) +
            " = " + Twine(need))
        .str();
  int64_t groups = schedule.getConsumerWarpgroups();
  int64_t file =
      layouts::kWarpgroup * (groups * have + producerRegisters(schedule));
  if (file > kRegisterFile)
    return ("expected registers per block to be at most " +
            Twine(kRegisterFile) + ", got " + Twine(file))
        .str();
  return {};
}

static Problem findMissingMemory(ScheduleAttr schedule,
                                 const KernelTraits &traits) {
  SharedPlan plan = planShared(schedule, traits);
  if (plan.total <= kMaxSharedBytes)
    return {};
  return ("expected shared memory to be at most " + Twine(kMaxSharedBytes) +
          " bytes, got " + Twine(plan.residual) + " (Q) + " +
          Twine(plan.key - plan.residual) + " (R) + " +
          Twine(plan.value - plan.key) + " (K) + " +
          Twine(plan.coefficients - plan.value) + " (V) + " +
          Twine(plan.total - plan.coefficients) +
          " (coefficients, barriers) = " + Twine(plan.total))
      .str();
}

static Problem findProblem(ScheduleAttr schedule, const KernelTraits &traits) {
  Problem problem = findUnsupported(schedule);
  if (problem.empty())
    problem = findMissingRegisters(schedule, traits);
  if (problem.empty())
    problem = findMissingMemory(schedule, traits);
  return problem;
}

LogicalResult
rcm::tile::checkSchedule(function_ref<InFlightDiagnostic()> emitError,
                         ScheduleAttr schedule, const KernelTraits &traits) {
  Problem problem = findProblem(schedule, traits);
  if (problem.empty())
    return success();
  return emitError() << problem;
}

ScheduleAttr rcm::tile::chooseSchedule(MLIRContext *context,
                                       const KernelTraits &traits,
                                       Accumulation accumulation) {
  // In order of speed where it was measured (docs/KernelDiary.md): the matrix
  // unit idles least with three consumers, then with the deepest ring.
  constexpr struct {
    int64_t groups, stages;
  } kTable[] = {{3, 4}, {3, 3}, {3, 2}, {2, 4}, {2, 3}, {2, 2}};
  constexpr double kRescaleThreshold = 2.0; // log2
  constexpr int64_t kKeyTile = 128;
  int64_t promotion =
      accumulation == Accumulation::Promoted ? kPromotionTiles : 1;
  for (auto [groups, stages] : kTable) {
    auto candidate = ScheduleAttr::get(
        context, groups, layouts::kGroupRows * groups, kKeyTile, stages,
        accumulation, promotion, ScoreConversion::Lazy, RowSum::Matrix,
        ScaleGroup::Thread,
        FloatAttr::get(Float64Type::get(context), kRescaleThreshold),
        Recipe::Int8E4M3, /*order=*/0);
    if (findProblem(candidate, traits).empty())
      return candidate;
  }
  return ScheduleAttr();
}
