//===- HostValues.cpp - Arithmetic of host functions ----------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HostProgram.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm;
using rcm::object::Opcode;

/// Bits of an integer; index is 64.
static unsigned getWidth(Type type) {
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

static bool isInteger(Type type) {
  return type.isIndex() || (type.isSignlessInteger() && getWidth(type) <= 64);
}

/// An opcode on integers, and how it treats narrow operands and results.
struct IntegerOpcode {
  Opcode opcode;
  /// Operands are to be zero-extended first.
  bool isUnsigned = false;
  /// The result may leave the type's range.
  bool wraps = false;
};

static std::optional<IntegerOpcode> getIntegerOpcode(Operation *op) {
  using Result = std::optional<IntegerOpcode>;
  return TypeSwitch<Operation *, Result>(op)
      .Case([](arith::AddIOp) { return Result({Opcode::Add, false, true}); })
      .Case([](arith::SubIOp) { return Result({Opcode::Sub, false, true}); })
      .Case([](arith::MulIOp) { return Result({Opcode::Mul, false, true}); })
      .Case([](arith::DivSIOp) { return Result({Opcode::DivS, false, true}); })
      .Case([](arith::DivUIOp) { return Result({Opcode::DivU, true, true}); })
      .Case([](arith::RemSIOp) { return Result({Opcode::RemS}); })
      .Case([](arith::RemUIOp) { return Result({Opcode::RemU, true, true}); })
      .Case([](arith::CeilDivSIOp) {
        return Result({Opcode::CeilDivS, false, true});
      })
      .Case([](arith::CeilDivUIOp) {
        return Result({Opcode::CeilDivU, true, true});
      })
      .Case([](arith::FloorDivSIOp) {
        return Result({Opcode::FloorDivS, false, true});
      })
      .Case([](arith::MinSIOp) { return Result({Opcode::MinS}); })
      .Case([](arith::MaxSIOp) { return Result({Opcode::MaxS}); })
      .Case([](arith::MinUIOp) { return Result({Opcode::MinU, true, true}); })
      .Case([](arith::MaxUIOp) { return Result({Opcode::MaxU, true, true}); })
      .Case([](arith::AndIOp) { return Result({Opcode::And}); })
      .Case([](arith::OrIOp) { return Result({Opcode::Or}); })
      .Case([](arith::XOrIOp) { return Result({Opcode::Xor}); })
      .Case([](arith::ShLIOp) { return Result({Opcode::Shl, true, true}); })
      .Case([](arith::ShRSIOp) { return Result({Opcode::ShrS}); })
      .Case([](arith::ShRUIOp) { return Result({Opcode::ShrU, true, true}); })
      .Default(std::nullopt);
}

static std::optional<Opcode> getFloatOpcode(Operation *op) {
  using Result = std::optional<Opcode>;
  return TypeSwitch<Operation *, Result>(op)
      .Case([](arith::AddFOp) { return Opcode::FAdd; })
      .Case([](arith::SubFOp) { return Opcode::FSub; })
      .Case([](arith::MulFOp) { return Opcode::FMul; })
      .Case([](arith::DivFOp) { return Opcode::FDiv; })
      .Case([](arith::MinimumFOp) { return Opcode::FMin; })
      .Case([](arith::MaximumFOp) { return Opcode::FMax; })
      .Case([](arith::NegFOp) { return Opcode::FNeg; })
      .Case([](math::AbsFOp) { return Opcode::FAbs; })
      .Case([](math::SqrtOp) { return Opcode::FSqrt; })
      .Case([](math::SinOp) { return Opcode::FSin; })
      .Case([](math::CosOp) { return Opcode::FCos; })
      .Default(std::nullopt);
}

uint32_t ValueEmitter::append(Opcode opcode, uint32_t a, uint32_t b, uint32_t c,
                              uint64_t immediate, uint16_t modifier) {
  entry.program.push_back({opcode, modifier, a, b, c, immediate});
  return entry.program.size() - 1;
}

uint32_t ValueEmitter::constant(int64_t value) {
  return append(Opcode::ConstInt, 0, 0, 0, value);
}

void ValueEmitter::require(uint32_t condition, std::string text) {
  entry.strings.push_back(std::move(text));
  append(Opcode::Require, condition, entry.strings.size() - 1);
}

/// Brings a value back into its type's range, or zero-extends it for an
/// unsigned operation.
uint32_t ValueEmitter::extend(uint32_t value, Type type, bool isSigned) {
  unsigned width = getWidth(type);
  if (width == 64)
    return value;
  Opcode opcode = isSigned && width > 1 ? Opcode::ExtS : Opcode::ExtU;
  return append(opcode, value, 0, 0, 0, width);
}

FailureOr<uint32_t> ValueEmitter::emit(Value value) {
  auto found = numbers.find(value);
  if (found != numbers.end())
    return found->second;
  FailureOr<uint32_t> number = emitDefinition(value);
  if (succeeded(number))
    numbers[value] = *number;
  return number;
}

FailureOr<uint32_t> ValueEmitter::emitDefinition(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    uint32_t index = argument.getArgNumber();
    if (isa<MemRefType>(value.getType()))
      return function.emitError("expected argument ")
             << index << " to be used through its address, sizes and strides";
    return append(Opcode::Scalar, index);
  }
  Operation *op = value.getDefiningOp();
  if (isa<rt::ScratchOp, rt::EncodeTensorMapOp>(op))
    return op->emitError("expected no requirement, scratch size or tensor map "
                         "to depend on what is computed after it");
  if (isa<arith::ConstantOp>(op))
    return emitConstant(op);
  if (isa<rt::SmCountOp>(op))
    return append(Opcode::Multiprocessors);
  if (isa<rt::DataPointerOp, memref::DimOp, memref::ExtractStridedMetadataOp,
          memref::ExtractAlignedPointerAsIndexOp>(op))
    return emitMemRefQuery(value);
  if (getFloatOpcode(op) || isa<arith::CmpFOp>(op))
    return emitFloat(op);
  return emitInteger(op);
}

