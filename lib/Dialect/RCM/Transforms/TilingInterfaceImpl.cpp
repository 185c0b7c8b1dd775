//===- TilingInterfaceImpl.cpp - tiles of attention
//-----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/ExternalModels.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/TilingInterface.h"

using namespace mlir;
using namespace rcm;

namespace {

/// A range of one dimension.
struct Tile {
  OpFoldResult offset, size;
};

/// The tile of one op: a range per tiled dimension, none for the others.
class AttentionTile {
public:
  AttentionTile(OpBuilder &b, AttentionOpInterface op,
                ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes);

  /// The op on slices of its operands. Emits an error if grouped heads do not
  /// allow the tile.
  FailureOr<TilingResult> emit();

private:
  FailureOr<Tile> getGroupTile();
  FailureOr<Value> slice(unsigned position, Value value, AffineMap map);
  Value getCausalOffset();

  OpBuilder &b;
  Location loc;
  AttentionOpInterface op;
  std::optional<Tile> tiles[kNumAttentionDims];
  TilingResult result;
};

} // namespace

/// The dimensions of the loops: those of the output without d, in its order.
static SmallVector<unsigned> getLoopDims(AttentionOpInterface op) {
  SmallVector<unsigned> dims;
  for (AffineExpr expr : op.getNamedMaps().out.getResults())
    if (unsigned dim = cast<AffineDimExpr>(expr).getPosition();
        dim != kValueDim)
      dims.push_back(dim);
  return dims;
}

static OpFoldResult getSize(OpBuilder &b, Location loc, Value value,
                            int64_t position) {
  if (isa<RankedTensorType>(value.getType()))
    return tensor::getMixedSize(b, loc, value, position);
  return memref::getMixedSize(b, loc, value, position);
}

/// The static size of h in `value`; dynamic if unknown, nothing if absent.
static std::optional<int64_t> getNumHeads(Value value, AffineMap map) {
  std::optional<unsigned> position =
      map.getResultPosition(getAffineDimExpr(kHead, map.getContext()));
  if (!position)
    return std::nullopt;
  return cast<ShapedType>(value.getType()).getDimSize(*position);
}

/// True if `value` is known to be a multiple of `factor`: a constant, the
/// induction variable of a loop whose bounds and step say so, or an affine
/// expression of these.
static bool isMultipleOf(OpFoldResult value, int64_t factor) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return *constant % factor == 0;
  auto dynamic = cast<Value>(value);
  if (auto apply = dynamic.getDefiningOp<affine::AffineApplyOp>()) {
    AffineMap map = apply.getAffineMap();
    if (map.getResult(0).isMultipleOf(factor))
      return true;
    // A bare operand: look through.
    if (isa<AffineDimExpr, AffineSymbolExpr>(map.getResult(0)) &&
        apply.getMapOperands().size() == 1)
      return isMultipleOf(apply.getMapOperands()[0], factor);
    return false;
  }
  auto argument = dyn_cast<BlockArgument>(dynamic);
  if (!argument)
    return false;
  auto loop = dyn_cast<LoopLikeOpInterface>(argument.getOwner()->getParentOp());
  if (!loop)
    return false;
  std::optional<SmallVector<Value>> variables = loop.getLoopInductionVars();
  std::optional<SmallVector<OpFoldResult>> lower = loop.getLoopLowerBounds();
  std::optional<SmallVector<OpFoldResult>> steps = loop.getLoopSteps();
  if (!variables || !lower || !steps)
    return false;
  auto *found = llvm::find(*variables, dynamic);
  if (found == variables->end())
    return false;
  size_t index = found - variables->begin();
  return isMultipleOf((*lower)[index], factor) &&
         isMultipleOf((*steps)[index], factor);
}

