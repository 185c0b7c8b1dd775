//===- EmitOutput.cpp - results, and the skip -----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace rcm;

void AttentionKernel::emitPanelOutput(Value panel) {
  if (readsAttention && !intermediate)
    stagePanelResult(panel);
  Value firstRow =
      b.add(taskAt[kQueryRow], b.mul(panel, tile.getPanel()));
  b.loop(b.index(0), getPanelRows(panel), 1, [&](Value row) {
    Position at = taskAt;
    at[kQueryRow] = b.add(firstRow, row);
    emitOutputRow(row, at);
    if (lse)
      emitLseRow(panel, row, at);
  });
}

/// stage[row] = (Ot / L)^T, and 0 in rows without visible key.
void AttentionKernel::stagePanelResult(Value panel) {
  int64_t panelLanes = tile.getPanel();
  Value zero = b.constant(tile.vector, 0.0);
  Value one = b.constant(tile.vector, 1.0);
  Values empty, inverse;
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Value place = b.add(b.mul(panel, panelLanes), v * tile.lanes);
    Value sum = b.loadVector(tile.vector, scratch.sums, place);
    empty.push_back(
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, sum, zero));
    inverse.push_back(arith::DivFOp::create(b, one, sum));
  }
  Value result = getPanelOffset(panel, valuePitch);
  b.loop(b.index(0), b.roundUp(valueDepth, tile.lanes), tile.lanes,
         [&](Value column) {
           for (int64_t v = 0; v < tile.vectors; ++v) {
             Values columns;
             for (int64_t i = 0; i < tile.lanes; ++i) {
               Value place = b.add(b.mul(b.add(column, i), panelLanes),
                                   v * tile.lanes);
               Value sum = b.loadVector(tile.vector, scratch.result,
                                        b.add(result, place));
               columns.push_back(arith::SelectOp::create(
                   b, empty[v], zero, b.mulf(sum, inverse[v])));
             }
             for (auto [i, row] : llvm::enumerate(b.transpose(columns))) {
               Value base = b.mul(stagePitch, v * tile.lanes + i);
               b.store(row, scratch.stage, b.add(base, column));
             }
           }
         });
}

/// The attention at `at`, in row `row` of the stage, or of the first of two
/// passes; null if it is not read. A scalar or, along d, a vector.
Value AttentionKernel::readAttention(Value row, const Position &at, Type type) {
  if (!readsAttention)
    return {};
  bool isVector = isa<VectorType>(type);
  if (intermediate)
    return isVector ? intermediate.loadVector(b, at, kValueDim, tile.lanes)
                    : intermediate.load(b, at);
  Value place = b.add(b.mul(row, stagePitch), at[kValueDim]);
  return isVector ? b.loadVector(tile.vector, scratch.stage, place)
                  : b.load(scratch.stage, place);
}

/// One row of the output: vectors, then the columns that are left.
void AttentionKernel::emitOutputRow(Value row, const Position &at) {
  Value tail = b.rem(valueDepth, b.index(tile.lanes));
  Value vectorEnd = b.sub(valueDepth, tail);
  Type outType = out.getElementType();
  Position next = at;
  b.loop(b.index(0), vectorEnd, tile.lanes, [&](Value column) {
    next[kValueDim] = column;
    VectorType type = tile.vector.clone(sumType);
    Value sum = emitSkip(next, readAttention(row, next, type), type);
    out.storeVector(b, b.convert(sum, outType), next, kValueDim);
  });
  if (isConstantIntValue(tail, 0))
    return;
  b.loop(vectorEnd, valueDepth, 1, [&](Value column) {
    next[kValueDim] = column;
    Value sum = emitSkip(next, readAttention(row, next, sumType), sumType);
    out.store(b, b.convert(sum, outType), next);
  });
}

/// alpha * x + beta * attention at `at`, as a scalar or, along d, a vector. A
/// literal coefficient 0 leaves its term out (attention_c11).
Value AttentionKernel::emitSkip(const Position &at, Value attention,
                                Type type) {
  auto read = [&](const OperandView &view) {
    Value element = isa<VectorType>(type)
                        ? view.loadVector(b, at, kValueDim, tile.lanes)
                        : view.load(b, at);
    return b.convert(element, sumType);
  };
  Value sum;
  if (readsResidual)
    sum = b.mulf(read(alpha), read(residual));
  if (readsAttention) {
    attention = b.convert(attention, sumType);
    if (!beta)
      return attention;
    sum = sum ? b.fma(read(beta), attention, sum)
              : b.mulf(read(beta), attention);
  }
  return sum ? sum : b.constant(type, 0.0);
}

/// (M + log2 L) ln 2, which is -inf for M = -inf and L = 0.
void AttentionKernel::emitLseRow(Value panel, Value row, const Position &at) {
  constexpr double kLn2 = 0.6931471805599453;
  Value place = b.add(b.mul(panel, tile.getPanel()), row);
  Value logarithm =
      math::Log2Op::create(b, b.load(scratch.sums, place));
  Value sum = b.addf(b.load(scratch.maxima, place), logarithm);
  sum = b.mulf(sum, b.constant(computeType, kLn2));
  lse.store(b, b.convert(sum, lse.getElementType()), at);
}
