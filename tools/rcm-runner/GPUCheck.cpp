//===- GPUCheck.cpp - tolerances of kernels -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUCheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace rcm::tools;
using namespace rcm::reference;

/// Summation order and the GPU's exp2 are all that differs from the emulation.
static constexpr double kMostToEmulation = 2e-3;
/// What one rounding of P to e4m3 that falls the other way may do to a row.
static constexpr double kMostSingle = 1.0 / 16;
/// Of the rows, may be as far as that.
static constexpr double kMostRowsApart = 0.01;
/// "Never worse than twice the emulation".
static constexpr double kMostWorse = 2;

/// Largest relative error of one rounding to the output's type.
static double roundingOf(ElementType type) {
  switch (type) {
  case ElementType::BF16:
    return 0x1p-8;
  case ElementType::F16:
    return 0x1p-11;
  default:
    return 0x1p-24;
  }
}

static double largestNorm(const Operand &operand, int64_t batch, int64_t heads,
                          int64_t rows, int64_t depth, bool largestElement) {
  double largest = 0;
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t m = 0; m < rows; ++m) {
        double sum = 0, most = 0;
        for (int64_t d = 0; d < depth; ++d) {
          double value = operand.at(b, h, m, d);
          sum += value * value;
          most = std::max(most, std::fabs(value));
        }
        double found = largestElement ? most : std::sqrt(sum);
        if (std::isfinite(found))
          largest = std::max(largest, found);
      }
  return largest;
}

/// 16 eps (1 + max |S|) max |V|, but at least 1e-5 of the results; max |S| is
/// at most max |q| max |k| scale.
static double plainBound(const AttentionProblem &p, double largest) {
  // Sizes where looking at everything takes no time.
  constexpr int64_t kMostElements = int64_t(1) << 24;
  double bound = 1e-5 * std::max(1.0, largest);
  int64_t elements = p.batch * (p.queryHeads * p.queries * p.depth +
                                p.keyHeads * p.keys * (p.depth + p.valueDepth));
  if (elements > kMostElements)
    return bound;
  double q = largestNorm(p.q, p.batch, p.queryHeads, p.queries, p.depth, false),
         k = largestNorm(p.k, p.batch, p.keyHeads, p.keys, p.depth, false),
         v = largestNorm(p.v, p.batch, p.valueHeads, p.keys, p.valueDepth, true);
  return std::max(bound, 16 * 0x1p-24 * (1 + std::fabs(p.scale) * q * k) * v);
}

static bool isFiniteArray(const Array &array) {
  for (int64_t index = 0; index < array.numElements(); ++index)
    if (!std::isfinite(array.get(index)))
      return false;
  return true;
}

/// Finite data may have a non-finite result where it is too large; data that is
/// not may have a finite one, as where all scores of a row are -inf.
static bool inputsAreFinite(const GPUJob &job) {
  std::vector<const Array *> arguments = argumentsOf(job);
  for (size_t index = 0; index < arguments.size(); ++index) {
    bool isOutput = static_cast<int32_t>(index) == job.attention->out.argument;
    if (!isOutput && arguments[index] && !isFiniteArray(*arguments[index]))
      return false;
  }
  return true;
}

static std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return text;
}

/// Fills in how far single rows are from the emulation; returns their number.
static int64_t compareRows(GPUCheck &check, const std::vector<double> &actual,
                           const std::vector<double> &emulated, size_t width,
                           double mostApart) {
  for (size_t at = 0; at + width <= actual.size(); at += width) {
    double apart = compare(actual.data() + at, emulated.data() + at,
                           static_cast<int64_t>(width))
                       .relativeL2;
    check.rowsApart += !(apart <= mostApart);
    check.worstRow = std::max(check.worstRow, apart);
  }
  return static_cast<int64_t>(actual.size() / width);
}

namespace {

/// Collects the broken tolerances of one output.
struct Judge {
  GPUCheck &check;
  void atMost(const std::string &what, double value, double limit) {
    // NaN breaks every limit.
    if (!(value <= limit))
      check.failures.push_back("expected " + what + " to be at most " +
                               number(limit) + ", got " + number(value));
  }
  void nonFinite(bool holds, const Metrics &metrics, const char *text) {
    if (!holds)
      check.failures.push_back(std::string("expected ") + text + ", got " +
                               std::to_string(metrics.lostNonFinite) +
                               " lost and " +
                               std::to_string(metrics.newNonFinite) + " new");
  }
};

} // namespace

