//===- GPUClock.h - samples of calls on a cold cache ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_GPUCLOCK_H
#define RCM_TOOLS_RCM_BENCH_GPUCLOCK_H

#include "support/GPU.h"

namespace rcm::tools {

/// A stream with a timer. Before each sample the output is filled with NaNs and
/// 256 MiB are written four times, so that the L2 holds nothing of the call and
/// the host enqueues ahead.
class GPUClock {
public:
  GPUClock() = default;
  static Result<GPUClock> create();

  const GPUStream &stream() const { return queue; }
  /// Milliseconds of `body` as it is.
  Result<double> time(const std::function<Result<void>()> &body) const {
    return timer.time(queue, body);
  }
  /// Milliseconds of `body`, which writes argument `out` of `call`.
  Result<double> sample(EntryCall &call, size_t out,
                        const std::function<Result<void>()> &body) const;
  Result<void> flushCaches() const;

private:
  GPUStream queue;
  GPUTimer timer;
  DeviceMemory flush;
};

/// "580.159.04, CUDA 13.0", or what of it is known.
std::string driverText(const GPU &gpu);

/// Normal draws, a million of them repeated.
void fillNormal(reference::Array &array, uint64_t seed, uint64_t stream);

/// True if some element still holds the NaN it was filled with.
bool holdsPoison(const reference::Array &array);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_GPUCLOCK_H
