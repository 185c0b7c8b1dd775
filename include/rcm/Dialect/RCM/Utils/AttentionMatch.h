//===- AttentionMatch.h - attention and skip in expressions
//---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_ATTENTIONMATCH_H
#define RCM_DIALECT_RCM_UTILS_ATTENTIONMATCH_H

#include "rcm/Dialect/RCM/Utils/Algebra.h"
#include "rcm/Dialect/RCM/Utils/Reasons.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseSet.h"

namespace rcm::match {

/// What one walk over a function tells about its values, so that a match opens
/// only leaves that can lead somewhere. Both sets are closed under
/// elementwise ops and views, not under reductions.
struct FunctionFacts {
  /// Values that an exponential or a softmax went into.
  llvm::DenseSet<mlir::Value> exponentials;
  /// Values that a sum of products went into.
  llvm::DenseSet<mlir::Value> contractions;
  /// Sums over at least one loop that read an exponential: where a softmax
  /// may meet its values.
  llvm::SmallVector<mlir::linalg::LinalgOp> anchors;

  explicit FunctionFacts(mlir::Operation *function);

  /// Drops what is known about an op that is about to be erased.
  void forget(mlir::Operation *op);

  /// True if `a` comes before `b` in their block. A block numbers its ops anew
  /// whenever some were inserted; here those that the fusion made share the
  /// number of the op that they stand for.
  bool comesBefore(mlir::Operation *a, mlir::Operation *b) const {
    return order.lookup(a) < order.lookup(b);
  }
  /// Gives the ops that were inserted right before `op` its number.
  void numberInserted(mlir::Operation *op);

private:
  llvm::DenseMap<mlir::Operation *, unsigned> order;
};

/// True for ops without side effects whose every element depends on one
/// element of each operand: the skip may run through them.
bool isElementwiseOrView(mlir::Operation *op);

/// What `op` computes, if that is one value: a second result has to be dead.
/// Null otherwise.
mlir::Value getOnlyResult(mlir::Operation *op);

/// A place where the module writes 0 instead of a part of the attention:
/// select(condition, 0, part) or the other way round.
struct Guard {
  Expr *condition = nullptr;
  bool isZeroWhen = true; ///< the value of the condition that gives 0
  mlir::Operation *origin = nullptr;
};

/// softmax(scale * q k^T + bias) v, as far as it is known.
struct AttentionMatch {
  Expr *query = nullptr, *key = nullptr, *value = nullptr; ///< leaves
  Digits keyRows; ///< n, bound by the sum over the values
  Digits keyDims; ///< k, bound by the scores
  double scale = 1.0;
  Sum bias; ///< what is added to the scores, over (b, h, m, n)
  bool isCausal = false;
  Expr *causalRow = nullptr; ///< the index m that the mask compares
  int64_t causalOffset = 0;
  /// A scalar that the offset holds besides, times 1 or -1.
  Expr *causalShift = nullptr;
  bool isShiftNegated = false;
  /// Factors independent of the keys that the sum is multiplied with.
  Term outside;
  /// True once the division by the sum of the exponentials was found; before,
  /// `weights` is what that sum must add up.
  bool isNormalized = false;
  Sum weights;
  /// The scores or sums are held in f64 although no operand is.
  bool isWide = false;
  /// What is 0 by order of the module, whichever key: must be empty rows.
  llvm::SmallVector<Guard, 1> guards;
};

/// The element types that the rcm ops take.
inline bool isSupportedFloat(mlir::Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64();
}

/// `e` without casts, opened as long as it is the element of a tensor.
Expr *openAll(ExprReader &reader, Expr *e);

/// Finds attention in the anchor's expression.
class AttentionMatcher {
public:
  AttentionMatcher(ExprReader &reader, const FunctionFacts &facts)
      : reader(reader), algebra(reader), facts(facts) {}

  /// Matches the sum over keys `reduce`. A refusal with reason
  /// `NotAttention` means that nothing there looks like attention at all.
  mlir::FailureOr<AttentionMatch> match(Expr *reduce);

  /// Removes from `term` the factor 1 / sum_n exp(weights), if it is there.
  bool takeDenominator(AttentionMatch &match, Term &term);

  /// True if `e` is a multiple of sum_n exp(weights).
  bool isDenominator(AttentionMatch &match, Expr *e) {
    return getDenominator(match, e).has_value();
  }

  /// `e` as a sum, select(c, 0, y) taken for y where `isRelevant` holds
  /// somewhere in every term of y; what would make that wrong joins `guards`.
  Sum expandGuarded(Expr *e, OpenPredicate shouldOpen,
                    llvm::function_ref<bool(const Expr *)> isRelevant,
                    llvm::SmallVectorImpl<Guard> &guards);

  /// True if the guard gives 0 in rows that see no key and in no others: there
  /// attention is 0 anyway.
  bool isEmptyRow(AttentionMatch &match, const Guard &guard);

  Algebra &getAlgebra() { return algebra; }
  const Refusal &getRefusal() const { return refusal; }

private:
  mlir::LogicalResult refuse(Reason reason, mlir::Operation *op) {
    refusal = {reason, op};
    return mlir::failure();
  }
  mlir::LogicalResult splitWeighted(AttentionMatch &match, Expr *reduce,
                                    Expr *&exponential);
  mlir::LogicalResult matchScores(AttentionMatch &match, Expr *exponential);
  bool isShift(const Term &term, const Digits &keyRows);
  bool hidesContraction(const AttentionMatch &match);
  mlir::LogicalResult checkBias(const AttentionMatch &match, Expr *exponential);
  mlir::LogicalResult matchContraction(AttentionMatch &match, Expr *reduce);
  mlir::LogicalResult matchMask(AttentionMatch &match, const Term &term,
                                bool &isMask);
  // The denominator (DenominatorMatch.cpp).
  std::optional<double> getDenominator(AttentionMatch &match, Expr *e);
  bool findDenominator(AttentionMatch &match, const Factor &factor,
                       Term &replacement, unsigned depth);
  bool takeLogDenominator(AttentionMatch &match);
  bool checkGuards(AttentionMatch &match, llvm::ArrayRef<Guard> guards);
  // Guards and masks (GuardMatch.cpp, MaskMatch.cpp).
  bool takeMaskGuards(llvm::SmallVectorImpl<Guard> &guards, Sum &weights,
                      const Digits &keyRows);
  bool isSameScores(const Sum &a, const Sum &b, const Digits &keyRows);
  bool isMaximum(AttentionMatch &match, Expr *e);
  bool isAllHidden(AttentionMatch &match, Expr *reduce, bool isNegated);
  bool mayHideRow(const Term &term);
  bool mayBeInfinite(Expr *e, unsigned depth = 0);
  bool isNonFinite(Expr *e, unsigned depth = 0);
  bool isExponential(const Expr *e) const {
    return e->isOp(OpCode::Exp) || e->isOp(OpCode::Exp2) ||
           (e->kind == ExprKind::Leaf && facts.exponentials.contains(e->root));
  }
  bool matchCausal(AttentionMatch &match, Expr *condition, bool isVisible);
  std::optional<Sum> getExponent(Expr *e, const Digits &keyRows);
  Sum expandScores(Expr *e, const Digits &keyRows);
  void peelScale(Expr *&leaf, double &scale);

  ExprReader &reader;
  Algebra algebra;
  const FunctionFacts &facts;
  Refusal refusal;
};

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_ATTENTIONMATCH_H
