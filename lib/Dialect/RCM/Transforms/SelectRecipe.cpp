//===- SelectRecipe.cpp - number formats of attention on a GPU
//------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Dialect/RCM/Transforms/RecipeCost.h"
#include "rcm/Dialect/RCM/Transforms/TuningTable.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

namespace rcm {
#define GEN_PASS_DEF_SELECTRECIPE
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

static constexpr StringLiteral kProperties = "rcm_rt.properties";
static constexpr StringLiteral kNone = "none";
static constexpr StringLiteral kBF16 = "bf16";
static constexpr StringLiteral kF16 = "f16";
static constexpr StringLiteral kInt8E4M3 = "int8-e4m3";
static constexpr StringLiteral kAuto = "auto";
static constexpr StringLiteral kDefault = "default";

namespace {

struct SelectRecipe : rcm::impl::SelectRecipeBase<SelectRecipe> {
  using SelectRecipeBase::SelectRecipeBase;
  void runOnOperation() override;
  LogicalResult checkOptions();
  LogicalResult openTable();
  std::string chooseDefault(ArrayRef<AttentionOpInterface> ops);
  std::string chooseByCost(ArrayRef<AttentionOpInterface> ops);
  std::string chooseByTime(ArrayRef<AttentionShape> shapes, StringRef half);
  LogicalResult checkTypes(ArrayRef<AttentionOpInterface> ops,
                           StringRef chosen);

