//===- AttentionToLinalg.cpp - attention as a chain of generics
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

// The chain, one op per line; (*) only where the op asks for it:
//
//   S   = sum_k q k                                   [.., m, n]
//   S   = scale S + bias, -inf where hidden (*)
//   M   = max_n S                                     [.., m]
//   P   = exp(S - M), 0 in a row without visible key
//   L   = sum_n P
//   lse = M + log L (*)
//   P   = P / L
//   A   = sum_n P v, hidden keys left out             [.., m, d]
//   out = alpha x + beta A, A being 0 in a row without visible key
//
//===----------------------------------------------------------------------===//

#include "HeadSplitter.h"
#include "LoopBuilder.h"
#include "Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace rcm;

namespace {

using Body = LoopBuilder::Body;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class AttentionLowering {
public:
  AttentionLowering(OpBuilder &builder, AttentionOpInterface op)
      : builder(builder), loc(op.getLoc()), op(op), heads(builder, op),
        loops(builder, loc, op.hasTensorSemantics()) {
    for (unsigned loop = 0; loop < kNumLoops; ++loop)
      loops.setSize(loop, heads.getLoopSize(loop));
  }

  /// The replacement values: none on memrefs.
  SmallVector<Value> run();

private:
  void makeViews();
  void findTypes();
  View emitScores();
  void emitSoftmaxSums(View scores);
  View emitLse();
  View emitWeightedValues();
  View emitOutput();
  Value emitAttention(Body &body, Value sum, Value weighted);

  View makeTemporary(unsigned last) {
    SmallVector<unsigned> dims = rowLoops;
    if (last != kRowLoop)
      dims.push_back(last);
    return loops.makeTemporary(dims, computeType);
  }
  Value emitVisible(Body &body);
  Value readAs(Body &body, unsigned element, Type type) const {
    return convertFloat(body.builder, body.loc, body.elements[element], type);
  }

  OpBuilder &builder;
  Location loc;
  AttentionOpInterface op;
  HeadSplitter heads;
  LoopBuilder loops;

  View query, key, value, residual, alpha, beta, bias, out, lse;
  /// Loops of a query row: batch and heads of the output, and the row.
  SmallVector<unsigned> rowLoops;
  Type computeType; ///< of scores, softmax and attention
  Type sumType;     ///< of alpha x + beta A
  bool readsResidual = false;
  bool readsAttention = true;

  View maximum, probabilities, rowSum, weighted;
};

} // namespace

void AttentionLowering::findTypes() {
  auto isF64 = [](Value v) {
    return v && getElementTypeOrSelf(v.getType()).isF64();
  };
  bool wide =
      isF64(op.getQuery()) || isF64(op.getKey()) || isF64(op.getValue());
  bool wideSum = wide || isF64(op.getResidual());
  computeType = wide ? builder.getF64Type() : builder.getF32Type();
  sumType = wideSum ? builder.getF64Type() : builder.getF32Type();
  // attention_c11
  if (op.getResidual()) {
    readsResidual = !isLiteralZero(op.getAlpha());
    readsAttention = !isLiteralZero(op.getBeta());
  }
}

void AttentionLowering::makeViews() {
  AttentionMaps maps = op.getNamedMaps();
  for (unsigned loop : heads.getLoops(maps.out))
    if (loop != kValueLoop)
      rowLoops.push_back(loop);
  key = heads.viewShared(op.getKey(), maps.key);
  value = heads.viewShared(op.getValue(), maps.value);
  query = heads.viewQuerySide(op.getQuery(), maps.query);
  out = heads.viewQuerySide(op.getOut(), maps.out);
  if (Value operand = op.getBias())
    bias = heads.viewQuerySide(operand, maps.bias);
  if (Value operand = op.getLse())
    lse = heads.viewQuerySide(operand, maps.lse);
  if (!op.getResidual())
    return;
  if (readsResidual) {
    residual = heads.viewQuerySide(op.getResidual(), maps.residual);
    alpha = heads.viewQuerySide(op.getAlpha(), maps.alpha);
  }
  if (readsAttention)
    beta = heads.viewQuerySide(op.getBeta(), maps.beta);
}

/// True where key n is visible to query row m: n <= m + offset.
Value AttentionLowering::emitVisible(Body &body) {
  Value limit = body.getIndex(kRowLoop);
  if (Value offset = op.getCausalOffset())
    limit = arith::AddIOp::create(body.builder, body.loc, limit, offset);
  return arith::CmpIOp::create(body.builder, body.loc,
                               arith::CmpIPredicate::sle,
                               body.getIndex(kKeyLoop), limit);
}

View AttentionLowering::emitScores() {
  View scores = loops.fill(makeTemporary(kKeyLoop), 0.0);
  scores = loops.emit({query, key}, scores, {kDepthLoop}, [&](Body &body) {
    Value product = arith::MulFOp::create(body.builder, body.loc,
                                          readAs(body, 0, computeType),
                                          readAs(body, 1, computeType));
    return arith::AddFOp::create(body.builder, body.loc, body.elements[2],
                                 product);
  });
  double scale = op.getScaleValue();
  if (scale == 1.0 && !bias.value && !op.isCausal())
    return scores;
  SmallVector<View> ins = {scores};
  if (bias.value)
    ins.push_back(bias);
  return loops.emit(ins, scores, {}, [&](Body &body) {
    OpBuilder &b = body.builder;
    Value score = arith::MulFOp::create(b, body.loc, body.elements[0],
                                        body.constant(computeType, scale));
    if (bias.value)
      score = arith::AddFOp::create(b, body.loc, score,
                                    readAs(body, 1, computeType));
    if (op.isCausal())
      score = arith::SelectOp::create(b, body.loc, emitVisible(body), score,
                                      body.constant(computeType, -kInfinity));
    return score;
  });
}

