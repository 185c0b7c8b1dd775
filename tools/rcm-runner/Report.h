//===- Report.h - tables, summaries, JSON -----------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_REPORT_H
#define RCM_TOOLS_RCM_RUNNER_REPORT_H

#include "Compare.h"

namespace rcm::tools {

/// Prints the table of a comparison.
void printComparison(const std::string &function, const Comparison &comparison,
                     const RunnerOptions &options);

/// The comparison as one JSON object.
std::string comparisonToJSON(const std::string &function,
                             const Comparison &comparison,
                             const RunnerOptions &options);

/// One line per result (shape, range, mean, non-finite values), then time and
/// memory.
void printSummary(const RunResult &run, const RunnerOptions &options);

/// Writes results to the files that the options name.
Result<void> writeOutputs(const RunResult &run, const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_REPORT_H
