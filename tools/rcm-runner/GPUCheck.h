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
  /// What the tolerances are, for a reader.
  std::string rule;
};

/// Checks an output of a job's entry, which is one attention, on as many rows
/// as `operations` allow. Quantized recipes: relative L2 to the emulation of at
/// most 2e-3 (the emulation models the matrix unit's accumulator), no single
/// value further away than 5 % of the largest, and at most twice as far from
/// f64 as the emulation. Recipe none: the bound of f32 arithmetic against f64.
/// Non-finite values: recipe none has them exactly where f64 has, the others
/// lose none and make none from finite data.
Result<GPUCheck> checkAttention(const GPUJob &job,
                                const reference::Array &output,
                                double operations);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_GPUCHECK_H
