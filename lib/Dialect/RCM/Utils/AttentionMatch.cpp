//===- AttentionMatch.cpp - attention in expressions
//----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// attention = sum_n exp(w(n)) / (sum_n exp(w(n))) * v(n), where w = u + s with
// s independent of n cancels: the shift may be any row statistic, or none. The
// division may stand anywhere between the exponentials and the result as long
// as it does not depend on n.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace rcm::match;

/// ln 2: exp2(x) = exp(x ln 2).
static constexpr double kLn2 = llvm::numbers::ln2;

static bool isInfinite(Expr *e, double sign) {
  return e->kind == ExprKind::Constant && e->constant == sign * INFINITY;
}

FailureOr<AttentionMatch> AttentionMatcher::match(Expr *reduce) {
  AttentionMatch match;
  Expr *exponential = nullptr;
  if (reduce->kind != ExprKind::Reduce || reduce->code != OpCode::Add)
    return refuse(Reason::NotAttention, reduce->origin);
  match.keyRows = reduce->digits;
  if (failed(splitWeighted(match, reduce, exponential)) ||
      failed(matchScores(match, exponential)))
    return failure();
  bool hasWideOperand = match.query->type.isF64() || match.key->type.isF64() ||
                        match.value->type.isF64();
  match.isWide |= reduce->type.isF64() || exponential->type.isF64();
  match.isWide &= !hasWideOperand;
  match.isNormalized = takeDenominator(match, match.outside);
  if (!checkGuards(match, match.guards))
    return refuse(Reason::ProbabilitiesModified, match.guards.front().origin);
  if (reader.isExhausted())
    return refuse(Reason::TooLarge, reduce->origin);
  return match;
}

/// sum_n exponential * value * outside.
LogicalResult AttentionMatcher::splitWeighted(AttentionMatch &match,
                                              Expr *reduce,
                                              Expr *&exponential) {
  auto reads = [&](const Expr *e) { return isExponential(e); };
  // A tensor that repeats a row's number for all keys is taken for the number.
  Sum terms = expandGuarded(
      reduce->args[0],
      [&](Expr *leaf) {
        return facts.exponentials.contains(leaf->root) ||
               (algebra.dependsOn(leaf, match.keyRows) &&
                !algebra.variesWith(leaf, match.keyRows));
      },
      reads, match.guards);
  auto varies = [&](const Factor &factor) {
    return algebra.dependsOn(factor.e, match.keyRows);
  };
  auto isExp = [&](const Factor &factor) {
    return varies(factor) && algebra.contains(factor.e, reads);
  };
  auto isValue = [&](const Factor &factor) {
    return varies(factor) && !algebra.contains(factor.e, reads);
  };
  // Sums of exponentials alone are a softmax's own, not worth a remark.
  bool hasValue = llvm::any_of(
      terms, [&](const Term &t) { return llvm::any_of(t.factors, isValue); });
  bool hasExp = llvm::any_of(
      terms, [&](const Term &t) { return llvm::any_of(t.factors, isExp); });
  auto isConstantValue = [&](const Factor &factor) {
    return !varies(factor) && !factor.isInverse;
  };
  if (hasExp && !hasValue && terms.size() == 1 &&
      llvm::any_of(terms[0].factors, isConstantValue))
    return refuse(Reason::ValueWithoutKeys, reduce->origin);
  if (!hasValue || !hasExp)
    return refuse(Reason::NotAttention, reduce->origin);
  if (terms.size() != 1) {
    bool allWeighted = llvm::all_of(
        terms, [&](const Term &t) { return llvm::any_of(t.factors, isExp); });
    return refuse(allWeighted ? Reason::ValueModified
                              : Reason::ProbabilitiesModified,
                  reduce->origin);
  }
  match.outside.scale = terms[0].scale;
  SmallVector<Factor> others;
  for (const Factor &factor : terms[0].factors) {
    bool isExpOp = factor.e->isOp(OpCode::Exp) || factor.e->isOp(OpCode::Exp2);
    if (!varies(factor))
      match.outside.factors.push_back(factor);
    else if (isExpOp && !factor.isInverse && !exponential)
      exponential = factor.e;
    else
      others.push_back(factor);
  }
  if (!exponential)
    return refuse(Reason::ProbabilitiesModified, reduce->origin);
  // A denominator that varies with the keys is not that of this softmax;
  // anything else beside the value changes the probabilities.
  if (llvm::any_of(others, [](const Factor &f) { return f.isInverse; }))
    return refuse(Reason::NoDenominator, reduce->origin);
  if (others.size() != 1)
    return refuse(Reason::ProbabilitiesModified, reduce->origin);
  match.value = others[0].e;
  if (match.value->kind != ExprKind::Leaf)
    return refuse(Reason::ValueModified,
                  match.value->origin ? match.value->origin : reduce->origin);
  return success();
}

