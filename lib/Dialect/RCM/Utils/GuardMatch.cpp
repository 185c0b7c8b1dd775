//===- GuardMatch.cpp - zeros that a module writes by hand
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// A row that sees no key is 0 / 0 in a plain softmax and 0 in the rcm ops.
// Modules that care write the 0 themselves. It may be left out if it is written
// exactly where the ops have it: in rows without keys (the sum is 0, the
// maximum is -inf, all scores are), or at keys that are hidden anyway.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include <cmath>

using namespace mlir;
using namespace rcm::match;

/// Shifts are looked into this far for numbers that are none.
static constexpr unsigned kMaxShiftDepth = 4;

/// Guards that depend on the key hide it: exp(w) made 0 is exp(w - inf). They
/// join `weights` unless the mask is there already; the others stay. False if
/// any did.
bool AttentionMatcher::takeMaskGuards(SmallVectorImpl<Guard> &guards,
                                      Sum &weights, const Digits &keyRows) {
  auto isThere = [&](const Guard &guard) {
    return llvm::any_of(weights, [&](const Term &term) {
      if (term.factors.size() != 1 || term.factors[0].isInverse ||
          term.scale <= 0)
        return false;
      Expr *select = openAll(reader, term.factors[0].e);
      if (!select->isOp(OpCode::Select))
        return false;
      Expr *hidden = stripCasts(select->args[guard.isZeroWhen ? 1 : 2]);
      return hidden->isConstant(-INFINITY) &&
             algebra.isEqual(openAll(reader, select->args[0]),
                             openAll(reader, guard.condition));
    });
  };
  SmallVector<Guard> kept;
  for (const Guard &guard : guards) {
    if (!algebra.dependsOn(guard.condition, keyRows)) {
      kept.push_back(guard);
      continue;
    }
    if (isThere(guard))
      continue;
    Type type = Float32Type::get(guard.origin->getContext());
    Expr *zero = reader.arena.constant(0.0, type);
    Expr *hidden = reader.arena.constant(-INFINITY, type);
    Expr *onTrue = guard.isZeroWhen ? hidden : zero;
    Expr *onFalse = guard.isZeroWhen ? zero : hidden;
    Term mask;
    mask.factors.push_back(
        {reader.arena.op(OpCode::Select, {guard.condition, onTrue, onFalse},
                         type, guard.origin)});
    weights.push_back(mask);
  }
  guards.assign(kept.begin(), kept.end());
  return guards.empty();
}

/// The factor of the contraction.
static double getScale(const Sum &sum) {
  for (const Term &term : sum)
    for (const Factor &factor : term.factors)
      if (factor.e->kind == ExprKind::Reduce)
        return term.scale;
  return 1.0;
}

/// True if both differ by nothing but a positive factor and what does not vary
/// with the keys.
bool AttentionMatcher::isSameScores(const Sum &a, const Sum &b,
                                    const Digits &keyRows) {
  auto getVarying = [&](const Sum &sum) {
    Sum varying;
    for (const Term &term : sum)
      if (llvm::any_of(term.factors, [&](const Factor &factor) {
            return algebra.dependsOn(factor.e, keyRows);
          }))
        varying.push_back(term);
    return varying;
  };
  Sum x = getVarying(a), y = getVarying(b);
  double ratio = getScale(x) / getScale(y);
  if (!(ratio > 0.0))
    return false;
  for (Term &term : y)
    term.scale *= ratio;
  return algebra.isEqual(x, y) ||
         algebra.isEqual(algebra.flatten(x), algebra.flatten(y));
}

/// max_n of the scores.
bool AttentionMatcher::isMaximum(AttentionMatch &match, Expr *e) {
  e = openAll(reader, e);
  bool isReduce = e->kind == ExprKind::Reduce &&
                  (e->code == OpCode::Max || e->code == OpCode::MaxNum);
  return isReduce && !algebra.dependsOn(e, match.keyRows) &&
         reader.vars.identify(e->digits, match.keyRows) &&
         isSameScores(match.weights, expandScores(e->args[0], match.keyRows),
                      match.keyRows);
}