FailureOr<uint32_t> ValueEmitter::emitConstant(Operation *op) {
  Attribute attribute = cast<arith::ConstantOp>(op).getValue();
  if (auto number = dyn_cast<IntegerAttr>(attribute)) {
    bool isBool = number.getType().isInteger(1);
    const APInt &bits = number.getValue();
    if (isInteger(number.getType()))
      return constant(isBool ? bits.getZExtValue() : bits.getSExtValue());
  }
  if (auto number = dyn_cast<FloatAttr>(attribute)) {
    uint64_t bits = number.getValue().bitcastToAPInt().getZExtValue();
    if (number.getType().isF32())
      return append(Opcode::ConstF32, 0, 0, 0, bits);
    if (number.getType().isF64())
      return append(Opcode::ConstF64, 0, 0, 0, bits);
  }
  return op->emitError("expected a constant integer, f32 or f64, got ")
         << attribute;
}

/// The function's argument behind casts, or null.
static BlockArgument getArgument(Value memref) {
  while (auto cast = memref.getDefiningOp<memref::CastOp>())
    memref = cast.getSource();
  return dyn_cast<BlockArgument>(memref);
}

FailureOr<uint32_t> ValueEmitter::emitMemRefQuery(Value value) {
  Operation *op = value.getDefiningOp();
  BlockArgument argument = getArgument(op->getOperand(0));
  if (!argument)
    return op->emitError("expected the memref to be an argument of the "
                         "function");
  uint32_t index = argument.getArgNumber();
  if (isa<rt::DataPointerOp, memref::ExtractAlignedPointerAsIndexOp>(op))
    return append(Opcode::Data, index);
  if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> dimension = dim.getConstantIndex();
    if (!dimension)
      return op->emitError("expected a constant dimension");
    return append(Opcode::Size, index, *dimension);
  }
  // Results: base, offset, sizes, strides. The address of an argument is that
  // of its first element: its offset is 0.
  auto metadata = cast<memref::ExtractStridedMetadataOp>(op);
  if (value == metadata.getOffset())
    return constant(0);
  for (auto [d, size] : llvm::enumerate(metadata.getSizes()))
    if (value == size)
      return append(Opcode::Size, index, d);
  for (auto [d, stride] : llvm::enumerate(metadata.getStrides()))
    if (value == stride)
      return append(Opcode::Stride, index, d);
  return op->emitError("expected the base buffer to be unused");
}

