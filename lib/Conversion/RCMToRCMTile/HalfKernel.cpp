//===- HalfKernel.cpp - 16-bit attention with the skip --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Schedule
//
// One launch, no pre-pass: operands are used as they are, P is rounded to their
// type, sums are f32. One block per 64 * G query rows of a head, G warpgroups
// of 64 rows each, no roles: with little to do per block, a warpgroup that only
// loads would be one more to start. Two or more blocks share a multiprocessor
// where they fit, so that one's start and end hide behind the other's keys.
//
// Thread 0 starts every copy: Q, as many key tiles as there are stages, and R,
// all before anybody waits. Later key tiles go into the stage of the tile
// before last; thread 0 starts them between its product and its exponentials,
// when the other warpgroups have left that stage.
//
// Per key tile: S = Q K^T; wait; mask behind a uniform branch; row maximum,
// kept stale unless it grew by more than the threshold; rescale O if any row of
// the warp needs it; then, 32 keys at a time, P = 2^(S - max) in registers and
// O += P V started, so that exponentials of one step run beside the product of
// the step before; wait; give the stage back. Row sums are added in f32, each
// thread its own columns; the four parts of a row meet in the epilogue.
//
// Who waits for whom
//   query[g], residual[g]   a copy's bytes arrived        -> warpgroup g
//   K full, V full          a copy's bytes arrived        -> all
//   empty                   4 * G warps are done reading  -> thread 0
//
// Shared memory (HalfSpec::plan): Q [G], R and Out [G], K [stages],
// V [stages], barriers. V lies as in memory; the matrix unit transposes it.
//
// Registers: S key_tile / 2, O Dv / 2, P 8, exponentials 16.
//
//===----------------------------------------------------------------------===//

#include "HalfWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

static constexpr double kLog2E = 1.4426950408889634;
/// Stands for the maximum of no score. Finite, so that 2^(-inf - it) is 0 and
/// not NaN; scores below it cannot be told from masked ones.
static constexpr double kNoMaximum = -3.0e38;
/// Keys of one step of P and V.
static constexpr int64_t kPStep = 32;
static constexpr int64_t kWarpsPerGroup = 4;

void HalfWriter::write() {
  gpu::GPUFuncOp kernel = b.beginKernel(
      module, spec.name, halfParameters(spec, b.getContext()), spec.threads());
  kernel->setAttr("rcm_tile.schedule", spec.schedule);
  kernel->setAttr("rcm_tile.blocks_per_multiprocessor",
                  b.getI32IntegerAttr(spec.blocks()));
  zero = b.i32(0);
  one = b.i32(1);
  thread = b.id(IdKind::Thread);
  Value warp = b.id(IdKind::Warp);
  lane = b.id(IdKind::Lane);
  leads = b.equal(lane, 0);
  group = b.shr(warp, 2);
  groupRow = b.mul(group, layouts::kGroupRows);
  firstRow = b.mul(b.id(IdKind::Block), spec.schedule.getQueryTile());
  head = b.id(IdKind::BlockY);
  batch = b.id(IdKind::BlockZ);
  tiles = visibleKeyTiles();
  b.ifThen(b.equal(thread, 0), [&] {
    initBarriers();
    loadFirst();
  });
  readCoefficients();
  BlockSyncOp::create(b);
  b.wait(queryReady(group), zero);
  epilogue(keyLoop());
}

//===----------------------------------------------------------------------===//
// Barriers and tiles
//===----------------------------------------------------------------------===//

HalfWriter::HalfWriter(gpu::GPUModuleOp module, const HalfSpec &spec)
    : b(module.getLoc(), module.getContext()), module(module), spec(spec),
      plan(spec.plan()), groups(spec.schedule.getConsumerWarpgroups()),
      stages(spec.schedule.getStages()), keyRows(spec.schedule.getKeyTile()),
      depth(spec.paddedDepth()), width(spec.paddedWidth()) {}

