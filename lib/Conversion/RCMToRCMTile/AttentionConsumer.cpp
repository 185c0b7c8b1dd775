//===- AttentionConsumer.cpp - What a consumer warpgroup does -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionWriter.h"
#include "PrepassKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

static constexpr double kLog2E = 1.4426950408889634;
/// Largest int8 magnitude of a symmetric scale.
static constexpr double kInt8Max = 127.0;
/// Stands for the maximum of no score. Finite, so that 2^(-inf - it) is 0 and
/// not NaN; scores below it cannot be told from masked ones.
static constexpr double kNoMaximum = -3.0e38;
/// Smallest score scale of masked kernels: 0 * -inf would be NaN. The products
/// are integers below 2^22, so this changes nothing that f32 can show.
static constexpr double kTinyScale = 1.0e-37;

/// Columns of Q and O together that leave registers for an epilogue with
/// addresses of single elements.
static constexpr int64_t kMostBesideAddresses = 256;

/// Ranges below this count as zero: their reciprocal would overflow.
static constexpr double kTinyRange = 7.888609052210118e-31; // 2^-100
/// Largest score scale: products of integers below 2^22 stay finite with it.
static constexpr double kLargeScale = 1.2676506002282294e+30; // 2^100

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// The group's number, computed here and not kept from before.
Value AttentionWriter::groupAnew() {
  Value warpgroup =
      b.shr(PositionOp::create(b), llvm::Log2_64(layouts::kWarpgroup));
  return UniformOp::create(b, b.add(warpgroup, -1));
}

void AttentionWriter::consumer() {
  groupRow = b.mul(group, layouts::kGroupRows);
  // The next Q is loaded beside O and, where Out is not staged, beside the
  // epilogue's addresses, if there are registers.
  bool early = spec.alignedQuery && spec.query.getIntOrFloatBitWidth() == 16 &&
               (spec.staged || depth + width <= kMostBesideAddresses);
  Values start = {zero, zero, zero};
  if (early)
    start.push_back(loadQuery(firstTile));
  GridWaitOp::create(b);
  forTiles(start, [&](Value index, ValueRange before) {
    Tile tile = split(index);
    if (!early) {
      group = groupAnew();
      groupRow = b.mul(group, layouts::kGroupRows);
    }
    Value scale = quantizeQuery(early ? before[3] : loadQuery(index));
    Values after = keyLoop(tile, scale, {before[0], before[1]});
    Values next = {after[3], after[4], b.flip(before[2])};
    // In flight while the epilogue runs.
    if (early)
      next.push_back(loadQuery(b.add(index, tileStep)));
    epilogue(tile, {after[0], after[1], after[2]}, before[2]);
    return next;
  });
}

Value AttentionWriter::loadQuery(Value index) {
  // Past the end the last tile is read again and thrown away.
  Tile tile = split(b.minimum(index, b.add(endTile, -1)));
  auto type = FragmentType::get({layouts::kGroupRows, depth}, spec.query,
                                Layout::RowChunks);
  Value lastRow = b.add(b.parameter32("query_rows"), -1);
  return LoadRowsOp::create(
      b, type, b.parameter("query"), offsetOf("query", tile),
      b.parameter("query_stride_m"), b.parameter("query_stride_d"),
      b.add(tile.row, groupRow), lastRow,
      spec.depth, spec.alignedQuery, PositionOp::create(b));
}

void AttentionWriter::syncGroup() {
  // Named barriers 1.. belong to the consumer groups; 0 is the block's.
  GroupSyncOp::create(b, b.add(group, 1), layouts::kWarpgroup);
}

