//===- Tune.h - measures candidate schedules --------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_TUNE_H
#define RCM_TOOLS_RCM_BENCH_TUNE_H

#include "Options.h"

#include "rcm/Reference/Result.h"

namespace rcm::tools {

/// Measures every candidate at every case of `options`, prints what came out
/// and writes the table of `--table`. Candidates of a shape run in turns, so
/// that all see the same clocks; one whose rows differ from f64 by more than
/// its recipe may, or that does not repeat its result, cannot win.
Result<void> tune(const BenchOptions &options);

/// Merges the tables of `--merge` into that of `--table`.
Result<void> mergeTuningTables(const BenchOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_TUNE_H
