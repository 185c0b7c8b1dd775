//===- SkipCoefficientsToLinalg.cpp - schedules of t as scalar code
//-------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "LoopBuilder.h"
#include "Patterns.h"

#include "rcm/Conversion/RCMToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
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
  Type type = t.getType();
  Arith arith{builder, loc};
  Value wide = convertFloat(builder, loc, t, builder.getF64Type());
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
  return {convertFloat(builder, loc, pair.first, type),
          convertFloat(builder, loc, pair.second, type)};
}

LogicalResult
SkipCoefficientsLowering::matchAndRewrite(SkipCoefficientsOp op,
                                          PatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  double sigma = op.getSigmaData().convertToDouble();
  if (op.isScalar()) {
    Pair pair =
        emitSkipCoefficients(rewriter, loc, op.getSchedule(), op.getT(), sigma);
    rewriter.replaceOp(op, {pair.first, pair.second});
    return success();
  }
  int64_t rank = cast<ShapedType>(op.getT().getType()).getRank();
  SmallVector<AffineMap> maps(3, rewriter.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, loc, op.getResultTypes(), op.getT(), op.getOuts(), maps,
      iterators, [&](OpBuilder &b, Location bodyLoc, ValueRange args) {
        Pair pair =
            emitSkipCoefficients(b, bodyLoc, op.getSchedule(), args[0], sigma);
        linalg::YieldOp::create(b, bodyLoc,
                                ValueRange{pair.first, pair.second});
      });
  rewriter.replaceOp(op, generic.getResults());
  return success();
}
