//===- ScalarEmitter.cpp - expressions as scalar arithmetic
//----------------------------------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/FusionBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

namespace {
/// One walk over an expression.
class ScalarEmitter {
public:
  ScalarEmitter(OpBuilder &builder, Location loc, Type type,
                llvm::function_ref<Value(Expr *)> readLeaf,
                llvm::function_ref<Value(ArrayRef<VarId>)> readIndex)
      : builder(builder), loc(loc), type(type), readLeaf(readLeaf),
        readIndex(readIndex) {}

  /// A float of `type`.
  Value emitFloat(Expr *e);

private:
  Value emitOp(Expr *e);
  /// An i1.
  Value emitCondition(Expr *e);
  /// An index.
  Value emitInteger(Expr *e);

  template <typename OpTy> Value unary(Expr *e) {
    Value operand = emitFloat(e->args[0]);
    return operand ? OpTy::create(builder, loc, operand).getResult() : Value();
  }
  template <typename OpTy> Value binary(Expr *e) {
    Value lhs = emitFloat(e->args[0]), rhs = emitFloat(e->args[1]);
    return lhs && rhs ? OpTy::create(builder, loc, lhs, rhs).getResult()
                      : Value();
  }

  OpBuilder &builder;
  Location loc;
  Type type;
  llvm::function_ref<Value(Expr *)> readLeaf;
  llvm::function_ref<Value(ArrayRef<VarId>)> readIndex;
};
} // namespace

static bool isFloat(const Expr *e) { return isa<FloatType>(e->type); }

Value ScalarEmitter::emitFloat(Expr *e) {
  e = stripCasts(e);
  switch (e->kind) {
  case ExprKind::Constant: {
    APFloat value(e->constant);
    bool losesInfo = false;
    value.convert(cast<FloatType>(type).getFloatSemantics(),
                  APFloat::rmNearestTiesToEven, &losesInfo);
    return arith::ConstantOp::create(builder, loc, FloatAttr::get(type, value));
  }
  case ExprKind::Leaf: {
    if (!isFloat(e))
      return {};
    Value value = readLeaf(e);
    if (!value || value.getType() == type)
      return value;
    if (value.getType().getIntOrFloatBitWidth() < type.getIntOrFloatBitWidth())
      return arith::ExtFOp::create(builder, loc, type, value);
    return arith::TruncFOp::create(builder, loc, type, value);
  }
  case ExprKind::Op:
    return emitOp(e);
  default:
    return {};
  }
}

Value ScalarEmitter::emitOp(Expr *e) {
  if (!isFloat(e))
    return {};
  switch (e->code) {
  case OpCode::Add:
    return binary<arith::AddFOp>(e);
  case OpCode::Sub:
    return binary<arith::SubFOp>(e);
  case OpCode::Mul:
    return binary<arith::MulFOp>(e);
  case OpCode::Div:
    return binary<arith::DivFOp>(e);
  case OpCode::Max:
    return binary<arith::MaximumFOp>(e);
  case OpCode::MaxNum:
    return binary<arith::MaxNumFOp>(e);
  case OpCode::Min:
    return binary<arith::MinimumFOp>(e);
  case OpCode::MinNum:
    return binary<arith::MinNumFOp>(e);
  case OpCode::Pow:
    return binary<math::PowFOp>(e);
  case OpCode::CopySign:
    return binary<math::CopySignOp>(e);
  case OpCode::Neg:
    return unary<arith::NegFOp>(e);
  case OpCode::Exp:
    return unary<math::ExpOp>(e);
  case OpCode::Exp2:
    return unary<math::Exp2Op>(e);
  case OpCode::Log:
    return unary<math::LogOp>(e);
  case OpCode::Sqrt:
    return unary<math::SqrtOp>(e);
  case OpCode::Sin:
    return unary<math::SinOp>(e);
  case OpCode::Cos:
    return unary<math::CosOp>(e);
  case OpCode::Tanh:
    return unary<math::TanhOp>(e);
  case OpCode::Abs:
    return unary<math::AbsFOp>(e);
  case OpCode::ToFloat: {
    Value integer = emitInteger(e->args[0]);
    if (!integer)
      return {};
    Type i64 = builder.getI64Type();
    Value wide = arith::IndexCastOp::create(builder, loc, i64, integer);
    return arith::SIToFPOp::create(builder, loc, type, wide);
  }
  case OpCode::Select: {
    Value condition = emitCondition(e->args[0]);
    Value onTrue = emitFloat(e->args[1]), onFalse = emitFloat(e->args[2]);
    if (!condition || !onTrue || !onFalse)
      return {};
    return arith::SelectOp::create(builder, loc, condition, onTrue, onFalse);
  }
  default:
    return {};
  }
}

