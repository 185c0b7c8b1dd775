//===- ReportData.h - what a report page shows ------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_REPORTDATA_H
#define RCM_TOOLS_RCM_BENCH_REPORTDATA_H

#include "rcm/Reference/Result.h"

#include <optional>
#include <string>
#include <vector>

namespace rcm::tools {

/// A bar: one way to compute one shape.
struct ReportTiming {
  std::string shape, mode, recipe, target;
  double median = 0, p10 = 0, p90 = 0; ///< milliseconds
  double teraflops = 0, gigabytesPerSecond = 0;

  /// "fused, int8-e4m3"; the recipe `none` is not worth a word.
  std::string label() const;
};

/// How far a result is from the f64 reference.
struct ReportError {
  std::string shape, label;
  double oneMinusCosine = 0, relativeL1 = 0, rmse = 0, maxAbsDiff = 0;
};

/// One tensor of a stack.
struct ReportTraffic {
  struct Part {
    std::string kernel, tensor;
    double bytesRead = 0, bytesWritten = 0;
  };
  /// Bars with the same title stand together.
  std::string title, form;
  std::vector<Part> parts;
  double bytes = 0, unitBytes = 0;
  /// What the hardware counted; negative where it did not.
  double counted = -1;
  /// Of activations only; negative where it is not known.
  double units = -1, unitsWithCachedResidual = -1;
};

/// One run of rcm-bench on one device at one commit.
struct ReportData {
  std::string device, driver, commit, firstDate, lastDate;
  /// Of copies inside the device, in the same run; 0: not measured.
  double copyGigabytesPerSecond = 0;
  std::vector<ReportTiming> timings;
  std::vector<ReportError> errors;
  std::vector<ReportTraffic> traffic;

  /// Shapes in the order of the run.
  std::vector<std::string> shapes() const;
};

/// Reads what rcm-bench --json wrote, and what rcm-report-traffic wrote as
/// JSON. Results without device, date or commit, results of several devices or
/// commits, and files without results, are refused.
reference::Result<ReportData>
readReportData(const std::vector<std::pair<std::string, std::string>> &texts);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_REPORTDATA_H
