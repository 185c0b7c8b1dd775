//===- ExprReaderLinalg.cpp - linalg ops as expressions
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/ExprReader.h"

#include <cmath>

using namespace mlir;
using namespace rcm::match;

bool rcm::match::coversAllLoops(linalg::LinalgOp op, OpOperand *operand) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [loop, range] : llvm::enumerate(ranges))
    if (range != 1 && !map.isFunctionOfDim(loop))
      return false;
  return true;
}

/// The numeral of every loop of `op` when its result `result` is read at
/// `index`: parallel loops from the output map, reduction loops as fresh
/// variables appended to `bound`. Nothing if the output map leaves out a
/// parallel loop or is not a projection.
std::optional<SmallVector<Digits>>
ExprReader::bindLoops(linalg::LinalgOp op, unsigned result,
                      const IndexTuple &index, Digits &bound) {
  SmallVector<std::optional<Digits>> loops(op.getNumLoops());
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(result));
  for (auto [position, expr] : llvm::enumerate(outMap.getResults())) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      // A loop that writes two dimensions (a diagonal) leaves holes.
      if (loops[dim.getPosition()])
        return std::nullopt;
      loops[dim.getPosition()] = index[position];
      continue;
    }
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    auto type =
        cast<RankedTensorType>(op.getDpsInitOperand(result)->get().getType());
    if (!constant || constant.getValue() != 0 || type.getDimSize(position) != 1)
      return std::nullopt;
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  for (auto [loop, digits] : llvm::enumerate(loops)) {
    bool isReduction = iterators[loop] == utils::IteratorType::reduction;
    if (digits && isReduction)
      return std::nullopt;
    if (digits)
      continue;
    // A parallel loop of one iteration may be missing from the output map.
    if (!isReduction) {
      if (ranges[loop] != 1)
        return std::nullopt;
      digits = Digits();
      continue;
    }
    ExtentSource source;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<RankedTensorType>(operand.get().getType()))
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      if (auto position =
              map.getResultPosition(getAffineDimExpr(loop, op->getContext())))
        source = {operand.get(), static_cast<int64_t>(*position)};
    }
    VarId var = vars.add(ranges[loop], source);
    bound.push_back(var);
    digits = Digits{var};
  }
  return llvm::map_to_vector(loops, [](auto &digits) { return *digits; });
}

/// The index that `map` reads an operand of type `type` at.
std::optional<IndexTuple> ExprReader::readMap(AffineMap map, Type type,
                                              ArrayRef<Digits> loops) {
  IndexTuple index;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      index.push_back(loops[dim.getPosition()]);
      // A static operand tells the extent of a dynamic loop.
      auto shaped = dyn_cast<RankedTensorType>(type);
      if (shaped && !shaped.isDynamicDim(position) && index.back().size() == 1)
        vars.learnExtent(index.back()[0], shaped.getDimSize(position));
      continue;
    }
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    auto shaped = dyn_cast<RankedTensorType>(type);
    if (!constant || constant.getValue() != 0 || !shaped ||
        shaped.getDimSize(position) != 1)
      return std::nullopt;
    index.push_back({});
  }
  return index;
}

Expr *ExprReader::readOperand(OpOperand &operand, const Body &body) {
  if (!isa<ShapedType>(operand.get().getType()))
    return readScalar(operand.get());
  linalg::LinalgOp op = body.op;
  auto index = readMap(op.getMatchingIndexingMap(&operand),
                       operand.get().getType(), body.loops);
  return index ? leaf(operand.get(), *index) : nullptr;
}

Expr *ExprReader::readLinalg(linalg::LinalgOp op, unsigned result,
                             const IndexTuple &index) {
  if (!op.hasPureTensorSemantics())
    return nullptr;
  Body body;
  body.op = op;
  Digits bound;
  auto loops = bindLoops(op, result, index, bound);
  if (!loops)
    return nullptr;
  body.loops = *loops;
  if (op.getNumParallelLoops() != op.getNumLoops())
    return readReduction(op, result, index, body, bound);
  return readInBody(op.getBlock()->getTerminator()->getOperand(result), body);
}

/// True if the accumulator occurs in `e`.
static bool readsAccumulator(const Expr *e) {
  return e->kind == ExprKind::Accumulator ||
         llvm::any_of(e->args, readsAccumulator);
}

