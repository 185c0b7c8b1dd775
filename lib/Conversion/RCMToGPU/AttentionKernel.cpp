//===- AttentionKernel.cpp - the kernel of the recipe `none`
//--------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Attention in f32 on the plain arithmetic units, correct for every size,
// stride and map; the yardstick of the fast kernels.
//
// A block of 16 x 16 threads owns 64 query rows of one head. It walks the keys
// in tiles of 64 with the online softmax:
//
//   for each tile of keys
//     S = 0
//     for each 32 columns of D       Q and K pieces to shared memory, S += Q
//     K^T scores: scale, bias, mask; row maximum over the 16 threads of a row
//     P = 2^(S - max) to shared memory; O and the sums times 2^(old - new max)
//     for each 8 keys                V rows to shared memory, O += P V
//   O / sum, coefficients and residual, one store
//
// Thread (ty, tx) holds rows 4 ty + i (i < 4), keys tx + 16 j (j < 4) of S and
// value columns tx + 16 c (c < Dv / 16) of O: every access to shared memory is
// a broadcast or free of bank conflicts. All threads meet at the barriers
// around each fill; nothing else orders them.
// Shared memory: Q 64x33, K 64x33, P 64x65, V 8xDv, in f32: at most 41.7 KB.
// Registers: 16 of S and Dv/4 of O (64 for Dv = 256) beside addresses.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include <cmath>

using namespace mlir;
using namespace rcm;
using namespace rcm::simt;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Values KernelBuilder::getIndices(AffineMap map, const Position &at,
                                 bool isGrouped) {
  Values indices;
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim) // the constant 0 of a dimension of size 1
      indices.push_back(index(0));
    else if (dim.getPosition() == kHead && isGrouped)
      indices.push_back(div(at.dims[kHead], shape.group));
    else
      indices.push_back(at.dims[dim.getPosition()]);
  }
  return indices;
}

Value KernelBuilder::load(Value source, AffineMap map, const Position &at,
                          bool isGrouped) {
  Value value = source;
  if (isa<MemRefType>(source.getType()))
    value = memref::LoadOp::create(b, source, getIndices(map, at, isGrouped));
  unsigned width = value.getType().getIntOrFloatBitWidth();
  if (width < 32)
    return arith::ExtFOp::create(b, f32, value);
  if (width > 32)
    return arith::TruncFOp::create(b, f32, value);
  return value;
}

void KernelBuilder::store(Value value, Value target, AffineMap map,
                          const Position &at) {
  Type type = cast<MemRefType>(target.getType()).getElementType();
  if (type.getIntOrFloatBitWidth() < 32)
    value = arith::TruncFOp::create(b, type, value);
  else if (type.getIntOrFloatBitWidth() > 32)
    value = arith::ExtFOp::create(b, type, value);
  memref::StoreOp::create(b, value, target, getIndices(map, at, false));
}

/// Rows `firstRow`... and 32 columns of Q or K. Rows behind the last repeat it
/// (their scores are masked or not stored), columns behind D are 0.
void KernelBuilder::fillDepthChunk(Value tile, Value source, AffineMap map,
                                   unsigned row, Value rowBegin,
                                   Value columnBegin) {
  Value column = rem(tid, index(kDepthChunk));
  Value firstOfThread = div(tid, index(kDepthChunk));
  Position at;
  at.dims[kBatch] = batch;
  at.dims[kHead] = head;
  Value position = add(columnBegin, column);
  at.dims[kKeyDim] = clamp(position, kKeyDim);
  Value isInside = inside(position, kKeyDim);
  const int64_t rowsAtATime = kThreads / kDepthChunk;
  for (int64_t i = 0; i < kQueryTile; i += rowsAtATime) {
    Value tileRow = add(firstOfThread, i);
    at.dims[row] = clamp(add(rowBegin, tileRow), row);
    Value value = load(source, map, at, /*isGrouped=*/row == kKeyRow);
    value = select(isInside, value, number(0));
    memref::StoreOp::create(b, value, tile, ValueRange{tileRow, column});
  }
}

