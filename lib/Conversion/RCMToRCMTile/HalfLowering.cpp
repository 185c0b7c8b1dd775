//===- HalfLowering.cpp - Host side of one 16-bit attention ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// The recipes bf16 and f16: one launch, no scratch. Where the number of rows is
// open, there are two kernels, and the launch of one is left out: blocks of 64
// rows while those do not fill the device, larger ones otherwise.
//
//===----------------------------------------------------------------------===//

#include "HalfLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

/// Multiprocessors to plan for where the sizes are known when compiling.
static constexpr int64_t kPlannedMultiprocessors = 132;

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

/// Blocks of 64 rows, or of as many as registers and shared memory allow.
FailureOr<ScheduleAttr> HalfHost::schedule(bool narrow) {
  int64_t columns = std::max(spec.paddedDepth(), spec.paddedWidth());
  bool lean = spec.staged && !spec.bias;
  int64_t groups = narrow ? 1 : columns == 128 && lean ? 3 : 2;
  int64_t keyTile = columns <= 128 && lean ? 128 : 64;
  // The most stages that still let the most blocks share a multiprocessor.
  HalfSpec wanted = spec;
  int64_t most = 0;
  for (int64_t stages = 4; stages >= 2; --stages) {
    HalfSpec candidate = spec;
    candidate.schedule = ScheduleAttr::get(
        op.getContext(), groups, layouts::kGroupRows * groups, keyTile, stages,
        Accumulation::Direct, /*promotionTiles=*/1, ScoreConversion::Eager, RowSum::Add,
        ScaleGroup::Warp, b.getF64FloatAttr(8.0), recipe, /*order=*/0);
    bool fits = candidate.plan().total <= kMaxSharedBytes;
    if (stages > 2 && (!fits || candidate.blocks() <= most))
      continue;
    if (most == 0 || (fits && candidate.blocks() > most)) {
      wanted = candidate;
      most = fits ? candidate.blocks() : 0;
    }
  }
  auto error = [&] { return op.emitOpError(); };
  if (failed(checkResources(error, wanted)))
    return failure();
  return wanted.schedule;
}

//===----------------------------------------------------------------------===//
// Launch
//===----------------------------------------------------------------------===//

/// Map of an operand: boxes of `boxRows` rows of one head, panels of 128 bytes.
Value HalfHost::mapped(const HostOperand &operand, AttentionDim row,
                       int64_t inner, Value rowCount, int64_t boxRows) {
  // A dimension with one element has a stride that nobody uses, but it must be
  // a valid one.
  auto stride = [&](AttentionDim dim) -> Value {
    Value valid = b.index(kMapAlignment);
    if (operand.strideMultiple[dim] == 0)
      return valid;
    Value single = arith::CmpIOp::create(b, arith::CmpIPredicate::ule,
                                         operand.size[dim], b.index(1));
    return arith::SelectOp::create(b, single, valid,
                                   b.mul(operand.stride[dim], kBytes));
  };
  auto size = [&](AttentionDim dim) {
    return operand.size[dim] ? operand.size[dim] : b.index(1);
  };
  auto type = operand.type.getElementType().isBF16() ? rt::MapElementType::BF16
                                                     : rt::MapElementType::F16;
  return b.tensorMap(operand.pointer, type,
                     {b.index(inner), rowCount, size(kHead), size(kBatch)},
                     {stride(row), stride(kHead), stride(kBatch)},
                     {layouts::kPanelBytes / kBytes, boxRows, 1, 1},
                     layouts::kPanelBytes);
}

void HalfHost::addCoefficient(StringRef name, Value given,
                              const std::optional<HostOperand> &operand) {
  using Dims = std::pair<char, AttentionDim>;
  if (operand) {
    b.addOperand(arguments, *operand,
                 {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow},
                  {'d', kValueDim}});
    return;
  }
  if (given.getType().isF64())
    given = arith::TruncFOp::create(b, b.getF32Type(), given);
  arguments[name] = given;
}

