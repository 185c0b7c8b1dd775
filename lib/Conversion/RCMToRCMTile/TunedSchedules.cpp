//===- TunedSchedules.cpp - schedules of a tuning table -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "TunedSchedules.h"

#include "HalfKernel.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

/// Keys that the matrix unit may sum 8-bit products of, alone or between two
/// promotions, and the other fields that the accuracy table was checked with.
static constexpr int64_t kDirectKeys = kPromotionTiles * kPrepassTile;
static constexpr double kMostRescale = 2.0; // log2

/// As tuning tables and options write it.
static StringRef nameOf(Recipe recipe) {
  return recipe == Recipe::Int8E4M3 ? "int8-e4m3" : stringifyRecipe(recipe);
}

/// Plain operations go through shared memory up to here.
static bool isStaged(int64_t width) { return padHeadDim(width) <= 128; }

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

using EmitError = function_ref<InFlightDiagnostic()>;

/// The entry's schedule; null and `problem` if this compiler has no such.
static ScheduleAttr parseSchedule(const TuningEntry &entry,
                                  MLIRContext *context, std::string &problem) {
  // The parser's message has no place in a file: it is told with the entry.
  ScopedDiagnosticHandler keep(context, [&](Diagnostic &diagnostic) {
    if (problem.empty())
      problem = diagnostic.str();
    return success();
  });
  std::string text = "#rcm_tile.schedule<" + entry.schedule + ">";
  return dyn_cast_or_null<ScheduleAttr>(parseAttribute(text, context));
}

/// Measured schedules may be faster than the rules', not less accurate.
static LogicalResult checkAccuracy(EmitError emitError, ScheduleAttr schedule,
                                   const TuningEntry &entry) {
  if (schedule.getAccumulation() == Accumulation::Direct &&
      entry.keys.high > kDirectKeys)
    return emitError() << "expected at most " << kDirectKeys
                       << " keys under direct accumulation, got "
                       << entry.keys.high;
  if (schedule.getPromotionTiles() > kPromotionTiles)
    return emitError() << "expected `promotion_tiles` to be at most "
                       << kPromotionTiles << ", got "
                       << schedule.getPromotionTiles();
  if (schedule.getScales() != ScaleGroup::Thread)
    return emitError() << "expected `scales` to be thread, got "
                       << stringifyScaleGroup(schedule.getScales());
  double rescale = schedule.getRescaleThreshold().getValueAsDouble();
  if (rescale > kMostRescale)
    return emitError() << "expected `rescale_threshold` to be at most "
                       << kMostRescale << ", got " << rescale;
  return success();
}

static LogicalResult checkHalf(EmitError emitError, ScheduleAttr schedule,
                               const TuningEntry &entry) {
  HalfSpec spec;
  spec.schedule = schedule;
  spec.depth = entry.depth;
  spec.width = entry.width;
  spec.staged = isStaged(entry.width);
  return checkResources(emitError, spec);
}

static LogicalResult checkEntry(EmitError emitError, ScheduleAttr schedule,
                                const TuningEntry &entry) {
  if (nameOf(schedule.getRecipe()) != entry.recipe)
    return emitError() << "expected recipe of the schedule to be "
                       << entry.recipe << ", got "
                       << nameOf(schedule.getRecipe());
  int64_t largest = std::max(entry.depth, entry.width);
  if (entry.depth < 1 || entry.width < 1 || largest > 256)
    return emitError() << "expected `depth` and `width` to be 1 to 256, got "
                       << entry.depth << " and " << entry.width;
  if (schedule.getRecipe() != Recipe::Int8E4M3)
    return checkHalf(emitError, schedule, entry);
  KernelTraits traits = {padHeadDim(entry.depth), padHeadDim(entry.width),
                         isStaged(entry.width), /*elementwise=*/false};
  if (failed(checkSchedule(emitError, schedule, traits)))
    return failure();
  return checkAccuracy(emitError, schedule, entry);
}

FailureOr<TunedSchedules> TunedSchedules::open(ModuleOp module, StringRef table,
                                               StringRef chip) {
  llvm::Expected<TuningTable> opened = TuningTable::open(table, chip);
  if (!opened)
    return module.emitError(llvm::toString(opened.takeError()));
  TunedSchedules tuned;
  tuned.table = std::move(*opened);
  for (const TuningEntry &entry : tuned.table.entries()) {
    auto error = [&] {
      return module.emitError(tuned.table.nameOf(entry)) << ": ";
    };
    std::string problem;
    ScheduleAttr schedule =
        parseSchedule(entry, module.getContext(), problem);
    if (!schedule)
      return error() << "expected a schedule of this compiler, got <"
                     << entry.schedule << ">: " << problem;
    if (failed(checkEntry(error, schedule, entry)))
      return failure();
    tuned.schedules.push_back(schedule);
  }
  return tuned;
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

/// Nothing that takes registers which the measured kernels did not need.
static bool isPlain(const AttentionSpec &spec) {
  return !spec.traits().elementwise && spec.staged == isStaged(spec.width);
}

/// The schedule with another recipe in it, whatever other fields it has.
static ScheduleAttr withRecipe(ScheduleAttr schedule, Recipe recipe) {
  if (schedule.getRecipe() == recipe)
    return schedule;
  auto field = [](Recipe name) {
    return ("recipe = " + stringifyRecipe(name)).str();
  };
  std::string text;
  llvm::raw_string_ostream(text) << Attribute(schedule);
  std::string old = field(schedule.getRecipe());
  text.replace(text.find(old), old.size(), field(recipe));
  return cast<ScheduleAttr>(parseAttribute(text, schedule.getContext()));
}

ScheduleAttr
TunedSchedules::find(AttentionOpInterface op, const AttentionSpec &spec,
                     Recipe recipe,
                     std::optional<Accumulation> accumulation) const {
  std::optional<AttentionShape> shape = staticShapeOf(op);
  if (!shape || !isPlain(spec))
    return ScheduleAttr();
  const TuningEntry *entry = table.find(nameOf(recipe), *shape);
  if (!entry)
    return ScheduleAttr();
  ScheduleAttr schedule = schedules[entry - table.entries().data()];
  if (recipe == Recipe::Int8E4M3 && accumulation &&
      *accumulation != schedule.getAccumulation())
    return ScheduleAttr();
  remark::analysis(op->getLoc(), remark::RemarkOpts::name("TunedSchedule")
                                     .category("rcm-select-schedule"))
      << llvm::formatv("schedule of {0}: {1:F4} ms for {2} query rows, {3} keys "
                       "and {4} heads",
                       table.nameOf(*entry), entry->milliseconds,
                       entry->measuredRows, entry->measuredKeys,
                       entry->measuredHeads)
             .str();
  return withRecipe(schedule, recipe);
}
