//===- HostAccesses.cpp - no element of a buffer is touched by the host
//---------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Buffers lie in device memory. What bufferization leaves on the host as a load
// or store of one element becomes a loop of one iteration, which the next
// passes turn into a kernel of one thread. A load is first copied to a buffer
// of its own, since the element may be overwritten before its use;
// `convert-linalg-to-gpu-loops` moves the load of that copy into the kernels.
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm {
#define GEN_PASS_DEF_STAGEHOSTACCESSES
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// A loop of one iteration around what `body` emits.
static void buildSingle(ImplicitLocOpBuilder &b,
                        function_ref<void(ImplicitLocOpBuilder &)> body) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  scf::ParallelOp::create(b, ValueRange{zero}, ValueRange{one}, ValueRange{one},
                          [&](OpBuilder &nested, Location loc, ValueRange) {
                            ImplicitLocOpBuilder inner(loc, nested);
                            body(inner);
                          });
}

static void stageLoad(memref::LoadOp load) {
  ImplicitLocOpBuilder b(load.getLoc(), load);
  auto type = MemRefType::get({}, load.getType());
  Value copy = memref::AllocOp::create(b, type);
  buildSingle(b, [&](ImplicitLocOpBuilder &inner) {
    Operation *moved = inner.clone(*load.getOperation());
    memref::StoreOp::create(inner, moved->getResult(0), copy);
  });
  auto reload = memref::LoadOp::create(b, copy);
  load.replaceAllUsesWith(reload.getResult());
  load.erase();
}

static void stageStore(memref::StoreOp store) {
  ImplicitLocOpBuilder b(store.getLoc(), store);
  buildSingle(b, [&](ImplicitLocOpBuilder &inner) {
    inner.clone(*store.getOperation());
  });
  store.erase();
}

/// The constant's elements, which lie in the kernel's module, copied to a
/// buffer that every other kernel can take.
static void stageGlobal(memref::GetGlobalOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  MemRefType type = op.getType();
  Value copy = memref::AllocOp::create(b, type);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  SmallVector<Value> sizes;
  for (int64_t size : type.getShape())
    sizes.push_back(arith::ConstantIndexOp::create(b, size));
  auto emitCopy = [&](OpBuilder &nested, Location loc, ValueRange indices) {
    ImplicitLocOpBuilder inner(loc, nested);
    Value source = inner.clone(*op.getOperation())->getResult(0);
    Value element = memref::LoadOp::create(inner, source, indices);
    memref::StoreOp::create(inner, element, copy, indices);
  };
  if (sizes.empty())
    buildSingle(b, [&](ImplicitLocOpBuilder &inner) {
      emitCopy(inner, inner.getLoc(), {});
    });
  else
    scf::ParallelOp::create(b, SmallVector<Value>(sizes.size(), zero), sizes,
                            SmallVector<Value>(sizes.size(), one), emitCopy);
  op.replaceAllUsesWith(copy);
  op.erase();
}

static void stageCopy(memref::CopyOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  linalg::CopyOp::create(b, op.getSource(), op.getTarget());
  op.erase();
}

namespace {
struct StageHostAccesses : rcm::impl::StageHostAccessesBase<StageHostAccesses> {
  void runOnOperation() override {
    SmallVector<Operation *> accesses;
    getOperation()->walk([&](Operation *op) {
      if (isa<memref::LoadOp, memref::StoreOp, memref::GetGlobalOp,
              memref::CopyOp>(op) &&
          isOnHost(op))
        accesses.push_back(op);
    });
    for (Operation *op : accesses) {
      if (auto load = dyn_cast<memref::LoadOp>(op))
        stageLoad(load);
      else if (auto store = dyn_cast<memref::StoreOp>(op))
        stageStore(store);
      else if (auto global = dyn_cast<memref::GetGlobalOp>(op))
        stageGlobal(global);
      else
        stageCopy(cast<memref::CopyOp>(op));
    }
  }
};
} // namespace
