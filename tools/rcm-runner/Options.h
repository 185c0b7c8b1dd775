//===- Options.h - command line of rcm-runner -------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_OPTIONS_H
#define RCM_TOOLS_RCM_RUNNER_OPTIONS_H

#include "support/CommandLine.h"
#include "support/GPUCompile.h"

#include <optional>

namespace rcm::tools {

/// KEY=VALUE, where the key names an argument or counts it.
struct Assignment {
  std::string key, value;
};

/// Where functions run.
enum class Target { CPU, GPU, Auto };

struct RunnerOptions {
  std::string file, function;
  /// Generator of float arguments that have no assignment.
  std::string defaultGenerator = "normal";
  std::vector<Assignment> arguments, shapes;
  /// Where results go: key (an index; empty: the only result) and path.
  std::vector<Assignment> outputs;
  bool compare = false;
  std::string pipeline;
  /// Passes to the LLVM dialect are for the CPU.
  bool pipelineIsGiven = false;
  int64_t repeat = 1, warmup = 0, seed = 0;
  /// Unset: by the element type of the results.
  std::optional<double> tolerance;
  std::string json;
  uint64_t memoryLimit = 0;
  Target target = Target::Auto;
  /// Say so when the CPU is used because there is no GPU.
  bool targetIsGiven = false;
  /// NaNs around arguments in device memory.
  bool guard = false;
  /// Many calls instead of one, over all objects, and how many (random, repeat).
  std::string sweep;
  int64_t cases = 1000;
  std::vector<std::string> files;
  /// What to write instead of running anything, and where.
  std::optional<GPUFormat> emit;
  std::string outputFile;
  GPUCompileOptions gpuCompile;
};

/// Fuses attention with a skip, then attention without one.
inline constexpr const char *kFusionPasses =
    "rcm-fuse-attention-skip,rcm-fuse-attention";
/// How modules run: with attention and skip fused, optimised for the CPU.
inline constexpr const char *kFusedPipeline =
    "rcm-fuse-attention-skip,rcm-fuse-attention,rcm-to-cpu";
/// How a module runs that nobody optimised.
inline constexpr const char *kStockPipeline = "rcm-stock-to-cpu";

/// The options, or nothing after --help or --version were answered.
Result<std::optional<RunnerOptions>> parseOptions(int argc, char **argv);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_OPTIONS_H
