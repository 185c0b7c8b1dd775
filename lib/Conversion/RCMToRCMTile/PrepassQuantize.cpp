//===- PrepassQuantize.cpp - int8 K, transposed e4m3 V
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Schedule
//
// One block of 256 threads per tile of 128 keys of a head of K or V. Its reads
// start before it waits for the statistics kernel; then it combines the
// statistics of its head. Each element is read once and stays in registers
// between the reduction and the store.
//   K: subtract the mean, one scale per class of keys (the keys that one thread
//      of the attention kernel holds), eight int8 per store. Keys behind the
//      end repeat the last one, so they never raise a maximum.
//   V (PrepassValues.cpp): a thread has four tokens of eight columns, the
//      tokens whose bytes are neighbours in the permuted row; four bytes make a
//      word, words cross through shared memory, rows of 128 bytes leave. Tokens
//      behind the end are zero, and so is their entry in the row of ones. The
//      last block of a head to finish turns all blocks' sums of stored values,
//      in order of the blocks, into the correction of the mean.
//
//===----------------------------------------------------------------------===//

#include "PrepassWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;
using Values = KernelBuilder::Values;

static constexpr double kInt8Max = 127.0;
/// Ranges below this count as zero: their reciprocal would overflow.
static constexpr double kTinyRange = 7.888609052210118e-31; // 2^-100

/// Blocks that share a multiprocessor where registers allow it: they hide each
/// other's waits.
static constexpr int64_t kQuantizeOccupancy = 3;

int64_t rcm::tile::quantizeSharedBytes(const PrepassSpec &spec) {
  return spec.value.paddedColumns * kPrepassTile +
         std::max(spec.key.paddedColumns, 2 * spec.value.paddedColumns) *
             sizeof(float);
}

KernelParameters rcm::tile::quantizeParameters(const PrepassSpec &spec,
                                               MLIRContext *context) {
  Builder b(context);
  auto buffer = [&](Type type) {
    return MemRefType::get({ShapedType::kDynamic}, type);
  };
  KernelParameters list;
  addOperandParameters(list, "key", spec.key, context);
  addOperandParameters(list, "value", spec.value, context);
  for (StringRef name : {"key_statistics", "value_statistics", "key_scales",
                         "key_means", "tile_sums", "value_table"})
    list.push_back({name.str(), buffer(b.getF32Type())});
  for (StringRef name : {"arrivals", "key_integers", "value_bytes"})
    list.push_back({name.str(), buffer(b.getI32Type())});
  for (StringRef name :
       {"keys", "combined_chunks", "tiles", "key_all_heads", "value_all_heads"})
    list.push_back({name.str(), b.getI64Type()});
  return list;
}

//===----------------------------------------------------------------------===//
// K
//===----------------------------------------------------------------------===//

