//===- CodeBuilder.cpp - short names for emitted arithmetic ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/Utils/CodeBuilder.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace rcm;

Value CodeBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}

Value CodeBuilder::add(Value a, Value b) {
  return createOrFold<arith::AddIOp>(a, b);
}
Value CodeBuilder::sub(Value a, Value b) {
  return createOrFold<arith::SubIOp>(a, b);
}
Value CodeBuilder::mul(Value a, Value b) {
  return createOrFold<arith::MulIOp>(a, b);
}
// Operands are never negative: unsigned division is cheaper.
Value CodeBuilder::div(Value a, Value b) {
  return createOrFold<arith::DivUIOp>(a, b);
}
Value CodeBuilder::rem(Value a, Value b) {
  return createOrFold<arith::RemUIOp>(a, b);
}
Value CodeBuilder::min(Value a, Value b) {
  return createOrFold<arith::MinSIOp>(a, b);
}
Value CodeBuilder::max(Value a, Value b) {
  return createOrFold<arith::MaxSIOp>(a, b);
}
Value CodeBuilder::ceilDiv(Value a, int64_t b) {
  return div(add(a, b - 1), index(b));
}
Value CodeBuilder::less(Value a, Value b) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, a, b);
}

Value CodeBuilder::constant(Type type, double value) {
  TypedAttr scalar = getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(
        *this, DenseElementsAttr::get(shaped, Attribute(scalar)));
  return arith::ConstantOp::create(*this, scalar);
}

Value CodeBuilder::addf(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}
Value CodeBuilder::subf(Value a, Value b) {
  return arith::SubFOp::create(*this, a, b);
}
Value CodeBuilder::mulf(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}
Value CodeBuilder::fma(Value a, Value b, Value c) {
  auto contract = arith::FastMathFlags::contract;
  Value product = arith::MulFOp::create(*this, a, b, contract);
  return arith::AddFOp::create(*this, product, c, contract);
}

Value CodeBuilder::maxKeepingSecond(Value a, Value b) {
  Value larger =
      arith::CmpFOp::create(*this, arith::CmpFPredicate::OGT, a, b);
  return arith::SelectOp::create(*this, larger, a, b);
}

Value CodeBuilder::convert(Value value, Type elementType) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from == elementType)
    return value;
  Type to = elementType;
  if (auto shaped = dyn_cast<VectorType>(value.getType()))
    to = shaped.clone(elementType);
  if (from.getIntOrFloatBitWidth() < elementType.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(*this, to, value);
  if (from.getIntOrFloatBitWidth() > elementType.getIntOrFloatBitWidth())
    return arith::TruncFOp::create(*this, to, value);
  // f16 and bf16: through f32, which holds both.
  return convert(convert(value, getF32Type()), elementType);
}

Value CodeBuilder::splat(Value scalar, VectorType type) {
  return vector::BroadcastOp::create(*this, type, scalar);
}

// log2(n) rounds of interleaving row i with row i + n/2.
SmallVector<Value> CodeBuilder::transpose(ValueRange rows) {
  int64_t count = rows.size();
  SmallVector<int64_t> low, high;
  for (int64_t i = 0; i < count / 2; ++i) {
    low.append({i, count + i});
    high.append({count / 2 + i, count + count / 2 + i});
  }
  SmallVector<Value> current(rows);
  for (int64_t round = 1; round < count; round *= 2) {
    SmallVector<Value> next;
    for (int64_t i = 0; i < count / 2; ++i)
      for (ArrayRef<int64_t> mask : {ArrayRef(low), ArrayRef(high)})
        next.push_back(vector::ShuffleOp::create(
            *this, current[i], current[i + count / 2], mask));
    current = std::move(next);
  }
  return current;
}

Value CodeBuilder::load(Value buffer, Value index) {
  return memref::LoadOp::create(*this, buffer, index);
}
Value CodeBuilder::loadVector(VectorType type, Value buffer, Value index) {
  return vector::LoadOp::create(*this, type, buffer, index);
}
Value CodeBuilder::loadSplat(VectorType type, Value buffer, Value index) {
  return splat(load(buffer, index), type);
}
void CodeBuilder::store(Value value, Value buffer, Value index) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(*this, value, buffer, index);
  else
    memref::StoreOp::create(*this, value, buffer, index);
}

void CodeBuilder::loop(Value low, Value high, int64_t step, LoopBody body) {
  loop(low, high, step, ValueRange(),
       [&](Value i, ValueRange) -> SmallVector<Value> {
         body(i);
         return {};
       });
}

SmallVector<Value> CodeBuilder::loop(Value low, Value high, int64_t step,
                                     ValueRange inits, ReducingBody body) {
  auto loop = scf::ForOp::create(*this, low, high, index(step), inits);
  OpBuilder::InsertionGuard guard(*this);
  if (inits.empty()) {
    setInsertionPoint(loop.getBody()->getTerminator());
    body(loop.getInductionVar(), {});
    return {};
  }
  setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(*this, results);
  return SmallVector<Value>(loop.getResults());
}

void CodeBuilder::ifThen(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  body();
}
