//===- AttentionLowering.cpp - Host side of one attention
//-------------------===//
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

/// Name of the attribute by which an operation brings its own schedule.
static constexpr llvm::StringLiteral kScheduleAttr = "rcm_tile.schedule";

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
  LogicalResult checkTypes();
  LogicalResult chooseRecipe();
  LogicalResult chooseSchedule();
  void readOperands();
  void checkSizes();
  void describe();
  void takeScratch();
  void launchPrepass();
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
// Checks and choices
//===----------------------------------------------------------------------===//

LogicalResult AttentionHost::checkTypes() {
  auto check = [&](StringRef name, Value value) -> LogicalResult {
    if (!value)
      return success();
    auto type = dyn_cast<MemRefType>(value.getType());
    if (!type)
      return op.emitOpError("expected `")
             << name << "` to be a memref, got " << value.getType();
    Type element = type.getElementType();
    if (!element.isF16() && !element.isBF16() && !element.isF32())
      return op.emitOpError("expected element type of `")
             << name << "` to be f16, bf16 or f32, got " << element;
    if (!type.isStrided())
      return op.emitOpError("expected layout of `")
             << name << "` to be strided, got " << type;
    return success();
  };
  if (failed(check("q", op.getQuery())) || failed(check("k", op.getKey())) ||
      failed(check("v", op.getValue())) ||
      failed(check("x", op.getResidual())) ||
      failed(check("bias", op.getBias())) || failed(check("out", op.getOut())))
    return failure();
  auto staticSize = [&](StringRef name, Value operand, AffineMap map,
                        AttentionDim dim, int64_t &size) -> LogicalResult {
    auto at = map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
    size = at ? cast<MemRefType>(operand.getType()).getDimSize(*at) : 1;
    if (ShapedType::isDynamic(size) || size < 1 || size > 256)
      return op.emitOpError("expected head dimension of `")
             << name << "` to be static and 1 to 256, got "
             << (ShapedType::isDynamic(size) ? "a dynamic size"
                                             : std::to_string(size));
    return success();
  };
  // The scores are those of the smoothed keys; nothing adds the mean back.
  if (op.getLse())
    return op.emitOpError("expected no log-sum-exp output with the recipe "
                          "int8-e4m3, got one");
  AttentionMaps maps = op.getNamedMaps();
  if (failed(staticSize("k", op.getKey(), maps.key, kKeyDim, spec.depth)))
    return failure();
  return staticSize("v", op.getValue(), maps.value, kValueDim, spec.width);
}

LogicalResult AttentionHost::chooseRecipe() {
  Type element = cast<MemRefType>(op.getQuery().getType()).getElementType();
  Recipe recipe = options.recipe.value_or(element.isF32() ? Recipe::None
                                                          : Recipe::Int8E4M3);
  if (recipe == Recipe::None)
    return op.emitOpError("expected recipe to be int8-e4m3 on this target, got "
                          "none");
  return success();
}

LogicalResult AttentionHost::chooseSchedule() {
  auto error = [&] { return op.emitOpError(); };
  if (auto given = op->getAttrOfType<ScheduleAttr>(kScheduleAttr)) {
    spec.schedule = given;
    return checkResources(error, given, spec.paddedDepth(), spec.paddedWidth(),
                          spec.staged);
  }
  bool wide = spec.paddedDepth() > 128 || spec.paddedWidth() > 128;
  Accumulation accumulation =
      options.accumulation.value_or(Accumulation::Direct);
  // Sums of one tile beside those of all: 160 registers are too few.
  bool promoted = accumulation == Accumulation::Promoted;
  int64_t groups = wide || promoted ? 2 : 3;
  for (int64_t stages = 4; stages >= 2; --stages) {
    spec.schedule = ScheduleAttr::get(
        op.getContext(), groups, layouts::kGroupRows * groups, kPrepassTile,
        stages, accumulation, ScoreConversion::Lazy, RowSum::Matrix,
        ScaleGroup::Thread, b.getF64FloatAttr(2.0), Recipe::Int8E4M3);
    if (spec.plan().total <= kMaxSharedBytes)
      break;
  }
  return checkResources(error, spec.schedule, spec.paddedDepth(),
                        spec.paddedWidth(), spec.staged);
}

