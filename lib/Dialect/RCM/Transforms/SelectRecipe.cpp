//===- SelectRecipe.cpp - number formats of attention on a GPU
//------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace rcm {
#define GEN_PASS_DEF_SELECTRECIPE
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

static constexpr StringLiteral kProperties = "rcm_rt.properties";
static constexpr StringLiteral kNone = "none";
static constexpr StringLiteral kInt8E4M3 = "int8-e4m3";
static constexpr StringLiteral kAuto = "auto";

namespace {

struct SelectRecipe : rcm::impl::SelectRecipeBase<SelectRecipe> {
  using SelectRecipeBase::SelectRecipeBase;
  void runOnOperation() override;
  LogicalResult checkOptions();
  StringRef choose(ArrayRef<AttentionOpInterface> ops);
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
  if (recipe != kAuto && recipe != kNone && recipe != kInt8E4M3)
    return module.emitError(
               "expected `recipe` to be auto, none or int8-e4m3, got ")
           << recipe;
  if (!accumulation.empty() && accumulation != "direct" &&
      accumulation != "promoted")
    return module.emitError(
               "expected `accumulation` to be direct or promoted, got ")
           << accumulation;
  return success();
}

StringRef SelectRecipe::choose(ArrayRef<AttentionOpInterface> ops) {
  if (ops.empty() || !llvm::all_of(ops, hasNarrowOperands))
    return kNone;
  return kInt8E4M3;
}

void SelectRecipe::runOnOperation() {
  ModuleOp module = getOperation();
  if (failed(checkOptions()))
    return signalPassFailure();
  SmallVector<AttentionOpInterface> ops;
  module.walk([&](AttentionOpInterface op) { ops.push_back(op); });
  NamedAttrList properties;
  if (auto known = module->getAttrOfType<DictionaryAttr>(kProperties))
    properties = known;
  std::string chosen = recipe;
  if (chosen == kAuto) {
    auto known = dyn_cast_or_null<StringAttr>(properties.get("recipe"));
    chosen = known ? known.getValue().str() : choose(ops).str();
    if (!known && !ops.empty())
      emitRemark(module.getLoc())
          << "recipe " << chosen
          << (chosen == kNone
                  ? ": attention is computed in f32"
                  : ": attention is computed from 8-bit operands; recipe=none "
                    "computes it in f32");
  }
  if (chosen != kNone)
    for (AttentionOpInterface op : ops)
      if (!hasQuantizableOperands(op)) {
        op->emitOpError("expected element types of `query`, `key` and `value` "
                        "to be f16, bf16 or f32 for recipe ")
            << chosen << ", got "
            << getElementTypeOrSelf(op.getQuery().getType()) << ", "
            << getElementTypeOrSelf(op.getKey().getType()) << " and "
            << getElementTypeOrSelf(op.getValue().getType());
        return signalPassFailure();
      }
  Builder b(&getContext());
  properties.set("chip", b.getStringAttr(chip));
  properties.set("recipe", b.getStringAttr(chosen));
  if (!accumulation.empty())
    properties.set("accumulation", b.getStringAttr(accumulation));
  module->setAttr(kProperties, properties.getDictionary(&getContext()));
}
