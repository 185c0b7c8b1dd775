//===- MemoryLowering.cpp - Copies, matrix loads, strided tiles
//-------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

static Lowered none() { return SmallVector<Value>(); }

//===----------------------------------------------------------------------===//
// Copy engine
//===----------------------------------------------------------------------===//

namespace {
/// One panel of a swizzled tile and the coordinates of its box.
struct Panel {
  Value pointer;
  SmallVector<Value> coordinates;
};
} // namespace

static SmallVector<Panel> panelsOf(SharedType tile, Value pointer,
                                   ArrayRef<ValueRange> coordinates,
                                   Emitter &e) {
  int64_t count = tile.getRowBytes() / tile.getSwizzle();
  int64_t columns =
      tile.getSwizzle() * 8 / tile.getElementType().getIntOrFloatBitWidth();
  SmallVector<Panel> panels;
  for (int64_t i = 0; i < count; ++i) {
    Panel panel;
    panel.pointer =
        e.offsetBytes(pointer, i * tile.getRows() * tile.getSwizzle());
    for (ValueRange coordinate : coordinates)
      panel.coordinates.push_back(coordinate[0]);
    panel.coordinates[0] = e.add(panel.coordinates[0], i * columns);
    panels.push_back(std::move(panel));
  }
  return panels;
}

static Lowered lowerTmaLoad(TmaLoadOp op, Operands<TmaLoadOp> in, Emitter &e) {
  for (Panel &panel : panelsOf(op.getTile().getType(), in.getTile()[0],
                               in.getCoordinates(), e)) {
    // The op writes the cluster's window; a block alone is its own cluster.
    Value target = e.make<LLVM::AddrSpaceCastOp>(e.pointer(7), panel.pointer);
    NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
        e.rewriter, e.loc, target, in.getMap()[0], panel.coordinates,
        in.getBarrier()[0], ValueRange(), Value(), Value(),
        NVVM::TMALoadMode::TILE, /*isCTAOnly=*/false, NVVM::CTAGroupKindAttr(),
        Value());
  }
  return none();
}

static Lowered lowerTmaStore(TmaStoreOp op, Operands<TmaStoreOp> in,
                             Emitter &e) {
  for (Panel &panel : panelsOf(op.getTile().getType(), in.getTile()[0],
                               in.getCoordinates(), e))
    NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp::create(
        e.rewriter, e.loc, in.getMap()[0], panel.pointer, panel.coordinates,
        Value(), NVVM::TMAStoreMode::TILE, Value());
  NVVM::CpAsyncBulkCommitGroupOp::create(e.rewriter, e.loc);
  return none();
}

static Lowered lowerStoreDrain(StoreDrainOp, Operands<StoreDrainOp>,
                               Emitter &e) {
  NVVM::CpAsyncBulkWaitGroupOp::create(e.rewriter, e.loc, 0,
                                       e.rewriter.getUnitAttr());
  return none();
}

//===----------------------------------------------------------------------===//
// Single elements
//===----------------------------------------------------------------------===//

/// Pointer to element `index` of `memory` (a memref or a flat shared tile).
static Value elementPointer(Type memory, Value base, Value index, Emitter &e) {
  Type element = isa<SharedType>(memory)
                     ? cast<SharedType>(memory).getElementType()
                     : cast<MemRefType>(memory).getElementType();
  if (element.isFloat(8))
    element = e.rewriter.getI8Type();
  return LLVM::GEPOp::create(e.rewriter, e.loc, base.getType(), element, base,
                             ArrayRef<LLVM::GEPArg>{index});
}

static unsigned bytesOf(Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.getNumElements() *
           vector.getElementType().getIntOrFloatBitWidth() / 8;
  return type.getIntOrFloatBitWidth() / 8;
}

static Lowered lowerLoad(LoadOp op, Operands<LoadOp> in, Emitter &e) {
  Type type = op.getValue().getType();
  Value pointer = elementPointer(op.getMemory().getType(), in.getMemory()[0],
                                 in.getIndex()[0], e);
  return SmallVector<Value>{LLVM::LoadOp::create(
      e.rewriter, e.loc, type, pointer, bytesOf(type), /*isVolatile=*/false,
      /*isNonTemporal=*/false, /*isInvariant=*/op.getConstant())};
}

static Lowered lowerStore(StoreOp op, Operands<StoreOp> in, Emitter &e) {
  Value pointer = elementPointer(op.getMemory().getType(), in.getMemory()[0],
                                 in.getIndex()[0], e);
  e.store(in.getValue()[0], pointer, bytesOf(op.getValue().getType()));
  return none();
}

