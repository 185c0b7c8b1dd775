//===- RCMTileOps.cpp - Verifiers of products and fragments -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Verifiers.h"

using namespace mlir;
using namespace rcm::tile;

#define GET_OP_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

LogicalResult QKOp::verify() {
  SharedType query = getQuery().getType(), key = getKey().getType();
  Type i8 = IntegerType::get(getContext(), 8);
  Type f16 = Float16Type::get(getContext());
  Type bf16 = BFloat16Type::get(getContext());
  Type element = query.getElementType();
  if (failed(expectElement(*this, "query", element, {i8, f16, bf16})) ||
      failed(expectElement(*this, "key", key.getElementType(), {element})) ||
      failed(expectNumber(*this, "rows of `query`", query.getRows(),
                          layouts::kGroupRows)) ||
      failed(expectNumber(*this, "columns of `key`", key.getShape().back(),
                          query.getShape().back())) ||
      failed(expectNumber(*this, "swizzle of `key`", key.getSwizzle(),
                          query.getSwizzle())))
    return failure();
  if (query.getSwizzle() == 0)
    return emitOpError("expected `query` to be swizzled, got ") << query;
  Type sum = Float32Type::get(getContext());
  if (element == i8)
    sum = IntegerType::get(getContext(), 32);
  return expectType(*this, "scores", getScores().getType().getFragment(),
                    FragmentType::get({layouts::kGroupRows, key.getRows()}, sum,
                                      Layout::WgmmaAccumulator));
}

LogicalResult PVOp::verify() {
  SharedType value = getValue().getType();
  FragmentType probabilities = getProbabilities().getType();
  Type element = value.getElementType();
  Type e4m3 = Float8E4M3FNType::get(getContext());
  if (failed(expectElement(*this, "value", element,
                           {e4m3, Float16Type::get(getContext()),
                            BFloat16Type::get(getContext())})) ||
      failed(expectElement(*this, "probabilities",
                           probabilities.getElementType(), {element})) ||
      failed(expectLayout(*this, "probabilities", probabilities,
                          Layout::WgmmaOperandA)))
    return failure();
  bool transposed = element == e4m3;
  if (value.getSwizzle() == 0 ||
      (!transposed && value.getSwizzle() != layouts::kPanelBytes))
    return emitOpError("expected `value` to be swizzled")
           << (transposed ? "" : " by 128 bytes") << ", got " << value;
  int64_t keys = transposed ? value.getShape().back() : value.getRows();
  int64_t columns = transposed ? value.getRows() : value.getShape().back();
  int64_t steps = keys / probabilities.getColumns();
  if (static_cast<int64_t>(getStep()) >= steps)
    return emitOpError("expected `step` to be below ")
           << steps << ", got " << getStep();
  FragmentType result = getResult().getType().getFragment();
  if (getAccumulator()) {
    Type type = getAccumulator().getType();
    if (auto async = dyn_cast<AsyncType>(type))
      type = async.getFragment();
    if (failed(expectType(*this, "accumulator", type, result)))
      return failure();
  }
  return expectType(*this, "result", result,
                    FragmentType::get({layouts::kGroupRows, columns},
                                      Float32Type::get(getContext()),
                                      Layout::WgmmaAccumulator));
}

