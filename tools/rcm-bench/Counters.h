//===- Counters.h - what the hardware counted -------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_COUNTERS_H
#define RCM_TOOLS_RCM_BENCH_COUNTERS_H

#include "Options.h"

#include <optional>

namespace rcm::tools {

/// Bytes that one kernel moved to and from device memory.
struct KernelTraffic {
  std::string kernel;
  double readBytes = 0, writtenBytes = 0;
};

/// Path of Nsight Compute's command, or nothing.
std::optional<std::string> findProfiler();

/// Runs this program under the profiler for one launch of the case.
Result<std::vector<KernelTraffic>> countTraffic(const std::string &profiler,
                                                const Case &benchmark,
                                                const BenchOptions &options);

/// What the profiler printed as CSV, by kernel in order of launch.
std::vector<KernelTraffic> parseCounters(const std::string &csv);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_COUNTERS_H
