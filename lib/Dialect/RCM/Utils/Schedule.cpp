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
/// Points of agreement that prove two short analytic formulas the same.
static constexpr int kMinPoints = 8;

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
      case OpCode::Abs:
      case OpCode::CopySign:
        return llvm::all_of(e->args, [&](Expr *arg) { return collect(arg); });
      case OpCode::Max:
      case OpCode::Min:
      case OpCode::CompareLT:
      case OpCode::CompareLE:
        return collectBreakpoint(e);
      case OpCode::Select:
        return isComparison(e->args[0]) &&
               llvm::all_of(e->args, [&](Expr *arg) { return collect(arg); });
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

  /// True if enough of the points lie between any two places where the formula
  /// may change.
  bool isDense(ArrayRef<double> points) const {
    SmallVector<double> limits(breakpoints.begin(), breakpoints.end());
    for (double limit : breakpoints)
      limits.push_back(-limit);
    limits.push_back(0.0);
    limits.push_back(INFINITY);
    llvm::sort(limits);
    double previous = -INFINITY;
    for (double limit : limits) {
      auto isBetween = [&](double at) { return at > previous && at < limit; };
      if (limit != previous && llvm::count_if(points, isBetween) < kMinPoints)
        return false;
      previous = limit;
    }
    return true;
  }

  Expr *t = nullptr;

private:
  static bool isComparison(const Expr *e) {
    return e->isOp(OpCode::CompareLT) || e->isOp(OpCode::CompareLE);
  }

  /// t or |t| against a constant.
  bool collectBreakpoint(Expr *e) {
    for (int i : {0, 1}) {
      Expr *limit = stripCasts(e->args[1 - i]);
      Expr *value = stripCasts(e->args[i]);
      if (value->isOp(OpCode::Abs))
        value = stripCasts(value->args[0]);
      while (value->kind == ExprKind::Leaf && reader.open(value))
        value = stripCasts(reader.open(value));
      if (limit->kind != ExprKind::Constant || value->kind != ExprKind::Leaf)
        continue;
      breakpoints.push_back(limit->constant);
      return collect(value);
    }
    return false;
  }

  SmallVector<double, 4> breakpoints;
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
  // Irregular points from 0.004 to 250 on both sides of 0, and 0.
  SmallVector<double> points;
  for (int i = -40; i <= 40; ++i)
    points.push_back(
        i == 0 ? 0.0 : std::copysign(std::exp(std::abs(i) * 0.2757 - 5.8), i));
  if (!formula.isDense(points))
    return std::nullopt;
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
    for (double at : points) {
      double skip = formula.evaluate(alpha, at),
             wanted = getSkip(schedule, sigma, at);
      double got = formula.evaluate(beta, at),
             wantedOut = getOut(schedule, sigma, at);
      matches = isNear(skip, wanted, std::fabs(wanted)) &&
                isNear(got, wantedOut, std::fabs(wantedOut));
      // The boundary condition is exact.
      if (at == 0.0)
        matches &= std::fabs(skip - 1.0) < 1e-15 && got == 0.0;
      if (!matches)
        break;
    }
    if (matches)
      return ScheduleMatch{schedule, sigma, formula.t};
  }
  return std::nullopt;
}