/// What does not depend on the schedule.
void HalfHost::fillArguments() {
  using Dims = std::pair<char, AttentionDim>;
  const Dims outDims[] = {
      {'b', kBatch}, {'h', kHead}, {'m', kQueryRow}, {'d', kValueDim}};
  arguments["query_map"] = mapped(in.query, kQueryRow, spec.depth, in.rows,
                                  layouts::kGroupRows);
  b.addOperand(arguments, in.out, outDims);
  if (spec.staged) {
    b.requireAligned(in.out);
    arguments["out_map"] = mapped(in.out, kQueryRow, spec.width, in.rows,
                                  layouts::kGroupRows);
  }
  if (spec.readsResidual()) {
    b.addOperand(arguments, in.residual, outDims);
    if (spec.staged) {
      b.requireAligned(in.residual);
      arguments["residual_map"] = mapped(in.residual, kQueryRow, spec.width,
                                         in.rows, layouts::kGroupRows);
    }
  }
  if (spec.hasSkip) {
    if (time) {
      b.addOperand(arguments, *time, {Dims{'b', kBatch}, {'h', kHead}});
    } else {
      addCoefficient("alpha", op.getAlpha(), in.alpha);
      addCoefficient("beta", op.getBeta(), in.beta);
    }
  }
  if (in.bias)
    b.addOperand(arguments, *in.bias,
                 {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow},
                  {'n', kKeyRow}});
  if (in.lse)
    b.addOperand(arguments, *in.lse,
                 {Dims{'b', kBatch}, {'h', kHead}, {'m', kQueryRow}});
  arguments["query_rows"] = in.rows;
  arguments["keys"] = in.keys;
  visibleKeys = in.keys;
  if (spec.causal) {
    Value offset = op.getCausalOffset();
    arguments["causal_offset"] = offset ? offset : b.index(0);
    // Keys behind the last row's are not even read: their values may be NaN.
    Value end =
        arith::AddIOp::create(b, in.rows, arguments["causal_offset"]);
    end = arith::MaxSIOp::create(b, end, b.index(0));
    visibleKeys = arith::MinSIOp::create(b, end, in.keys);
  }
  for (const HostOperand *operand : {&in.key, &in.value}) {
    Value count =
        operand->size[kHead] ? operand->size[kHead] : b.index(1);
    arguments[operand->name + "_group"] =
        b.max(b.div(in.heads, b.max(count, b.index(1))), b.index(1));
    arguments[operand->name + "_batch_step"] =
        b.index(operand->size[kBatch] ? 1 : 0);
  }
}

LogicalResult HalfHost::launch(ScheduleAttr schedule, StringRef suffix,
                               Value predicate) {
  HalfSpec variant = spec;
  variant.schedule = schedule;
  variant.name += suffix;
  int64_t keyTile = schedule.getKeyTile();
  arguments["key_map"] =
      mapped(in.key, kKeyRow, spec.depth, visibleKeys, keyTile);
  arguments["value_map"] =
      mapped(in.value, kKeyRow, spec.width, visibleKeys, keyTile);
  buildHalfKernel(module, variant);
  Value blocks = b.ceilDiv(in.rows, schedule.getQueryTile());
  b.launch(module, variant.name, {blocks, in.heads, in.batches},
           variant.threads(), variant.plan().total, /*programmatic=*/false,
           halfParameters(variant, op.getContext()), arguments, predicate);
  return success();
}

LogicalResult HalfHost::lower() {
  if (failed(checkTypes()))
    return failure();
  readOperands();
  describe();
  if (failed(checkMapped("q", in.query, kKeyDim)) ||
      failed(checkMapped("k", in.key, kKeyDim)) ||
      failed(checkMapped("v", in.value, kValueDim)))
    return failure();
  in.requireSizes(b, op);
  fillArguments();
  auto given = op->getAttrOfType<ScheduleAttr>(kScheduleAttrName);
  if (given) {
    HalfSpec asked = spec;
    asked.schedule = given;
    auto error = [&] { return op.emitOpError(); };
    if (given.getRecipe() != recipe)
      return op.emitOpError("expected recipe of the schedule to be ")
             << stringifyRecipe(recipe) << ", got "
             << stringifyRecipe(given.getRecipe());
    if (failed(checkResources(error, asked)))
      return failure();
    return launch(given, "", Value());
  }
  FailureOr<ScheduleAttr> narrow = schedule(true), wide = schedule(false);
  if (failed(narrow) || failed(wide))
    return failure();
  auto shape = cast<MemRefType>(op.getOut().getType());
  Value blocks = b.mul(b.mul(in.batches, in.heads),
                       b.ceilDiv(in.rows, layouts::kGroupRows));
  if (shape.hasStaticShape()) {
    int64_t rows = 1;
    AttentionMaps maps = op.getNamedMaps();
    auto extent = [&](AttentionDim dim) -> int64_t {
      auto at = maps.out.getResultPosition(
          getAffineDimExpr(dim, op.getContext()));
      return at ? shape.getDimSize(*at) : 1;
    };
    rows = extent(kBatch) * extent(kHead) *
           llvm::divideCeil(extent(kQueryRow), layouts::kGroupRows);
    return launch(rows <= kPlannedMultiprocessors ? *narrow : *wide, "",
                  Value());
  }
  Value count = rt::SmCountOp::create(b, b.getIndexType());
  auto compare = [&](arith::CmpIPredicate predicate) {
    return arith::CmpIOp::create(b, predicate, blocks, count);
  };
  if (failed(launch(*narrow, "_narrow", compare(arith::CmpIPredicate::ule))))
    return failure();
  return launch(*wide, "", compare(arith::CmpIPredicate::ugt));
}

LogicalResult rcm::tile::lowerHalfAttention(AttentionOpInterface op,
                                            gpu::GPUModuleOp module,
                                            StringRef prefix, Recipe recipe) {
  return HalfHost(op, module, prefix, recipe).lower();
}