static Lowered lowerCountUp(CountUpOp op, Operands<CountUpOp> in, Emitter &e) {
  Value pointer = elementPointer(op.getMemory().getType(), in.getMemory()[0],
                                 in.getIndex()[0], e);
  // The backend drops the ordering of an atomic operation on integers (LLVM 22
  // prints `atom.global.add`, which is relaxed), so fences say it: the block's
  // stores are visible before the count is, and others' after it.
  auto fence = [&] {
    LLVM::FenceOp::create(e.rewriter, e.loc, LLVM::AtomicOrdering::acq_rel,
                          /*syncscope=*/"device");
  };
  fence();
  Value before = LLVM::AtomicRMWOp::create(
      e.rewriter, e.loc, LLVM::AtomicBinOp::add, pointer, e.constant(1),
      LLVM::AtomicOrdering::monotonic, /*syncscope=*/"device");
  fence();
  return SmallVector<Value>{before};
}

static Lowered lowerPrefetch(PrefetchOp op, Operands<PrefetchOp> in,
                             Emitter &e) {
  Value pointer = elementPointer(op.getMemory().getType(), in.getMemory()[0],
                                 in.getIndex()[0], e);
  auto level = NVVM::PrefetchCacheLevelAttr::get(e.rewriter.getContext(),
                                                 NVVM::PrefetchCacheLevel::L2);
  NVVM::PrefetchOp::create(e.rewriter, e.loc, level,
                           NVVM::CacheEvictionPriorityAttr(), pointer, Value());
  return none();
}

//===----------------------------------------------------------------------===//
// Matrices in shared memory
//===----------------------------------------------------------------------===//

/// Address, for this lane, of the row that ldmatrix and stmatrix move: four
/// 8 x 8 matrices, rows 0-7 and 8-15 of columns 0-7, then of columns 8-15.
static Value matrixRow(SharedType tile, Value pointer, int64_t column,
                       Emitter &e) {
  Value matrix = e.shr(e.lane(), 3);
  Value row = e.add(e.bitAnd(e.thread(), 7), e.shl(e.bitAnd(matrix, 1), 3));
  Value inTile = e.add(row, e.mul(e.warpInGroup(), layouts::kWarpRows));
  int64_t bytes = column * 2;
  int64_t panel = bytes / tile.getSwizzle();
  int64_t firstChunk = bytes % tile.getSwizzle() / 16;
  Value chunk = e.add(e.shr(matrix, 1), firstChunk);
  Value offset = e.swizzledChunk(tile.getSwizzle(), inTile, chunk);
  return e.offsetBytes(e.offsetBytes(pointer, offset),
                       panel * tile.getRows() * tile.getSwizzle());
}

static NVVM::LdStMatrixShapeAttr matrixShape(Emitter &e) {
  return NVVM::LdStMatrixShapeAttr::get(e.rewriter.getContext(), 8, 8);
}

static Lowered lowerLoadMatrix(LoadMatrixOp op, Operands<LoadMatrixOp> in,
                               Emitter &e) {
  Value pointer =
      matrixRow(op.getTile().getType(), in.getTile()[0], op.getColumn(), e);
  auto type = LLVM::LLVMStructType::getLiteral(e.rewriter.getContext(),
                                               SmallVector<Type>(4, e.i32()));
  Value matrices = NVVM::LdMatrixOp::create(
      e.rewriter, e.loc, type, pointer, 4, NVVM::MMALayout::row, matrixShape(e),
      NVVM::LdStMatrixEltType::B16);
  SmallVector<Value> registers;
  for (int64_t i = 0; i < 4; ++i)
    registers.push_back(
        LLVM::ExtractValueOp::create(e.rewriter, e.loc, matrices, i));
  return registers;
}

static Lowered lowerStoreMatrix(StoreMatrixOp op, Operands<StoreMatrixOp> in,
                                Emitter &e) {
  Value pointer =
      matrixRow(op.getTile().getType(), in.getTile()[0], op.getColumn(), e);
  NVVM::StMatrixOp::create(e.rewriter, e.loc, pointer, in.getSource(),
                           NVVM::MMALayout::row, matrixShape(e),
                           NVVM::LdStMatrixEltType::B16);
  return none();
}

static Lowered lowerLoadColumns(LoadColumnsOp op, Operands<LoadColumnsOp> in,
                                Emitter &e) {
  Value base = e.offsetBytes(in.getTile()[0], e.mul(e.quadColumn(), 8));
  auto pair = VectorType::get(2, e.f32());
  SmallVector<Value> registers;
  int64_t columns = op.getResult().getType().getColumns();
  for (int64_t block = 0; block < columns / 8; ++block) {
    Value pointer =
        e.offsetBytes(base, (op.getColumn() + 8 * block) * sizeof(float));
    Value values = e.load(pair, pointer, 8);
    for (int64_t i = 0; i < 2; ++i)
      registers.push_back(
          e.make<LLVM::ExtractElementOp>(values, e.constant(i)));
  }
  return registers;
}

//===----------------------------------------------------------------------===//
// Strided tiles of global memory
//===----------------------------------------------------------------------===//

