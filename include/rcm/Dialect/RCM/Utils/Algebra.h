//===- Algebra.h - normal forms and equality of expressions
//---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Identities of exact real arithmetic only. Float casts are transparent here;
// whoever must not drop a rounding asks `findRounding`.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_ALGEBRA_H
#define RCM_DIALECT_RCM_UTILS_ALGEBRA_H

#include "rcm/Dialect/RCM/Utils/ExprReader.h"

namespace rcm::match {

/// `e` or 1 / `e`.
struct Factor {
  Expr *e;
  bool isInverse = false;
};

/// scale * factor * factor * ...
struct Term {
  double scale = 1.0;
  llvm::SmallVector<Factor, 3> factors;
};

/// A sum of terms.
using Sum = llvm::SmallVector<Term, 2>;

/// Which leaves to look into.
using OpenPredicate = llvm::function_ref<bool(Expr *)>;

class Algebra {
public:
  explicit Algebra(ExprReader &reader) : reader(reader) {}

  /// `e` as a sum of products: sums, products, quotients by single terms,
  /// negations and constants multiplied out; leaves opened where `shouldOpen`
  /// says so and something is known about them.
  Sum expand(Expr *e, OpenPredicate shouldOpen);
  Sum expand(Expr *e) {
    return expand(e, [](Expr *) { return false; });
  }

  /// `sum` with the tensors that elementwise ops make multiplied out as well.
  Sum flatten(const Sum &sum);

  /// `sum` without the terms that add up to 0.
  Sum cancel(const Sum &sum);

  /// The expression of a sum, a product of factors.
  Expr *build(const Sum &sum, mlir::Type type);
  Expr *build(const Term &term, mlir::Type type);

  /// True if both have the same value for all values of the variables and
  /// leaves. False says nothing.
  bool isEqual(Expr *a, Expr *b);
  bool isEqual(const Sum &a, const Sum &b);

  /// False only if `e` is the same for all values of `digits`.
  bool dependsOn(const Expr *e, llvm::ArrayRef<VarId> digits);

  /// As `dependsOn`, but tensors are looked into: one that repeats the same
  /// numbers along `digits` does not depend on them.
  bool variesWith(Expr *e, llvm::ArrayRef<VarId> digits, unsigned depth = 0);

  /// True if `predicate` holds somewhere in `e`, leaves not opened.
  bool contains(Expr *e, llvm::function_ref<bool(const Expr *)> predicate);

  /// Resolved digits that `e` depends on, in order of first occurrence,
  /// without those it binds.
  void collectVars(const Expr *e, Digits &result);

private:
  Sum multiply(const Sum &a, const Sum &b);
  bool isEqual(const Term &a, const Term &b);
  bool haveSameFactors(const Term &a, const Term &b);
  bool isEqualReduce(Expr *a, Expr *b);
  bool isEqualOp(Expr *a, Expr *b);

  /// Terms that multiplying out may create before a sum is kept whole.
  static constexpr size_t kMaxTerms = 32;
  /// Comparisons of one match: bounds the cost on adversarial input.
  static constexpr unsigned kMaxComparisons = 20000;
  /// Tensors deep that `variesWith` looks into.
  static constexpr unsigned kMaxDepth = 3;

  ExprReader &reader;
  unsigned numComparisons = 0;
};

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_ALGEBRA_H
