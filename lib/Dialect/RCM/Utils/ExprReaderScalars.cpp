//===- ExprReaderScalars.cpp - scalar arithmetic as expressions
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/ExprReader.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm::match;

/// The operations that mean the same in every position; the others are built
/// by hand in `readArithmetic`.
static std::optional<OpCode> getSimpleCode(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<OpCode>>(op)
      .Case<arith::AddFOp, arith::AddIOp>([](auto) { return OpCode::Add; })
      .Case<arith::SubFOp, arith::SubIOp>([](auto) { return OpCode::Sub; })
      .Case<arith::MulFOp, arith::MulIOp>([](auto) { return OpCode::Mul; })
      .Case<arith::DivFOp>([](auto) { return OpCode::Div; })
      .Case<arith::NegFOp>([](auto) { return OpCode::Neg; })
      .Case<arith::MaximumFOp>([](auto) { return OpCode::Max; })
      .Case<arith::MaxNumFOp>([](auto) { return OpCode::MaxNum; })
      .Case<arith::MinimumFOp>([](auto) { return OpCode::Min; })
      .Case<arith::MinNumFOp>([](auto) { return OpCode::MinNum; })
      .Case<math::ExpOp>([](auto) { return OpCode::Exp; })
      .Case<math::Exp2Op>([](auto) { return OpCode::Exp2; })
      .Case<math::LogOp>([](auto) { return OpCode::Log; })
      .Case<math::SqrtOp>([](auto) { return OpCode::Sqrt; })
      .Case<math::SinOp>([](auto) { return OpCode::Sin; })
      .Case<math::CosOp>([](auto) { return OpCode::Cos; })
      .Case<math::TanhOp>([](auto) { return OpCode::Tanh; })
      .Case<math::AbsFOp>([](auto) { return OpCode::Abs; })
      .Case<math::CopySignOp>([](auto) { return OpCode::CopySign; })
      .Case<arith::ExtFOp, arith::TruncFOp>([](auto) { return OpCode::Cast; })
      .Case<arith::SIToFPOp>([](auto) { return OpCode::ToFloat; })
      .Case<arith::AndIOp>([](Operation *op) -> std::optional<OpCode> {
        return op->getResult(0).getType().isInteger(1)
                   ? std::optional(OpCode::And)
                   : std::nullopt;
      })
      .Case<arith::OrIOp>([](Operation *op) -> std::optional<OpCode> {
        return op->getResult(0).getType().isInteger(1)
                   ? std::optional(OpCode::Or)
                   : std::nullopt;
      })
      .Default([](Operation *) { return std::nullopt; });
}

bool rcm::match::isScalarArithmetic(Operation *op) {
  return !isa<arith::ConstantOp>(op) &&
         isa_and_nonnull<arith::ArithDialect, math::MathDialect>(
             op->getDialect());
}

Expr *ExprReader::readSelect(ArrayRef<Expr *> args, Type type, Operation *op) {
  // A maximum spelled as compare and select, as two-result reductions do.
  Expr *condition = args[0];
  auto same = [](Expr *a, Expr *b) {
    return a == b || (a->kind == ExprKind::Accumulator &&
                      b->kind == ExprKind::Accumulator);
  };
  bool isOrder =
      condition->isOp(OpCode::CompareLT) || condition->isOp(OpCode::CompareLE);
  if (isOrder && isa<FloatType>(type)) {
    if (same(condition->args[0], args[2]) && same(condition->args[1], args[1]))
      return arena.op(OpCode::Max, {args[1], args[2]}, type, op);
    if (same(condition->args[0], args[1]) && same(condition->args[1], args[2]))
      return arena.op(OpCode::Min, {args[1], args[2]}, type, op);
  }
  if (condition->kind == ExprKind::Constant)
    return condition->constant != 0 ? args[1] : args[2];
  return arena.op(OpCode::Select, args, type, op);
}

/// A boolean compared with a constant is the boolean itself or its negation.
static Expr *readBooleanEquality(ExprArena &arena, arith::CmpIOp compare,
                                 ArrayRef<Expr *> args) {
  using P = arith::CmpIPredicate;
  P predicate = compare.getPredicate();
  Type type = getElementTypeOrSelf(compare.getLhs().getType());
  if (!type.isInteger(1) || (predicate != P::eq && predicate != P::ne))
    return nullptr;
  for (unsigned i : {0u, 1u}) {
    if (args[i]->kind != ExprKind::Constant)
      continue;
    bool isSelf = (args[i]->constant != 0) == (predicate == P::eq);
    return isSelf ? args[1 - i]
                  : arena.op(OpCode::Not, {args[1 - i]}, type, compare);
  }
  return nullptr;
}

