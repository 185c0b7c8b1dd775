//===- CoefficientBuilder.cpp - coefficients and masks as tensors
//----------------------------------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/FusionBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

/// The leaves of `e`, each once.
static void collectLeaves(Expr *e, SmallVectorImpl<Expr *> &leaves) {
  if (e->kind == ExprKind::Leaf && !llvm::is_contained(leaves, e))
    leaves.push_back(e);
  for (Expr *arg : e->args)
    collectLeaves(arg, leaves);
}

/// f64 if any leaf is, else f32.
static Type getComputeType(Expr *e) {
  SmallVector<Expr *> leaves;
  collectLeaves(e, leaves);
  for (Expr *leaf : leaves)
    if (leaf->type.isF64())
      return leaf->type;
  return Float32Type::get(e->type.getContext());
}

/// The value of a numeral over the loops of a generic; null if a radix is not
/// known.
static Value emitNumeral(OpBuilder &builder, Location loc, const VarTable &vars,
                         ArrayRef<VarId> digits, const Digits &loops) {
  Value index;
  for (VarId var : vars.resolve(digits)) {
    int64_t extent = vars.getExtent(var);
    if (extent == 1)
      continue;
    Value digit = linalg::IndexOp::create(
        builder, loc, llvm::find(loops, var) - loops.begin());
    if (index && ShapedType::isDynamic(extent))
      return {};
    if (!index) {
      index = digit;
      continue;
    }
    Value radix = arith::ConstantIndexOp::create(builder, loc, extent);
    index = arith::MulIOp::create(builder, loc, index, radix);
    index = arith::AddIOp::create(builder, loc, index, digit);
  }
  return index ? index
               : arith::ConstantIndexOp::create(builder, loc, 0).getResult();
}

/// A leaf of a new tensor that holds `e` over those of `dims` that it uses,
/// every variable a dimension of its own.
FailureOr<Expr *>
FusionBuilder::computeExpr(Expr *e, ArrayRef<unsigned> dims, Type type,
                           SmallVectorImpl<unsigned> &usedDims) {
  Digits used;
  algebra.collectVars(e, used);
  // Every logical dimension that is used at all becomes whole loops.
  PlanRequest asLoops;
  asLoops.keepsUnitDims = true;
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
        auto readIndex = [&](ArrayRef<VarId> digits) {
          return emitNumeral(inner, loc, reader.vars, digits, loops);
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
  return reader.arena.leaf(generic.getResult(0), index, generic);
}

/// `sum` as a scalar, or as a tensor over those of `dims` that it uses.
FailureOr<MappedValue>
FusionBuilder::buildExpr(const Sum &sum, ArrayRef<unsigned> dims, Type type) {
  SmallVector<unsigned> usedDims;
  FailureOr<Expr *> leaf =
      computeExpr(algebra.build(sum, type), dims, type, usedDims);
  if (failed(leaf))
    return failure();
  return mapOperand(*leaf, request(usedDims, {}, /*isKeySide=*/false,
                                   /*keepsUnitDims=*/true));
}

FailureOr<MappedValue>
FusionBuilder::buildResidual(const PlanRequest &asResidual) {
  SmallVector<unsigned> usedDims;
  FailureOr<Expr *> leaf =
      computeExpr(match.residual, {kBatch, kHead, kQueryRow, kValueDim},
                  getComputeType(match.residual), usedDims);
  if (failed(leaf))
    return failure();
  return mapOperand(*leaf, asResidual);
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
  return buildExpr(sum, dims,
                   getComputeType(algebra.build(sum, builder.getF32Type())));
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
  return buildExpr(sum, dims,
                   getComputeType(algebra.build(sum, builder.getF32Type())));
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
