//===- RCMClone.cpp - the same attention on other operands
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rcm;

/// Positions in `AttentionOpInterface::getMappedOperands` of an op with a skip.
static constexpr unsigned kAlphaPosition = 4, kBetaPosition = 5;

Value rcm::getScalarLiteral(OpBuilder &builder, Value value) {
  auto type = dyn_cast<ShapedType>(value.getType());
  std::optional<double> literal = getLiteralConstant(value);
  if (!type || !literal)
    return {};
  return arith::ConstantOp::create(
      builder, value.getLoc(),
      builder.getFloatAttr(type.getElementType(), *literal));
}

Operation *rcm::cloneAttention(OpBuilder &builder, AttentionOpInterface op,
                               ValueRange newOperands, Value causalOffset) {
  SmallVector<Value> operands(newOperands);
  SmallVector<AffineMap> maps = op.getMaps();
  assert(operands.size() == maps.size() && "expected one operand per map");
  bool hasSkip = op.getResidual() != nullptr;
  bool hasBias = op.getBias() != nullptr;
  if (hasSkip)
    for (unsigned position : {kAlphaPosition, kBetaPosition}) {
      Value scalar =
          getScalarLiteral(builder, op.getMappedOperands()[position]);
      if (!scalar)
        scalar = getScalarLiteral(builder, operands[position]);
      if (!scalar)
        continue;
      operands[position] = scalar;
      maps[position] = AffineMap::get(kNumAttentionDims, 0, op.getContext());
    }
  ArrayAttr mapsAttr =
      getMapsAttrOrNull(op.getContext(), maps, operands, hasSkip, hasBias);

  unsigned firstOut = 3 + (hasSkip ? 3 : 0) + (hasBias ? 1 : 0);
  ValueRange outs = ValueRange(operands).drop_front(firstOut);
  SmallVector<Type> results;
  for (Type type : outs.getTypes())
    if (isa<RankedTensorType>(type))
      results.push_back(type);
  Value bias = hasBias ? operands[firstOut - 1] : Value();
  APFloat scale(op.getScaleValue());
  Operation *clone;
  if (hasSkip)
    clone = AttentionSkipOp::create(
        builder, op.getLoc(), results, operands[0], operands[1], operands[2],
        operands[3], operands[4], operands[5], bias, causalOffset, outs, scale,
        op.isCausal(), mapsAttr);
  else
    clone = AttentionOp::create(builder, op.getLoc(), results, operands[0],
                                operands[1], operands[2], bias, causalOffset,
                                outs, scale, op.isCausal(), mapsAttr);
  clone->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  return clone;
}