/// Quantizes the group's rows into shared memory; returns what a product of
/// integers must be multiplied by, but for the key's scale, to be a score in
/// log2. The sign of the softmax scale goes into the integers: maxima are taken
/// on them.
Value AttentionWriter::quantizeQuery(Value rows) {
  Value tile = b.shared(queryType(), plan.query, group, plan.queryStride);
  bool negative = spec.scale < 0;
  Value range;
  if (spec.schedule.getScales() == ScaleGroup::Thread) {
    syncGroup();
    auto type = SharedType::get({layouts::kGroupRows / 2}, b.getF32Type(), 0);
    Value ranges =
        b.shared(type, plan.coefficients + 4 * plan.tableElements(width), group,
                 plan.coefficientStride);
    QuantizeRowPairsOp::create(b, rows, tile, ranges, negative,
                               PositionOp::create(b));
    SharedFenceOp::create(b);
    syncGroup();
    // Warp * 8 + lane / 4. From the warp's and lane's numbers the assembler
    // orders the loop over keys in a way that is 5 % faster; where addresses of
    // single elements need the registers, it is computed here and not kept.
    Value mine =
        spec.staged
            ? b.add(b.mul(b.bitAnd(warp, 3), 8), b.shr(lane, 2))
            : b.shr(b.bitAnd(PositionOp::create(b), layouts::kWarpgroup - 1),
                    2);
    range = b.load(ranges, mine, b.getF32Type());
  } else {
    range = AbsMaxOp::create(b, rows);
    Value inverse =
        b.mulf(b.f32(negative ? -kInt8Max : kInt8Max), b.reciprocal(range));
    Value tiny = b.greaterf(b.f32(kTinyRange), range);
    Value factor = b.select(tiny, b.f32(0), inverse);
    syncGroup();
    QuantizeRowsOp::create(b, rows, factor, tile, PositionOp::create(b));
    SharedFenceOp::create(b);
    syncGroup();
  }
  Value scale = b.mulf(range, b.f32(std::abs(spec.scale) * kLog2E / kInt8Max));
  // Infinite inputs: the integers are meaningless, so the scale must be NaN.
  return b.addf(scale, b.subf(range, range));
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

/// Returns output, maximum, sum, and the place in the ring after the tile.
KernelBuilder::Values AttentionWriter::keyLoop(const Tile &tile,
                                               Value queryScale, Place place) {
  Value tiles = visibleKeyTiles(tile);
  Value scales = b.parameter("key_scales");
  bool perThread = spec.schedule.getScales() == ScaleGroup::Thread;
  Value firstScale =
      b.mul(b.mul(keyHead(tile), b.parameter32("key_tiles")), kKeyClasses);
  // A thread's columns are of the class of its place in the quad.
  if (perThread)
    firstScale = b.add(firstScale, b.bitAnd(lane, kKeyClasses - 1));
  else
    firstScale = UniformOp::create(b, firstScale);
  double none =
      masked() ? kNoMaximum : -std::numeric_limits<double>::infinity();
  Values start = {b.splat(0, b.accumulator(width, b.getF32Type())),
                  b.splat(none, b.rows()), b.splat(0, b.leadRows()),
                  place.stage, place.parity};
  auto body = [&](Value i, ValueRange before) {
    Value keyIndex = b.sub(b.add(tiles, -1), i);
    Value at32 = b.add(firstScale, b.mul(keyIndex, kKeyClasses));
    Value keyScale = b.load(scales, at32, b.getF32Type());
    Value scale = b.mulf(queryScale, keyScale);
    Value large = b.f32(kLargeScale);
    scale = b.select(b.greaterf(scale, large), large, scale);
    Place at{before[3], before[4]};
    Softmax next =
        step(tile, keyIndex, scale, at, {before[0], before[1], before[2]});
    Place after = advance(at);
    return Values{next.output, next.maximum, next.sum, after.stage,
                  after.parity};
  };
  if (!spec.keepsSums())
    return b.forLoop(zero, tiles, one, start, body);
  return keepSums(tiles, start, body);
}

/// The loop over key tiles, cut where sums leave the matrix unit. Two loops and
/// not a branch in one: the inner one is that of kernels without, and beside
/// the sums' way to memory nothing else needs registers. The groups cut at
/// different tiles, so that the others multiply while one moves its sums.
KernelBuilder::Values
AttentionWriter::keepSums(Value tiles, ValueRange start,
                          function_ref<Values(Value, ValueRange)> body) {
  int64_t interval = spec.schedule.getPromotionTiles();
  Value memory = b.parameter("kept_sums"), offset = b.i64(0);
  Value span = b.i32(interval);
  Value begin = b.select(b.less(span, tiles),
                         b.mul(group, -(interval / groups)), zero);
  Values last =
      b.forLoop(begin, tiles, span, start, [&](Value cut, ValueRange before) {
        Value end = b.minimum(b.add(cut, interval), tiles);
        Value first = b.maximum(cut, zero);
        Values state = b.forLoop(first, end, one, before, body);
        // The last part's sums stay where they are.
        state[0] = StashOp::create(b, state[0], state[1], memory, offset,
                                   b.less(end, tiles), b.less(zero, first));
        return state;
      });
  last[0] = UnstashOp::create(b, last[0], last[1], memory, offset,
                              b.less(span, tiles));
  return last;
}

AttentionWriter::Softmax AttentionWriter::step(const Tile &tile, Value keyIndex,
                                               Value scale, const Place &place,
                                               const Softmax &before) {
  Value query = b.shared(queryType(), plan.query, group, plan.queryStride);
  Value key = b.shared(keyType(), plan.key, place.stage, plan.keyStride);
  b.wait(ring(Ring::KeyFull, place.stage), place.parity);
  FragmentType scoresType = b.accumulator(keyTile, b.getI32Type());
  Value pending = QKOp::create(b, AsyncType::get(scoresType), query, key);
  Value scores = WaitOp::create(b, scoresType, pending, 0);
  arriveLead(ring(Ring::KeyEmpty, place.stage));
  // Early: the wait hides behind the maximum, and the conversions of the
  // scores can then move between the exponentials.
  b.wait(ring(Ring::ValueFull, place.stage), place.parity);
  if (masked())
    std::tie(scores, scale) = maskedScores(tile, keyIndex, scores, scale);
  else if (spec.schedule.getConversion() == ScoreConversion::Eager)
    scores =
        ConvertOp::create(b, b.accumulator(keyTile, b.getF32Type()), scores);

  Value highest = RowMaxOp::create(b, b.rows(), scores, scale);
  Value threshold =
      b.f32(spec.schedule.getRescaleThreshold().getValueAsDouble());
  Value maximum = b.map(b.rows(), {highest, before.maximum}, [&](ValueRange v) {
    return b.select(b.greaterf(v[0], b.addf(v[1], threshold)), v[0], v[1]);
  });
  Value alpha = b.map(b.rows(), {before.maximum, maximum},
                      [&](ValueRange v) { return b.exp2(b.subf(v[0], v[1])); });
  Value origin = b.f32(exponentOffset());
  Value offset = b.map(b.rows(), {maximum},
                       [&](ValueRange v) { return b.subf(origin, v[0]); });
  Value value =
      b.shared(valueType(), plan.value, place.stage, plan.valueStride);
  bool everyTile =
      spec.schedule.getAccumulation() == Accumulation::Promoted &&
      spec.schedule.getPromotionTiles() == 1;
  Value sums =
      everyTile ? addPartial(scores, scale, offset, before.output, alpha, value)
               : accumulate(scores, scale, offset, before.output, alpha, value);
  arriveLead(ring(Ring::ValueEmpty, place.stage));
  Value tileSum =
      FirstColumnOp::create(b, b.leadRows(), b.slice(sums, width, 8));
  Value sum = b.map(b.leadRows(), {before.sum, alpha, tileSum},
                    [&](ValueRange v) { return b.fmaf(v[0], v[1], v[2]); });
  return {b.slice(sums, 0, width), maximum, sum};
}

/// O * alpha + P V in the matrix unit's accumulator, P made step by step.
Value AttentionWriter::accumulate(Value scores, Value scale, Value offset,
                                  Value output, Value alpha, Value value) {
  Value scaled = RescaleIfOp::create(b, output, alpha);
  FragmentType sumsType = b.accumulator(width + 8, b.getF32Type());
  Value sums = JoinOp::create(b, sumsType, scaled,
                              b.splat(0, b.accumulator(8, b.getF32Type())));
  auto operand =
      FragmentType::get({layouts::kGroupRows, layouts::kStep8},
                        b.getType<Float8E4M3FNType>(), Layout::WgmmaOperandA);
  int64_t steps = keyTile / layouts::kStep8;
  for (int64_t i = 0; i < steps; ++i) {
    Value p = ExpPackOp::create(b, operand, scores, scale, offset, i);
    sums = PVOp::create(b, AsyncType::get(sumsType), sums, p, value, i,
                        i + 1 == steps);
  }
  return WaitOp::create(b, sumsType, sums, 0);
}

/// The same with the product of this tile alone in the matrix unit, added to
/// O in f32 afterwards.
Value AttentionWriter::addPartial(Value scores, Value scale, Value offset,
                                  Value output, Value alpha, Value value) {
  FragmentType sumsType = b.accumulator(width + 8, b.getF32Type());
  auto operand =
      FragmentType::get({layouts::kGroupRows, layouts::kStep8},
                        b.getType<Float8E4M3FNType>(), Layout::WgmmaOperandA);
  int64_t steps = keyTile / layouts::kStep8;
  // All of P first: scores, O and the partial sums do not fit together.
  Values p;
  for (int64_t i = 0; i < steps; ++i)
    p.push_back(ExpPackOp::create(b, operand, scores, scale, offset, i));
  Value partial;
  for (int64_t i = 0; i < steps; ++i)
    partial = PVOp::create(b, AsyncType::get(sumsType), partial, p[i], value, i,
                           i + 1 == steps);
  partial = WaitOp::create(b, sumsType, partial, 0);
  FragmentType outputType = b.accumulator(width, b.getF32Type());
  Value sum = b.map(outputType, {output, alpha, b.slice(partial, 0, width)},
                    [&](ValueRange v) { return b.fmaf(v[0], v[1], v[2]); });
  return JoinOp::create(b, sumsType, sum, b.slice(partial, width, 8));
}

/// Scores as f32, -inf where the row does not see the key, and the factor that
/// is left to apply to them.
std::pair<Value, Value> AttentionWriter::maskedScores(const Tile &tile,
                                                      Value keyIndex,
                                                      Value scores,
                                                      Value scale) {
  FragmentType type = b.accumulator(keyTile, b.getF32Type());
  Value firstKey = b.mul(keyIndex, keyTile);
  Value floats = ConvertOp::create(b, type, scores);
  Value tiny = b.f32(kTinyScale);
  scale = b.select(b.greaterf(tiny, scale), tiny, scale);
  Value limits = visibleColumns(tile, firstKey);
  if (spec.bias)
    return {addBias(tile, firstKey, limits, floats, scale), b.f32(1)};
  Value minusInfinity = b.f32(-std::numeric_limits<double>::infinity());
  return {MaskColumnsOp::create(b, floats, limits, minusInfinity), scale};
}

/// How many columns of the key tile each row sees, or more than there are.
Value AttentionWriter::visibleColumns(const Tile &tile, Value firstKey) {
  auto integers = FragmentType::get({layouts::kGroupRows}, b.getI32Type(),
                                    Layout::WgmmaRows);
  Value numbers = RowIndexOp::create(b, integers);
  if (!spec.causal) {
    Value left = b.sub(b.parameter32("keys"), firstKey);
    return b.map(integers, {numbers, left},
                 [&](ValueRange v) { return v[1]; });
  }
  // Keys that row 0 sees; the offset may be any number. The clamped end does
  // not change from tile to tile.
  Value row = b.add(tile.row, groupRow);
  Value end = b.add(b.add(b.wide(row), b.parameter("causal_offset")), 1);
  end = b.maximum(end, b.i64(-layouts::kGroupRows));
  end = b.minimum(end, b.parameter("keys"));
  Value limit = b.sub(b.narrow(end), firstKey);
  return b.map(integers, {numbers, limit},
               [&](ValueRange v) { return b.add(v[0], v[1]); });
}

/// scores * scale + bias * log2(e), -inf where the row does not see the key.
/// Slice after slice: the addresses of a whole tile do not fit beside it. The
/// barrier keeps the assembler from loading all slices first, and the mask,
/// which branches, from adding them up last.
Value AttentionWriter::addBias(const Tile &tile, Value firstKey, Value limits,
                               Value scores, Value scale) {
  int64_t columns = width > 128 ? 8 : 16; // fewer beside a wide O
  FragmentType type = b.accumulator(columns, b.getF32Type());
  auto limitsType = cast<FragmentType>(limits.getType());
  Value minusInfinity = b.f32(-std::numeric_limits<double>::infinity());
  Value log2e = b.f32(kLog2E);
  Value row = b.add(tile.row, groupRow);
  Value rowStride = b.parameter("bias_stride_m");
  Value columnStride = b.parameter("bias_stride_n");
  Value start = b.add(offsetOf("bias", tile),
                      b.mul(b.wide(readableRow(tile)), rowStride));
  Value rows = b.sub(b.parameter32("query_rows"), row);
  Value result;
  for (int64_t column = 0; column < keyTile; column += columns) {
    syncGroup();
    Value first = b.add(firstKey, column);
    Value readable = b.minimum(first, b.add(b.parameter32("keys"), -1));
    Value offset = b.add(start, b.mul(b.wide(readable), columnStride));
    Value bias = LoadFragmentOp::create(
        b, type, b.parameter("bias"), offset, rowStride, columnStride, rows,
        b.sub(b.parameter32("keys"), first), minusInfinity,
        PositionOp::create(b));
    Value part =
        b.map(type, {b.slice(scores, column, columns), bias, scale},
              [&](ValueRange v) {
                return b.fmaf(v[0], v[2], b.mulf(v[1], log2e));
              });
    Value inSlice = b.map(limitsType, {limits}, [&](ValueRange v) {
      return b.add(v[0], -column);
    });
    part = MaskColumnsOp::create(b, part, inSlice, minusInfinity);
    result = result ? JoinOp::create(
                          b, b.accumulator(column + columns, b.getF32Type()),
                          result, part)
                    : part;
  }
  return result;
}
