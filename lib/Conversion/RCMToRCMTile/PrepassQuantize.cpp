//===- PrepassQuantize.cpp - int8 K, transposed e4m3 V
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Schedule
//
// Quantize: one block of 256 threads per 128 keys of a head of K or V; each
// element is read once and stays in registers between the reduction and the
// store.
//   K: subtract the mean, one scale per class of keys (the keys that one thread
//      of the attention kernel holds), eight int8 per store. Keys behind the
//      end repeat the last one, so they never raise a maximum.
//   V: a thread has four tokens of eight columns, the tokens whose bytes are
//      neighbours in the permuted row; four bytes make a word, words cross
//      through shared memory, rows of 128 bytes leave. Tokens behind the end
//      are zero, and so is their entry in the row of ones.
// Table: one block per head turns the tiles' sums of stored values into the
// correction of the mean.
//
//===----------------------------------------------------------------------===//

#include "PrepassWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;
using Values = KernelBuilder::Values;

static constexpr double kInt8Max = 127.0;
/// Ranges below this count as zero: their reciprocal would overflow.
static constexpr double kTinyRange = 7.888609052210118e-31; // 2^-100
/// Four tokens make one word of a transposed row; words per row of a tile.
static constexpr int64_t kTokens = 4;
static constexpr int64_t kWords = kPrepassTile / kTokens;
static constexpr int64_t kOneE4M3 = 0x38;

int64_t rcm::tile::quantizeSharedBytes(const PrepassSpec &spec) {
  // V's words, or the column sums; K needs one word per row.
  return spec.value.paddedColumns * kPrepassTile;
}

KernelParameters rcm::tile::quantizeParameters(const PrepassSpec &spec,
                                               MLIRContext *context) {
  Builder b(context);
  auto buffer = [&](Type type) {
    return MemRefType::get({ShapedType::kDynamic}, type);
  };
  KernelParameters list;
  addOperandParameters(list, "key", spec.key, context);
  addOperandParameters(list, "value", spec.value, context);
  for (StringRef name :
       {"key_means", "value_ranges", "key_scales", "tile_sums"})
    list.push_back({name.str(), buffer(b.getF32Type())});
  list.push_back({"key_integers", buffer(b.getI32Type())});
  list.push_back({"value_bytes", buffer(b.getI32Type())});
  for (StringRef name : {"keys", "tiles", "key_all_heads", "value_all_heads"})
    list.push_back({name.str(), b.getI64Type()});
  return list;
}

//===----------------------------------------------------------------------===//
// K
//===----------------------------------------------------------------------===//

