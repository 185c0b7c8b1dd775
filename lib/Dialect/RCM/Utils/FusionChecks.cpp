//===- FusionChecks.cpp - what a match may not reach across
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/FusionChecks.h"

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace rcm::match;

/// Ops that are looked at between anchor and result, or below it.
static constexpr size_t kMaxSteps = 2048;

static void collectRoots(const Expr *e, DenseSet<Value> &roots) {
  if (e->kind == ExprKind::Leaf)
    roots.insert(e->root);
  for (const Expr *arg : e->args)
    collectRoots(arg, roots);
}

static void collectRoots(const Sum &sum, DenseSet<Value> &roots) {
  for (const Term &term : sum)
    for (const Factor &factor : term.factors)
      collectRoots(factor.e, roots);
}

DenseSet<Value> rcm::match::collectInputs(const SkipMatch &match) {
  DenseSet<Value> roots;
  for (const Expr *e : {match.attention.query, match.attention.key,
                        match.attention.value, match.residual})
    if (e)
      collectRoots(e, roots);
  for (const Sum *sum : {&match.alpha, &match.beta, &match.attention.bias})
    collectRoots(*sum, roots);
  return roots;
}

/// Calls `visit` for the operands of `op` and what its regions capture.
static void visitReads(Operation *op, llvm::function_ref<void(Value)> visit) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      visit(operand);
  });
}

/// The tensor that `value` is a view or a wider copy of.
static Value getViewed(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    bool isView =
        isa<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op);
    auto generic = dyn_cast<linalg::GenericOp>(op);
    auto widen = generic ? generic.getBody()
                               ->getTerminator()
                               ->getOperand(0)
                               .getDefiningOp<arith::ExtFOp>()
                         : arith::ExtFOp();
    bool isCopy = widen && generic.getNumDpsInputs() == 1 &&
                  widen.getIn() == generic.getBody()->getArgument(0);
    if (!isView && !isCopy)
      break;
    value = op->getOperand(0);
  }
  return value;
}

/// True for attention alone, fused, over the operands of the match: written out
/// a second time beside it, as where its square is taken.
static bool isSameAttention(Operation *op, const SkipMatch &match) {
  auto attention = dyn_cast<rcm::AttentionOp>(op);
  auto isSame = [](Value operand, const Expr *leaf) {
    return getViewed(operand) == getViewed(leaf->root);
  };
  return attention && isSame(attention.getQuery(), match.attention.query) &&
         isSame(attention.getKey(), match.attention.key) &&
         isSame(attention.getValue(), match.attention.value);
}

LogicalResult rcm::match::checkSkipInputs(const SkipMatch &match,
                                          const FunctionFacts &facts,
                                          Operation *anchor,
                                          Refusal &refusal) {
  DenseSet<Value> roots;
  if (match.residual)
    collectRoots(match.residual, roots);
  collectRoots(match.alpha, roots);
  collectRoots(match.beta, roots);
  SmallVector<Value> worklist(roots.begin(), roots.end());
  DenseSet<Operation *> seen;
  while (!worklist.empty()) {
    Operation *definition = worklist.pop_back_val().getDefiningOp();
    Operation *op = definition
                        ? anchor->getBlock()->findAncestorOpInBlock(*definition)
                        : nullptr;
    // What comes before the attention cannot depend on it.
    if (!op || facts.comesBefore(op, anchor) || !seen.insert(op).second)
      continue;
    bool readsAttention = op == anchor || isSameAttention(op, match);
    if (readsAttention || seen.size() > kMaxSteps) {
      refusal = {readsAttention ? Reason::SkipReadsAttention : Reason::TooLarge,
                 match.result.getDefiningOp()};
      return failure();
    }
    visitReads(op, [&](Value value) { worklist.push_back(value); });
  }
  return success();
}

/// The earliest op in the result's block that reads an input of the fused op
/// for what it replaces.
static Operation *findFirstReader(const SkipMatch &match,
                                    const FunctionFacts &facts,
                                    const DenseSet<Value> &inputs) {
  Operation *first = match.result.getDefiningOp();
  Block *block = first->getBlock();
  DenseSet<Operation *> seen;
  SmallVector<Operation *> worklist = {first};
  while (!worklist.empty() && seen.size() < kMaxSteps) {
    Operation *op = worklist.pop_back_val();
    if (op->getBlock() != block || !seen.insert(op).second)
      continue;
    bool readsInput = false;
    visitReads(op, [&](Value value) {
      Operation *producer = value.getDefiningOp();
      readsInput |= inputs.contains(value);
      if (producer && !inputs.contains(value))
        worklist.push_back(producer);
    });
    if (readsInput && facts.comesBefore(op, first))
      first = op;
  }
  return first;
}

static bool mayWrite(Operation *op) {
  if (isMemoryEffectFree(op))
    return false;
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return !effects || op->getNumRegions() != 0 ||
         effects.hasEffect<MemoryEffects::Write>() ||
         effects.hasEffect<MemoryEffects::Free>();
}

LogicalResult rcm::match::checkSideEffects(const SkipMatch &match,
                                           const FunctionFacts &facts,
                                           Refusal &refusal) {
  DenseSet<Value> inputs = collectInputs(match);
  // By name: the bufferization dialect need not be linked for this.
  bool readsMemory = llvm::any_of(inputs, [](Value value) {
    Operation *op = value.getDefiningOp();
    return op && op->getName().getStringRef() == "bufferization.to_tensor";
  });
  if (!readsMemory)
    return success();
  Operation *last = match.result.getDefiningOp();
  for (Operation *op = findFirstReader(match, facts, inputs); op != last;
       op = op->getNextNode())
    if (mayWrite(op)) {
      refusal = {Reason::SideEffectsBetween, op};
      return failure();
    }
  return success();
}

LogicalResult rcm::match::checkTypes(const SkipMatch &match,
                                     Refusal &refusal) {
  Type result = getElementTypeOrSelf(match.result.getType());
  bool isSupported = isSupportedFloat(result) &&
                     (!match.residual || isSupportedFloat(match.residual->type));
  if (isSupported)
    return success();
  refusal = {Reason::NotFloat, match.result.getDefiningOp()};
  return failure();
}
