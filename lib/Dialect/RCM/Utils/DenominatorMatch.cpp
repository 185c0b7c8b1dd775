//===- DenominatorMatch.cpp - the sum that a softmax divides by
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include <cmath>

using namespace mlir;
using namespace rcm::match;

/// How many tensors a reciprocal may be away from its sum.
static constexpr unsigned kMaxReciprocalDepth = 4;

/// The operand of a select of which the other one is a constant that
/// `isReplacement` accepts, with the guard that this constant stands for.
static Expr *getGuarded(Expr *e, Guard &guard,
                        llvm::function_ref<bool(double)> isReplacement) {
  e = stripCasts(e);
  if (!e->isOp(OpCode::Select))
    return nullptr;
  for (int i : {1, 2}) {
    Expr *replacement = stripCasts(e->args[i]);
    if (replacement->kind != ExprKind::Constant ||
        !isReplacement(replacement->constant))
      continue;
    guard = {e->args[0], /*isZeroWhen=*/i == 1, e->origin};
    return e->args[3 - i];
  }
  return nullptr;
}

Sum AttentionMatcher::expandGuarded(
    Expr *e, OpenPredicate shouldOpen,
    llvm::function_ref<bool(const Expr *)> isRelevant,
    SmallVectorImpl<Guard> &guards) {
  Sum result;
  for (Term &term : algebra.expand(e, shouldOpen)) {
    Guard guard;
    Expr *kept = nullptr;
    auto *found = llvm::find_if(term.factors, [&](const Factor &factor) {
      kept = factor.isInverse
                 ? nullptr
                 : getGuarded(factor.e, guard, [](double v) { return v == 0; });
      return kept && algebra.contains(kept, isRelevant);
    });
    if (found == term.factors.end()) {
      result.push_back(term);
      continue;
    }
    SmallVector<Guard> innerGuards = {guard};
    Sum inner = expandGuarded(kept, shouldOpen, isRelevant, innerGuards);
    // An addend of its own would be made 0 as well.
    bool isAllRelevant = llvm::all_of(inner, [&](const Term &innerTerm) {
      return llvm::any_of(innerTerm.factors, [&](const Factor &factor) {
        return algebra.contains(factor.e, isRelevant);
      });
    });
    if (!isAllRelevant) {
      result.push_back(term);
      continue;
    }
    llvm::append_range(guards, innerGuards);
    term.factors.erase(found);
    for (Term &innerTerm : inner) {
      innerTerm.scale *= term.scale;
      llvm::append_range(innerTerm.factors, term.factors);
      result.push_back(innerTerm);
    }
  }
  return result;
}

bool AttentionMatcher::checkGuards(AttentionMatch &match,
                                   ArrayRef<Guard> guards) {
  return llvm::all_of(
      guards, [&](const Guard &guard) { return isEmptyRow(match, guard); });
}

/// The c of `e` = c * sum_n exp(weights), if it is that.
std::optional<double> AttentionMatcher::getDenominator(AttentionMatch &match,
                                                       Expr *e) {
  double scale = 1.0;
  for (;;) {
    e = openAll(reader, e);
    if (e->kind == ExprKind::Leaf)
      return std::nullopt;
    if (e->kind == ExprKind::Reduce)
      break;
    // Any number in place of a sum of 0: what is divided is 0 as well.
    Guard guard;
    if (Expr *kept = getGuarded(
            e, guard, [](double v) { return std::isfinite(v) && v != 0; })) {
      if (!isEmptyRow(match, guard))
        return std::nullopt;
      e = kept;
      continue;
    }
    Sum sum = algebra.expand(e);
    if (sum.size() != 1 || sum[0].factors.size() != 1 ||
        sum[0].factors[0].isInverse || sum[0].factors[0].e == e)
      return std::nullopt;
    scale *= sum[0].scale;
    e = sum[0].factors[0].e;
  }
  if (e->code != OpCode::Add || algebra.dependsOn(e, match.keyRows) ||
      !reader.vars.identify(e->digits, match.keyRows))
    return std::nullopt;
  SmallVector<Guard> guards;
  Sum body = expandGuarded(
      e->args[0],
      [&](Expr *leaf) { return facts.exponentials.contains(leaf->root); },
      [&](const Expr *inner) { return isExponential(inner); }, guards);
  if (body.size() != 1 || body[0].factors.size() != 1 ||
      body[0].factors[0].isInverse)
    return std::nullopt;
  scale *= body[0].scale;
  std::optional<Sum> exponent =
      getExponent(body[0].factors[0].e, match.keyRows);
  if (!exponent || !takeMaskGuards(guards, *exponent, match.keyRows))
    return std::nullopt;
  if (reader.plantedBug == PlantedBug::AnyDenominator)
    return scale;
  // A tensor may hold a part of one of them with its factor.
  bool isSame = scale > 0.0 && std::isfinite(scale) &&
                (algebra.isEqual(match.weights, *exponent) ||
                 algebra.isEqual(algebra.flatten(match.weights),
                                 algebra.flatten(*exponent)));
  return isSame ? std::optional(scale) : std::nullopt;
}

