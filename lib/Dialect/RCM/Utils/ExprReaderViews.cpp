//===- ExprReaderViews.cpp - through ops that only move elements
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/ExprReader.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rcm::match;

std::optional<double> rcm::match::getUniformConstant(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return getUniformConstant(fill.value());
  if (auto splat = value.getDefiningOp<tensor::SplatOp>())
    return getUniformConstant(splat.getInput());
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return std::nullopt;
  Attribute attribute = constant.getValue();
  if (auto splat = dyn_cast<SplatElementsAttr>(attribute))
    attribute = splat.getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(attribute))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(attribute)) {
    if (number.getType().isInteger(1))
      return number.getValue().isZero() ? 0.0 : 1.0;
    return static_cast<double>(number.getValue().getSExtValue());
  }
  return std::nullopt;
}

IndexTuple ExprReader::freshIndex(Value value) {
  IndexTuple index;
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    for (auto [dim, size] : llvm::enumerate(type.getShape()))
      index.push_back({vars.add(size, {value, static_cast<int64_t>(dim)})});
  return index;
}

Expr *ExprReader::leaf(Value root, IndexTuple index) {
  if (std::optional<double> value = getUniformConstant(root))
    return arena.constant(*value, getElementTypeOrSelf(root.getType()));
  Operation *origin = root.getDefiningOp();
  while (stepThroughView(root, index))
    if (std::optional<double> value = getUniformConstant(root))
      return arena.constant(*value, getElementTypeOrSelf(root.getType()));
  if (!isa<ShapedType>(root.getType()))
    return readScalar(root);
  return arena.leaf(root, std::move(index), origin);
}

bool ExprReader::stepThroughView(Value &root, IndexTuple &index) {
  Operation *op = root.getDefiningOp();
  if (!op)
    return false;
  if (auto cast = dyn_cast<tensor::CastOp>(op)) {
    auto source = dyn_cast<RankedTensorType>(cast.getSource().getType());
    if (!source || source.getRank() != static_cast<int64_t>(index.size()))
      return false;
    root = cast.getSource();
    return true;
  }
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    IndexTuple sourceIndex;
    for (const ReassociationIndices &group : expand.getReassociationIndices()) {
      Digits digits;
      for (int64_t dim : group)
        llvm::append_range(digits, index[dim]);
      sourceIndex.push_back(digits);
    }
    root = expand.getSrc();
    index = sourceIndex;
    return true;
  }
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    return stepThroughCollapse(collapse, root, index);
  if (auto splat = dyn_cast<tensor::SplatOp>(op)) {
    root = splat.getInput();
    index = {};
    return true;
  }
  if (auto fromElements = dyn_cast<tensor::FromElementsOp>(op)) {
    if (fromElements.getElements().size() != 1)
      return false;
    root = fromElements.getElements().front();
    index = {};
    return true;
  }
  // Exact widening of a whole tensor.
  if (auto widen = dyn_cast<arith::ExtFOp>(op)) {
    if (!isa<RankedTensorType>(widen.getIn().getType()))
      return false;
    root = widen.getIn();
    return true;
  }
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return stepThroughGeneric(linalgOp, cast<OpResult>(root).getResultNumber(),
                              root, index);
  return false;
}

bool ExprReader::stepThroughCollapse(tensor::CollapseShapeOp op, Value &root,
                                     IndexTuple &index) {
  auto source = cast<RankedTensorType>(op.getSrc().getType());
  auto groups = op.getReassociationIndices();
  IndexTuple sourceIndex(source.getRank());
  if (groups.empty()) { // to rank 0: every source dimension has size 1
    root = op.getSrc();
    index = sourceIndex;
    return true;
  }
  for (auto [position, group] : llvm::enumerate(groups)) {
    SmallVector<int64_t> sizes;
    SmallVector<ExtentSource> sources;
    for (int64_t dim : group) {
      sizes.push_back(source.getDimSize(dim));
      sources.push_back({op.getSrc(), dim});
    }
    if (group.size() == 1) {
      sourceIndex[group[0]] = index[position];
      continue;
    }
    std::optional<IndexTuple> digits =
        vars.cut(index[position], sizes, sources);
    if (!digits)
      return false;
    for (auto [offset, dim] : llvm::enumerate(group))
      sourceIndex[dim] = (*digits)[offset];
  }
  root = op.getSrc();
  index = sourceIndex;
  return true;
}

bool ExprReader::stepThroughGeneric(linalg::LinalgOp op, unsigned result,
                                    Value &root, IndexTuple &index) {
  if (!op.hasPureTensorSemantics() ||
      op.getNumParallelLoops() != op.getNumLoops())
    return false;
  Value yielded = op.getBlock()->getTerminator()->getOperand(result);
  while (auto widen = yielded.getDefiningOp<arith::ExtFOp>())
    yielded = widen.getIn();
  if (getUniformConstant(yielded)) {
    root = yielded;
    index = {};
    return true;
  }
  auto argument = dyn_cast<BlockArgument>(yielded);
  if (!argument || argument.getOwner() != op.getBlock()) {
    // A scalar written to every element, as linalg.fill does.
    bool isCaptured = yielded.getParentBlock() != op.getBlock();
    if (!isCaptured)
      return false;
    root = yielded;
    index = {};
    return true;
  }
  Digits bound;
  auto loops = bindLoops(op, result, index, bound);
  if (!loops)
    return false;
  OpOperand *operand = op.getMatchingOpOperand(argument);
  if (!op.isDpsInput(operand) && !coversAllLoops(op, operand))
    return false;
  auto operandIndex = readMap(op.getMatchingIndexingMap(operand),
                              operand->get().getType(), *loops);
  if (!operandIndex)
    return false;
  root = operand->get();
  index = *operandIndex;
  return true;
}
