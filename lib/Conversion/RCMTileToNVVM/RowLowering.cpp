//===- RowLowering.cpp - Rows loaded, measured and quantized
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

/// Largest int8 magnitude of a symmetric scale.
static constexpr double kInt8Max = 127.0;
/// Ranges below this count as zero: their reciprocal would overflow.
static constexpr double kTinyRange = 7.888609052210118e-31; // 2^-100

namespace {
/// The row_chunks layout for one fragment type: 16 bytes per access.
struct Chunks {
  explicit Chunks(FragmentType type)
      : bits(type.getElementType().getIntOrFloatBitWidth()),
        elements(128 / bits), lanesPerRow(type.getColumns() / elements),
        rowsPerAccess(layouts::kWarp / lanesPerRow),
        accesses(type.getRegisters() / 4) {}
  int64_t bits, elements, lanesPerRow, rowsPerAccess, accesses;

  /// Row (0..15 of the warp) of the lane's first access, and its chunk. Rows
  /// that span several accesses (lanesPerRow > 32) move the chunk instead.
  Value row(Emitter &e) const {
    if (lanesPerRow >= layouts::kWarp)
      return e.constant(0);
    return e.shr(e.lane(), llvm::Log2_64(lanesPerRow));
  }
  Value chunk(Emitter &e) const {
    int64_t lanes = std::min<int64_t>(lanesPerRow, layouts::kWarp);
    return e.bitAnd(e.lane(), lanes - 1);
  }
  int64_t rowOf(int64_t access) const {
    return access * layouts::kWarp / lanesPerRow;
  }
  int64_t chunkOf(int64_t access) const {
    return access * layouts::kWarp % lanesPerRow;
  }
};
} // namespace

/// Sixteen bytes that start at a multiple of 16. Rows are read once: keep them
/// out of the first-level cache.
static SmallVector<Value> loadChunk(Value pointer, Emitter &e) {
  PTXBlock ptx(e.rewriter, e.loc);
  auto registers = ptx.write(e.i32(), 4);
  auto address = ptx.read(e.make<LLVM::PtrToIntOp>(e.i64(), pointer));
  ptx.line("ld.global.nc.L1::no_allocate.v4.b32 " + PTXBlock::list(registers) +
           ", [" + address + "];");
  ptx.clobbersMemory();
  return ptx.emit();
}

/// Element by element; columns behind `columns` are zero.
static SmallVector<Value> gatherChunk(Value base, Value rowStart,
                                      Value columnStride, Value firstColumn,
                                      Type element, int64_t columns,
                                      const Chunks &chunks, Emitter &e) {
  SmallVector<Value> registers;
  int64_t perRegister = 32 / chunks.bits;
  Type bitsType = e.rewriter.getIntegerType(chunks.bits);
  for (int64_t reg = 0; reg < 4; ++reg) {
    Value packed = e.constant(0);
    for (int64_t i = 0; i < perRegister; ++i) {
      Value column = e.add(firstColumn, reg * perRegister + i);
      Value inside = e.less(column, e.constant(columns));
      Value safe = e.select(inside, column, e.constant(0));
      Value position = e.make<LLVM::AddOp>(
          rowStart, e.make<LLVM::MulOp>(e.extend64(safe), columnStride));
      Value pointer =
          LLVM::GEPOp::create(e.rewriter, e.loc, base.getType(), element, base,
                              ArrayRef<LLVM::GEPArg>{position});
      Value bits = e.load(bitsType, pointer, chunks.bits / 8);
      if (chunks.bits < 32)
        bits = e.make<LLVM::ZExtOp>(e.i32(), bits);
      bits = e.select(inside, bits, e.constant(0));
      packed = e.make<LLVM::OrOp>(packed, e.shl(bits, i * chunks.bits));
    }
    registers.push_back(packed);
  }
  return registers;
}

