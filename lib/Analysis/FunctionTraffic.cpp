//===- FunctionTraffic.cpp - bytes that a function's kernels move ---------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "FunctionTraffic.h"

#include "LaunchTraffic.h"
#include "MemoryAccess.h"

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace rcm;

StringRef rcm::stringifyForm(TrafficForm form) {
  switch (form) {
  case TrafficForm::kFused:
    return "fused";
  case TrafficForm::kTwoPass:
    return "two-pass";
  case TrafficForm::kAsIs:
    break;
  }
  return "as-is";
}

int64_t FunctionTraffic::sum(int64_t TrafficRow::*member,
                             Filter filter) const {
  int64_t total = 0;
  for (const TrafficRow &row : rows)
    if ((filter.withCached || !row.mayBeCached) &&
        (!filter.activationsOnly || row.isActivation))
      total += row.*member;
  return total;
}

bool rcm::hasFusedOps(FunctionOpInterface function) {
  return function
      .walk([](AttentionSkipOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// True for structured ops and our own in destination style. A fill on tensors
/// is part of the kernel that starts from it; on memrefs it is a loop.
static bool isStructured(Operation *op) {
  if (isa<linalg::FillOp>(op))
    return isa<BaseMemRefType>(op->getOperands().back().getType());
  return isa<linalg::LinalgOp, linalg::SoftmaxOp, SkipCoefficientsOp>(op) &&
         isa<DestinationStyleOpInterface>(op);
}

/// True if another kernel, or another operand of `op`, works on the memory
/// behind `value`: this op's queries, or a projection before it.
static bool hasOtherReaders(Value value, Operation *op) {
  SmallVector<Value> names = {getViewedRoot(value)};
  int64_t usesOfOp = 0;
  while (!names.empty())
    for (Operation *user : names.pop_back_val().getUsers()) {
      bool isView = user->getNumResults() && user != op &&
                    getViewedRoot(user->getResult(0)) != user->getResult(0);
      if (isView)
        names.append(user->result_begin(), user->result_end());
      else if (user == op ? ++usesOfOp > 1
                          : isa<DestinationStyleOpInterface>(user))
        return true;
    }
  return false;
}

namespace {

/// Walks one function, top level first.
class Collector {
public:
  Collector(FunctionOpInterface function, TrafficForm form,
            TrafficRecipe recipe)
      : function(function), recipe(recipe), names(function) {
    report.function = function.getName().str();
    report.form = form;
  }
  FailureOr<FunctionTraffic> run();

private:
  LogicalResult visit(Operation *op);
  LogicalResult visitRegions(Operation *op);
  void seedActivations();
  void spreadActivations(Operation *op);
  void findUnit();
  std::string nextName(Operation *op) {
    return op->getName().getStringRef().str() + "#" + std::to_string(index++);
  }

  FunctionOpInterface function;
  TrafficRecipe recipe;
  MemoryNames names;
  FunctionTraffic report;
  llvm::DenseSet<Value> activations; ///< roots of what is computed from x
  int64_t index = 0;
};

} // namespace

/// What the skip brings in is the network's activation; the rest follows.
void Collector::seedActivations() {
  function.walk([&](AttentionSkipOp op) {
    activations.insert(getViewedRoot(op.getResidual()));
    report.knowsActivations = true;
  });
}

/// What an op computes from an activation is one.
void Collector::spreadActivations(Operation *op) {
  auto destinations = dyn_cast<DestinationStyleOpInterface>(op);
  if (!destinations)
    return;
  bool isOne = isa<AttentionOpInterface>(op);
  for (OpOperand *input : destinations.getDpsInputOperands())
    isOne |= activations.contains(getViewedRoot(input->get()));
  if (!isOne)
    return;
  for (Value result : op->getResults())
    activations.insert(result);
  for (Value init : destinations.getDpsInits())
    if (isa<BaseMemRefType>(init.getType()))
      activations.insert(getViewedRoot(init));
}

LogicalResult Collector::visit(Operation *op) {
  spreadActivations(op);
  if (auto attention = dyn_cast<AttentionOpInterface>(op)) {
    size_t first = report.rows.size();
    report.hasAttention = true;
    bool fused = report.form != TrafficForm::kTwoPass;
    if (failed(appendAttentionTraffic(attention, recipe, fused, report.rows)))
      return failure();
    std::string suffix = "#" + std::to_string(index++);
    for (TrafficRow &row : MutableArrayRef(report.rows).drop_front(first)) {
      row.kernel += suffix;
      row.mayBeCached = fused && row.tensor == "residual" &&
                        hasOtherReaders(attention.getResidual(), op);
    }
    if (!report.unitBytes)
      report.unitBytes = *getNumBytes(attention.getOut().getType());
    return success();
  }
  if (isStructured(op))
    return appendKernelTraffic(
        op, nextName(op),
        [&](Value value) {
          return activations.contains(getViewedRoot(value));
        },
        report.rows);
  if (isLaunch(op)) {
    std::string name = nextName(op);
    if (auto launch = op->getAttrOfType<SymbolRefAttr>("kernel"))
      name = launch.getLeafReference().str() + name.substr(name.find('#'));
    return appendLaunchTraffic(op, name, names, report.rows);
  }
  if (isa<CallOpInterface>(op))
    op->emitWarning("expected calls to be inlined, got one: its traffic is "
                    "not counted");
  return op->getNumRegions() ? visitRegions(op) : success();
}

/// Loops on memrefs are kernels; over tensors the number of trips of what they
/// hold is not known.
LogicalResult Collector::visitRegions(Operation *op) {
  WalkResult found = op->walk([&](Operation *inner) {
    bool onTensors = llvm::any_of(inner->getOperandTypes(), [](Type type) {
      return isa<TensorType>(type);
    });
    if (onTensors && (isStructured(inner) || isa<AttentionOpInterface>(inner)))
      return WalkResult(inner->emitOpError("expected kernels on tensors to be "
                                           "outside of loops and branches to "
                                           "count bytes"));
    return WalkResult::advance();
  });
  if (found.wasInterrupted())
    return failure();
  size_t first = report.rows.size();
  std::string name = nextName(op);
  if (failed(appendLoopTraffic(op, name, names, report.rows)))
    return failure();
  if (report.rows.size() == first)
    --index; // No kernel: its number goes to the next one.
  return success();
}

/// Where attention is a kernel already, the unit is the function's result.
void Collector::findUnit() {
  if (report.unitBytes)
    return;
  auto use = [&](Type type) {
    if (FailureOr<int64_t> bytes = getNumBytes(type); succeeded(bytes))
      report.unitBytes = *bytes;
  };
  for (BlockArgument argument : function.getArguments()) {
    auto direction = function.getArgAttrOfType<StringAttr>(
        argument.getArgNumber(), rt::kDirectionAttr);
    if (direction && direction.getValue() == "out")
      return use(argument.getType());
  }
  for (Type type : function.getResultTypes())
    if (isa<ShapedType>(type))
      return use(type);
}

FailureOr<FunctionTraffic> Collector::run() {
  seedActivations();
  for (Block &block : function.getFunctionBody())
    for (Operation &op : block)
      if (failed(visit(&op)))
        return failure();
  findUnit();
  return report;
}

FailureOr<FunctionTraffic> rcm::collectTraffic(FunctionOpInterface function,
                                               TrafficForm form,
                                               TrafficRecipe recipe) {
  return Collector(function, form, recipe).run();
}
