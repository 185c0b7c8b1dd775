//===- Algebra.cpp - normal forms and equality of expressions
//-------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Algebra.h"

#include <cmath>

using namespace mlir;
using namespace rcm::match;

/// Constants of two spellings of one formula may differ by their rounding to
/// f64, not by that to any narrower type.
static constexpr double kConstantTolerance = 1e-12;

static bool isClose(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return true;
  return std::fabs(a - b) <=
         kConstantTolerance * std::fmax(std::fabs(a), std::fabs(b));
}

//===----------------------------------------------------------------------===//
// Sums of products
//===----------------------------------------------------------------------===//

Sum Algebra::multiply(const Sum &a, const Sum &b) {
  Sum product;
  for (const Term &x : a)
    for (const Term &y : b) {
      Term term = x;
      term.scale *= y.scale;
      llvm::append_range(term.factors, y.factors);
      product.push_back(term);
    }
  return product;
}

static Sum single(Expr *e, bool isInverse = false) {
  Term term;
  term.factors.push_back({e, isInverse});
  return {term};
}

Sum Algebra::expand(Expr *e, OpenPredicate shouldOpen) {
  e = stripCasts(e);
  if (e->kind == ExprKind::Leaf && shouldOpen(e)) {
    if (Expr *opened = reader.open(e))
      return expand(opened, shouldOpen);
    return single(e);
  }
  if (e->kind == ExprKind::Constant && std::isfinite(e->constant)) {
    Term term;
    term.scale = e->constant;
    return e->constant == 0.0 ? Sum() : Sum{term};
  }
  if (reader.plantedBug == PlantedBug::UnaryIgnored && e->isOp(OpCode::Abs))
    return expand(e->args[0], shouldOpen);
  if (e->kind != ExprKind::Op)
    return single(e);
  auto scaled = [](Sum sum, double scale) {
    for (Term &term : sum)
      term.scale *= scale;
    return sum;
  };
  switch (e->code) {
  case OpCode::Add:
  case OpCode::Sub: {
    Sum sum = expand(e->args[0], shouldOpen);
    llvm::append_range(sum, scaled(expand(e->args[1], shouldOpen),
                                   e->code == OpCode::Sub ? -1.0 : 1.0));
    return sum;
  }
  case OpCode::Neg:
    return scaled(expand(e->args[0], shouldOpen), -1.0);
  case OpCode::Mul: {
    Sum a = expand(e->args[0], shouldOpen), b = expand(e->args[1], shouldOpen);
    return a.size() * b.size() <= kMaxTerms ? multiply(a, b) : single(e);
  }
  case OpCode::Div: {
    if (!isa<FloatType>(e->type))
      return single(e);
    Sum a = expand(e->args[0], shouldOpen), b = expand(e->args[1], shouldOpen);
    if (b.size() != 1)
      return multiply(a, single(e->args[1], /*isInverse=*/true));
    b[0].scale = 1.0 / b[0].scale;
    for (Factor &factor : b[0].factors)
      factor.isInverse = !factor.isInverse;
    return multiply(a, b);
  }
  default:
    return single(e);
  }
}

Expr *Algebra::build(const Term &term, Type type) {
  ExprArena &arena = reader.arena;
  Expr *product = nullptr;
  for (const Factor &factor : term.factors) {
    if (factor.isInverse)
      continue;
    product = product
                  ? arena.op(OpCode::Mul, {product, factor.e}, type, nullptr)
                  : factor.e;
  }
  if (!product)
    product = arena.constant(term.scale, type);
  else if (term.scale != 1.0)
    product = arena.op(OpCode::Mul, {product, arena.constant(term.scale, type)},
                       type, nullptr);
  for (const Factor &factor : term.factors)
    if (factor.isInverse)
      product = arena.op(OpCode::Div, {product, factor.e}, type, nullptr);
  return product;
}

Expr *Algebra::build(const Sum &sum, Type type) {
  Expr *total = nullptr;
  for (const Term &term : sum) {
    Expr *e = build(term, type);
    total = total ? reader.arena.op(OpCode::Add, {total, e}, type, nullptr) : e;
  }
  return total ? total : reader.arena.constant(0.0, type);
}