/// Eight rows of V; zeros behind the last key and the last column, since
/// 0 * NaN is NaN.
void KernelBuilder::fillValues(Value firstKey) {
  const int64_t width = columns * kThreadsX;
  Position at;
  at.dims[kBatch] = batch;
  at.dims[kHead] = head;
  for (int64_t i = 0; i < kValueRows * width; i += kThreads) {
    Value linear = add(tid, i);
    Value row = div(linear, index(width)), column = rem(linear, index(width));
    Value key = add(firstKey, row);
    at.dims[kKeyRow] = clamp(key, kKeyRow);
    at.dims[kValueDim] = clamp(column, kValueDim);
    Value value = load(op.getValue(), maps.value, at, /*isGrouped=*/true);
    Value isInside = both(inside(key, kKeyRow), inside(column, kValueDim));
    value = select(isInside, value, number(0));
    memref::StoreOp::create(b, value, sharedV, ValueRange{row, column});
  }
}

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

/// One past the last key that any row of the block sees.
Value KernelBuilder::getKeyEnd() {
  if (!shape.readsAttention)
    return index(0);
  Value keys = shape.sizes[kKeyRow];
  if (!shape.causalOffset)
    return keys;
  Value end = add(add(firstRow, shape.causalOffset), kQueryTile);
  end = arith::MaxSIOp::create(b, end, index(0));
  return minimum(end, keys);
}

/// S = Q K^T of the thread's 4 rows and 4 keys.
Values KernelBuilder::computeScores(Value firstKey) {
  Values zeros(kRowsPerThread * kKeysPerThread, number(0));
  auto chunks = scf::ForOp::create(b, index(0), shape.sizes[kKeyDim],
                                   index(kDepthChunk), zeros);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(chunks.getBody());
  Value column = chunks.getInductionVar();
  gpu::BarrierOp::create(b);
  fillDepthChunk(sharedQ, op.getQuery(), maps.query, kQueryRow, firstRow,
                 column);
  fillDepthChunk(sharedK, op.getKey(), maps.key, kKeyRow, firstKey, column);
  gpu::BarrierOp::create(b);
  auto steps = scf::ForOp::create(b, index(0), index(kDepthChunk), index(1),
                                  chunks.getRegionIterArgs());
  scf::YieldOp::create(b, steps.getResults());
  b.setInsertionPointToStart(steps.getBody());
  Value step = steps.getInductionVar();
  Values rows, keys, sums;
  for (int64_t i = 0; i < kRowsPerThread; ++i)
    rows.push_back(memref::LoadOp::create(
        b, sharedQ, ValueRange{add(mul(ty, kRowsPerThread), i), step}));
  for (int64_t j = 0; j < kKeysPerThread; ++j)
    keys.push_back(memref::LoadOp::create(
        b, sharedK, ValueRange{add(tx, j * kThreadsX), step}));
  for (int64_t i = 0; i < kRowsPerThread; ++i)
    for (int64_t j = 0; j < kKeysPerThread; ++j)
      sums.push_back(fma(rows[i], keys[j],
                         steps.getRegionIterArgs()[i * kKeysPerThread + j]));
  scf::YieldOp::create(b, sums);
  return chunks.getResults();
}

Value KernelBuilder::isVisible(Value row, Value key) {
  Value visible = inside(key, kKeyRow);
  if (!shape.causalOffset)
    return visible;
  return both(visible, less(key, add(add(row, shape.causalOffset), 1)));
}

/// To base 2: scale * log2(e) * S + log2(e) * bias, -inf where hidden.
void KernelBuilder::finishScores(Values &scores, Value firstKey) {
  Value scale = number(op.getScaleValue() * kLog2E);
  Position at;
  at.dims[kBatch] = batch;
  at.dims[kHead] = head;
  for (int64_t i = 0; i < kRowsPerThread; ++i)
    for (int64_t j = 0; j < kKeysPerThread; ++j) {
      Value row = add(firstRow, add(mul(ty, kRowsPerThread), i));
      Value key = add(firstKey, add(tx, j * kThreadsX));
      Value &score = scores[i * kKeysPerThread + j];
      score = mulf(score, scale);
      if (op.getBias()) {
        at.dims[kQueryRow] = clamp(row, kQueryRow);
        at.dims[kKeyRow] = clamp(key, kKeyRow);
        Value bias = load(op.getBias(), maps.bias, at);
        score = fma(bias, number(kLog2E), score);
      }
      score = select(isVisible(row, key), score, number(-INFINITY));
    }
}

