//===- AttentionKernel.cpp - int8 attention with the skip -----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Schedule
//
// One block per multiprocessor, 128 * (1 + G) threads, G consumer warpgroups
// (2 or 3). Blocks are persistent: block i computes the output tiles i,
// i + blocks, ... of the list (batch, head) x (64 * G query rows).
//
//   warp 0           producer: one thread walks the keys of every tile from the
//                    last to the first and copies K (int8) and V^T (e4m3) tiles
//                    into a ring of stages, running ahead into the next tile.
//   warps 1..G       helpers, one per consumer warpgroup: fetch alpha, beta and
//                    the columns' factors, copy R in, copy Out back to memory.
//   warpgroups 1..G  consumers: 64 query rows each.
//
// A consumer quantizes its Q rows into shared memory (they were loaded while
// the epilogue before ran), then per key tile: S = Q K^T; wait; give K back;
// row maximum, kept stale unless it grew by more than the threshold; rescale O
// if any row of the warp needs it; then, 32 keys at a time, P = 2^(S - max)
// packed to e4m3 in registers and O += P V started, so that the exponentials of
// one step run beside the product of the step before; wait; give V back. V has
// a row of ones behind its columns, whose product is the row sum. The matrix
// unit's sums are narrow: every `promotion_tiles` key tiles they are added, in
// f32, to sums in global memory that only their thread touches, and start anew.
//
// Who waits for whom
//   K full, V full    a copy's bytes arrived        -> consumers
//   K empty, V empty  4 * G warps are done reading  -> producer
//   ready[g]          table and R of group g        -> consumer g
//   done[g]           4 warps wrote Out of group g  -> helper g
//
// Shared memory (planShared): Q [G], R and Out [G], K [stages], V [stages],
// tables [G] (factor and correction per column, alpha, beta), barriers.
//
// Registers with G = 3: 160 per consumer thread (S 64, O 68 at Dv = 128), 32
// per producer thread: 128 * (3 * 160 + 32) = 65536. With G = 2: 240 and 24,
// for kernels that address single elements of global memory (a bias,
// coefficients per row or column, rows of Q that are not aligned) and for
// Dv = 256. Q that would not fit beside O is loaded only after the epilogue.
//
// The roles: AttentionProducer.cpp (producer, helpers), AttentionConsumer.cpp
// (keys), AttentionEpilogue.cpp (Out).
//
//===----------------------------------------------------------------------===//

#include "AttentionWriter.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

/// Most rows of one copy box.
static constexpr int64_t kMaxBoxRows = 256;

//===----------------------------------------------------------------------===//
// AttentionSpec
//===----------------------------------------------------------------------===//

int64_t rcm::tile::padHeadDim(int64_t dim) {
  return dim <= 64 ? 64 : dim <= 128 ? 128 : 256;
}

int64_t AttentionSpec::paddedDepth() const { return padHeadDim(depth); }
int64_t AttentionSpec::paddedWidth() const { return padHeadDim(width); }

int64_t AttentionSpec::valueRows() const {
  return paddedWidth() < kMaxBoxRows ? paddedWidth() + 1 : paddedWidth() + 8;
}

int64_t AttentionSpec::valueBoxRows() const {
  // 264 = 3 * 88: whole groups of eight rows, as the permutation wants.
  return paddedWidth() < kMaxBoxRows ? valueRows() : valueRows() / 3;
}

int64_t AttentionSpec::threads() const {
  return layouts::kWarpgroup * (1 + schedule.getConsumerWarpgroups());
}

KernelTraits AttentionSpec::traits() const {
  bool wideQuery = query.getIntOrFloatBitWidth() > 16;
  return {paddedDepth(), paddedWidth(), staged,
          bias || lse || fineCoefficients || !alignedQuery || wideQuery};
}

bool AttentionSpec::keepsSums() const {
  return schedule.getAccumulation() == Accumulation::Promoted &&
         schedule.getPromotionTiles() > 1;
}

int64_t AttentionSpec::keptElements() const {
  return StashOp::stashElements(paddedWidth() / 2);
}

SharedPlan AttentionSpec::plan() const {
  return planShared(schedule, traits());
}

static void addStrides(KernelParameters &list, StringRef operand,
                       StringRef dims, Type i64) {
  for (char dim : dims)
    list.push_back({(operand + "_stride_" + Twine(dim)).str(), i64});
}

