//===- ExprEmitter.cpp - expressions as arithmetic
//------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/FusionBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

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

//===----------------------------------------------------------------------===//
// Expressions as tensors
//===----------------------------------------------------------------------===//

/// The leaves of `e`, each once.
static void collectLeaves(Expr *e, SmallVectorImpl<Expr *> &leaves) {
  if (e->kind == ExprKind::Leaf && !llvm::is_contained(leaves, e))
    leaves.push_back(e);
  for (Expr *arg : e->args)
    collectLeaves(arg, leaves);
}

/// `sum` as a scalar, or as a tensor over those of `dims` that it uses.
FailureOr<MappedValue>
FusionBuilder::buildExpr(const Sum &sum, ArrayRef<unsigned> dims, Type type) {
  Expr *e = algebra.build(sum, type);
  Digits used;
  algebra.collectVars(e, used);
  // Every logical dimension that is used at all becomes whole loops.
  PlanRequest asLoops;
  asLoops.keepsUnitDims = true;
  SmallVector<unsigned> usedDims;
  Digits loops;
  SmallVector<OpFoldResult> sizes;
  for (unsigned dim : dims) {
    Digits digits = reader.vars.resolve(layout.dims[dim]);
    if (llvm::none_of(digits, [&](VarId var) {
          return reader.vars.getExtent(var) != 1 &&
                 llvm::is_contained(used, var);
        }))
      continue;
    usedDims.push_back(dim);
    for (VarId var : digits) {
      if (reader.vars.getExtent(var) == 1)
        continue;
      asLoops.allowed.push_back({static_cast<unsigned>(loops.size()), {var}});
      loops.push_back(var);
      FailureOr<OpFoldResult> size = getSize({var});
      if (failed(size))
        return failure();
      sizes.push_back(*size);
    }
  }
  if (llvm::any_of(used, [&](VarId var) {
        return reader.vars.getExtent(var) != 1 &&
               !llvm::is_contained(loops, var);
      }))
    return refuse(Reason::CoefficientNotRowwise);
  SmallVector<Expr *> leaves;
  collectLeaves(e, leaves);
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  MLIRContext *context = builder.getContext();
  for (Expr *leaf : leaves) {
    if (!isa<RankedTensorType>(leaf->root.getType())) {
      inputs.push_back(leaf->root);
      maps.push_back(AffineMap::get(loops.size(), 0, context));
      continue;
    }
    std::optional<ReshapePlan> plan =
        planReshape(reader.vars, reader.vars.resolve(leaf->index), asLoops);
    if (!plan)
      return refuse(Reason::UnsupportedLayout);
    bool isKnown = true;
    inputs.push_back(reshape(leaf->root, *plan, isKnown));
    if (!isKnown)
      return failure();
    SmallVector<AffineExpr> results;
    for (const PlannedDim &planned : plan->result)
      results.push_back(planned.dim ? getAffineDimExpr(*planned.dim, context)
                                    : getAffineConstantExpr(0, context));
    maps.push_back(AffineMap::get(loops.size(), 0, results, context));
  }
  maps.push_back(AffineMap::getMultiDimIdentityMap(loops.size(), context));
  Value init = tensor::EmptyOp::create(builder, loc, sizes, type);
  SmallVector<utils::IteratorType> iterators(loops.size(),
                                             utils::IteratorType::parallel);
  bool isEmitted = true;
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, inputs, ValueRange{init}, maps,
      iterators, [&](OpBuilder &inner, Location, ValueRange args) {
        auto readLeaf = [&](Expr *leaf) -> Value {
          return args[llvm::find(leaves, leaf) - leaves.begin()];
        };
        auto readIndex = [&](ArrayRef<VarId> digits) -> Value {
          Value index;
          for (VarId var : reader.vars.resolve(digits)) {
            int64_t extent = reader.vars.getExtent(var);
            if (extent == 1)
              continue;
            Value digit = linalg::IndexOp::create(
                inner, loc, llvm::find(loops, var) - loops.begin());
            if (index && ShapedType::isDynamic(extent))
              return {};
            if (index) {
              Value radix = arith::ConstantIndexOp::create(inner, loc, extent);
              index = arith::MulIOp::create(inner, loc, index, radix);
              index = arith::AddIOp::create(inner, loc, index, digit);
            } else {
              index = digit;
            }
          }
          return index ? index
                       : arith::ConstantIndexOp::create(inner, loc, 0)
                             .getResult();
        };
        Value result = emitScalar(inner, loc, e, type, readLeaf, readIndex);
        isEmitted = static_cast<bool>(result);
        linalg::YieldOp::create(inner, loc, isEmitted ? result : args.back());
      });
  if (!isEmitted)
    return refuse(Reason::CoefficientNotRowwise);
  IndexTuple index;
  for (VarId var : loops)
    index.push_back({var});
  Expr *leaf = reader.arena.leaf(generic.getResult(0), index, generic);
  return mapOperand(leaf, request(usedDims, {}, /*isKeySide=*/false,
                                  /*keepsUnitDims=*/true));
}

