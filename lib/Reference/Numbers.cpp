//===- Numbers.cpp - f16, bf16 and e4m3 in software -----------------------===//

#include "rcm/Reference/Numbers.h"

#include <cstring>

namespace rcm::reference {
namespace {

/// A binary format narrower than f64: sign, exponent, fraction.
struct Format {
  int exponentBits, fractionBits;
  /// Encoding of the largest finite magnitude and of a quiet NaN.
  uint32_t largest, nan;
  /// Encoding of infinity; equal to `nan` where there is none.
  uint32_t infinity;

  constexpr int bias() const { return (1 << (exponentBits - 1)) - 1; }
  constexpr uint32_t signBit() const {
    return 1u << (exponentBits + fractionBits);
  }
};

constexpr Format kF16{5, 10, 0x7BFF, 0x7E00, 0x7C00};
constexpr Format kBF16{8, 7, 0x7F7F, 0x7FC0, 0x7F80};
constexpr Format kE4M3{4, 3, 0x7E, 0x7F, 0x7F};

constexpr int kF64FractionBits = 52;
constexpr int kF64Bias = 1023;
constexpr int kF64ExponentMask = 0x7FF;

/// Magnitude bits of a finite `value`, rounded to nearest even as if the
/// exponent were unbounded above.
uint64_t roundMagnitude(const Format &format, uint64_t bits) {
  int exponent = static_cast<int>(bits >> kF64FractionBits) & kF64ExponentMask;
  uint64_t fraction = bits & ((uint64_t(1) << kF64FractionBits) - 1);
  if (exponent == 0)
    return 0; // f64 subnormals are far below half the smallest of any format.
  uint64_t significand = fraction | uint64_t(1) << kF64FractionBits;
  int target = exponent - kF64Bias + format.bias();
  // A subnormal result keeps fewer bits and has exponent field 0.
  int shift = kF64FractionBits - format.fractionBits;
  uint64_t base = 0;
  if (target >= 1)
    base = static_cast<uint64_t>(target - 1) << format.fractionBits;
  else
    shift += 1 - target;
  if (shift > kF64FractionBits + 2)
    return 0;
  uint64_t kept = significand >> shift;
  uint64_t rest = significand & ((uint64_t(1) << shift) - 1);
  uint64_t half = uint64_t(1) << (shift - 1);
  if (rest > half || (rest == half && (kept & 1)))
    ++kept;
  // A carry out of the fraction moves into the exponent by itself.
  return base + kept;
}

uint32_t encode(const Format &format, double value, Overflow overflow,
                bool saturateInfinity) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  uint32_t sign = (bits >> 63) ? format.signBit() : 0;
  uint64_t magnitude = bits & ~(uint64_t(1) << 63);
  constexpr uint64_t kInfinity = uint64_t(kF64ExponentMask) << kF64FractionBits;
  if (magnitude > kInfinity)
    return sign | format.nan;
  bool saturate = overflow == Overflow::Saturate;
  if (magnitude == kInfinity)
    return sign |
           (saturate && saturateInfinity ? format.largest : format.infinity);
  uint64_t rounded = roundMagnitude(format, magnitude);
  if (rounded > format.largest)
    return sign | (saturate ? format.largest : format.infinity);
  return sign | static_cast<uint32_t>(rounded);
}

float bitsToFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// Decodes a format whose values are all f32 values. `hasInfinity` tells
/// whether the top exponent is reserved.
float decode(const Format &format, uint32_t bits) {
  uint32_t sign = (bits & format.signBit()) ? 0x80000000u : 0;
  uint32_t magnitude = bits & (format.signBit() - 1);
  uint32_t exponent = magnitude >> format.fractionBits;
  uint32_t fraction = magnitude & ((1u << format.fractionBits) - 1);
  constexpr int kF32FractionBits = 23, kF32Bias = 127;
  if (magnitude > format.largest)
    return bitsToFloat(
        sign | (magnitude == format.infinity && format.infinity != format.nan
                    ? 0x7F800000u
                    : 0x7FC00000u));
  if (exponent == 0) {
    // Exact: a small integer times a power of two.
    float unit =
        bitsToFloat(static_cast<uint32_t>(kF32Bias + 1 - format.bias() -
                                          format.fractionBits)
                    << kF32FractionBits);
    float value = static_cast<float>(fraction) * unit;
    return sign ? -value : value;
  }
  return bitsToFloat(sign |
                     (exponent - format.bias() + kF32Bias) << kF32FractionBits |
                     fraction << (kF32FractionBits - format.fractionBits));
}

} // namespace

uint16_t toF16(double value, Overflow overflow) {
  return static_cast<uint16_t>(encode(kF16, value, overflow, false));
}

uint16_t toBF16(double value, Overflow overflow) {
  return static_cast<uint16_t>(encode(kBF16, value, overflow, false));
}

uint8_t toE4M3(double value, Overflow overflow) {
  return static_cast<uint8_t>(encode(kE4M3, value, overflow, true));
}

float fromF16(uint16_t bits) { return decode(kF16, bits); }

float fromBF16(uint16_t bits) {
  return bitsToFloat(static_cast<uint32_t>(bits) << 16);
}

float fromE4M3(uint8_t bits) { return decode(kE4M3, bits); }

} // namespace rcm::reference
