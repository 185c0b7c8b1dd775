//===- OrderInstructions.cpp - rcm-tile-order-instructions ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// List scheduling: of the operations whose operands are computed, the next one
// is that with the smallest key, its old place plus a random distance.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "rcm/Dialect/RCMTile/Transforms/Passes.h"

#include <queue>
#include <random>

namespace rcm {
#define GEN_PASS_DEF_ORDERINSTRUCTIONS
#include "rcm/Dialect/RCMTile/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;

/// Places that an operation moves at most, but for what it has to wait for.
static constexpr int64_t kReach = 64;
/// Shorter blocks stay as they are.
static constexpr size_t kShortBlock = 64;

/// True if only operands and users say where the operation may stand.
static bool isMovable(Operation *op) {
  if (op->getNumRegions() != 0 || op->hasTrait<OpTrait::IsTerminator>())
    return false;
  if (auto assembly = dyn_cast<LLVM::InlineAsmOp>(op))
    return !assembly.getHasSideEffects();
  // Upstream's op says nothing of what the intrinsic does.
  if (auto call = dyn_cast<LLVM::CallIntrinsicOp>(op))
    return call.getIntrin().starts_with("llvm.nvvm.ex2.");
  return isMemoryEffectFree(op);
}

namespace {
/// The operations of a block but its terminator, and what waits for what.
class BlockOrder {
public:
  explicit BlockOrder(Block &block) {
    llvm::DenseMap<Operation *, size_t> places;
    for (Operation &op : block.without_terminator()) {
      places[&op] = ops.size();
      ops.push_back(&op);
    }
    users.resize(ops.size());
    waitsFor.resize(ops.size());
    std::optional<size_t> fixed;
    for (size_t i = 0; i < ops.size(); ++i) {
      for (Value operand : ops[i]->getOperands())
        if (Operation *source = operand.getDefiningOp())
          if (auto place = places.find(source); place != places.end())
            addEdge(place->second, i);
      if (isMovable(ops[i]))
        continue;
      if (fixed)
        addEdge(*fixed, i);
      fixed = i;
    }
  }

  void permute(std::mt19937_64 &random, Operation *terminator) {
    // Equal keys: the earlier one. Not a std distribution: these differ from
    // library to library.
    using Entry = std::pair<int64_t, size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> ready;
    std::vector<int64_t> keys(ops.size());
    for (size_t i = 0; i < ops.size(); ++i)
      keys[i] = static_cast<int64_t>(i) +
                static_cast<int64_t>(random() % (2 * kReach + 1)) - kReach;
    for (size_t i = 0; i < ops.size(); ++i)
      if (waitsFor[i] == 0)
        ready.push({keys[i], i});
    while (!ready.empty()) {
      size_t i = ready.top().second;
      ready.pop();
      ops[i]->moveBefore(terminator);
      for (size_t user : users[i])
        if (--waitsFor[user] == 0)
          ready.push({keys[user], user});
    }
  }

private:
  void addEdge(size_t from, size_t to) {
    users[from].push_back(to);
    ++waitsFor[to];
  }

  std::vector<Operation *> ops;
  std::vector<std::vector<size_t>> users;
  std::vector<size_t> waitsFor;
};

class OrderInstructions
    : public rcm::impl::OrderInstructionsBase<OrderInstructions> {
  void runOnOperation() override {
    getOperation().walk([](FunctionOpInterface function) {
      auto order =
          function->getAttrOfType<IntegerAttr>(rcm::kInstructionOrderAttrName);
      if (!order || order.getInt() == 0)
        return;
      std::mt19937_64 random(static_cast<uint64_t>(order.getInt()));
      for (Block &block : function.getFunctionBody())
        if (block.getOperations().size() > kShortBlock)
          BlockOrder(block).permute(random, block.getTerminator());
      // The order is made; a second run changes nothing.
      function->removeAttr(rcm::kInstructionOrderAttrName);
    });
  }
};
} // namespace
