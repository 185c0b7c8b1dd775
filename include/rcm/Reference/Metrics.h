//===- Metrics.h - How far two results are apart ----------------*- C++ -*-===//

#ifndef RCM_REFERENCE_METRICS_H
#define RCM_REFERENCE_METRICS_H

#include <cstdint>
#include <vector>

namespace rcm::reference {

/// Differences between a result and its reference. Sums run in f64 over the
/// positions where both are finite; the others are counted.
struct Metrics {
  int64_t count = 0;
  /// max |a - r|, and that over max |r| (0 when r is zero and so is a).
  double maxAbsDiff = 0, maxRelativeToMax = 0;
  /// 1 - cos(a, r), evaluated as |a/|a| - r/|r||^2 / 2, which does not cancel.
  /// 0 when both are zero, 1 when one is.
  double oneMinusCosine = 0;
  /// sum |a - r| / sum |r| and sqrt(sum (a-r)^2 / sum r^2); infinite when only
  /// the reference is zero.
  double relativeL1 = 0, relativeL2 = 0;
  double rmse = 0;
  /// Positions where the reference is not finite and the result is, and the
  /// other way round.
  int64_t lostNonFinite = 0, newNonFinite = 0;
  /// Positions where both are non-finite but of another kind (NaN, +inf, -inf).
  int64_t changedNonFinite = 0;

  double cosine() const { return 1.0 - oneMinusCosine; }
  /// Non-finite values are exactly where the reference has them.
  bool sameNonFinite() const { return lostNonFinite == 0 && newNonFinite == 0; }
};

Metrics compare(const double *actual, const double *reference, int64_t count);
Metrics compare(const std::vector<double> &actual,
                const std::vector<double> &reference);
Metrics compare(const std::vector<float> &actual,
                const std::vector<double> &reference);

} // namespace rcm::reference

#endif // RCM_REFERENCE_METRICS_H
