//===- Numbers.h - f16, bf16 and e4m3 in software ---------------*- C++ -*-===//

#ifndef RCM_REFERENCE_NUMBERS_H
#define RCM_REFERENCE_NUMBERS_H

#include <cstdint>

namespace rcm::reference {

/// What becomes of a finite value above the largest finite one of the target.
enum class Overflow {
  /// IEEE rounding: infinity, or NaN in e4m3, which has no infinity.
  ToInfinity,
  /// The largest finite value with the same sign. Infinities saturate too in
  /// e4m3 (as cvt.satfinite does) and stay infinities in f16 and bf16.
  Saturate
};

/// Largest finite values.
inline constexpr double kMaxF16 = 65504.0;
inline constexpr double kMaxE4M3 = 448.0;

/// Conversions to the narrow formats round once, to nearest even, straight
/// from f64; NaN stays NaN (a quiet one), zero keeps its sign, subnormal
/// results are exact. bf16 is the upper half of an f32; e4m3 is the "FN"
/// variant: bias 7, largest 448, 0x7F and 0xFF are the NaNs.
uint16_t toF16(double value, Overflow overflow = Overflow::ToInfinity);
uint16_t toBF16(double value, Overflow overflow = Overflow::ToInfinity);
uint8_t toE4M3(double value, Overflow overflow = Overflow::Saturate);

/// Exact conversions from the narrow formats.
float fromF16(uint16_t bits);
float fromBF16(uint16_t bits);
float fromE4M3(uint8_t bits);

} // namespace rcm::reference

#endif // RCM_REFERENCE_NUMBERS_H