AttentionTile::AttentionTile(OpBuilder &b, AttentionOpInterface op,
                             ArrayRef<OpFoldResult> offsets,
                             ArrayRef<OpFoldResult> sizes)
    : b(b), loc(op.getLoc()), op(op) {
  for (auto [dim, offset, size] : llvm::zip(getLoopDims(op), offsets, sizes))
    tiles[dim] = Tile{offset, size};
}

/// The value that a loop-carried destination starts from: tiling moves the op
/// into loops whose arguments replace its destinations.
static Value getOrigin(Value value) {
  while (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop =
        dyn_cast<LoopLikeOpInterface>(argument.getOwner()->getParentOp());
    OpOperand *init = loop ? loop.getTiedLoopInit(argument) : nullptr;
    if (!init)
      break;
    value = init->get();
  }
  return value;
}

/// True if `size` is the whole of dimension `position` of `value`.
static bool isWhole(OpFoldResult size, Value value, int64_t position) {
  int64_t full = cast<ShapedType>(value.getType()).getDimSize(position);
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return *constant == full;
  Operation *dim = cast<Value>(size).getDefiningOp();
  return isa_and_nonnull<tensor::DimOp, memref::DimOp>(dim) &&
         getOrigin(dim->getOperand(0)) == getOrigin(value) &&
         getConstantIntValue(dim->getOperand(1)) == position;
}

/// The heads of keys and values that belong to the tile of query heads.
FailureOr<Tile> AttentionTile::getGroupTile() {
  Tile tile = *tiles[kHead];
  AttentionMaps maps = op.getNamedMaps();
  std::optional<int64_t> groups = getNumHeads(op.getKey(), maps.key);
  bool fromKey = groups.has_value();
  if (!groups)
    groups = getNumHeads(op.getValue(), maps.value);
  Value shared = fromKey ? op.getKey() : op.getValue();
  AffineExpr head = b.getAffineDimExpr(kHead);
  unsigned position =
      *(fromKey ? maps.key : maps.value).getResultPosition(head);
  unsigned outPosition = *maps.out.getResultPosition(head);
  int64_t heads = *getNumHeads(op.getOut(), maps.out);

  bool isKnown = ShapedType::isStatic(heads) && ShapedType::isStatic(*groups);
  if (isKnown && heads == *groups)
    return tile;
  if (isZeroInteger(tile.offset) &&
      isWhole(tile.size, op.getOut(), outPosition))
    return Tile{b.getIndexAttr(0), getSize(b, loc, shared, position)};

  std::optional<int64_t> size = getConstantIntValue(tile.size);
  AffineExpr d0 = b.getAffineDimExpr(0), s0 = b.getAffineSymbolExpr(0),
             s1 = b.getAffineSymbolExpr(1);
  if (size == 1) {
    OpFoldResult numHeads = getSize(b, loc, op.getOut(), outPosition);
    OpFoldResult numGroups = getSize(b, loc, shared, position);
    OpFoldResult group = affine::makeComposedFoldedAffineApply(
        b, loc, d0.floorDiv(s0.floorDiv(s1)),
        {tile.offset, numHeads, numGroups});
    return Tile{group, b.getIndexAttr(1)};
  }
  int64_t members = isKnown ? heads / *groups : 0;
  bool isInOneGroup = size && members && members % *size == 0 &&
                      isMultipleOf(tile.offset, *size);
  bool isWholeGroups = size && members && *size % members == 0 &&
                       isMultipleOf(tile.offset, members);
  if (!isInOneGroup && !isWholeGroups)
    return op->emitOpError("expected tile of query heads to lie in one group "
                           "or to hold whole groups, which its offset and size "
                           "do not prove");
  OpFoldResult group = affine::makeComposedFoldedAffineApply(
      b, loc, d0.floorDiv(members), {tile.offset});
  return Tile{group, b.getIndexAttr(isInOneGroup ? 1 : *size / members)};
}

