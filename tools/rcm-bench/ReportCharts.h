//===- ReportCharts.h - drawings of a report page ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_REPORTCHARTS_H
#define RCM_TOOLS_RCM_BENCH_REPORTCHARTS_H

#include "ReportData.h"

namespace rcm::tools {

/// Text with the characters that mean something in HTML replaced.
std::string escapeHTML(const std::string &text);
/// Three significant digits, no exponent between 1e-3 and 1e6.
std::string shortNumber(double value);
/// "12.6 MB": powers of 1000, as traffic is counted.
std::string megabytes(double bytes);

/// Drawings are SVG whose horizontal positions are percentages: they are as
/// wide as the page and their text keeps its size on a phone.

/// One bar per timing of the shape, from 0 to the median, with the spread from
/// the 10th to the 90th percentile as a line.
std::string drawLatency(const ReportData &data, const std::string &shape);

/// What bounds the rates: given, or the best rates of the page.
struct Roofs {
  double teraflops = 0, gigabytesPerSecond = 0;
  bool computeIsGiven = false, memoryIsGiven = false;
};

/// Rates over operations per byte, both logarithmic, numbered in the order of
/// `data.timings`; the ones without a rate are left out.
std::string drawRoofline(const ReportData &data, const Roofs &roofs);

/// One stacked bar per form of one title.
std::string drawTraffic(const ReportData &data, const std::string &title);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_REPORTCHARTS_H
