//===- HalfEpilogue.cpp - How a 16-bit attention tile ends ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HalfWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCM/Utils/SkipCoefficients.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

static constexpr double kLn2 = 0.6931471805599453;
/// Columns that one ldmatrix or stmatrix moves, and columns at a time where
/// every element has an address of its own.
static constexpr int64_t kStagedColumns = 16, kStridedColumns = 8;

Value HalfWriter::offsetOf(StringRef operand) {
  Value inBatch =
      b.mul(b.wide(batch), b.parameter((operand + "_stride_b").str()));
  Value inHead =
      b.mul(b.wide(head), b.parameter((operand + "_stride_h").str()));
  return b.add(inBatch, inHead);
}

/// Element offset of the warpgroup's first row.
Value HalfWriter::rowOffset(StringRef operand) {
  // Elements outside a tile are read at its first one, which must exist.
  Value last = b.add(b.parameter32("query_rows"), -1);
  Value row = b.wide(b.minimum(b.add(firstRow, groupRow), last));
  return b.add(offsetOf(operand),
               b.mul(row, b.parameter((operand + "_stride_m").str())));
}

static Value toF32(KernelBuilder &b, Value value) {
  if (!value.getType().isF64())
    return value;
  return arith::TruncFOp::create(b, b.getF32Type(), value);
}

Value HalfWriter::coefficient(StringRef name, Type type) {
  Value value = b.parameter(name);
  if (type)
    value = b.load(value, offsetOf(name), type);
  return toF32(b, value);
}

/// At the start, while the first copies are on their way.
void HalfWriter::readCoefficients() {
  beta = b.f32(1);
  if (!spec.hasSkip || spec.fineCoefficients)
    return;
  if (!spec.times) {
    alpha = coefficient("alpha", spec.alpha);
    beta = coefficient("beta", spec.beta);
    return;
  }
  Value time = b.load(b.parameter("time"), offsetOf("time"), spec.time);
  auto [skip, out] =
      emitSkipCoefficients(b, b.getLoc(), *spec.times, time, spec.sigma);
  alpha = toF32(b, skip);
  beta = toF32(b, out);
}

void HalfWriter::epilogue(const Softmax &state) {
  Value sum = ReducePartsOp::create(b, b.rows(), state.sum);
  Value zeroF = b.f32(0);
  // No visible key: the attention is 0. NaN is not equal to 0 and stays.
  Value inverse = b.map(b.rows(), {sum, beta}, [&](ValueRange v) {
    Value quotient = b.mulf(v[1], b.reciprocal(v[0]));
    return b.select(b.equalf(v[0], zeroF), zeroF, quotient);
  });
  position = PositionOp::create(b);
  if (spec.lse)
    storeLogSum(state, sum);
  if (spec.staged && spec.readsResidual())
    b.wait(residualReady(group), zero);
  int64_t count = spec.staged ? kStagedColumns : kStridedColumns;
  for (int64_t column = 0; column < width; column += count) {
    if (!spec.staged && column >= spec.width)
      break;
    storeOut(
        blend(column, b.slice(state.output, column, count), inverse, sum),
        column);
  }
  if (spec.staged)
    storeStaged();
}

/// Eight columns of a strided operand that is indexed as the output.
Value HalfWriter::stridedTile(StringRef name, int64_t column) {
  Value columnStride = b.parameter((name + "_stride_d").str());
  Value offset = b.add(rowOffset(name), b.mul(columnStride, column));
  Value row = b.add(firstRow, groupRow);
  return LoadFragmentOp::create(
      b, b.accumulator(kStridedColumns, b.getF32Type()), b.parameter(name),
      offset,
      b.parameter((name + "_stride_m").str()), columnStride,
      b.sub(b.parameter32("query_rows"), row), b.i32(spec.width - column),
      b.f32(0), position);
}

