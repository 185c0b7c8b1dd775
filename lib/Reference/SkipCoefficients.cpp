//===- SkipCoefficients.cpp - c_skip and c_out of a time ------------------===//

#include "rcm/Reference/SkipCoefficients.h"

#include <cmath>

namespace rcm::reference {
namespace {

constexpr std::string_view kNames[] = {"edm", "trigflow",
                                       "rectified_flow_trigflow"};

/// Divides by the larger of |t| and s first, so that no square overflows.
SkipCoefficients edm(double t, double s) {
  if (std::fabs(t) <= s) {
    double ratio = t / s;
    double sum = 1.0 + ratio * ratio;
    return {1.0 / sum, t / std::sqrt(sum)};
  }
  // Also NaN: it runs through the arithmetic.
  double ratio = s / t;
  double sum = 1.0 + ratio * ratio;
  return {ratio * ratio / sum, std::copysign(s, t) / std::sqrt(sum)};
}

} // namespace

std::string_view toString(SkipSchedule schedule) {
  return kNames[static_cast<int>(schedule)];
}

std::optional<SkipSchedule> parseSkipSchedule(std::string_view text) {
  for (int i = 0; i < 3; ++i)
    if (kNames[i] == text)
      return static_cast<SkipSchedule>(i);
  return std::nullopt;
}

SkipCoefficients skipCoefficients(SkipSchedule schedule, double t,
                                  double sigmaData) {
  switch (schedule) {
  case SkipSchedule::EDM:
    return edm(t, sigmaData);
  case SkipSchedule::TrigFlow:
    return {std::cos(t), -sigmaData * std::sin(t)};
  case SkipSchedule::RectifiedFlowTrigFlow: {
    double sum = std::cos(t) + std::sin(t);
    return {1.0 / sum, -std::sin(t) / sum};
  }
  }
  return {};
}

} // namespace rcm::reference
