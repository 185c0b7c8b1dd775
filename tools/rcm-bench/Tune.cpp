//===- Tune.cpp - measures candidate schedules ----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Tune.h"

#include "Contest.h"
#include "TuningTable.h"

#include "support/JSON.h"

#include <cmath>
#include <cstdio>

using namespace rcm::tools;

static constexpr const char *kCommit =
#include "Commit.inc"
    ;
/// The kernels are compiled for it.
static constexpr const char *kChip = "sm_90a";

static void printContest(const Contest &contest) {
  std::printf("  %-11s %-26s %10s %10s %10s %7s %7s %9s\n", "recipe",
              "schedule", "median ms", "p10 ms", "p90 ms", "ratio", "samples",
              "rel. L1");
  for (const Contender &one : contest.results()) {
    Times times = summarize(one.milliseconds);
    std::printf("%c %-11s %-26s %10.4f %10.4f %10.4f %7.3f %7zu %9.5f%s%s\n",
                one.wins ? '*' : ' ', one.candidate.recipe.c_str(),
                one.candidate.label.c_str(), times.median, times.p10,
                times.p90, one.ratio, one.milliseconds.size(), one.error,
                one.out.empty() ? "" : "  ", one.out.c_str());
  }
  std::fflush(stdout);
}

/// Nothing if no candidate of the recipe is left.
static const Contender *winnerOf(const Contest &contest,
                                 const std::string &recipe) {
  for (const Contender &one : contest.results())
    if (one.wins && one.candidate.recipe == recipe)
      return &one;
  return nullptr;
}

static TuningEntry makeEntry(const Case &benchmark, const Contender &winner,
                             const GPU &gpu) {
  const Shape &s = benchmark.shape;
  TuningEntry entry;
  entry.recipe = winner.candidate.recipe;
  entry.depth = entry.width = s.depth;
  entry.causal = benchmark.causal;
  entry.measuredRows = s.queries;
  entry.measuredKeys = s.keys;
  entry.measuredHeads = s.batch * s.queryHeads;
  entry.type = rcm::reference::toString(benchmark.type);
  entry.schedule = winner.candidate.schedule;
  // To a tenth of a microsecond: what an event tells.
  entry.milliseconds = std::round(winner.median() * 1e4) / 1e4;
  entry.device = gpu.info.name;
  entry.driver = driverText(gpu);
  entry.compiler = std::string("rcm ") + RCM_PROJECT_VERSION + ", " + kCommit;
  entry.date = utcNow();
  setRanges(entry);
  return entry;
}

/// What `--merge` names, or an empty table.
static Result<TuningTable> startingTable(const BenchOptions &options) {
  TuningTable table;
  for (const std::string &path : options.tune.merge) {
    Result<TuningTable> more = readTuningTable(path);
    if (!more)
      return more;
    if (table.chip.empty())
      table.chip = more->chip;
    if (auto merged = mergeTables(table, *more); !merged)
      return Error{path + ": " + merged.error()};
  }
  return table;
}

Result<void> rcm::tools::mergeTuningTables(const BenchOptions &options) {
  Result<TuningTable> table = startingTable(options);
  if (!table)
    return Error{table.error()};
  return writeFile(options.tune.table, toText(*table));
}

Result<void> rcm::tools::tune(const BenchOptions &options) {
  Result<TuningTable> table = startingTable(options);
  if (!table)
    return Error{table.error()};
  Result<GPU> gpu = GPU::open();
  if (!gpu)
    return Error{gpu.error()};
  Result<GPUClock> clock = GPUClock::create();
  if (!clock)
    return Error{clock.error()};
  Result<CandidateObjects> objects = loadCandidates(options);
  if (!objects)
    return Error{objects.error()};
  TuningTable found{kChip, {}};
  for (size_t index = 0; index < options.cases.size(); ++index) {
    const Case &benchmark = options.cases[index];
    std::fprintf(stderr, "[%zu/%zu] tuning %s\n", index + 1,
                 options.cases.size(), benchmark.shape.name.c_str());
    Contest contest(benchmark, options, *clock);
    if (auto ran = contest.run(*objects); !ran)
      return Error{benchmark.shape.name + ": " + ran.error()};
    std::printf("%s\n", benchmark.shape.name.c_str());
    printContest(contest);
    for (const std::string &recipe : tunedRecipes(options)) {
      const Contender *winner = winnerOf(contest, recipe);
      if (!winner)
        return Error{benchmark.shape.name + ": expected a candidate of the "
                     "recipe " + recipe +
                     " to compute the attention, got none"};
      found.entries.push_back(makeEntry(benchmark, *winner, *gpu));
    }
  }
  if (table->chip.empty())
    table->chip = kChip;
  if (auto merged = mergeTables(*table, found); !merged)
    return Error{merged.error()};
  return writeFile(options.tune.table, toText(*table));
}