void AttentionHost::readOperands() {
  AttentionMaps maps = op.getNamedMaps();
  query = b.operand("query", op.getQuery(), maps.query);
  key = b.operand("key", op.getKey(), maps.key);
  value = b.operand("value", op.getValue(), maps.value);
  out = b.operand("out", op.getOut(), maps.out);
  if (op.getResidual())
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
  if (op.getResidual())
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

void AttentionHost::describe() {
  spec.scale = op.getScaleValue();
  spec.query = query.type.getElementType();
  spec.out = out.type.getElementType();
  spec.hasSkip = static_cast<bool>(op.getAlpha());
  if (op.getResidual())
    spec.residual = residual.type.getElementType();
  auto fine = [&](const std::optional<HostOperand> &operand) {
    return operand && (operand->strideMultiple[kQueryRow] != 0 ||
                       operand->strideMultiple[kValueDim] != 0);
  };
  spec.fineCoefficients = fine(alpha) || fine(beta);
  if (alpha)
    spec.alpha = alpha->type.getElementType();
  if (beta)
    spec.beta = beta->type.getElementType();
  spec.alignedQuery = query.rowsAligned(kKeyDim);
  bool half = spec.out.getIntOrFloatBitWidth() == 16;
  spec.staged = half && spec.paddedWidth() <= 128 &&
                out.rowsAligned(kValueDim) && !spec.fineCoefficients &&
                (!spec.hasSkip || (spec.residual == spec.out &&
                                   residual.rowsAligned(kValueDim)));
  spec.causal = op.isCausal();
  if (bias)
    spec.bias = bias->type.getElementType();
  if (lse)
    spec.lse = lse->type.getElementType();
  prepass.key = {key.type.getElementType(), spec.depth, spec.paddedDepth(),
                 key.rowsAligned(kKeyDim)};
  prepass.value = {value.type.getElementType(), spec.width, spec.paddedWidth(),
                   value.rowsAligned(kValueDim)};
  prepass.valueRows = spec.valueRows();
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

void AttentionHost::launchAttention() {
  using Dims = std::pair<char, AttentionDim>;
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
  const Dims outDims[] = {
      {'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kValueDim}};
  b.addOperand(arguments, query,
               {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}});
  if (spec.alignedQuery)
    b.requireAligned(query);
  b.addOperand(arguments, out, outDims);
  if (spec.staged)
    arguments["out_map"] = outputMap(out);
  if (spec.hasSkip) {
    b.addOperand(arguments, residual, outDims);
    if (spec.staged)
      arguments["residual_map"] = outputMap(residual);
    if (alpha)
      b.addOperand(arguments, *alpha, outDims);
    else
      addScalar("alpha", op.getAlpha());
    if (beta)
      b.addOperand(arguments, *beta, outDims);
    else
      addScalar("beta", op.getBeta());
  }
  if (bias)
    b.addOperand(
        arguments, *bias,
        {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'n', kKeyRow}});
  if (lse)
    b.addOperand(arguments, *lse,
                 {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}});
  if (spec.causal) {
    Value offset = op.getCausalOffset();
    arguments["causal_offset"] = offset ? offset : b.index(0);
  }
  Value queryTiles = b.ceilDiv(rows, spec.schedule.getQueryTile());
  Value tiles = b.mul(b.mul(batches, heads), queryTiles);
  arguments["query_rows"] = rows;
  arguments["key_tiles"] = keyTiles;
  arguments["query_tiles"] = queryTiles;
  arguments["tiles"] = tiles;
  arguments["heads"] = heads;
  auto headMap = [&](const HostOperand &operand) {
    Value count = operand.size[kHead] ? operand.size[kHead] : b.index(1);
    arguments[operand.name + "_batch_stride"] =
        operand.size[kBatch] ? count : b.index(0);
    arguments[operand.name + "_group"] = b.div(heads, b.max(count, b.index(1)));
  };
  headMap(key);
  headMap(value);
  buildAttentionKernel(module, spec);
  Value blocks = b.min(rt::SmCountOp::create(b, b.getIndexType()), tiles);
  b.launch(module, spec.name, {blocks, b.index(1), b.index(1)}, spec.threads(),
           spec.plan().total, /*programmatic=*/true,
           attentionParameters(spec, op.getContext()), arguments);
}

LogicalResult AttentionHost::lower() {
  if (failed(checkTypes()) || failed(chooseRecipe()))
    return failure();
  readOperands();
  describe();
  if (failed(chooseSchedule()))
    return failure();
  prepass.keyClasses = spec.schedule.getScales() == ScaleGroup::Thread;
  checkSizes();
  takeScratch();
  launchPrepass();
  launchAttention();
  return success();
}

LogicalResult rcm::tile::lowerAttention(AttentionOpInterface op,
                                        gpu::GPUModuleOp module,
                                        StringRef prefix,
                                        const LoweringOptions &options) {
  return AttentionHost(op, module, prefix, options).lower();
}
