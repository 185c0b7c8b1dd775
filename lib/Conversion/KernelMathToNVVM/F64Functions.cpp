//===- F64Functions.cpp - exp, log, sin and cos in f64 arithmetic
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Textbook argument reduction and Taylor series; the number of terms is what
// makes the first neglected one smaller than 2^-56 on the reduced interval.
//
//===----------------------------------------------------------------------===//

#include "F64Functions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace rcm;

namespace {

constexpr double kLog2E = 1.4426950408889634074;
/// ln 2 in two parts; the first has 20 trailing zero bits, so that its product
/// with an exponent is exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
/// pi/2 in three f64 parts, about 160 bits.
constexpr double kHalfPi[] = {1.57079632679489661923,
                              6.12323399573676603587e-17,
                              -1.49738490485916983294e-33};
constexpr double kTwoOverPi = 0.63661977236758134308;
constexpr int64_t kMantissaBits = 52;
constexpr int64_t kExponentBias = 1023;
/// Smallest normal number, and the power of two that makes denormals normal.
constexpr double kSmallestNormal = 0x1p-1022;
constexpr double kDenormalScale = 0x1p54;
constexpr int64_t kDenormalShift = 54;

/// Shorthands on f64 and i64 scalars.
struct Scalars {
  ImplicitLocOpBuilder &b;
  Value number(double v) {
    return arith::ConstantOp::create(b, b.getF64FloatAttr(v));
  }
  Value integer(int64_t v) {
    return arith::ConstantOp::create(b, b.getI64IntegerAttr(v));
  }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value fma(Value x, Value y, Value z) {
    return math::FmaOp::create(b, x, y, z);
  }
  Value fma(Value x, double y, Value z) { return fma(x, number(y), z); }
  Value roundEven(Value x) { return math::RoundEvenOp::create(b, x); }
  Value select(Value c, Value x, Value y) {
    return arith::SelectOp::create(b, c, x, y);
  }
  Value is(arith::CmpFPredicate p, Value x, Value y) {
    return arith::CmpFOp::create(b, p, x, y);
  }
  Value is(arith::CmpIPredicate p, Value x, Value y) {
    return arith::CmpIOp::create(b, p, x, y);
  }
  Value isNaN(Value x) { return is(arith::CmpFPredicate::UNO, x, x); }
  Value toInteger(Value x) {
    return arith::FPToSIOp::create(b, b.getI64Type(), x);
  }
  Value toNumber(Value x) {
    return arith::SIToFPOp::create(b, b.getF64Type(), x);
  }
  Value bits(Value x) { return arith::BitcastOp::create(b, b.getI64Type(), x); }
  Value fromBits(Value x) {
    return arith::BitcastOp::create(b, b.getF64Type(), x);
  }
  /// 2^n for -1022 <= n <= 1023.
  Value powerOfTwo(Value n) {
    Value biased = arith::AddIOp::create(b, n, integer(kExponentBias));
    return fromBits(arith::ShLIOp::create(b, biased, integer(kMantissaBits)));
  }
  /// c[0] + c[1] x + c[2] x^2 + ...
  Value polynomial(Value x, ArrayRef<double> c) {
    Value sum = number(c.back());
    for (double coefficient : llvm::reverse(c.drop_back()))
      sum = fma(sum, x, number(coefficient));
    return sum;
  }
};

double getFactorial(int n) { return std::tgamma(n + 1.0); }

} // namespace

Value rcm::emitExp(ImplicitLocOpBuilder &b, Value x) {
  Scalars s{b};
  // Beyond +-1000 the result is inf or 0 anyway; the clamp keeps the exponent
  // small. NaN is put back at the end.
  Value clamped = arith::MaxNumFOp::create(b, x, s.number(-1000));
  clamped = arith::MinNumFOp::create(b, clamped, s.number(1000));
  Value n = s.roundEven(s.mul(clamped, s.number(kLog2E)));
  Value r = s.fma(n, -kLn2High, clamped);
  r = s.fma(n, -kLn2Low, r);
  SmallVector<double> series; // |r| <= ln 2 / 2
  for (int i = 0; i <= 13; ++i)
    series.push_back(1 / getFactorial(i));
  Value result = s.polynomial(r, series);
  Value exponent = s.toInteger(n);
  Value half = arith::ShRSIOp::create(b, exponent, s.integer(1));
  Value rest = arith::SubIOp::create(b, exponent, half);
  result = s.mul(s.mul(result, s.powerOfTwo(half)), s.powerOfTwo(rest));
  return s.select(s.isNaN(x), x, result);
}