KernelParameters rcm::tile::attentionParameters(const AttentionSpec &spec,
                                                MLIRContext *context) {
  Builder b(context);
  Type i64 = b.getI64Type(), f32 = b.getF32Type();
  Type map = TensorMapType::get(context);
  auto buffer = [](Type element) {
    return MemRefType::get({ShapedType::kDynamic}, element);
  };
  KernelParameters list = {{"key_map", map}, {"value_map", map}};
  if (spec.staged && spec.readsResidual())
    list.push_back({"residual_map", map});
  if (spec.staged)
    list.push_back({"out_map", map});
  list.push_back({"query", buffer(spec.query)});
  addStrides(list, "query", "bhmd", i64);
  list.push_back({"key_scales", buffer(f32)});
  list.push_back({"value_table", buffer(f32)});
  if (!spec.staged && spec.readsResidual()) {
    list.push_back({"residual", buffer(spec.residual)});
    addStrides(list, "residual", "bhmd", i64);
  }
  if (!spec.staged) {
    list.push_back({"out", buffer(spec.out)});
    addStrides(list, "out", "bhmd", i64);
  }
  if (spec.hasSkip)
    for (auto [name, type] : {std::pair<StringRef, Type>{"alpha", spec.alpha},
                              {"beta", spec.beta}}) {
      list.push_back({name.str(), type ? Type(buffer(type)) : f32});
      if (type)
        addStrides(list, name, spec.fineCoefficients ? "bhmd" : "bh", i64);
    }
  if (spec.bias) {
    list.push_back({"bias", buffer(spec.bias)});
    addStrides(list, "bias", "bhmn", i64);
  }
  if (spec.lse) {
    list.push_back({"lse", buffer(spec.lse)});
    addStrides(list, "lse", "bhm", i64);
    list.push_back({"lse_shift", buffer(f32)});
  }
  if (spec.keepsSums())
    list.push_back({"kept_sums", buffer(f32)});
  if (spec.causal)
    list.push_back({"causal_offset", i64});
  for (StringRef name :
       {"query_rows", "keys", "key_tiles", "query_tiles", "tiles", "heads",
        "key_batch_stride", "key_group", "value_batch_stride", "value_group"})
    list.push_back({name.str(), i64});
  return list;
}

void rcm::tile::buildAttentionKernel(gpu::GPUModuleOp module,
                                     const AttentionSpec &spec) {
  AttentionWriter(module, spec).write();
}

//===----------------------------------------------------------------------===//
// Shared by all roles
//===----------------------------------------------------------------------===//

AttentionWriter::AttentionWriter(gpu::GPUModuleOp module,
                                 const AttentionSpec &spec)
    : b(module.getLoc(), module.getContext()), module(module), spec(spec),
      plan(spec.plan()), groups(spec.schedule.getConsumerWarpgroups()),
      stages(spec.schedule.getStages()), keyTile(spec.schedule.getKeyTile()),
      depth(spec.paddedDepth()), width(spec.paddedWidth()) {}

void AttentionWriter::write() {
  gpu::GPUFuncOp kernel =
      b.beginKernel(module, spec.name,
                    attentionParameters(spec, b.getContext()), spec.threads());
  kernel->setAttr("rcm_tile.schedule", spec.schedule);
  zero = b.i32(0);
  one = b.i32(1);
  warp = b.id(IdKind::Warp);
  lane = b.id(IdKind::Lane);
  leads = b.equal(lane, 0);
  firstTile = b.id(IdKind::Block);
  tileStep = b.id(IdKind::Blocks);
  endTile = b.parameter32("tiles");
  initBarriers();
  Value warpgroup = b.shr(warp, 2);
  b.ifElse(
      b.equal(warpgroup, 0),
      [&] {
        SetRegistersOp::create(b, producerRegisters(spec.schedule), false);
        b.ifElse(
            b.equal(warp, 0),
            [&] { b.ifThen(ElectOp::create(b), [&] { producer(); }); },
            [&] {
              b.ifThen(b.less(warp, b.i32(groups + 1)), [&] {
                ownFirstTile();
                helper();
              });
            });
      },
      [&] {
        SetRegistersOp::create(b, consumerRegisters(spec.schedule), true);
        group = b.add(warpgroup, -1);
        ownFirstTile();
        consumer();
      });
}

void AttentionWriter::ownFirstTile() {
  // Kernels with registers to spare keep the shared one, and with it the order
  // of the key loop that is fastest.
  if (spec.staged && !spec.keepsSums())
    return;
  firstTile = UniformOp::create(b, b.id(IdKind::Block));
}

Value AttentionWriter::ring(Ring which, Value stage) {
  return b.barrier(plan.barriers + 8 * stages * static_cast<int64_t>(which),
                   stage);
}
Value AttentionWriter::ready(Value index) {
  return b.barrier(plan.barriers + 8 * 4 * stages, index);
}
Value AttentionWriter::done(Value index) {
  return b.barrier(plan.barriers + 8 * (4 * stages + groups), index);
}

