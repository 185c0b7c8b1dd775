//===- ScalarLowering.cpp - Scalar functions and packed numbers
//-------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

using namespace mlir;
using namespace rcm::tile;

/// Adding 1.5 * 2^23 to a float of magnitude below 2^22 rounds it to an integer
/// (nearest even) and leaves that integer in the low mantissa bits.
static constexpr double kRoundingConstant = 12582912.0;

Value rcm::tile::packInt8(ArrayRef<Value> values, Value factor, Emitter &e) {
  Value magic = e.constantF(kRoundingConstant);
  SmallVector<Value> integers;
  for (Value value : values)
    integers.push_back(
        e.bitcast(e.make<LLVM::FMAOp>(value, factor, magic), e.i32()));
  PTXBlock ptx(e.rewriter, e.loc);
  auto result = ptx.write(e.i32());
  auto v = ptx.read(ValueRange(integers));
  ptx.line("{ .reg .b32 low, high; prmt.b32 low, " + v[0] + ", " + v[1] +
           ", 0x0040; prmt.b32 high, " + v[2] + ", " + v[3] +
           ", 0x0040; prmt.b32 " + result + ", low, high, 0x5410; }");
  return ptx.emit(/*sideEffects=*/false)[0];
}

Value rcm::tile::packE4M3(Value low, Value high, Emitter &e) {
  return NVVM::ConvertF32x2ToF8x2Op::create(
      e.rewriter, e.loc, e.i16(), high, low, NVVM::FPRoundingMode::RN,
      NVVM::SaturationMode::SATFINITE, /*relu=*/false,
      Float8E4M3FNType::get(e.rewriter.getContext()));
}

Value rcm::tile::joinHalves(Value low, Value high, Emitter &e) {
  auto pair = VectorType::get(2, e.i16());
  Value vector = e.make<LLVM::PoisonOp>(pair);
  vector = e.make<LLVM::InsertElementOp>(vector, low, e.constant(0));
  vector = e.make<LLVM::InsertElementOp>(vector, high, e.constant(1));
  return e.bitcast(vector, e.i32());
}

static Lowered lowerShuffleXor(ShuffleXorOp op, Operands<ShuffleXorOp> in,
                               Emitter &e) {
  return SmallVector<Value>{e.shuffle(NVVM::ShflKind::bfly, in.getSource()[0],
                                      e.constant(op.getMask()))};
}

static Lowered lowerPackInt8(PackInt8Op op, Operands<PackInt8Op> in,
                             Emitter &e) {
  return SmallVector<Value>{
      packInt8({in.getA()[0], in.getB()[0], in.getC()[0], in.getD()[0]},
               in.getFactor()[0], e)};
}

static Lowered lowerPackE4M3(PackE4M3Op op, Operands<PackE4M3Op> in,
                             Emitter &e) {
  return SmallVector<Value>{joinHalves(packE4M3(in.getA()[0], in.getB()[0], e),
                                       packE4M3(in.getC()[0], in.getD()[0], e),
                                       e)};
}

static Lowered lowerUnpackE4M3(UnpackE4M3Op op, Operands<UnpackE4M3Op> in,
                               Emitter &e) {
  // Every e4m3 number is an f16 number.
  PTXBlock ptx(e.rewriter, e.loc);
  auto result = ptx.write(e.f32());
  auto source = ptx.read(in.getSource()[0]);
  int64_t pair = op.getIndex() / 2, half = op.getIndex() % 2;
  ptx.line("{ .reg .b16 l, h; .reg .b32 w; mov.b32 {l, h}, " + source +
           "; cvt.rn.f16x2.e4m3x2 w, " + (pair ? "h" : "l") +
           "; mov.b32 {l, h}, w; cvt.f32.f16 " + result + ", " +
           (half ? "h" : "l") + "; }");
  return ptx.emit(/*sideEffects=*/false);
}

template <typename OpT>
static Lowered lowerUnary(OpT, Operands<OpT> in, Emitter &e) {
  StringRef name = "llvm.nvvm.ex2.approx.ftz.f";
  if (std::is_same_v<OpT, Log2Op>)
    name = "llvm.nvvm.lg2.approx.ftz.f";
  else if (std::is_same_v<OpT, ReciprocalOp>)
    name = "llvm.nvvm.rcp.approx.ftz.f";
  return SmallVector<Value>{e.unaryIntrinsic(name, in.getSource()[0])};
}

void rcm::tile::populateScalarLowerings(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  addLowering<ShuffleXorOp>(converter, patterns, lowerShuffleXor);
  addLowering<PackInt8Op>(converter, patterns, lowerPackInt8);
  addLowering<PackE4M3Op>(converter, patterns, lowerPackE4M3);
  addLowering<UnpackE4M3Op>(converter, patterns, lowerUnpackE4M3);
  addLowering<Exp2Op>(converter, patterns, lowerUnary<Exp2Op>);
  addLowering<Log2Op>(converter, patterns, lowerUnary<Log2Op>);
  addLowering<ReciprocalOp>(converter, patterns, lowerUnary<ReciprocalOp>);
}
