//===- AttentionLowering.cpp - Host side of one attention ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionLowering.h"
#include "AttentionOperands.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

namespace {
/// Lowers one operation.
class AttentionHost {
public:
  AttentionHost(AttentionOpInterface op, gpu::GPUModuleOp module,
                StringRef prefix, const LoweringOptions &options)
      : op(op), module(module), options(options), b(op.getLoc(), op) {
    spec.name = prefix.str();
    prepass.prefix = prefix.str();
  }
  LogicalResult lower();

private:
  LogicalResult describe();
  void describePrepass();
  void readOperands();
  void takeScratch();
  void launchPrepass();
  void launchShift();
  void addQueryAndOutputs();
  void addCoefficients();
  void addKeptSums(Value blocks);
  void addSizes();
  void launchAttention();
  void addScalar(StringRef name, Value value);
  Value outputMap(const HostOperand &operand);

  AttentionOpInterface op;
  gpu::GPUModuleOp module;
  const LoweringOptions &options;
  HostBuilder b;
  AttentionSpec spec;
  PrepassSpec prepass;
  Arguments arguments;
  AttentionOperands in;
  Value keyTiles, keyHeads, valueHeads;
};
} // namespace

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LogicalResult AttentionHost::describe() {
  if (failed(checkRecipe(op, options.recipe)))
    return failure();
  FailureOr<AttentionSpec> described = describeAttention(op);
  if (failed(described))
    return failure();
  described->name = spec.name;
  spec = *described;
  if (failed(chooseSchedule(op, options.accumulation, spec)))
    return failure();
  describePrepass();
  return success();
}

void AttentionHost::describePrepass() {
  AttentionMaps maps = op.getNamedMaps();
  auto operand = [](Value memref, AffineMap map, AttentionDim inner,
                    int64_t columns) -> PrepassOperand {
    auto type = cast<MemRefType>(memref.getType());
    return {type.getElementType(), columns, padHeadDim(columns),
            rowsAligned(type, map, inner)};
  };
  prepass.key = operand(op.getKey(), maps.key, kKeyDim, spec.depth);
  prepass.value = operand(op.getValue(), maps.value, kValueDim, spec.width);
  prepass.valueRows = spec.valueRows();
  prepass.keyClasses = spec.schedule.getScales() == ScaleGroup::Thread;
}

void AttentionHost::readOperands() {
  in.read(b, op);
  auto sizeOr1 = [&](Value size) { return size ? size : b.index(1); };
  keyHeads = b.mul(sizeOr1(in.key.size[kBatch]), sizeOr1(in.key.size[kHead]));
  valueHeads = b.mul(sizeOr1(in.value.size[kBatch]), sizeOr1(in.value.size[kHead]));
  keyTiles = b.ceilDiv(in.keys, kPrepassTile);
}

//===----------------------------------------------------------------------===//
// Host code
//===----------------------------------------------------------------------===//

void AttentionHost::takeScratch() {
  constexpr int64_t kFloat = 4;
  int64_t depth = spec.paddedDepth(), width = spec.paddedWidth();
  Value one = b.index(1);
  Value allTiles = b.mul(b.mul(keyTiles, b.max(keyHeads, valueHeads)), 2);
  // Tiles of one block of the statistics kernel.
  Value chunkTiles = b.max(b.max(b.ceilDiv(keyTiles, kMaxChunks),
                                 b.div(allTiles, b.index(kStatisticsBlocks))),
                           one);
  Value chunks =
      b.max(arith::CeilDivUIOp::create(b, keyTiles, chunkTiles), one);
  Value keyRows = b.mul(keyTiles, kPrepassTile);
  auto take = [&](StringRef name, Value count, int64_t bytes) {
    arguments[name] = b.scratch(b.mul(count, bytes));
  };
  take("key_partials", b.mul(keyHeads, kMaxChunks), depth * kFloat);
  take("value_partials", b.mul(valueHeads, kMaxChunks),
       3 * width * kFloat);
  take("key_means", keyHeads, depth * kFloat);
  take("key_combined", b.mul(keyHeads, kMaxChunks), depth * kFloat);
  take("value_combined", b.mul(valueHeads, kMaxChunks), 3 * width * kFloat);
  take("value_table", valueHeads, 2 * width * kFloat);
  take("key_scales", b.mul(keyHeads, keyTiles), kKeyClasses * kFloat);
  take("tile_sums", b.mul(valueHeads, keyTiles), width * kFloat);
  take("arrivals", valueHeads, kFloat);
  take("key_integers", b.mul(keyHeads, keyRows), depth);
  take("value_bytes", b.mul(valueHeads, keyRows), spec.valueRows());
  arguments["chunks"] = chunks;
  arguments["chunk_keys"] = b.mul(chunkTiles, kPrepassTile);
  arguments["keys"] = in.keys;
  arguments["tiles"] = keyTiles;
  arguments["key_all_heads"] = keyHeads;
  arguments["value_all_heads"] = valueHeads;
}

