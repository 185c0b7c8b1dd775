//===- Sweep.h - many sizes, layouts and data in one process ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_SWEEP_H
#define RCM_TOOLS_RCM_RUNNER_SWEEP_H

#include "GPURun.h"

#include "rcm/Reference/Generators.h"

namespace rcm::tools {

/// One call of an entry that is an attention.
struct SweepCase {
  reference::AttentionShape shape;
  /// What parseGenerator reads.
  std::string generator = "normal";
  uint64_t seed = 0;
  /// Draws the memory order and gaps between rows; row-major and dense without.
  bool randomStrides = false;
  /// Of the outermost dimension of q and out, in elements; 0: as it comes.
  int64_t hugeStride = 0;
  uint64_t misalignment = 0;
  /// A NaN or infinity in this argument ("q", "k", "v"; empty: none).
  std::string planted;

  std::string text() const;
};

/// Makes the arguments of a case. Sizes that the entry fixes replace the
/// case's. Memory between elements holds NaNs.
Result<void> makeArguments(GPUJob &job, SweepCase &sweepCase);

/// True if all bytes between the elements of an array are those it was made
/// with.
bool gapsAreUntouched(const reference::Array &array);

/// Runs the sweep that the options name over all files; true if no case failed.
Result<bool> runSweep(const std::vector<std::string> &files,
                      const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_SWEEP_H
