//===- OnlineSoftmax.cpp - one panel of queries, one tile of keys ---------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "Exp2.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <limits>

using namespace mlir;
using namespace rcm;

static constexpr double kMinusInfinity =
    -std::numeric_limits<double>::infinity();

void AttentionKernel::emitStep(const Step &step) {
  if (bias) {
    constexpr double kLog2E = 1.4426950408889634;
    Position at = step.at;
    at[kKeyRow] = step.firstKey;
    packPanel(bias, at, kKeyRow, getPanelRows(step.panel), step.end, kLog2E,
              scratch.scores, b.index(0));
  }
  Values tileMaxima = emitScores(step);
  Values corrections = emitWeights(step, tileMaxima);
  if (readsAttention)
    emitWeightedValues(step, corrections);
}

/// True in the lanes that see the tile's key `row`.
Value AttentionKernel::emitVisible(const Step &step, Value row,
                                   int64_t vectorNumber) {
  Value position = arith::IndexCastOp::create(
      b, tile.intVector.getElementType(), b.add(step.firstKey, row));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::sle,
                               b.splat(position, tile.intVector),
                               step.limits[vectorNumber]);
}

/// S = Kt Qt and the maximum over the tile's keys in each lane. Blocks of keys
/// that every row sees need no mask.
SmallVector<Value> AttentionKernel::emitScores(const Step &step) {
  Value unmaskedEnd = b.mul(b.div(step.full, b.index(tile.rows)), tile.rows);
  Value end = b.roundUp(step.end, tile.rows);
  Values maxima(tile.vectors, b.constant(tile.vector, kMinusInfinity));
  for (bool masked : {false, true})
    maxima = b.loop(masked ? unmaskedEnd : b.index(0),
                    masked ? end : unmaskedEnd, tile.rows, maxima,
                    [&](Value row, ValueRange carried) {
                      return emitScoreBlock(step, row, masked, carried);
                    });
  return maxima;
}

/// `rows` x `vectors` scores in registers; returns the maxima so far.
SmallVector<Value> AttentionKernel::emitScoreBlock(const Step &step,
                                                   Value firstRow, bool masked,
                                                   ValueRange maxima) {
  int64_t panel = tile.getPanel();
  auto place = [&](int64_t row, int64_t v) {
    return b.add(b.mul(b.add(firstRow, row), panel), v * tile.lanes);
  };
  Values sums;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v)
      sums.push_back(bias ? b.loadVector(tile.vector, scratch.scores,
                                         place(row, v))
                          : b.constant(tile.vector, 0.0));
  Value queries = getPanelOffset(step.panel, depthPitch);
  Value keys = b.mul(firstRow, depthPitch);
  sums = b.loop(b.index(0), depth, 1, sums, [&](Value k, ValueRange carried) {
    Values lanes, next;
    Value base = b.add(queries, b.mul(k, panel));
    for (int64_t v = 0; v < tile.vectors; ++v)
      lanes.push_back(b.loadVector(tile.vector, scratch.queries,
                                   b.add(base, v * tile.lanes)));
    for (int64_t row = 0; row < tile.rows; ++row) {
      Value place = b.add(b.add(keys, b.mul(depthPitch, row)), k);
      Value element = b.loadSplat(tile.vector, scratch.keys, place);
      for (int64_t v = 0; v < tile.vectors; ++v)
        next.push_back(
            b.fma(element, lanes[v], carried[row * tile.vectors + v]));
    }
    return next;
  });
  Values results(maxima);
  Value hidden = b.constant(tile.vector, kMinusInfinity);
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v) {
      Value score = sums[row * tile.vectors + v];
      if (masked)
        score = arith::SelectOp::create(
            b, emitVisible(step, b.add(firstRow, row), v), score, hidden);
      b.store(score, scratch.scores, place(row, v));
      // NaN is left out here and comes back in the sum of the weights.
      results[v] = b.maxKeepingSecond(score, results[v]);
    }
  return results;
}

