//===- SkipMatch.h - the skip as a linear form of the attention
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_SKIPMATCH_H
#define RCM_DIALECT_RCM_UTILS_SKIPMATCH_H

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

namespace rcm::match {

/// result = alpha * residual + beta * attention, at the index `outIndex`.
struct SkipMatch {
  mlir::Value result;
  IndexTuple outIndex;
  AttentionMatch attention;
  Sum alpha, beta;
  /// Terms that make up the residual, if it is an expression.
  size_t numAddends = 0;
  /// A leaf of the result's size, or an expression to be computed as one; null:
  /// no skip.
  Expr *residual = nullptr;

  /// True if the result is the attention itself.
  bool isPlain() const {
    return !residual && beta.size() == 1 && beta[0].factors.empty() &&
           beta[0].scale == 1.0;
  }

  /// True if `other`, further down, adds the same tensor. A further addend is
  /// no part of the skip: it may be another attention's, or that one's
  /// residual.
  bool hasSameResidual(const SkipMatch &other) const;

  /// True if `other` is this times something that is not a constant.
  bool isScaled(const SkipMatch &other) const;
};

/// Matches `result` as a linear form of the anchor's sum over keys. `derived`
/// holds the values between the two.
class SkipMatcher {
public:
  SkipMatcher(ExprReader &reader, const FunctionFacts &facts,
              mlir::linalg::LinalgOp anchor,
              const llvm::DenseSet<mlir::Value> &derived)
      : reader(reader), matcher(reader, facts), algebra(matcher.getAlgebra()),
        anchor(anchor), derived(derived) {}

  mlir::FailureOr<SkipMatch> match(mlir::Value result);
  const Refusal &getRefusal() const { return refusal; }
  Algebra &getAlgebra() { return algebra; }

private:
  mlir::LogicalResult refuse(Reason reason, mlir::Operation *op) {
    refusal = {reason, op};
    return mlir::failure();
  }
  /// The result's terms, apart: those with the attention (its factor removed)
  /// and the others.
  mlir::LogicalResult splitLinear(Expr *e, Sum &coefficient, Sum &rest,
                                  Expr *&attention);
  mlir::LogicalResult openAttention(SkipMatch &match, Expr *attention,
                                    Sum &rest);
  mlir::LogicalResult matchResidual(SkipMatch &match, Sum rest);
  bool takeResidual(SkipMatch &match, const Sum &rest, Expr *candidate);
  Term takeCommonFactors(const SkipMatch &match, Sum &rest);
  bool isFullRank(const SkipMatch &match, Expr *leaf, bool looksInside);
  bool isResidualLeaf(const SkipMatch &match, const Factor &factor,
                      bool looksInside);
  void openProducts(const SkipMatch &match, Sum &rest);
  bool isAnchorLeaf(const Expr *e) const {
    return e->kind == ExprKind::Leaf && e->root.getDefiningOp() == anchor;
  }

  ExprReader &reader;
  AttentionMatcher matcher;
  Algebra &algebra;
  mlir::linalg::LinalgOp anchor;
  const llvm::DenseSet<mlir::Value> &derived;
  Refusal refusal;
  /// Where the result has 0 instead of the attention.
  llvm::SmallVector<Guard, 1> guards;
};

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_SKIPMATCH_H