/// `factor` as `replacement` / sum_n exp(weights): the sum itself, or a tensor
/// that holds its reciprocal among other factors.
bool AttentionMatcher::findDenominator(AttentionMatch &match,
                                       const Factor &factor, Term &replacement,
                                       unsigned depth) {
  if (factor.isInverse)
    if (std::optional<double> scale = getDenominator(match, factor.e)) {
      replacement.scale = 1.0 / *scale;
      return true;
    }
  Expr *opened = reader.open(factor.e);
  if (!opened || opened->kind == ExprKind::Reduce ||
      depth == kMaxReciprocalDepth)
    return false;
  SmallVector<Guard> guards;
  Sum inner = expandGuarded(
      opened, [](Expr *) { return false; },
      [&](const Expr *) { return !factor.isInverse; }, guards);
  if (inner.size() != 1)
    return false;
  Term result = inner[0];
  if (result.factors.size() == 1 && result.factors[0].e == factor.e)
    return false;
  if (factor.isInverse) {
    result.scale = 1.0 / result.scale;
    for (Factor &f : result.factors)
      f.isInverse = !f.isInverse;
  }
  for (size_t i = 0; i < result.factors.size(); ++i) {
    Term deeper;
    if (!findDenominator(match, result.factors[i], deeper, depth + 1))
      continue;
    result.factors.erase(result.factors.begin() + i);
    result.scale *= deeper.scale;
    llvm::append_range(result.factors, deeper.factors);
    replacement = result;
    return checkGuards(match, guards);
  }
  return false;
}

/// exp(u - s - log sum exp(u - s)), the logarithm written there or held by a
/// tensor (s + log ..).
bool AttentionMatcher::takeLogDenominator(AttentionMatch &match) {
  Sum flat;
  for (const Term &term : match.weights) {
    bool isLeaf = term.factors.size() == 1 && !term.factors[0].isInverse &&
                  term.factors[0].e->kind == ExprKind::Leaf &&
                  !algebra.dependsOn(term.factors[0].e, match.keyRows);
    Expr *opened = isLeaf ? reader.open(term.factors[0].e) : nullptr;
    if (!opened || opened->kind == ExprKind::Reduce) {
      flat.push_back(term);
      continue;
    }
    for (Term inner : algebra.expand(opened)) {
      inner.scale *= term.scale;
      flat.push_back(inner);
    }
  }
  for (auto [position, shift] : llvm::enumerate(flat)) {
    if (shift.scale != -1.0 || shift.factors.size() != 1 ||
        shift.factors[0].isInverse)
      continue;
    Expr *log = openAll(reader, shift.factors[0].e);
    if (!log->isOp(OpCode::Log))
      continue;
    AttentionMatch shifted = match;
    shifted.weights = flat;
    shifted.weights.erase(shifted.weights.begin() + position);
    if (getDenominator(shifted, log->args[0]) == 1.0)
      return true;
  }
  return false;
}

bool AttentionMatcher::takeDenominator(AttentionMatch &match, Term &term) {
  for (size_t i = 0; i < term.factors.size(); ++i) {
    Term replacement;
    if (!findDenominator(match, term.factors[i], replacement, 0))
      continue;
    term.factors.erase(term.factors.begin() + i);
    term.scale *= replacement.scale;
    llvm::append_range(term.factors, replacement.factors);
    return true;
  }
  return takeLogDenominator(match);
}