/// The only leaf of `sum`, if it is nothing else.
static Expr *getOnlyLeaf(const Sum &sum) {
  bool isOne = sum.size() == 1 && sum[0].scale == 1.0 &&
               sum[0].factors.size() == 1 && !sum[0].factors[0].isInverse &&
               sum[0].factors[0].e->kind == ExprKind::Leaf;
  return isOne ? sum[0].factors[0].e : nullptr;
}

FailureOr<MappedValue> FusionBuilder::buildCoefficient(const Sum &sum) {
  SmallVector<unsigned> dims = {kBatch, kHead, kQueryRow, kValueDim};
  AffineMap scalarMap =
      AffineMap::get(kNumAttentionDims, 0, builder.getContext());
  bool isConstant = sum.empty() || llvm::all_of(sum, [](const Term &t) {
                      return t.factors.empty();
                    });
  if (isConstant) {
    double value = 0.0;
    for (const Term &term : sum)
      value += term.scale;
    bool isExact = static_cast<double>(static_cast<float>(value)) == value;
    Type type = isExact ? builder.getF32Type() : builder.getF64Type();
    return MappedValue{
        arith::ConstantOp::create(builder, loc, FloatAttr::get(type, value)),
        scalarMap};
  }
  if (Expr *leaf = getOnlyLeaf(sum))
    if (leaf->type.isF32() || leaf->type.isF64()) {
      // A leaf that does not fit (part of a dimension) is copied below.
      PlanRequest asCoefficient = request(dims, {}, false, true);
      if (!isa<RankedTensorType>(leaf->root.getType()) ||
          planReshape(reader.vars, reader.vars.resolve(leaf->index),
                      asCoefficient))
        return mapOperand(leaf, asCoefficient);
    }
  Expr *e = algebra.build(sum, builder.getF32Type());
  SmallVector<Expr *> leaves;
  collectLeaves(e, leaves);
  bool isWide =
      llvm::any_of(leaves, [](Expr *leaf) { return leaf->type.isF64(); });
  Type type = isWide ? builder.getF64Type() : Type(builder.getF32Type());
  Digits used;
  algebra.collectVars(e, used);
  return buildExpr(sum, dims, type);
}

FailureOr<MappedValue> FusionBuilder::buildBias() {
  SmallVector<unsigned> dims = {kBatch, kHead, kQueryRow, kKeyRow};
  const Sum &sum = match.attention.bias;
  if (Expr *leaf = getOnlyLeaf(sum)) {
    PlanRequest asBias = request(dims, {}, false, true);
    bool isRanked = isa<RankedTensorType>(leaf->root.getType());
    if (isRanked && isSupportedFloat(leaf->type) &&
        planReshape(reader.vars, reader.vars.resolve(leaf->index), asBias))
      return mapOperand(leaf, asBias);
  }
  Expr *e = algebra.build(sum, builder.getF32Type());
  SmallVector<Expr *> leaves;
  collectLeaves(e, leaves);
  bool isWide =
      llvm::any_of(leaves, [](Expr *leaf) { return leaf->type.isF64(); });
  return buildExpr(sum, dims,
                   isWide ? builder.getF64Type() : Type(builder.getF32Type()));
}

/// An f64 copy: the op then computes in f64, as the module did.
FailureOr<Expr *> FusionBuilder::widenToF64(Expr *leaf) {
  Value source = leaf->root;
  int64_t rank = cast<RankedTensorType>(source.getType()).getRank();
  Type f64 = builder.getF64Type();
  Value init = tensor::EmptyOp::create(
      builder, loc, tensor::getMixedSizes(builder, loc, source), f64);
  SmallVector<AffineMap> maps(
      2, AffineMap::getMultiDimIdentityMap(rank, builder.getContext()));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, ValueRange{source},
      ValueRange{init}, maps, iterators,
      [&](OpBuilder &inner, Location, ValueRange args) {
        Value wide = arith::ExtFOp::create(inner, loc, f64, args[0]);
        linalg::YieldOp::create(inner, loc, wide);
      });
  return reader.arena.leaf(generic.getResult(0), leaf->index, leaf->origin);
}