/// alpha * R + beta * O / sum of the columns of `output`.
Value HalfWriter::blend(int64_t column, Value output, Value inverse,
                        Value sum) {
  auto type = cast<FragmentType>(output.getType());
  Value zeroF = b.f32(0);
  // O of a row that sees no key may be 0 * NaN, of a key that others see.
  Value attention =
      masked() ? b.map(type, {output, inverse, sum},
                       [&](ValueRange v) {
                         return b.select(b.equalf(v[2], zeroF), zeroF,
                                         b.mulf(v[0], v[1]));
                       })
               : b.map(type, {output, inverse},
                       [&](ValueRange v) { return b.mulf(v[0], v[1]); });
  if (!spec.hasSkip)
    return attention;
  if (!spec.readsResidual()) {
    if (!spec.fineCoefficients)
      return attention; // times beta already
    Value out = spec.beta ? stridedTile("beta", column) : b.parameter("beta");
    return b.map(type, {attention, out},
                 [&](ValueRange v) { return b.mulf(v[0], v[1]); });
  }
  Value residual;
  if (spec.staged)
    residual = ConvertOp::create(
        b, type,
        LoadMatrixOp::create(b, b.accumulator(kStagedColumns, spec.out),
                             residualTile(group), column, position));
  else
    residual = stridedTile("residual", column);
  if (!spec.fineCoefficients)
    return b.map(type, {attention, residual, alpha},
                 [&](ValueRange v) { return b.fmaf(v[2], v[1], v[0]); });
  Value skip =
      spec.alpha ? stridedTile("alpha", column) : b.parameter("alpha");
  Value out = spec.beta ? stridedTile("beta", column) : b.parameter("beta");
  return b.map(type, {attention, residual, skip, out}, [&](ValueRange v) {
    return b.fmaf(v[2], v[1], b.mulf(v[3], v[0]));
  });
}

void HalfWriter::storeOut(Value result, int64_t column) {
  if (spec.staged) {
    FragmentType half = b.accumulator(kStagedColumns, spec.out);
    StoreMatrixOp::create(b, ConvertOp::create(b, half, result),
                          residualTile(group), column, position);
    return;
  }
  Value offset = b.add(rowOffset("out"),
                       b.mul(b.parameter("out_stride_d"), column));
  StoreFragmentOp::create(
      b, result, b.parameter("out"), offset, b.parameter("out_stride_m"),
      b.parameter("out_stride_d"),
      b.sub(b.parameter32("query_rows"), b.add(firstRow, groupRow)),
      b.i32(spec.width - column), position);
}

/// Out leaves when all four warps of the warpgroup have written it.
void HalfWriter::storeStaged() {
  SharedFenceOp::create(b);
  // Barrier 0 is the block's.
  GroupSyncOp::create(b, b.add(group, 1), layouts::kWarpgroup);
  Value first = b.equal(b.bitAnd(position, layouts::kWarpgroup - 1), 0);
  b.ifThen(first, [&] {
    TmaStoreOp::create(
        b, residualTile(group), b.parameter("out_map"),
        ValueRange{zero, b.add(firstRow, groupRow), head, batch});
    StoreDrainOp::create(b);
  });
}

/// ln(sum of exp(score)).
void HalfWriter::storeLogSum(const Softmax &state, Value sum) {
  FragmentType type = b.accumulator(8, b.getF32Type());
  Value ln2 = b.f32(kLn2), zeroF = b.f32(0);
  Value minusInfinity = b.f32(-std::numeric_limits<double>::infinity());
  Value result =
      b.map(type, {b.splat(0, type), state.maximum, sum}, [&](ValueRange v) {
        Value total = b.mulf(b.addf(Log2Op::create(b, v[2]), v[1]), ln2);
        return b.select(b.equalf(v[2], zeroF), minusInfinity, total);
      });
  StoreFragmentOp::create(
      b, result, b.parameter("lse"), rowOffset("lse"),
      b.parameter("lse_stride_m"), b.i64(0),
      b.sub(b.parameter32("query_rows"), b.add(firstRow, groupRow)),
      /*columns=*/b.i32(1), position);
}