/// The largest magnitude among the keys of the thread's class, as bits.
static Value classMaximum(KernelBuilder &b, Value largest, Value firstRow,
                          const ThreadGrid &grid, bool classes) {
  for (int64_t distance = 1; distance < grid.chunks; distance *= 2)
    largest =
        maxUnsigned(b, largest, ShuffleXorOp::create(b, largest, distance));
  auto type = SharedType::get({grid.rows}, b.getI32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  b.store(largest, buffer, firstRow);
  BlockSyncOp::create(b);
  Value result;
  if (!classes) {
    for (int64_t row = 0; row < grid.rows; ++row) {
      Value other = b.load(buffer, b.i32(row), b.getI32Type());
      result = result ? maxUnsigned(b, result, other) : other;
    }
    return result;
  }
  // Rows r and r + 8 are of one class, and so are 2c and 2c + 1.
  Value inClass = b.bitAnd(firstRow, 2 * (kKeyClasses - 1));
  for (int64_t row = 0; row < grid.rows; row += 2 * kKeyClasses)
    for (int64_t pair = 0; pair < 2; ++pair) {
      Value other = b.load(buffer, b.add(inClass, row + pair), b.getI32Type());
      result = result ? maxUnsigned(b, result, other) : other;
    }
  return result;
}

static void writeKeys(KernelBuilder &b, const PrepassSpec &spec) {
  const PrepassOperand &operand = spec.key;
  ThreadGrid grid(operand.paddedColumns);
  Value head = b.id(IdKind::BlockY), tile = b.id(IdKind::Block);
  OperandReader reader(b, "key", operand, head);
  Value last = b.add(b.parameter32("keys"), -1);
  Value firstKey = b.add(b.mul(tile, kPrepassTile), reader.firstRow);
  int64_t passes = kPrepassTile / grid.rows;
  Values means;
  Value meanRow = b.add(b.mul(head, operand.paddedColumns), reader.firstColumn);
  for (int64_t i = 0; i < kChunk; ++i)
    means.push_back(b.load(b.parameter("key_means"), b.wide(b.add(meanRow, i)),
                           b.getF32Type()));
  SmallVector<Values> rows;
  Value largest = b.i32(0);
  for (int64_t pass = 0; pass < passes; ++pass) {
    Value key = b.minimum(b.add(firstKey, pass * grid.rows), last);
    Values chunk = reader.chunk(key);
    for (int64_t i = 0; i < kChunk; ++i) {
      chunk[i] = b.subf(chunk[i], means[i]);
      largest = maxUnsigned(b, largest, magnitude(b, chunk[i]));
    }
    rows.push_back(chunk);
  }
  Value range = asFloat(
      b, classMaximum(b, largest, reader.firstRow, grid, spec.keyClasses));
  Value tiny = b.greaterf(b.f32(kTinyRange), range);
  Value factor = b.select(tiny, b.f32(0), b.divf(b.f32(kInt8Max), range));
  // Infinite: the integers are meaningless, so the scale must be NaN.
  Value scale = b.select(tiny, b.f32(0), b.mulf(range, b.f32(1.0 / kInt8Max)));
  scale = b.addf(scale, b.subf(range, range));

  Value tileRow =
      b.add(b.mul(b.wide(head), b.parameter("tiles")), b.wide(tile));
  b.ifThen(
      arith::AndIOp::create(b, b.equal(reader.firstColumn, 0),
                            b.less(reader.firstRow, b.i32(2 * kKeyClasses))),
      [&] {
        Value at = b.add(b.mul(tileRow, kKeyClasses),
                         b.wide(b.shr(reader.firstRow, 1)));
        b.store(scale, b.parameter("key_scales"), at);
      });
  Value firstWord =
      b.add(b.mul(b.add(b.mul(tileRow, kPrepassTile), b.wide(reader.firstRow)),
                  operand.paddedColumns / 4),
            b.wide(b.shr(reader.firstColumn, 2)));
  auto pair = VectorType::get(2, b.getI32Type());
  for (int64_t pass = 0; pass < passes; ++pass) {
    Values scaled;
    for (Value value : rows[pass])
      scaled.push_back(b.mulf(value, factor));
    Value low =
        PackInt8Op::create(b, scaled[0], scaled[1], scaled[2], scaled[3]);
    Value high =
        PackInt8Op::create(b, scaled[4], scaled[5], scaled[6], scaled[7]);
    Value both = vector::FromElementsOp::create(b, pair, ValueRange{low, high});
    b.store(both, b.parameter("key_integers"),
            b.add(firstWord, pass * grid.rows * operand.paddedColumns / 4));
  }
}

//===----------------------------------------------------------------------===//
// V
//===----------------------------------------------------------------------===//

/// Token of byte `byte` in word `word` of a tile's transposed row.
static Value tokenOf(KernelBuilder &b, Value word, int64_t byte) {
  // slot = 4 (word % 4) + byte; layouts::tokenOfSlot on values.
  Value group = b.mul(b.shr(word, 2), 16);
  Value pair = b.mul(b.bitAnd(word, 3), 2);
  return b.add(b.add(group, pair), 8 * (byte >> 1) + (byte & 1));
}

/// Where word `word` of column `column` is in shared memory: chunks of columns
/// start in different banks.
static Value crossing(KernelBuilder &b, Value column, Value word,
                      int64_t chunks) {
  Value turn = b.mul(b.shr(column, 3), layouts::kWarp / chunks);
  Value place = arith::XOrIOp::create(b, word, b.bitAnd(turn, kWords - 1));
  return b.add(b.mul(column, kWords), place);
}

/// The thread's words, and the sums of what they hold per column.
static Values packValues(KernelBuilder &b, const PrepassSpec &spec,
                         Value buffer, Value head) {
  const PrepassOperand &operand = spec.value;
  ThreadGrid grid(operand.paddedColumns);
  OperandReader reader(b, "value", operand, head);
  Value keys = b.parameter32("keys");
  Value firstToken = b.mul(b.id(IdKind::Block), kPrepassTile);
  Values factors, means, sums;
  Value row = b.add(b.mul(head, 2 * operand.paddedColumns), reader.firstColumn);
  Value ranges = b.parameter("value_ranges");
  for (int64_t i = 0; i < kChunk; ++i) {
    Value scale = b.load(ranges, b.wide(b.add(row, i)), b.getF32Type());
    factors.push_back(
        b.select(b.equalf(scale, b.f32(0)), b.f32(0), b.divf(b.f32(1), scale)));
    means.push_back(b.load(
        ranges, b.wide(b.add(row, operand.paddedColumns + i)), b.getF32Type()));
    sums.push_back(b.f32(0));
  }
  for (int64_t word = 0; word < kWords; word += grid.rows) {
    Value at = b.add(reader.firstRow, word);
    SmallVector<Values> tokens;
    for (int64_t byte = 0; byte < kTokens; ++byte) {
      Value token = b.add(firstToken, tokenOf(b, at, byte));
      Value inside = b.less(token, keys);
      Values chunk = reader.chunk(b.minimum(token, b.add(keys, -1)));
      for (int64_t i = 0; i < kChunk; ++i) {
        Value scaled = b.mulf(b.subf(chunk[i], means[i]), factors[i]);
        chunk[i] = b.select(inside, scaled, b.f32(0));
      }
      tokens.push_back(chunk);
    }
    for (int64_t i = 0; i < kChunk; ++i) {
      Value packed = PackE4M3Op::create(b, tokens[0][i], tokens[1][i],
                                        tokens[2][i], tokens[3][i]);
      for (int64_t byte = 0; byte < kTokens; ++byte)
        sums[i] = b.addf(sums[i], UnpackE4M3Op::create(b, packed, byte));
      Value column = b.add(reader.firstColumn, i);
      b.store(packed, buffer, crossing(b, column, at, grid.chunks));
    }
  }
  return sums;
}

/// Adds the threads' column sums up, in fixed order, and writes the tile's.
static void writeTileSums(KernelBuilder &b, const PrepassSpec &spec,
                          Values sums, Value tileRow) {
  const PrepassOperand &operand = spec.value;
  ThreadGrid grid(operand.paddedColumns);
  for (int64_t distance = grid.chunks; distance < layouts::kWarp; distance *= 2)
    for (Value &sum : sums)
      sum = b.addf(sum, ShuffleXorOp::create(b, sum, distance));
  constexpr int64_t kWarps = kPrepassThreads / layouts::kWarp;
  int64_t columns = operand.paddedColumns;
  auto type = SharedType::get({kWarps * columns}, b.getF32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  Value thread = b.id(IdKind::Thread);
  Value lane = b.bitAnd(thread, layouts::kWarp - 1);
  BlockSyncOp::create(b); // the words have been read
  b.ifThen(b.less(lane, b.i32(grid.chunks)), [&] {
    Value first = b.add(b.mul(b.shr(thread, 5), columns),
                        b.mul(b.rem(thread, b.i32(grid.chunks)), kChunk));
    for (auto [i, sum] : llvm::enumerate(sums))
      b.store(sum, buffer, b.add(first, static_cast<int64_t>(i)));
  });
  BlockSyncOp::create(b);
  b.ifThen(b.less(thread, b.i32(columns)), [&] {
    Value total;
    for (int64_t warp = 0; warp < kWarps; ++warp) {
      Value part =
          b.load(buffer, b.add(thread, warp * columns), b.getF32Type());
      total = total ? b.addf(total, part) : part;
    }
    b.store(total, b.parameter("tile_sums"),
            b.add(b.mul(tileRow, columns), b.wide(thread)));
  });
}

static void writeValues(KernelBuilder &b, const PrepassSpec &spec) {
  int64_t columns = spec.value.paddedColumns;
  ThreadGrid grid(columns);
  Value head = b.id(IdKind::BlockY), tile = b.id(IdKind::Block);
  Value thread = b.id(IdKind::Thread);
  auto type = SharedType::get({columns * kWords}, b.getI32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  Values sums = packValues(b, spec, buffer, head);
  BlockSyncOp::create(b);
  // Rows of a head are `tiles` * 128 bytes long.
  Value out = b.parameter("value_bytes");
  Value rowWords = b.mul(b.parameter("tiles"), kWords);
  Value headRow = b.mul(b.wide(head), spec.valueRows);
  Value tileWord = b.mul(b.wide(tile), kWords);
  for (int64_t first = 0; first < columns * kWords; first += kPrepassThreads) {
    Value index = b.add(thread, first);
    Value column = b.shr(index, 5);
    Value word = b.bitAnd(index, kWords - 1);
    Value packed =
        b.load(buffer, crossing(b, column, word, grid.chunks), b.getI32Type());
    Value at = b.add(b.mul(b.add(headRow, b.wide(column)), rowWords),
                     b.add(tileWord, b.wide(word)));
    b.store(packed, out, at);
  }
  b.ifThen(b.less(thread, b.i32(kWords)), [&] {
    Value ones = b.i32(0);
    for (int64_t byte = 0; byte < kTokens; ++byte) {
      Value token = b.add(b.mul(tile, kPrepassTile), tokenOf(b, thread, byte));
      Value one = b.select(b.less(token, b.parameter32("keys")),
                           b.i32(kOneE4M3 << (8 * byte)), b.i32(0));
      ones = arith::OrIOp::create(b, ones, one);
    }
    Value at = b.add(b.mul(b.add(headRow, columns), rowWords),
                     b.add(tileWord, b.wide(thread)));
    b.store(ones, out, at);
  });
  Value tileRow =
      b.add(b.mul(b.wide(head), b.parameter("tiles")), b.wide(tile));
  writeTileSums(b, spec, sums, tileRow);
}

void rcm::tile::buildQuantizeKernel(gpu::GPUModuleOp module,
                                    const PrepassSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  b.beginKernel(module, spec.prefix + "_quantize",
                quantizeParameters(spec, b.getContext()), kPrepassThreads);
  GridReleaseOp::create(b);
  GridWaitOp::create(b);
  Value head = b.id(IdKind::BlockY);
  b.ifElse(
      b.equal(b.id(IdKind::BlockZ), 0),
      [&] {
        b.ifThen(b.less(head, b.parameter32("key_all_heads")),
                 [&] { writeKeys(b, spec); });
      },
      [&] {
        b.ifThen(b.less(head, b.parameter32("value_all_heads")),
                 [&] { writeValues(b, spec); });
      });
}

//===----------------------------------------------------------------------===//
// Table
//===----------------------------------------------------------------------===//

KernelParameters rcm::tile::tableParameters(const PrepassSpec &,
                                            MLIRContext *context) {
  Builder b(context);
  Type floats = MemRefType::get({ShapedType::kDynamic}, b.getF32Type());
  KernelParameters list;
  for (StringRef name : {"value_ranges", "tile_sums", "value_table"})
    list.push_back({name.str(), floats});
  for (StringRef name : {"keys", "tiles"})
    list.push_back({name.str(), b.getI64Type()});
  return list;
}

void rcm::tile::buildTableKernel(gpu::GPUModuleOp module,
                                 const PrepassSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  b.beginKernel(module, spec.prefix + "_table",
                tableParameters(spec, b.getContext()), kPrepassThreads);
  GridReleaseOp::create(b);
  GridWaitOp::create(b);
  int64_t columns = spec.value.paddedColumns;
  Value thread = b.id(IdKind::Thread), head = b.id(IdKind::BlockY);
  b.ifThen(b.less(thread, b.i32(columns)), [&] {
    Value first = b.mul(b.wide(head), b.parameter("tiles"));
    Values sum = b.forLoop(
        b.i32(0), b.parameter32("tiles"), b.i32(1), {b.f32(0)},
        [&](Value i, ValueRange before) {
          Value at =
              b.add(b.mul(b.add(first, b.wide(i)), columns), b.wide(thread));
          return Values{b.addf(
              before[0], b.load(b.parameter("tile_sums"), at, b.getF32Type()))};
        });
    Value at = b.wide(b.add(b.mul(head, 2 * columns), thread));
    Value next = b.add(at, columns);
    Value ranges = b.parameter("value_ranges"),
          table = b.parameter("value_table");
    Value scale = b.load(ranges, at, b.getF32Type());
    Value mean = b.load(ranges, next, b.getF32Type());
    Value count =
        arith::SIToFPOp::create(b, b.getF32Type(), b.parameter32("keys"));
    Value stored = b.divf(b.mulf(scale, sum[0]), count);
    stored = b.select(b.equal(b.parameter32("keys"), 0), b.f32(0), stored);
    b.store(scale, table, at);
    b.store(b.subf(mean, stored), table, next);
  });
}
