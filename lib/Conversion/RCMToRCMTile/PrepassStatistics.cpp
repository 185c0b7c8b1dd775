//===- PrepassStatistics.cpp - Means of K and V, ranges of V
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Schedule
//
// One block of 256 threads per chunk of keys (some tiles of 128) of a head of K
// or V. A thread sums eight columns of every 16th (D = 128) row, four rows in
// flight; warps combine with shuffles, the block through shared memory, all in
// fixed order. Up to four partial results of a head are combined by every block
// of the quantize kernel, in order of the chunks, so results do not depend on
// timing and no launch is spent on them. More of them cost that kernel more
// than a launch does (its blocks are short): a kernel makes one of them first.
//
//===----------------------------------------------------------------------===//

#include "PrepassWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;
using Values = KernelBuilder::Values;

/// Rows a thread has in flight.
static constexpr int64_t kUnroll = 4;
static constexpr int64_t kWarps = kPrepassThreads / layouts::kWarp;
/// Larger than every float's magnitude that matters; the neutral element of
/// maximum and minimum.
static constexpr double kHuge = 3.4e38;
/// Largest e4m3 number.
static constexpr double kE4M3Max = 448.0;
/// Ranges below this count as zero: their reciprocal would overflow.
static constexpr double kTinyRange = 7.888609052210118e-31; // 2^-100

/// Sum, and for V maximum and minimum, of a thread's columns.
static constexpr int64_t kKeyKinds = 1, kValueKinds = 3;

static Value combine(KernelBuilder &b, int64_t kind, Value x, Value y) {
  if (kind == 0)
    return b.addf(x, y);
  // The NaN-propagating forms: a NaN must reach the scale.
  if (kind == 1)
    return arith::MaximumFOp::create(b, x, y);
  return arith::MinimumFOp::create(b, x, y);
}

static double neutral(int64_t kind) {
  return kind == 0 ? 0.0 : kind == 1 ? -kHuge : kHuge;
}

int64_t rcm::tile::statisticsSharedBytes(const PrepassSpec &spec) {
  int64_t columns = std::max(spec.key.paddedColumns, spec.value.paddedColumns);
  return kValueKinds * kWarps * columns * sizeof(float);
}

KernelParameters rcm::tile::statisticsParameters(const PrepassSpec &spec,
                                                 MLIRContext *context) {
  Builder b(context);
  Type floats = MemRefType::get({ShapedType::kDynamic}, b.getF32Type());
  KernelParameters list;
  addOperandParameters(list, "key", spec.key, context);
  addOperandParameters(list, "value", spec.value, context);
  list.push_back({"key_partials", floats});
  list.push_back({"value_partials", floats});
  list.push_back(
      {"arrivals", MemRefType::get({ShapedType::kDynamic}, b.getI32Type())});
  for (StringRef name : {"keys", "chunks", "chunk_keys", "key_all_heads",
                         "value_all_heads"})
    list.push_back({name.str(), b.getI64Type()});
  return list;
}

/// The accumulated columns of all rows of the block's chunk.
static Values accumulateRows(KernelBuilder &b, OperandReader &reader,
                             int64_t rowsPerPass, int64_t kinds) {
  Value keys = b.parameter32("keys");
  Value chunkKeys = b.parameter32("chunk_keys");
  Value begin = b.mul(b.id(IdKind::Block), chunkKeys);
  Value end = b.minimum(b.add(begin, chunkKeys), keys);
  Value last = b.add(keys, -1);
  Values start;
  for (int64_t kind = 0; kind < kinds; ++kind)
    start.append(kChunk, b.f32(neutral(kind)));
  return b.forLoop(b.add(begin, reader.firstRow), end,
                   b.i32(rowsPerPass * kUnroll), start,
                   [&](Value row, ValueRange before) {
                     Values sums(before);
                     SmallVector<Values> rows;
                     for (int64_t u = 0; u < kUnroll; ++u)
                       rows.push_back(reader.chunk(
                           b.minimum(b.add(row, u * rowsPerPass), last)));
                     for (int64_t u = 0; u < kUnroll; ++u) {
                       Value inside = b.less(b.add(row, u * rowsPerPass), end);
                       for (int64_t i = 0; i < kinds * kChunk; ++i) {
                         Value value = b.select(inside, rows[u][i % kChunk],
                                                b.f32(neutral(i / kChunk)));
                         sums[i] = combine(b, i / kChunk, sums[i], value);
                       }
                     }
                     return sums;
                   });
}

