//===- GPURun.h - runs entries of kernel objects ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_GPURUN_H
#define RCM_TOOLS_RCM_RUNNER_GPURUN_H

#include "Variants.h"

#include "support/AttentionNote.h"
#include "support/GPU.h"

namespace rcm::tools {

/// An entry of a kernel object with its arguments.
struct GPUJob {
  KernelObject object;
  const rcmEntry *entry = nullptr;
  std::string function;
  /// The file's, for messages.
  std::string name;
  std::vector<rcmArgumentInfo> infos;
  /// One per argument, those that are written too.
  std::vector<reference::Array> arguments;
  /// The arguments that are results, and whether nothing reads them before.
  std::vector<size_t> outputs;
  bool outputsAreUnread = false;
  /// What the entry computes, if it is one attention and says so.
  std::optional<rcmAttentionDescription> attention;
  std::string recipe, schedule;
};

/// Finds the entry and what it says about itself; makes no arguments.
Result<GPUJob> openEntry(KernelObject object, const std::string &function);

/// The same, and makes the arguments that the options ask for.
Result<GPUJob> prepareGPUJob(KernelObject object, const RunnerOptions &options);

/// The arguments of a job, in the form that problems are bound to.
std::vector<const reference::Array *> argumentsOf(const GPUJob &job);

/// Runs once on poisoned results for the values and then for the clock (CUDA
/// events).
Result<RunResult> runOnGPU(GPUJob &job, const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_GPURUN_H
