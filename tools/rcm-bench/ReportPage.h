//===- ReportPage.h - a page that shows one run -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_REPORTPAGE_H
#define RCM_TOOLS_RCM_BENCH_REPORTPAGE_H

#include "rcm/Reference/Result.h"

#include <string>
#include <vector>

namespace rcm::tools {

/// Where a page comes from and goes to.
struct ReportOptions {
  /// The page; empty: none.
  std::string page;
  /// JSON files to draw; empty: the results of this run.
  std::vector<std::string> from;
  /// Roofs of the roofline; 0: the best rates of the run.
  double roofTeraflops = 0, roofGigabytesPerSecond = 0;
};

/// Writes one HTML file that needs nothing else: latency bars with spread, a
/// roofline, traffic stacks, errors, and the figures of all of them as tables.
/// `json` is what the run that just ended would write; unused with `from`.
reference::Result<void> writeReport(const ReportOptions &options,
                                    const std::string &json);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_REPORTPAGE_H
