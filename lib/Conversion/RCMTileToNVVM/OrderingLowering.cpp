//===- OrderingLowering.cpp - Roles, barriers, fences
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

using namespace mlir;
using namespace rcm::tile;

/// Nanoseconds that one try_wait may sleep before it looks again; the loop
/// around it makes the value uncritical.
static constexpr int64_t kWaitHint = 10000000;

static Lowered none() { return SmallVector<Value>(); }
static Lowered one(Value value) { return SmallVector<Value>{value}; }

static Value dynamicShared(Emitter &e) {
  return LLVM::AddressOfOp::create(e.rewriter, e.loc, e.pointer(3),
                                   kSharedMemorySymbol);
}

static Lowered lowerId(IdOp op, Operands<IdOp>, Emitter &e) {
  switch (op.getKind()) {
  case IdKind::Thread:
    return one(e.thread());
  case IdKind::Lane:
    return one(e.lane());
  case IdKind::Warp:
    // The shuffle tells the assembler that the value is equal in a warp.
    return one(
        e.shuffle(NVVM::ShflKind::idx, e.shr(e.thread(), 5), e.constant(0)));
  case IdKind::Block:
    return one(e.make<NVVM::BlockIdXOp>(e.i32()));
  case IdKind::BlockY:
    return one(e.make<NVVM::BlockIdYOp>(e.i32()));
  case IdKind::BlockZ:
    return one(e.make<NVVM::BlockIdZOp>(e.i32()));
  case IdKind::Blocks:
    return one(e.make<NVVM::GridDimXOp>(e.i32()));
  }
  llvm_unreachable("unknown id");
}

static Lowered lowerPosition(PositionOp, Operands<PositionOp>, Emitter &e) {
  // Upstream's read is pure: it would be merged with the others.
  PTXBlock ptx(e.rewriter, e.loc);
  auto result = ptx.write(e.i32());
  ptx.line("mov.u32 " + result + ", %tid.x;");
  return ptx.emit();
}

static Lowered lowerUniform(UniformOp, Operands<UniformOp> in, Emitter &e) {
  return one(e.shuffle(NVVM::ShflKind::idx, in.getSource()[0], e.constant(0)));
}

static Lowered lowerSetRegisters(SetRegistersOp op, Operands<SetRegistersOp>,
                                 Emitter &e) {
  auto action = op.getIncrease() ? NVVM::SetMaxRegisterAction::increase
                                 : NVVM::SetMaxRegisterAction::decrease;
  NVVM::SetMaxRegisterOp::create(e.rewriter, e.loc, op.getCount(), action);
  return none();
}

static Lowered lowerElect(ElectOp, Operands<ElectOp>, Emitter &e) {
  return one(NVVM::ElectSyncOp::create(e.rewriter, e.loc,
                                       e.rewriter.getI1Type(), Value()));
}

static Lowered lowerBarrierAt(BarrierAtOp op, Operands<BarrierAtOp> in,
                              Emitter &e) {
  Value bytes = e.add(e.mul(in.getIndex()[0], 8), op.getOffset());
  return one(e.offsetBytes(dynamicShared(e), bytes));
}

static Lowered lowerSharedAt(SharedAtOp op, Operands<SharedAtOp> in,
                             Emitter &e) {
  Value bytes = e.add(e.mul(in.getIndex()[0], op.getStride()), op.getOffset());
  return one(e.offsetBytes(dynamicShared(e), bytes));
}

static Lowered lowerBarrierInit(BarrierInitOp op, Operands<BarrierInitOp> in,
                                Emitter &e) {
  NVVM::MBarrierInitOp::create(e.rewriter, e.loc, in.getBarrier()[0],
                               e.constant(op.getCount()), Value());
  return none();
}

static Lowered lowerBarrierWait(BarrierWaitOp op, Operands<BarrierWaitOp> in,
                                Emitter &e) {
  NVVM::MBarrierTryWaitParityOp::create(e.rewriter, e.loc, in.getBarrier()[0],
                                        in.getParity()[0],
                                        e.constant(kWaitHint));
  return none();
}

