//===- HostToRCMRT.cpp - host functions over memrefs to rcm_rt
//------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Descriptors.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTHOSTTORCMRT
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

namespace {

/// Rewrites one host function.
class HostLowering {
public:
  explicit HostLowering(func::FuncOp function) : function(function) {}
  LogicalResult lower();

private:
  LogicalResult lowerOp(Operation *op);
  LogicalResult lowerLaunch(gpu::LaunchFuncOp op);
  LogicalResult lowerDim(memref::DimOp op);
  LogicalResult lowerMetadata(memref::ExtractStridedMetadataOp op);
  LogicalResult lowerDataPointer(rt::DataPointerOp op);
  LogicalResult appendParameter(ImplicitLocOpBuilder &b, Value operand,
                                SmallVectorImpl<Value> &parameters);
  void eraseBuffers();

  func::FuncOp function;
  DescriptorMap descriptors;
};

} // namespace

/// A memref becomes what the kernel's parameters are after
/// `convert-gpu-to-nvvm`: two pointers, offset, sizes, strides.
LogicalResult
HostLowering::appendParameter(ImplicitLocOpBuilder &b, Value operand,
                              SmallVectorImpl<Value> &parameters) {
  auto type = dyn_cast<MemRefType>(operand.getType());
  if (!type) {
    if (operand.getType().isF16() || operand.getType().isBF16() ||
        operand.getType().isInteger(1))
      return emitError(operand.getLoc(),
                       "expected scalars that a kernel takes to be index, i8, "
                       "i16, i32, i64, f32 or f64, got ")
             << operand.getType();
    parameters.push_back(operand);
    return success();
  }
  const Descriptor *descriptor = descriptors.lookup(operand);
  if (!descriptor)
    return failure();
  parameters.append(2, descriptor->base);
  parameters.push_back(
      arith::ConstantIndexOp::create(b, getStatedOffset(type)));
  llvm::append_range(parameters, descriptor->sizes);
  llvm::append_range(parameters, descriptor->strides);
  return success();
}

LogicalResult HostLowering::lowerLaunch(gpu::LaunchFuncOp op) {
  if (op.getAsyncToken() || !op.getAsyncDependencies().empty())
    return op.emitOpError("expected no async tokens; kernels run in order");
  ImplicitLocOpBuilder b(op.getLoc(), op);
  SmallVector<Value> parameters;
  for (Value operand : op.getKernelOperands())
    if (failed(appendParameter(b, operand, parameters)))
      return failure();
  gpu::KernelDim3 grid = op.getGridSizeOperandValues();
  gpu::KernelDim3 block = op.getBlockSizeOperandValues();
  Value shared = op.getDynamicSharedMemorySize();
  if (shared)
    shared = arith::IndexCastOp::create(b, b.getIndexType(), shared);
  rt::LaunchOp::create(b, op.getKernel(), grid.x, grid.y, grid.z, block.x,
                       block.y, block.z, /*cluster=*/DenseI64ArrayAttr(),
                       shared, /*predicate=*/Value(), /*programmatic=*/false,
                       parameters);
  op.erase();
  return success();
}

LogicalResult HostLowering::lowerDim(memref::DimOp op) {
  std::optional<int64_t> dim = op.getConstantIndex();
  if (!dim)
    return op.emitOpError("expected a constant dimension");
  const Descriptor *descriptor = descriptors.lookup(op.getSource());
  if (!descriptor)
    return failure();
  op.replaceAllUsesWith(descriptor->sizes[*dim]);
  op.erase();
  return success();
}

LogicalResult HostLowering::lowerMetadata(memref::ExtractStridedMetadataOp op) {
  // On an argument it stays: that is where sizes and strides come from.
  if (isa<BlockArgument>(op.getSource()) && op.getBaseBuffer().use_empty() &&
      op.getOffset().use_empty())
    return success();
  const Descriptor *descriptor = descriptors.lookup(op.getSource());
  if (!descriptor)
    return failure();
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto type = cast<MemRefType>(op.getSource().getType());
  op.getOffset().replaceAllUsesWith(
      arith::ConstantIndexOp::create(b, getStatedOffset(type)));
  for (auto [result, size] : llvm::zip_equal(op.getSizes(), descriptor->sizes))
    if (result != size)
      result.replaceAllUsesWith(size);
  for (auto [result, stride] :
       llvm::zip_equal(op.getStrides(), descriptor->strides))
    if (result != stride)
      result.replaceAllUsesWith(stride);
  return success();
}

LogicalResult HostLowering::lowerDataPointer(rt::DataPointerOp op) {
  if (isa<BlockArgument>(op.getSource()))
    return success();
  ImplicitLocOpBuilder b(op.getLoc(), op);
  Value address = descriptors.getFirstElement(b, op.getSource());
  if (!address)
    return failure();
  op.replaceAllUsesWith(address);
  op.erase();
  return success();
}

LogicalResult HostLowering::lowerOp(Operation *op) {
  if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
    return lowerLaunch(launch);
  if (auto dim = dyn_cast<memref::DimOp>(op))
    return lowerDim(dim);
  if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op))
    return lowerMetadata(metadata);
  if (auto pointer = dyn_cast<rt::DataPointerOp>(op))
    return lowerDataPointer(pointer);
  if (auto require = dyn_cast<rt::RequireOp>(op)) {
    if (matchPattern(require.getCondition(), m_One()))
      require.erase();
    return success();
  }
  if (isa<memref::DeallocOp>(op)) { // scratch lives until the call's end
    op->erase();
    return success();
  }
  bool isBuffer = isa<memref::AllocOp, memref::CastOp,
                      memref::ReinterpretCastOp, func::ReturnOp>(op);
  if (isBuffer || isa<arith::ArithDialect, math::MathDialect, rt::RCMRTDialect>(
                      op->getDialect()))
    return success();
  return op->emitOpError("expected host functions to hold arithmetic, buffers "
                         "and kernel launches only");
}

/// Buffers have become numbers; whatever still defines them is unused.
void HostLowering::eraseBuffers() {
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty() &&
        isa<memref::AllocOp, memref::CastOp, memref::ReinterpretCastOp,
            memref::ExtractStridedMetadataOp>(op))
      op->erase();
}

LogicalResult HostLowering::lower() {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected straight-line host code, got ")
           << function.getBody().getBlocks().size() << " blocks";
  if (function.getFunctionType().getNumResults() != 0)
    return function.emitOpError("expected results to have become arguments, "
                                "got a function type ")
           << function.getFunctionType();
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    ops.push_back(&op);
  for (Operation *op : ops)
    if (failed(lowerOp(op)))
      return failure();
  eraseBuffers();
  return success();
}

namespace {
struct ConvertHostToRCMRT
    : rcm::impl::ConvertHostToRCMRTBase<ConvertHostToRCMRT> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(HostLowering(function).lower()))
        return signalPassFailure();
  }
};
} // namespace