Value rcm::emitLog(ImplicitLocOpBuilder &b, Value x) {
  Scalars s{b};
  Value isSmall = s.is(arith::CmpFPredicate::OLT, x, s.number(kSmallestNormal));
  Value scaled = s.select(isSmall, s.mul(x, s.number(kDenormalScale)), x);
  // x = 2^e m with sqrt(1/2) <= m < sqrt(2): the exponent of x / sqrt(1/2),
  // computed on the bits.
  constexpr int64_t kSqrtHalfBits = 0x3FE6A09E667F3BCD;
  Value shifted =
      arith::SubIOp::create(b, s.bits(scaled), s.integer(kSqrtHalfBits));
  Value e = arith::ShRSIOp::create(b, shifted, s.integer(kMantissaBits));
  Value m = s.fromBits(arith::SubIOp::create(
      b, s.bits(scaled),
      arith::ShLIOp::create(b, e, s.integer(kMantissaBits))));
  e = arith::SubIOp::create(
      b, e, s.select(isSmall, s.integer(kDenormalShift), s.integer(0)));
  // ln m = 2 artanh(u), u = (m - 1) / (m + 1), |u| <= 0.172.
  Value u =
      arith::DivFOp::create(b, s.sub(m, s.number(1)), s.add(m, s.number(1)));
  SmallVector<double> series;
  for (int i = 1; i <= 11; ++i)
    series.push_back(2.0 / (2 * i + 1));
  Value z = s.mul(u, u);
  Value tail = s.mul(s.mul(u, z), s.polynomial(z, series));
  Value exponent = s.toNumber(e);
  tail = s.fma(exponent, kLn2Low, tail);
  Value result = s.add(s.add(u, u), tail);
  result = s.fma(exponent, kLn2High, result);

  Value zero = s.number(0), infinity = s.number(INFINITY);
  result = s.select(s.is(arith::CmpFPredicate::OEQ, x, infinity), x, result);
  result = s.select(s.is(arith::CmpFPredicate::OEQ, x, zero),
                    s.number(-INFINITY), result);
  return s.select(s.is(arith::CmpFPredicate::UGE, x, zero), result,
                  s.number(NAN));
}

/// The sine of x + quadrantShift * pi/2.
static Value emitSine(ImplicitLocOpBuilder &b, Value x, int64_t quadrantShift) {
  Scalars s{b};
  Value n = s.roundEven(s.mul(x, s.number(kTwoOverPi)));
  Value r = x;
  for (double part : kHalfPi)
    r = s.fma(n, -part, r);
  Value z = s.mul(r, r);
  SmallVector<double> sine, cosine; // |r| <= pi/4
  for (int i = 0; i <= 8; ++i)
    sine.push_back((i % 2 ? -1 : 1) / getFactorial(2 * i + 1));
  for (int i = 0; i <= 9; ++i)
    cosine.push_back((i % 2 ? -1 : 1) / getFactorial(2 * i));
  Value sinR =
      s.fma(s.mul(r, z), s.polynomial(z, ArrayRef(sine).drop_front()), r);
  Value cosR = s.polynomial(z, cosine);
  Value isFinite = s.is(arith::CmpFPredicate::ORD, r, r);
  Value quadrant = s.toInteger(s.select(isFinite, n, s.number(0)));
  quadrant = arith::AddIOp::create(b, quadrant, s.integer(quadrantShift));
  auto hasBit = [&](int64_t bit) -> Value {
    Value masked = arith::AndIOp::create(b, quadrant, s.integer(bit));
    return s.is(arith::CmpIPredicate::ne, masked, s.integer(0));
  };
  Value result = s.select(hasBit(1), cosR, sinR);
  return s.select(hasBit(2), arith::NegFOp::create(b, result), result);
}

Value rcm::emitSin(ImplicitLocOpBuilder &b, Value x) {
  return emitSine(b, x, 0);
}

Value rcm::emitCos(ImplicitLocOpBuilder &b, Value x) {
  return emitSine(b, x, 1);
}