/// S = 2^(S - M); updates M and L; returns 2^(Mold - M) per lane.
SmallVector<Value> AttentionKernel::emitWeights(const Step &step,
                                                ValueRange tileMaxima) {
  int64_t panel = tile.getPanel();
  Value state = b.mul(step.panel, panel);
  Values shifts, corrections, zeros;
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Value place = b.add(state, v * tile.lanes);
    Value old = b.loadVector(tile.vector, scratch.maxima, place);
    Value maximum = b.maxKeepingSecond(tileMaxima[v], old);
    b.store(maximum, scratch.maxima, place);
    // Lanes that saw no key yet: any finite shift gives 2^-inf = 0.
    Value zero = b.constant(tile.vector, 0.0);
    Value empty = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, maximum,
                                        b.constant(tile.vector, kMinusInfinity));
    Value shift = arith::SelectOp::create(b, empty, zero, maximum);
    shifts.push_back(shift);
    corrections.push_back(emitExp2(b, b.subf(old, shift)));
    zeros.push_back(zero);
  }
  Values sums = b.loop(
      b.index(0), step.end, 1, zeros, [&](Value row, ValueRange carried) {
        Values next;
        for (int64_t v = 0; v < tile.vectors; ++v) {
          Value place = b.add(b.mul(row, panel), v * tile.lanes);
          Value score = b.loadVector(tile.vector, scratch.scores, place);
          Value weight = emitExp2(b, b.subf(score, shifts[v]));
          b.store(weight, scratch.scores, place);
          next.push_back(b.addf(carried[v], weight));
        }
        return next;
      });
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Value place = b.add(state, v * tile.lanes);
    Value old = b.loadVector(tile.vector, scratch.sums, place);
    b.store(b.fma(old, corrections[v], sums[v]), scratch.sums, place);
  }
  return corrections;
}

/// Ot = Ot * corrections + Vt^T S, `rows` columns of V at a time.
void AttentionKernel::emitWeightedValues(const Step &step,
                                         ValueRange corrections) {
  std::optional<int64_t> known = getConstantIntValue(valueDepth);
  // With an unknown depth the last block runs into the padding.
  int64_t tail = known ? *known % tile.rows : 0;
  Value blocksEnd = known ? b.index(*known - tail)
                          : b.roundUp(valueDepth, tile.rows);
  b.loop(b.index(0), blocksEnd, tile.rows, [&](Value column) {
    emitValueBlock(step, column, tile.rows, corrections);
  });
  if (tail)
    emitValueBlock(step, blocksEnd, tail, corrections);
}

void AttentionKernel::emitValueBlock(const Step &step, Value firstColumn,
                                     int64_t rows, ValueRange corrections) {
  int64_t panel = tile.getPanel();
  Value result = b.add(getPanelOffset(step.panel, valuePitch),
                       b.mul(firstColumn, panel));
  auto place = [&](int64_t row, int64_t v) {
    return b.add(result, row * panel + v * tile.lanes);
  };
  Values sums;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v)
      sums.push_back(b.mulf(
          b.loadVector(tile.vector, scratch.result, place(row, v)),
          corrections[v]));
  auto accumulate = [&](bool masked) {
    return [&, masked](Value key, ValueRange carried) {
      Values weights, next;
      for (int64_t v = 0; v < tile.vectors; ++v)
        weights.push_back(
            b.loadVector(tile.vector, scratch.scores,
                         b.add(b.mul(key, panel), v * tile.lanes)));
      Value values = b.add(b.mul(key, valuePitch), firstColumn);
      for (int64_t row = 0; row < rows; ++row) {
        Value element =
            b.loadSplat(tile.vector, scratch.values, b.add(values, row));
        for (int64_t v = 0; v < tile.vectors; ++v) {
          Value factor = element;
          // A hidden key takes no part: 0 times its value may be NaN.
          if (masked)
            factor = arith::SelectOp::create(
                b, emitVisible(step, key, v), element,
                b.constant(tile.vector, 0.0));
          next.push_back(
              b.fma(factor, weights[v], carried[row * tile.vectors + v]));
        }
      }
      return next;
    };
  };
  sums = b.loop(b.index(0), step.plain, 1, sums, accumulate(false));
  if (causalOffset)
    sums = b.loop(step.plain, step.end, 1, sums, accumulate(true));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v)
      b.store(sums[row * tile.vectors + v], scratch.result, place(row, v));
}
