//===- OperandView.cpp - operands by logical position ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "OperandView.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace rcm;

bool OperandView::uses(AttentionDim dim) const {
  return value && isa<MemRefType>(value.getType()) && map.isFunctionOfDim(dim);
}

Type OperandView::getElementType() const {
  return getElementTypeOrSelf(value.getType());
}

Value OperandView::getSize(CodeBuilder &b, AttentionDim dim) const {
  if (!uses(dim))
    return {};
  unsigned position =
      *map.getResultPosition(getAffineDimExpr(dim, b.getContext()));
  int64_t size = cast<MemRefType>(value.getType()).getDimSize(position);
  if (!ShapedType::isDynamic(size))
    return b.index(size);
  return memref::DimOp::create(b, value, position);
}

bool OperandView::isContiguous(AttentionDim dim) const {
  if (!uses(dim))
    return false;
  auto last = dyn_cast<AffineDimExpr>(map.getResults().back());
  return last && last.getPosition() == static_cast<unsigned>(dim) &&
         cast<MemRefType>(value.getType()).isLastDimUnitStride();
}

SmallVector<Value> OperandView::getIndices(CodeBuilder &b,
                                           const Position &at) const {
  SmallVector<Value> indices;
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim) {
      indices.push_back(b.index(0));
      continue;
    }
    Value index = at[dim.getPosition()];
    if (dim.getPosition() == kHead && fixedHead)
      index = fixedHead;
    indices.push_back(index);
  }
  return indices;
}

Value OperandView::load(CodeBuilder &b, const Position &at) const {
  if (!isa<MemRefType>(value.getType()))
    return value;
  return memref::LoadOp::create(b, value, getIndices(b, at));
}

Value OperandView::loadVector(CodeBuilder &b, const Position &at,
                              AttentionDim dim, int64_t lanes) const {
  auto type = VectorType::get(lanes, getElementType());
  if (!uses(dim))
    return b.splat(load(b, at), type);
  if (isContiguous(dim))
    return vector::LoadOp::create(b, type, value, getIndices(b, at));
  SmallVector<Value> elements;
  Position next = at;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    next[dim] = b.add(at[dim], lane);
    elements.push_back(load(b, next));
  }
  return vector::FromElementsOp::create(b, type, elements);
}

void OperandView::store(CodeBuilder &b, Value element,
                        const Position &at) const {
  memref::StoreOp::create(b, element, value, getIndices(b, at));
}

void OperandView::storeVector(CodeBuilder &b, Value vector, const Position &at,
                              AttentionDim dim) const {
  if (isContiguous(dim)) {
    vector::StoreOp::create(b, vector, value, getIndices(b, at));
    return;
  }
  Position next = at;
  for (int64_t lane = 0, e = cast<VectorType>(vector.getType()).getDimSize(0);
       lane < e; ++lane) {
    next[dim] = b.add(at[dim], lane);
    store(b, vector::ExtractOp::create(b, vector, lane), next);
  }
}
