//===- SkipCoefficients.cpp - schedules of t as scalar code ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/SkipCoefficients.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rcm;

namespace {

/// f64 arithmetic, written short.
struct Arith {
  OpBuilder &b;
  Location loc;

  Value constant(double value) {
    return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(value));
  }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, loc, x, y); }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
  Value neg(Value x) { return arith::NegFOp::create(b, loc, x); }
  Value select(Value c, Value x, Value y) {
    return arith::SelectOp::create(b, loc, c, x, y);
  }
};

using Pair = std::pair<Value, Value>;

} // namespace

/// s^2 / (t^2 + s^2) and s t / sqrt(s^2 + t^2), both through the ratio
/// r = min(|t|, s) / max(|t|, s) in [0, 1], which cannot overflow:
///   |t| <= s:      1 / (1 + r^2)  and  t / sqrt(1 + r^2)
///   otherwise:   r^2 / (1 + r^2)  and  sign(t) s / sqrt(1 + r^2).
/// A NaN takes the second way and stays a NaN in r.
static Pair emitEdm(Arith a, Value t, double sigmaData) {
  Value s = a.constant(sigmaData), one = a.constant(1.0);
  Value size = math::AbsFOp::create(a.b, a.loc, t);
  Value isSmall =
      arith::CmpFOp::create(a.b, a.loc, arith::CmpFPredicate::OLE, size, s);
  Value ratio = a.div(a.select(isSmall, size, s), a.select(isSmall, s, size));
  Value square = a.mul(ratio, ratio);
  Value denominator = a.add(one, square);
  Value skip = a.div(a.select(isSmall, one, square), denominator);
  Value signedSigma = math::CopySignOp::create(a.b, a.loc, s, t);
  Value out = a.div(a.select(isSmall, t, signedSigma),
                    math::SqrtOp::create(a.b, a.loc, denominator));
  return {skip, out};
}

static Pair emitTrigFlow(Arith a, Value t, double sigmaData) {
  Value sine = math::SinOp::create(a.b, a.loc, t);
  return {math::CosOp::create(a.b, a.loc, t),
          a.mul(a.constant(-sigmaData), sine)};
}

static Pair emitRectifiedFlowTrigFlow(Arith a, Value t) {
  Value sine = math::SinOp::create(a.b, a.loc, t);
  Value sum = a.add(math::CosOp::create(a.b, a.loc, t), sine);
  return {a.div(a.constant(1.0), sum), a.div(a.neg(sine), sum)};
}

Pair rcm::emitSkipCoefficients(OpBuilder &builder, Location loc,
                               SkipSchedule schedule, Value t,
                               double sigmaData) {
  bool isWide = t.getType().isF64();
  Arith arith{builder, loc};
  Value wide = t;
  if (!isWide)
    wide = arith::ExtFOp::create(builder, loc, builder.getF64Type(), t);
  Pair pair;
  switch (schedule) {
  case SkipSchedule::Edm:
    pair = emitEdm(arith, wide, sigmaData);
    break;
  case SkipSchedule::TrigFlow:
    pair = emitTrigFlow(arith, wide, sigmaData);
    break;
  case SkipSchedule::RectifiedFlowTrigFlow:
    pair = emitRectifiedFlowTrigFlow(arith, wide);
    break;
  }
  if (isWide)
    return pair;
  auto narrow = [&](Value value) -> Value {
    return arith::TruncFOp::create(builder, loc, t.getType(), value);
  };
  return {narrow(pair.first), narrow(pair.second)};
}
