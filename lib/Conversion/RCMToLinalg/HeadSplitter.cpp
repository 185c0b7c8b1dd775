//===- HeadSplitter.cpp - grouped heads as two dimensions
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HeadSplitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;
using namespace rcm;

/// The loop of a dimension that is not split.
static unsigned getLoop(unsigned dim) {
  constexpr Loop kLoops[] = {kBatchLoop, kGroupLoop, kRowLoop,
                             kKeyLoop,   kDepthLoop, kValueLoop};
  return kLoops[dim];
}

static OpFoldResult getMixedSize(OpBuilder &builder, Location loc, Value value,
                                 int64_t position) {
  if (isa<RankedTensorType>(value.getType()))
    return tensor::getMixedSize(builder, loc, value, position);
  return memref::getMixedSize(builder, loc, value, position);
}

namespace {
/// Where the size of a dimension can be had; no operand if it is static or if
/// there is no such dimension.
struct SizeSource {
  int64_t size = ShapedType::kDynamic;
  Value operand;
  unsigned position = 0;

  bool exists() const { return operand || ShapedType::isStatic(size); }
  OpFoldResult materialize(OpBuilder &builder, Location loc) const {
    if (operand)
      return getMixedSize(builder, loc, operand, position);
    if (exists())
      return builder.getIndexAttr(size);
    return {};
  }
};
} // namespace

/// The size of `dim`; of the heads of keys and values if `shared`, else of
/// those of the other operands. A static size wins.
static SizeSource findSize(AttentionOpInterface op, AttentionDim dim,
                           bool shared) {
  SizeSource source;
  AffineExpr expr = getAffineDimExpr(dim, op->getContext());
  for (auto [index, value, map] :
       llvm::enumerate(op.getMappedOperands(), op.getMaps())) {
    bool isShared = index == 1 || index == 2; // key, value
    std::optional<unsigned> position = map.getResultPosition(expr);
    if (!position || (dim == kHead && isShared != shared))
      continue;
    int64_t size = cast<ShapedType>(value.getType()).getDimSize(*position);
    if (ShapedType::isStatic(size))
      return {size, Value(), 0};
    if (!source.operand)
      source = {size, value, *position};
  }
  return source;
}

/// True unless keys and values have no heads or as many as the queries.
static bool needsGroups(AttentionOpInterface op) {
  SizeSource groups = findSize(op, kHead, /*shared=*/true);
  SizeSource heads = findSize(op, kHead, /*shared=*/false);
  return groups.exists() &&
         (ShapedType::isDynamic(heads.size) || heads.size != groups.size);
}

/// True if the groups are known, so that query heads can be split into them.
static bool hasStaticGroups(AttentionOpInterface op) {
  return ShapedType::isStatic(findSize(op, kHead, /*shared=*/true).size);
}

bool HeadSplitter::canSplit(AttentionOpInterface op) {
  if (!needsGroups(op) || !hasStaticGroups(op))
    return true;
  return llvm::all_of(op.getMappedOperands(), [](Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return !type || type.isStrided();
  });
}

HeadSplitter::HeadSplitter(OpBuilder &builder, AttentionOpInterface op)
    : builder(builder), op(op), sizes(kNumLoops) {
  Location loc = op.getLoc();
  for (AttentionDim dim : {kBatch, kQueryRow, kKeyRow, kKeyDim, kValueDim})
    sizes[getLoop(dim)] =
        findSize(op, dim, /*shared=*/false).materialize(builder, loc);
  OpFoldResult heads =
      findSize(op, kHead, /*shared=*/false).materialize(builder, loc);
  sizes[kGroupLoop] = heads;
  if (!needsGroups(op))
    return;
  OpFoldResult groups =
      findSize(op, kHead, /*shared=*/true).materialize(builder, loc);
  std::optional<int64_t> numHeads = getConstantIntValue(heads);
  std::optional<int64_t> numGroups = getConstantIntValue(groups);
  OpFoldResult quotient;
  if (numHeads && numGroups) {
    quotient = builder.getIndexAttr(*numHeads / *numGroups);
  } else {
    Value dividend = getValueOrCreateConstantIndexOp(builder, loc, heads);
    Value divisor = getValueOrCreateConstantIndexOp(builder, loc, groups);
    quotient =
        arith::DivUIOp::create(builder, loc, dividend, divisor).getResult();
  }
  splits = hasStaticGroups(op);
  if (!splits) {
    members = cast<Value>(quotient);
    return;
  }
  sizes[kGroupLoop] = groups;
  sizes[kMemberLoop] = quotient;
}

SmallVector<unsigned> HeadSplitter::getLoops(AffineMap map) const {
  SmallVector<unsigned> loops;
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim) {
    if (!map.isFunctionOfDim(dim))
      continue;
    loops.push_back(getLoop(dim));
    if (dim == kHead && splits)
      loops.push_back(kMemberLoop);
  }
  return loops;
}