/// Sets `maximum`, `probabilities` (not yet divided) and `rowSum`.
void AttentionLowering::emitSoftmaxSums(View scores) {
  maximum = loops.fill(makeTemporary(kRowLoop), -kInfinity);
  maximum = loops.emit({scores}, maximum, {kKeyLoop}, [&](Body &body) {
    return arith::MaximumFOp::create(body.builder, body.loc, body.elements[0],
                                     body.elements[1]);
  });
  // A maximum of -inf would make NaN of -inf - -inf; any finite shift gives 0.
  probabilities =
      loops.emit({scores, maximum}, scores, {}, [&](Body &body) -> Value {
        OpBuilder &b = body.builder;
        Value isEmpty = arith::CmpFOp::create(
            b, body.loc, arith::CmpFPredicate::OEQ, body.elements[1],
            body.constant(computeType, -kInfinity));
        Value shift = arith::SelectOp::create(b, body.loc, isEmpty,
                                              body.constant(computeType, 0.0),
                                              body.elements[1]);
        Value shifted =
            arith::SubFOp::create(b, body.loc, body.elements[0], shift);
        return math::ExpOp::create(b, body.loc, shifted);
      });
  rowSum = loops.fill(makeTemporary(kRowLoop), 0.0);
  rowSum = loops.emit({probabilities}, rowSum, {kKeyLoop}, [&](Body &body) {
    return arith::AddFOp::create(body.builder, body.loc, body.elements[1],
                                 body.elements[0]);
  });
}

/// M + log L, which is -inf for M = -inf and L = 0.
View AttentionLowering::emitLse() {
  Type type = getElementTypeOrSelf(lse.value.getType());
  return loops.emit({maximum, rowSum}, lse, {}, [&](Body &body) {
    Value log = math::LogOp::create(body.builder, body.loc, body.elements[1]);
    Value sum =
        arith::AddFOp::create(body.builder, body.loc, body.elements[0], log);
    return convertFloat(body.builder, body.loc, sum, type);
  });
}

View AttentionLowering::emitWeightedValues() {
  View normalized = loops.emit(
      {probabilities, rowSum}, probabilities, {}, [&](Body &body) -> Value {
        return arith::DivFOp::create(body.builder, body.loc, body.elements[0],
                                     body.elements[1]);
      });
  View result = loops.fill(makeTemporary(kValueLoop), 0.0);
  return loops.emit(
      {normalized, value}, result, {kKeyLoop}, [&](Body &body) -> Value {
        OpBuilder &b = body.builder;
        Value product = arith::MulFOp::create(b, body.loc, body.elements[0],
                                              readAs(body, 1, computeType));
        Value sum =
            arith::AddFOp::create(b, body.loc, body.elements[2], product);
        if (!op.isCausal())
          return sum;
        // A hidden key takes no part: 0 times its value may be NaN.
        return arith::SelectOp::create(b, body.loc, emitVisible(body), sum,
                                       body.elements[2]);
      });
}

/// The attention of a row, in the type of the sum: 0 without visible key,
/// where `weighted` is NaN or unset.
Value AttentionLowering::emitAttention(Body &body, Value sum, Value weighted) {
  OpBuilder &b = body.builder;
  Value zero = body.constant(computeType, 0.0);
  Value isEmpty =
      arith::CmpFOp::create(b, body.loc, arith::CmpFPredicate::OEQ, sum, zero);
  Value attention =
      arith::SelectOp::create(b, body.loc, isEmpty, zero, weighted);
  return convertFloat(b, body.loc, attention, sumType);
}

View AttentionLowering::emitOutput() {
  SmallVector<View> ins;
  if (readsResidual)
    ins.append({residual, alpha});
  if (readsAttention) {
    ins.append({weighted, rowSum});
    if (beta.value)
      ins.push_back(beta);
  }
  Type outType = getElementTypeOrSelf(out.value.getType());
  return loops.emit(ins, out, {}, [&](Body &body) {
    OpBuilder &b = body.builder;
    Value result;
    unsigned next = 0;
    if (readsResidual) {
      Value x = readAs(body, next++, sumType);
      result =
          arith::MulFOp::create(b, body.loc, readAs(body, next++, sumType), x);
    }
    if (readsAttention) {
      Value attention =
          emitAttention(body, body.elements[next + 1], body.elements[next]);
      next += 2;
      if (beta.value)
        attention = arith::MulFOp::create(
            b, body.loc, readAs(body, next, sumType), attention);
      result = result ? arith::AddFOp::create(b, body.loc, result, attention)
                      : attention;
    }
    if (!result)
      result = body.constant(sumType, 0.0);
    return convertFloat(b, body.loc, result, outType);
  });
}

SmallVector<Value> AttentionLowering::run() {
  findTypes();
  makeViews();
  if (readsAttention || lse.value)
    emitSoftmaxSums(emitScores());
  if (readsAttention)
    weighted = emitWeightedValues();
  SmallVector<View> results = {emitOutput()};
  if (lse.value)
    results.push_back(emitLse());
  loops.freeTemporaries();
  SmallVector<Value> values;
  if (op.hasTensorSemantics())
    for (auto [view, type] : llvm::zip(results, op->getResultTypes()))
      values.push_back(heads.merge(view, type));
  return values;
}

LogicalResult
AttentionLoweringPattern::matchAndRewrite(AttentionOpInterface op,
                                          PatternRewriter &rewriter) const {
  if (!HeadSplitter::canSplit(op))
    return rewriter.notifyMatchFailure(
        op, "expected strided memrefs, to split their heads into groups");
  SmallVector<Value> results = AttentionLowering(rewriter, op).run();
  rewriter.replaceOp(op, results);
  return success();
}
