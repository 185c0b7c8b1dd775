//===- MemoryAccess.cpp - what code does with the memory behind a value ---===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "MemoryAccess.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm;

Value rcm::getViewedRoot(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<ViewLikeOpInterface, memref::ExtractStridedMetadataOp,
            tensor::ExtractSliceOp, tensor::ExpandShapeOp,
            tensor::CollapseShapeOp, tensor::CastOp>(op))
      value = op->getOperand(0);
    else
      break;
  }
  return value;
}

/// PTX that moves memory of the global space. Text is all that there is.
static std::optional<MemoryAccess> readAssembly(StringRef text) {
  auto has = [&](StringRef part) { return text.contains(part); };
  MemoryAccess access;
  access.isRead = has("ld.global") || has(".global.mbarrier") ||
                  has(".shared::cluster.global") || has("cp.async.c");
  access.isWritten = has("st.global") || has(".global.shared::cta");
  if (has("atom.global") || has("red.global") || has("cp.reduce"))
    access.isRead = access.isWritten = true;
  bool isHint = has("prefetch") || has("fence.proxy");
  if (!access.isRead && !access.isWritten && !isHint)
    return std::nullopt;
  return access;
}

/// Copies of the nvvm dialect, which declare no effects on their operands.
static std::optional<MemoryAccess> readCopy(Operation *op) {
  if (isa<NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp,
          NVVM::CpAsyncBulkGlobalToSharedClusterOp, NVVM::CpAsyncOp>(op))
    return MemoryAccess{/*isRead=*/true, /*isWritten=*/false};
  if (isa<NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp,
          NVVM::CpAsyncBulkSharedCTAToGlobalOp>(op))
    return MemoryAccess{/*isRead=*/false, /*isWritten=*/true};
  if (isa<NVVM::CpAsyncBulkTensorReduceOp>(op))
    return MemoryAccess{/*isRead=*/true, /*isWritten=*/true};
  if (isa<NVVM::PrefetchOp, NVVM::CpAsyncBulkPrefetchOp,
          NVVM::CpAsyncBulkTensorPrefetchOp>(op))
    return MemoryAccess{};
  if (isa<LLVM::AtomicRMWOp>(op))
    return MemoryAccess{/*isRead=*/true, /*isWritten=*/true};
  if (auto assembly = dyn_cast<LLVM::InlineAsmOp>(op))
    return readAssembly(assembly.getAsmString());
  if (auto assembly = dyn_cast<NVVM::InlinePtxOp>(op))
    return readAssembly(assembly.getPtxCode());
  return std::nullopt;
}

static bool isAddress(Type type) {
  return isa<BaseMemRefType, LLVM::LLVMPointerType>(type);
}

namespace {

/// One walk over the uses of some values.
class AccessFinder {
public:
  explicit AccessFinder(Operation *scope) : scope(scope) {}

  LogicalResult run(ValueRange values) {
    reached.insert(values.begin(), values.end());
    for (size_t i = 0; i < reached.size(); ++i) {
      Value value = reached[i];
      for (OpOperand &use : value.getUses())
        if (scope->isAncestor(use.getOwner()) && failed(visit(use)))
          return failure();
    }
    return success();
  }
  MemoryAccess access;

private:
  LogicalResult visit(OpOperand &use);
  bool visitControlFlow(OpOperand &use);
  bool visitEffects(Operation *op, Value value);

  Operation *scope;
  llvm::SetVector<Value> reached;
};

} // namespace

/// Follows an address into the arguments and results that it becomes.
bool AccessFinder::visitControlFlow(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto loop = dyn_cast<LoopLikeOpInterface>(op)) {
    if (BlockArgument argument = loop.getTiedLoopRegionIterArg(&use)) {
      reached.insert(argument);
      reached.insert(loop.getTiedLoopResult(&use));
    }
    return true;
  }
  if (auto branch = dyn_cast<BranchOpInterface>(op)) {
    if (auto argument =
            branch.getSuccessorBlockArgument(use.getOperandNumber()))
      reached.insert(*argument);
    return true;
  }
  // A yielded address: the results of its type, and a loop's next iteration.
  if (op->hasTrait<OpTrait::IsTerminator>() && op->getParentOp() != scope) {
    Operation *parent = op->getParentOp();
    for (Value result : parent->getResults())
      if (result.getType() == use.get().getType())
        reached.insert(result);
    if (auto loop = dyn_cast<LoopLikeOpInterface>(parent))
      for (BlockArgument argument : loop.getRegionIterArgs())
        if (argument.getType() == use.get().getType())
          reached.insert(argument);
    return true;
  }
  return false;
}

/// True if the op says what it does with the memory behind `value`.
bool AccessFinder::visitEffects(Operation *op, Value value) {
  auto declared = dyn_cast<MemoryEffectOpInterface>(op);
  if (!declared)
    return false;
  SmallVector<MemoryEffects::EffectInstance> effects;
  declared.getEffectsOnValue(value, effects);
  bool known = false;
  for (const MemoryEffects::EffectInstance &effect : effects) {
    known = true;
    access.isRead |= isa<MemoryEffects::Read>(effect.getEffect());
    access.isWritten |= isa<MemoryEffects::Write>(effect.getEffect());
  }
  return known;
}

LogicalResult AccessFinder::visit(OpOperand &use) {
  Operation *op = use.getOwner();
  if (std::optional<MemoryAccess> copy = readCopy(op)) {
    access.isRead |= copy->isRead;
    access.isWritten |= copy->isWritten;
    return success();
  }
  if (visitEffects(op, use.get()) || visitControlFlow(use))
    return success();
  // Arithmetic on addresses: more names of the same memory. Sizes, strides and
  // comparisons are not.
  if (isMemoryEffectFree(op)) {
    bool fromInteger = !isAddress(use.get().getType());
    bool toInteger =
        isa<LLVM::PtrToIntOp, memref::ExtractAlignedPointerAsIndexOp>(op);
    for (Value result : op->getResults())
      if (isAddress(result.getType()) ||
          ((fromInteger || toInteger) && !result.getType().isInteger(1)))
        reached.insert(result);
    return success();
  }
  return op->emitOpError("expected a use of a kernel's memory whose effect is "
                         "known, got operand #")
         << use.getOperandNumber();
}

FailureOr<MemoryAccess> rcm::findAccess(ValueRange values, Operation *scope) {
  AccessFinder finder(scope);
  if (failed(finder.run(values)))
    return failure();
  return finder.access;
}