/// Over the 16 threads that share a row; they are half a warp.
Value KernelBuilder::reduceRow(Value value, bool isMaximum) {
  for (int32_t offset = kThreadsX / 2; offset > 0; offset /= 2) {
    auto other = gpu::ShuffleOp::create(b, value, offset, /*width=*/32,
                                        gpu::ShuffleMode::XOR);
    value = isMaximum ? maxnum(value, other.getShuffleResult())
                      : addf(value, other.getShuffleResult());
  }
  return value;
}

//===----------------------------------------------------------------------===//
// The walk over the keys
//===----------------------------------------------------------------------===//

/// O += P V over the tile's 64 keys.
Values KernelBuilder::accumulateValues(Value firstKey, Values outputs) {
  auto pieces = scf::ForOp::create(b, index(0), index(kKeyTile),
                                   index(kValueRows), outputs);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(pieces.getBody());
  Value piece = pieces.getInductionVar();
  gpu::BarrierOp::create(b);
  fillValues(add(firstKey, piece));
  gpu::BarrierOp::create(b);
  auto steps = scf::ForOp::create(b, index(0), index(kValueRows), index(1),
                                  pieces.getRegionIterArgs());
  scf::YieldOp::create(b, steps.getResults());
  b.setInsertionPointToStart(steps.getBody());
  Value tileKey = add(piece, steps.getInductionVar());
  Values values, sums;
  for (int64_t c = 0; c < columns; ++c)
    values.push_back(memref::LoadOp::create(
        b, sharedV,
        ValueRange{steps.getInductionVar(), add(tx, c * kThreadsX)}));
  for (int64_t i = 0; i < kRowsPerThread; ++i) {
    Value tileRow = add(mul(ty, kRowsPerThread), i);
    Value p = memref::LoadOp::create(b, sharedP, ValueRange{tileRow, tileKey});
    for (int64_t c = 0; c < columns; ++c) {
      Value old = steps.getRegionIterArgs()[i * columns + c];
      Value sum = fma(p, values[c], old);
      // A hidden key's V may hold NaN, which must not reach this row.
      if (shape.causalOffset)
        sum = select(isVisible(add(firstRow, tileRow), add(firstKey, tileKey)),
                     sum, old);
      sums.push_back(sum);
    }
  }
  scf::YieldOp::create(b, sums);
  return pieces.getResults();
}

/// `carried` holds 4 maxima, 4 sums (of this thread's keys only) and 4 *
/// columns outputs.
Values KernelBuilder::visitKeyTile(Value firstKey, ValueRange carried) {
  Values scores = computeScores(firstKey);
  finishScores(scores, firstKey);
  Values maxima, sums, outputs;
  for (int64_t i = 0; i < kRowsPerThread; ++i) {
    MutableArrayRef<Value> row = MutableArrayRef<Value>(scores).slice(
        i * kKeysPerThread, kKeysPerThread);
    Value tileMaximum = row[0];
    for (Value score : row.drop_front())
      tileMaximum = maxnum(tileMaximum, score);
    Value maximum = maxnum(carried[i], reduceRow(tileMaximum, true));
    // A row that saw no key yet subtracts 0, since -inf - -inf is NaN.
    Value shift = select(isEqual(maximum, -INFINITY), number(0), maximum);
    Value factor = exp2(subf(carried[i], shift));
    Value sum = mulf(carried[kRowsPerThread + i], factor);
    for (auto [j, score] : llvm::enumerate(row)) {
      Value p = exp2(subf(score, shift));
      sum = addf(sum, p);
      Value tileRow = add(mul(ty, kRowsPerThread), i);
      memref::StoreOp::create(
          b, p, sharedP,
          ValueRange{tileRow, add(tx, static_cast<int64_t>(j) * kThreadsX)});
    }
    maxima.push_back(maximum);
    sums.push_back(sum);
    for (int64_t c = 0; c < columns; ++c)
      outputs.push_back(
          mulf(carried[2 * kRowsPerThread + i * columns + c], factor));
  }
  outputs = accumulateValues(firstKey, outputs);
  Values next = maxima;
  llvm::append_range(next, sums);
  llvm::append_range(next, outputs);
  return next;
}

//===----------------------------------------------------------------------===//
// The result
//===----------------------------------------------------------------------===//