static Lowered lowerLoadRows(LoadRowsOp op, Operands<LoadRowsOp> in,
                             Emitter &e) {
  FragmentType type = op.getResult().getType();
  Type element = type.getElementType();
  Chunks chunks(type);
  Value base = in.getMemory()[0];
  Value first =
      e.add(in.getFirst()[0], e.mul(e.warpInGroup(), layouts::kWarpRows));
  first = e.add(first, chunks.row(e));
  int64_t columns = op.getColumns();
  SmallVector<Value> registers;
  for (int64_t access = 0; access < chunks.accesses; ++access) {
    Value row =
        e.minSigned(e.add(first, chunks.rowOf(access)), in.getLast()[0]);
    Value rowStart = e.make<LLVM::AddOp>(
        in.getOffset()[0],
        e.make<LLVM::MulOp>(e.extend64(row), in.getRowStride()[0]));
    Value column =
        e.mul(e.add(chunks.chunk(e), chunks.chunkOf(access)), chunks.elements);
    SmallVector<Value> loaded;
    if (op.getAligned()) {
      bool padded = columns < type.getColumns();
      Value inside = e.less(column, e.constant(columns));
      Value safe = padded ? e.select(inside, column, e.constant(0)) : column;
      Value position = e.make<LLVM::AddOp>(rowStart, e.extend64(safe));
      Value pointer =
          LLVM::GEPOp::create(e.rewriter, e.loc, base.getType(), element, base,
                              ArrayRef<LLVM::GEPArg>{position});
      loaded = loadChunk(pointer, e);
      if (padded)
        for (Value &value : loaded)
          value = e.select(inside, value, e.constant(0));
    } else {
      loaded = gatherChunk(base, rowStart, in.getColumnStride()[0], column,
                           element, columns, chunks, e);
    }
    registers.append(loaded);
  }
  return registers;
}

/// Largest magnitudes of registers that hold one or two numbers each.
/// Magnitudes compare like integers, and NaN is larger than all of them.
static Value largestBits(ValueRange registers, bool half, Emitter &e) {
  int64_t magnitude = half ? 0x7FFF7FFF : 0x7FFFFFFF;
  // Four chains keep the pipeline busy.
  SmallVector<Value> best(4);
  auto larger = [&](Value a, Value b) -> Value {
    if (!half)
      return e.make<LLVM::UMaxOp>(a, b);
    PTXBlock ptx(e.rewriter, e.loc);
    auto result = ptx.write(e.i32());
    auto x = ptx.read(a), y = ptx.read(b);
    ptx.line("max.u16x2 " + result + ", " + x + ", " + y + ";");
    return ptx.emit(/*sideEffects=*/false)[0];
  };
  for (auto [i, value] : llvm::enumerate(registers)) {
    Value bits = e.bitAnd(value, magnitude);
    Value &chain = best[i % 4];
    chain = chain ? larger(chain, bits) : bits;
  }
  Value result = best[0];
  for (Value chain : ArrayRef(best).drop_front())
    if (chain)
      result = larger(result, chain);
  if (half)
    result = e.make<LLVM::UMaxOp>(e.shr(result, 16), e.bitAnd(result, 0xFFFF));
  return result;
}

/// The f32 value of a magnitude's bits in `element`.
static Value magnitudeToFloat(Value bits, Type element, Emitter &e) {
  if (element.isBF16())
    return e.bitcast(e.shl(bits, 16), e.f32());
  if (element.isF32())
    return e.bitcast(bits, e.f32());
  Value narrow = e.make<LLVM::TruncOp>(e.i16(), bits);
  return e.make<LLVM::FPExtOp>(e.f32(),
                               e.bitcast(narrow, e.rewriter.getF16Type()));
}

static Lowered lowerAbsMax(AbsMaxOp op, Operands<AbsMaxOp> in, Emitter &e) {
  Type element = op.getSource().getType().getElementType();
  bool half = element.getIntOrFloatBitWidth() == 16;
  Value result = NVVM::ReduxOp::create(e.rewriter, e.loc, e.i32(),
                                       largestBits(in.getSource(), half, e),
                                       NVVM::ReduxKind::UMAX, e.constant(-1));
  return SmallVector<Value>{magnitudeToFloat(result, element, e)};
}

/// The f32 values of one 32-bit register.
static SmallVector<Value> unpack(Value packed, Type element, Emitter &e) {
  if (element.isF32())
    return {e.bitcast(packed, e.f32())};
  if (element.isBF16())
    return {e.bitcast(e.shl(packed, 16), e.f32()),
            e.bitcast(e.bitAnd(packed, 0xFFFF0000), e.f32())};
  SmallVector<Value> values;
  for (int64_t i = 0; i < 2; ++i) {
    Value bits = e.make<LLVM::TruncOp>(e.i16(), e.shr(packed, 16 * i));
    Value number = e.bitcast(bits, e.rewriter.getF16Type());
    values.push_back(e.make<LLVM::FPExtOp>(e.f32(), number));
  }
  return values;
}

