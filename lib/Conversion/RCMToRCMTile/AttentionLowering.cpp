//===- AttentionLowering.cpp - Host side of one attention ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionLowering.h"

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
  void checkSizes();
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
  HostOperand query, key, value, residual, out;
  std::optional<HostOperand> bias, lse, alpha, beta;
  Value batches, heads, rows, keys, keyTiles, keyHeads, valueHeads;
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
  AttentionMaps maps = op.getNamedMaps();
  query = b.operand("query", op.getQuery(), maps.query);
  key = b.operand("key", op.getKey(), maps.key);
  value = b.operand("value", op.getValue(), maps.value);
  out = b.operand("out", op.getOut(), maps.out);
  if (spec.readsResidual())
    residual = b.operand("residual", op.getResidual(), maps.residual);
  if (op.getBias())
    bias = b.operand("bias", op.getBias(), maps.bias);
  if (op.getLse())
    lse = b.operand("lse", op.getLse(), maps.lse);
  auto coefficient = [&](StringRef name, Value operand, AffineMap map,
                         std::optional<HostOperand> &result) {
    if (operand && isa<MemRefType>(operand.getType()))
      result = b.operand(name, operand, map);
  };
  coefficient("alpha", op.getAlpha(), maps.alpha, alpha);
  coefficient("beta", op.getBeta(), maps.beta, beta);
  auto sizeOr1 = [&](Value size) { return size ? size : b.index(1); };
  batches = sizeOr1(out.size[kBatch]);
  heads = sizeOr1(out.size[kHead]);
  rows = sizeOr1(out.size[kQueryRow]);
  keys = sizeOr1(key.size[kKeyRow]);
  keyHeads = b.mul(sizeOr1(key.size[kBatch]), sizeOr1(key.size[kHead]));
  valueHeads = b.mul(sizeOr1(value.size[kBatch]), sizeOr1(value.size[kHead]));
  keyTiles = b.ceilDiv(keys, kPrepassTile);
}

/// Sizes that the verifier could not compare are compared before the launch.
void AttentionHost::checkSizes() {
  auto same = [&](const HostOperand &operand, AttentionDim dim, Value size,
                  StringRef what) {
    auto at =
        operand.map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
    if (at && operand.type.isDynamicDim(*at) && operand.size[dim] != size)
      b.requireEqual(operand.size[dim], size,
                     "expected number of " + what + " of `" + operand.name +
                         "` to be that of the output and the keys");
  };
  SmallVector<const HostOperand *> all = {&query, &key, &value};
  if (spec.readsResidual())
    all.push_back(&residual);
  for (auto *operand : {&bias, &lse, &alpha, &beta})
    if (*operand)
      all.push_back(&**operand);
  for (const HostOperand *operand : all) {
    same(*operand, kBatch, batches, "batches");
    same(*operand, kQueryRow, rows, "query rows");
    same(*operand, kKeyRow, keys, "keys");
    if (operand != &key && operand != &value)
      same(*operand, kHead, heads, "heads");
  }
  for (const HostOperand *operand : {&key, &value}) {
    Value count = operand->size[kHead];
    if (!count)
      continue;
    Value rest = arith::RemUIOp::create(b, heads, b.max(count, b.index(1)));
    b.requireEqual(rest, b.index(0),
                   "expected number of heads of `" + operand->name +
                       "` to divide that of the queries");
  }
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
  arguments["keys"] = keys;
  arguments["tiles"] = keyTiles;
  arguments["key_all_heads"] = keyHeads;
  arguments["value_all_heads"] = valueHeads;
}

void AttentionHost::launchPrepass() {
  using Dims = std::pair<char, AttentionDim>;
  b.addOperand(
      arguments, key,
      {Dims{'b', kBatch}, {'h', kHead}, {'n', kKeyRow}, {'d', kKeyDim}});
  b.addOperand(
      arguments, value,
      {Dims{'b', kBatch}, {'h', kHead}, {'n', kKeyRow}, {'d', kValueDim}});
  auto headsOf = [&](const HostOperand &operand) {
    return operand.size[kHead] ? operand.size[kHead] : b.index(1);
  };
  arguments["key_heads"] = headsOf(key);
  arguments["value_heads"] = headsOf(value);
  if (prepass.key.aligned)
    b.requireAligned(key);
  if (prepass.value.aligned)
    b.requireAligned(value);

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
                     {b.index(spec.width), rows, heads, batches},
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
      arguments, query,
      {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kKeyDim}});
  if (spec.alignedQuery)
    b.requireAligned(query);
  b.addOperand(arguments, out, outDims);
  if (spec.staged)
    arguments["out_map"] = outputMap(out);
  if (spec.readsResidual()) {
    b.addOperand(arguments, residual, outDims);
    if (spec.staged)
      arguments["residual_map"] = outputMap(residual);
  }
  if (bias)
    b.addOperand(
        arguments, *bias,
        {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'n', kKeyRow}});
  if (lse)
    b.addOperand(arguments, *lse, rowDims);
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
  if (alpha)
    b.addOperand(arguments, *alpha, outDims);
  else
    addScalar("alpha", op.getAlpha());
  if (beta)
    b.addOperand(arguments, *beta, outDims);
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
  Value queryTiles = b.ceilDiv(rows, spec.schedule.getQueryTile());
  arguments["query_rows"] = rows;
  arguments["key_tiles"] = keyTiles;
  arguments["query_tiles"] = queryTiles;
  arguments["tiles"] = b.mul(b.mul(batches, heads), queryTiles);
  arguments["heads"] = heads;
  auto headMap = [&](const HostOperand &operand) {
    Value count = operand.size[kHead] ? operand.size[kHead] : b.index(1);
    arguments[operand.name + "_batch_stride"] =
        operand.size[kBatch] ? count : b.index(0);
    arguments[operand.name + "_group"] = b.div(heads, b.max(count, b.index(1)));
  };
  headMap(key);
  headMap(value);
}

/// What smoothing took from the scores, for the log-sum-exp.
void AttentionHost::launchShift() {
  if (!lse)
    return;
  constexpr int64_t kFloat = 4;
  Value allHeads = b.mul(batches, heads);
  arguments["lse_shift"] = b.scratch(b.mul(b.mul(allHeads, rows), kFloat));
  buildShiftKernel(module, spec);
  b.launch(module, spec.name + "_shift",
           {b.ceilDiv(rows, kShiftRows), allHeads, b.index(1)}, kShiftThreads,
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
  if (isLiteralZero(op.getBeta())) {
    if (op.getLse())
      return op.emitOpError("expected no log-sum-exp output where the "
                            "attention's coefficient is the literal 0, got "
                            "one");
    lowerSkipAlone(op);
    return success();
  }
  if (failed(describe()))
    return failure();
  readOperands();
  checkSizes();
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
