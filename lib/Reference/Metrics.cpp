//===- Metrics.cpp - How far two results are apart ------------------------===//

#include "rcm/Reference/Metrics.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace rcm::reference {
namespace {

/// a / b, where 0 / 0 means "no difference".
double ratio(double a, double b) {
  if (b > 0)
    return a / b;
  return a > 0 ? std::numeric_limits<double>::infinity() : 0;
}

/// 0 for NaN, else the sign of an infinity.
int kindOf(double nonFinite) {
  return std::isnan(nonFinite) ? 0 : (nonFinite > 0 ? 1 : -1);
}

template <typename Actual>
Metrics compareImpl(const Actual *actual, const double *reference,
                    int64_t count) {
  Metrics result;
  result.count = count;
  double sumAbsDiff = 0, sumAbs = 0, sumDiff2 = 0, sumA2 = 0, sumR2 = 0;
  double maxAbs = 0;
  int64_t finite = 0;
  for (int64_t i = 0; i < count; ++i) {
    double a = actual[i], r = reference[i];
    if (!std::isfinite(a) || !std::isfinite(r)) {
      result.lostNonFinite += std::isfinite(a);
      result.newNonFinite += std::isfinite(r);
      result.changedNonFinite +=
          !std::isfinite(a) && !std::isfinite(r) && kindOf(a) != kindOf(r);
      continue;
    }
    ++finite;
    double diff = std::fabs(a - r);
    result.maxAbsDiff = std::fmax(result.maxAbsDiff, diff);
    maxAbs = std::fmax(maxAbs, std::fabs(r));
    sumAbsDiff += diff;
    sumAbs += std::fabs(r);
    sumDiff2 += diff * diff;
    sumA2 += a * a;
    sumR2 += r * r;
  }
  result.maxRelativeToMax = ratio(result.maxAbsDiff, maxAbs);
  result.relativeL1 = ratio(sumAbsDiff, sumAbs);
  result.relativeL2 = std::sqrt(ratio(sumDiff2, sumR2));
  result.rmse = finite ? std::sqrt(sumDiff2 / static_cast<double>(finite)) : 0;
  if (sumA2 == 0 || sumR2 == 0) {
    result.oneMinusCosine = sumA2 == sumR2 ? 0 : 1;
    return result;
  }
  double normA = std::sqrt(sumA2), normR = std::sqrt(sumR2), distance2 = 0;
  for (int64_t i = 0; i < count; ++i) {
    double a = actual[i], r = reference[i];
    if (!std::isfinite(a) || !std::isfinite(r))
      continue;
    double diff = a / normA - r / normR;
    distance2 += diff * diff;
  }
  result.oneMinusCosine = distance2 / 2;
  return result;
}

} // namespace

Metrics compare(const double *actual, const double *reference, int64_t count) {
  return compareImpl(actual, reference, count);
}

Metrics compare(const std::vector<double> &actual,
                const std::vector<double> &reference) {
  assert(actual.size() == reference.size() && "results of one size");
  return compareImpl(actual.data(), reference.data(),
                     static_cast<int64_t>(reference.size()));
}

Metrics compare(const std::vector<float> &actual,
                const std::vector<double> &reference) {
  assert(actual.size() == reference.size() && "results of one size");
  return compareImpl(actual.data(), reference.data(),
                     static_cast<int64_t>(reference.size()));
}

} // namespace rcm::reference