static void writeOperandStatistics(KernelBuilder &b, StringRef name,
                                   const PrepassOperand &operand,
                                   int64_t kinds) {
  ThreadGrid grid(operand.paddedColumns);
  Value head = b.id(IdKind::BlockY);
  OperandReader reader(b, name, operand, head);
  Values sums = accumulateRows(b, reader, grid.rows, kinds);
  // Lanes of a warp that hold the same columns.
  for (int64_t distance = grid.chunks; distance < layouts::kWarp; distance *= 2)
    for (auto [i, sum] : llvm::enumerate(sums))
      sum = combine(b, i / kChunk, sum, ShuffleXorOp::create(b, sum, distance));
  int64_t columns = operand.paddedColumns;
  auto type = SharedType::get({kinds * kWarps * columns}, b.getF32Type(), 0);
  Value buffer = b.shared(type, 0, b.i32(0), 0);
  Value thread = b.id(IdKind::Thread);
  Value warp = b.shr(thread, 5);
  Value lane = b.bitAnd(thread, layouts::kWarp - 1);
  b.ifThen(b.less(lane, b.i32(grid.chunks)), [&] {
    for (auto [i, sum] : llvm::enumerate(sums)) {
      int64_t kind = i / kChunk;
      Value row = b.add(warp, kind * kWarps);
      Value at = b.add(b.add(b.mul(row, columns), reader.firstColumn),
                       static_cast<int64_t>(i) % kChunk);
      b.store(sum, buffer, at);
    }
  });
  BlockSyncOp::create(b);
  b.ifThen(b.less(thread, b.i32(columns)), [&] {
    // Room for the most chunks per head: a reader's addresses are constants.
    Value chunk = b.add(b.mul(b.wide(head), kMaxChunks),
                        b.wide(b.id(IdKind::Block)));
    for (int64_t kind = 0; kind < kinds; ++kind) {
      Value total;
      for (int64_t w = 0; w < kWarps; ++w) {
        Value at = b.add(thread, (kind * kWarps + w) * columns);
        Value part = b.load(buffer, at, b.getF32Type());
        total = total ? combine(b, kind, total, part) : part;
      }
      Value row = b.add(b.mul(chunk, kinds), kind);
      Value at = b.add(b.mul(row, columns), b.wide(thread));
      b.store(total, b.parameter((name + "_partials").str()), at);
    }
  });
}

/// `key` or `value`, by the block's z coordinate.
static void forOperand(KernelBuilder &b, function_ref<void()> key,
                       function_ref<void()> value) {
  Value head = b.id(IdKind::BlockY);
  b.ifElse(
      b.equal(b.id(IdKind::BlockZ), 0),
      [&] { b.ifThen(b.less(head, b.parameter32("key_all_heads")), key); },
      [&] { b.ifThen(b.less(head, b.parameter32("value_all_heads")), value); });
}

void rcm::tile::buildStatisticsKernel(gpu::GPUModuleOp module,
                                      const PrepassSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  b.beginKernel(module, spec.prefix + "_statistics",
                statisticsParameters(spec, b.getContext()), kPrepassThreads);
  GridReleaseOp::create(b);
  GridWaitOp::create(b);
  forOperand(
      b, [&] { writeOperandStatistics(b, "key", spec.key, kKeyKinds); },
      [&] {
        // The next kernel counts its blocks of each head of V.
        Value first = arith::OrIOp::create(b, b.id(IdKind::Thread),
                                           b.id(IdKind::Block));
        b.ifThen(b.equal(first, 0), [&] {
          b.store(b.i32(0), b.parameter("arrivals"), b.id(IdKind::BlockY));
        });
        writeOperandStatistics(b, "value", spec.value, kValueKinds);
      });
}

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