FailureOr<uint32_t> ValueEmitter::emitCast(Operation *op, uint32_t operand) {
  Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  if (isa<arith::ExtFOp>(op) && from.isF32() && to.isF64())
    return append(Opcode::F32ToF64, operand);
  if (isa<arith::TruncFOp>(op) && from.isF64() && to.isF32())
    return append(Opcode::F64ToF32, operand);
  if (isa<arith::SIToFPOp>(op) && isInteger(from) && getWidth(from) > 1) {
    if (to.isF32())
      return append(Opcode::IntToF32, operand);
    if (to.isF64())
      return append(Opcode::IntToF64, operand);
  }
  if (isInteger(from) && isInteger(to)) {
    bool narrows = getWidth(to) < getWidth(from);
    // i1 holds 0 or 1: its sign extension is the negation.
    if (isa<arith::ExtSIOp, arith::IndexCastOp>(op) && !narrows)
      return getWidth(from) == 1 && getWidth(to) != 1
                 ? append(Opcode::Sub, constant(0), operand)
                 : operand;
    if (isa<arith::ExtUIOp, arith::IndexCastUIOp>(op) && !narrows)
      return extend(operand, from, /*isSigned=*/false);
    if (isa<arith::TruncIOp, arith::IndexCastOp, arith::IndexCastUIOp>(op))
      return extend(operand, to, /*isSigned=*/true);
  }
  return op->emitError("expected an operation that a kernel object's program "
                       "can express");
}

FailureOr<uint32_t> ValueEmitter::emitInteger(Operation *op) {
  SmallVector<uint32_t, 3> operands;
  for (Value operand : op->getOperands()) {
    if (isa<MemRefType>(operand.getType()))
      return op->emitError("expected an operation that a kernel object's "
                           "program can express");
    FailureOr<uint32_t> number = emit(operand);
    if (failed(number))
      return failure();
    operands.push_back(*number);
  }
  if (isa<arith::SelectOp>(op))
    return append(Opcode::Select, operands[0], operands[1], operands[2]);
  if (operands.size() == 1 && op->getNumResults() == 1)
    return emitCast(op, operands[0]);
  Type type = op->getNumOperands() ? op->getOperand(0).getType() : Type();
  auto compare = dyn_cast<arith::CmpIOp>(op);
  std::optional<IntegerOpcode> known = getIntegerOpcode(op);
  if ((!known && !compare) || !isInteger(type))
    return op->emitError("expected an operation that a kernel object's "
                         "program can express");
  auto predicate = compare ? compare.getPredicate() : arith::CmpIPredicate::eq;
  bool isUnsigned =
      compare ? predicate >= arith::CmpIPredicate::ult : known->isUnsigned;
  // Signed operations on i1, where 1 means -1, are not worth their code.
  bool isSigned = compare ? predicate >= arith::CmpIPredicate::slt &&
                                predicate <= arith::CmpIPredicate::sge
                          : false;
  if (type.isInteger(1) &&
      (isSigned ||
       !(compare || isa<arith::AndIOp, arith::OrIOp, arith::XOrIOp>(op))))
    return op->emitError("expected and, or, xor or an equality on i1");
  if (isUnsigned)
    for (uint32_t &operand : operands)
      operand = extend(operand, type, /*isSigned=*/false);
  // The numbers of the predicates are the same.
  if (compare)
    return append(Opcode::CmpInt, operands[0], operands[1], 0, 0,
                  static_cast<uint16_t>(predicate));
  uint32_t result = append(known->opcode, operands[0], operands[1]);
  return known->wraps ? extend(result, type, /*isSigned=*/true) : result;
}

FailureOr<uint32_t> ValueEmitter::emitFloat(Operation *op) {
  Type type = op->getOperand(0).getType();
  if (!type.isF32() && !type.isF64())
    return op->emitError("expected f32 or f64, got ") << type;
  SmallVector<uint32_t, 2> operands;
  for (Value operand : op->getOperands()) {
    FailureOr<uint32_t> number = emit(operand);
    if (failed(number))
      return failure();
    operands.push_back(*number);
  }
  operands.resize(2, 0);
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    return append(Opcode::CmpFloat, operands[0], operands[1], 0, 0,
                  static_cast<uint16_t>(compare.getPredicate()));
  return append(*getFloatOpcode(op), operands[0], operands[1]);
}
