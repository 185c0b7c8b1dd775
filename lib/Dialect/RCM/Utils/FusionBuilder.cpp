//===- FusionBuilder.cpp - writes the fused op
//----------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/FusionBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::match;

namespace {
/// Remembers what was created, to take it back.
struct CreationListener : OpBuilder::Listener {
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override {
    created.insert(op);
  }
  DenseSet<Operation *> created;
};
} // namespace

FailureOr<Value> FusionBuilder::build() {
  CreationListener listener;
  OpBuilder::Listener *previous = builder.getListener();
  builder.setListener(&listener);
  FailureOr<Value> result = buildAll();
  builder.setListener(previous);
  if (succeeded(result))
    return result;
  // Users first; ops in the bodies of generics go with them.
  Operation *op = match.result.getDefiningOp()->getPrevNode();
  while (op && listener.created.contains(op)) {
    Operation *before = op->getPrevNode();
    op->erase();
    op = before;
  }
  return failure();
}

PlanRequest FusionBuilder::request(ArrayRef<unsigned> dims,
                                   ArrayRef<unsigned> required, bool isKeySide,
                                   bool keepsUnitDims) const {
  PlanRequest request;
  for (unsigned dim : dims) {
    const Digits &numeral =
        dim == kHead && isKeySide ? layout.keyHead : layout.dims[dim];
    if (!numeral.empty())
      request.allowed.push_back({dim, numeral});
  }
  request.required.assign(required.begin(), required.end());
  request.keepsUnitDims = keepsUnitDims;
  return request;
}

//===----------------------------------------------------------------------===//
// Sizes and reshapes
//===----------------------------------------------------------------------===//

/// The extent of `var` from an operand of the fused op, which stays: its
/// dimension, or what the other digits of that leave of it.
Value FusionBuilder::getOperandSize(VarId var) {
  for (const Expr *leaf : {match.residual, match.attention.query,
                           match.attention.key, match.attention.value}) {
    if (!leaf)
      continue;
    for (auto [dim, written] : llvm::enumerate(leaf->index)) {
      Digits digits = reader.vars.resolve(written);
      if (!llvm::is_contained(digits, var))
        continue;
      int64_t others = 1;
      for (VarId other : digits)
        if (other != var && others != ShapedType::kDynamic) {
          int64_t extent = reader.vars.getExtent(other);
          others = extent > 0 ? others * extent : ShapedType::kDynamic;
        }
      if (ShapedType::isDynamic(others))
        continue;
      Value size = tensor::DimOp::create(builder, loc, leaf->root, dim);
      if (others == 1)
        return size;
      return arith::DivUIOp::create(
          builder, loc, size,
          arith::ConstantIndexOp::create(builder, loc, others));
    }
  }
  return {};
}

/// The size of the operand's dimension that `digits` spell, if there is one.
OpFoldResult FusionBuilder::getDimensionSize(ArrayRef<VarId> digits) {
  for (const Expr *leaf : {match.residual, match.attention.query,
                           match.attention.key, match.attention.value})
    for (unsigned dim = 0; leaf && dim < leaf->index.size(); ++dim)
      if (reader.vars.isSame(leaf->index[dim], digits))
        return tensor::getMixedSize(builder, loc, leaf->root, dim);
  return {};
}

