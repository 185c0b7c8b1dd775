//===- Options.h - command line of rcm-bench --------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_OPTIONS_H
#define RCM_TOOLS_RCM_BENCH_OPTIONS_H

#include "Cases.h"
#include "ReportPage.h"

#include <optional>

namespace rcm::tools {

/// What `--tune` and `--merge` were told.
struct TuneOptions {
  bool enabled = false;
  /// The table to write, and those to start from.
  std::string table;
  std::vector<std::string> merge;
  /// Per shape; a few rounds run in any case.
  double seconds = 10;
  /// Orders of instructions to try of one schedule per recipe.
  int64_t orders = 12;
};

struct BenchOptions {
  std::vector<Case> cases;
  std::vector<std::string> rivals;
  int64_t repeat = 10, warmup = 2, seed = 0;
  std::string json;
  /// Compare every result with the f64 reference.
  bool errors = false;
  /// Add the bytes that every case should move.
  bool traffic = false;
  ReportOptions report;
  bool onGPU = false;
  /// Of kernels; the pipeline's default for the element type unless given.
  std::string recipe;
  /// Measured schedules to compile with; empty: the built-in ones.
  std::string tuningTable;
  /// Folders of kernel objects to run, and to write instead of running.
  std::string objects, emitObjects;
  /// Also ask the hardware's counters; also measure launches in a row.
  bool counters = false, sustained = false;
  /// One launch, without a clock.
  bool once = false;
  TuneOptions tune;
};

/// The options, or nothing after --help or --version were answered.
Result<std::optional<BenchOptions>> parseOptions(int argc, char **argv);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_OPTIONS_H
