//===- PrepassValues.cpp - V transposed in e4m3 ---------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// The half of the quantize kernel that works on V; PrepassQuantize.cpp opens
// with the schedule.
//
//===----------------------------------------------------------------------===//

#include "PrepassWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;
using Values = KernelBuilder::Values;

/// Four tokens make one word of a transposed row; words per row of a tile.
static constexpr int64_t kTokens = 4;
static constexpr int64_t kWords = kPrepassTile / kTokens;
static constexpr int64_t kOneE4M3 = 0x38;

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

/// The rows of V whose bytes make word `word` of the thread's columns, loaded.
static SmallVector<Values> loadTokens(KernelBuilder &b, OperandReader &reader,
                                      int64_t word) {
  Value last = b.add(b.parameter32("keys"), -1);
  Value first = b.mul(b.id(IdKind::Block), kPrepassTile);
  SmallVector<Values> tokens;
  for (int64_t byte = 0; byte < kTokens; ++byte) {
    Value token = b.add(first, tokenOf(b, b.add(reader.firstRow, word), byte));
    tokens.push_back(reader.load(b.minimum(token, last)));
  }
  return tokens;
}

/// Packs the thread's words into `buffer`; returns the sums of what they hold
/// per column. `statistics` holds the columns' scales, then their means;
/// `tokens` are those of the first word.
static Values packValues(KernelBuilder &b, const PrepassSpec &spec,
                         OperandReader &reader, Value buffer, Value statistics,
                         SmallVector<Values> tokens) {
  int64_t columns = spec.value.paddedColumns;
  ThreadGrid grid(columns);
  Values factors = loadColumns(b, statistics, reader.firstColumn);
  for (Value &scale : factors)
    scale =
        b.select(b.equalf(scale, b.f32(0)), b.f32(0), b.divf(b.f32(1), scale));
  Values means = loadColumns(b, statistics, b.add(reader.firstColumn, columns));
  Value keys = b.parameter32("keys");
  Value firstToken = b.mul(b.id(IdKind::Block), kPrepassTile);
  Values sums(kChunk, b.f32(0));
  for (int64_t word = 0; word < kWords; word += grid.rows) {
    Value at = b.add(reader.firstRow, word);
    if (word > 0)
      tokens = loadTokens(b, reader, word);
    SmallVector<Values> scaled;
    for (int64_t byte = 0; byte < kTokens; ++byte) {
      Value inside = b.less(b.add(firstToken, tokenOf(b, at, byte)), keys);
      Values chunk = reader.widen(tokens[byte]);
      for (int64_t i = 0; i < kChunk; ++i)
        chunk[i] = b.select(inside,
                            b.mulf(b.subf(chunk[i], means[i]), factors[i]),
                            b.f32(0));
      scaled.push_back(chunk);
    }
    for (int64_t i = 0; i < kChunk; ++i) {
      Value packed = PackE4M3Op::create(b, scaled[0][i], scaled[1][i],
                                        scaled[2][i], scaled[3][i]);
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
                           Values sums) {
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
    Value row = b.add(
        b.mul(b.wide(b.id(IdKind::BlockY)), b.parameter("tiles")),
        b.wide(b.id(IdKind::Block)));
    b.store(total, b.parameter("tile_sums"),
            b.add(b.mul(row, columns), b.wide(thread)));
  });
}

/// Writes one tile of the transposed V from its words in `buffer`, and its part
/// of the row of ones.
static void writeValueTile(KernelBuilder &b, const PrepassSpec &spec,
                           Value buffer, Value tile) {
  int64_t columns = spec.value.paddedColumns;
  ThreadGrid grid(columns);
  Value thread = b.id(IdKind::Thread);
  // Rows of a head are `tiles` * 128 bytes long.
  Value out = b.parameter("value_bytes");
  Value rowWords = b.mul(b.parameter("tiles"), kWords);
  Value headRow = b.mul(b.wide(b.id(IdKind::BlockY)), spec.valueRows);
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
}