FailureOr<OpFoldResult> FusionBuilder::getSize(ArrayRef<VarId> digits) {
  int64_t product = 1;
  SmallVector<Value> dynamic;
  if (llvm::any_of(reader.vars.resolve(digits), [&](VarId var) {
        return ShapedType::isDynamic(reader.vars.getExtent(var));
      }))
    if (OpFoldResult size = getDimensionSize(digits))
      return size;
  for (VarId var : reader.vars.resolve(digits)) {
    int64_t extent = reader.vars.getExtent(var);
    if (!ShapedType::isDynamic(extent)) {
      product *= extent;
      continue;
    }
    if (Value size = getOperandSize(var)) {
      dynamic.push_back(size);
      continue;
    }
    // What the fused op replaces must not stay for its size.
    ExtentSource source = getOrigin(reader.vars.getSource(var));
    if (!source.value || source.value == match.result)
      return refuse(Reason::UnsupportedLayout);
    dynamic.push_back(source.dim < 0
                          ? source.value
                          : tensor::DimOp::create(builder, loc, source.value,
                                                  source.dim));
  }
  if (dynamic.empty())
    return OpFoldResult(builder.getIndexAttr(product));
  Value size = dynamic[0];
  for (Value factor : llvm::drop_begin(dynamic))
    size = arith::MulIOp::create(builder, loc, size, factor);
  if (product != 1)
    size = arith::MulIOp::create(
        builder, loc, size,
        arith::ConstantIndexOp::create(builder, loc, product));
  return OpFoldResult(size);
}

/// The reassociation of consecutive groups of the given sizes.
static SmallVector<ReassociationIndices> getGroups(ArrayRef<unsigned> sizes) {
  SmallVector<ReassociationIndices> groups;
  int64_t next = 0;
  for (unsigned size : sizes) {
    groups.emplace_back();
    for (unsigned i = 0; i < size; ++i)
      groups.back().push_back(next++);
  }
  return groups;
}

static SmallVector<unsigned> getFineSizes(const ReshapePlan &plan) {
  return llvm::map_to_vector(
      plan.fine, [](const auto &dims) -> unsigned { return dims.size(); });
}

static bool isAllOnes(ArrayRef<unsigned> sizes) {
  return llvm::all_of(sizes, [](unsigned size) { return size == 1; });
}

Value FusionBuilder::reshape(Value value, const ReshapePlan &plan,
                             bool &isKnown) {
  isKnown = true;
  SmallVector<unsigned> fineSizes = getFineSizes(plan);
  // Split and joined again is the tensor itself.
  if (ArrayRef(fineSizes) == ArrayRef(plan.groupSizes))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  if (!isAllOnes(fineSizes)) {
    SmallVector<OpFoldResult> sizes;
    for (auto [dim, fine] : llvm::enumerate(plan.fine))
      for (const PlannedDim &planned : fine) {
        if (fine.size() == 1) {
          sizes.push_back(tensor::getMixedSize(builder, loc, value, dim));
          continue;
        }
        FailureOr<OpFoldResult> size = getSize(planned.digits);
        if (failed(size)) {
          isKnown = false;
          return {};
        }
        sizes.push_back(*size);
      }
    auto [staticShape, dynamicSizes] = decomposeMixedValues(sizes);
    value = tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get(staticShape, type.getElementType()),
        value, getGroups(fineSizes), sizes);
  }
  if (!isAllOnes(plan.groupSizes))
    value = tensor::CollapseShapeOp::create(builder, loc, value,
                                            getGroups(plan.groupSizes));
  return value;
}

/// Undoes the plan of the result's own dimensions.
FailureOr<Value> FusionBuilder::restore(Value value, const ReshapePlan &plan,
                                        RankedTensorType type) {
  SmallVector<unsigned> fineSizes = getFineSizes(plan);
  bool isSame = ArrayRef(fineSizes) == ArrayRef(plan.groupSizes);
  if (!isSame && !isAllOnes(plan.groupSizes)) {
    SmallVector<OpFoldResult> sizes;
    for (const auto &fine : plan.fine)
      for (const PlannedDim &planned : fine) {
        FailureOr<OpFoldResult> size = getSize(planned.digits);
        if (failed(size))
          return failure();
        sizes.push_back(*size);
      }
    auto [staticShape, dynamicSizes] = decomposeMixedValues(sizes);
    value = tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get(staticShape, type.getElementType()),
        value, getGroups(plan.groupSizes), sizes);
  }
  if (!isSame && !isAllOnes(fineSizes))
    value = tensor::CollapseShapeOp::create(builder, loc, value,
                                            getGroups(fineSizes));
  if (value.getType() != type)
    value = tensor::CastOp::create(builder, loc, type, value);
  return value;
}

