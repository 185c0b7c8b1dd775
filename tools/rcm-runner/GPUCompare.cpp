//===- GPUCompare.cpp - kernel, emulation and f64 -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUCompare.h"

#include "GPUCheck.h"

#include <cstdio>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::compare;
using rcm::reference::Metrics;

/// What f64 and the emulation may cost; seconds on sixteen cores.
static constexpr double kAffordable = 4e10;
/// Relative L2 of a whole module with 8-bit attention in it against f64: what
/// the recipe costs on `normal` data, 0.04, and rounding in between.
static constexpr double kMostQuantized = 0.08;

static Result<void> compareAttention(GPUJob &job, Comparison &comparison) {
  Result<GPUCheck> check = checkAttention(
      job, comparison.fused.run->outputs.front(), kAffordable);
  if (!check)
    return Error{check.error()};
  comparison.writtenToReference = check->emulationToReference;
  comparison.fusedToReference = check->toReference;
  comparison.fusedToWritten = check->toEmulation;
  comparison.failures = check->failures;
  comparison.verdict = check->rule;
  std::string part =
      std::to_string(check->rows.size()) + " of " +
      std::to_string(static_cast<int64_t>(check->rows.back() + 1)) +
      " query rows";
  comparison.written.part = comparison.reference.part = part;
  return {};
}

static std::vector<double> valuesOf(const std::vector<Array> &outputs) {
  std::vector<double> values;
  for (const Array &output : outputs) {
    std::vector<double> part = output.toF64();
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

/// Differences from a column of the CPU's comparison, if it ran.
static std::optional<Metrics> differences(const RunResult &run,
                                          const Column &column) {
  if (!column.run)
    return std::nullopt;
  std::vector<double> actual = valuesOf(run.outputs),
                      expected = valuesOf(column.run->outputs);
  if (actual.size() != expected.size())
    return std::nullopt;
  return compare(actual, expected);
}

static Result<void> compareModule(const GPUJob &job, Job &module,
                                  const RunnerOptions &options,
                                  Comparison &comparison) {
  Result<Comparison> cpu = compareVariants(module, options);
  if (!cpu)
    return Error{cpu.error()};
  const RunResult &run = *comparison.fused.run;
  comparison.fusedToReference = differences(run, cpu->reference);
  comparison.fusedToWritten = differences(run, cpu->written);
  comparison.writtenToReference = cpu->writtenToReference;
  comparison.remarks = std::move(cpu->remarks);
  comparison.tolerance = cpu->tolerance;
  comparison.written = std::move(cpu->written);
  comparison.reference = std::move(cpu->reference);
  const auto &judged = comparison.fusedToReference ? comparison.fusedToReference
                                                   : comparison.fusedToWritten;
  if (!judged)
    return Error{"expected something to compare the GPU's results with, got "
                 "only columns that exceed `--memory-limit`"};
  bool isPlain = job.recipe.empty() || job.recipe == "none";
  double value = isPlain ? judged->maxAbsDiff : judged->relativeL2;
  double limit = isPlain ? comparison.tolerance : kMostQuantized;
  char line[160];
  if (!judged->sameNonFinite() && isPlain)
    comparison.failures.push_back(
        "expected non-finite values of `GPU` where f64 has them, got others");
  else if (!(value <= limit)) {
    std::snprintf(line, sizeof(line),
                  "expected %s of `GPU` to be at most %.3g, got %.3g",
                  isPlain ? "max |diff|" : "relative L2", limit, value);
    comparison.failures.push_back(line);
  }
  std::snprintf(line, sizeof(line), "%s is within %.3g",
                isPlain ? "max |diff|" : "relative L2", limit);
  comparison.verdict = line;
  return {};
}

Result<Comparison> rcm::tools::compareOnGPU(GPUJob &job, Job *module,
                                            const RunnerOptions &options) {
  if (!job.attention && !module)
    return Error{"expected an entry that says which attention it computes "
                 "(objects of `rcm-runner --emit=object` do), got `" +
                 job.function + "`, which does not"};
  Comparison comparison;
  comparison.target = "gpu";
  comparison.fused.title = "GPU kernel";
  Result<RunResult> run = runOnGPU(job, options);
  if (!run)
    return Error{run.error()};
  comparison.fused.run = std::move(*run);
  if (job.attention) {
    comparison.written.title = "emulation, " + job.recipe;
    if (auto done = compareAttention(job, comparison); !done)
      return Error{done.error()};
    return comparison;
  }
  if (auto done = compareModule(job, *module, options, comparison); !done)
    return Error{done.error()};
  return comparison;
}