/// The tile of an operand; the operand itself if nothing of it is tiled.
FailureOr<Value> AttentionTile::slice(unsigned position, Value value,
                                      AffineMap map) {
  auto type = dyn_cast<ShapedType>(value.getType());
  bool isSliced = type && llvm::any_of(map.getResults(), [&](AffineExpr expr) {
                    auto dim = dyn_cast<AffineDimExpr>(expr);
                    return dim && tiles[dim.getPosition()];
                  });
  if (!isSliced)
    return value;
  SmallVector<OpFoldResult> offsets, sizes;
  SmallVector<OpFoldResult> strides(type.getRank(), b.getIndexAttr(1));
  bool isShared = position == 1 || position == 2; // key, value
  for (auto [index, expr] : llvm::enumerate(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || !tiles[dim.getPosition()]) {
      offsets.push_back(b.getIndexAttr(0));
      sizes.push_back(getSize(b, loc, value, index));
      continue;
    }
    Tile tile = *tiles[dim.getPosition()];
    if (isShared && dim.getPosition() == kHead) {
      FailureOr<Tile> group = getGroupTile();
      if (failed(group))
        return failure();
      tile = *group;
    }
    offsets.push_back(tile.offset);
    sizes.push_back(tile.size);
  }
  Operation *sliceOp;
  if (isa<RankedTensorType>(type))
    sliceOp =
        tensor::ExtractSliceOp::create(b, loc, value, offsets, sizes, strides);
  else
    sliceOp = memref::SubViewOp::create(b, loc, value, offsets, sizes, strides);
  result.generatedSlices.push_back(sliceOp);
  return sliceOp->getResult(0);
}

/// Row m of the tile is row m + its offset of the op.
Value AttentionTile::getCausalOffset() {
  Value offset = op.getCausalOffset();
  if (!op.isCausal() || isZeroInteger(tiles[kQueryRow]->offset))
    return offset;
  Value row = getValueOrCreateConstantIndexOp(b, loc, tiles[kQueryRow]->offset);
  if (!offset)
    return row;
  return arith::AddIOp::create(b, loc, offset, row);
}

FailureOr<TilingResult> AttentionTile::emit() {
  SmallVector<Value> operands;
  for (auto [position, value, map] :
       llvm::enumerate(op.getMappedOperands(), op.getMaps())) {
    // A literal coefficient becomes a scalar in the clone.
    bool isLiteral = (value == op.getAlpha() || value == op.getBeta()) &&
                     getLiteralConstant(value);
    FailureOr<Value> operand =
        isLiteral ? FailureOr<Value>(value) : slice(position, value, map);
    if (failed(operand))
      return failure();
    operands.push_back(*operand);
  }
  Operation *tiled = cloneAttention(b, op, operands, getCausalOffset());
  result.tiledOps.push_back(tiled);
  result.tiledValues.assign(tiled->result_begin(), tiled->result_end());
  return result;
}

