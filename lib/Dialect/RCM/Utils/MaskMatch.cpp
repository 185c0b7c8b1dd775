//===- MaskMatch.cpp - causal masks in expressions
//------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include <cmath>

using namespace mlir;
using namespace rcm::match;

Expr *rcm::match::openAll(ExprReader &reader, Expr *e) {
  e = stripCasts(e);
  while (e->kind == ExprKind::Leaf) {
    Expr *opened = reader.open(e);
    if (!opened)
      return e;
    e = stripCasts(opened);
  }
  return e;
}

namespace {
/// n - m + constant of a comparison of indices.
struct IndexDifference {
  Expr *positive = nullptr, *negative = nullptr; ///< Index nodes
  double constant = 0.0;
  Expr *scalar = nullptr; ///< an integer known at run time only
  double scalarSign = 1.0;
};
} // namespace

/// Adds sign * e; false if it is not an index plus constants.
static bool addIndex(ExprReader &reader, Expr *e, double sign,
                     IndexDifference &difference) {
  e = openAll(reader, e);
  if (e->kind == ExprKind::Constant) {
    difference.constant += sign * e->constant;
    return true;
  }
  if (e->isOp(OpCode::ToFloat))
    return addIndex(reader, e->args[0], sign, difference);
  if (e->isOp(OpCode::Add) || e->isOp(OpCode::Sub))
    return addIndex(reader, e->args[0], sign, difference) &&
           addIndex(reader, e->args[1], e->isOp(OpCode::Sub) ? -sign : sign,
                    difference);
  bool isScalar = e->kind == ExprKind::Leaf &&
                  !isa<ShapedType>(e->root.getType()) &&
                  (e->type.isIndex() || e->type.isInteger(64) ||
                   e->type.isInteger(32));
  if (isScalar && !difference.scalar) {
    difference.scalar = e;
    difference.scalarSign = sign;
    return true;
  }
  if (e->kind != ExprKind::Index)
    return false;
  Expr *&slot = sign > 0 ? difference.positive : difference.negative;
  if (slot)
    return false;
  slot = e;
  return true;
}

/// `condition` (or its negation) as "query row m sees key n": n <= m + offset.
bool AttentionMatcher::matchCausal(AttentionMatch &match, Expr *condition,
                                   bool isVisible) {
  condition = openAll(reader, condition);
  while (condition->isOp(OpCode::Not)) {
    condition = openAll(reader, condition->args[0]);
    isVisible = !isVisible;
  }
  bool isLess = condition->isOp(OpCode::CompareLT);
  if (!isLess && !condition->isOp(OpCode::CompareLE))
    return false;
  // a < b or a <= b as a - b < 0 or a - b <= 0; negated: b - a <= 0 or < 0.
  double sign = isVisible ? 1.0 : -1.0;
  bool isStrict = isVisible ? isLess : !isLess;
  IndexDifference difference;
  if (!addIndex(reader, condition->args[0], sign, difference) ||
      !addIndex(reader, condition->args[1], -sign, difference) ||
      !difference.positive || !difference.negative)
    return false;
  if (!reader.vars.isSame(difference.positive->digits, match.keyRows) ||
      algebra.dependsOn(difference.negative, match.keyRows))
    return false;
  // n - m + c < 0, or <= 0.
  double offset = -difference.constant - (isStrict ? 1.0 : 0.0);
  if (offset != std::floor(offset) || std::fabs(offset) > 1e15)
    return false;
  match.isCausal = true;
  match.causalRow = difference.negative;
  match.causalOffset = static_cast<int64_t>(offset);
  match.causalShift = difference.scalar;
  match.isShiftNegated = difference.scalarSign > 0;
  return true;
}

/// A term select(visible, 0, -inf), written in place or as a tensor. Other
/// masks stay biases.
LogicalResult AttentionMatcher::matchMask(AttentionMatch &match,
                                          const Term &term, bool &isMask) {
  if (term.factors.size() != 1 || term.factors[0].isInverse || term.scale <= 0)
    return success();
  Expr *written = stripCasts(term.factors[0].e);
  Expr *select = openAll(reader, written);
  if (!select->isOp(OpCode::Select))
    return success();
  Expr *onTrue = openAll(reader, select->args[1]);
  Expr *onFalse = openAll(reader, select->args[2]);
  bool isVisible = onTrue->isConstant(0.0) && onFalse->isConstant(-INFINITY);
  bool isHidden = onTrue->isConstant(-INFINITY) && onFalse->isConstant(0.0);
  if ((isVisible || isHidden) && !match.isCausal &&
      matchCausal(match, select->args[0], isVisible)) {
    isMask = true;
    return success();
  }
  // The scores themselves replaced by a finite value.
  if (written->isOp(OpCode::Select) &&
      algebra.contains(written, [&](const Expr *e) {
        return e->kind == ExprKind::Reduce ||
               (e->kind == ExprKind::Leaf &&
                facts.contractions.contains(e->root));
      }))
    return refuse(Reason::MaskNotInfinite, select->origin);
  return success();
}