/// The first `count` partial results of one column of a head, combined in order
/// of the chunks. All loads are in flight together; what no block wrote is not
/// used.
static Values combineChunks(KernelBuilder &b, Value partials, Value chunks,
                            int64_t count, int64_t columns, int64_t kinds,
                            Value head, Value column) {
  Value first = b.add(b.mul(b.wide(head), kMaxChunks * kinds * columns),
                      b.wide(column));
  Values parts;
  for (int64_t i = 0; i < count * kinds; ++i)
    parts.push_back(
        b.load(partials, b.add(first, i * columns), b.getF32Type()));
  Values sums(parts.begin(), parts.begin() + kinds);
  for (int64_t i = 1; i < count; ++i) {
    Value inside = b.less(b.i32(i), chunks);
    for (int64_t kind = 0; kind < kinds; ++kind)
      sums[kind] = combine(
          b, kind, sums[kind],
          b.select(inside, parts[i * kinds + kind], b.f32(neutral(kind))));
  }
  return sums;
}

KernelParameters rcm::tile::combineParameters(const PrepassSpec &,
                                              MLIRContext *context) {
  Builder b(context);
  Type floats = MemRefType::get({ShapedType::kDynamic}, b.getF32Type());
  KernelParameters list;
  for (StringRef name : {"key_partials", "value_partials", "key_combined",
                         "value_combined"})
    list.push_back({name.str(), floats});
  for (StringRef name : {"chunks", "key_all_heads", "value_all_heads"})
    list.push_back({name.str(), b.getI64Type()});
  return list;
}

void rcm::tile::buildCombineKernel(gpu::GPUModuleOp module,
                                   const PrepassSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  b.beginKernel(module, spec.prefix + "_combine",
                combineParameters(spec, b.getContext()), kPrepassThreads);
  GridReleaseOp::create(b);
  GridWaitOp::create(b);
  Value thread = b.id(IdKind::Thread), head = b.id(IdKind::BlockY);
  auto write = [&](StringRef name, int64_t columns, int64_t kinds) {
    b.ifThen(b.less(thread, b.i32(columns)), [&] {
      Values sums =
          combineChunks(b, b.parameter((name + "_partials").str()),
                        b.parameter32("chunks"), kMaxChunks, columns, kinds,
                        head, thread);
      Value first = b.add(b.mul(b.wide(head), kMaxChunks * kinds * columns),
                          b.wide(thread));
      for (int64_t kind = 0; kind < kinds; ++kind)
        b.store(sums[kind], b.parameter((name + "_combined").str()),
                b.add(first, kind * columns));
    });
  };
  forOperand(
      b, [&] { write("key", spec.key.paddedColumns, kKeyKinds); },
      [&] { write("value", spec.value.paddedColumns, kValueKinds); });
}

/// `sum` over the number of keys; 0 without keys.
static Value meanOf(KernelBuilder &b, Value sum) {
  Value keys = b.parameter32("keys");
  Value count = arith::SIToFPOp::create(b, b.getF32Type(), keys);
  return b.select(b.equal(keys, 0), b.f32(0), b.divf(sum, count));
}

ColumnStatistics rcm::tile::combineKeyChunks(KernelBuilder &b,
                                             const PrepassSpec &spec,
                                             Value head, Value column) {
  Values sums = combineChunks(b, b.parameter("key_statistics"),
                              b.parameter32("combined_chunks"), kDirectChunks,
                              spec.key.paddedColumns, kKeyKinds, head, column);
  return {meanOf(b, sums[0]), Value()};
}

ColumnStatistics rcm::tile::combineValueChunks(KernelBuilder &b,
                                               const PrepassSpec &spec,
                                               Value head, Value column) {
  Values sums =
      combineChunks(b, b.parameter("value_statistics"),
                    b.parameter32("combined_chunks"), kDirectChunks,
                    spec.value.paddedColumns, kValueKinds, head, column);
  Value mean = meanOf(b, sums[0]);
  Value range = arith::MaximumFOp::create(b, b.subf(sums[1], mean),
                                          b.subf(mean, sums[2]));
  Value tiny = b.greaterf(b.f32(kTinyRange), range);
  Value none = b.equal(b.parameter32("keys"), 0);
  Value scale = b.select(arith::OrIOp::create(b, none, tiny), b.f32(0),
                         b.mulf(range, b.f32(1.0 / kE4M3Max)));
  return {mean, scale};
}
