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
};

/// True for ops without side effects whose every element depends on one
/// element of each operand: the skip may run through them.
bool isElementwiseOrView(mlir::Operation *op);

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
  /// Factors independent of the keys that the sum is multiplied with.
  Term outside;
  /// True once the division by the sum of the exponentials was found; before,
  /// `weights` is what that sum must add up.
  bool isNormalized = false;
  Sum weights;
  /// The scores or sums are held in f64 although no operand is.
  bool isWide = false;
};

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
  mlir::LogicalResult matchContraction(AttentionMatch &match, Expr *reduce);
  mlir::LogicalResult matchMask(AttentionMatch &match, const Term &term,
                                bool &isMask);
  bool isDenominator(AttentionMatch &match, Expr *e);
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
