//===- KernelBuilder.cpp - Writes kernels of tile operations
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

gpu::GPUFuncOp KernelBuilder::beginKernel(gpu::GPUModuleOp module,
                                          StringRef name,
                                          const KernelParameters &list,
                                          int64_t threads) {
  setInsertionPointToEnd(module.getBody());
  SmallVector<Type> types;
  for (const KernelParameter &parameter : list)
    types.push_back(parameter.type);
  auto kernel =
      gpu::GPUFuncOp::create(*this, name, getFunctionType(types, TypeRange()));
  kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), getUnitAttr());
  kernel.setKnownBlockSize(
      ArrayRef<int32_t>{static_cast<int32_t>(threads), 1, 1});
  setInsertionPointToStart(&kernel.getBody().front());
  gpu::ReturnOp::create(*this);
  setInsertionPointToStart(&kernel.getBody().front());
  parameters.clear();
  for (auto [parameter, value] : llvm::zip(list, kernel.getArguments()))
    parameters[parameter.name] = value;
  return kernel;
}

Value KernelBuilder::parameter(StringRef name) const {
  auto found = parameters.find(name);
  if (found == parameters.end())
    llvm::report_fatal_error("kernel has no parameter " + name);
  return found->second;
}

Value KernelBuilder::parameter32(StringRef name) {
  return narrow(parameter(name));
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

Value KernelBuilder::i32(int64_t value) {
  return arith::ConstantIntOp::create(*this, value, 32);
}
Value KernelBuilder::i64(int64_t value) {
  return arith::ConstantIntOp::create(*this, value, 64);
}
Value KernelBuilder::f32(double value) {
  return arith::ConstantOp::create(*this, getF32FloatAttr(value));
}
/// A constant of `like`'s width.
static Value constantLike(KernelBuilder &b, Value like, int64_t value) {
  return like.getType().isInteger(64) ? b.i64(value) : b.i32(value);
}
Value KernelBuilder::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}
Value KernelBuilder::add(Value a, int64_t b) {
  return b == 0 ? a : add(a, constantLike(*this, a, b));
}
Value KernelBuilder::sub(Value a, Value b) {
  return arith::SubIOp::create(*this, a, b);
}
Value KernelBuilder::mul(Value a, Value b) {
  return arith::MulIOp::create(*this, a, b);
}
Value KernelBuilder::mul(Value a, int64_t b) {
  return mul(a, constantLike(*this, a, b));
}
Value KernelBuilder::div(Value a, Value b) {
  return arith::DivUIOp::create(*this, a, b);
}
Value KernelBuilder::rem(Value a, Value b) {
  return arith::RemUIOp::create(*this, a, b);
}
Value KernelBuilder::shr(Value a, int64_t bits) {
  return arith::ShRUIOp::create(*this, a, constantLike(*this, a, bits));
}
Value KernelBuilder::bitAnd(Value a, int64_t mask) {
  return arith::AndIOp::create(*this, a, constantLike(*this, a, mask));
}
Value KernelBuilder::flip(Value parity) {
  return arith::XOrIOp::create(*this, parity, i32(1));
}
Value KernelBuilder::minimum(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}
Value KernelBuilder::maximum(Value a, Value b) {
  return arith::MaxSIOp::create(*this, a, b);
}
Value KernelBuilder::select(Value c, Value a, Value b) {
  return arith::SelectOp::create(*this, c, a, b);
}
Value KernelBuilder::equal(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, b);
}
Value KernelBuilder::equal(Value a, int64_t b) {
  return equal(a, constantLike(*this, a, b));
}
Value KernelBuilder::less(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, a, b);
}
Value KernelBuilder::atLeast(Value a, int64_t b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::sge, a,
                               constantLike(*this, a, b));
}
Value KernelBuilder::wide(Value a) {
  return arith::ExtSIOp::create(*this, getI64Type(), a);
}
Value KernelBuilder::narrow(Value a) {
  return arith::TruncIOp::create(*this, getI32Type(), a);
}
Value KernelBuilder::mulf(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}
Value KernelBuilder::addf(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}
Value KernelBuilder::subf(Value a, Value b) {
  return arith::SubFOp::create(*this, a, b);
}
Value KernelBuilder::divf(Value a, Value b) {
  return arith::DivFOp::create(*this, a, b);
}
Value KernelBuilder::fmaf(Value a, Value b, Value c) {
  return math::FmaOp::create(*this, a, b, c);
}
Value KernelBuilder::greaterf(Value a, Value b) {
  return arith::CmpFOp::create(*this, arith::CmpFPredicate::OGT, a, b);
}
Value KernelBuilder::equalf(Value a, Value b) {
  return arith::CmpFOp::create(*this, arith::CmpFPredicate::OEQ, a, b);
}
Value KernelBuilder::exp2(Value a) { return Exp2Op::create(*this, a); }
Value KernelBuilder::reciprocal(Value a) {
  return ReciprocalOp::create(*this, a);
}

