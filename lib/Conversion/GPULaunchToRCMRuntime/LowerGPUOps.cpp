//===- LowerGPUOps.cpp - gpu host operations to runtime calls -------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace rcm;

LogicalResult RuntimeCalls::finish(Operation *op, Value token) {
  if (!token) {
    call("rcmJitSynchronize", {}, {});
    op->erase();
    return success();
  }
  for (Operation *user : token.getUsers())
    if (!isa<gpu::GPUDialect>(user->getDialect()))
      return op->emitError("expected operations of the gpu dialect alone to "
                           "use a token, got ")
             << user->getName();
  // Stream order is the order that tokens ask for: nobody needs the value.
  token.dropAllUses();
  op->erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(gpu::WaitOp op) {
  return finish(op, op.getAsyncToken());
}

/// Bytes of an element in memory.
static int64_t getElementBytes(MemRefType type) {
  Type element = type.getElementType();
  unsigned bits = element.isIndex() ? 64 : type.getElementTypeBitWidth();
  return llvm::divideCeil(bits, 8);
}

Value RuntimeCalls::getByteCount(Value memref, MemRefType type) {
  Value count = i64(getElementBytes(type));
  for (int64_t d = 0; d < type.getRank(); ++d) {
    Value size =
        type.isDynamicDim(d)
            ? toI64(memref::DimOp::create(builder, location, memref, d))
            : i64(type.getDimSize(d));
    count = arith::MulIOp::create(builder, location, count, size);
  }
  return count;
}

LogicalResult RuntimeCalls::lowerOp(gpu::AllocOp op) {
  MemRefType type = op.getType();
  if (!type.getLayout().isIdentity() || op.getHostShared())
    return op.emitError("expected a dense allocation on the device, got ")
           << type;
  // Sizes, and row-major strides from the last dimension to the first.
  SmallVector<Value> sizes(type.getRank()), strides(type.getRank());
  auto dynamic = op.getDynamicSizes().begin();
  for (int64_t d = 0; d < type.getRank(); ++d)
    sizes[d] =
        type.isDynamicDim(d) ? toI64(*dynamic++) : i64(type.getDimSize(d));
  Value count = i64(1);
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    strides[d] = count;
    count = arith::MulIOp::create(builder, location, count, sizes[d]);
  }
  Value bytes = arith::MulIOp::create(builder, location, count,
                                      i64(getElementBytes(type)));
  Value pointer = toPointer(call("rcmJitAllocate", i64Type, bytes));
  LLVMTypeConverter converter(op.getContext());
  Type elementPointer = converter.convertType(type);
  if (!elementPointer)
    return op.emitError("expected a memref with an LLVM form, got ") << type;
  if (type.getMemorySpaceAsInt())
    pointer = LLVM::AddrSpaceCastOp::create(
        builder, location,
        LLVM::LLVMPointerType::get(op.getContext(), type.getMemorySpaceAsInt()),
        pointer);
  SmallVector<Value> fields = {pointer, pointer, i64(0)};
  fields.append(sizes);
  fields.append(strides);
  Value descriptor =
      MemRefDescriptor::pack(builder, location, converter, type, fields);
  op.getMemref().replaceAllUsesWith(
      UnrealizedConversionCastOp::create(builder, location, type, descriptor)
          .getResult(0));
  return finish(op, op.getAsyncToken());
}

LogicalResult RuntimeCalls::lowerOp(gpu::DeallocOp op) {
  // The driver's free waits for the device.
  call("rcmJitFree", {}, getAddress(op.getMemref()));
  return finish(op, op.getAsyncToken());
}

LogicalResult RuntimeCalls::lowerOp(gpu::MemcpyOp op) {
  auto to = cast<MemRefType>(op.getDst().getType());
  auto from = cast<MemRefType>(op.getSrc().getType());
  if (!to.getLayout().isIdentity() || !from.getLayout().isIdentity())
    return op.emitError("expected a copy of dense memory, got ")
           << from << " to " << to;
  call("rcmJitCopy", {},
       {getAddress(op.getDst()), getAddress(op.getSrc()),
        getByteCount(op.getDst(), to)});
  return finish(op, op.getAsyncToken());
}

LogicalResult RuntimeCalls::lowerOp(gpu::LaunchFuncOp op) {
  LaunchDescription launch;
  launch.kernel = op.getKernelAttr();
  for (Value size :
       {op.getGridSizeX(), op.getGridSizeY(), op.getGridSizeZ(),
        op.getBlockSizeX(), op.getBlockSizeY(), op.getBlockSizeZ()}) {
    Value wide = toI64(size);
    if (!wide.getType().isInteger(64))
      wide = arith::ExtSIOp::create(builder, location, i64Type, wide);
    launch.geometry.push_back(wide);
  }
  Value shared = op.getDynamicSharedMemorySize();
  launch.geometry.push_back(
      shared ? arith::ExtSIOp::create(builder, location, i64Type, shared)
                   .getResult()
             : i64(0));
  gpu::KernelDim3 cluster = {};
  if (op.hasClusterSize())
    cluster = op.getClusterSizeOperandValues();
  for (Value size : {cluster.x, cluster.y, cluster.z})
    launch.geometry.push_back(size ? toI64(size) : i64(0));
  for (Value operand : op.getKernelOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    SmallVector<Value> fields = {toI64(operand)};
    // A memref parameter is the fields of its descriptor, one after the other.
    if (type) {
      Value base = toI64(memref::ExtractAlignedPointerAsIndexOp::create(
          builder, location, operand));
      auto metadata =
          memref::ExtractStridedMetadataOp::create(builder, location, operand);
      fields = {base, base, toI64(metadata.getOffset())};
      for (Value size : metadata.getSizes())
        fields.push_back(toI64(size));
      for (Value stride : metadata.getStrides())
        fields.push_back(toI64(stride));
    }
    for (Value field : fields)
      launch.parameters.push_back(storeAll(field, field.getType()));
  }
  callLaunch(launch);
  return finish(op, op.getAsyncToken());
}
