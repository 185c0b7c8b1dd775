//===- LoopBuilder.cpp - linalg ops over named loops
//----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "LoopBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace rcm;

Value rcm::convertFloat(OpBuilder &builder, Location loc, Value value,
                        Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(builder, loc, type, value);
  if (from > to)
    return arith::TruncFOp::create(builder, loc, type, value);
  assert(value.getType() == type && "f16 and bf16 meet in a wider type only");
  return value;
}

Value LoopBuilder::Body::getIndex(Loop loop) const {
  assert(positions[loop] && "expected a loop of the op");
  return linalg::IndexOp::create(builder, loc, *positions[loop]);
}

Value LoopBuilder::Body::constant(Type type, double value) const {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getFloatAttr(type, value));
}

View LoopBuilder::makeTemporary(ArrayRef<unsigned> loops, Type elementType) {
  SmallVector<OpFoldResult> shape;
  SmallVector<AffineExpr> results;
  for (unsigned loop : loops) {
    shape.push_back(sizes[loop]);
    results.push_back(builder.getAffineDimExpr(loop));
  }
  AffineMap map = AffineMap::get(kNumLoops, 0, results, builder.getContext());
  if (onTensors)
    return {tensor::EmptyOp::create(builder, loc, shape, elementType), map};
  SmallVector<int64_t> staticShape;
  SmallVector<Value> dynamicSizes;
  dispatchIndexOpFoldResults(shape, dynamicSizes, staticShape);
  buffers.push_back(memref::AllocOp::create(
      builder, loc, MemRefType::get(staticShape, elementType), dynamicSizes));
  return {buffers.back(), map};
}

View LoopBuilder::fill(View view, double value) {
  Type type = cast<ShapedType>(view.value.getType()).getElementType();
  Value scalar = arith::ConstantOp::create(builder, loc,
                                           builder.getFloatAttr(type, value));
  auto op = linalg::FillOp::create(builder, loc, scalar, view.value);
  return {onTensors ? op.getResult(0) : view.value, view.map};
}

/// The element of a view with `members`.
Value LoopBuilder::gather(const View &view, const Body &body) const {
  SmallVector<Value> indices;
  for (AffineExpr result : view.map.getResults()) {
    auto loop = static_cast<Loop>(cast<AffineDimExpr>(result).getPosition());
    Value index = body.getIndex(loop);
    if (loop == kGroupLoop)
      index =
          arith::DivUIOp::create(body.builder, body.loc, index, view.members);
    indices.push_back(index);
  }
  return memref::LoadOp::create(body.builder, body.loc, view.value, indices);
}

/// True for a view that is an input of its op; scalars are captured and views
/// with `members` are gathered from.
static bool isInput(const View &view) {
  return isa<ShapedType>(view.value.getType()) && !view.members;
}

View LoopBuilder::emit(ArrayRef<View> ins, View out,
                       ArrayRef<unsigned> reductions, BodyFn body) {
  SmallVector<AffineMap> maps;
  SmallVector<Value> inputs;
  for (const View &view : ins)
    if (isInput(view)) {
      maps.push_back(view.map);
      inputs.push_back(view.value);
    }
  maps.push_back(out.map);

  SmallVector<std::optional<unsigned>> positions(kNumLoops);
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < kNumLoops; ++loop) {
    if (llvm::none_of(maps,
                      [&](AffineMap map) { return map.isFunctionOfDim(loop); }))
      continue;
    positions[loop] = iterators.size();
    iterators.push_back(llvm::is_contained(reductions, loop)
                            ? utils::IteratorType::reduction
                            : utils::IteratorType::parallel);
  }
  maps = compressUnusedDims(ArrayRef<AffineMap>(maps));

  auto buildBody = [&](OpBuilder &nested, Location nestedLoc, ValueRange args) {
    Body context{nested, nestedLoc, {}, positions};
    unsigned next = 0;
    for (const View &view : ins)
      context.elements.push_back(isInput(view)  ? args[next++]
                                 : view.members ? gather(view, context)
                                                : view.value);
    context.elements.push_back(args[next]);
    linalg::YieldOp::create(nested, nestedLoc, body(context));
  };
  TypeRange results;
  if (onTensors)
    results = out.value.getType();
  auto op = linalg::GenericOp::create(builder, loc, results, inputs, out.value,
                                      maps, iterators, buildBody);
  return {onTensors ? op.getResult(0) : out.value, out.map};
}

void LoopBuilder::freeTemporaries() {
  // The attribute keeps buffer deallocation passes from freeing them again.
  StringRef manual = bufferization::BufferizationDialect::kManualDeallocation;
  for (Value buffer : buffers) {
    auto dealloc = memref::DeallocOp::create(builder, loc, buffer);
    for (Operation *op : {buffer.getDefiningOp(), dealloc.getOperation()})
      op->setAttr(manual, builder.getUnitAttr());
  }
  buffers.clear();
}
