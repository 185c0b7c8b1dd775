//===- GPUCheck.h - tolerances of kernels -----------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_GPUCHECK_H
#define RCM_TOOLS_RCM_RUNNER_GPUCHECK_H

#include "GPURun.h"

#include "rcm/Reference/Metrics.h"

namespace rcm::tools {

/// How far a kernel's output is from the recipe's emulation and from f64, on
/// some rows.
struct GPUCheck {
  reference::Metrics toEmulation, toReference, emulationToReference;
  /// What was compared: rows of the output.
  std::vector<int64_t> rows;
  /// One line per broken tolerance.
  std::vector<std::string> failures;
  /// Rows that are further from the emulation than 2e-3 and their rounding.
  int64_t rowsApart = 0;
  double worstRow = 0;
  /// What the tolerances are, for a reader.
  std::string rule;
};

/// Checks an output of a job's entry, which is one attention, on as many rows
/// as `operations` allow.
///
/// Quantized recipes: relative L2 to the emulation (which models the matrix
/// unit's accumulator) of at most 2e-3, and what one row adds that is 1/16 apart:
/// exp2 of the GPU may round one P to e4m3 the other way, which moves its weight
/// by a sixteenth. Rows further apart than 2e-3 and the output's rounding are at
/// most one and one per cent, and none is further than that sixteenth. From f64
/// the output is at most twice as far as the emulation. Recipe none: the bound of
/// f32 arithmetic against f64.
/// Non-finite values: recipe none has them exactly where f64 has, the others
/// lose none and make none from finite data.
Result<GPUCheck> checkAttention(const GPUJob &job,
                                const reference::Array &output,
                                double operations);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_GPUCHECK_H
