//===- AttentionEpilogue.cpp - From sums to Out -------------------------===//
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

static constexpr double kLn2 = 0.6931471805599453;
/// log2 of e4m3's largest number (448 = 2^8.807), rounded down.
static constexpr double kE4M3Headroom = 8.8;

double AttentionWriter::exponentOffset() const {
  return kE4M3Headroom -
         spec.schedule.getRescaleThreshold().getValueAsDouble();
}

void AttentionWriter::epilogue(const Tile &tile, const Softmax &state,
                               Value parity) {
  // Anew, so that no address of this group's is kept across the keys.
  position = PositionOp::create(b);
  Value kept = group;
  group = b.add(b.shr(position, llvm::Log2_64(layouts::kWarpgroup)), -1);
  Value sum = BroadcastRowsOp::create(b, b.rows(), state.sum);
  b.wait(ready(group), parity);
  bool uniform = spec.hasSkip && !spec.fineCoefficients;
  Value beta = uniform
                   ? b.load(table(group), b.i32(2 * width + 1), b.getF32Type())
                   : b.f32(1);
  Value zeroF = b.f32(0);
  // No visible key: the attention is 0. NaN is not equal to 0 and stays.
  Value inverse = b.map(b.rows(), {sum, beta}, [&](ValueRange v) {
    Value quotient = b.mulf(v[1], b.reciprocal(v[0]));
    return b.select(b.equalf(v[0], zeroF), zeroF, quotient);
  });
  Value seen;
  if (masked())
    seen = b.map(b.rows(), {sum}, [&](ValueRange v) {
      return b.select(b.equalf(v[0], zeroF), zeroF, b.f32(1));
    });
  if (spec.lse)
    storeLogSum(tile, state, sum);

  constexpr int64_t kColumns = 16; // what one ldmatrix or stmatrix moves
  FragmentType half = b.accumulator(kColumns, spec.out);
  Value row = b.add(tile.row, groupRow);
  for (int64_t column = 0; column < width; column += kColumns) {
    if (!spec.staged && column >= spec.width)
      break;
    // One step after the other: addresses of all columns would not fit.
    if (!spec.staged) {
      syncGroup();
      position = PositionOp::create(b);
    }
    Value result = blend(tile, column, b.slice(state.output, column, kColumns),
                         inverse, seen);
    if (spec.staged) {
      StoreMatrixOp::create(b, ConvertOp::create(b, half, result),
                            residualTile(group), column, position);
      continue;
    }
    Value offset = b.add(offsetOf("out", tile),
                         b.mul(b.wide(row), b.parameter("out_stride_m")));
    offset = b.add(offset, b.mul(b.parameter("out_stride_d"), column));
    StoreFragmentOp::create(
        b, result, b.parameter("out"), offset, b.parameter("out_stride_m"),
        b.parameter("out_stride_d"), b.sub(b.parameter32("query_rows"), row),
        b.i32(spec.width - column), position);
  }
  if (spec.staged)
    SharedFenceOp::create(b);
  BarrierArriveOp::create(b, done(group));
  group = kept;
}

