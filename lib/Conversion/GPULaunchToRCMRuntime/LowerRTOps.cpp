//===- LowerRTOps.cpp - rcm_rt operations to runtime calls ----------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace rcm;

LogicalResult RuntimeCalls::lowerOp(rt::DataPointerOp op) {
  op.getAddress().replaceAllUsesWith(getAddress(op.getSource()));
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(rt::SmCountOp op) {
  Value count = call("rcmJitMultiprocessors", i64Type, {});
  op.getCount().replaceAllUsesWith(arith::IndexCastOp::create(
      builder, location, builder.getIndexType(), count));
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(rt::RequireOp op) {
  Value condition =
      arith::ExtUIOp::create(builder, location, i32Type, op.getCondition());
  call("rcmJitRequire", {}, {condition, getString(op.getMessage())});
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(rt::ScratchOp op) {
  auto function = dyn_cast<func::FuncOp>(op->getParentOp());
  if (!function || !llvm::hasSingleElement(function.getBody()))
    return op.emitError("expected scratch memory in a function of one block");
  Value bytes = toI64(op.getBytes());
  Value address = call("rcmJitScratch", i64Type,
                       {bytes, i64(static_cast<int64_t>(op.getAlignment()))});
  if (std::optional<uint8_t> fill = op.getFill())
    call("rcmJitMemset", {}, {address, i32(*fill), bytes});
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(function.getBody().front().getTerminator());
    call("rcmJitReleaseScratch", {}, address);
  }
  op.getAddress().replaceAllUsesWith(address);
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(rt::EncodeTensorMapOp op) {
  for (Operation *user : op.getMap().getUsers())
    if (!isa<rt::LaunchOp>(user))
      return op.emitError("expected a tensor map to be used by launches only");
  Value map = allocate(builder.getI8Type(), rt::kTensorMapBytes,
                       rt::kTensorMapAlignment);
  SmallVector<Value> sizes, strides;
  for (Value size : op.getSizes())
    sizes.push_back(zeroUnless(op.getPredicate(), toI64(size)));
  for (Value stride : op.getStrides())
    strides.push_back(toI64(stride));
  SmallVector<int64_t> ones(sizes.size(), 1);
  Value properties = storeConstants({static_cast<int64_t>(op.getElementType()),
                                     static_cast<int64_t>(sizes.size()),
                                     static_cast<int64_t>(op.getInterleave()),
                                     static_cast<int64_t>(op.getSwizzle()),
                                     static_cast<int64_t>(op.getL2Promotion()),
                                     static_cast<int64_t>(op.getOutOfBounds())},
                                    32);
  call("rcmJitEncodeTensorMap", {},
       {map, properties, op.getBase(), storeAll(sizes, i64Type),
        storeAll(strides, i64Type), storeConstants(op.getBox(), 32),
        storeConstants(op.getElementStrides().value_or(ones), 32)});
  maps[op.getMap()] = map;
  return success(); // the pass erases it when all launches are lowered
}

LogicalResult RuntimeCalls::lowerOp(rt::MemsetOp op) {
  Value bytes = zeroUnless(op.getPredicate(), toI64(op.getBytes()));
  call("rcmJitMemset", {},
       {op.getAddress(), i32(static_cast<uint8_t>(op.getValue())), bytes});
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerOp(rt::LaunchOp op) {
  LaunchDescription launch;
  launch.kernel = op.getKernelAttr();
  launch.flags = op.getProgrammatic() ? 1 : 0;
  launch.geometry = {zeroUnless(op.getPredicate(), toI64(op.getGridX())),
                     toI64(op.getGridY()),
                     toI64(op.getGridZ()),
                     toI64(op.getBlockX()),
                     toI64(op.getBlockY()),
                     toI64(op.getBlockZ()),
                     op.getSharedBytes() ? toI64(op.getSharedBytes()) : i64(0)};
  for (int d = 0; d < 3; ++d)
    launch.geometry.push_back(i64(op.getCluster() ? (*op.getCluster())[d] : 0));
  for (Value parameter : op.getParameters()) {
    if (Value map = maps.lookup(parameter)) {
      launch.parameters.push_back(map);
      continue;
    }
    Value value = toI64(parameter);
    launch.parameters.push_back(storeAll(value, value.getType()));
  }
  callLaunch(launch);
  op.erase();
  return success();
}
