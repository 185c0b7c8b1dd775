//===- RCMToRCMTile.cpp - convert-rcm-to-rcm-tile ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Each attention operation on memrefs becomes host code in its place (sizes,
// scratch, tensor maps, launches) and kernels in one gpu.module.
//
//===----------------------------------------------------------------------===//

#include "AttentionLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "rcm/Conversion/Passes.h"
#include "llvm/ADT/StringSwitch.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTRCMTORCMTILE
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

static std::optional<Recipe> recipeOf(StringRef name) {
  return llvm::StringSwitch<std::optional<Recipe>>(name)
      .Case("none", Recipe::None)
      .Case("bf16", Recipe::BF16)
      .Case("f16", Recipe::F16)
      .Case("int8-e4m3", Recipe::Int8E4M3)
      .Default(std::nullopt);
}

/// What an earlier pass wrote on the module.
static void readModuleRecipe(ModuleOp module, LoweringOptions &options) {
  auto properties = module->getAttrOfType<DictionaryAttr>(rt::kPropertiesAttr);
  auto chosen =
      properties ? properties.getAs<StringAttr>("recipe") : StringAttr();
  if (chosen)
    options.recipe = recipeOf(chosen.getValue());
  auto sums =
      properties ? properties.getAs<StringAttr>("accumulation") : StringAttr();
  if (sums && !options.accumulation)
    options.accumulation = symbolizeAccumulation(sums.getValue());
}

FailureOr<LoweringOptions>
rcm::tile::readLoweringOptions(ModuleOp module, StringRef recipe,
                               StringRef accumulation) {
  LoweringOptions options;
  if (accumulation == "direct")
    options.accumulation = Accumulation::Direct;
  else if (accumulation == "promoted")
    options.accumulation = Accumulation::Promoted;
  else if (accumulation != "auto")
    return module.emitError("expected option `accumulation` to be auto, direct "
                            "or promoted, got ")
           << accumulation;
  if (recipe == "default") {
    readModuleRecipe(module, options);
    return options;
  }
  options.recipe = recipeOf(recipe);
  if (!options.recipe)
    return module.emitError("expected option `recipe` to be default, none, "
                            "bf16, f16 or int8-e4m3, got ")
           << recipe;
  return options;
}

namespace {
class ConvertRCMToRCMTile
    : public rcm::impl::ConvertRCMToRCMTileBase<ConvertRCMToRCMTile> {
public:
  using ConvertRCMToRCMTileBase::ConvertRCMToRCMTileBase;

  void runOnOperation() override {
    SmallVector<AttentionOpInterface> ops;
    getOperation().walk([&](AttentionOpInterface op) { ops.push_back(op); });
    if (ops.empty())
      return;
    FailureOr<LoweringOptions> options =
        readLoweringOptions(getOperation(), recipe, accumulation);
    if (failed(options))
      return signalPassFailure();
    if (options->recipe == Recipe::None)
      return; // another conversion's
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto module = gpu::GPUModuleOp::create(builder, getOperation().getLoc(),
                                           "rcm_kernels");
    SymbolTable(getOperation()).insert(module);
    for (auto [number, op] : llvm::enumerate(ops)) {
      std::string prefix = "attention_" + std::to_string(number);
      if (failed(lower(op, module, prefix, *options)))
        return signalPassFailure();
      op->erase();
    }
    eraseUnreadCoefficients();
  }

private:
  static LogicalResult lower(AttentionOpInterface op, gpu::GPUModuleOp module,
                             StringRef prefix, const LoweringOptions &options) {
    if (isLiteralZero(op.getBeta())) {
      if (op.getLse())
        return op.emitOpError("expected no log-sum-exp output where the "
                              "attention's coefficient is the literal 0, got "
                              "one");
      lowerSkipAlone(op);
      return success();
    }
    bool half =
        options.recipe == Recipe::BF16 || options.recipe == Recipe::F16;
    return half ? lowerHalfAttention(op, module, prefix, *options.recipe)
                : lowerAttention(op, module, prefix, options);
  }

  /// What a kernel computes itself need not be computed before.
  void eraseUnreadCoefficients() {
    SmallVector<SkipCoefficientsOp> unread;
    getOperation().walk([&](SkipCoefficientsOp op) {
      if (!op.getOuts().empty() &&
          llvm::all_of(op.getOuts(), [](Value buffer) {
            return buffer.getDefiningOp<memref::AllocOp>() &&
                   buffer.hasOneUse();
          }))
        unread.push_back(op);
    });
    for (SkipCoefficientsOp op : unread) {
      SmallVector<Operation *> buffers;
      for (Value buffer : op.getOuts())
        buffers.push_back(buffer.getDefiningOp());
      op->erase();
      for (Operation *buffer : buffers)
        buffer->erase();
    }
  }
};
} // namespace