/// alpha * R + beta * (O / sum * factor + correction) of 16 columns.
Value AttentionWriter::blend(const Tile &tile, int64_t column, Value output,
                             Value inverse, Value seen) {
  constexpr int64_t kColumns = 16;
  FragmentType type = b.accumulator(kColumns, b.getF32Type());
  Value row = b.add(tile.row, groupRow);
  auto strided = [&](StringRef name) -> Value {
    Value offset =
        b.add(offsetOf(name, tile),
              b.mul(b.wide(readableRow(tile)),
                    b.parameter((name + "_stride_m").str())));
    Value columnStride = b.parameter((name + "_stride_d").str());
    offset = b.add(offset, b.mul(columnStride, column));
    return LoadFragmentOp::create(
        b, type, b.parameter(name), offset,
        b.parameter((name + "_stride_m").str()), columnStride,
        b.sub(b.parameter32("query_rows"), row), b.i32(spec.width - column),
        b.f32(0), position);
  };
  Value factor = LoadColumnsOp::create(b, b.columns(kColumns), table(group),
                                       column, position);
  Value correction = LoadColumnsOp::create(b, b.columns(kColumns), table(group),
                                           width + column, position);
  if (masked())
    correction = b.map(type, {output, correction, seen},
                       [&](ValueRange v) { return b.mulf(v[1], v[2]); });
  if (!spec.hasSkip)
    return b.map(
        type, {output, inverse, factor, correction},
        [&](ValueRange v) { return b.fmaf(b.mulf(v[0], v[1]), v[2], v[3]); });
  if (spec.ignoresResidual && !spec.fineCoefficients)
    return b.map(
        type, {output, inverse, factor, correction},
        [&](ValueRange v) { return b.fmaf(b.mulf(v[0], v[1]), v[2], v[3]); });
  Value residual;
  if (spec.ignoresResidual) {
    residual = b.f32(0);
  } else if (spec.staged) {
    Value packed = LoadMatrixOp::create(b, b.accumulator(kColumns, spec.out),
                                        residualTile(group), column, position);
    residual = ConvertOp::create(b, type, packed);
  } else {
    residual = strided("residual");
  }
  if (!spec.fineCoefficients) {
    Value alpha = b.load(table(group), b.i32(2 * width), b.getF32Type());
    return b.map(type, {output, inverse, factor, correction, residual, alpha},
                 [&](ValueRange v) {
                   Value base = b.fmaf(v[5], v[4], v[3]);
                   return b.fmaf(b.mulf(v[0], v[1]), v[2], base);
                 });
  }
  Value alpha = spec.ignoresResidual ? b.f32(0)
                : spec.alpha         ? strided("alpha")
                                     : b.parameter("alpha");
  Value beta = spec.beta ? strided("beta") : b.parameter("beta");
  return b.map(type,
               {output, inverse, factor, correction, residual, alpha, beta},
               [&](ValueRange v) {
                 Value attention = b.fmaf(b.mulf(v[0], v[1]), v[2], v[3]);
                 return b.fmaf(v[5], v[4], b.mulf(v[6], attention));
               });
}

/// ln(sum of exp(score)), with what the scores lack because K was smoothed.
void AttentionWriter::storeLogSum(const Tile &tile, const Softmax &state,
                                  Value sum) {
  FragmentType type = b.accumulator(8, b.getF32Type());
  Value origin = b.f32(exponentOffset());
  Value ln2 = b.f32(kLn2);
  Value zeroF = b.f32(0);
  Value minusInfinity = b.f32(-std::numeric_limits<double>::infinity());
  Value row = b.add(tile.row, groupRow);
  Value rowsLeft = b.sub(b.parameter32("query_rows"), row);
  Value head = b.add(b.mul(tile.batch, b.parameter32("heads")), tile.head);
  Value first = b.add(b.mul(b.wide(head), b.parameter("query_rows")),
                      b.wide(readableRow(tile)));
  Value shift = LoadFragmentOp::create(
      b, type, b.parameter("lse_shift"), first, b.i64(1), b.i64(0), rowsLeft,
      /*columns=*/b.i32(1), zeroF, position);
  Value result = b.map(
      type, {shift, state.maximum, sum}, [&](ValueRange v) {
        Value log = Log2Op::create(b, v[2]);
        Value total =
            b.fmaf(b.addf(log, b.subf(v[1], origin)), ln2, v[0]);
        return b.select(b.equalf(v[2], zeroF), minusInfinity, total);
      });
  Value stride = b.parameter("lse_stride_m");
  Value offset = b.add(offsetOf("lse", tile), b.mul(b.wide(row), stride));
  StoreFragmentOp::create(b, result, b.parameter("lse"), offset, stride,
                          b.i64(0), rowsLeft, /*columns=*/b.i32(1), position);
}