/// The largest magnitude among the keys of the thread's class, as bits.
static Value classMaximum(KernelBuilder &b, Value largest, Value firstRow,
                          const ThreadGrid &grid, bool classes) {
  for (int64_t distance = 1; distance < grid.chunks; distance *= 2)
    largest =
        maxUnsigned(b, largest, ShuffleXorOp::create(b, largest, distance));
  auto type = SharedType::get({grid.rows}, b.getI32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  b.store(largest, buffer, firstRow);
  BlockSyncOp::create(b);
  Value result;
  if (!classes) {
    for (int64_t row = 0; row < grid.rows; ++row) {
      Value other = b.load(buffer, b.i32(row), b.getI32Type());
      result = result ? maxUnsigned(b, result, other) : other;
    }
    return result;
  }
  // Rows r and r + 8 are of one class, and so are 2c and 2c + 1.
  Value inClass = b.bitAnd(firstRow, 2 * (kKeyClasses - 1));
  for (int64_t row = 0; row < grid.rows; row += 2 * kKeyClasses)
    for (int64_t pair = 0; pair < 2; ++pair) {
      Value other = b.load(buffer, b.add(inClass, row + pair), b.getI32Type());
      result = result ? maxUnsigned(b, result, other) : other;
    }
  return result;
}

/// Keeps the thread's column mean: scores are those of keys without it, which a
/// log-sum-exp has to make up for.
static void writeKeyMean(KernelBuilder &b, const PrepassSpec &spec,
                         Value mean) {
  Value at = b.add(b.mul(b.id(IdKind::BlockY), spec.key.paddedColumns),
                   b.id(IdKind::Thread));
  b.store(mean, b.parameter("key_means"), b.wide(at));
}

static void writeKeys(KernelBuilder &b, const PrepassSpec &spec) {
  const PrepassOperand &operand = spec.key;
  ThreadGrid grid(operand.paddedColumns);
  Value head = b.id(IdKind::BlockY), tile = b.id(IdKind::Block);
  Value thread = b.id(IdKind::Thread);
  OperandReader reader(b, "key", operand, head);
  Value last = b.add(b.parameter32("keys"), -1);
  Value firstKey = b.add(b.mul(tile, kPrepassTile), reader.firstRow);
  int64_t passes = kPrepassTile / grid.rows;
  SmallVector<Values> rows;
  for (int64_t pass = 0; pass < passes; ++pass)
    rows.push_back(
        reader.load(b.minimum(b.add(firstKey, pass * grid.rows), last)));

  GridWaitOp::create(b);
  Value buffer = statisticsBuffer(b, spec, operand.paddedColumns);
  b.ifThen(b.less(thread, b.i32(operand.paddedColumns)), [&] {
    Value mean = combineKeyChunks(b, spec, head, thread).mean;
    b.store(mean, buffer, thread);
    b.ifThen(b.equal(tile, 0), [&] { writeKeyMean(b, spec, mean); });
  });
  BlockSyncOp::create(b);
  Values means = loadColumns(b, buffer, reader.firstColumn);
  Value largest = b.i32(0);
  for (Values &row : rows) {
    row = reader.widen(row);
    for (int64_t i = 0; i < kChunk; ++i) {
      row[i] = b.subf(row[i], means[i]);
      largest = maxUnsigned(b, largest, magnitude(b, row[i]));
    }
  }
  Value range = asFloat(
      b, classMaximum(b, largest, reader.firstRow, grid, spec.keyClasses));
  Value tiny = b.greaterf(b.f32(kTinyRange), range);
  Value factor = b.select(tiny, b.f32(0), b.divf(b.f32(kInt8Max), range));
  // Infinite: the integers are meaningless, so the scale must be NaN.
  Value scale = b.select(tiny, b.f32(0), b.mulf(range, b.f32(1.0 / kInt8Max)));
  scale = b.addf(scale, b.subf(range, range));

  Value tileRow =
      b.add(b.mul(b.wide(head), b.parameter("tiles")), b.wide(tile));
  b.ifThen(
      arith::AndIOp::create(b, b.equal(reader.firstColumn, 0),
                            b.less(reader.firstRow, b.i32(2 * kKeyClasses))),
      [&] {
        Value at = b.add(b.mul(tileRow, kKeyClasses),
                         b.wide(b.shr(reader.firstRow, 1)));
        b.store(scale, b.parameter("key_scales"), at);
      });
  Value firstWord =
      b.add(b.mul(b.add(b.mul(tileRow, kPrepassTile), b.wide(reader.firstRow)),
                  operand.paddedColumns / 4),
            b.wide(b.shr(reader.firstColumn, 2)));
  auto pair = VectorType::get(2, b.getI32Type());
  for (int64_t pass = 0; pass < passes; ++pass) {
    const Values &row = rows[pass];
    Value low = PackInt8Op::create(b, row[0], row[1], row[2], row[3], factor);
    Value high = PackInt8Op::create(b, row[4], row[5], row[6], row[7], factor);
    Value both = vector::FromElementsOp::create(b, pair, ValueRange{low, high});
    b.store(both, b.parameter("key_integers"),
            b.add(firstWord, pass * grid.rows * operand.paddedColumns / 4));
  }
}

void rcm::tile::buildQuantizeKernel(gpu::GPUModuleOp module,
                                    const PrepassSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  gpu::GPUFuncOp kernel =
      b.beginKernel(module, spec.prefix + "_quantize",
                    quantizeParameters(spec, b.getContext()), kPrepassThreads);
  // Wide elements, padding columns and maxima over a whole tile need more
  // registers than several blocks leave.
  auto isLean = [](const PrepassOperand &operand) {
    return operand.aligned && operand.columns == operand.paddedColumns &&
           operand.columns <= 128 &&
           operand.element.getIntOrFloatBitWidth() == 16;
  };
  if (isLean(spec.key) && isLean(spec.value) && spec.keyClasses)
    kernel->setAttr("rcm_tile.blocks_per_multiprocessor",
                    b.getI32IntegerAttr(kQuantizeOccupancy));
  GridReleaseOp::create(b);
  Value head = b.id(IdKind::BlockY);
  Value isKey = b.equal(b.id(IdKind::BlockZ), 0);
  Value heads = b.select(isKey, b.parameter32("key_all_heads"),
                         b.parameter32("value_all_heads"));
  Value isEmpty = b.equal(b.parameter32("keys"), 0);
  b.ifThen(b.less(head, heads), [&] {
    b.ifElse(
        isKey,
        [&] {
          b.ifElse(
              isEmpty,
              [&] {
                b.ifThen(b.less(b.id(IdKind::Thread),
                                b.i32(spec.key.paddedColumns)),
                         [&] { writeKeyMean(b, spec, b.f32(0)); });
              },
              [&] { writeKeys(b, spec); });
        },
        [&] {
          b.ifElse(
              isEmpty, [&] { writeEmptyTable(b, spec); },
              [&] { writeValues(b, spec); });
        });
  });
}