/// `map` over the loops; h becomes (group, member) if `split`.
AffineMap HeadSplitter::mapToLoops(AffineMap map, bool split) const {
  SmallVector<AffineExpr> results;
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim) {
      results.push_back(result); // the constant 0 of a broadcast dimension
      continue;
    }
    results.push_back(builder.getAffineDimExpr(getLoop(dim.getPosition())));
    if (split && dim.getPosition() == kHead)
      results.push_back(builder.getAffineDimExpr(kMemberLoop));
  }
  return AffineMap::get(kNumLoops, 0, results, builder.getContext());
}

/// [[0], .., [position, position + 1], ..]
static SmallVector<ReassociationIndices>
getSplitReassociation(int64_t rank, int64_t position) {
  SmallVector<ReassociationIndices> groups;
  int64_t next = 0;
  for (int64_t i = 0; i < rank; ++i) {
    groups.push_back({next++});
    if (i == position)
      groups.back().push_back(next++);
  }
  return groups;
}

View HeadSplitter::viewShared(Value value, AffineMap map) {
  AffineMap loops = mapToLoops(map, /*split=*/false);
  std::optional<unsigned> position =
      map.getResultPosition(builder.getAffineDimExpr(kHead));
  if (!members || !position)
    return {value, loops};
  if (isa<RankedTensorType>(value.getType()))
    return {repeat(value, *position), loops};
  return {value, loops, members};
}

/// Every head of the dimension at `position` as often as a group has members.
Value HeadSplitter::repeat(Value value, unsigned position) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank();
  SmallVector<OpFoldResult> shape = tensor::getMixedSizes(builder, loc, value);
  shape.insert(shape.begin() + position + 1, OpFoldResult(members));
  Value init =
      tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
  AffineMap toAll = builder.getMultiDimIdentityMap(rank + 1);
  SmallVector<AffineMap> maps = {toAll.dropResult(position + 1), toAll};
  SmallVector<utils::IteratorType> iterators(rank + 1,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{init.getType()}, ValueRange{value},
      ValueRange{init}, maps, iterators,
      [](OpBuilder &nested, Location nestedLoc, ValueRange args) {
        linalg::YieldOp::create(nested, nestedLoc, args.front());
      });
  return tensor::CollapseShapeOp::create(
      builder, loc, generic.getResult(0),
      getSplitReassociation(rank, position));
}

View HeadSplitter::viewQuerySide(Value value, AffineMap map) {
  std::optional<unsigned> position =
      map.getResultPosition(builder.getAffineDimExpr(kHead));
  if (!splits || !position)
    return {value, mapToLoops(map, /*split=*/false)};
  return {split(value, *position), mapToLoops(map, /*split=*/true)};
}

/// Expands the dimension at `position` to (group, member).
Value HeadSplitter::split(Value value, unsigned position) {
  Location loc = op.getLoc();
  auto type = cast<ShapedType>(value.getType());
  SmallVector<OpFoldResult> shape;
  for (unsigned i = 0; i < type.getRank(); ++i) {
    if (i == position)
      shape.append({sizes[kGroupLoop], sizes[kMemberLoop]});
    else
      shape.push_back(getMixedSize(builder, loc, value, i));
  }
  SmallVector<int64_t> staticShape;
  SmallVector<Value> dynamicSizes;
  dispatchIndexOpFoldResults(shape, dynamicSizes, staticShape);
  auto reassociation = getSplitReassociation(type.getRank(), position);
  // Both parts are static if another operand knows the number of heads.
  bool needsCast = ShapedType::isStatic(staticShape[position + 1]) &&
                   type.isDynamicDim(position);
  if (needsCast) {
    SmallVector<int64_t> known(type.getShape());
    known[position] = staticShape[position] * staticShape[position + 1];
    type = type.clone(known);
  }
  if (isa<RankedTensorType>(type)) {
    if (needsCast)
      value = tensor::CastOp::create(builder, loc, type, value);
    auto result = RankedTensorType::get(staticShape, type.getElementType());
    return tensor::ExpandShapeOp::create(builder, loc, result, value,
                                         reassociation, shape);
  }
  auto memrefType = cast<MemRefType>(type);
  if (needsCast)
    value = memref::CastOp::create(builder, loc, memrefType, value);
  FailureOr<MemRefType> result = memref::ExpandShapeOp::computeExpandedType(
      memrefType, staticShape, reassociation);
  assert(succeeded(result) && "strided memrefs can be expanded");
  return memref::ExpandShapeOp::create(builder, loc, *result, value,
                                       reassociation, shape);
}

Value HeadSplitter::merge(View view, Type type) {
  AffineExpr group = builder.getAffineDimExpr(kGroupLoop);
  std::optional<unsigned> position = view.map.getResultPosition(group);
  if (!splits || !position)
    return view.value;
  Location loc = op.getLoc();
  Value merged = tensor::CollapseShapeOp::create(
      builder, loc, view.value,
      getSplitReassociation(cast<ShapedType>(type).getRank(), *position));
  if (merged.getType() == type)
    return merged;
  return tensor::CastOp::create(builder, loc, type, merged);
}
