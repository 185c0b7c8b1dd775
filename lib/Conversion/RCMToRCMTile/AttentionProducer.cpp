//===- AttentionProducer.cpp - Loading and helping warps ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

/// Bytes of one line that a prefetch brings.
static constexpr int64_t kLineBytes = 128;

//===----------------------------------------------------------------------===//
// Producer
//===----------------------------------------------------------------------===//

void AttentionWriter::producer() {
  GridWaitOp::create(b);
  forTiles({zero, zero}, [&](Value index, ValueRange place) {
    Tile tile = split(index);
    Value tiles = visibleKeyTiles(tile);
    return b.forLoop(zero, tiles, one, place, [&](Value i, ValueRange inner) {
      Place at{inner[0], inner[1]};
      loadKeyValue(tile, b.sub(b.add(tiles, -1), i), at);
      Place next = advance(at);
      return Values{next.stage, next.parity};
    });
  });
}

void AttentionWriter::loadKeyValue(const Tile &tile, Value keyIndex,
                                   const Place &place) {
  Value key = b.mul(keyIndex, keyTile);
  Value emptyParity = b.flip(place.parity);
  b.wait(ring(Ring::KeyEmpty, place.stage), emptyParity);
  Value keyFull = ring(Ring::KeyFull, place.stage);
  BarrierExpectOp::create(b, keyFull, keyTile * depth);
  Value target = b.shared(keyType(), plan.key, place.stage, plan.keyStride);
  TmaLoadOp::create(b, target, b.parameter("key_map"),
                    ValueRange{zero, key, keyHead(tile)}, keyFull);

  b.wait(ring(Ring::ValueEmpty, place.stage), emptyParity);
  Value valueFull = ring(Ring::ValueFull, place.stage);
  BarrierExpectOp::create(b, valueFull, spec.valueRows() * keyTile);
  int64_t boxRows = spec.valueBoxRows();
  auto box = SharedType::get({boxRows, keyTile}, b.getType<Float8E4M3FNType>(),
                             keyTile);
  for (int64_t row = 0; row < spec.valueRows(); row += boxRows)
    TmaLoadOp::create(b,
                      b.shared(box, plan.value + row * keyTile, place.stage,
                               plan.valueStride),
                      b.parameter("value_map"),
                      ValueRange{key, b.i32(row), valueHead(tile)}, valueFull);
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

void AttentionWriter::helper() {
  Value index = b.add(warp, -1);
  Value rowInTile = b.mul(index, layouts::kGroupRows);
  GridWaitOp::create(b);
  // Carried: parity of done, then the tile whose Out is still to be stored
  // (batch -1: none).
  Values last =
      forTiles({zero, b.i32(-1), zero, zero}, [&](Value i, ValueRange before) {
        b.ifThen(b.atLeast(before[1], 0), [&] {
          b.wait(done(index), b.flip(before[0]));
          storeOut(index, before[1], before[2], before[3]);
        });
        Tile tile = split(i);
        Value row = b.add(tile.row, rowInTile);
        fillTable(index, tile);
        auto arrive = [&] { BarrierArriveOp::create(b, ready(index)); };
        if (!spec.staged || !spec.readsResidual())
          arrive();
        else
          b.ifElse(
              leads,
              [&] {
                BarrierExpectOp::create(b, ready(index), plan.residualStride);
                TmaLoadOp::create(b, residualTile(index),
                                  b.parameter("residual_map"),
                                  ValueRange{zero, row, tile.head, tile.batch},
                                  ready(index));
              },
              arrive);
        if (spec.alignedQuery) {
          Value next = b.minimum(b.add(i, tileStep), b.add(endTile, -1));
          prefetchQuery(index, split(next));
        }
        return Values{b.flip(before[0]), tile.batch, tile.head, row};
      });
  b.ifThen(b.atLeast(last[1], 0), [&] {
    b.wait(done(index), b.flip(last[0]));
    storeOut(index, last[1], last[2], last[3]);
  });
}

void AttentionWriter::storeOut(Value index, Value batch, Value head,
                               Value row) {
  if (!spec.staged)
    return;
  b.ifThen(leads, [&] {
    TmaStoreOp::create(b, residualTile(index), b.parameter("out_map"),
                       ValueRange{zero, row, head, batch});
    StoreDrainOp::create(b);
  });
}

Value AttentionWriter::coefficient(StringRef name, Type type,
                                   const Tile &tile) {
  Value value = b.parameter(name);
  if (!type)
    return value;
  value = b.load(value, offsetOf(name, tile), type);
  if (type.isF64())
    value = arith::TruncFOp::create(b, b.getF32Type(), value);
  return value;
}

/// Writes the columns' factors, their corrections times beta, alpha and beta.
void AttentionWriter::fillTable(Value index, const Tile &tile) {
  Value target = table(index);
  bool uniform = spec.hasSkip && !spec.fineCoefficients;
  Value alpha, beta;
  if (uniform) {
    alpha = coefficient("alpha", spec.alpha, tile);
    beta = coefficient("beta", spec.beta, tile);
  }
  Value source = b.parameter("value_table");
  Value first = b.mul(b.wide(valueHead(tile)), 2 * width);
  auto copy = [&](Value at, Value inCorrections) {
    Value value = b.load(source, b.add(first, b.wide(at)), b.getF32Type());
    if (uniform)
      value = b.select(inCorrections, b.mulf(value, beta), value);
    b.store(value, target, at);
  };
  if (width > 128) {
    // A loop whose end only the machine knows stays one: unrolled, it would
    // need more registers than two consumers leave.
    Value end = UniformOp::create(b, b.i32(2 * width / layouts::kWarp));
    b.forLoop(zero, end, one, {}, [&](Value i, ValueRange) {
      Value at = b.add(lane, b.mul(i, layouts::kWarp));
      copy(at, b.less(b.i32(width - 1), at));
      return Values();
    });
  } else {
    for (int64_t column = 0; column < 2 * width; column += layouts::kWarp)
      copy(b.add(lane, column),
           arith::ConstantIntOp::create(b, column >= width, 1));
  }
  if (!uniform)
    return;
  b.ifThen(leads, [&] {
    b.store(alpha, target, b.i32(2 * width));
    b.store(beta, target, b.i32(2 * width + 1));
  });
}

void AttentionWriter::prefetchQuery(Value index, const Tile &tile) {
  int64_t elements = kLineBytes * 8 / spec.query.getIntOrFloatBitWidth();
  int64_t linesPerRow = llvm::divideCeil(spec.depth, elements);
  if (!llvm::isPowerOf2_64(linesPerRow))
    return;
  Value row0 = b.add(tile.row, b.mul(index, layouts::kGroupRows));
  Value lastRow = b.add(b.parameter32("query_rows"), -1);
  Value base = offsetOf("query", tile);
  Value steps = b.i32(layouts::kGroupRows * linesPerRow / layouts::kWarp);
  b.forLoop(zero, steps, one, {}, [&](Value i, ValueRange) {
    Value line = b.add(lane, b.mul(i, layouts::kWarp));
    Value row = b.minimum(b.add(row0, b.shr(line, llvm::Log2_64(linesPerRow))),
                          lastRow);
    Value column = b.mul(b.bitAnd(line, linesPerRow - 1), elements);
    Value at =
        b.add(b.add(base, b.mul(b.wide(row), b.parameter("query_stride_m"))),
              b.wide(column));
    PrefetchOp::create(b, b.parameter("query"), at);
    return Values();
  });
}
