//===- Emitter.cpp - Scalar code of the tile lowerings
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

static constexpr int kFullMask = -1;
static constexpr int kShuffleClamp = layouts::kWarp - 1;

Value Emitter::constant(int64_t value) {
  return LLVM::ConstantOp::create(rewriter, loc, i32(),
                                  rewriter.getI32IntegerAttr(value));
}

Value Emitter::constant64(int64_t value) {
  return LLVM::ConstantOp::create(rewriter, loc, i64(),
                                  rewriter.getI64IntegerAttr(value));
}

Value Emitter::constantF(double value) {
  return LLVM::ConstantOp::create(rewriter, loc, f32(),
                                  rewriter.getF32FloatAttr(value));
}

Value Emitter::add(Value a, int64_t b) {
  return b == 0 ? a : add(a, constant(b));
}

Value Emitter::mul(Value a, int64_t b) {
  return make<LLVM::MulOp>(a, constant(b));
}

Value Emitter::shl(Value a, int64_t bits) {
  return make<LLVM::ShlOp>(a, constant(bits));
}

Value Emitter::shr(Value a, int64_t bits) {
  return make<LLVM::LShrOp>(a, constant(bits));
}

Value Emitter::bitAnd(Value a, int64_t mask) {
  return make<LLVM::AndOp>(a, constant(mask));
}

Value Emitter::extend64(Value value) {
  if (value.getType().isInteger(64))
    return value;
  return make<LLVM::SExtOp>(i64(), value);
}

Value Emitter::unaryIntrinsic(StringRef name, Value value) {
  return LLVM::CallIntrinsicOp::create(rewriter, loc, f32(),
                                       rewriter.getStringAttr(name), value)
      ->getResult(0);
}

Value Emitter::mulDown(Value a, Value b) {
  return LLVM::CallIntrinsicOp::create(
             rewriter, loc, f32(),
             rewriter.getStringAttr("llvm.nvvm.mul.rm.ftz.f"), ValueRange{a, b})
      ->getResult(0);
}

Value Emitter::offsetBytes(Value base, Value bytes) {
  return LLVM::GEPOp::create(rewriter, loc, base.getType(),
                             rewriter.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{bytes});
}

Value Emitter::offsetBytes(Value base, int64_t bytes) {
  if (bytes == 0)
    return base;
  return LLVM::GEPOp::create(
      rewriter, loc, base.getType(), rewriter.getI8Type(), base,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
}

Value Emitter::sharedAddress(Value pointer) {
  return make<LLVM::PtrToIntOp>(i32(), pointer);
}

Value Emitter::load(Type type, Value pointer, unsigned alignment) {
  return LLVM::LoadOp::create(rewriter, loc, type, pointer, alignment);
}

void Emitter::store(Value value, Value pointer, unsigned alignment) {
  LLVM::StoreOp::create(rewriter, loc, value, pointer, alignment);
}

Value Emitter::thread() {
  return position ? position : make<NVVM::ThreadIdXOp>(i32());
}

Value Emitter::lane() { return bitAnd(thread(), layouts::kWarp - 1); }

Value Emitter::warpInGroup() {
  return bitAnd(shr(thread(), llvm::Log2_32(layouts::kWarp)), 3);
}

Value Emitter::quadRow() { return shr(lane(), 2); }

Value Emitter::quadColumn() { return bitAnd(thread(), 3); }

Value Emitter::shuffle(NVVM::ShflKind kind, Value value, Value offset) {
  return NVVM::ShflOp::create(rewriter, loc, value.getType(),
                              constant(kFullMask), value, offset,
                              constant(kShuffleClamp), kind, UnitAttr());
}

Value Emitter::swizzledChunk(int64_t swizzle, Value row, Value chunk) {
  int64_t rowsPerLine = 128 / swizzle;
  Value line = bitAnd(shr(row, llvm::Log2_64(rowsPerLine)), swizzle / 16 - 1);
  Value permuted = shl(bitXor(chunk, line), 4);
  return add(mul(row, swizzle), permuted);
}
