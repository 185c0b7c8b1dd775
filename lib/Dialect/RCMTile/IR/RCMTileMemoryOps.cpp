//===- RCMTileMemoryOps.cpp - Verifiers of roles and memory -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Verifiers.h"

using namespace mlir;
using namespace rcm::tile;

//===----------------------------------------------------------------------===//
// Roles, memory
//===----------------------------------------------------------------------===//

LogicalResult SetRegistersOp::verify() {
  // setmaxnreg: a multiple of 8 in 24..256.
  if (getCount() % 8 == 0 && getCount() >= 24 && getCount() <= 256)
    return success();
  return emitOpError(
             "expected `count` to be a multiple of 8 in 24 to 256, got ")
         << getCount();
}

LogicalResult BarrierAtOp::verify() {
  if (getOffset() % 8 == 0 &&
      static_cast<int64_t>(getOffset()) < kMaxSharedBytes)
    return success();
  return emitOpError("expected `offset` to be a multiple of 8 below ")
         << kMaxSharedBytes << ", got " << getOffset();
}

LogicalResult SharedAtOp::verify() {
  SharedType type = getTile().getType();
  int64_t alignment = type.getSwizzle() ? 8 * type.getSwizzle() : 16;
  if (getOffset() % alignment != 0 || getStride() % alignment != 0)
    return emitOpError("expected `offset` and `stride` to be multiples of ")
           << alignment << ", got " << getOffset() << " and " << getStride();
  int64_t end = static_cast<int64_t>(getOffset()) + type.getBytes();
  if (end > kMaxSharedBytes)
    return emitOpError("expected the tile to end at most at byte ")
           << kMaxSharedBytes << ", got " << end;
  return success();
}

static LogicalResult expectBox(Operation *op, SharedType tile,
                               size_t coordinates) {
  if (tile.getSwizzle() == 0)
    return op->emitOpError("expected `tile` to be swizzled, got ") << tile;
  if (coordinates < 2 || coordinates > 5)
    return op->emitOpError("expected 2 to 5 coordinates, got ") << coordinates;
  return success();
}

LogicalResult TmaLoadOp::verify() {
  return expectBox(*this, getTile().getType(), getCoordinates().size());
}

LogicalResult TmaStoreOp::verify() {
  return expectBox(*this, getTile().getType(), getCoordinates().size());
}

LogicalResult LoadOp::verify() {
  return expectAccess(*this, getValue().getType(), getMemory().getType());
}

LogicalResult StoreOp::verify() {
  return expectAccess(*this, getValue().getType(), getMemory().getType());
}

LogicalResult LoadRowsOp::verify() {
  FragmentType type = getResult().getType();
  if (failed(expectFlat(*this, getMemory().getType())) ||
      failed(expectLayout(*this, "result", type, Layout::RowChunks)) ||
      failed(expectElement(*this, "result", type.getElementType(),
                           {elementOf(getMemory().getType())})))
    return failure();
  if (getColumns() < 1 ||
      static_cast<int64_t>(getColumns()) > type.getColumns())
    return emitOpError("expected `columns` to be 1 to ")
           << type.getColumns() << ", got " << getColumns();
  return success();
}

LogicalResult QuantizeRowsOp::verify() {
  FragmentType source = getSource().getType();
  SharedType tile = getTile().getType();
  if (failed(expectLayout(*this, "source", source, Layout::RowChunks)) ||
      failed(expectElement(*this, "tile", tile.getElementType(),
                           {IntegerType::get(getContext(), 8)})))
    return failure();
  return expectNumber(*this, "columns of `tile`", tile.getShape().back(),
                      source.getColumns());
}

LogicalResult QuantizeRowPairsOp::verify() {
  FragmentType source = getSource().getType();
  SharedType tile = getTile().getType(), ranges = getRanges().getType();
  if (failed(expectLayout(*this, "source", source, Layout::RowChunks)) ||
      failed(expectElement(*this, "tile", tile.getElementType(),
                           {IntegerType::get(getContext(), 8)})) ||
      failed(expectNumber(*this, "columns of `tile`", tile.getShape().back(),
                          source.getColumns())) ||
      failed(expectElement(*this, "ranges", ranges.getElementType(),
                           {Float32Type::get(getContext())})))
    return failure();
  return expectNumber(*this, "elements of `ranges`", ranges.getShape().back(),
                      layouts::kGroupRows / 2);
}