Value HalfWriter::queryReady(Value index) {
  return b.barrier(plan.barriers, index);
}
Value HalfWriter::residualReady(Value index) {
  return b.barrier(plan.barriers + 8 * groups, index);
}
Value HalfWriter::keyFull(Value stage) {
  return b.barrier(plan.barriers + 8 * 2 * groups, stage);
}
Value HalfWriter::valueFull(Value stage) {
  return b.barrier(plan.barriers + 8 * (2 * groups + stages), stage);
}
Value HalfWriter::empty(Value stage) {
  return b.barrier(plan.barriers + 8 * (2 * groups + 2 * stages), stage);
}

SharedType HalfWriter::queryType() {
  return SharedType::get({layouts::kGroupRows, depth}, spec.element,
                         layouts::kPanelBytes);
}
SharedType HalfWriter::keyType() {
  return SharedType::get({keyRows, depth}, spec.element, layouts::kPanelBytes);
}
SharedType HalfWriter::valueType() {
  return SharedType::get({keyRows, width}, spec.element, layouts::kPanelBytes);
}
SharedType HalfWriter::residualType() {
  return SharedType::get({layouts::kGroupRows, width}, spec.out,
                         layouts::kPanelBytes);
}
Value HalfWriter::residualTile(Value index) {
  return b.shared(residualType(), plan.residual, index, plan.residualStride);
}

HalfWriter::Place HalfWriter::advance(const Place &place) {
  Value next = b.add(place.stage, 1);
  Value wraps = b.equal(next, stages);
  return {b.select(wraps, zero, next),
          b.select(wraps, b.flip(place.parity), place.parity)};
}

HalfWriter::Place HalfWriter::before(const Place &place) {
  Value wraps = b.equal(place.stage, 0);
  return {b.select(wraps, b.i32(stages - 1), b.add(place.stage, -1)),
          b.select(wraps, b.flip(place.parity), place.parity)};
}