/// Splits a reduction's body into combine(acc, element). A body that keeps the
/// accumulator where a condition says so adds 0 there.
static Expr *splitAccumulation(ExprArena &arena, Expr *yielded, OpCode &code) {
  auto isAccumulator = [](Expr *e) {
    return stripCasts(e)->kind == ExprKind::Accumulator;
  };
  Type type = yielded->type;
  yielded = stripCasts(yielded);
  code = yielded->code;
  switch (yielded->kind == ExprKind::Op ? code : OpCode::Unknown) {
  case OpCode::Add:
  case OpCode::Max:
  case OpCode::MaxNum:
  case OpCode::Min:
  case OpCode::MinNum:
  case OpCode::And:
  case OpCode::Or:
    for (unsigned i : {0u, 1u})
      if (isAccumulator(yielded->args[i]))
        return yielded->args[1 - i];
    return nullptr;
  case OpCode::Sub:
    code = OpCode::Add;
    return isAccumulator(yielded->args[0])
               ? arena.op(OpCode::Neg, {yielded->args[1]}, type, yielded->origin)
               : nullptr;
  case OpCode::Select: {
    for (unsigned i : {1u, 2u}) {
      if (!isAccumulator(yielded->args[i]))
        continue;
      Expr *element = splitAccumulation(arena, yielded->args[3 - i], code);
      if (!element || code != OpCode::Add)
        return nullptr;
      Expr *zero = arena.constant(0.0, type);
      Expr *onTrue = i == 1 ? zero : element, *onFalse = i == 1 ? element : zero;
      return arena.op(OpCode::Select, {yielded->args[0], onTrue, onFalse}, type,
                      yielded->origin);
    }
    return nullptr;
  }
  default:
    return nullptr;
  }
}

/// A body `combine(acc, e)` as combine(init, reduce(e)).
Expr *ExprReader::readReduction(linalg::LinalgOp op, unsigned result,
                                const IndexTuple &index, Body &body,
                                Digits bound) {
  OpOperand *init = op.getDpsInitOperand(result);
  body.accumulator = op.getMatchingBlockArgument(init);
  Expr *yielded =
      readInBody(op.getBlock()->getTerminator()->getOperand(result), body);
  if (!yielded)
    return nullptr;
  Type type = yielded->type;
  OpCode code = OpCode::Unknown;
  Expr *element = splitAccumulation(arena, yielded, code);
  if (!element || readsAccumulator(element))
    return nullptr;
  Expr *reduce = arena.reduce(code, bound, element, type, op);
  Expr *start = leaf(init->get(), index);
  // A start that is a product with 0, as one step of an online softmax has it.
  // Not through other reductions: their chains may be long.
  auto producer = start->kind == ExprKind::Leaf
                      ? start->root.getDefiningOp<linalg::LinalgOp>()
                      : linalg::LinalgOp();
  if (producer && producer.getNumParallelLoops() == producer.getNumLoops())
    if (Expr *opened = open(start))
      if (opened->kind == ExprKind::Constant)
        start = opened;
  if (plantedBug == PlantedBug::InitialValueDropped && code == OpCode::Add)
    return reduce;
  if (start->kind == ExprKind::Constant && isIdentityOf(code, start->constant))
    return reduce;
  return arena.op(code, {start, reduce}, type, op);
}

/// softmax(x) along d as exp(x - max x) / sum exp(x - max x).
Expr *ExprReader::readSoftmax(linalg::SoftmaxOp op, const IndexTuple &index) {
  if (!op.hasPureTensorSemantics())
    return nullptr;
  int64_t dim = op.getDimension();
  Value input = op.getInput();
  Type type = getElementTypeOrSelf(input.getType());
  int64_t size = cast<RankedTensorType>(input.getType()).getDimSize(dim);
  auto readAlong = [&](VarId var) {
    IndexTuple moved = index;
    moved[dim] = {var};
    return leaf(input, moved);
  };
  ExtentSource source = {input, dim};
  VarId maxVar = vars.add(size, source), sumVar = vars.add(size, source);
  Expr *max = arena.reduce(OpCode::Max, {maxVar}, readAlong(maxVar), type, op);
  auto exponential = [&](Expr *element) {
    Expr *shifted = arena.op(OpCode::Sub, {element, max}, type, op);
    return arena.op(OpCode::Exp, {shifted}, type, op);
  };
  Expr *sum = arena.reduce(OpCode::Add, {sumVar},
                           exponential(readAlong(sumVar)), type, op);
  return arena.op(OpCode::Div, {exponential(leaf(input, index)), sum}, type,
                  op);
}

Expr *ExprReader::compute(Expr *e) {
  Operation *op = e->root.getDefiningOp();
  if (!op || isExhausted() || !isa<RankedTensorType>(e->root.getType()))
    return nullptr;
  ++numOpened;
  IndexTuple index = vars.resolve(e->index);
  if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op))
    return readSoftmax(softmax, index);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return readLinalg(linalgOp, cast<OpResult>(e->root).getResultNumber(),
                      index);
  return readTensorArithmetic(op, index);
}

Expr *ExprReader::open(Expr *e) {
  if (e->kind != ExprKind::Leaf)
    return e;
  if (!e->wasOpened) {
    e->opened = compute(e);
    e->wasOpened = true;
  }
  return e->opened;
}
