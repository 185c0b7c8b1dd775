//===- RCMMaps.cpp - indexing maps of the attention ops
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace rcm;

static AffineMap getProjection(MLIRContext *context, ArrayRef<unsigned> dims) {
  SmallVector<AffineExpr> results;
  for (unsigned dim : dims)
    results.push_back(getAffineDimExpr(dim, context));
  return AffineMap::get(kNumAttentionDims, /*symbolCount=*/0, results, context);
}

AffineMap rcm::getDefaultOperandMap(MLIRContext *context,
                                    ArrayRef<unsigned> dims, int64_t rank) {
  assert(dims.size() >= 3 && "expected b, h and at least one row dimension");
  if (rank == static_cast<int64_t>(dims.size()))
    return getProjection(context, dims);
  SmallVector<unsigned> kept(dims);
  kept.erase(kept.begin() + 1); // h
  if (rank == static_cast<int64_t>(kept.size()))
    return getProjection(context, kept);
  kept.erase(kept.begin()); // b
  if (rank == static_cast<int64_t>(kept.size()))
    return getProjection(context, kept);
  return {};
}

AffineMap rcm::getDefaultCoefficientMap(MLIRContext *context, int64_t rank) {
  const unsigned dims[] = {kBatch, kHead, kQueryRow, kValueDim};
  if (rank > 4)
    return {};
  return getProjection(context, ArrayRef<unsigned>(dims).take_front(rank));
}

/// The rank of a shaped operand; 0 for a scalar.
static int64_t getRank(Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  return type ? type.getRank() : 0;
}

/// The default maps in the order of `getMaps`; a null map where a rank has
/// none.
static SmallVector<AffineMap> getDefaultMaps(MLIRContext *context,
                                             ValueRange operands, bool hasSkip,
                                             bool hasBias) {
  SmallVector<AffineMap> maps;
  auto add = [&](ArrayRef<unsigned> dims) {
    int64_t rank = getRank(operands[maps.size()]);
    maps.push_back(getDefaultOperandMap(context, dims, rank));
  };
  const unsigned output[] = {kBatch, kHead, kQueryRow, kValueDim};
  add({kBatch, kHead, kQueryRow, kKeyDim});
  add({kBatch, kHead, kKeyRow, kKeyDim});
  add({kBatch, kHead, kKeyRow, kValueDim});
  if (hasSkip) {
    add(output);
    for (int i = 0; i < 2; ++i)
      maps.push_back(
          getDefaultCoefficientMap(context, getRank(operands[maps.size()])));
  }
  if (hasBias)
    add({kBatch, kHead, kQueryRow, kKeyRow});
  add(output);
  if (maps.size() < operands.size()) // lse
    add({kBatch, kHead, kQueryRow});
  return maps;
}

ArrayAttr rcm::getMapsAttrOrNull(MLIRContext *context, ArrayRef<AffineMap> maps,
                                 ValueRange operands, bool hasSkip,
                                 bool hasBias) {
  if (ArrayRef<AffineMap>(
          getDefaultMaps(context, operands, hasSkip, hasBias)) == maps)
    return {};
  return Builder(context).getAffineMapArrayAttr(maps);
}

SmallVector<Value> rcm::detail::getMappedOperands(Operation *op) {
  auto attention = cast<AttentionOpInterface>(op);
  SmallVector<Value> operands = {attention.getQuery(), attention.getKey(),
                                 attention.getValue()};
  if (Value residual = attention.getResidual())
    operands.append({residual, attention.getAlpha(), attention.getBeta()});
  if (Value bias = attention.getBias())
    operands.push_back(bias);
  llvm::append_range(operands,
                     cast<DestinationStyleOpInterface>(op).getDpsInits());
  return operands;
}

SmallVector<AffineMap> rcm::detail::getMapsOrDefaults(Operation *op) {
  auto attention = cast<AttentionOpInterface>(op);
  if (ArrayAttr written = attention.getWrittenMaps())
    return llvm::to_vector(written.getAsValueRange<AffineMapAttr>());
  return getDefaultMaps(op->getContext(), getMappedOperands(op),
                        attention.getResidual() != nullptr,
                        attention.getBias() != nullptr);
}

AttentionMaps rcm::detail::getNamedMaps(Operation *op) {
  auto attention = cast<AttentionOpInterface>(op);
  SmallVector<AffineMap> maps = getMapsOrDefaults(op);
  AttentionMaps named;
  unsigned next = 0;
  named.query = maps[next++];
  named.key = maps[next++];
  named.value = maps[next++];
  if (attention.getResidual()) {
    named.residual = maps[next++];
    named.alpha = maps[next++];
    named.beta = maps[next++];
  }
  if (attention.getBias())
    named.bias = maps[next++];
  named.out = maps[next++];
  if (attention.getLse())
    named.lse = maps[next++];
  return named;
}

/// The value of a constant global that `value` is, else null.
static Attribute getGlobalConstant(Value value) {
  auto get = value.getDefiningOp<memref::GetGlobalOp>();
  if (!get)
    return {};
  auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
      get, get.getNameAttr());
  if (!global || !global.getConstant())
    return {};
  return global.getInitialValueAttr();
}

std::optional<double> rcm::getLiteralConstant(Value value) {
  if (!value)
    return std::nullopt;
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  Attribute attribute =
      constant ? Attribute(constant.getValue()) : getGlobalConstant(value);
  if (auto splat = dyn_cast_if_present<SplatElementsAttr>(attribute))
    attribute = splat.getSplatValue<Attribute>();
  auto number = dyn_cast_if_present<FloatAttr>(attribute);
  if (!number)
    return std::nullopt;
  return number.getValueAsDouble();
}

bool rcm::isLiteralZero(Value coefficient) {
  return getLiteralConstant(coefficient) == 0.0;
}