/// all_n (score == -inf); negated: any_n (score != -inf).
bool AttentionMatcher::isAllHidden(AttentionMatch &match, Expr *reduce,
                                   bool isNegated) {
  OpCode wanted = isNegated ? OpCode::Or : OpCode::And;
  if (reduce->code != wanted || algebra.dependsOn(reduce, match.keyRows) ||
      !reader.vars.identify(reduce->digits, match.keyRows))
    return false;
  Expr *compare = openAll(reader, reduce->args[0]);
  bool isEqual = !isNegated;
  for (; compare->isOp(OpCode::Not); isEqual = !isEqual)
    compare = openAll(reader, compare->args[0]);
  if (!compare->isOp(isEqual ? OpCode::CompareEQ : OpCode::CompareNE))
    return false;
  for (int i : {0, 1})
    if (openAll(reader, compare->args[i])->isConstant(-INFINITY))
      return isSameScores(match.weights,
                          expandScores(compare->args[1 - i], match.keyRows),
                          match.keyRows);
  return false;
}

bool AttentionMatcher::isEmptyRow(AttentionMatch &match, const Guard &guard) {
  bool when = guard.isZeroWhen;
  Expr *condition = openAll(reader, guard.condition);
  for (; condition->isOp(OpCode::Not); when = !when)
    condition = openAll(reader, condition->args[0]);
  if (condition->kind == ExprKind::Reduce)
    return isAllHidden(match, condition, /*isNegated=*/!when);
  auto isZero = [&](Expr *e) { return openAll(reader, e)->isConstant(0.0); };
  auto isSum = [&](Expr *e) { return getDenominator(match, e).has_value(); };
  // The sum is never negative.
  if (condition->isOp(OpCode::CompareLE))
    return when && isZero(condition->args[1]) && isSum(condition->args[0]);
  if (condition->isOp(OpCode::CompareLT))
    return !when && isZero(condition->args[0]) && isSum(condition->args[1]);
  if (!condition->isOp(when ? OpCode::CompareEQ : OpCode::CompareNE))
    return false;
  for (int i : {0, 1}) {
    Expr *limit = openAll(reader, condition->args[i]);
    Expr *value = condition->args[1 - i];
    if (limit->isConstant(0.0) && isSum(value))
      return true;
    if (limit->isConstant(-INFINITY) && isMaximum(match, value))
      return true;
  }
  return false;
}

/// True for an addend, the same for all keys, that may be -inf: a mask written
/// as select, or a tensor about which nothing is known. What is subtracted is
/// a shift.
bool AttentionMatcher::mayHideRow(const Term &term) {
  if (term.scale <= 0.0 || term.factors.size() != 1 ||
      term.factors[0].isInverse)
    return false;
  return mayBeInfinite(term.factors[0].e);
}

/// Sums and maxima over other dimensions are taken for numbers.
bool AttentionMatcher::mayBeInfinite(Expr *e, unsigned depth) {
  e = openAll(reader, e);
  if (e->kind == ExprKind::Leaf)
    return isa<ShapedType>(e->root.getType());
  if (e->kind == ExprKind::Constant)
    return std::isinf(e->constant);
  if (e->kind != ExprKind::Op || depth == kMaxShiftDepth)
    return false;
  return llvm::any_of(ArrayRef(e->args).drop_front(e->isOp(OpCode::Select)),
                      [&](Expr *arg) { return mayBeInfinite(arg, depth + 1); });
}

/// True if `e` is seen to be infinite or NaN whatever the operands are. What a
/// reduction runs over is not looked at: a mask there is no such number.
bool AttentionMatcher::isNonFinite(Expr *e, unsigned depth) {
  e = stripCasts(e);
  if (e->kind == ExprKind::Constant)
    return !std::isfinite(e->constant);
  if (depth == kMaxShiftDepth || e->isOp(OpCode::Select))
    return false;
  if (e->kind == ExprKind::Leaf) {
    Expr *opened = reader.open(e);
    return opened && isNonFinite(opened, depth + 1);
  }
  return e->kind == ExprKind::Op && llvm::any_of(e->args, [&](Expr *arg) {
           return isNonFinite(arg, depth + 1);
         });
}