void AttentionHost::launchPrepass() {
  using Dims = std::pair<char, AttentionDim>;
  b.addOperand(
      arguments, in.key,
      {Dims{'b', kBatch}, {'h', kHead}, {'n', kKeyRow}, {'d', kKeyDim}});
  b.addOperand(
      arguments, in.value,
      {Dims{'b', kBatch}, {'h', kHead}, {'n', kKeyRow}, {'d', kValueDim}});
  auto headsOf = [&](const HostOperand &operand) {
    return operand.size[kHead] ? operand.size[kHead] : b.index(1);
  };
  arguments["key_heads"] = headsOf(in.key);
  arguments["value_heads"] = headsOf(in.value);
  if (prepass.key.aligned)
    b.requireAligned(in.key);
  if (prepass.value.aligned)
    b.requireAligned(in.value);

  MLIRContext *context = op.getContext();
  Value all = b.max(keyHeads, valueHeads), two = b.index(2);
  buildStatisticsKernel(module, prepass);
  b.launch(module, prepass.prefix + "_statistics",
           {arguments["chunks"], all, two}, kPrepassThreads,
           statisticsSharedBytes(prepass), /*programmatic=*/false,
           statisticsParameters(prepass, context), arguments);
  Value many =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, arguments["chunks"],
                            b.index(kDirectChunks));
  auto either = [&](Value combined, Value direct) -> Value {
    return arith::SelectOp::create(b, many, combined, direct);
  };
  arguments["key_statistics"] =
      either(arguments["key_combined"], arguments["key_partials"]);
  arguments["value_statistics"] =
      either(arguments["value_combined"], arguments["value_partials"]);
  arguments["combined_chunks"] = either(b.index(1), arguments["chunks"]);
  buildCombineKernel(module, prepass);
  b.launch(module, prepass.prefix + "_combine", {b.index(1), all, two},
           kPrepassThreads, 0, /*programmatic=*/true,
           combineParameters(prepass, context), arguments, many);
  buildQuantizeKernel(module, prepass);
  b.launch(module, prepass.prefix + "_quantize",
           {b.max(keyTiles, b.index(1)), all, two}, kPrepassThreads,
           quantizeSharedBytes(prepass), /*programmatic=*/true,
           quantizeParameters(prepass, context), arguments);
}

/// Map of an output-shaped operand: 64 rows of one head per box, panels of 128
/// bytes.
Value AttentionHost::outputMap(const HostOperand &operand) {
  int64_t bytes = operand.type.getElementType().getIntOrFloatBitWidth() / 8;
  // A dimension that the operand lacks has one element; its stride is unused
  // but must be a valid one.
  auto stride = [&](AttentionDim dim) {
    return operand.strideMultiple[dim] ? b.mul(operand.stride[dim], bytes)
                                       : b.index(16);
  };
  b.requireAligned(operand);
  return b.tensorMap(operand.pointer,
                     operand.type.getElementType().isBF16()
                         ? rt::MapElementType::BF16
                         : rt::MapElementType::F16,
                     {b.index(spec.width), in.rows, in.heads, in.batches},
                     {stride(kQueryRow), stride(kHead), stride(kBatch)},
                     {128 / bytes, layouts::kGroupRows, 1, 1}, 128);
}

void AttentionHost::addScalar(StringRef name, Value given) {
  if (given.getType().isF64())
    given = arith::TruncFOp::create(b, b.getF32Type(), given);
  arguments[name] = given;
}

void AttentionHost::addQueryAndOutputs() {
  using Dims = std::pair<char, AttentionDim>;
  const Dims rowDims[] = {{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}};
  const Dims outDims[] = {
      {'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kValueDim}};
  b.addOperand(
      arguments, in.query,
      {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kKeyDim}});
  if (spec.alignedQuery)
    b.requireAligned(in.query);
  b.addOperand(arguments, in.out, outDims);
  if (spec.staged)
    arguments["out_map"] = outputMap(in.out);
  if (spec.readsResidual()) {
    b.addOperand(arguments, in.residual, outDims);
    if (spec.staged)
      arguments["residual_map"] = outputMap(in.residual);
  }
  if (in.bias)
    b.addOperand(
        arguments, *in.bias,
        {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'n', kKeyRow}});
  if (in.lse)
    b.addOperand(arguments, *in.lse, rowDims);
  if (spec.causal) {
    Value offset = op.getCausalOffset();
    arguments["causal_offset"] = offset ? offset : b.index(0);
  }
}

