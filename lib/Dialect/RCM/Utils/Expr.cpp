//===- Expr.cpp - scalar expressions over tensor elements
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Expr.h"

#include "mlir/IR/TypeUtilities.h"
#include <cmath>

using namespace mlir;
using namespace rcm::match;

Expr *ExprArena::make(ExprKind kind, Type type, Operation *origin) {
  Expr *e = new (allocator.Allocate()) Expr();
  e->kind = kind;
  e->type = type;
  e->origin = origin;
  return e;
}

Expr *ExprArena::constant(double value, Type type) {
  Expr *e = make(ExprKind::Constant, type, nullptr);
  e->constant = value;
  return e;
}

Expr *ExprArena::leaf(Value root, IndexTuple index, Operation *origin) {
  Expr *e = make(ExprKind::Leaf, getElementTypeOrSelf(root.getType()), origin);
  e->root = root;
  e->index = std::move(index);
  return e;
}

Expr *ExprArena::index(Digits digits, Type type) {
  Expr *e = make(ExprKind::Index, type, nullptr);
  e->digits = std::move(digits);
  return e;
}

Expr *ExprArena::accumulator(Type type) {
  return make(ExprKind::Accumulator, type, nullptr);
}

Expr *ExprArena::reduce(OpCode code, Digits bound, Expr *body, Type type,
                        Operation *origin) {
  Expr *e = make(ExprKind::Reduce, type, origin);
  e->code = code;
  e->digits = std::move(bound);
  e->args = {body};
  return e;
}

std::optional<double> rcm::match::foldOp(OpCode code, ArrayRef<double> args) {
  switch (code) {
  case OpCode::Add:
    return args[0] + args[1];
  case OpCode::Sub:
    return args[0] - args[1];
  case OpCode::Mul:
    return args[0] * args[1];
  case OpCode::Div:
    return args[0] / args[1];
  case OpCode::Neg:
    return -args[0];
  case OpCode::Max:
    return std::fmax(args[0], args[1]);
  case OpCode::Min:
    return std::fmin(args[0], args[1]);
  case OpCode::Exp:
    return std::exp(args[0]);
  case OpCode::Exp2:
    return std::exp2(args[0]);
  case OpCode::Log:
    return std::log(args[0]);
  case OpCode::Sqrt:
    return std::sqrt(args[0]);
  case OpCode::Sin:
    return std::sin(args[0]);
  case OpCode::Cos:
    return std::cos(args[0]);
  case OpCode::Tanh:
    return std::tanh(args[0]);
  case OpCode::Abs:
    return std::fabs(args[0]);
  case OpCode::Pow:
    return std::pow(args[0], args[1]);
  case OpCode::CopySign:
    return std::copysign(args[0], args[1]);
  case OpCode::CompareLT:
    return args[0] < args[1];
  case OpCode::CompareLE:
    return args[0] <= args[1];
  case OpCode::Cast:
  case OpCode::ToFloat:
    return args[0];
  case OpCode::Select:
    return args[0] != 0 ? args[1] : args[2];
  default:
    return std::nullopt;
  }
}

bool rcm::match::isIdentityOf(OpCode code, double value) {
  switch (code) {
  case OpCode::Add:
  case OpCode::Or:
    return value == 0.0;
  case OpCode::And:
    return value == 1.0;
  case OpCode::Max:
    return value == -INFINITY;
  case OpCode::MaxNum:
    return value == -INFINITY || std::isnan(value);
  case OpCode::Min:
    return value == INFINITY;
  case OpCode::MinNum:
    return value == INFINITY || std::isnan(value);
  default:
    return false;
  }
}

/// Folds only what a float type holds: integer division is not division.
static bool isFoldable(Type type) { return isa_and_nonnull<FloatType>(type); }

Expr *ExprArena::op(OpCode code, ArrayRef<Expr *> args, Type type,
                    Operation *origin) {
  bool allConstant = !args.empty() && llvm::all_of(args, [](Expr *arg) {
    return arg->kind == ExprKind::Constant;
  });
  if (allConstant && isFoldable(type)) {
    SmallVector<double> values;
    for (Expr *arg : args)
      values.push_back(arg->constant);
    if (std::optional<double> value = foldOp(code, values))
      return constant(*value, type);
  }
  if (code == OpCode::Mul && isFoldable(type))
    for (Expr *arg : args)
      if (arg->isConstant(0.0))
        return constant(0.0, type);
  // The identities of maximum and minimum, which frontends write as bounds.
  for (unsigned i = 0; args.size() == 2 && i < 2; ++i) {
    double value = args[i]->constant;
    bool isIdentity = args[i]->kind == ExprKind::Constant &&
                      isIdentityOf(code, value);
    if (isIdentity && code != OpCode::Add)
      return args[1 - i];
  }
  Expr *e = make(ExprKind::Op, type, origin);
  e->code = code;
  e->args.assign(args.begin(), args.end());
  return e;
}

Expr *rcm::match::stripCasts(Expr *e) {
  while (e->isOp(OpCode::Cast))
    e = e->args[0];
  return e;
}
