//===- Schedule.cpp - coefficients that are a schedule of t
//---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Schedule.h"

#include <cmath>

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

/// Constants such as s and s^2 arrive rounded to f32 one by one.
static constexpr double kTolerance = 4.0 * 0x1p-24;
/// Formulas of more nodes are not schedules.
static constexpr unsigned kMaxNodes = 200;

namespace {
/// An expression of one leaf, evaluated in f64.
class Formula {
public:
  Formula(ExprReader &reader, Algebra &algebra)
      : reader(reader), algebra(algebra) {}

  /// Opens `e` down to leaves about which nothing is known; false if it is not
  /// an analytic expression of the one leaf that both formulas share.
  bool collect(Expr *e) {
    if (++numNodes > kMaxNodes)
      return false;
    e = stripCasts(e);
    switch (e->kind) {
    case ExprKind::Constant:
      return true;
    case ExprKind::Leaf: {
      Expr *opened = reader.open(e);
      if (opened)
        return collect(opened);
      if (!t)
        t = e;
      return algebra.isEqual(t, e);
    }
    case ExprKind::Op:
      switch (e->code) {
      case OpCode::Add:
      case OpCode::Sub:
      case OpCode::Mul:
      case OpCode::Div:
      case OpCode::Neg:
      case OpCode::Sqrt:
      case OpCode::Sin:
      case OpCode::Cos:
        return llvm::all_of(e->args, [&](Expr *arg) { return collect(arg); });
      default:
        return false;
      }
    default:
      return false;
    }
  }

  double evaluate(Expr *e, double at) {
    e = stripCasts(e);
    if (e->kind == ExprKind::Constant)
      return e->constant;
    if (e->kind == ExprKind::Leaf) {
      Expr *opened = reader.open(e);
      return opened ? evaluate(opened, at) : at;
    }
    SmallVector<double> args;
    for (Expr *arg : e->args)
      args.push_back(evaluate(arg, at));
    return *foldOp(e->code, args);
  }

  Expr *t = nullptr;

private:
  ExprReader &reader;
  Algebra &algebra;
  unsigned numNodes = 0;
};
} // namespace

static double getSkip(SkipSchedule schedule, double s, double t) {
  switch (schedule) {
  case SkipSchedule::Edm:
    return s * s / (t * t + s * s);
  case SkipSchedule::TrigFlow:
    return std::cos(t);
  case SkipSchedule::RectifiedFlowTrigFlow:
    return 1.0 / (std::cos(t) + std::sin(t));
  }
  return NAN;
}

static double getOut(SkipSchedule schedule, double s, double t) {
  switch (schedule) {
  case SkipSchedule::Edm:
    return s * t / std::sqrt(s * s + t * t);
  case SkipSchedule::TrigFlow:
    return -s * std::sin(t);
  case SkipSchedule::RectifiedFlowTrigFlow:
    return -std::sin(t) / (std::cos(t) + std::sin(t));
  }
  return NAN;
}

/// Rounds to the f32 that a frontend wrote, if that is what it is.
static double snapToF32(double value) {
  double rounded = static_cast<float>(value);
  double decimal = std::round(value * 1e6) / 1e6; // 0.5, 0.1, ... as written
  if (std::fabs(decimal - value) <= kTolerance * std::fabs(value))
    return decimal;
  return std::fabs(rounded - value) <= kTolerance * std::fabs(value) ? rounded
                                                                     : value;
}

std::optional<ScheduleMatch> rcm::match::matchSchedule(ExprReader &reader,
                                                       Algebra &algebra,
                                                       Expr *alpha,
                                                       Expr *beta) {
  Formula formula(reader, algebra);
  if (!formula.collect(alpha) || !formula.collect(beta) || !formula.t)
    return std::nullopt;
  if (!formula.t->type.isF32() && !formula.t->type.isF64())
    return std::nullopt;
  auto isNear = [](double a, double b, double unit) {
    return std::fabs(a - b) <= kTolerance * unit;
  };
  // sigma_data from one value of c_out, then everything checked with it.
  double probe = 0.75, out = formula.evaluate(beta, probe);
  double edmSigma = std::fabs(out) < probe
                        ? out * probe / std::sqrt(probe * probe - out * out)
                        : NAN;
  const std::pair<SkipSchedule, double> candidates[] = {
      {SkipSchedule::Edm, snapToF32(edmSigma)},
      {SkipSchedule::TrigFlow, snapToF32(-out / std::sin(probe))},
      {SkipSchedule::RectifiedFlowTrigFlow, 1.0}};
  for (auto [schedule, sigma] : candidates) {
    if (!std::isfinite(sigma) || sigma <= 0.0)
      continue;
    bool matches = true;
    for (int i = -40; i <= 40 && matches; ++i) {
      // Irregular points from 0.004 to 250 on both sides of 0, and 0.
      double at =
          i == 0 ? 0.0 : std::copysign(std::exp(std::abs(i) * 0.2757 - 5.8), i);
      double skip = formula.evaluate(alpha, at),
             wanted = getSkip(schedule, sigma, at);
      double got = formula.evaluate(beta, at),
             wantedOut = getOut(schedule, sigma, at);
      matches = isNear(skip, wanted, std::fabs(wanted)) &&
                isNear(got, wantedOut, std::fabs(wantedOut));
      // The boundary condition is exact.
      if (i == 0)
        matches &= std::fabs(skip - 1.0) < 1e-15 && got == 0.0;
    }
    if (matches)
      return ScheduleMatch{schedule, sigma, formula.t};
  }
  return std::nullopt;
}