//===----------------------------------------------------------------------===//
// Equality
//===----------------------------------------------------------------------===//

/// Pairs every element of `a` with a different one of `b`.
template <typename Range, typename Compare>
static bool isPermutation(const Range &a, const Range &b, Compare compare) {
  if (a.size() != b.size())
    return false;
  llvm::SmallVector<bool> used(b.size(), false);
  return llvm::all_of(a, [&](const auto &x) {
    for (auto [position, y] : llvm::enumerate(b)) {
      if (used[position] || !compare(x, y))
        continue;
      used[position] = true;
      return true;
    }
    return false;
  });
}

bool Algebra::haveSameFactors(const Term &a, const Term &b) {
  return isPermutation(a.factors, b.factors, [&](Factor x, Factor y) {
    return x.isInverse == y.isInverse && isEqual(x.e, y.e);
  });
}

bool Algebra::isEqual(const Term &a, const Term &b) {
  return isClose(a.scale, b.scale) && haveSameFactors(a, b);
}

Sum Algebra::flatten(const Sum &sum) {
  auto isElementwise = [&](Expr *leaf) {
    Expr *opened = reader.open(leaf);
    return opened && opened->kind == ExprKind::Op;
  };
  Sum result;
  for (const Term &term : sum) {
    Sum product = {Term()};
    product[0].scale = term.scale;
    for (const Factor &factor : term.factors) {
      Sum inner = factor.isInverse ? single(factor.e, /*isInverse=*/true)
                                   : expand(factor.e, isElementwise);
      if (product.size() * inner.size() > kMaxTerms)
        inner = single(factor.e);
      product = multiply(product, inner);
    }
    llvm::append_range(result, product);
  }
  return result;
}

Sum Algebra::cancel(const Sum &sum) {
  SmallVector<bool> isDone(sum.size(), false);
  Sum kept;
  for (size_t i = 0; i < sum.size(); ++i) {
    if (isDone[i])
      continue;
    SmallVector<size_t> same;
    double total = 0.0, size = 0.0;
    for (size_t j = i; j < sum.size(); ++j)
      if (!isDone[j] && (i == j || haveSameFactors(sum[i], sum[j]))) {
        same.push_back(j);
        total += sum[j].scale;
        size += std::fabs(sum[j].scale);
      }
    bool isZero = std::fabs(total) <= kConstantTolerance * size;
    for (size_t j : same) {
      isDone[j] = true;
      if (!isZero)
        kept.push_back(sum[j]);
    }
  }
  return kept;
}

bool Algebra::isEqual(const Sum &a, const Sum &b) {
  return isPermutation(
      a, b, [&](const Term &x, const Term &y) { return isEqual(x, y); });
}

/// Alpha-equivalence: identifies the bound variables, which is sound as long
/// as neither body uses the other's freely.
bool Algebra::isEqualReduce(Expr *a, Expr *b) {
  if (a->code != b->code)
    return false;
  if (dependsOn(b, a->digits) || dependsOn(a, b->digits))
    return false;
  return reader.vars.identify(b->digits, a->digits) &&
         isEqual(a->args[0], b->args[0]);
}

static bool isSum(const Expr *e) {
  return e->isOp(OpCode::Add) || e->isOp(OpCode::Sub) || e->isOp(OpCode::Mul) ||
         e->isOp(OpCode::Div) || e->isOp(OpCode::Neg);
}

bool Algebra::isEqualOp(Expr *a, Expr *b) {
  if (a->code != b->code || a->args.size() != b->args.size())
    return false;
  if (a->code == OpCode::Unknown &&
      (a->origin->getName() != b->origin->getName() ||
       a->origin->getDiscardableAttrDictionary() !=
           b->origin->getDiscardableAttrDictionary() ||
       a->origin->getPropertiesAsAttribute() !=
           b->origin->getPropertiesAsAttribute()))
    return false;
  if (llvm::all_of(llvm::zip(a->args, b->args), [&](auto pair) {
        return isEqual(std::get<0>(pair), std::get<1>(pair));
      }))
    return true;
  bool isCommutative = a->code == OpCode::Max || a->code == OpCode::MaxNum ||
                       a->code == OpCode::Min || a->code == OpCode::MinNum;
  return isCommutative && isEqual(a->args[0], b->args[1]) &&
         isEqual(a->args[1], b->args[0]);
}

