//===- RCMOps.cpp - effects and shapes of the ops
//-------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace rcm;

#include "rcm/Dialect/RCM/IR/RCMInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "rcm/Dialect/RCM/IR/RCMOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Memory effects
//===----------------------------------------------------------------------===//

using Effects =
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

/// Reads of the memref inputs and writes of the memref destinations; tensors
/// have no effect. No destination is read.
static void getDestinationStyleEffects(DestinationStyleOpInterface op,
                                       llvm::function_ref<bool(Value)> isRead,
                                       Effects &effects) {
  for (OpOperand *input : op.getDpsInputOperands())
    if (isa<MemRefType>(input->get().getType()) && isRead(input->get()))
      effects.emplace_back(MemoryEffects::Read::get(), input, /*stage=*/0,
                           /*effectOnFullRegion=*/true,
                           SideEffects::DefaultResource::get());
  for (OpOperand &init : op.getDpsInitsMutable())
    if (isa<MemRefType>(init.get().getType()))
      effects.emplace_back(MemoryEffects::Write::get(), &init, /*stage=*/1,
                           /*effectOnFullRegion=*/true,
                           SideEffects::DefaultResource::get());
}

void AttentionOp::getEffects(Effects &effects) {
  getDestinationStyleEffects(*this, [](Value) { return true; }, effects);
}

// attention_c11: an operand behind a literal coefficient of 0 is not read; the
// log-sum-exp needs the scores whatever beta is.
bool rcm::readsOperand(AttentionOpInterface op, Value value) {
  if (!op.getResidual())
    return true;
  bool readsResidual = !isLiteralZero(op.getAlpha());
  bool readsValue = !isLiteralZero(op.getBeta());
  bool readsScores = readsValue || op.getLse();
  if (value == op.getAlpha() || value == op.getBeta())
    return true;
  return (readsResidual && value == op.getResidual()) ||
         (readsValue && value == op.getValue()) ||
         (readsScores && (value == op.getQuery() || value == op.getKey() ||
                          value == op.getBias()));
}

void AttentionSkipOp::getEffects(Effects &effects) {
  getDestinationStyleEffects(
      *this,
      [&](Value value) {
        return readsOperand(cast<AttentionOpInterface>(getOperation()), value);
      },
      effects);
}

void SkipCoefficientsOp::getEffects(Effects &effects) {
  getDestinationStyleEffects(*this, [](Value) { return true; }, effects);
}

//===----------------------------------------------------------------------===//
// Result shapes
//===----------------------------------------------------------------------===//

/// A result has the shape of its destination.
static LogicalResult reifyFromInits(OpBuilder &builder,
                                    DestinationStyleOpInterface op,
                                    ReifiedRankedShapedTypeDims &shapes) {
  for (Value init : op.getDpsInits()) {
    if (!isa<RankedTensorType>(init.getType()))
      return op.emitOpError("expected tensor destinations to reify shapes of");
    shapes.push_back(tensor::getMixedSizes(builder, op.getLoc(), init));
  }
  return success();
}

LogicalResult AttentionOp::reifyResultShapes(OpBuilder &builder,
                                             ReifiedRankedShapedTypeDims &s) {
  return reifyFromInits(builder, *this, s);
}

LogicalResult
AttentionSkipOp::reifyResultShapes(OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &s) {
  return reifyFromInits(builder, *this, s);
}

LogicalResult
SkipCoefficientsOp::reifyResultShapes(OpBuilder &builder,
                                      ReifiedRankedShapedTypeDims &s) {
  return reifyFromInits(builder, *this, s);
}
