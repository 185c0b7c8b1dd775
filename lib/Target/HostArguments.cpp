//===- HostArguments.cpp - Arguments of host functions --------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HostProgram.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace rcm;
using rcm::object::Opcode;

static std::optional<object::ElementType> getElementType(Type type) {
  using object::ElementType;
  if (type.isF16())
    return ElementType::F16;
  if (type.isBF16())
    return ElementType::BF16;
  if (type.isF32())
    return ElementType::F32;
  if (type.isF64())
    return ElementType::F64;
  if (isa<Float8E4M3FNType>(type))
    return ElementType::F8E4M3;
  if (type.isInteger(1))
    return ElementType::I1;
  if (type.isInteger(8))
    return ElementType::I8;
  if (type.isInteger(16))
    return ElementType::I16;
  if (type.isInteger(32))
    return ElementType::I32;
  if (type.isInteger(64) || type.isIndex())
    return ElementType::I64;
  return std::nullopt;
}

static LogicalResult addArgument(func::FuncOp function, BlockArgument value,
                                 object::Entry &entry) {
  unsigned index = value.getArgNumber();
  Type type = value.getType();
  auto memref = dyn_cast<MemRefType>(type);
  std::optional<object::ElementType> element =
      getElementType(memref ? memref.getElementType() : type);
  int64_t offset = 0;
  SmallVector<int64_t> strides;
  bool isScalar = !memref && (type.isF32() || type.isF64() || type.isIndex() ||
                              type.isInteger(32) || type.isInteger(64));
  bool isTensor = memref && element && memref.getRank() <= object::kMaxRank &&
                  succeeded(memref.getStridesAndOffset(strides, offset));
  if (!isScalar && !isTensor)
    return function.emitError("expected argument ")
           << index << " to be a strided memref of rank 0 to "
           << object::kMaxRank << " or a 32 or 64 bit scalar, got " << type;
  object::Argument argument;
  auto getText = [&](StringRef name) {
    return function.getArgAttrOfType<StringAttr>(index, name);
  };
  StringAttr name = getText(rt::kNameAttr);
  argument.name = name ? name.str() : "arg" + std::to_string(index);
  argument.kind =
      isScalar ? object::ArgumentKind::Scalar : object::ArgumentKind::Tensor;
  if (StringAttr direction = getText(rt::kDirectionAttr))
    argument.direction =
        llvm::StringSwitch<object::Direction>(direction.getValue())
            .Case("out", object::Direction::Out)
            .Case("inout", object::Direction::InOut)
            .Default(object::Direction::In);
  if (isScalar && argument.direction != object::Direction::In)
    return function.emitError("expected scalar argument ")
           << index << " to be an input";
  argument.type = *element;
  argument.alignment = object::getElementBytes(*element);
  if (auto alignment =
          function.getArgAttrOfType<IntegerAttr>(index, rt::kAlignmentAttr))
    argument.alignment = alignment.getInt();
  if (memref)
    argument.sizes.assign(memref.getShape().begin(), memref.getShape().end());
  argument.strides.assign(strides.begin(), strides.end());
  entry.arguments.push_back(std::move(argument));
  return success();
}

LogicalResult rcm::addArguments(func::FuncOp function, object::Entry &entry) {
  for (BlockArgument argument : function.getArguments())
    if (failed(addArgument(function, argument, entry)))
      return failure();
  return success();
}

/// Kernels compute the strides of a memref with the identity layout from its
/// sizes, so other strides must not come in. Strides that sizes fix are compared
/// by the runtime.
static void requireDense(BlockArgument value, const object::Entry &entry,
                         ValueEmitter &values) {
  auto memref = dyn_cast<MemRefType>(value.getType());
  if (!memref || !memref.getLayout().isIdentity() || memref.getRank() == 0)
    return;
  uint32_t argument = value.getArgNumber();
  auto compare = [&](uint32_t a, uint32_t b, object::IntPredicate predicate) {
    return values.append(Opcode::CmpInt, a, b, 0, 0,
                         static_cast<uint16_t>(predicate));
  };
  SmallVector<uint32_t> sizes;
  uint32_t zero = values.constant(0), one = values.constant(1);
  uint32_t isEmpty = zero;
  for (int64_t dim = 0; dim < memref.getRank(); ++dim) {
    sizes.push_back(values.append(Opcode::Size, argument, dim));
    isEmpty = values.append(
        Opcode::Or, isEmpty,
        compare(sizes.back(), zero, object::IntPredicate::EQ));
  }
  uint32_t dense = one;
  for (int64_t dim = memref.getRank(); dim-- > 0;) {
    if (entry.arguments[argument].strides[dim] == object::kDynamic) {
      uint32_t stride = values.append(Opcode::Stride, argument, dim);
      uint32_t fits = compare(stride, dense, object::IntPredicate::EQ);
      uint32_t isUnused =
          compare(sizes[dim], one, object::IntPredicate::SLE);
      fits = values.append(Opcode::Or, fits, isUnused);
      values.require(values.append(Opcode::Or, fits, isEmpty),
              "expected `" + entry.arguments[argument].name +
                  "` to be dense and row-major");
    }
    dense = values.append(Opcode::Mul, dense, sizes[dim]);
  }
}

void rcm::requireDenseArguments(func::FuncOp function,
                                const object::Entry &entry,
                                ValueEmitter &values) {
  for (BlockArgument argument : function.getArguments())
    requireDense(argument, entry, values);
}