void AttentionWriter::initBarriers() {
  constexpr int64_t kWarpsPerGroup = 4;
  b.ifThen(b.equal(b.id(IdKind::Thread), 0), [&] {
    for (int64_t i = 0; i < stages; ++i) {
      Value stage = b.i32(i);
      for (Ring full : {Ring::KeyFull, Ring::ValueFull})
        BarrierInitOp::create(b, ring(full, stage), 1);
      for (Ring empty : {Ring::KeyEmpty, Ring::ValueEmpty})
        BarrierInitOp::create(b, ring(empty, stage), kWarpsPerGroup * groups);
    }
    for (int64_t i = 0; i < groups; ++i) {
      // Every thread that touches the table arrives.
      BarrierInitOp::create(b, ready(b.i32(i)), layouts::kWarp);
      BarrierInitOp::create(b, done(b.i32(i)), layouts::kWarpgroup);
    }
    BarrierPublishOp::create(b);
  });
  BlockSyncOp::create(b);
}

AttentionWriter::Tile AttentionWriter::split(Value tile) {
  Value queryTiles = b.parameter32("query_tiles");
  Value heads = b.parameter32("heads");
  Value both = b.div(tile, queryTiles);
  Value queryTile = b.sub(tile, b.mul(both, queryTiles));
  Tile result;
  result.batch = b.div(both, heads);
  result.head = b.sub(both, b.mul(result.batch, heads));
  result.row = b.mul(queryTile, spec.schedule.getQueryTile());
  return result;
}

Value AttentionWriter::keyHead(const Tile &tile) {
  return b.add(b.mul(tile.batch, b.parameter32("key_batch_stride")),
               b.div(tile.head, b.parameter32("key_group")));
}

Value AttentionWriter::valueHead(const Tile &tile) {
  return b.add(b.mul(tile.batch, b.parameter32("value_batch_stride")),
               b.div(tile.head, b.parameter32("value_group")));
}

Value AttentionWriter::visibleKeyTiles(const Tile &tile) {
  Value all = b.parameter32("key_tiles");
  if (!spec.causal)
    return all;
  // Row m sees keys up to m + offset. In 64 bits: the offset is any number.
  Value lastRow = b.minimum(b.add(tile.row, spec.schedule.getQueryTile()),
                            b.parameter32("query_rows"));
  Value end = b.add(b.wide(lastRow), b.parameter("causal_offset"));
  Value bounded = b.minimum(b.maximum(end, b.i64(0)), b.parameter("keys"));
  Value tiles = b.div(b.add(b.narrow(bounded), keyTile - 1), b.i32(keyTile));
  return b.minimum(tiles, all);
}

AttentionWriter::Place AttentionWriter::advance(const Place &place) {
  Value next = b.add(place.stage, 1);
  Value wraps = b.equal(next, stages);
  return {b.select(wraps, zero, next),
          b.select(wraps, b.flip(place.parity), place.parity)};
}

SharedType AttentionWriter::queryType() {
  return SharedType::get({layouts::kGroupRows, depth}, b.getI8Type(),
                         std::min<int64_t>(depth, 128));
}
SharedType AttentionWriter::keyType() {
  return SharedType::get({keyTile, depth}, b.getI8Type(),
                         std::min<int64_t>(depth, 128));
}
SharedType AttentionWriter::valueType() {
  return SharedType::get({width + 8, keyTile}, b.getType<Float8E4M3FNType>(),
                         keyTile);
}
SharedType AttentionWriter::residualType() {
  return SharedType::get({layouts::kGroupRows, width}, spec.out, 128);
}
SharedType AttentionWriter::tableType() {
  return SharedType::get({2 * width + 4}, b.getF32Type(), 0);
}
Value AttentionWriter::residualTile(Value index) {
  return b.shared(residualType(), plan.residual, index, plan.residualStride);
}
Value AttentionWriter::table(Value index) {
  return b.shared(tableType(), plan.coefficients, index,
                  plan.coefficientStride);
}

Value AttentionWriter::offsetOf(StringRef operand, const Tile &tile) {
  Value batch =
      b.mul(b.wide(tile.batch), b.parameter((operand + "_stride_b").str()));
  Value head =
      b.mul(b.wide(tile.head), b.parameter((operand + "_stride_h").str()));
  return b.add(batch, head);
}

Value AttentionWriter::readableRow(const Tile &tile) {
  return b.minimum(b.add(tile.row, groupRow),
                   b.add(b.parameter32("query_rows"), -1));
}

void AttentionWriter::arriveLead(Value barrier) {
  b.ifThen(leads, [&] { BarrierArriveOp::create(b, barrier); });
}

KernelBuilder::Values
AttentionWriter::forTiles(ValueRange carried,
                          function_ref<Values(Value, ValueRange)> body) {
  return b.forLoop(firstTile, endTile, tileStep, carried, body);
}