namespace {
/// Where this thread's elements of a strided tile are.
class StridedTile {
public:
  StridedTile(Emitter &e, Type memory, Value base, Value offset,
              Value rowStride, Value columnStride, Value rows, Value columns)
      : e(e), memory(memory), base(base), offset(offset),
        columnStride(columnStride), columns(columns) {
    Value first =
        e.add(e.mul(e.warpInGroup(), layouts::kWarpRows), e.quadRow());
    firstColumn = e.shl(e.quadColumn(), 1);
    for (int64_t half = 0; half < 2; ++half) {
      Value row = e.add(first, 8 * half);
      rowInside[half] = e.less(row, rows);
      rowOffset[half] = e.make<LLVM::AddOp>(
          offset, e.make<LLVM::MulOp>(e.extend64(row), rowStride));
    }
  }

  /// Whether element `index` lies inside, and the pointer to it; outside, the
  /// pointer to the tile's first element.
  std::pair<Value, Value> element(int64_t index) {
    int64_t half = (index >> 1) & 1;
    Value column = e.add(firstColumn, 8 * (index >> 2) + (index & 1));
    Value inside =
        e.make<LLVM::AndOp>(rowInside[half], e.less(column, columns));
    Value position = e.make<LLVM::AddOp>(
        rowOffset[half], e.make<LLVM::MulOp>(e.extend64(column), columnStride));
    Value safe = e.select(inside, position, offset);
    return {inside, elementPointer(memory, base, safe, e)};
  }

private:
  Emitter &e;
  Type memory;
  Value base, offset, columnStride, columns, firstColumn;
  Value rowInside[2], rowOffset[2];
};
} // namespace

static Lowered lowerLoadFragment(LoadFragmentOp op, Operands<LoadFragmentOp> in,
                                 Emitter &e) {
  StridedTile tile(e, op.getMemory().getType(), in.getMemory()[0],
                   in.getOffset()[0], in.getRowStride()[0],
                   in.getColumnStride()[0], in.getRows()[0],
                   in.getColumns()[0]);
  Type element = cast<MemRefType>(op.getMemory().getType()).getElementType();
  SmallVector<Value> registers;
  for (int64_t i = 0; i < op.getResult().getType().getElementsPerThread();
       ++i) {
    auto [inside, pointer] = tile.element(i);
    Value loaded = e.load(element, pointer, bytesOf(element));
    if (element.getIntOrFloatBitWidth() < 32)
      loaded = e.make<LLVM::FPExtOp>(e.f32(), loaded);
    else if (element.getIntOrFloatBitWidth() > 32)
      loaded = e.make<LLVM::FPTruncOp>(e.f32(), loaded);
    registers.push_back(e.select(inside, loaded, in.getOtherwise()[0]));
  }
  return registers;
}

static Lowered lowerStoreFragment(StoreFragmentOp op,
                                  Operands<StoreFragmentOp> in, Emitter &e) {
  StridedTile tile(e, op.getMemory().getType(), in.getMemory()[0],
                   in.getOffset()[0], in.getRowStride()[0],
                   in.getColumnStride()[0], in.getRows()[0],
                   in.getColumns()[0]);
  Type element = cast<MemRefType>(op.getMemory().getType()).getElementType();
  for (auto [i, source] : llvm::enumerate(in.getSource())) {
    auto [inside, pointer] = tile.element(i);
    Value value = source;
    if (element.getIntOrFloatBitWidth() < 32)
      value = e.make<LLVM::FPTruncOp>(element, value);
    else if (element.getIntOrFloatBitWidth() > 32)
      value = e.make<LLVM::FPExtOp>(element, value);
    auto guard = scf::IfOp::create(e.rewriter, e.loc, inside,
                                   /*withElseRegion=*/false);
    OpBuilder::InsertionGuard restore(e.rewriter);
    e.rewriter.setInsertionPointToStart(guard.thenBlock());
    e.store(value, pointer, bytesOf(element));
  }
  return none();
}

void rcm::tile::populateMemoryLowerings(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  addLowering<TmaLoadOp>(converter, patterns, lowerTmaLoad);
  addLowering<TmaStoreOp>(converter, patterns, lowerTmaStore);
  addLowering<StoreDrainOp>(converter, patterns, lowerStoreDrain);
  addLowering<LoadOp>(converter, patterns, lowerLoad);
  addLowering<StoreOp>(converter, patterns, lowerStore);
  addLowering<CountUpOp>(converter, patterns, lowerCountUp);
  addLowering<PrefetchOp>(converter, patterns, lowerPrefetch);
  addLowering<LoadMatrixOp>(converter, patterns, lowerLoadMatrix);
  addLowering<StoreMatrixOp>(converter, patterns, lowerStoreMatrix);
  addLowering<LoadColumnsOp>(converter, patterns, lowerLoadColumns);
  addLowering<LoadFragmentOp>(converter, patterns, lowerLoadFragment);
  addLowering<StoreFragmentOp>(converter, patterns, lowerStoreFragment);
}