/// The sum whose exponential `e` is, in base e; nothing if it is none.
std::optional<Sum> AttentionMatcher::getExponent(Expr *e,
                                                 const Digits &keyRows) {
  bool isBaseTwo = e->isOp(OpCode::Exp2);
  if (!isBaseTwo && !e->isOp(OpCode::Exp))
    return std::nullopt;
  Sum sum = expandScores(e->args[0], keyRows);
  if (isBaseTwo)
    for (Term &term : sum)
      term.scale *= kLn2;
  return sum;
}

/// `e` as a sum, opened down to the contraction that makes the scores, where
/// select(visible, u, -inf) is u + select(visible, 0, -inf).
Sum AttentionMatcher::expandScores(Expr *e, const Digits &keyRows) {
  Sum result;
  Sum terms = algebra.expand(e, [&](Expr *leaf) {
    return facts.contractions.contains(leaf->root) &&
           algebra.dependsOn(leaf, keyRows);
  });
  for (const Term &term : terms) {
    bool isSelect = term.factors.size() == 1 && !term.factors[0].isInverse &&
                    term.factors[0].e->isOp(OpCode::Select) && term.scale > 0;
    Expr *select = isSelect ? term.factors[0].e : nullptr;
    int kept = 0; // the operand that is not -inf
    if (select)
      for (int i : {1, 2})
        if (isInfinite(stripCasts(select->args[i]), -1.0))
          kept = 3 - i;
    if (!kept || stripCasts(select->args[kept])->kind == ExprKind::Constant) {
      result.push_back(term);
      continue;
    }
    for (Term inner : expandScores(select->args[kept], keyRows)) {
      inner.scale *= term.scale;
      result.push_back(inner);
    }
    SmallVector<Expr *> args(select->args.begin(), select->args.end());
    args[kept] = reader.arena.constant(0.0, select->type);
    // 0 and -inf stay what they are; the factor shows what was scaled together.
    Term mask;
    mask.scale = term.scale;
    mask.factors.push_back(
        {reader.arena.op(OpCode::Select, args, select->type, select->origin)});
    result.push_back(mask);
  }
  return result;
}

/// select(c, 0, -inf) or the other way round.
static bool isInfiniteMask(const Term &term) {
  if (term.factors.size() != 1 || term.factors[0].isInverse)
    return false;
  Expr *e = stripCasts(term.factors[0].e);
  return e->isOp(OpCode::Select) &&
         llvm::all_of(llvm::drop_begin(e->args), [](Expr *arg) {
           arg = stripCasts(arg);
           return arg->isConstant(0.0) || isInfinite(arg, -1.0);
         });
}

static bool isContraction(const Factor &factor) {
  return factor.e->kind == ExprKind::Reduce && factor.e->code == OpCode::Add &&
         !factor.isInverse;
}

/// True if `term` is the same for all keys: what is subtracted from the only
/// one is, too.
bool AttentionMatcher::isShift(const Term &term, const Digits &keyRows) {
  bool isOneKey = llvm::all_of(reader.vars.resolve(keyRows), [&](VarId var) {
    return reader.vars.getExtent(var) == 1;
  });
  auto isStatistic = [&](const Factor &factor) {
    return factor.e->kind == ExprKind::Leaf
               ? !facts.contractions.contains(factor.e->root)
               : factor.e->kind == ExprKind::Reduce &&
                     factor.e->code != OpCode::Add;
  };
  if (isOneKey && term.scale < 0.0 && llvm::all_of(term.factors, isStatistic))
    return true;
  return llvm::none_of(term.factors, [&](const Factor &factor) {
    return algebra.dependsOn(factor.e, keyRows);
  });
}