namespace {

template <typename OpTy>
struct AttentionTilingModel
    : public TilingInterface::ExternalModel<AttentionTilingModel<OpTy>, OpTy> {
  SmallVector<utils::IteratorType> getLoopIteratorTypes(Operation *op) const {
    return SmallVector<utils::IteratorType>(
        getLoopDims(cast<AttentionOpInterface>(op)).size(),
        utils::IteratorType::parallel);
  }

  SmallVector<Range> getIterationDomain(Operation *op, OpBuilder &b) const {
    auto attention = cast<AttentionOpInterface>(op);
    AffineMap map = attention.getNamedMaps().out;
    SmallVector<Range> ranges;
    for (unsigned dim : getLoopDims(attention)) {
      unsigned position = *map.getResultPosition(b.getAffineDimExpr(dim));
      ranges.push_back({b.getIndexAttr(0),
                        getSize(b, op->getLoc(), attention.getOut(), position),
                        b.getIndexAttr(1)});
    }
    return ranges;
  }

  FailureOr<TilingResult>
  getTiledImplementation(Operation *op, OpBuilder &b,
                         ArrayRef<OpFoldResult> offsets,
                         ArrayRef<OpFoldResult> sizes) const {
    return AttentionTile(b, cast<AttentionOpInterface>(op), offsets, sizes)
        .emit();
  }

  LogicalResult
  getResultTilePosition(Operation *op, OpBuilder &b, unsigned resultNumber,
                        ArrayRef<OpFoldResult> offsets,
                        ArrayRef<OpFoldResult> sizes,
                        SmallVector<OpFoldResult> &resultOffsets,
                        SmallVector<OpFoldResult> &resultSizes) const {
    auto attention = cast<AttentionOpInterface>(op);
    SmallVector<unsigned> dims = getLoopDims(attention);
    Value init =
        cast<DestinationStyleOpInterface>(op).getDpsInits()[resultNumber];
    for (auto [index, expr] :
         llvm::enumerate(getResultMap(attention, resultNumber).getResults())) {
      unsigned dim = cast<AffineDimExpr>(expr).getPosition();
      auto *loop = llvm::find(dims, dim);
      bool isLoop = loop != dims.end();
      resultOffsets.push_back(isLoop ? offsets[loop - dims.begin()]
                                     : b.getIndexAttr(0));
      resultSizes.push_back(isLoop ? sizes[loop - dims.begin()]
                                   : getSize(b, op->getLoc(), init, index));
    }
    return success();
  }

  /// A tile of a result covers whole rows: its d is not tiled.
  LogicalResult getIterationDomainTileFromResultTile(
      Operation *op, OpBuilder &b, unsigned resultNumber,
      ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
      SmallVectorImpl<OpFoldResult> &loopOffsets,
      SmallVectorImpl<OpFoldResult> &loopSizes) const {
    auto attention = cast<AttentionOpInterface>(op);
    AffineMap map = getResultMap(attention, resultNumber);
    Value init =
        cast<DestinationStyleOpInterface>(op).getDpsInits()[resultNumber];
    std::optional<unsigned> channel =
        map.getResultPosition(b.getAffineDimExpr(kValueDim));
    if (channel && !(isZeroInteger(offsets[*channel]) &&
                     isWhole(sizes[*channel], init, *channel)))
      return op->emitOpError("expected tile of the result to hold all "
                             "channels of its rows");
    for (unsigned dim : getLoopDims(attention)) {
      unsigned position = *map.getResultPosition(b.getAffineDimExpr(dim));
      loopOffsets.push_back(offsets[position]);
      loopSizes.push_back(sizes[position]);
    }
    return success();
  }

  FailureOr<TilingResult>
  generateResultTileValue(Operation *op, OpBuilder &b, unsigned resultNumber,
                          ArrayRef<OpFoldResult> offsets,
                          ArrayRef<OpFoldResult> sizes) const {
    SmallVector<OpFoldResult> loopOffsets, loopSizes;
    if (failed(getIterationDomainTileFromResultTile(
            op, b, resultNumber, offsets, sizes, loopOffsets, loopSizes)))
      return failure();
    FailureOr<TilingResult> tile =
        getTiledImplementation(op, b, loopOffsets, loopSizes);
    if (failed(tile))
      return failure();
    tile->tiledValues = {tile->tiledValues[resultNumber]};
    return tile;
  }

private:
  static AffineMap getResultMap(AttentionOpInterface op, unsigned number) {
    AttentionMaps maps = op.getNamedMaps();
    return number == 0 ? maps.out : maps.lse;
  }
};

} // namespace

void rcm::registerTilingInterfaceExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, RCMDialect *) {
    AttentionOp::attachInterface<AttentionTilingModel<AttentionOp>>(*context);
    AttentionSkipOp::attachInterface<AttentionTilingModel<AttentionSkipOp>>(
        *context);
    context->loadDialect<affine::AffineDialect, memref::MemRefDialect>();
  });
}
