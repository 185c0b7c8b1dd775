//===- WidenFloats.cpp - a whole module in f64 ----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace rcm {
#define GEN_PASS_DEF_WIDENFLOATS
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;

namespace {

/// The exact f64 of a narrower float.
APFloat widen(APFloat value) {
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value;
}

void addReplacements(AttrTypeReplacer &replacer) {
  replacer.addReplacement([](FloatType type) -> Type {
    return Float64Type::get(type.getContext());
  });
  replacer.addReplacement([](FloatAttr attribute) -> Attribute {
    return FloatAttr::get(Float64Type::get(attribute.getContext()),
                          widen(attribute.getValue()));
  });
  replacer.addReplacement(
      [](DenseElementsAttr attribute)
          -> std::optional<std::pair<Attribute, WalkResult>> {
        if (!isa<FloatType>(attribute.getElementType()))
          return std::nullopt;
        Attribute widened = attribute.mapValues(
            Float64Type::get(attribute.getContext()),
            [](const APFloat &value) { return widen(value).bitcastToAPInt(); });
        return std::make_pair(widened, WalkResult::skip());
      });
}

/// True if the attributes of `op` hold floats that live in a blob.
bool hasFloatResource(Operation *op) {
  for (NamedAttribute attribute : op->getAttrs())
    if (auto dense = dyn_cast<DenseResourceElementsAttr>(attribute.getValue()))
      if (isa<FloatType>(dense.getType().getElementType()))
        return true;
  return false;
}

struct WidenFloats : public rcm::impl::WidenFloatsBase<WidenFloats> {
  void runOnOperation() override {
    WalkResult checked = getOperation()->walk([](Operation *op) -> WalkResult {
      if (isa<arith::BitcastOp>(op))
        return op->emitOpError("expected no operation on the bits of a float");
      if (hasFloatResource(op))
        return op->emitOpError("expected constants to be written out, got a "
                               "dense resource of floats");
      return WalkResult::advance();
    });
    if (checked.wasInterrupted())
      return signalPassFailure();

    AttrTypeReplacer replacer;
    addReplacements(replacer);
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
    SmallVector<Operation *> trivial;
    getOperation()->walk([&](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        trivial.push_back(op);
    });
    for (Operation *op : trivial) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  }
};

} // namespace