/// The code of a predicate and whether its operands change places.
static std::optional<std::pair<OpCode, bool>>
getIntegerOrder(arith::CmpIPredicate predicate, bool isUnsignedKnown) {
  using P = arith::CmpIPredicate;
  switch (predicate) {
  case P::slt:
    return std::pair(OpCode::CompareLT, false);
  case P::sle:
    return std::pair(OpCode::CompareLE, false);
  case P::sgt:
    return std::pair(OpCode::CompareLT, true);
  case P::sge:
    return std::pair(OpCode::CompareLE, true);
  case P::eq:
    return std::pair(OpCode::CompareEQ, false);
  case P::ne:
    return std::pair(OpCode::CompareNE, false);
  default:
    break;
  }
  if (!isUnsignedKnown)
    return std::nullopt;
  bool isLess = predicate == P::ult || predicate == P::ugt;
  bool isSwapped = predicate == P::ugt || predicate == P::uge;
  return std::pair(isLess ? OpCode::CompareLT : OpCode::CompareLE, isSwapped);
}

/// Unordered predicates differ from the ordered ones on NaN only.
static std::optional<std::pair<OpCode, bool>>
getFloatOrder(arith::CmpFPredicate predicate) {
  using P = arith::CmpFPredicate;
  switch (predicate) {
  case P::OLT:
  case P::ULT:
    return std::pair(OpCode::CompareLT, false);
  case P::OLE:
  case P::ULE:
    return std::pair(OpCode::CompareLE, false);
  case P::OGT:
  case P::UGT:
    return std::pair(OpCode::CompareLT, true);
  case P::OGE:
  case P::UGE:
    return std::pair(OpCode::CompareLE, true);
  case P::OEQ:
  case P::UEQ:
    return std::pair(OpCode::CompareEQ, false);
  case P::ONE:
  case P::UNE:
    return std::pair(OpCode::CompareNE, false);
  default:
    return std::nullopt;
  }
}

/// Comparisons as a < b, a <= b, a == b, a != b.
Expr *ExprReader::readCompare(Operation *op, ArrayRef<Expr *> args) {
  std::optional<std::pair<OpCode, bool>> order;
  if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    if (Expr *boolean = readBooleanEquality(arena, compare, args))
      return boolean;
    // Unsigned order is the signed one of numbers that are not negative.
    bool isNatural = llvm::all_of(args, [](Expr *arg) {
      return arg->kind == ExprKind::Index ||
             (arg->kind == ExprKind::Constant && arg->constant >= 0);
    });
    order = getIntegerOrder(compare.getPredicate(), isNatural);
  } else {
    order = getFloatOrder(cast<arith::CmpFOp>(op).getPredicate());
  }
  if (!order)
    return nullptr;
  auto [code, isSwapped] = *order;
  Type type = op->getResult(0).getType();
  return isSwapped ? arena.op(code, {args[1], args[0]}, type, op)
                   : arena.op(code, {args[0], args[1]}, type, op);
}

Expr *ExprReader::readArithmetic(Operation *op, ArrayRef<Expr *> args) {
  if (op->getNumResults() != 1 || llvm::is_contained(args, nullptr))
    return nullptr;
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  // Narrow integers wrap around: their sums are not sums of indices.
  auto isNarrow = [](Type type) {
    auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
    return integer && integer.getWidth() < 32;
  };
  bool isNarrowInteger = llvm::any_of(op->getOperandTypes(), isNarrow);
  std::optional<OpCode> code = getSimpleCode(op);
  bool isLogic = code == OpCode::And || code == OpCode::Or;
  if (code && (!isNarrowInteger || isLogic))
    return arena.op(*code, args, type, op);
  if (isa<arith::CmpIOp, arith::CmpFOp>(op)) {
    if (Expr *compare = readCompare(op, args))
      return compare;
  } else if (isa<arith::SelectOp>(op)) {
    return readSelect(args, type, op);
  } else if (isa<math::FmaOp>(op)) {
    Expr *product = arena.op(OpCode::Mul, {args[0], args[1]}, type, op);
    return arena.op(OpCode::Add, {product, args[2]}, type, op);
  } else if (isa<math::RsqrtOp>(op)) {
    Expr *root = arena.op(OpCode::Sqrt, {args[0]}, type, op);
    return arena.op(OpCode::Div, {arena.constant(1.0, type), root}, type, op);
  } else if (isa<math::PowFOp, math::FPowIOp>(op)) {
    Expr *exponent = stripCasts(args[1]);
    if (exponent->isConstant(1.0))
      return args[0];
    if (exponent->isConstant(2.0))
      return arena.op(OpCode::Mul, {args[0], args[0]}, type, op);
    if (exponent->isConstant(0.5))
      return arena.op(OpCode::Sqrt, {args[0]}, type, op);
    if (exponent->isConstant(-1.0))
      return arena.op(OpCode::Div, {arena.constant(1.0, type), args[0]}, type,
                      op);
  } else if (isa<arith::IndexCastOp, arith::ExtSIOp>(op) && !isNarrowInteger &&
             !isNarrow(type)) {
    return args[0];
  } else if (isa<arith::XOrIOp>(op) && type.isInteger(1)) {
    for (unsigned i : {0u, 1u})
      if (args[i]->isConstant(1.0))
        return arena.op(OpCode::Not, {args[1 - i]}, type, op);
  }
  if (!isMemoryEffectFree(op) || op->getNumRegions() != 0)
    return nullptr;
  return arena.op(OpCode::Unknown, args, type, op);
}