void AttentionHost::addCoefficients() {
  using Dims = std::pair<char, AttentionDim>;
  const Dims outDims[] = {
      {'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kValueDim}};
  if (!spec.hasSkip)
    return;
  if (in.alpha)
    b.addOperand(arguments, *in.alpha, outDims);
  else
    addScalar("alpha", op.getAlpha());
  if (in.beta)
    b.addOperand(arguments, *in.beta, outDims);
  else
    addScalar("beta", op.getBeta());
}

/// Memory for sums in f32, if there are keys enough to need any.
void AttentionHost::addKeptSums(Value blocks) {
  if (!spec.keepsSums())
    return;
  constexpr int64_t kFloat = 4;
  Value interval = b.index(spec.schedule.getPromotionTiles());
  Value needed = b.min(b.div(keyTiles, interval), b.index(1));
  // The loading warpgroup's share stays untouched.
  int64_t perBlock =
      spec.threads() / layouts::kWarpgroup * spec.keptElements() * kFloat;
  arguments["kept_sums"] = b.scratch(b.mul(b.mul(blocks, needed), perBlock));
}

void AttentionHost::addSizes() {
  Value queryTiles = b.ceilDiv(in.rows, spec.schedule.getQueryTile());
  arguments["query_rows"] = in.rows;
  arguments["key_tiles"] = keyTiles;
  arguments["query_tiles"] = queryTiles;
  arguments["tiles"] = b.mul(b.mul(in.batches, in.heads), queryTiles);
  arguments["heads"] = in.heads;
  auto headMap = [&](const HostOperand &operand) {
    Value count = operand.size[kHead] ? operand.size[kHead] : b.index(1);
    arguments[operand.name + "_batch_stride"] =
        operand.size[kBatch] ? count : b.index(0);
    arguments[operand.name + "_group"] = b.div(in.heads, b.max(count, b.index(1)));
  };
  headMap(in.key);
  headMap(in.value);
}

/// What smoothing took from the scores, for the log-sum-exp.
void AttentionHost::launchShift() {
  if (!in.lse)
    return;
  constexpr int64_t kFloat = 4;
  Value allHeads = b.mul(in.batches, in.heads);
  arguments["lse_shift"] = b.scratch(b.mul(b.mul(allHeads, in.rows), kFloat));
  buildShiftKernel(module, spec);
  b.launch(module, spec.name + "_shift",
           {b.ceilDiv(in.rows, kShiftRows), allHeads, b.index(1)}, kShiftThreads,
           0, /*programmatic=*/true, shiftParameters(spec, op.getContext()),
           arguments);
}

void AttentionHost::launchAttention() {
  int64_t depth = spec.paddedDepth();
  int64_t keyTile = spec.schedule.getKeyTile();
  Value keyRows = b.mul(keyTiles, kPrepassTile);
  int64_t keySwizzle = std::min<int64_t>(depth, 128);
  arguments["key_map"] =
      b.tensorMap(arguments["key_integers"], rt::MapElementType::U8,
                  {b.index(depth), keyRows, keyHeads},
                  {b.index(depth), b.mul(keyRows, depth)},
                  {keySwizzle, keyTile, 1}, keySwizzle);
  arguments["value_map"] =
      b.tensorMap(arguments["value_bytes"], rt::MapElementType::U8,
                  {keyRows, b.index(spec.valueRows()), valueHeads},
                  {keyRows, b.mul(keyRows, spec.valueRows())},
                  {keyTile, spec.valueBoxRows(), 1}, keyTile);
  buildAttentionKernel(module, spec);
  Value blocks =
      b.min(rt::SmCountOp::create(b, b.getIndexType()), arguments["tiles"]);
  addKeptSums(blocks);
  b.launch(module, spec.name, {blocks, b.index(1), b.index(1)}, spec.threads(),
           spec.plan().total, /*programmatic=*/true,
           attentionParameters(spec, op.getContext()), arguments);
}

LogicalResult AttentionHost::lower() {
  if (failed(describe()))
    return failure();
  readOperands();
  in.requireSizes(b, op);
  takeScratch();
  launchPrepass();
  addQueryAndOutputs();
  addCoefficients();
  addSizes();
  launchShift();
  launchAttention();
  return success();
}

LogicalResult rcm::tile::lowerAttention(AttentionOpInterface op,
                                        gpu::GPUModuleOp module,
                                        StringRef prefix,
                                        const LoweringOptions &options) {
  return AttentionHost(op, module, prefix, options).lower();
}
