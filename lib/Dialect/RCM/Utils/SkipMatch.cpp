//===- SkipMatch.cpp - the skip as a linear form of the attention
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/SkipMatch.h"

using namespace mlir;
using namespace rcm::match;

bool SkipMatch::hasSameResidual(const SkipMatch &other) const {
  if (!residual || !other.residual)
    return residual == other.residual;
  bool isLeaf = residual->kind == ExprKind::Leaf;
  if (isLeaf != (other.residual->kind == ExprKind::Leaf))
    return false;
  return isLeaf ? residual->root == other.residual->root
                : numAddends == other.numAddends;
}

bool SkipMatch::isScaled(const SkipMatch &other) const {
  auto countFactors = [](const SkipMatch &match) {
    size_t count = 0;
    for (const Sum *sum : {&match.alpha, &match.beta})
      for (const Term &term : *sum)
        count += term.factors.size();
    return count;
  };
  return alpha.size() == other.alpha.size() &&
         beta.size() == other.beta.size() &&
         countFactors(*this) < countFactors(other);
}

/// The result's index. Sizes are read from where they were made: the result
/// itself will be gone.
static IndexTuple indexResult(ExprReader &reader, Value result) {
  IndexTuple index;
  auto type = cast<RankedTensorType>(result.getType());
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    index.push_back({reader.vars.add(
        size, getOrigin({result, static_cast<int64_t>(dim)}))});
  return index;
}

FailureOr<SkipMatch> SkipMatcher::match(Value result) {
  SkipMatch match;
  match.result = result;
  match.outIndex = indexResult(reader, result);
  Sum rest;
  Expr *attention = nullptr;
  if (failed(splitLinear(reader.leaf(result, match.outIndex), match.beta, rest,
                         attention)) ||
      failed(openAttention(match, attention, rest)))
    return failure();
  if (!rest.empty() && failed(matchResidual(match, rest)))
    return failure();
  return match;
}

LogicalResult SkipMatcher::splitLinear(Expr *e, Sum &coefficient, Sum &rest,
                                       Expr *&attention) {
  Operation *where = e->origin;
  auto readsAttention = [&](const Expr *inner) {
    return isAnchorLeaf(inner) ||
           (inner->kind == ExprKind::Leaf && derived.contains(inner->root));
  };
  Sum terms = matcher.expandGuarded(
      e,
      [&](Expr *leaf) {
        return derived.contains(leaf->root) && !isAnchorLeaf(leaf);
      },
      readsAttention, guards);
  for (Term &term : terms) {
    Term others;
    others.scale = term.scale;
    bool isLinear = false;
    for (const Factor &factor : term.factors) {
      if (!isAnchorLeaf(factor.e)) {
        if (algebra.contains(factor.e, readsAttention))
          return refuse(Reason::SkipNotLinear,
                        factor.e->origin ? factor.e->origin : where);
        others.factors.push_back(factor);
        continue;
      }
      if (factor.isInverse || isLinear)
        return refuse(Reason::SkipNotLinear, where);
      isLinear = true;
      if (!attention)
        attention = factor.e;
      bool isSame = llvm::all_of(
          llvm::zip_equal(attention->index, factor.e->index), [&](auto pair) {
            return reader.vars.isSame(std::get<0>(pair), std::get<1>(pair));
          });
      if (!isSame)
        return refuse(Reason::SkipMixesElements, where);
    }
    (isLinear ? coefficient : rest).push_back(others);
  }
  if (!attention)
    return refuse(Reason::SkipNotLinear, where);
  return success();
}

/// attention = addend + outside * softmax * v: the addend joins the rest, the
/// factors outside join the coefficient.
LogicalResult SkipMatcher::openAttention(SkipMatch &match, Expr *attention,
                                         Sum &rest) {
  Expr *opened = reader.open(attention);
  if (!opened)
    return refuse(Reason::NotAttention, anchor);
  Expr *reduce = nullptr;
  Sum addends;
  for (const Term &term : algebra.expand(opened)) {
    bool isReduce = term.factors.size() == 1 && term.scale == 1.0 &&
                    term.factors[0].e->kind == ExprKind::Reduce &&
                    term.factors[0].e->origin == anchor;
    if (isReduce)
      reduce = term.factors[0].e;
    else
      addends.push_back(term);
  }
  if (!reduce)
    return refuse(Reason::NotAttention, anchor);
  FailureOr<AttentionMatch> found = matcher.match(reduce);
  if (failed(found)) {
    refusal = matcher.getRefusal();
    return failure();
  }
  match.attention = *found;
  for (const Term &addend : addends)
    for (Term term : match.beta) {
      term.scale *= addend.scale;
      llvm::append_range(term.factors, addend.factors);
      rest.push_back(term);
    }
  for (Term &term : match.beta) {
    if (!match.attention.isNormalized &&
        !matcher.takeDenominator(match.attention, term))
      return refuse(Reason::NoDenominator, anchor);
    term.scale *= match.attention.outside.scale;
    llvm::append_range(term.factors, match.attention.outside.factors);
  }
  // What is left of the exponentials' sum changes the probabilities.
  for (const Term &term : match.beta)
    if (llvm::any_of(term.factors, [&](const Factor &factor) {
          return matcher.isDenominator(match.attention, factor.e);
        }))
      return refuse(Reason::ProbabilitiesModified, anchor);
  for (const Guard &guard : guards)
    if (!matcher.isEmptyRow(match.attention, guard))
      return refuse(Reason::SkipNotLinear, guard.origin);
  return success();
}

