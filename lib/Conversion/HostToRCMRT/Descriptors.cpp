//===- Descriptors.cpp - where the memrefs of a host function lie
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Descriptors.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm;

int64_t rcm::getElementBytes(MemRefType type) {
  return llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

int64_t rcm::getStatedOffset(MemRefType type) {
  int64_t offset = 0;
  SmallVector<int64_t> strides;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return 0;
  return offset;
}

static Value getIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

static Value getIndex(ImplicitLocOpBuilder &b, OpFoldResult value) {
  if (auto constant = getConstantIntValue(value))
    return getIndex(b, *constant);
  return cast<Value>(value);
}

/// `address` + `elements` * size of one element.
static Value advance(ImplicitLocOpBuilder &b, Value address, Value elements,
                     MemRefType type) {
  Value bytes =
      arith::MulIOp::create(b, elements, getIndex(b, getElementBytes(type)));
  bytes = arith::IndexCastOp::create(b, b.getI64Type(), bytes);
  return arith::AddIOp::create(b, address, bytes);
}

Value DescriptorMap::getFirstElement(ImplicitLocOpBuilder &b, Value memref) {
  const Descriptor *descriptor = lookup(memref);
  if (!descriptor)
    return {};
  auto type = cast<MemRefType>(memref.getType());
  int64_t offset = getStatedOffset(type);
  if (offset == 0)
    return descriptor->base;
  return advance(b, descriptor->base, getIndex(b, offset), type);
}

const Descriptor *DescriptorMap::lookup(Value memref) {
  if (auto found = known.find(memref); found != known.end())
    return found->second.get();
  auto result = std::make_unique<Descriptor>();
  if (!compute(memref, *result))
    result = nullptr;
  return (known[memref] = std::move(result)).get();
}

bool DescriptorMap::compute(Value memref, Descriptor &result) {
  if (auto argument = dyn_cast<BlockArgument>(memref)) {
    if (!argument.getOwner()->isEntryBlock()) {
      emitError(memref.getLoc(), "expected buffers of the host function not to "
                                 "be chosen at run time");
      return false;
    }
    computeArgument(argument, result);
    return true;
  }
  Operation *op = memref.getDefiningOp();
  if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
    computeAlloc(alloc, result);
    return true;
  }
  if (auto castOp = dyn_cast<memref::CastOp>(op))
    return computeCast(castOp, result);
  if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op))
    return computeReinterpretCast(reinterpret, result);
  if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op)) {
    const Descriptor *source = lookup(metadata.getSource());
    if (source)
      result.base = source->base;
    return source != nullptr;
  }
  op->emitError("expected host functions to make buffers with memref.alloc, "
                "casts and views, got ")
      << op->getName();
  return false;
}

void DescriptorMap::computeArgument(BlockArgument argument,
                                    Descriptor &result) {
  auto type = cast<MemRefType>(argument.getType());
  ImplicitLocOpBuilder b(argument.getLoc(), argument.getContext());
  b.setInsertionPointToStart(argument.getOwner());
  result.base = rt::DataPointerOp::create(b, b.getI64Type(), argument);
  if (int64_t offset = getStatedOffset(type))
    result.base = advance(b, result.base, getIndex(b, -offset), type);
  auto metadata = memref::ExtractStridedMetadataOp::create(b, argument);
  int64_t offset = 0;
  SmallVector<int64_t> strides;
  (void)type.getStridesAndOffset(strides, offset);
  for (int64_t i = 0; i < type.getRank(); ++i) {
    result.sizes.push_back(type.isDynamicDim(i)
                               ? metadata.getSizes()[i]
                               : getIndex(b, type.getDimSize(i)));
    result.strides.push_back(ShapedType::isDynamic(strides[i])
                                 ? metadata.getStrides()[i]
                                 : getIndex(b, strides[i]));
  }
}

void DescriptorMap::computeAlloc(memref::AllocOp op, Descriptor &result) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  MemRefType type = op.getType();
  for (OpFoldResult size : op.getMixedSizes())
    result.sizes.push_back(getIndex(b, size));
  result.strides.resize(type.getRank());
  Value elements = getIndex(b, 1);
  for (int64_t i = type.getRank() - 1; i >= 0; --i) {
    result.strides[i] = elements;
    elements = arith::MulIOp::create(b, elements, result.sizes[i]);
  }
  Value bytes =
      arith::MulIOp::create(b, elements, getIndex(b, getElementBytes(type)));
  result.base = rt::ScratchOp::create(b, b.getI64Type(), bytes);
}

bool DescriptorMap::computeCast(memref::CastOp op, Descriptor &result) {
  auto sourceType = dyn_cast<MemRefType>(op.getSource().getType());
  auto type = dyn_cast<MemRefType>(op.getType());
  if (!sourceType || !type) {
    op.emitError("expected ranked buffers, got ") << op.getType();
    return false;
  }
  const Descriptor *source = lookup(op.getSource());
  if (!source)
    return false;
  result = *source;
  // The offset moves into or out of the base with the types' statements.
  int64_t moved = getStatedOffset(sourceType) - getStatedOffset(type);
  ImplicitLocOpBuilder b(op.getLoc(), op);
  if (moved != 0)
    result.base = advance(b, result.base, getIndex(b, moved), type);
  return true;
}

bool DescriptorMap::computeReinterpretCast(memref::ReinterpretCastOp op,
                                           Descriptor &result) {
  const Descriptor *source = lookup(op.getSource());
  if (!source)
    return false;
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto type = cast<MemRefType>(op.getType());
  result.base = source->base;
  OpFoldResult offset = op.getMixedOffsets().front();
  int64_t stated = getStatedOffset(type);
  auto constant = getConstantIntValue(offset);
  if (!constant || *constant != stated)
    result.base = advance(
        b, result.base,
        arith::SubIOp::create(b, getIndex(b, offset), getIndex(b, stated)),
        type);
  for (OpFoldResult size : op.getMixedSizes())
    result.sizes.push_back(getIndex(b, size));
  for (OpFoldResult stride : op.getMixedStrides())
    result.strides.push_back(getIndex(b, stride));
  return true;
}