/// Stores one access of rows, times `factor`, as int8 into a swizzled tile.
static void storeQuantized(ValueRange registers, int64_t access, Value factor,
                           FragmentType type, SharedType tile, Value base,
                           const Chunks &chunks, Emitter &e) {
  SmallVector<Value> values;
  for (Value packed : registers)
    llvm::append_range(values, unpack(packed, type.getElementType(), e));
  SmallVector<Value> words;
  for (size_t i = 0; i < values.size(); i += 4)
    words.push_back(packInt8(ArrayRef(values).slice(i, 4), factor, e));

  Value warpRow = e.mul(e.warpInGroup(), layouts::kWarpRows);
  Value row = e.add(e.add(warpRow, chunks.row(e)), chunks.rowOf(access));
  Value byte =
      e.mul(e.add(chunks.chunk(e), chunks.chunkOf(access)), chunks.elements);
  // Panels are `swizzle` bytes wide; the chunk inside one is byte / 16.
  Value panel = e.shr(byte, llvm::Log2_64(tile.getSwizzle()));
  Value chunk = e.shr(e.bitAnd(byte, tile.getSwizzle() - 1), 4);
  Value offset = e.swizzledChunk(tile.getSwizzle(), row, chunk);
  if (tile.getRowBytes() > tile.getSwizzle())
    offset = e.add(offset, e.mul(panel, tile.getRows() * tile.getSwizzle()));
  offset = e.add(offset, e.bitAnd(byte, 15));
  Value pointer = e.offsetBytes(base, offset);
  Value stored = words[0];
  if (words.size() == 2) {
    auto pair = VectorType::get(2, e.i32());
    Value vector = e.make<LLVM::PoisonOp>(pair);
    for (int64_t i = 0; i < 2; ++i)
      vector = e.make<LLVM::InsertElementOp>(vector, words[i], e.constant(i));
    stored = vector;
  }
  e.store(stored, pointer, 4 * words.size());
}

static Lowered lowerQuantizeRows(QuantizeRowsOp op, Operands<QuantizeRowsOp> in,
                                 Emitter &e) {
  FragmentType type = op.getSource().getType();
  Chunks chunks(type);
  for (int64_t access = 0; access < chunks.accesses; ++access)
    storeQuantized(in.getSource().slice(4 * access, 4), access,
                   in.getFactor()[0], type, op.getTile().getType(),
                   in.getTile()[0], chunks, e);
  return SmallVector<Value>();
}

/// 127 / range, or 0 for a range that counts as zero.
static Value quantizationFactor(Value range, bool negated, Emitter &e) {
  // Rounded correctly, as for K: products of narrow inputs are often close to
  // a half, and the emulation must fall on the same side.
  Value factor = e.make<LLVM::FDivOp>(
      e.constantF(negated ? -kInt8Max : kInt8Max), range);
  Value tiny = e.make<LLVM::FCmpOp>(LLVM::FCmpPredicate::olt, range,
                                    e.constantF(kTinyRange));
  return e.select(tiny, e.constantF(0), factor);
}

static Lowered lowerQuantizeRowPairs(QuantizeRowPairsOp op,
                                     Operands<QuantizeRowPairsOp> in,
                                     Emitter &e) {
  FragmentType type = op.getSource().getType();
  Type element = type.getElementType();
  Chunks chunks(type);
  constexpr int64_t kPairs = layouts::kWarpRows / 2;
  // Accesses whose rows share scales.
  llvm::MapVector<int64_t, SmallVector<int64_t>> pairs;
  for (int64_t access = 0; access < chunks.accesses; ++access)
    pairs[chunks.rowOf(access) % kPairs].push_back(access);
  for (auto &[row, accesses] : pairs) {
    SmallVector<Value> registers;
    for (int64_t access : accesses)
      llvm::append_range(registers, in.getSource().slice(4 * access, 4));
    Value bits =
        largestBits(registers, element.getIntOrFloatBitWidth() == 16, e);
    int64_t lanes = std::min<int64_t>(chunks.lanesPerRow, layouts::kWarp);
    for (int64_t distance = 1; distance < lanes; distance *= 2)
      bits = e.make<LLVM::UMaxOp>(
          bits, e.shuffle(NVVM::ShflKind::bfly, bits, e.constant(distance)));
    Value range = magnitudeToFloat(bits, element, e);
    Value factor = quantizationFactor(range, op.getNegated(), e);
    for (int64_t access : accesses)
      storeQuantized(in.getSource().slice(4 * access, 4), access, factor, type,
                     op.getTile().getType(), in.getTile()[0], chunks, e);
    // All lanes of a row store the same number.
    Value index =
        e.add(e.add(e.mul(e.warpInGroup(), kPairs), chunks.row(e)), row);
    e.store(range, e.offsetBytes(in.getRanges()[0], e.shl(index, 2)), 4);
  }
  return SmallVector<Value>();
}

void rcm::tile::populateRowLowerings(const TypeConverter &converter,
                                     RewritePatternSet &patterns) {
  addLowering<LoadRowsOp>(converter, patterns, lowerLoadRows);
  addLowering<AbsMaxOp>(converter, patterns, lowerAbsMax);
  addLowering<QuantizeRowsOp>(converter, patterns, lowerQuantizeRows);
  addLowering<QuantizeRowPairsOp>(converter, patterns, lowerQuantizeRowPairs);
}
