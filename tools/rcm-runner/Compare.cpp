//===- Compare.cpp - as written, fused, and in f64 ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Compare.h"

#include "RowReference.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::ElementType;
using rcm::reference::Metrics;

/// The outputs that `wanted` chooses, in a row.
static std::vector<double> flatten(const std::vector<Array> &outputs,
                                   const std::vector<bool> &wanted) {
  std::vector<double> values;
  for (size_t index = 0; index < outputs.size(); ++index) {
    if (!wanted[index])
      continue;
    std::vector<double> part = outputs[index].toF64();
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

/// The outputs that some column wrote; all if there is none.
static std::vector<bool> writtenOutputs(const Comparison &comparison) {
  std::vector<bool> wanted;
  for (const Column *column :
       {&comparison.written, &comparison.fused, &comparison.reference}) {
    if (!column->run)
      continue;
    const std::vector<bool> &changed = column->run->changed;
    wanted.resize(changed.size());
    for (size_t index = 0; index < changed.size(); ++index)
      wanted[index] = wanted[index] || changed[index];
  }
  if (std::find(wanted.begin(), wanted.end(), true) == wanted.end())
    wanted.assign(wanted.size(), true);
  return wanted;
}

/// Twice the rounding of the narrowest result, in whose units results that are
/// right differ; f32 has the bound of the original proposal.
static double defaultTolerance(const std::vector<Array> &outputs) {
  double tolerance = 1e-12;
  for (const Array &output : outputs) {
    if (output.elementType() == ElementType::F32)
      tolerance = std::max(tolerance, 1e-5);
    if (output.elementType() == ElementType::F16)
      tolerance = std::max(tolerance, 2e-3);
    if (output.elementType() == ElementType::BF16)
      tolerance = std::max(tolerance, 1.6e-2);
  }
  return tolerance;
}

/// The same values in f64; integers stay.
static Result<std::vector<Array>> widen(const std::vector<Array> &inputs) {
  std::vector<Array> wide;
  for (const Array &input : inputs) {
    Result<Array> copy =
        isFloat(input.elementType())
            ? Array::fromValues(ElementType::F64, input.shape(), input.toF64())
            : input.clone();
    if (!copy)
      return Error{copy.error()};
    wide.push_back(std::move(*copy));
  }
  return wide;
}

/// Says why a column does not run, if its temporaries exceed the limit.
static Result<std::string> overLimit(Job &job, const Module &module,
                                     const char *bufferization,
                                     const RunnerOptions &options) {
  Result<Module> copy = job.compiler.clone(module);
  Result<Prediction> prediction = predictTemporaries(job, *copy, bufferization);
  if (!prediction)
    return Error{prediction.error()};
  if (prediction->bytes <= static_cast<double>(options.memoryLimit))
    return std::string();
  return "temporaries of " + formatBytes(prediction->bytes) + " (" +
         prediction->largest + " alone takes " +
         formatBytes(prediction->largestBytes) + ") exceed the limit of " +
         formatBytes(static_cast<double>(options.memoryLimit));
}

static Result<void> runColumn(Job &job, Column &column, const Module &module,
                              const std::vector<Array> &inputs,
                              const char *bufferization,
                              const std::string &pipeline,
                              const RunnerOptions &options) {
  Result<std::string> reason = overLimit(job, module, bufferization, options);
  if (!reason)
    return Error{reason.error()};
  column.skipped = *reason;
  if (!column.skipped.empty())
    return {};
  Result<RunResult> run = runVariant(job, module, pipeline, inputs, options);
  if (!run)
    return Error{run.error()};
  column.run = std::move(*run);
  return {};
}

/// Operations that loops in f64 do in about ten seconds.
static constexpr double kMostOperations = 1e10;

/// One attention on its own: as many rows as are affordable.
static Result<bool> runRows(Job &job, Comparison &comparison,
                            std::optional<RowReference> &rows) {
  rows = RowReference::create(job, job.module);
  if (!rows || rows->floatOperations() <= kMostOperations) {
    rows.reset();
    return false;
  }
  if (auto run = rows->run(); !run)
    return Error{run.error()};
  comparison.reference.part = rows->text();
  return true;
}

/// Where the module as written is too large to run in f64: rows of the op that
/// it was fused into, if it is one op. They check how that op is computed.
static Result<void> runFusedRows(Job &job, Comparison &comparison,
                                 const Module &fused,
                                 std::optional<RowReference> &rows) {
  rows = RowReference::create(job, fused);
  if (!rows)
    return {};
  if (auto run = rows->run(); !run)
    return Error{run.error()};
  comparison.reference.part = rows->text() + " of the fused op";
  return {};
}

static Result<void> runReference(Job &job, Comparison &comparison,
                                 const Module &fused,
                                 std::optional<RowReference> &rows,
                                 RunnerOptions options) {
  Result<bool> done = runRows(job, comparison, rows);
  if (!done)
    return Error{done.error()};
  if (*done)
    return {};
  Result<Module> wide = job.compiler.clone(job.module);
  if (auto widened = job.compiler.runPasses(*wide, "rcm-widen-floats");
      !widened) {
    comparison.reference.skipped = widened.error();
    return {};
  }
  Result<std::vector<Array>> inputs = widen(job.inputs);
  if (!inputs)
    return Error{inputs.error()};
  // Its time is of no interest: plain loops, but on all cores.
  options.repeat = 1;
  options.warmup = 0;
  if (auto run = runColumn(job, comparison.reference, *wide, *inputs,
                           "rcm-stock-bufferize",
                           "rcm-stock-to-cpu{parallel=true}", options);
      !run)
    return run;
  if (comparison.reference.skipped.empty())
    return {};
  return runFusedRows(job, comparison, fused, rows);
}

/// Values of a result and of what it is compared with.
static std::optional<Metrics> check(Comparison &comparison,
                                    const std::vector<double> &actual,
                                    const std::vector<double> &expected,
                                    const Column &column,
                                    const Column &against) {
  if (actual.empty() || actual.size() != expected.size())
    return std::nullopt;
  Metrics metrics = rcm::reference::compare(actual, expected);
  std::string pair = "`" + column.title + "` against `" + against.title + "`";
  if (!metrics.sameNonFinite()) {
    comparison.failures.push_back(
        "expected non-finite values of " + pair +
        " at the same positions, got " + std::to_string(metrics.lostNonFinite) +
        " lost and " + std::to_string(metrics.newNonFinite) + " new");
  } else if (!(metrics.maxAbsDiff <= comparison.tolerance)) {
    char line[256];
    std::snprintf(line, sizeof(line),
                  "expected max |diff| of %s to be at most %.3g, got %.3g",
                  pair.c_str(), comparison.tolerance, metrics.maxAbsDiff);
    comparison.failures.push_back(line);
  }
  return metrics;
}

/// Fills in differences and failures. `rows` is the reference where the module
/// itself did not run in f64.
static void judge(Comparison &comparison,
                  const std::optional<RowReference> &rows,
                  const RunnerOptions &options) {
  std::vector<bool> wanted = writtenOutputs(comparison);
  auto values = [&](const Column &column) {
    return column.run ? flatten(column.run->outputs, wanted)
                      : std::vector<double>();
  };
  auto covered = [&](const Column &column) {
    if (!rows || !column.run)
      return values(column);
    return rows->rowsOf(column.run->outputs);
  };
  std::vector<double> written = values(comparison.written),
                      fused = values(comparison.fused),
                      exact =
                          rows ? rows->values() : values(comparison.reference);
  const Column &typed =
      comparison.fused.run ? comparison.fused : comparison.written;
  comparison.relativeTolerance = options.tolerance.value_or(
      typed.run ? defaultTolerance(typed.run->outputs) : 0);
  double largest = 1;
  for (double value : exact.empty() ? written : exact)
    if (std::isfinite(value))
      largest = std::max(largest, std::fabs(value));
  comparison.tolerance = comparison.relativeTolerance * largest;
  comparison.writtenToReference =
      check(comparison, covered(comparison.written), exact, comparison.written,
            comparison.reference);
  comparison.fusedToReference =
      check(comparison, covered(comparison.fused), exact, comparison.fused,
            comparison.reference);
  comparison.fusedToWritten =
      check(comparison, fused, written, comparison.fused, comparison.written);
}

Result<Comparison> rcm::tools::compareVariants(Job &job,
                                               const RunnerOptions &options) {
  Comparison comparison;
  // The passes say what they fused when they run on the module by itself.
  Result<Module> fused = job.compiler.clone(job.module);
  job.compiler.takeRemarks();
  if (auto run = job.compiler.runPasses(*fused, kFusionPasses);
      !run)
    return Error{run.error()};
  comparison.remarks = job.compiler.takeRemarks();
  comparison.attentionOps = 0;
  for (const char *name : {"rcm.attention", "rcm.attention_skip"})
    *comparison.attentionOps +=
        job.compiler.library().moduleCountOps(fused->get(), name);
  if (auto run = runColumn(job, comparison.fused, *fused, job.inputs,
                           "rcm-to-cpu-bufferize", options.pipeline, options);
      !run)
    return Error{run.error()};
  if (auto run = runColumn(job, comparison.written, job.module, job.inputs,
                           "rcm-stock-bufferize", kStockPipeline, options);
      !run)
    return Error{run.error()};
  std::optional<RowReference> rows;
  if (auto run = runReference(job, comparison, *fused, rows, options); !run)
    return Error{run.error()};
  judge(comparison, rows, options);
  return comparison;
}
