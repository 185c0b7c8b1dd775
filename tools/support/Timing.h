//===- Timing.h - medians and spreads ---------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_TIMING_H
#define RCM_TOOLS_SUPPORT_TIMING_H

#include <functional>
#include <string>
#include <vector>

namespace rcm::tools {

struct Times {
  double median = 0, p10 = 0, p90 = 0, minimum = 0; ///< milliseconds
};

/// Quantiles with linear interpolation; the list must not be empty.
Times summarize(std::vector<double> milliseconds);

/// Calls `body` `warmup` times, then `repeat` times with a clock. `body`
/// returns false to stop; then so does this function. `afterFirst` is called
/// once, after the first call of `body`, beside the clock.
bool measure(int64_t warmup, int64_t repeat, const std::function<bool()> &body,
             Times &times, const std::function<bool()> &afterFirst = {});

/// "1.23 ms", "4.5 s".
std::string formatMilliseconds(double milliseconds);

/// Name of this machine's processor, and how many threads it runs.
std::string processorName();
/// Bytes of RAM.
double memoryBytes();
/// "2026-01-31T12:00:00Z".
std::string utcNow();

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_TIMING_H
