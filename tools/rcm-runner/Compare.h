//===- Compare.h - as written, fused, and in f64 ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_COMPARE_H
#define RCM_TOOLS_RCM_RUNNER_COMPARE_H

#include "Variants.h"

#include "rcm/Reference/Metrics.h"

namespace rcm::tools {

/// One column of the comparison.
struct Column {
  std::string title;
  std::optional<RunResult> run;
  /// Why there is no run; the arithmetic.
  std::string skipped;
  /// What part of the result a reference covers, if not all.
  std::string part;
};

struct Comparison {
  Column written{"as written", {}, {}, {}}, fused{"fused", {}, {}, {}},
      reference{"f64 reference", {}, {}, {}};
  std::optional<reference::Metrics> writtenToReference, fusedToReference,
      fusedToWritten;
  /// What the passes said about the fused module.
  std::vector<std::string> remarks;
  /// rcm.attention and rcm.attention_skip ops of the fused module, if counted.
  std::optional<size_t> attentionOps;
  /// Largest difference allowed, in absolute terms, and what the user gave.
  double tolerance = 0, relativeTolerance = 0;
  /// One line per broken tolerance.
  std::vector<std::string> failures;
  std::string target = "cpu";
  /// What holds if there are no failures; empty: that all differences are
  /// within the tolerance.
  std::string verdict;
};

/// Runs all columns whose temporaries fit the limit.
Result<Comparison> compareVariants(Job &job, const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_COMPARE_H
