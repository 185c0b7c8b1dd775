//===- BufferizableOpInterfaceImpl.cpp - from tensors to memrefs
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/ExternalModels.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace rcm;

/// The buffers of `values`; scalars as they are.
static FailureOr<SmallVector<Value>>
getBuffers(RewriterBase &rewriter, ValueRange values,
           const BufferizationOptions &options,
           const BufferizationState &state) {
  SmallVector<Value> buffers;
  for (Value value : values) {
    if (!isa<TensorType>(value.getType())) {
      buffers.push_back(value);
      continue;
    }
    FailureOr<Value> buffer = getBuffer(rewriter, value, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  return buffers;
}

namespace {

template <typename OpTy>
struct AttentionBufferization : public DstBufferizableOpInterfaceExternalModel<
                                    AttentionBufferization<OpTy>, OpTy> {
  // attention_c11
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    if (cast<DestinationStyleOpInterface>(op).isDpsInit(&operand))
      return false;
    return readsOperand(cast<AttentionOpInterface>(op), operand.get());
  }

  /// An element of the residual is read right before the same element of the
  /// output is written, so that they may share a buffer.
  bool bufferizesToElementwiseAccess(Operation *op, const AnalysisState &,
                                     ArrayRef<OpOperand *> operands) const {
    auto attention = cast<AttentionOpInterface>(op);
    AttentionMaps maps = attention.getNamedMaps();
    if (!attention.getResidual() || maps.residual != maps.out)
      return false;
    OpOperand &out =
        cast<DestinationStyleOpInterface>(op).getDpsInitsMutable()[0];
    return llvm::all_of(operands, [&](OpOperand *operand) {
      return operand == &out || isResidual(op, *operand);
    });
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto attention = cast<AttentionOpInterface>(op);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    FailureOr<SmallVector<Value>> buffers =
        getBuffers(rewriter, attention.getMappedOperands(), options, state);
    if (failed(buffers))
      return failure();
    // Literal coefficients become scalars and stay literals.
    cloneAttention(rewriter, attention, *buffers, attention.getCausalOffset());
    replaceOpWithBufferizedValues(
        rewriter, op, ArrayRef(*buffers).take_back(op->getNumResults()));
    return success();
  }

private:
  static bool isResidual(Operation *op, OpOperand &operand) {
    auto skip = dyn_cast<AttentionSkipOp>(op);
    return skip && &operand == &skip.getResidualMutable();
  }
};

struct SkipCoefficientsBufferization
    : public DstBufferizableOpInterfaceExternalModel<
          SkipCoefficientsBufferization, SkipCoefficientsOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
  }

  bool bufferizesToElementwiseAccess(Operation *, const AnalysisState &,
                                     ArrayRef<OpOperand *>) const {
    return true;
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto coefficients = cast<SkipCoefficientsOp>(op);
    if (coefficients.isScalar())
      return success();
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    FailureOr<SmallVector<Value>> buffers =
        getBuffers(rewriter, op->getOperands(), options, state);
    if (failed(buffers))
      return failure();
    SkipCoefficientsOp::create(rewriter, op->getLoc(), TypeRange(),
                               coefficients.getSchedule(),
                               coefficients.getSigmaData(), buffers->front(),
                               ArrayRef(*buffers).drop_front());
    replaceOpWithBufferizedValues(rewriter, op,
                                  ArrayRef(*buffers).drop_front());
    return success();
  }
};

} // namespace

void rcm::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, RCMDialect *) {
    AttentionOp::attachInterface<AttentionBufferization<AttentionOp>>(*context);
    AttentionSkipOp::attachInterface<AttentionBufferization<AttentionSkipOp>>(
        *context);
    SkipCoefficientsOp::attachInterface<SkipCoefficientsBufferization>(
        *context);
    context->loadDialect<BufferizationDialect, memref::MemRefDialect>();
  });
}
