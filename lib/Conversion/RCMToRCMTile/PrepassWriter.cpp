//===- PrepassWriter.cpp - What the pre-pass kernels share
//------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "PrepassWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace rcm::tile;
using Values = KernelBuilder::Values;

void rcm::tile::addOperandParameters(KernelParameters &list, StringRef name,
                                     const PrepassOperand &operand,
                                     MLIRContext *context) {
  Type i64 = IntegerType::get(context, 64);
  list.push_back(
      {name.str(), MemRefType::get({ShapedType::kDynamic}, operand.element)});
  for (char dim : StringRef("bhnd"))
    list.push_back({(name + "_stride_" + Twine(dim)).str(), i64});
  list.push_back({(name + "_heads").str(), i64});
}

KernelBuilder::Values rcm::tile::elementsOf(KernelBuilder &b, Value vector) {
  KernelBuilder::Values values;
  int64_t count = cast<VectorType>(vector.getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i)
    values.push_back(vector::ExtractOp::create(b, vector, i));
  return values;
}

Value rcm::tile::magnitude(KernelBuilder &b, Value value) {
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), value);
  return b.bitAnd(bits, 0x7FFFFFFF);
}

Value rcm::tile::asFloat(KernelBuilder &b, Value bits) {
  return arith::BitcastOp::create(b, b.getF32Type(), bits);
}

Value rcm::tile::maxUnsigned(KernelBuilder &b, Value a, Value other) {
  return arith::MaxUIOp::create(b, a, other);
}

OperandReader::OperandReader(KernelBuilder &b, StringRef name,
                             const PrepassOperand &operand, Value head)
    : b(b), name(name), operand(operand) {
  ThreadGrid grid(operand.paddedColumns);
  Value thread = b.id(IdKind::Thread);
  firstRow = b.div(thread, b.i32(grid.chunks));
  firstColumn = b.mul(b.rem(thread, b.i32(grid.chunks)), kChunk);
  Value heads = b.parameter32((name + "_heads").str());
  Value batch = b.div(head, heads);
  Value inBatch = b.rem(head, heads);
  base = b.add(b.mul(b.wide(batch), b.parameter((name + "_stride_b").str())),
               b.mul(b.wide(inBatch), b.parameter((name + "_stride_h").str())));
}

Value OperandReader::toF32(Value value) {
  Type type = value.getType();
  auto vector = dyn_cast<VectorType>(type);
  Type element = vector ? vector.getElementType() : type;
  if (element.isF32())
    return value;
  Type target = b.getF32Type();
  if (vector)
    target = VectorType::get(vector.getShape(), target);
  return arith::ExtFOp::create(b, target, value);
}

int64_t OperandReader::perLoad() const {
  // 16 bytes per load; aligned columns end at a multiple of that.
  return operand.aligned ? 128 / operand.element.getIntOrFloatBitWidth() : 1;
}

OperandReader::Values OperandReader::load(Value row) {
  Value start =
      b.add(base, b.mul(b.wide(row), b.parameter(name + "_stride_n")));
  int64_t count = perLoad();
  Type type = operand.element;
  if (count > 1)
    type = VectorType::get(count, operand.element);
  bool padded = operand.columns < operand.paddedColumns;
  Values loaded;
  for (int64_t i = 0; i < kChunk; i += count) {
    Value column = b.add(firstColumn, i);
    if (padded)
      column = b.select(b.less(column, b.i32(operand.columns)), column,
                        b.i32(0));
    Value at = b.wide(column);
    if (count == 1)
      at = b.mul(at, b.parameter(name + "_stride_d"));
    loaded.push_back(b.load(b.parameter(name), b.add(start, at), type));
  }
  return loaded;
}

OperandReader::Values OperandReader::widen(const Values &loaded) {
  bool padded = operand.columns < operand.paddedColumns;
  Values result;
  for (auto [index, value] : llvm::enumerate(loaded)) {
    Value column = b.add(firstColumn, static_cast<int64_t>(index) * perLoad());
    Value inside = b.less(column, b.i32(operand.columns));
    Value wide = toF32(value);
    Values elements = isa<VectorType>(wide.getType()) ? elementsOf(b, wide)
                                                      : Values{wide};
    for (Value element : elements)
      result.push_back(padded ? b.select(inside, element, b.f32(0)) : element);
  }
  return result;
}

Value rcm::tile::statisticsBuffer(KernelBuilder &b, const PrepassSpec &spec,
                                  int64_t count) {
  auto type = SharedType::get({count}, b.getF32Type(), 0);
  return b.shared(type, spec.value.paddedColumns * kPrepassTile, b.i32(0), 0);
}

Values rcm::tile::loadColumns(KernelBuilder &b, Value buffer, Value first) {
  Values values;
  for (int64_t i = 0; i < kChunk; ++i)
    values.push_back(b.load(buffer, b.add(first, i), b.getF32Type()));
  return values;
}