static AffineMap getPlanMap(MLIRContext *context, const ReshapePlan &plan) {
  SmallVector<AffineExpr> results;
  for (const PlannedDim &planned : plan.result)
    results.push_back(planned.dim ? getAffineDimExpr(*planned.dim, context)
                                  : getAffineConstantExpr(0, context));
  return AffineMap::get(kNumAttentionDims, 0, results, context);
}

FailureOr<MappedValue> FusionBuilder::mapOperand(Expr *leaf,
                                                 const PlanRequest &request) {
  MLIRContext *context = builder.getContext();
  if (!isa<RankedTensorType>(leaf->root.getType()))
    return MappedValue{leaf->root,
                       AffineMap::get(kNumAttentionDims, 0, context)};
  std::optional<ReshapePlan> plan =
      planReshape(reader.vars, reader.vars.resolve(leaf->index), request);
  if (!plan)
    return refuse(Reason::UnsupportedLayout);
  bool isKnown = true;
  Value value = reshape(leaf->root, *plan, isKnown);
  if (!isKnown)
    return failure();
  return MappedValue{value, getPlanMap(context, *plan)};
}

//===----------------------------------------------------------------------===//
// The op
//===----------------------------------------------------------------------===//

FailureOr<Value> FusionBuilder::buildAll() {
  const AttentionMatch &attention = match.attention;
  FailureOr<Expr *> queryLeaf = attention.isWide
                                    ? widenToF64(attention.query)
                                    : FailureOr<Expr *>(attention.query);
  if (failed(queryLeaf))
    return failure();
  SmallVector<MappedValue> operands;
  auto add = [&](FailureOr<MappedValue> operand) -> LogicalResult {
    if (failed(operand))
      return failure();
    operands.push_back(*operand);
    return success();
  };
  SmallVector<unsigned> outDims = {kBatch, kHead, kQueryRow, kValueDim};
  SmallVector<unsigned> outRequired = outDims;
  llvm::erase_if(outRequired,
                 [&](unsigned dim) { return layout.dims[dim].empty(); });
  if (failed(add(mapOperand(*queryLeaf,
                            request({kBatch, kHead, kQueryRow, kKeyDim},
                                    {kQueryRow, kKeyDim}, false, false)))) ||
      failed(add(mapOperand(attention.key,
                            request({kBatch, kHead, kKeyRow, kKeyDim},
                                    {kKeyRow, kKeyDim}, true, false)))) ||
      failed(add(mapOperand(attention.value,
                            request({kBatch, kHead, kKeyRow, kValueDim},
                                    {kKeyRow, kValueDim}, true, false)))))
    return failure();
  if (match.residual) {
    PlanRequest asResidual = request(outDims, outRequired, false, false);
    if (failed(add(match.residual->kind == ExprKind::Leaf
                       ? mapOperand(match.residual, asResidual)
                       : buildResidual(asResidual))))
      return failure();
    MappedValue alpha, beta;
    if (buildSchedule(alpha, beta)) {
      operands.append({alpha, beta});
    } else if (failed(add(buildCoefficient(match.alpha))) ||
               failed(add(buildCoefficient(match.beta)))) {
      return failure();
    }
  }
  if (!attention.bias.empty() && failed(add(buildBias())))
    return failure();
  return buildFused(operands, buildCausalOffset());
}

/// constant +- scalar; null for 0.
Value FusionBuilder::buildCausalOffset() {
  const AttentionMatch &attention = match.attention;
  Value constant;
  if (attention.causalOffset != 0 || attention.isShiftNegated)
    constant =
        arith::ConstantIndexOp::create(builder, loc, attention.causalOffset);
  if (!attention.causalShift)
    return attention.causalOffset != 0 ? constant : Value();
  Value shift = attention.causalShift->root;
  if (!shift.getType().isIndex())
    shift = arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                       shift);
  if (attention.isShiftNegated)
    return arith::SubIOp::create(builder, loc, constant, shift);
  return constant ? arith::AddIOp::create(builder, loc, constant, shift)
                  : shift;
}