/// True if `leaf` has an element of its own for every element of the result; if
/// `looksInside`, one that does not only repeat numbers.
bool SkipMatcher::isFullRank(const SkipMatch &match, Expr *leaf,
                             bool looksInside) {
  for (const Digits &digits : match.outIndex)
    for (VarId var : reader.vars.resolve(digits)) {
      bool varies = looksInside ? algebra.variesWith(leaf, {var})
                                : algebra.dependsOn(leaf, {var});
      if (!varies && reader.vars.getExtent(var) != 1)
        return false;
    }
  return true;
}

bool SkipMatcher::isResidualLeaf(const SkipMatch &match, const Factor &factor,
                                 bool looksInside) {
  return !factor.isInverse && factor.e->kind == ExprKind::Leaf &&
         isa<FloatType>(factor.e->type) &&
         isFullRank(match, factor.e, looksInside);
}

/// rest = alpha * candidate, if every term has the candidate as a factor.
bool SkipMatcher::takeResidual(SkipMatch &match, const Sum &rest,
                               Expr *candidate) {
  Sum alpha;
  for (Term term : rest) {
    auto *found = llvm::find_if(term.factors, [&](const Factor &factor) {
      return !factor.isInverse && factor.e->kind == ExprKind::Leaf &&
             factor.e->root == candidate->root &&
             algebra.isEqual(factor.e, candidate);
    });
    if (found == term.factors.end())
      return false;
    term.factors.erase(found);
    alpha.push_back(term);
  }
  match.alpha = algebra.cancel(alpha);
  // What cancels is not added: the attention stands alone.
  match.residual = match.alpha.empty() ? nullptr : candidate;
  return true;
}

/// Removes from every term what all of them are multiplied with, other than
/// tensors of the result's size.
Term SkipMatcher::takeCommonFactors(const SkipMatch &match, Sum &rest) {
  Term common;
  auto findIn = [&](Term &term, const Factor &wanted) {
    return llvm::find_if(term.factors, [&](const Factor &factor) {
      return factor.isInverse == wanted.isInverse &&
             factor.e->kind == ExprKind::Leaf &&
             factor.e->root == wanted.e->root &&
             algebra.isEqual(factor.e, wanted.e);
    });
  };
  SmallVector<Factor> candidates(rest[0].factors.begin(),
                                 rest[0].factors.end());
  for (const Factor &candidate : candidates) {
    bool isCoefficient = candidate.e->kind == ExprKind::Leaf &&
                         !isFullRank(match, candidate.e, false);
    if (!isCoefficient || !llvm::all_of(rest, [&](Term &term) {
          return findIn(term, candidate) != term.factors.end();
        }))
      continue;
    for (Term &term : rest)
      term.factors.erase(findIn(term, candidate));
    common.factors.push_back(candidate);
  }
  return common;
}

/// A product that was written to a tensor of its own (c_skip * x) is looked
/// into as long as nobody else reads it and it stays one.
void SkipMatcher::openProducts(const SkipMatch &match, Sum &rest) {
  auto isResidual = [&](const Factor &factor) {
    return isResidualLeaf(match, factor, /*looksInside=*/true);
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (Term &term : rest) {
      auto *found = llvm::find_if(term.factors, isResidual);
      if (found == term.factors.end() || !found->e->root.hasOneUse())
        continue;
      Expr *opened = reader.open(found->e);
      if (!opened || opened->kind == ExprKind::Reduce)
        continue;
      Sum inner = algebra.expand(opened);
      if (inner.size() != 1 ||
          llvm::count_if(inner[0].factors, isResidual) != 1)
        continue;
      term.factors.erase(found);
      term.scale *= inner[0].scale;
      llvm::append_range(term.factors, inner[0].factors);
      changed = true;
    }
  }
}

LogicalResult SkipMatcher::matchResidual(SkipMatch &match, Sum rest) {
  openProducts(match, rest);
  // Of several, one that is no repeated coefficient, one that is too narrow
  // for a coefficient, else the last.
  auto isNarrow = [](const Factor &factor) {
    return factor.e->type.getIntOrFloatBitWidth() < 32;
  };
  for (bool looksInside : {true, false})
    for (bool wantsNarrow : {true, false})
      for (const Factor &factor : llvm::reverse(rest[0].factors))
        if (isResidualLeaf(match, factor, looksInside) &&
            isNarrow(factor) == wantsNarrow &&
            takeResidual(match, rest, factor.e))
          return success();
  // Else all that is added, as a tensor of its own.
  auto isFullLeaf = [&](const Expr *e) {
    return e->kind == ExprKind::Leaf && isa<FloatType>(e->type) &&
           isFullRank(match, const_cast<Expr *>(e), /*looksInside=*/false);
  };
  bool hasFullLeaf = llvm::any_of(rest, [&](const Term &term) {
    return llvm::any_of(term.factors, [&](const Factor &factor) {
      return algebra.contains(factor.e, isFullLeaf);
    });
  });
  if (hasFullLeaf) {
    Type f64 = Float64Type::get(match.result.getContext());
    match.alpha = {takeCommonFactors(match, rest)};
    match.residual = algebra.build(rest, f64);
    match.numAddends = rest.size();
    return success();
  }
  return refuse(Reason::ResidualNotFullRank, match.result.getDefiningOp());
}