/// alpha * x + beta * attention, or attention alone.
Value KernelBuilder::combine(Value attention, const Position &at) {
  if (!op.getResidual())
    return attention;
  Value result;
  if (shape.readsAttention)
    result = mulf(load(op.getBeta(), maps.beta, at), attention);
  if (shape.readsResidual) {
    Value alpha = load(op.getAlpha(), maps.alpha, at);
    Value x = load(op.getResidual(), maps.residual, at);
    result = result ? fma(alpha, x, result) : mulf(alpha, x);
  }
  return result ? result : number(0);
}

/// ln 2 * (maximum + log2(sum)); -inf for a row without a visible key.
void KernelBuilder::writeLse(Value maximum, Value sum, Value row) {
  Value isFirst =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, tx, index(0));
  auto guarded = scf::IfOp::create(b, isFirst);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(guarded.thenBlock());
  Value lse = addf(maximum, math::Log2Op::create(b, sum));
  lse = mulf(lse, number(kLn2));
  lse = select(isEqual(sum, 0), number(-INFINITY), lse);
  Position at;
  at.dims[kBatch] = batch;
  at.dims[kHead] = head;
  at.dims[kQueryRow] = row;
  store(lse, op.getLse(), maps.lse, at);
}

void KernelBuilder::writeResult(ValueRange carried) {
  Position at;
  at.dims[kBatch] = batch;
  at.dims[kHead] = head;
  for (int64_t i = 0; i < kRowsPerThread; ++i) {
    Value row = add(firstRow, add(mul(ty, kRowsPerThread), i));
    Value sum = reduceRow(carried[kRowsPerThread + i], /*isMaximum=*/false);
    auto rowGuard = scf::IfOp::create(b, inside(row, kQueryRow));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(rowGuard.thenBlock());
    at.dims[kQueryRow] = row;
    if (op.getLse())
      writeLse(carried[i], sum, row);
    Value isEmpty = isEqual(sum, 0);
    for (int64_t c = 0; c < columns; ++c) {
      Value column = add(tx, c * kThreadsX);
      auto columnGuard = scf::IfOp::create(b, inside(column, kValueDim));
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToStart(columnGuard.thenBlock());
      at.dims[kValueDim] = column;
      Value output = carried[2 * kRowsPerThread + i * columns + c];
      Value attention = arith::DivFOp::create(b, output, sum);
      attention = select(isEmpty, number(0), attention);
      store(combine(attention, at), op.getOut(), maps.out, at);
    }
  }
}

void KernelBuilder::build(Value block, Value thread) {
  tid = thread;
  tx = rem(tid, index(kThreadsX));
  ty = div(tid, index(kThreadsX));
  firstRow = mul(rem(block, shape.queryTiles), kQueryTile);
  Value headAndBatch = div(block, shape.queryTiles);
  head = rem(headAndBatch, shape.sizes[kHead]);
  batch = div(headAndBatch, shape.sizes[kHead]);
  Values initial(kRowsPerThread, number(-INFINITY));
  initial.append(kRowsPerThread * (1 + columns), number(0));
  auto tiles =
      scf::ForOp::create(b, index(0), getKeyEnd(), index(kKeyTile), initial);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(tiles.getBody());
    scf::YieldOp::create(
        b, visitKeyTile(tiles.getInductionVar(), tiles.getRegionIterArgs()));
  }
  writeResult(tiles.getResults());
}

SmallVector<Type> rcm::simt::getSharedMemoryTypes(MLIRContext *context,
                                                  int64_t maxValueDim) {
  auto space = gpu::AddressSpaceAttr::get(
      context, gpu::GPUDialect::getWorkgroupAddressSpace());
  auto getType = [&](int64_t rows, int64_t pitch) -> Type {
    return MemRefType::get({rows, pitch}, Float32Type::get(context),
                           MemRefLayoutAttrInterface(), space);
  };
  return {getType(kQueryTile, kDepthPitch), getType(kKeyTile, kDepthPitch),
          getType(kQueryTile, kProbabilityPitch),
          getType(kValueRows, getColumnsPerThread(maxValueDim) * kThreadsX)};
}

void rcm::simt::buildAttentionKernel(ImplicitLocOpBuilder &b,
                                     AttentionOpInterface op,
                                     const KernelShape &shape, Value block,
                                     Value thread, ValueRange shared) {
  KernelBuilder(b, op, shape, shared).build(block, thread);
}