/// The sums of all tiles of a head for one column, in order of the tiles,
/// sixteen loads in flight. Other blocks of this launch wrote them.
static Value sumOfTiles(KernelBuilder &b, int64_t columns, Value head,
                         Value column) {
  constexpr int64_t kUnroll = 16;
  Value tiles = b.parameter32("tiles");
  Value last = b.add(tiles, -1);
  Value first = b.mul(b.wide(head), b.parameter("tiles"));
  Values sum = b.forLoop(
      b.i32(0), tiles, b.i32(kUnroll), {b.f32(0)},
      [&](Value i, ValueRange before) {
        Values parts;
        for (int64_t u = 0; u < kUnroll; ++u) {
          Value tile = b.minimum(b.add(i, u), last);
          Value at = b.add(b.mul(b.add(first, b.wide(tile)), columns),
                           b.wide(column));
          parts.push_back(LoadOp::create(b, b.getF32Type(),
                                         b.parameter("tile_sums"), at,
                                         /*constant=*/false));
        }
        Value total = before[0];
        for (int64_t u = 0; u < kUnroll; ++u)
          total = b.addf(total, b.select(b.less(b.add(i, u), tiles), parts[u],
                                         b.f32(0)));
        return Values{total};
      });
  return sum[0];
}

/// Scale and correction of every column, written by the last block of a head.
/// `statistics` holds the scales, then the means.
static void writeTable(KernelBuilder &b, const PrepassSpec &spec,
                       Value statistics) {
  int64_t columns = spec.value.paddedColumns;
  Value thread = b.id(IdKind::Thread), head = b.id(IdKind::BlockY);
  auto type = SharedType::get({4}, b.getI32Type(), 0);
  Value flag = b.shared(type, 0, b.i32(0), 0);
  BlockSyncOp::create(b); // the block's sums are written, its buffer is read
  b.ifThen(b.equal(thread, 0), [&] {
    Value before = CountUpOp::create(b, b.parameter("arrivals"), head);
    b.store(before, flag, b.i32(0));
  });
  BlockSyncOp::create(b);
  Value tiles = b.parameter32("tiles");
  Value isLast = b.equal(b.load(flag, b.i32(0), b.getI32Type()),
                         b.add(tiles, -1));
  Value mine = b.less(thread, b.i32(columns));
  b.ifThen(arith::AndIOp::create(b, isLast, mine), [&] {
    Value sum = sumOfTiles(b, columns, head, thread);
    Value scale = b.load(statistics, thread, b.getF32Type());
    Value mean = b.load(statistics, b.add(thread, columns), b.getF32Type());
    Value keys = b.parameter32("keys");
    Value count = arith::SIToFPOp::create(b, b.getF32Type(), keys);
    Value stored = b.select(b.equal(keys, 0), b.f32(0),
                            b.divf(b.mulf(scale, sum), count));
    Value at = b.wide(b.add(b.mul(head, 2 * columns), thread));
    Value table = b.parameter("value_table");
    b.store(scale, table, at);
    b.store(b.subf(mean, stored), table, b.add(at, columns));
  });
}

void rcm::tile::writeEmptyTable(KernelBuilder &b, const PrepassSpec &spec) {
  int64_t columns = spec.value.paddedColumns;
  Value thread = b.id(IdKind::Thread);
  b.ifThen(b.less(thread, b.i32(columns)), [&] {
    Value at = b.wide(b.add(b.mul(b.id(IdKind::BlockY), 2 * columns), thread));
    b.store(b.f32(0), b.parameter("value_table"), at);
    b.store(b.f32(0), b.parameter("value_table"), b.add(at, columns));
  });
}

void rcm::tile::writeValues(KernelBuilder &b, const PrepassSpec &spec) {
  int64_t columns = spec.value.paddedColumns;
  Value head = b.id(IdKind::BlockY), thread = b.id(IdKind::Thread);
  OperandReader reader(b, "value", spec.value, head);
  SmallVector<Values> tokens = loadTokens(b, reader, 0);

  GridWaitOp::create(b);
  Value statistics = statisticsBuffer(b, spec, 2 * columns);
  b.ifThen(b.less(thread, b.i32(columns)), [&] {
    ColumnStatistics column = combineValueChunks(b, spec, head, thread);
    b.store(column.scale, statistics, thread);
    b.store(column.mean, statistics, b.add(thread, columns));
  });
  BlockSyncOp::create(b);
  auto type = SharedType::get({columns * kWords}, b.getI32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  Values sums = packValues(b, spec, reader, buffer, statistics, tokens);
  BlockSyncOp::create(b);
  writeValueTile(b, spec, buffer, b.id(IdKind::Block));
  BlockSyncOp::create(b); // the words have been read
  writeTileSums(b, spec, sums);
  writeTable(b, spec, statistics);
}