static LogicalResult verifyMatrixAccess(Operation *op, FragmentType fragment,
                                        SharedType tile, int64_t column) {
  if (failed(
          expectLayout(op, "fragment", fragment, Layout::WgmmaAccumulator)) ||
      failed(expectElement(op, "tile", tile.getElementType(),
                           {fragment.getElementType()})) ||
      failed(expectNumber(op, "bits of an element",
                          fragment.getElementType().getIntOrFloatBitWidth(),
                          16)) ||
      failed(expectNumber(op, "swizzle of `tile`", tile.getSwizzle(), 128)) ||
      failed(expectNumber(op, "columns of the fragment", fragment.getColumns(),
                          16)))
    return failure();
  return expectColumns(op, column, 16, tile.getShape().back(), 16);
}

LogicalResult LoadMatrixOp::verify() {
  return verifyMatrixAccess(*this, getResult().getType(), getTile().getType(),
                            getColumn());
}

LogicalResult StoreMatrixOp::verify() {
  return verifyMatrixAccess(*this, getSource().getType(), getTile().getType(),
                            getColumn());
}

LogicalResult LoadColumnsOp::verify() {
  FragmentType type = getResult().getType();
  SharedType tile = getTile().getType();
  if (failed(expectFlat(*this, tile)) ||
      failed(expectLayout(*this, "result", type, Layout::WgmmaColumns)) ||
      failed(expectElement(*this, "tile", tile.getElementType(),
                           {Float32Type::get(getContext())})))
    return failure();
  return expectColumns(*this, getColumn(), type.getColumns(),
                       tile.getShape().back(), 8);
}

LogicalResult LoadFragmentOp::verify() {
  if (failed(expectFlat(*this, getMemory().getType())) ||
      failed(expectElement(*this, "result",
                           getResult().getType().getElementType(),
                           {Float32Type::get(getContext())})))
    return failure();
  return expectLayout(*this, "result", getResult().getType(),
                      Layout::WgmmaAccumulator);
}

LogicalResult StoreFragmentOp::verify() {
  if (failed(expectFlat(*this, getMemory().getType())) ||
      failed(expectElement(*this, "source",
                           getSource().getType().getElementType(),
                           {Float32Type::get(getContext())})))
    return failure();
  return expectLayout(*this, "source", getSource().getType(),
                      Layout::WgmmaAccumulator);
}

//===----------------------------------------------------------------------===//
// Sums kept in memory
//===----------------------------------------------------------------------===//

int64_t StashOp::stashElements(int64_t registers) {
  constexpr int64_t kMaxima = 2; // rows of a thread
  return layouts::kWarpgroup * (registers + kMaxima);
}

static LogicalResult verifyStash(Operation *op, FragmentType source,
                                 FragmentType maximum, MemRefType memory) {
  Type f32 = Float32Type::get(op->getContext());
  if (failed(expectFlat(op, memory)) ||
      failed(expectElement(op, "memory", memory.getElementType(), {f32})) ||
      failed(expectElement(op, "source", source.getElementType(), {f32})) ||
      failed(expectLayout(op, "source", source, Layout::WgmmaAccumulator)))
    return failure();
  return expectType(
      op, "maximum", maximum,
      FragmentType::get({layouts::kGroupRows}, f32, Layout::WgmmaRows));
}

LogicalResult StashOp::verify() {
  return verifyStash(*this, getSource().getType(), getMaximum().getType(),
                     cast<MemRefType>(getMemory().getType()));
}

LogicalResult UnstashOp::verify() {
  return verifyStash(*this, getSource().getType(), getMaximum().getType(),
                     cast<MemRefType>(getMemory().getType()));
}
