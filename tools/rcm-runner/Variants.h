//===- Variants.h - one way to run the function -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_VARIANTS_H
#define RCM_TOOLS_RCM_RUNNER_VARIANTS_H

#include "Options.h"

#include "support/Compiler.h"
#include "support/Timing.h"

namespace rcm::tools {

/// A module with its inputs.
struct Job {
  Compiler &compiler;
  std::string function;
  Module module;
  std::vector<reference::Array> inputs;
};

/// What a run gave.
struct RunResult {
  /// The function's results, or its memref arguments if it has none.
  std::vector<reference::Array> outputs;
  /// False for memref arguments that hold what they held before.
  std::vector<bool> changed;
  Times times;
  rcmAllocationStatistics allocations = {};
  /// Arguments, results and the peak of temporaries.
  double memory = 0;
};

/// Drops what `function` does not call, so that passes speak of nothing else.
/// A name that pass options cannot spell keeps its company.
Result<void> isolate(Compiler &compiler, const Module &module,
                     const std::string &function);

/// Opens the module, picks the function, makes the inputs, and checks that
/// they fit each other and the module.
Result<Job> prepareJob(Compiler &compiler, const RunnerOptions &options);

/// Compiles through `pipeline`, runs once for the results and then for the
/// clock.
Result<RunResult> runVariant(Job &job, const Module &module,
                             const std::string &pipeline,
                             const std::vector<reference::Array> &inputs,
                             const RunnerOptions &options);

/// The temporaries of a module as far as they are known before it runs.
struct Prediction {
  double bytes = 0;
  /// Type of the largest one, and its bytes.
  std::string largest;
  double largestBytes = 0;
};

/// `module` is changed.
Result<Prediction> predictTemporaries(Job &job, const Module &module,
                                      const std::string &bufferization);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_VARIANTS_H