Value ScalarEmitter::emitCondition(Expr *e) {
  if (e->kind == ExprKind::Leaf)
    return e->type.isInteger(1) ? readLeaf(e) : Value();
  if (e->kind == ExprKind::Constant)
    return arith::ConstantIntOp::create(builder, loc, e->constant != 0, 1);
  if (e->kind != ExprKind::Op)
    return {};
  if (e->code == OpCode::And || e->code == OpCode::Or) {
    Value lhs = emitCondition(e->args[0]), rhs = emitCondition(e->args[1]);
    if (!lhs || !rhs)
      return {};
    return e->code == OpCode::And
               ? arith::AndIOp::create(builder, loc, lhs, rhs).getResult()
               : arith::OrIOp::create(builder, loc, lhs, rhs).getResult();
  }
  if (e->code == OpCode::Not) {
    Value operand = emitCondition(e->args[0]);
    if (!operand)
      return {};
    Value one = arith::ConstantIntOp::create(builder, loc, 1, 1);
    return arith::XOrIOp::create(builder, loc, operand, one);
  }
  bool isLess = e->code == OpCode::CompareLT;
  if (!isLess && e->code != OpCode::CompareLE)
    return {};
  if (isFloat(e->args[0])) {
    Value lhs = emitFloat(e->args[0]), rhs = emitFloat(e->args[1]);
    if (!lhs || !rhs)
      return {};
    return arith::CmpFOp::create(builder, loc,
                                 isLess ? arith::CmpFPredicate::OLT
                                        : arith::CmpFPredicate::OLE,
                                 lhs, rhs);
  }
  Value lhs = emitInteger(e->args[0]), rhs = emitInteger(e->args[1]);
  if (!lhs || !rhs)
    return {};
  return arith::CmpIOp::create(
      builder, loc,
      isLess ? arith::CmpIPredicate::slt : arith::CmpIPredicate::sle, lhs, rhs);
}

Value ScalarEmitter::emitInteger(Expr *e) {
  switch (e->kind) {
  case ExprKind::Constant:
    return arith::ConstantIndexOp::create(builder, loc,
                                          static_cast<int64_t>(e->constant));
  case ExprKind::Index:
    return readIndex(e->digits);
  case ExprKind::Leaf: {
    if (!e->type.isInteger(32) && !e->type.isInteger(64) && !e->type.isIndex())
      return {};
    Value value = readLeaf(e);
    if (!value || value.getType().isIndex())
      return value;
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                      value);
  }
  case ExprKind::Op: {
    if (e->code != OpCode::Add && e->code != OpCode::Sub &&
        e->code != OpCode::Mul)
      return {};
    Value lhs = emitInteger(e->args[0]), rhs = emitInteger(e->args[1]);
    if (!lhs || !rhs)
      return {};
    if (e->code == OpCode::Add)
      return arith::AddIOp::create(builder, loc, lhs, rhs);
    if (e->code == OpCode::Sub)
      return arith::SubIOp::create(builder, loc, lhs, rhs);
    return arith::MulIOp::create(builder, loc, lhs, rhs);
  }
  default:
    return {};
  }
}

Value rcm::match::emitScalar(
    OpBuilder &builder, Location loc, Expr *e, Type type,
    llvm::function_ref<Value(Expr *)> readLeaf,
    llvm::function_ref<Value(ArrayRef<VarId>)> readIndex) {
  return ScalarEmitter(builder, loc, type, readLeaf, readIndex).emitFloat(e);
}