static Lowered lowerBarrierArrive(BarrierArriveOp op,
                                  Operands<BarrierArriveOp> in, Emitter &e) {
  NVVM::MBarrierArriveOp::create(e.rewriter, e.loc, e.i64(), in.getBarrier()[0],
                                 Value());
  return none();
}

static Lowered lowerBarrierExpect(BarrierExpectOp op,
                                  Operands<BarrierExpectOp> in, Emitter &e) {
  NVVM::MBarrierArriveExpectTxOp::create(
      e.rewriter, e.loc, TypeRange(), in.getBarrier()[0],
      e.constant(op.getBytes()), NVVM::MemScopeKind::CTA, /*relaxed=*/false,
      Value());
  return none();
}

static Lowered lowerBarrierPublish(BarrierPublishOp, Operands<BarrierPublishOp>,
                                   Emitter &e) {
  NVVM::FenceMbarrierInitOp::create(e.rewriter, e.loc);
  return none();
}

static Lowered lowerBlockSync(BlockSyncOp, Operands<BlockSyncOp>, Emitter &e) {
  NVVM::BarrierOp::create(e.rewriter, e.loc);
  return none();
}

static Lowered lowerGroupSync(GroupSyncOp op, Operands<GroupSyncOp> in,
                              Emitter &e) {
  NVVM::BarrierOp::create(e.rewriter, e.loc, TypeRange(), in.getId()[0],
                          e.constant(op.getThreads()),
                          NVVM::BarrierReductionAttr(), Value());
  return none();
}

static Lowered lowerWarpSync(WarpSyncOp, Operands<WarpSyncOp>, Emitter &e) {
  NVVM::SyncWarpOp::create(e.rewriter, e.loc, e.constant(-1));
  return none();
}

static Lowered lowerSharedFence(SharedFenceOp, Operands<SharedFenceOp>,
                                Emitter &e) {
  auto space = NVVM::SharedSpaceAttr::get(e.rewriter.getContext(),
                                          NVVM::SharedSpace::shared_cta);
  NVVM::FenceProxyOp::create(e.rewriter, e.loc, NVVM::ProxyKind::async_shared,
                             space);
  return none();
}

static Lowered lowerGridWait(GridWaitOp, Operands<GridWaitOp>, Emitter &e) {
  NVVM::GriddepcontrolOp::create(e.rewriter, e.loc,
                                 NVVM::GridDepActionKind::wait);
  return none();
}

static Lowered lowerGridRelease(GridReleaseOp, Operands<GridReleaseOp>,
                                Emitter &e) {
  NVVM::GriddepcontrolOp::create(e.rewriter, e.loc,
                                 NVVM::GridDepActionKind::launch_dependents);
  return none();
}

void rcm::tile::populateOrderingLowerings(const TypeConverter &converter,
                                          RewritePatternSet &patterns) {
  addLowering<IdOp>(converter, patterns, lowerId);
  addLowering<PositionOp>(converter, patterns, lowerPosition);
  addLowering<UniformOp>(converter, patterns, lowerUniform);
  addLowering<SetRegistersOp>(converter, patterns, lowerSetRegisters);
  addLowering<ElectOp>(converter, patterns, lowerElect);
  addLowering<BarrierAtOp>(converter, patterns, lowerBarrierAt);
  addLowering<SharedAtOp>(converter, patterns, lowerSharedAt);
  addLowering<BarrierInitOp>(converter, patterns, lowerBarrierInit);
  addLowering<BarrierWaitOp>(converter, patterns, lowerBarrierWait);
  addLowering<BarrierArriveOp>(converter, patterns, lowerBarrierArrive);
  addLowering<BarrierExpectOp>(converter, patterns, lowerBarrierExpect);
  addLowering<BarrierPublishOp>(converter, patterns, lowerBarrierPublish);
  addLowering<BlockSyncOp>(converter, patterns, lowerBlockSync);
  addLowering<GroupSyncOp>(converter, patterns, lowerGroupSync);
  addLowering<WarpSyncOp>(converter, patterns, lowerWarpSync);
  addLowering<SharedFenceOp>(converter, patterns, lowerSharedFence);
  addLowering<GridWaitOp>(converter, patterns, lowerGridWait);
  addLowering<GridReleaseOp>(converter, patterns, lowerGridRelease);
}
