//===- HalfOperands.cpp - Operands of one 16-bit attention ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HalfLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

LogicalResult HalfHost::checkTypes() {
  spec.element = recipe == Recipe::BF16 ? Type(b.getBF16Type())
                                        : Type(b.getF16Type());
  struct {
    StringRef name;
    Value operand;
    bool mapped; ///< by the copy engine, in the recipe's type
  } operands[] = {{"q", op.getQuery(), true},     {"k", op.getKey(), true},
                  {"v", op.getValue(), true},     {"x", op.getResidual(), false},
                  {"bias", op.getBias(), false},  {"out", op.getOut(), false}};
  for (auto [name, operand, mapped] : operands) {
    if (failed(checkOperandType(op, name, operand)))
      return failure();
    if (mapped && getElementTypeOrSelf(operand) != spec.element)
      return op.emitOpError("expected element type of `")
             << name << "` to be " << spec.element << " for the recipe "
             << stringifyRecipe(recipe) << ", got "
             << getElementTypeOrSelf(operand);
  }
  AttentionMaps maps = op.getNamedMaps();
  auto depth = staticHeadDim(op, "k", op.getKey(), maps.key, kKeyDim);
  if (failed(depth))
    return failure();
  auto width = staticHeadDim(op, "v", op.getValue(), maps.value, kValueDim);
  if (failed(width))
    return failure();
  spec.depth = *depth;
  spec.width = *width;
  return success();
}

/// What the copy engine wants of Q, K and V: refused here if it is known to be
/// wrong, before the launch if it is not known.
LogicalResult HalfHost::checkMapped(StringRef name, const HostOperand &operand,
                                    AttentionDim inner) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(operand.type.getStridesAndOffset(strides, offset)))
    return op.emitOpError("expected layout of `")
           << name << "` to be strided, got " << operand.type;
  b.requireAligned(operand);
  // The inner dimension first: it is what a transposed operand gets wrong.
  SmallVector<unsigned> dims = {inner};
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim)
    if (dim != inner)
      dims.push_back(dim);
  for (unsigned dim : dims) {
    auto at = operand.map.getResultPosition(
        getAffineDimExpr(dim, op.getContext()));
    if (!at || operand.type.getDimSize(*at) == 1)
      continue;
    int64_t stride = strides[*at];
    bool known = !ShapedType::isDynamic(stride);
    if (dim == inner) {
      if (known && stride != 1)
        return op.emitOpError("expected stride of `")
               << name << "` along its rows to be 1 for the recipe "
               << stringifyRecipe(recipe) << ", got " << stride;
      if (!known)
        b.requireEqual(operand.stride[dim], b.index(1),
                       "expected stride of `" + operand.name +
                           "` along its rows to be 1");
      continue;
    }
    if (operand.strideMultiple[dim] * kBytes % kMapAlignment == 0)
      continue;
    if (known)
      return op.emitOpError("expected strides of `")
             << name << "` to be multiples of " << kMapAlignment
             << " bytes for the recipe " << stringifyRecipe(recipe) << ", got "
             << stride << " elements";
    Value low = arith::RemUIOp::create(b, b.mul(operand.stride[dim], kBytes),
                                       b.index(kMapAlignment));
    Value single = arith::CmpIOp::create(b, arith::CmpIPredicate::ule,
                                         operand.size[dim], b.index(1));
    b.requireEqual(arith::SelectOp::create(b, single, b.index(0), low),
                   b.index(0),
                   "expected strides of `" + operand.name +
                       "` to be multiples of 16 bytes");
  }
  return success();
}

void HalfHost::describe() {
  spec.scale = op.getScaleValue();
  spec.out = in.out.type.getElementType();
  spec.hasSkip = static_cast<bool>(op.getAlpha());
  spec.ignoresResidual = !in.readsResidual;
  if (spec.readsResidual())
    spec.residual = in.residual.type.getElementType();
  auto fine = [&](const std::optional<HostOperand> &operand) {
    return operand && (operand->strideMultiple[kQueryRow] != 0 ||
                       operand->strideMultiple[kValueDim] != 0);
  };
  spec.fineCoefficients = fine(in.alpha) || fine(in.beta);
  auto elementOf = [](const std::optional<HostOperand> &operand) {
    return operand ? operand->type.getElementType() : Type();
  };
  spec.alpha = elementOf(in.alpha);
  spec.beta = elementOf(in.beta);
  spec.bias = elementOf(in.bias);
  spec.lse = elementOf(in.lse);
  spec.causal = op.isCausal();
  bool half = spec.out.getIntOrFloatBitWidth() == 16;
  // At 256 columns R would not fit beside Q, K and V.
  spec.staged = half && spec.paddedWidth() <= 128 &&
                rowsAligned(in.out.type, in.out.map, kValueDim) &&
                !spec.fineCoefficients &&
                (!spec.readsResidual() ||
                 (spec.residual == spec.out &&
                  rowsAligned(in.residual.type, in.residual.map, kValueDim)));
}

void HalfHost::readOperands() {
  SkipCoefficientsOp source = findTimes(op);
  in.read(b, op, /*coefficients=*/!source);
  if (!source)
    return;
  time = b.operand("time", source.getT(), op.getNamedMaps().alpha);
  spec.times = source.getSchedule();
  spec.sigma = source.getSigmaData().convertToDouble();
  spec.time = time->type.getElementType();
}