FailureOr<Value> FusionBuilder::buildFused(ArrayRef<MappedValue> operands,
                                           Value causalOffset) {
  MLIRContext *context = builder.getContext();
  auto type = cast<RankedTensorType>(match.result.getType());
  SmallVector<unsigned> outDims = {kBatch, kHead, kQueryRow, kValueDim};
  SmallVector<unsigned> required = outDims;
  llvm::erase_if(required,
                 [&](unsigned dim) { return layout.dims[dim].empty(); });
  std::optional<ReshapePlan> plan =
      planReshape(reader.vars, reader.vars.resolve(match.outIndex),
                  request(outDims, required, false, false));
  if (!plan)
    return refuse(Reason::UnsupportedLayout);
  SmallVector<OpFoldResult> sizes;
  for (const PlannedDim &planned : plan->result) {
    FailureOr<OpFoldResult> size = getSize(planned.digits);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
  }
  Value init =
      tensor::EmptyOp::create(builder, loc, sizes, type.getElementType());
  SmallVector<AffineMap> maps;
  SmallVector<Value> values;
  for (const MappedValue &operand : operands) {
    maps.push_back(operand.map);
    values.push_back(operand.value);
  }
  maps.push_back(getPlanMap(context, *plan));
  values.push_back(init);
  bool hasBias = !match.attention.bias.empty();
  Value bias = hasBias ? operands.back().value : Value();
  FloatAttr scale = builder.getF64FloatAttr(match.attention.scale);
  UnitAttr causal =
      match.attention.isCausal ? builder.getUnitAttr() : UnitAttr();
  ArrayAttr mapsAttr = getMapsAttrOrNull(context, maps, values,
                                         match.residual != nullptr, hasBias);
  if (match.residual)
    fused = AttentionSkipOp::create(builder, loc, init.getType(), values[0],
                                    values[1], values[2], values[3], values[4],
                                    values[5], bias, causalOffset, init, scale,
                                    causal, mapsAttr);
  else
    fused = AttentionOp::create(builder, loc, init.getType(), values[0],
                                values[1], values[2], bias, causalOffset, init,
                                scale, causal, mapsAttr);
  return restore(fused->getResult(0), *plan, type);
}

bool FusionBuilder::buildSchedule(MappedValue &alpha, MappedValue &beta) {
  Type type = builder.getF64Type();
  std::optional<ScheduleMatch> found =
      matchSchedule(reader, algebra, algebra.build(match.alpha, type),
                    algebra.build(match.beta, type));
  if (!found)
    return false;
  FailureOr<MappedValue> t =
      mapOperand(found->t, request({kBatch, kHead, kQueryRow, kValueDim}, {},
                                   false, true));
  if (failed(t))
    return false;
  FloatAttr sigma = builder.getF64FloatAttr(found->sigmaData);
  SmallVector<Value> outs;
  SmallVector<Type> types(2, t->value.getType());
  if (auto shaped = dyn_cast<RankedTensorType>(t->value.getType())) {
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, loc, t->value);
    for (int i = 0; i < 2; ++i)
      outs.push_back(tensor::EmptyOp::create(builder, loc, sizes,
                                             shaped.getElementType()));
  }
  auto scheduleAttr =
      SkipScheduleAttr::get(builder.getContext(), found->schedule);
  auto op = SkipCoefficientsOp::create(builder, loc, TypeRange(types),
                                       scheduleAttr, sigma, t->value, outs);
  alpha = {op->getResult(0), t->map};
  beta = {op->getResult(1), t->map};
  schedule = found->schedule;
  return true;
}