bool Algebra::isEqual(Expr *a, Expr *b) {
  a = stripCasts(a);
  b = stripCasts(b);
  if (a == b)
    return true;
  if (++numComparisons > kMaxComparisons)
    return false;
  if (a->kind == ExprKind::Leaf && b->kind == ExprKind::Leaf &&
      a->root == b->root &&
      llvm::all_of(llvm::zip_equal(a->index, b->index), [&](auto pair) {
        return reader.vars.isSame(std::get<0>(pair), std::get<1>(pair));
      }))
    return true;
  if (a->kind == ExprKind::Leaf || b->kind == ExprKind::Leaf) {
    // Two different elements of one tensor, or different tensors: they are
    // equal only if what computes them is.
    Expr *openedA = reader.open(a), *openedB = reader.open(b);
    if (!openedA || !openedB)
      return false;
    return isEqual(openedA, openedB);
  }
  if (isSum(a) || isSum(b)) {
    Sum x = expand(a), y = expand(b);
    bool isOneWhole = x.size() == 1 && x[0].factors.size() == 1 &&
                      x[0].factors[0].e == a && y.size() == 1 &&
                      y[0].factors.size() == 1 && y[0].factors[0].e == b;
    return isOneWhole ? isEqualOp(a, b) : isEqual(x, y);
  }
  if (a->kind != b->kind)
    return false;
  switch (a->kind) {
  case ExprKind::Constant:
    return isClose(a->constant, b->constant);
  case ExprKind::Index:
    return reader.vars.isSame(a->digits, b->digits);
  case ExprKind::Reduce:
    return isEqualReduce(a, b);
  case ExprKind::Op:
    return isEqualOp(a, b);
  default:
    return false;
  }
}

//===----------------------------------------------------------------------===//
// Dependence
//===----------------------------------------------------------------------===//

void Algebra::collectVars(const Expr *e, Digits &result) {
  auto add = [&](ArrayRef<VarId> digits) {
    for (VarId var : reader.vars.resolve(digits))
      if (!llvm::is_contained(result, var))
        result.push_back(var);
  };
  if (e->kind == ExprKind::Leaf)
    for (const Digits &digits : e->index)
      add(digits);
  if (e->kind == ExprKind::Index)
    add(e->digits);
  if (e->kind == ExprKind::Reduce) {
    Digits inner, bound = reader.vars.resolve(e->digits);
    collectVars(e->args[0], inner);
    for (VarId var : inner)
      if (!llvm::is_contained(bound, var))
        add({var});
    return;
  }
  for (const Expr *arg : e->args)
    collectVars(arg, result);
}

bool Algebra::dependsOn(const Expr *e, ArrayRef<VarId> digits) {
  Digits used, asked = reader.vars.resolve(digits);
  collectVars(e, used);
  return llvm::any_of(
      used, [&](VarId var) { return llvm::is_contained(asked, var); });
}

bool Algebra::variesWith(Expr *e, ArrayRef<VarId> digits, unsigned depth) {
  if (!dependsOn(e, digits))
    return false;
  if (e->kind == ExprKind::Leaf) {
    Expr *opened = depth < kMaxDepth ? reader.open(e) : nullptr;
    return !opened || opened->kind == ExprKind::Reduce ||
           variesWith(opened, digits, depth + 1);
  }
  return e->kind != ExprKind::Op || llvm::any_of(e->args, [&](Expr *arg) {
           return variesWith(arg, digits, depth);
         });
}

bool Algebra::contains(Expr *e,
                       llvm::function_ref<bool(const Expr *)> predicate) {
  return predicate(e) || llvm::any_of(e->args, [&](Expr *arg) {
           return contains(arg, predicate);
         });
}