LogicalResult WaitOp::verify() {
  return expectType(*this, "result", getResult().getType(),
                    getProduct().getType().getFragment());
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

static FragmentType rowsOf(MLIRContext *context, Layout layout) {
  return FragmentType::get({layouts::kGroupRows}, Float32Type::get(context),
                           layout);
}

LogicalResult RowMaxOp::verify() {
  if (failed(expectLayout(*this, "source", getSource().getType(),
                          Layout::WgmmaAccumulator)) ||
      failed(expectElement(*this, "source",
                           getSource().getType().getElementType(),
                           {IntegerType::get(getContext(), 32),
                            Float32Type::get(getContext())})))
    return failure();
  return expectType(*this, "result", getResult().getType(),
                    rowsOf(getContext(), Layout::WgmmaRows));
}

LogicalResult RowSumOp::verify() {
  if (failed(expectLayout(*this, "source", getSource().getType(),
                          Layout::WgmmaAccumulator)) ||
      failed(expectElement(*this, "source",
                           getSource().getType().getElementType(),
                           {Float32Type::get(getContext())})))
    return failure();
  Layout layout = getResult().getType().getLayout() == Layout::WgmmaRowParts
                      ? Layout::WgmmaRowParts
                      : Layout::WgmmaRows;
  return expectType(*this, "result", getResult().getType(),
                    rowsOf(getContext(), layout));
}

LogicalResult ReducePartsOp::verify() {
  if (failed(expectType(*this, "source", getSource().getType(),
                        rowsOf(getContext(), Layout::WgmmaRowParts))))
    return failure();
  return expectType(*this, "result", getResult().getType(),
                    rowsOf(getContext(), Layout::WgmmaRows));
}

LogicalResult AsOperandOp::verify() {
  FragmentType source = getSource().getType();
  if (failed(expectLayout(*this, "source", source, Layout::WgmmaAccumulator)) ||
      failed(expectElement(*this, "source", source.getElementType(),
                           {Float16Type::get(getContext()),
                            BFloat16Type::get(getContext())})))
    return failure();
  if (source.getColumns() % layouts::kStep16 != 0)
    return emitOpError("expected columns of `source` to be a multiple of ")
           << layouts::kStep16 << ", got " << source.getColumns();
  return expectType(*this, "result", getResult().getType(),
                    FragmentType::get(source.getShape(),
                                      source.getElementType(),
                                      Layout::WgmmaOperandA));
}

LogicalResult ExpPackOp::verify() {
  FragmentType scores = getScores().getType();
  if (failed(expectLayout(*this, "scores", scores, Layout::WgmmaAccumulator)) ||
      failed(expectElement(*this, "scores", scores.getElementType(),
                           {IntegerType::get(getContext(), 32),
                            Float32Type::get(getContext())})) ||
      failed(expectType(*this, "offset", getOffset().getType(),
                        rowsOf(getContext(), Layout::WgmmaRows))))
    return failure();
  int64_t steps = scores.getColumns() / layouts::kStep8;
  if (static_cast<int64_t>(getStep()) >= steps)
    return emitOpError("expected `step` to be below ")
           << steps << ", got " << getStep();
  return expectType(*this, "result", getResult().getType(),
                    FragmentType::get({layouts::kGroupRows, layouts::kStep8},
                                      Float8E4M3FNType::get(getContext()),
                                      Layout::WgmmaOperandA));
}

LogicalResult RescaleIfOp::verify() {
  if (failed(expectType(*this, "factor", getFactor().getType(),
                        rowsOf(getContext(), Layout::WgmmaRows))) ||
      failed(expectElement(*this, "source",
                           getSource().getType().getElementType(),
                           {Float32Type::get(getContext())})) ||
      failed(expectType(*this, "result", getResult().getType(),
                        getSource().getType())))
    return failure();
  return expectLayout(*this, "source", getSource().getType(),
                      Layout::WgmmaAccumulator);
}

LogicalResult SliceOp::verify() {
  FragmentType source = getSource().getType(), result = getResult().getType();
  if (failed(expectLayout(*this, "source", source, Layout::WgmmaAccumulator)) ||
      failed(expectLayout(*this, "result", result, Layout::WgmmaAccumulator)) ||
      failed(expectElement(*this, "result", result.getElementType(),
                           {source.getElementType()})))
    return failure();
  return expectColumns(*this, getColumn(), result.getColumns(),
                       source.getColumns(), 8);
}

LogicalResult JoinOp::verify() {
  FragmentType left = getLeft().getType(), right = getRight().getType();
  if (failed(expectLayout(*this, "left", left, Layout::WgmmaAccumulator)) ||
      failed(expectLayout(*this, "right", right, Layout::WgmmaAccumulator)))
    return failure();
  return expectType(*this, "result", getResult().getType(),
                    FragmentType::get({layouts::kGroupRows,
                                       left.getColumns() + right.getColumns()},
                                      left.getElementType(),
                                      Layout::WgmmaAccumulator));
}

LogicalResult FirstColumnOp::verify() {
  if (failed(expectLayout(*this, "source", getSource().getType(),
                          Layout::WgmmaAccumulator)))
    return failure();
  return expectType(*this, "result", getResult().getType(),
                    rowsOf(getContext(), Layout::WgmmaLeadRows));
}

LogicalResult BroadcastRowsOp::verify() {
  if (failed(expectLayout(*this, "source", getSource().getType(),
                          Layout::WgmmaLeadRows)))
    return failure();
  return expectType(*this, "result", getResult().getType(),
                    rowsOf(getContext(), Layout::WgmmaRows));
}

LogicalResult ConvertOp::verify() {
  FragmentType source = getSource().getType(), result = getResult().getType();
  if (source.getShape() != result.getShape() ||
      source.getLayout() != result.getLayout())
    return emitOpError("expected shape and layout of `result` to be those of "
                       "`source`, got ")
           << result;
  Type from = source.getElementType(), to = result.getElementType();
  auto half = [](Type type) { return type.isF16() || type.isBF16(); };
  if ((half(from) && to.isF32()) || (from.isF32() && half(to)) ||
      (from.isInteger(32) && to.isF32()))
    return success();
  return emitOpError("expected a conversion between f32 and a 16-bit float or "
                     "from i32 to f32, got ")
         << from << " to " << to;
}

LogicalResult MaskColumnsOp::verify() {
  FragmentType source = getSource().getType();
  if (failed(expectLayout(*this, "source", source, Layout::WgmmaAccumulator)) ||
      failed(expectLayout(*this, "limit", getLimit().getType(),
                          Layout::WgmmaRows)) ||
      failed(expectElement(*this, "limit",
                           getLimit().getType().getElementType(),
                           {IntegerType::get(getContext(), 32)})) ||
      failed(expectType(*this, "masked", getMasked().getType(),
                        source.getElementType())))
    return failure();
  return expectType(*this, "result", getResult().getType(), source);
}

LogicalResult MapOp::verify() {
  Block &block = getBody().front();
  if (failed(expectNumber(*this, "block arguments", block.getNumArguments(),
                          getInputs().size())))
    return failure();
  Layout layout = getResult().getType().getLayout();
  for (auto [input, argument] : llvm::zip(getInputs(), block.getArguments())) {
    Type element = input.getType();
    if (auto fragment = dyn_cast<FragmentType>(element)) {
      element = fragment.getElementType();
      bool broadcast = layout == Layout::WgmmaAccumulator &&
                       (fragment.getLayout() == Layout::WgmmaRows ||
                        fragment.getLayout() == Layout::WgmmaColumns);
      bool leads = (layout == Layout::WgmmaLeadRows ||
                    layout == Layout::WgmmaRowParts) &&
                   fragment.getLayout() == Layout::WgmmaRows;
      if (fragment.getLayout() != layout && !broadcast && !leads)
        return emitOpError("expected layout of an input to be ")
               << stringifyLayout(layout) << " or broadcast to it, got "
               << stringifyLayout(fragment.getLayout());
    }
    if (failed(expectType(*this, "input's block argument", argument.getType(),
                          element)))
      return failure();
  }
  auto yield = cast<YieldOp>(block.getTerminator());
  if (failed(
          expectNumber(*this, "yielded values", yield.getValues().size(), 1)))
    return failure();
  return expectType(*this, "yielded value", yield.getValues()[0].getType(),
                    getResult().getType().getElementType());
}