LogicalResult AttentionMatcher::matchScores(AttentionMatch &match,
                                            Expr *exponential) {
  match.weights = *getExponent(exponential, match.keyRows);
  takeMaskGuards(match.guards, match.weights, match.keyRows);
  Expr *contraction = nullptr;
  for (const Term &term : match.weights) {
    // Anything that is the same for all keys cancels, if it is a number.
    if (isShift(term, match.keyRows)) {
      if (llvm::any_of(term.factors, [&](const Factor &factor) {
            return isNonFinite(factor.e);
          }))
        return refuse(Reason::ShiftNotFinite, exponential->origin);
      // A row that is hidden as a whole is 0, which a shift would not tell.
      if (mayHideRow(term))
        match.bias.push_back(term);
      continue;
    }
    const Factor *found = llvm::find_if(term.factors, isContraction);
    bool isScores = found != term.factors.end() && !contraction;
    if (isScores) {
      contraction = found->e;
      if (term.factors.size() != 1)
        return refuse(Reason::ScaleNotConstant, exponential->origin);
      match.scale = term.scale;
      continue;
    }
    bool isMask = false;
    if (failed(matchMask(match, term, isMask)))
      return failure();
    if (isMask)
      continue;
    match.bias.push_back(term);
    if (isInfiniteMask(term))
      match.bias.back().scale = 1.0;
  }
  if (!contraction)
    return refuse(hidesContraction(match) ? Reason::ScoresModified
                                          : Reason::ScoresNotContraction,
                  exponential->origin);
  if (failed(checkBias(match, exponential)))
    return failure();
  return matchContraction(match, contraction);
}

/// True if a contraction of the keys is an operand of something else.
bool AttentionMatcher::hidesContraction(const AttentionMatch &match) {
  auto isContraction = [&](const Expr *e) {
    return e->kind == ExprKind::Reduce ||
           (e->kind == ExprKind::Leaf && facts.contractions.contains(e->root));
  };
  return llvm::any_of(match.weights, [&](const Term &term) {
    return llvm::any_of(term.factors, [&](const Factor &factor) {
      return algebra.dependsOn(factor.e, match.keyRows) &&
             algebra.contains(factor.e, isContraction);
    });
  });
}

/// A bias is a tensor: no reduction, no second contraction.
LogicalResult AttentionMatcher::checkBias(const AttentionMatch &match,
                                          Expr *exponential) {
  for (const Term &term : match.bias)
    for (const Factor &factor : term.factors) {
      bool isReduction = algebra.contains(
          factor.e, [](const Expr *e) { return e->kind == ExprKind::Reduce; });
      Expr *opened =
          factor.e->kind == ExprKind::Leaf ? reader.open(factor.e) : nullptr;
      if (isReduction || (opened && opened->kind == ExprKind::Reduce))
        return refuse(Reason::ScoresModified, exponential->origin);
    }
  return success();
}

/// A constant factor hidden in the tensor itself (q * c as a separate op).
void AttentionMatcher::peelScale(Expr *&leaf, double &scale) {
  for (;;) {
    Expr *opened = reader.open(leaf);
    if (!opened || opened->kind == ExprKind::Reduce)
      return;
    Sum terms = algebra.expand(opened);
    if (terms.size() != 1 || terms[0].factors.size() != 1 ||
        terms[0].factors[0].isInverse)
      return;
    Expr *inner = terms[0].factors[0].e;
    // A rounding to a narrower type is kept as the operand's own type.
    if (inner->kind != ExprKind::Leaf || !isa<FloatType>(inner->type) ||
        terms[0].scale == 0.0 ||
        inner->type.getIntOrFloatBitWidth() >
            leaf->type.getIntOrFloatBitWidth())
      return;
    scale *= terms[0].scale;
    leaf = inner;
  }
}

/// sum_k q(k) * k(n, k).
LogicalResult AttentionMatcher::matchContraction(AttentionMatch &match,
                                                 Expr *reduce) {
  match.keyDims = reduce->digits;
  match.isWide = reduce->type.isF64();
  Sum terms = algebra.expand(reduce->args[0]);
  if (terms.size() != 1)
    return refuse(Reason::ContractionModified, reduce->origin);
  match.scale *= terms[0].scale;
  for (const Factor &factor : terms[0].factors) {
    Expr *&side =
        algebra.dependsOn(factor.e, match.keyRows) ? match.key : match.query;
    bool isOperand = !factor.isInverse && !side &&
                     factor.e->kind == ExprKind::Leaf &&
                     algebra.dependsOn(factor.e, match.keyDims);
    if (!isOperand)
      return refuse(Reason::ContractionModified, reduce->origin);
    side = factor.e;
  }
  if (!match.query || !match.key)
    return refuse(Reason::ContractionModified, reduce->origin);
  peelScale(match.query, match.scale);
  peelScale(match.key, match.scale);
  // Every element type: the rcm ops take f16, bf16, f32 and f64.
  for (Expr *operand : {match.query, match.key, match.value})
    if (!isSupportedFloat(operand->type))
      return refuse(Reason::NotFloat, reduce->origin);
  if (!std::isfinite(match.scale))
    return refuse(Reason::ScaleNotConstant, reduce->origin);
  return success();
}
