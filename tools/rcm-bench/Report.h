//===- Report.h - tables and JSON of measurements ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_REPORT_H
#define RCM_TOOLS_RCM_BENCH_REPORT_H

#include "Measure.h"

namespace rcm::tools {

/// Where measurements come from.
struct Origin {
  std::string target = "cpu", device, driver;
  /// Of copies inside the device; 0: not measured.
  double copyGigabytesPerSecond = 0;
};

void printTable(const std::vector<Measurement> &list, const Origin &origin);
/// How the fused cases compare with each rival of the same shape.
void printRatios(const std::vector<Measurement> &list,
                 const BenchOptions &options);
std::string resultsToJSON(const std::vector<Measurement> &list,
                          const Origin &origin);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_REPORT_H
