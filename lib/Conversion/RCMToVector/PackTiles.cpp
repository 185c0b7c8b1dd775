//===- PackTiles.cpp - operands into a task's buffers ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <limits>

using namespace mlir;
using namespace rcm;

/// buffer[offset + i] = factor * view[at + i along `dim`], i < count, in the
/// compute type.
void AttentionKernel::copyRow(const OperandView &view, const Position &at,
                              AttentionDim dim, Value count, double factor,
                              Value buffer, Value offset) {
  auto scale = [&](Value element) {
    element = b.convert(element, computeType);
    if (factor == 1.0)
      return element;
    return b.mulf(element, b.constant(element.getType(), factor));
  };
  Value tail = b.rem(count, b.index(tile.lanes));
  Value vectorEnd = b.sub(count, tail);
  Position next = at;
  Value first = at[dim] ? at[dim] : b.index(0);
  b.loop(b.index(0), vectorEnd, tile.lanes, [&](Value i) {
    next[dim] = b.add(first, i);
    Value element = scale(view.loadVector(b, next, dim, tile.lanes));
    b.store(element, buffer, b.add(offset, i));
  });
  if (isConstantIntValue(tail, 0))
    return;
  b.loop(vectorEnd, count, 1, [&](Value i) {
    next[dim] = b.add(first, i);
    b.store(scale(view.load(b, next)), buffer, b.add(offset, i));
  });
}

/// buffer[i * pitch + c] = view[firstKey + i, c]: rows of K or V as they lie.
void AttentionKernel::packRows(const OperandView &view, AttentionDim dim,
                               Value columns, Value firstKey, Value count,
                               Value buffer, Value pitch) {
  Position at = taskAt;
  b.loop(b.index(0), count, 1, [&](Value row) {
    at[kKeyRow] = b.add(firstKey, row);
    copyRow(view, at, dim, columns, /*factor=*/1.0, buffer,
            b.mul(row, pitch));
  });
}

/// buffer[offset + c * panel + r] = factor * view[at + r rows + c along `dim`],
/// r < panel, c < columns, and 0 for rows from `rowCount` on. Columns are
/// written up to a multiple of the vector's lanes.
void AttentionKernel::packPanel(const OperandView &view, const Position &at,
                                AttentionDim dim, Value rowCount, Value columns,
                                double factor, Value buffer, Value offset) {
  int64_t panel = tile.getPanel();
  Value stage = scratch.stage;
  Position next = at;
  b.loop(b.index(0), rowCount, 1, [&](Value row) {
    next[kQueryRow] = b.add(at[kQueryRow], row);
    Value base = b.mul(row, stagePitch);
    copyRow(view, next, dim, columns, factor, stage, base);
  });
  Value zero = b.constant(tile.vector, 0.0);
  Value width = b.roundUp(columns, tile.lanes);
  b.loop(rowCount, b.index(panel), 1, [&](Value row) {
    b.loop(b.index(0), width, tile.lanes, [&](Value c) {
      b.store(zero, stage, b.add(b.mul(row, stagePitch), c));
    });
  });
  b.loop(b.index(0), width, tile.lanes, [&](Value c) {
    for (int64_t v = 0; v < tile.vectors; ++v) {
      Values rows;
      for (int64_t lane = 0; lane < tile.lanes; ++lane) {
        Value row = b.mul(stagePitch, v * tile.lanes + lane);
        rows.push_back(b.loadVector(tile.vector, stage, b.add(row, c)));
      }
      for (auto [i, column] : llvm::enumerate(b.transpose(rows))) {
        Value place = b.add(b.mul(b.add(c, i), panel), v * tile.lanes);
        b.store(column, buffer, b.add(offset, place));
      }
    }
  });
}

/// Qt: the factor turns products into scores in base 2.
void AttentionKernel::packQueries() {
  constexpr double kLog2E = 1.4426950408889634;
  b.loop(b.index(0), taskPanels, 1, [&](Value panel) {
    Position at = taskAt;
    at[kQueryRow] =
        b.add(taskAt[kQueryRow], b.mul(panel, tile.getPanel()));
    packPanel(query, at, kKeyDim, getPanelRows(panel), depth,
              op.getScaleValue() * kLog2E, scratch.queries,
              getPanelOffset(panel, depthPitch));
  });
}

/// M = -inf, L = 0, Ot = 0.
void AttentionKernel::initializeState() {
  auto fill = [&](Value buffer, Value count, double value) {
    Value splat = b.constant(tile.vector, value);
    b.loop(b.index(0), count, tile.lanes,
           [&](Value i) { b.store(splat, buffer, i); });
  };
  Value lanes = b.mul(taskPanels, tile.getPanel());
  fill(scratch.maxima, lanes, -std::numeric_limits<double>::infinity());
  fill(scratch.sums, lanes, 0.0);
  if (readsAttention)
    fill(scratch.result, b.mul(lanes, valuePitch), 0.0);
}

/// The query rows of a panel: fewer than its lanes at the end.
Value AttentionKernel::getPanelRows(Value panel) {
  int64_t lanes = tile.getPanel();
  return b.min(b.index(lanes), b.sub(taskRows, b.mul(panel, lanes)));
}