void HalfWriter::initBarriers() {
  for (int64_t i = 0; i < groups; ++i) {
    BarrierInitOp::create(b, queryReady(b.i32(i)), 1);
    BarrierInitOp::create(b, residualReady(b.i32(i)), 1);
  }
  for (int64_t i = 0; i < stages; ++i) {
    Value stage = b.i32(i);
    BarrierInitOp::create(b, keyFull(stage), 1);
    BarrierInitOp::create(b, valueFull(stage), 1);
    BarrierInitOp::create(b, empty(stage), kWarpsPerGroup * groups);
  }
  BarrierPublishOp::create(b);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void HalfWriter::loadFirst() {
  for (int64_t i = 0; i < groups; ++i) {
    Value index = b.i32(i);
    Value row = b.add(firstRow, i * layouts::kGroupRows);
    BarrierExpectOp::create(b, queryReady(index), plan.queryStride);
    TmaLoadOp::create(
        b, b.shared(queryType(), plan.query, index, plan.queryStride),
        b.parameter("query_map"), ValueRange{zero, row, head, batch},
        queryReady(index));
  }
  for (int64_t i = 0; i < stages; ++i) {
    Value index = b.i32(i);
    b.ifThen(b.less(index, tiles), [&] { loadKeyValue(index, index); });
  }
  if (!spec.staged || !spec.readsResidual())
    return;
  for (int64_t i = 0; i < groups; ++i) {
    Value index = b.i32(i);
    Value row = b.add(firstRow, i * layouts::kGroupRows);
    BarrierExpectOp::create(b, residualReady(index), plan.residualStride);
    TmaLoadOp::create(b, residualTile(index), b.parameter("residual_map"),
                      ValueRange{zero, row, head, batch},
                      residualReady(index));
  }
}

void HalfWriter::loadKeyValue(Value keyTile, Value stage) {
  Value key = b.mul(keyTile, keyRows);
  auto load = [&](StringRef name, SharedType type, int64_t offset,
                  int64_t stride, Value full) {
    Value inGroup = b.parameter32((name + "_group").str());
    Value step = b.parameter32((name + "_batch_step").str());
    BarrierExpectOp::create(b, full, stride);
    TmaLoadOp::create(
        b, b.shared(type, offset, stage, stride),
        b.parameter((name + "_map").str()),
        ValueRange{zero, key, b.div(head, inGroup), b.mul(batch, step)}, full);
  };
  load("key", keyType(), plan.key, plan.keyStride, keyFull(stage));
  load("value", valueType(), plan.value, plan.valueStride, valueFull(stage));
}

/// While tile `keyTile` is worked on: the tile before it has left its stage, or
/// is about to; what comes `stages` behind it can be copied there.
void HalfWriter::refill(Value keyTile, const Place &place) {
  Value next = b.add(keyTile, stages - 1);
  Value wanted = arith::AndIOp::create(b, b.atLeast(keyTile, 1),
                                       b.less(next, tiles));
  Value first = b.equal(thread, 0);
  b.ifThen(arith::AndIOp::create(b, first, wanted), [&] {
    Place left = before(place);
    b.wait(empty(left.stage), left.parity);
    loadKeyValue(next, left.stage);
  });
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

Value HalfWriter::visibleKeyTiles() {
  Value all = b.parameter("keys");
  if (spec.causal) {
    // Row m sees keys up to m + offset. In 64 bits: the offset is any number.
    Value behind = b.add(b.wide(firstRow), spec.schedule.getQueryTile());
    Value last = b.minimum(behind, b.parameter("query_rows"));
    Value end = b.add(last, b.parameter("causal_offset"));
    all = b.minimum(b.maximum(end, b.i64(0)), all);
  }
  return b.div(b.add(b.narrow(all), keyRows - 1), b.i32(keyRows));
}

HalfWriter::Softmax HalfWriter::keyLoop() {
  FragmentType parts = FragmentType::get({layouts::kGroupRows}, b.getF32Type(),
                                         Layout::WgmmaRowParts);
  Values start = {b.splat(0, b.accumulator(width, b.getF32Type())),
                  b.splat(kNoMaximum, b.rows()), b.splat(0, parts), zero, zero};
  Values end =
      b.forLoop(zero, tiles, one, start, [&](Value i, ValueRange carried) {
        Place place{carried[3], carried[4]};
        Softmax next = step(i, place, {carried[0], carried[1], carried[2]});
        Place after = advance(place);
        return Values{next.output, next.maximum, next.sum, after.stage,
                      after.parity};
      });
  return {end[0], end[1], end[2]};
}

HalfWriter::Softmax HalfWriter::step(Value keyTile, const Place &place,
                                     const Softmax &state) {
  Value query = b.shared(queryType(), plan.query, group, plan.queryStride);
  Value key = b.shared(keyType(), plan.key, place.stage, plan.keyStride);
  Value value =
      b.shared(valueType(), plan.value, place.stage, plan.valueStride);
  FragmentType scoresType = b.accumulator(keyRows, b.getF32Type());
  b.wait(keyFull(place.stage), place.parity);
  Value scores = QKOp::create(b, AsyncType::get(scoresType), query, key);
  scores = WaitOp::create(b, scoresType, scores, 0);
  refill(keyTile, place);
  if (spec.bias)
    scores = biasedScores(keyTile, scores);
  else if (!scaledLate())
    scores = b.map(scoresType, {scores, b.f32(spec.scale * kLog2E)},
                   [&](ValueRange v) { return b.mulf(v[0], v[1]); });
  scores = maskedScores(keyTile, scores);
  Value factor = b.f32(scaledLate() ? spec.scale * kLog2E : 1.0);

  Value highest = RowMaxOp::create(b, b.rows(), scores, factor);
  Value threshold =
      b.f32(spec.schedule.getRescaleThreshold().getValueAsDouble());
  Value maximum = b.map(b.rows(), {highest, state.maximum}, [&](ValueRange v) {
    return b.select(b.greaterf(v[0], b.addf(v[1], threshold)), v[0], v[1]);
  });
  Value alpha = b.map(b.rows(), {state.maximum, maximum},
                      [&](ValueRange v) { return b.exp2(b.subf(v[0], v[1])); });
  Value offset = b.map(b.rows(), {maximum},
                       [&](ValueRange v) { return b.subf(b.f32(0), v[0]); });
  b.wait(valueFull(place.stage), place.parity);
  Value output = RescaleIfOp::create(b, state.output, alpha);
  auto parts = cast<FragmentType>(state.sum.getType());
  FragmentType outputType = b.accumulator(width, b.getF32Type());
  FragmentType wide = b.accumulator(kPStep, b.getF32Type());
  FragmentType narrow = b.accumulator(kPStep, spec.element);
  auto operand = FragmentType::get({layouts::kGroupRows, kPStep}, spec.element,
                                   Layout::WgmmaOperandA);
  Value sum = b.map(parts, {state.sum, alpha},
                    [&](ValueRange v) { return b.mulf(v[0], v[1]); });
  for (int64_t i = 0; i < keyRows / kPStep; ++i) {
    Value p = b.map(wide, {b.slice(scores, i * kPStep, kPStep), factor, offset},
                    [&](ValueRange v) {
                      return b.exp2(b.fmaf(v[0], v[1], v[2]));
                    });
    sum = b.map(parts, {sum, RowSumOp::create(b, parts, p)},
                [&](ValueRange v) { return b.addf(v[0], v[1]); });
    Value packed = AsOperandOp::create(b, operand,
                                       ConvertOp::create(b, narrow, p));
    output = PVOp::create(b, AsyncType::get(outputType), output, packed, value,
                          i, (i + 1) * kPStep == keyRows);
  }
  output = WaitOp::create(b, outputType, output, 0);
  b.ifThen(leads,
           [&] { BarrierArriveOp::create(b, empty(place.stage)); });
  return {output, maximum, sum};
}

/// -inf where the row does not see the key: behind the last key, or behind the
/// diagonal. The copies filled what is behind the last key with zeros.
Value HalfWriter::maskedScores(Value keyTile, Value scores) {
  auto integers = FragmentType::get({layouts::kGroupRows}, b.getI32Type(),
                                    Layout::WgmmaRows);
  Value firstKey = b.mul(keyTile, keyRows);
  Value inside = b.sub(b.parameter32("keys"), firstKey);
  Value limits = SplatOp::create(b, integers, inside);
  if (spec.causal) {
    // Columns of this tile that a row sees; the offset may be any number.
    Value row = b.add(firstRow, groupRow);
    Value limit = b.add(b.wide(b.sub(row, firstKey)),
                        b.add(b.parameter("causal_offset"), 1));
    limit = b.maximum(limit, b.i64(-layouts::kGroupRows));
    limit = b.narrow(b.minimum(limit, b.i64(keyRows)));
    limits = b.map(integers, {RowIndexOp::create(b, integers), limit, inside},
                   [&](ValueRange v) {
                     return b.minimum(b.add(v[0], v[1]), v[2]);
                   });
  }
  Value minusInfinity = b.f32(-std::numeric_limits<double>::infinity());
  return MaskColumnsOp::create(b, scores, limits, minusInfinity);
}

/// Scores in log2 with the bias added; -inf behind the last row or key.
Value HalfWriter::biasedScores(Value keyTile, Value scores) {
  auto type = cast<FragmentType>(scores.getType());
  Value firstKey = b.mul(keyTile, keyRows);
  Value row = b.add(firstRow, groupRow);
  Value offset = b.add(rowOffset("bias"), b.mul(b.wide(firstKey),
                                               b.parameter("bias_stride_n")));
  Value bias = LoadFragmentOp::create(
      b, type, b.parameter("bias"), offset, b.parameter("bias_stride_m"),
      b.parameter("bias_stride_n"), b.sub(b.parameter32("query_rows"), row),
      b.sub(b.parameter32("keys"), firstKey),
      b.f32(-std::numeric_limits<double>::infinity()), PositionOp::create(b));
  Value factor = b.f32(spec.scale * kLog2E), log2e = b.f32(kLog2E);
  return b.map(type, {scores, bias, factor, log2e}, [&](ValueRange v) {
    return b.fmaf(v[0], v[2], b.mulf(v[1], v[3]));
  });
}

void rcm::tile::buildHalfKernel(gpu::GPUModuleOp module, const HalfSpec &spec) {
  HalfWriter(module, spec).write();
}