//===----------------------------------------------------------------------===//
// Roles, memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::id(IdKind kind) { return IdOp::create(*this, kind); }

Value KernelBuilder::barrier(int64_t offset, Value index) {
  return BarrierAtOp::create(*this, offset, index);
}

Value KernelBuilder::shared(SharedType type, int64_t offset, Value index,
                            int64_t stride) {
  return SharedAtOp::create(*this, type, offset, index, stride);
}

void KernelBuilder::wait(Value barrier, Value parity) {
  BarrierWaitOp::create(*this, barrier, parity);
}

Value KernelBuilder::load(Value memory, Value index, Type type) {
  // Every buffer that kernels read element by element was written before.
  bool constant = isa<MemRefType>(memory.getType());
  return LoadOp::create(*this, type, memory, index, constant);
}

void KernelBuilder::store(Value value, Value memory, Value index) {
  StoreOp::create(*this, value, memory, index);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void KernelBuilder::ifThen(Value condition, function_ref<void()> then) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  then();
}

void KernelBuilder::ifElse(Value condition, function_ref<void()> then,
                           function_ref<void()> otherwise) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/true);
  InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  then();
  setInsertionPointToStart(op.elseBlock());
  otherwise();
}

KernelBuilder::Values
KernelBuilder::forLoop(Value from, Value to, Value step, ValueRange carried,
                       function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(
      *this, from, to, step, carried,
      [&](OpBuilder &, Location, Value index, ValueRange values) {
        InsertionGuard guard(*this);
        setInsertionPointToEnd(index.getParentBlock());
        Values next = body(index, values);
        scf::YieldOp::create(*this, next);
      });
  return Values(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

FragmentType KernelBuilder::accumulator(int64_t columns, Type element) {
  return FragmentType::get({layouts::kGroupRows, columns}, element,
                           Layout::WgmmaAccumulator);
}
FragmentType KernelBuilder::rows() {
  return FragmentType::get({layouts::kGroupRows}, getF32Type(),
                           Layout::WgmmaRows);
}
FragmentType KernelBuilder::leadRows() {
  return FragmentType::get({layouts::kGroupRows}, getF32Type(),
                           Layout::WgmmaLeadRows);
}
FragmentType KernelBuilder::columns(int64_t count) {
  return FragmentType::get({count}, getF32Type(), Layout::WgmmaColumns);
}

Value KernelBuilder::splat(double value, FragmentType type) {
  return SplatOp::create(*this, type, f32(value));
}

Value KernelBuilder::slice(Value source, int64_t column, int64_t count) {
  auto type = cast<FragmentType>(source.getType());
  return SliceOp::create(*this, accumulator(count, type.getElementType()),
                         source, column);
}

Value KernelBuilder::map(FragmentType type, ValueRange inputs,
                         function_ref<Value(ValueRange)> function) {
  auto op = MapOp::create(*this, type, inputs);
  InsertionGuard guard(*this);
  SmallVector<Type> elements;
  for (Value input : inputs) {
    auto fragment = dyn_cast<FragmentType>(input.getType());
    elements.push_back(fragment ? fragment.getElementType() : input.getType());
  }
  Block *block = createBlock(&op.getBody(), {}, elements,
                             SmallVector<Location>(elements.size(), getLoc()));
  Value result = function(block->getArguments());
  YieldOp::create(*this, ValueRange(result));
  return op;
}
