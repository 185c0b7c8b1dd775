//===- SkipCoefficients.h - c_skip and c_out of a time ----------*- C++ -*-===//

#ifndef RCM_REFERENCE_SKIPCOEFFICIENTS_H
#define RCM_REFERENCE_SKIPCOEFFICIENTS_H

#include <optional>
#include <string_view>

namespace rcm::reference {

/// How a time t becomes (c_skip, c_out); s is sigma_data.
///
///   edm                       s^2 / (t^2 + s^2),     s t / sqrt(s^2 + t^2)
///   trigflow                  cos t,                 -s sin t
///   rectified_flow_trigflow   1 / (cos t + sin t),   -sin t / (cos t + sin t)
enum class SkipSchedule { EDM, TrigFlow, RectifiedFlowTrigFlow };

std::string_view toString(SkipSchedule schedule);
std::optional<SkipSchedule> parseSkipSchedule(std::string_view text);

struct SkipCoefficients {
  double skip, out;
};

/// Evaluates a schedule in f64; sigmaData must be positive and finite. For edm
/// no intermediate overflows or underflows before the result does: t = 0 gives
/// exactly (1, 0), t = +-inf the limit (0, +-s); a negative t flips the sign of
/// c_out; NaN gives (NaN, NaN). The trigonometric schedules have no limit at
/// +-inf and give NaN there.
SkipCoefficients skipCoefficients(SkipSchedule schedule, double t,
                                  double sigmaData = 1.0);

} // namespace rcm::reference

#endif // RCM_REFERENCE_SKIPCOEFFICIENTS_H
