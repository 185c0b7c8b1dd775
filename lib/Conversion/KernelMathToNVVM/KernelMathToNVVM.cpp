//===- KernelMathToNVVM.cpp - math functions of kernels without libdevice
//-------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "F64Functions.h"
#include "rcm/Conversion/KernelMathToNVVM.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"
#include <cmath>

namespace rcm {
#define GEN_PASS_DEF_CONVERTKERNELMATHTONVVM
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

namespace {

constexpr double kLog2E = 1.4426950408889634074;
constexpr double kLn2 = 0.69314718055994530942;
constexpr double kLog10E = 0.43429448190325182765;

/// What LLVM's NVPTX target has as an instruction, by intrinsic name.
template <typename OpTy> struct ToIntrinsic : OpRewritePattern<OpTy> {
  ToIntrinsic(MLIRContext *context, StringRef name)
      : OpRewritePattern<OpTy>(context), name(name) {}
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!type.isF32() && !type.isF64())
      return rewriter.notifyMatchFailure(op, "expected f32 or f64 scalars");
    std::string full = name + (type.isF32() ? ".f32" : ".f64");
    rewriter.replaceOpWithNewOp<LLVM::CallIntrinsicOp>(
        op, type, rewriter.getStringAttr(full), op->getOperands());
    return success();
  }
  std::string name;
};

Value callIntrinsic(ImplicitLocOpBuilder &b, StringRef name, Value x) {
  return LLVM::CallIntrinsicOp::create(b, x.getType(), b.getStringAttr(name),
                                       ValueRange{x})
      .getResult(0);
}

Value number(ImplicitLocOpBuilder &b, Type type, double v) {
  return arith::ConstantOp::create(b, b.getFloatAttr(type, v));
}

/// e^x in f32 by the special-function unit, 2 ulp: the rounding error of
/// x * log2(e) is computed by an fma and put back as a factor 1 + error * ln 2.
Value emitExpF32(ImplicitLocOpBuilder &b, Value x) {
  Type f32 = x.getType();
  auto constant = [&](double v) { return number(b, f32, v); };
  const float high = static_cast<float>(kLog2E);
  // Outside, the result is 0 or inf; NaN passes both.
  Value clamped = arith::MaximumFOp::create(b, x, constant(-110));
  clamped = arith::MinimumFOp::create(b, clamped, constant(90));
  Value product = arith::MulFOp::create(b, clamped, constant(high));
  Value negated = arith::NegFOp::create(b, product);
  Value error = math::FmaOp::create(b, clamped, constant(high), negated);
  error = math::FmaOp::create(b, clamped, constant(kLog2E - high), error);
  Value power = callIntrinsic(b, "llvm.exp2.f32", product);
  Value factor = arith::MulFOp::create(b, error, constant(kLn2));
  Value result = math::FmaOp::create(b, power, factor, power);
  Value isInfinite = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, power,
                                           constant(INFINITY));
  return arith::SelectOp::create(b, isInfinite, power, result);
}

using F64Function = Value (*)(ImplicitLocOpBuilder &, ValueRange);

Value exp64(ImplicitLocOpBuilder &b, ValueRange x) { return emitExp(b, x[0]); }
Value exp2In64(ImplicitLocOpBuilder &b, ValueRange x) {
  Value scaled =
      arith::MulFOp::create(b, x[0], number(b, x[0].getType(), kLn2));
  return emitExp(b, scaled);
}
Value log64(ImplicitLocOpBuilder &b, ValueRange x) { return emitLog(b, x[0]); }
template <bool kBaseTwo>
Value scaledLog64(ImplicitLocOpBuilder &b, ValueRange x) {
  double factor = kBaseTwo ? kLog2E : kLog10E;
  return arith::MulFOp::create(b, emitLog(b, x[0]),
                               number(b, x[0].getType(), factor));
}
Value sin64(ImplicitLocOpBuilder &b, ValueRange x) { return emitSin(b, x[0]); }
Value cos64(ImplicitLocOpBuilder &b, ValueRange x) { return emitCos(b, x[0]); }
Value rsqrt64(ImplicitLocOpBuilder &b, ValueRange x) {
  Value root = math::SqrtOp::create(b, x[0]);
  return arith::DivFOp::create(b, number(b, x[0].getType(), 1), root);
}

/// x^y = e^(y ln |x|), negated for a negative x and an odd integer y; NaN for a
/// negative x and a y that is no integer.
Value pow64(ImplicitLocOpBuilder &b, ValueRange operands) {
  Value x = operands[0], y = operands[1];
  Type f64 = x.getType();
  auto constant = [&](double v) { return number(b, f64, v); };
  auto is = [&](arith::CmpFPredicate p, Value u, Value v) -> Value {
    return arith::CmpFOp::create(b, p, u, v);
  };
  auto select = [&](Value c, Value u, Value v) -> Value {
    return arith::SelectOp::create(b, c, u, v);
  };
  Value magnitude = emitLog(b, math::AbsFOp::create(b, x));
  Value result = emitExp(b, arith::MulFOp::create(b, y, magnitude));
  Value half = arith::MulFOp::create(b, y, constant(0.5));
  Value isInteger =
      is(arith::CmpFPredicate::OEQ, math::FloorOp::create(b, y), y);
  Value isEven =
      is(arith::CmpFPredicate::OEQ, math::FloorOp::create(b, half), half);
  Value negative = select(isEven, result, arith::NegFOp::create(b, result));
  negative = select(isInteger, negative, constant(NAN));
  result =
      select(is(arith::CmpFPredicate::OLT, x, constant(0)), negative, result);
  Value isOne =
      arith::OrIOp::create(b, is(arith::CmpFPredicate::OEQ, x, constant(1)),
                           is(arith::CmpFPredicate::OEQ, y, constant(0)));
  return select(isOne, constant(1), result);
}

