//===- Schedule.h - coefficients that are a schedule of t
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_SCHEDULE_H
#define RCM_DIALECT_RCM_UTILS_SCHEDULE_H

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Utils/Algebra.h"

namespace rcm::match {

/// c_skip and c_out as a schedule of one leaf.
struct ScheduleMatch {
  SkipSchedule schedule;
  double sigmaData;
  Expr *t;
};

/// Recognizes `alpha` and `beta` as c_skip(t) and c_out(t) of a schedule with
/// the same t and the same sigma_data. The expressions are opened down to
/// their only leaf and must be built of sums, products, quotients, square
/// roots, sines and cosines, which are analytic, in pieces that comparisons of t
/// or |t| with constants cut: agreement with the formula in f64 at more points
/// of each piece than such a short expression has freedom, up to the rounding
/// of f32 constants, is taken as identity.
std::optional<ScheduleMatch> matchSchedule(ExprReader &reader, Algebra &algebra,
                                           Expr *alpha, Expr *beta);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_SCHEDULE_H
