//===- ShiftKernel.cpp - What smoothed keys took from the scores --------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

KernelParameters rcm::tile::shiftParameters(const AttentionSpec &spec,
                                            MLIRContext *context) {
  Builder b(context);
  Type i64 = b.getI64Type();
  auto buffer = [](Type element) {
    return MemRefType::get({ShapedType::kDynamic}, element);
  };
  KernelParameters list = {{"query", buffer(spec.query)}};
  for (StringRef name : {"query_stride_b", "query_stride_h", "query_stride_m",
                         "query_stride_d"})
    list.push_back({name.str(), i64});
  list.push_back({"key_means", buffer(b.getF32Type())});
  list.push_back({"lse_shift", buffer(b.getF32Type())});
  for (StringRef name : {"query_rows", "heads", "key_batch_stride", "key_group"})
    list.push_back({name.str(), i64});
  return list;
}

/// This lane's share of q . mean, its columns `lane`, `lane` + 32, ...
static Value partialProduct(KernelBuilder &b, const AttentionSpec &spec,
                            Value row, Value mean, Value lane) {
  Type f32 = b.getF32Type();
  Value sum = b.f32(0);
  for (int64_t first = 0; first < spec.depth; first += layouts::kWarp) {
    Value column = b.add(lane, first);
    Value inside = b.less(column, b.i32(spec.depth));
    Value safe = b.wide(b.select(inside, column, b.i32(0)));
    Value at = b.add(row, b.mul(safe, b.parameter("query_stride_d")));
    Value q = b.load(b.parameter("query"), at, spec.query);
    if (!spec.query.isF32())
      q = arith::ExtFOp::create(b, f32, q);
    Value k = b.load(b.parameter("key_means"), b.add(mean, safe), f32);
    sum = b.select(inside, b.fmaf(q, k, sum), sum);
  }
  return sum;
}

void rcm::tile::buildShiftKernel(gpu::GPUModuleOp module,
                                 const AttentionSpec &spec) {
  KernelBuilder b(module.getLoc(), module.getContext());
  b.beginKernel(module, spec.name + "_shift",
                shiftParameters(spec, b.getContext()), kShiftThreads);
  GridReleaseOp::create(b);
  GridWaitOp::create(b);
  Value lane = b.id(IdKind::Lane), warp = b.id(IdKind::Warp);
  Value both = b.id(IdKind::BlockY);
  Value heads = b.parameter32("heads");
  Value batch = b.div(both, heads), head = b.rem(both, heads);
  Value keyHead = b.add(b.mul(batch, b.parameter32("key_batch_stride")),
                        b.div(head, b.parameter32("key_group")));
  Value mean = b.mul(b.wide(keyHead), spec.paddedDepth());
  Value start =
      b.add(b.mul(b.wide(batch), b.parameter("query_stride_b")),
            b.mul(b.wide(head), b.parameter("query_stride_h")));
  constexpr int64_t kWarps = kShiftThreads / layouts::kWarp;
  Value first = b.add(b.mul(b.id(IdKind::Block), kShiftRows), warp);
  Value end = b.minimum(b.add(b.mul(b.id(IdKind::Block), kShiftRows), kShiftRows),
                        b.parameter32("query_rows"));
  b.forLoop(first, end, b.i32(kWarps), {}, [&](Value m, ValueRange) {
    Value row =
        b.add(start, b.mul(b.wide(m), b.parameter("query_stride_m")));
    Value sum = partialProduct(b, spec, row, mean, lane);
    for (int64_t distance = 1; distance < layouts::kWarp; distance *= 2)
      sum = b.addf(sum, ShuffleXorOp::create(b, sum, distance));
    b.ifThen(b.equal(lane, 0), [&] {
      Value at = b.add(b.mul(b.wide(both), b.parameter("query_rows")),
                       b.wide(m));
      b.store(b.mulf(sum, b.f32(spec.scale)), b.parameter("lse_shift"), at);
    });
    return KernelBuilder::Values();
  });
}
