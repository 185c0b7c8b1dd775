//===- ResultsToDestinations.cpp - results in memory of the caller
//--------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "rcm/Dialect/RCMRT/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm {
#define GEN_PASS_DEF_RESULTSTODESTINATIONS
#include "rcm/Dialect/RCMRT/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// Memory of any strides.
static MemRefType getDestinationType(RankedTensorType type) {
  SmallVector<int64_t> strides(type.getRank(), ShapedType::kDynamic);
  auto layout =
      StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, strides);
  return MemRefType::get(type.getShape(), type.getElementType(), layout);
}

/// True if the op overwrites its destination without reading it.
static bool ignoresContents(OpOperand &destination) {
  Operation *op = destination.getOwner();
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return !linalgOp.payloadUsesValueFromOperand(&destination);
  bufferization::AnalysisState state(bufferization::BufferizationOptions{});
  auto bufferizable = dyn_cast<bufferization::BufferizableOpInterface>(op);
  return bufferizable &&
         !bufferizable.bufferizesToMemoryRead(destination, state);
}

/// A destination that is an argument would cost a copy of it.
static void freeDestinations(func::FuncOp function) {
  function.walk([](DestinationStyleOpInterface op) {
    for (OpOperand &destination : op.getDpsInitsMutable()) {
      auto type = dyn_cast<RankedTensorType>(destination.get().getType());
      if (!type || !isa<BlockArgument>(destination.get()) ||
          !ignoresContents(destination))
        continue;
      OpBuilder b(op);
      SmallVector<OpFoldResult> sizes =
          tensor::getMixedSizes(b, op.getLoc(), destination.get());
      Value empty =
          tensor::EmptyOp::create(b, op.getLoc(), sizes, type.getElementType());
      if (empty.getType() != type)
        empty = tensor::CastOp::create(b, op.getLoc(), type, empty);
      destination.set(empty);
    }
  });
}

/// Compares the sizes that the types leave open.
static void requireSizes(ImplicitLocOpBuilder &b, Value result,
                         Value destination, size_t number) {
  auto type = cast<RankedTensorType>(result.getType());
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (!type.isDynamicDim(i))
      continue;
    Value expected = tensor::DimOp::create(b, result, i);
    Value size = memref::DimOp::create(b, destination, i);
    Value isEqual =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, expected, size);
    rt::RequireOp::create(b, isEqual,
                          b.getStringAttr("expected size of dimension " +
                                          Twine(i) + " of destination " +
                                          Twine(number) +
                                          " to be that of the result"));
  }
}

static LogicalResult moveResults(func::FuncOp function) {
  MLIRContext *context = function.getContext();
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block, got ")
           << function.getBody().getBlocks().size();
  for (Type type : function.getResultTypes())
    if (!isa<RankedTensorType>(type))
      return function.emitOpError("expected results to be ranked tensors, got ")
             << type;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (isa<TensorType>(function.getArgument(i).getType()))
      function.setArgAttr(
          i, bufferization::BufferizationDialect::kWritableAttrName,
          BoolAttr::get(context, false));
  auto returnOp = cast<func::ReturnOp>(function.front().getTerminator());
  ImplicitLocOpBuilder b(returnOp.getLoc(), returnOp);
  auto direction = b.getDictionaryAttr(
      {b.getNamedAttr(rt::kDirectionAttr, b.getStringAttr("out"))});
  for (auto [number, result] : llvm::enumerate(returnOp.getOperands())) {
    auto type = getDestinationType(cast<RankedTensorType>(result.getType()));
    unsigned position = function.getNumArguments();
    if (failed(function.insertArgument(position, type, direction,
                                       result.getLoc())))
      return function.emitOpError("expected a signature that can be extended");
    Value destination = function.getArgument(position);
    requireSizes(b, result, destination, number);
    bufferization::MaterializeInDestinationOp::create(
        b, /*result=*/Type(), result, destination, /*restrict=*/true,
        /*writable=*/true);
  }
  returnOp.getOperandsMutable().clear();
  BitVector erased(function.getNumResults(), true);
  return function.eraseResults(erased);
}

namespace {
struct ResultsToDestinations
    : rcm::impl::ResultsToDestinationsBase<ResultsToDestinations> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || function.isPrivate())
        continue;
      freeDestinations(function);
      if (failed(moveResults(function)))
        return signalPassFailure();
    }
  }
};
} // namespace
