//===- GPUMeasure.h - times cases on a GPU ----------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_GPUMEASURE_H
#define RCM_TOOLS_RCM_BENCH_GPUMEASURE_H

#include "GPUClock.h"
#include "Measure.h"
#include "Objects.h"

namespace rcm::tools {

/// Times cases, one after the other, by CUDA events. Before each sample the
/// output is filled with NaNs and 256 MiB are written, so that the L2 holds
/// nothing of the case.
class GPUBench {
public:
  static Result<std::unique_ptr<GPUBench>> create(const BenchOptions &options);

  /// The case on repeated blocks of normal data: all of it, its quantization
  /// alone and its attention kernel alone.
  Result<Measurement> measure(const Case &benchmark);
  /// One launch on a cold L2, for a profiler to look at.
  Result<void> runOnce(const Case &benchmark);

  /// Bytes read and written per second by copies of 1 GiB inside the device.
  double copyGigabytesPerSecond() const { return copyRate; }
  std::string device() const { return gpu.info.name; }
  std::string driver() const { return driverText(gpu); }

private:
  GPUBench(const BenchOptions &options, GPU gpu)
      : options(options), gpu(gpu), objects(options) {}
  Result<void> prepare();
  Result<void> measureCopies();
  struct Call;
  Result<std::unique_ptr<Call>> open(const Case &benchmark);
  Result<Times> sample(Call &call,
                       const std::function<Result<void>()> &body);
  Result<void> measureParts(Call &call, Measurement &result);
  Result<double> measureSustained(Call &call, double milliseconds);

  const BenchOptions &options;
  GPU gpu;
  ObjectSource objects;
  GPUClock clock;
  double copyRate = 0;
};

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_GPUMEASURE_H