/// Computes in f64 and, for f32, rounds once.
struct ThroughF64 : RewritePattern {
  ThroughF64(MLIRContext *context, StringRef name, F64Function function)
      : RewritePattern(name, /*benefit=*/1, context), function(function) {}
  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    if (!type.isF32() && !type.isF64())
      return rewriter.notifyMatchFailure(op, "expected f32 or f64 scalars");
    ImplicitLocOpBuilder b(op->getLoc(), rewriter);
    SmallVector<Value> operands(op->getOperands());
    for (Value &operand : operands)
      if (type.isF32())
        operand = arith::ExtFOp::create(b, b.getF64Type(), operand);
    Value result = function(b, operands);
    if (type.isF32())
      result = arith::TruncFOp::create(b, type, result);
    rewriter.replaceOp(op, result);
    return success();
  }
  F64Function function;
};

/// exp and exp2 on f32, which softmax needs fast.
template <typename OpTy, Value (*function)(ImplicitLocOpBuilder &, Value)>
struct FastF32 : OpRewritePattern<OpTy> {
  FastF32(MLIRContext *context)
      : OpRewritePattern<OpTy>(context, /*benefit=*/2) {}
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "expected an f32 scalar");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, function(b, op.getOperand()));
    return success();
  }
};

Value emitExp2F32(ImplicitLocOpBuilder &b, Value x) {
  return callIntrinsic(b, "llvm.exp2.f32", x);
}
Value emitLog2F32(ImplicitLocOpBuilder &b, Value x) {
  return callIntrinsic(b, "llvm.nvvm.lg2.approx.f", x);
}

} // namespace

void rcm::populateKernelMathToNVVMPatterns(RewritePatternSet &patterns) {
  MLIRContext *c = patterns.getContext();
  patterns.add<ToIntrinsic<math::AbsFOp>>(c, "llvm.fabs");
  patterns.add<ToIntrinsic<math::CeilOp>>(c, "llvm.ceil");
  patterns.add<ToIntrinsic<math::CopySignOp>>(c, "llvm.copysign");
  patterns.add<ToIntrinsic<math::FmaOp>>(c, "llvm.fma");
  patterns.add<ToIntrinsic<arith::MaxNumFOp>>(c, "llvm.maxnum");
  patterns.add<ToIntrinsic<arith::MinNumFOp>>(c, "llvm.minnum");
  patterns.add<ToIntrinsic<math::FloorOp>>(c, "llvm.floor");
  patterns.add<ToIntrinsic<math::RoundEvenOp>>(c, "llvm.roundeven");
  patterns.add<ToIntrinsic<math::RoundOp>>(c, "llvm.round");
  patterns.add<ToIntrinsic<math::SqrtOp>>(c, "llvm.sqrt");
  patterns.add<ToIntrinsic<math::TruncOp>>(c, "llvm.trunc");
  patterns.add<ThroughF64>(c, "math.cos", cos64);
  patterns.add<ThroughF64>(c, "math.exp", exp64);
  patterns.add<ThroughF64>(c, "math.exp2", exp2In64);
  patterns.add<ThroughF64>(c, "math.log", log64);
  patterns.add<ThroughF64>(c, "math.log10", scaledLog64<false>);
  patterns.add<ThroughF64>(c, "math.log2", scaledLog64<true>);
  patterns.add<ThroughF64>(c, "math.powf", pow64);
  patterns.add<ThroughF64>(c, "math.rsqrt", rsqrt64);
  patterns.add<ThroughF64>(c, "math.sin", sin64);
  patterns
      .add<FastF32<math::ExpOp, emitExpF32>, FastF32<math::Exp2Op, emitExp2F32>,
           FastF32<math::Log2Op, emitLog2F32>>(c);
  math::populateExpansionPatterns(
      patterns,
      {"tan", "sinh", "cosh", "asinh", "acosh", "atanh", "fpowi", "clampf"});
  static const llvm::StringSet<> approximated = {
      "math.acos", "math.asin", "math.atan",  "math.atan2", "math.cbrt",
      "math.erf",  "math.erfc", "math.expm1", "math.log1p", "math.tanh"};
  populateMathPolynomialApproximationPatterns(
      patterns, [](StringRef name) { return approximated.contains(name); });
}

namespace {
struct ConvertKernelMathToNVVM
    : rcm::impl::ConvertKernelMathToNVVMBase<ConvertKernelMathToNVVM> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateKernelMathToNVVMPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      getOperation()->emitError("expected the expansion of math operations to "
                                "end, got no fixed point");
      return signalPassFailure();
    }
    WalkResult result = getOperation()->walk([](Operation *op) {
      bool isForeign = isa<math::MathDialect>(op->getDialect()) &&
                       isa<FloatType>(op->getResult(0).getType());
      if (!isForeign && !isa<arith::RemFOp>(op))
        return WalkResult::advance();
      op->emitError("expected operations that a GPU kernel can compute without "
                    "a device library, got ")
          << op->getName() << " on " << op->getResult(0).getType();
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