  TuningTable tuning;
};

} // namespace

static bool isNarrow(Value value) {
  Type type = getElementTypeOrSelf(value.getType());
  return type.isF16() || type.isBF16();
}

static bool isQuantizable(Value value) {
  return isNarrow(value) || getElementTypeOrSelf(value.getType()).isF32();
}

/// True if an 8-bit recipe takes the op's operands when asked to.
static bool hasQuantizableOperands(AttentionOpInterface op) {
  return isQuantizable(op.getQuery()) && isQuantizable(op.getKey()) &&
         isQuantizable(op.getValue());
}

/// True if an 8-bit recipe loses little that the op's operands have.
static bool hasNarrowOperands(AttentionOpInterface op) {
  return isNarrow(op.getQuery()) && isNarrow(op.getKey()) &&
         isNarrow(op.getValue());
}

LogicalResult SelectRecipe::checkOptions() {
  ModuleOp module = getOperation();
  if (chip != "sm_90a")
    return module.emitError("expected `chip` to be sm_90a, got ") << chip;
  if (!llvm::is_contained({kDefault, kAuto, kNone, kBF16, kF16, kInt8E4M3},
                          StringRef(recipe)))
    return module.emitError("expected `recipe` to be default, auto, none, "
                            "bf16, f16 or int8-e4m3, got ")
           << recipe;
  if (!accumulation.empty() && accumulation != "direct" &&
      accumulation != "promoted")
    return module.emitError(
               "expected `accumulation` to be direct or promoted, got ")
           << accumulation;
  return success();
}

/// Element type of queries, keys and values if they agree, otherwise null.
static Type commonType(AttentionOpInterface op) {
  Type type = getElementTypeOrSelf(op.getQuery().getType());
  bool same = getElementTypeOrSelf(op.getKey().getType()) == type &&
              getElementTypeOrSelf(op.getValue().getType()) == type;
  return same ? type : Type();
}

/// The recipe that takes operands of `type` as they are; empty if none does.
static StringRef halfRecipe(Type type) {
  if (!type)
    return "";
  return type.isBF16() ? StringRef(kBF16) : type.isF16() ? StringRef(kF16) : "";
}

std::optional<AttentionShape> rcm::staticShapeOf(AttentionOpInterface op) {
  AttentionMaps maps = op.getNamedMaps();
  bool known = true;
  auto size = [&](Value operand, AffineMap map, AttentionDim dim) -> int64_t {
    auto at = map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
    if (!at)
      return 1;
    int64_t extent = cast<ShapedType>(operand.getType()).getDimSize(*at);
    known &= !ShapedType::isDynamic(extent);
    return extent;
  };
  AttentionShape shape;
  shape.batches = size(op.getOut(), maps.out, kBatch);
  shape.heads = size(op.getOut(), maps.out, kHead);
  shape.rows = size(op.getOut(), maps.out, kQueryRow);
  shape.width = size(op.getOut(), maps.out, kValueDim);
  shape.keyHeads = size(op.getKey(), maps.key, kHead);
  shape.keys = size(op.getKey(), maps.key, kKeyRow);
  shape.depth = size(op.getKey(), maps.key, kKeyDim);
  shape.causal = op.isCausal();
  shape.skip = static_cast<bool>(op.getAlpha());
  if (!known)
    return std::nullopt;
  return shape;
}

/// What is chosen without a wish.
std::string SelectRecipe::chooseDefault(ArrayRef<AttentionOpInterface> ops) {
  bool narrow = !ops.empty() && llvm::all_of(ops, hasNarrowOperands);
  StringRef chosen = narrow ? kInt8E4M3 : kNone;
  if (!ops.empty())
    emitRemark(getOperation().getLoc())
        << "recipe " << chosen
        << (narrow ? ": attention is computed from 8-bit operands; recipe=none "
                     "computes it in f32"
                   : ": attention is computed in f32");
  return chosen.str();
}

/// The faster of the two families: as measured where the tuning table knows
/// both at all shapes, else by docs/CostModel.md.
std::string SelectRecipe::chooseByTime(ArrayRef<AttentionShape> shapes,
                                       StringRef half) {
  auto sum = [&](StringRef recipe, KernelFamily family, bool measured) {
    double time = 0;
    for (const AttentionShape &shape : shapes)
      time += measured ? *tuning.estimate(recipe, shape)
                       : estimateCost(family, shape).total;
    return time;
  };
  bool measured = llvm::all_of(shapes, [&](const AttentionShape &shape) {
    return tuning.find(half, shape) && tuning.find(kInt8E4M3, shape);
  });
  double halfTime = sum(half, KernelFamily::kHalf, measured),
         int8Time = sum(kInt8E4M3, KernelFamily::kInt8E4M3, measured);
  // Without quantization nothing is lost: it has to pay back.
  StringRef chosen = int8Time < halfTime ? StringRef(kInt8E4M3) : half;
  std::string source = measured ? ", from measurements in " + tuning.name().str()
                                : "";
  emitRemark(getOperation().getLoc())
      << llvm::formatv("recipe {0}: estimated {1:F1} us with int8-e4m3 "
                       "(quantization included), {2:F1} us with {3}{4}",
                       chosen, int8Time, halfTime, half, source)
             .str();
  return chosen.str();
}

/// By time, where both families can be used and the sizes are known; otherwise
/// the default.
std::string SelectRecipe::chooseByCost(ArrayRef<AttentionOpInterface> ops) {
  // The copy engine wants rows of whole 16 bytes.
  constexpr int64_t kRowElements = 8;
  if (ops.empty() || !llvm::all_of(ops, hasNarrowOperands))
    return chooseDefault(ops);
  StringRef half = halfRecipe(commonType(ops.front()));
  SmallVector<AttentionShape> shapes;
  for (AttentionOpInterface op : ops) {
    std::optional<AttentionShape> shape = staticShapeOf(op);
    if (half.empty() || halfRecipe(commonType(op)) != half || !shape ||
        shape->depth % kRowElements || shape->width % kRowElements) {
      emitRemark(op.getLoc())
          << "no cost is known: expected static sizes, head dimensions that "
             "are multiples of "
          << kRowElements << " and one element type of all operands";
      return chooseDefault(ops);
    }
    shapes.push_back(*shape);
  }
  return chooseByTime(shapes, half);
}

LogicalResult SelectRecipe::openTable() {
  llvm::Expected<TuningTable> opened = TuningTable::open(table, chip);
  if (!opened)
    return getOperation().emitError(llvm::toString(opened.takeError()));
  tuning = std::move(*opened);
  return success();
}

LogicalResult SelectRecipe::checkTypes(ArrayRef<AttentionOpInterface> ops,
                                       StringRef chosen) {
  if (chosen == kNone)
    return success();
  for (AttentionOpInterface op : ops) {
    bool fits = chosen == kInt8E4M3 ? hasQuantizableOperands(op)
                                    : halfRecipe(commonType(op)) == chosen;
    if (!fits)
      return op->emitOpError("expected element types of `query`, `key` and "
                             "`value` to be ")
             << (chosen == kInt8E4M3 ? "f16, bf16 or f32" : chosen) << " for recipe "
             << chosen << ", got "
             << getElementTypeOrSelf(op.getQuery().getType()) << ", "
             << getElementTypeOrSelf(op.getKey().getType()) << " and "
             << getElementTypeOrSelf(op.getValue().getType());
  }
  return success();
}

void SelectRecipe::runOnOperation() {
  ModuleOp module = getOperation();
  if (failed(checkOptions()) || failed(openTable()))
    return signalPassFailure();
  SmallVector<AttentionOpInterface> ops;
  module.walk([&](AttentionOpInterface op) { ops.push_back(op); });
  NamedAttrList properties;
  if (auto known = module->getAttrOfType<DictionaryAttr>(kProperties))
    properties = known;
  std::string chosen = recipe;
  if (chosen == kDefault || chosen == kAuto) {
    auto known = dyn_cast_or_null<StringAttr>(properties.get("recipe"));
    chosen = known               ? known.getValue().str()
             : chosen == kAuto ? chooseByCost(ops)
                                 : chooseDefault(ops);
  }
  if (failed(checkTypes(ops, chosen)))
    return signalPassFailure();
  Builder b(&getContext());
  properties.set("chip", b.getStringAttr(chip));
  properties.set("recipe", b.getStringAttr(chosen));
  if (!accumulation.empty())
    properties.set("accumulation", b.getStringAttr(accumulation));
  module->setAttr(kProperties, properties.getDictionary(&getContext()));
}
