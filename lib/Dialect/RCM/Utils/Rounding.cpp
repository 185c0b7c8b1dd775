//===- Rounding.cpp - intermediates held in a narrow type
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Rounding.h"

#include "rcm/Dialect/RCM/Utils/AttentionMatch.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rcm::match;

static bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

/// Arithmetic in a narrow type, or a narrowing that is not of a constant.
static bool isRounding(Operation *op) {
  if (op->getNumResults() != 1 || isa<arith::ConstantOp>(op))
    return false;
  if (auto narrow = dyn_cast<arith::TruncFOp>(op))
    return !getUniformConstant(narrow.getIn());
  return isNarrow(op->getResult(0).getType()) &&
         isa_and_nonnull<arith::ArithDialect>(op->getDialect()) &&
         !isa<arith::SelectOp, arith::NegFOp>(op);
}

Operation *rcm::match::findRounding(Value result,
                                    const DenseSet<Value> &inputs) {
  DenseSet<Value> seen;
  SmallVector<Value> worklist = {result};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!op || inputs.contains(value) || !seen.insert(value).second)
      continue;
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      Value yielded = linalgOp.getBlock()->getTerminator()->getOperand(
          cast<OpResult>(value).getResultNumber());
      for (Operation &inner : *linalgOp.getBlock()) {
        bool isLast = value == result && yielded.getDefiningOp() == &inner;
        if (isRounding(&inner) && !isLast)
          return op;
      }
    } else if (value != result &&
               (isRounding(op) ||
                (isa<linalg::SoftmaxOp>(op) && isNarrow(value.getType())))) {
      return op;
    }
    llvm::append_range(worklist, op->getOperands());
  }
  return nullptr;
}