static void judgePlain(GPUCheck &check, const AttentionProblem &problem,
                       ElementType out, double largest) {
  Judge judge{check};
  double limit = plainBound(problem, largest) + roundingOf(out) * largest;
  judge.atMost("max |diff| of `GPU kernel` against f64",
               check.toReference.maxAbsDiff, limit);
  judge.nonFinite(check.toReference.sameNonFinite(), check.toReference,
                  "non-finite values where f64 has them");
  check.rule = "all differences from f64 are within " + number(limit);
}

static void judgeQuantized(GPUCheck &check, ElementType out, int64_t rows,
                           bool inputsAreFinite, bool valuesAreFinite) {
  Judge judge{check};
  // One row that is kMostSingle apart moves all of them by this much.
  double one = kMostSingle / std::sqrt(static_cast<double>(std::max<int64_t>(rows, 1)));
  judge.atMost("relative L2 of `GPU kernel` against the emulation",
               check.toEmulation.relativeL2, kMostToEmulation + one);
  judge.atMost("rows of `GPU kernel` that differ from the emulation by more "
               "than their rounding",
               static_cast<double>(check.rowsApart),
               1 + std::floor(kMostRowsApart * static_cast<double>(rows)));
  judge.atMost("relative L2 of a row of `GPU kernel` against the emulation",
               check.worstRow, kMostSingle + 2 * roundingOf(out));
  double limit = kMostWorse * check.emulationToReference.relativeL2 +
                 roundingOf(out);
  judge.atMost("relative L2 of `GPU kernel` against f64",
               check.toReference.relativeL2, limit);
  judge.nonFinite(check.toReference.lostNonFinite == 0 &&
                      (!inputsAreFinite ||
                       check.toReference.newNonFinite == 0),
                  check.toReference,
                  "no non-finite value to be lost, and none from finite data");
  // One in V may spread to its whole head; in Q and K the emulation has them
  // where the recipe does.
  if (valuesAreFinite)
    judge.nonFinite(check.toEmulation.newNonFinite == 0, check.toEmulation,
                    "no non-finite value where the emulation has none");
  check.rule = "relative L2 is within " + number(kMostToEmulation + one) +
               " of the emulation (all rows but " +
               std::to_string(check.rowsApart) + " within their rounding) and "
               "within " + number(limit) + " of f64";
}

Result<GPUCheck> rcm::tools::checkAttention(const GPUJob &job,
                                            const Array &output,
                                            double operations) {
  Result<BoundAttention> bound =
      BoundAttention::bind(*job.attention, argumentsOf(job));
  if (!bound)
    return Error{bound.error()};
  Result<RecipeOptions> options =
      recipeOptions(job.recipe, job.schedule, output.elementType());
  if (!options)
    return Error{options.error()};
  GPUCheck check;
  check.rows = bound->affordableRows(operations);
  const AttentionProblem &problem = bound->get();
  Result<AttentionResult> exact = referenceAttention(problem, check.rows);
  Result<AttentionResult> emulated =
      emulateAttention(problem, *options, check.rows);
  Result<std::vector<double>> actual = bound->gather(output, check.rows);
  if (!exact || !emulated || !actual)
    return Error{!exact      ? exact.error()
                 : !emulated ? emulated.error()
                             : actual.error()};
  check.toReference = compare(*actual, exact->out);
  check.toEmulation = compare(*actual, emulated->out);
  check.emulationToReference = compare(emulated->out, exact->out);
  int64_t rows = compareRows(check, *actual, emulated->out,
                             static_cast<size_t>(problem.valueDepth),
                             kMostToEmulation +
                                 roundingOf(output.elementType()));
  double largest = 0;
  for (double value : exact->out)
    if (std::isfinite(value))
      largest = std::max(largest, std::fabs(value));
  if (options->recipe == Recipe::None)
    judgePlain(check, problem, output.elementType(), largest);
  else
    judgeQuantized(check, output.elementType(), rows,
                   inputsAreFinite(job),
                   isFiniteArray(*argumentsOf(job)[static_cast<size_t>(
                       job.attention->value.argument)]));
  return check;
}