Expr *ExprReader::readInBody(Value value, Body &body) {
  if (Expr *known = body.memo.lookup(value))
    return known;
  Expr *e = nullptr;
  auto argument = dyn_cast<BlockArgument>(value);
  if (argument && argument.getOwner() == body.op.getBlock()) {
    OpOperand *operand = body.op.getMatchingOpOperand(argument);
    if (body.accumulator && argument == body.accumulator)
      e = arena.accumulator(argument.getType());
    else if (body.op.isDpsInput(operand) ||
             (!body.accumulator && coversAllLoops(body.op, operand)))
      e = readOperand(*operand, body);
    // Else: another result's accumulator.
  } else if (value.getParentBlock() != body.op.getBlock()) {
    e = readScalar(value);
  } else {
    e = readOpInBody(value.getDefiningOp(), body);
  }
  if (e)
    body.memo[value] = e;
  return e;
}

/// True if the numeral runs over all of dimension `dim` of `tensor`.
static bool coversDimension(const VarTable &vars, ArrayRef<VarId> digits,
                            Value tensor, int64_t dim) {
  Digits resolved = vars.resolve(digits);
  int64_t size = cast<RankedTensorType>(tensor.getType()).getDimSize(dim);
  if (resolved.size() == 1 && ShapedType::isDynamic(size) &&
      ShapedType::isDynamic(vars.getExtent(resolved[0])))
    return isSameSize(vars.getSource(resolved[0]), {tensor, dim});
  int64_t extent = 1;
  for (VarId var : resolved) {
    if (ShapedType::isDynamic(vars.getExtent(var)))
      return false;
    extent *= vars.getExtent(var);
  }
  return extent == size;
}

Expr *ExprReader::readOpInBody(Operation *op, Body &body) {
  if (std::optional<double> value = getUniformConstant(op->getResult(0)))
    return arena.constant(*value, op->getResult(0).getType());
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return arena.index(body.loops[index.getDim()], index.getType());
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    IndexTuple index;
    auto type = cast<RankedTensorType>(extract.getTensor().getType());
    for (auto [dim, value] : llvm::enumerate(extract.getIndices())) {
      Expr *position = readInBody(value, body);
      if (position && position->isConstant(0.0) && type.getDimSize(dim) == 1)
        index.push_back({});
      else if (position && position->kind == ExprKind::Index &&
               coversDimension(vars, position->digits, extract.getTensor(),
                               dim))
        index.push_back(position->digits);
      else
        return nullptr;
    }
    if (extract.getTensor().getParentBlock() == body.op.getBlock())
      return nullptr;
    return leaf(extract.getTensor(), index);
  }
  SmallVector<Expr *> args;
  for (Value operand : op->getOperands()) {
    args.push_back(readInBody(operand, body));
    if (!args.back())
      return nullptr;
  }
  return readArithmetic(op, args);
}

Expr *ExprReader::readScalar(Value value) {
  if (Expr *known = scalars.lookup(value))
    return known;
  auto remember = [&](Expr *e) { return scalars[value] = e; };
  if (std::optional<double> constant = getUniformConstant(value))
    return remember(arena.constant(*constant, value.getType()));
  Operation *op = value.getDefiningOp();
  if (op && ++numOpened <= kMaxOpenedLeaves) {
    if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
      auto type = cast<RankedTensorType>(extract.getTensor().getType());
      // Every dimension of size 1: there is only one element to extract.
      if (type.hasStaticShape() && type.getNumElements() == 1)
        return remember(leaf(extract.getTensor(), IndexTuple(type.getRank())));
    } else if (isScalarArithmetic(op)) {
      SmallVector<Expr *> args;
      for (Value operand : op->getOperands())
        args.push_back(readScalar(operand));
      Expr *e = readArithmetic(op, args);
      if (e && (e->kind != ExprKind::Op || e->code != OpCode::Unknown))
        return remember(e);
    }
  }
  return remember(arena.leaf(value, {}, op));
}

/// Arithmetic written on whole tensors (`arith.addf %a, %b : tensor<...>`).
Expr *ExprReader::readTensorArithmetic(Operation *op, const IndexTuple &index) {
  if (!isScalarArithmetic(op) || op->getNumResults() != 1)
    return nullptr;
  SmallVector<Expr *> args;
  for (Value operand : op->getOperands())
    args.push_back(leaf(
        operand, isa<ShapedType>(operand.getType()) ? index : IndexTuple()));
  return readArithmetic(op, args);
}
