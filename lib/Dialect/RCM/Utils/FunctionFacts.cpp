//===- FunctionFacts.cpp - one walk that finds where to look
//--------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace rcm::match;

/// A linalg op all of whose loops are parallel.
static bool isParallel(linalg::LinalgOp op) {
  return op.getNumParallelLoops() == op.getNumLoops();
}

bool rcm::match::isElementwiseOrView(Operation *op) {
  if (isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return true;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.hasPureTensorSemantics() && isParallel(linalgOp);
  return isScalarArithmetic(op) && isMemoryEffectFree(op) &&
         op->getNumResults() == 1 &&
         isa<RankedTensorType>(op->getResult(0).getType());
}

Value rcm::match::getOnlyResult(Operation *op) {
  Value only;
  for (Value result : op->getResults()) {
    if (result.use_empty() && op->getNumResults() > 1)
      continue;
    if (only)
      return {};
    only = result;
  }
  return only;
}

static bool computesExponential(Operation *op) {
  if (isa<linalg::SoftmaxOp, math::ExpOp, math::Exp2Op>(op))
    return true;
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return linalgOp && llvm::any_of(*linalgOp.getBlock(), [](Operation &inner) {
           return isa<math::ExpOp, math::Exp2Op>(inner);
         });
}

/// A body that multiplies and reduces, as far as a glance can tell.
static bool multipliesAndReduces(linalg::LinalgOp op) {
  return !isParallel(op) && llvm::any_of(*op.getBlock(), [](Operation &inner) {
    return inner.getName().getStringRef() == "arith.mulf" ||
           inner.getName().getStringRef() == "math.fma";
  });
}

FunctionFacts::FunctionFacts(Operation *function) {
  function->walk<WalkOrder::PreOrder>([&](Operation *op) {
    // Bodies of linalg ops are read through their op.
    if (op->getParentOp() && isa<linalg::LinalgOp>(op->getParentOp()))
      return WalkResult::skip();
    order.try_emplace(op, order.size());
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    bool readsExponential = llvm::any_of(op->getOperands(), [&](Value value) {
      return exponentials.contains(value);
    });
    bool computes = computesExponential(op);
    if (linalgOp && linalgOp.hasPureTensorSemantics() &&
        !isParallel(linalgOp)) {
      if (readsExponential || computes)
        anchors.push_back(linalgOp);
      if (multipliesAndReduces(linalgOp))
        contractions.insert(op->result_begin(), op->result_end());
      return WalkResult::advance();
    }
    if (!isElementwiseOrView(op) && !isa<linalg::SoftmaxOp>(op))
      return WalkResult::advance();
    if (readsExponential || computes)
      exponentials.insert(op->result_begin(), op->result_end());
    if (llvm::any_of(op->getOperands(),
                     [&](Value value) { return contractions.contains(value); }))
      contractions.insert(op->result_begin(), op->result_end());
    return WalkResult::advance();
  });
}

void FunctionFacts::forget(Operation *op) {
  op->walk([&](Operation *inner) {
    for (Value result : inner->getResults()) {
      exponentials.erase(result);
      contractions.erase(result);
    }
    order.erase(inner);
  });
}

void FunctionFacts::numberInserted(Operation *op) {
  unsigned number = order.lookup(op);
  for (Operation *inserted = op->getPrevNode();
       inserted && order.try_emplace(inserted, number).second;
       inserted = inserted->getPrevNode())
    continue;
}
