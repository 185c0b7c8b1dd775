//===- Exp2.cpp - powers of two on vectors --------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

// 2^x = 2^n 2^r with n = round(x) and r in [-1/2, 1/2].
//
// Adding 1.5 * 2^(mantissa bits) leaves n in the low bits of the sum (rounded
// to nearest by the addition itself); with the exponent's bias added as well,
// shifting these bits into the exponent's place gives 2^n without a conversion.
// x is held at -bias, where the shifted exponent is 0 and 2^n reads as +0.0.
//
// 2^r is a polynomial whose constant term is 1, so that 2^0 is exact. Its other
// coefficients minimize the largest relative error over [-1/2, 1/2]: Lawson's
// iteratively reweighted least squares on 24 * degree Chebyshev nodes in
// 50-digit arithmetic. The approximation error is 9.1e-8 for degree 5 and
// 3.4e-18 for degree 11.
//
//===----------------------------------------------------------------------===//

#include "Exp2.h"

using namespace mlir;
using namespace rcm;

namespace {

struct Exp2Format {
  int64_t mantissaBits;
  double exponentBias;
  ArrayRef<double> coefficients; ///< of r, r^2, ...
};

} // namespace

static constexpr double kCoefficientsF32[] = {
    0.693146977592, 0.240222420804, 0.0555073375411, 0.00967151286854,
    0.00132647239468};
static constexpr double kCoefficientsF64[] = {
    0.69314718055994532565,     0.24022650695910131251,
    0.055504108664820092025,    0.0096181291075941256467,
    0.001333355814677338651,    0.0001540353045710468373,
    0.000015252733493898184117, 1.3215435286236259567e-6,
    1.0178199335646408117e-7,   7.0737825127948313862e-9,
    4.4348004229693461309e-10};

static Exp2Format getFormat(Type elementType) {
  if (elementType.isF64())
    return {52, 1023.0, kCoefficientsF64};
  return {23, 127.0, kCoefficientsF32};
}

Value rcm::emitExp2(CodeBuilder &b, Value x) {
  auto type = cast<VectorType>(x.getType());
  Exp2Format format = getFormat(type.getElementType());
  VectorType intType = type.clone(
      b.getIntegerType(type.getElementType().getIntOrFloatBitWidth()));

  // The comparison is false for NaN, which stays.
  Value lowest = b.constant(type, -format.exponentBias);
  x = b.maxKeepingSecond(lowest, x);

  double rounder = 1.5 * static_cast<double>(int64_t(1) << format.mantissaBits);
  Value shift = b.constant(type, rounder + format.exponentBias);
  Value shifted = b.addf(x, shift);
  Value r = b.subf(x, b.subf(shifted, shift));

  Value polynomial = b.constant(type, format.coefficients.back());
  for (double coefficient : llvm::reverse(format.coefficients.drop_back()))
    polynomial = b.fma(polynomial, r, b.constant(type, coefficient));
  polynomial = b.fma(polynomial, r, b.constant(type, 1.0));

  Value bits = arith::BitcastOp::create(b, intType, shifted);
  Value amount = arith::ConstantOp::create(
      b, DenseElementsAttr::get(
             intType, b.getIntegerAttr(intType.getElementType(),
                                       format.mantissaBits)));
  Value exponent = arith::ShLIOp::create(b, bits, amount);
  Value power = arith::BitcastOp::create(b, type, exponent);
  // A product, not an addition to the exponent: it keeps NaN.
  return b.mulf(polynomial, power);
}
