//===- Measure.h - compiles and times a case --------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_MEASURE_H
#define RCM_TOOLS_RCM_BENCH_MEASURE_H

#include "Counters.h"
#include "Options.h"

#include "support/Compiler.h"
#include "support/Timing.h"

#include "rcm/Reference/Metrics.h"

namespace rcm::tools {

/// One line of the result table.
struct Measurement {
  std::string shape, mode, recipe;
  Times times;
  double floatOperations = 0, bytes = 0;
  /// With `--errors`, where the mode has attention.
  std::optional<reference::Metrics> error = std::nullopt;
  /// With `--traffic`, where the case has a module of ours; JSON.
  std::string traffic = {};
  /// On a GPU: medians of the kernels that quantize, and of the attention
  /// kernel, each alone; and one of many launches in a row. 0: not measured.
  double prepassMilliseconds = 0, kernelMilliseconds = 0,
         sustainedMilliseconds = 0;
  /// Kernels and memsets per call.
  int64_t launches = 0;
  std::vector<KernelTraffic> counters = {};

  double teraflops() const { return floatOperations / times.median * 1e-9; }
  double gigabytesPerSecond() const { return bytes / times.median * 1e-6; }
};

/// The case on generated `normal` data, t in [0, 2) through the schedule edm.
Result<Measurement> measureCase(Compiler &compiler, const Case &benchmark,
                                const BenchOptions &options);

/// The unfused module of the case through upstream's passes.
Result<Measurement> measureStock(Compiler &compiler, const Case &benchmark,
                                 const BenchOptions &options);

/// sgemm of 2048^3 in OpenBLAS.
Result<Measurement> measureOpenBLAS(const BenchOptions &options);

/// PyTorch's scaled_dot_product_attention and the skip, on the CPU.
Result<Measurement> measureTorch(const Case &benchmark,
                                 const BenchOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_MEASURE_H
