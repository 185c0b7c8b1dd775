//===- VectorKernelsImpl.h - Inner loops in vector extensions -------------===//
//
// Included by one source file per instruction set. Everything is local to the
// including file: a shared inline function could carry one file's instructions
// into the other. No standard header with functions is included for the same
// reason.
//
//===----------------------------------------------------------------------===//

#include "VectorKernels.h"

namespace {

using rcm::reference::kNarrowFractionBits;
using rcm::reference::kNarrowKeys;
using rcm::reference::kNarrowLanes;
using rcm::reference::kNarrowZero;

/// Eight lanes of f32 fill an AVX2 register. Wider vectors than a register
/// would live in memory.
constexpr int kLanes = 8;
typedef float F32x8 __attribute__((vector_size(32)));
typedef float F32x4 __attribute__((vector_size(16)));
typedef double F64x4 __attribute__((vector_size(32)));
typedef int32_t I32x8 __attribute__((vector_size(32)));
typedef uint32_t U32x8 __attribute__((vector_size(32)));
typedef int16_t I16x8 __attribute__((vector_size(16)));
static_assert(kNarrowLanes == kLanes, "one vector per step");

template <typename V, typename T> inline void load(V &value, const T *memory) {
  __builtin_memcpy(&value, memory, sizeof(V));
}
template <typename V, typename T> inline void store(T *memory, const V &value) {
  __builtin_memcpy(memory, &value, sizeof(V));
}
template <typename To, typename From>
inline void reinterpret(To &to, const From &from) {
  static_assert(sizeof(To) == sizeof(From), "same bits");
  __builtin_memcpy(&to, &from, sizeof(To));
}

/// Sum of the lanes by halves: the same order in every instruction set.
inline float reduce(const F32x8 &v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}
inline double reduce(const F64x4 &v) { return (v[0] + v[2]) + (v[1] + v[3]); }

template <typename V, typename T>
void dotImpl(const T *q, const T *k, T *scores, int64_t rows, int64_t keys,
             int64_t depth) {
  // Independent sums hide the latency of an addition.
  constexpr int kSums = 4, kWidth = sizeof(V) / sizeof(T);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t n = 0; n < keys; ++n) {
      const T *a = q + r * depth, *b = k + n * depth;
      V sums[kSums] = {};
      int64_t d = 0;
      for (; d + kSums * kWidth <= depth; d += kSums * kWidth)
        for (int i = 0; i < kSums; ++i) {
          V left, right;
          load(left, a + d + i * kWidth);
          load(right, b + d + i * kWidth);
          sums[i] += left * right;
        }
      V total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
      T sum = reduce(total);
      for (; d < depth; ++d)
        sum += a[d] * b[d];
      scores[r * keys + n] = sum;
    }
}

void dotI8(const int16_t *q, const int16_t *k, int32_t *scores, int64_t rows,
           int64_t keys, int64_t depth) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t n = 0; n < keys; ++n) {
      const int16_t *a = q + r * depth, *b = k + n * depth;
      int32_t sum = 0;
      for (int64_t d = 0; d < depth; ++d)
        sum += static_cast<int32_t>(a[d]) * b[d];
      scores[r * keys + n] = sum;
    }
}

/// Sums `Vectors` vectors of channels of one row in registers over all keys.
template <typename V, int Vectors, typename T>
inline void accumulateChannels(const T *weights, const T *v, T *sums,
                               int64_t keys, int64_t stride) {
  constexpr int kWidth = sizeof(V) / sizeof(T);
  V sum[Vectors];
  for (int i = 0; i < Vectors; ++i)
    load(sum[i], sums + i * kWidth);
  for (int64_t n = 0; n < keys; ++n)
    for (int i = 0; i < Vectors; ++i) {
      V value;
      load(value, v + n * stride + i * kWidth);
      sum[i] += weights[n] * value;
    }
  for (int i = 0; i < Vectors; ++i)
    store(sums + i * kWidth, sum[i]);
}

/// Channels outside, rows inside: a block of V serves all rows from L1.
template <typename V, typename T>
void accumulateImpl(const T *p, const T *v, T *out, int64_t rows, int64_t keys,
                    int64_t depth) {
  constexpr int kVectors = 4, kWidth = sizeof(V) / sizeof(T);
  int64_t d = 0;
  for (; d + kVectors * kWidth <= depth; d += kVectors * kWidth)
    for (int64_t r = 0; r < rows; ++r)
      accumulateChannels<V, kVectors>(p + r * keys, v + d, out + r * depth + d,
                                      keys, depth);
  for (; d + kWidth <= depth; d += kWidth)
    for (int64_t r = 0; r < rows; ++r)
      accumulateChannels<V, 1>(p + r * keys, v + d, out + r * depth + d, keys,
                               depth);
  for (; d < depth; ++d)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t n = 0; n < keys; ++n)
        out[r * depth + d] += p[r * keys + n] * v[n * depth + d];
}

constexpr int kF32FractionBits = 23, kF32Bias = 127;

/// Exponent of a narrow accumulator: that of the f32, kNarrowZero for zero.
inline void exponentOf(I16x8 &exponent, const F32x8 &value) {
  U32x8 bits;
  reinterpret(bits, value);
  I32x8 field =
      __builtin_convertvector((bits >> kF32FractionBits) & 0xFFu, I32x8) -
      kF32Bias;
  field = (value != 0.0f) ? field : (I32x8{} + kNarrowZero);
  exponent = __builtin_convertvector(field, I16x8);
}

/// 2^exponent.
inline void powerOfTwo(F32x8 &power, const I32x8 &exponent) {
  I32x8 bits = (exponent + kF32Bias) << kF32FractionBits;
  reinterpret(power, bits);
}

/// One step of up to kNarrowKeys keys for eight channels.
inline void narrowStep(const float *weights, const int16_t *exponents,
                       const float *v, const int16_t *vExponents,
                       int64_t stride, int64_t keys, F32x8 &sum) {
  I16x8 largest;
  exponentOf(largest, sum);
  for (int64_t n = 0; n < keys; ++n) {
    I16x8 exponent;
    load(exponent, vExponents + n * stride);
    exponent += exponents[n];
    largest = exponent > largest ? exponent : largest;
  }
  // All zero: any unit gives zero.
  I32x8 top = __builtin_convertvector(largest, I32x8);
  top = (top > kNarrowZero / 2) ? top : I32x8{};
  F32x8 unit, perUnit;
  powerOfTwo(unit, top - kNarrowFractionBits);
  powerOfTwo(perUnit, kNarrowFractionBits - top);
  I32x8 total = __builtin_convertvector(sum * perUnit, I32x8);
  for (int64_t n = 0; n < keys; ++n) {
    F32x8 value;
    load(value, v + n * stride);
    // Exact: a product of e4m3 values has 8 bits.
    total += __builtin_convertvector(weights[n] * value * perUnit, I32x8);
  }
  F32x8 wide = __builtin_convertvector(total, F32x8);
  U32x8 bits;
  reinterpret(bits, wide);
  bits &= ~((1u << (kF32FractionBits - kNarrowFractionBits)) - 1);
  reinterpret(wide, bits);
  sum = wide * unit;
}

int16_t exponentOfE4M3(float value) {
  constexpr int kSmallestExponent = -6;
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  if ((bits & 0x7FFFFFFFu) == 0)
    return kNarrowZero;
  int exponent = static_cast<int>((bits >> kF32FractionBits) & 0xFF) - kF32Bias;
  return static_cast<int16_t>(exponent < kSmallestExponent ? kSmallestExponent
                                                           : exponent);
}

void accumulateNarrow(const float *p, const float *v, const int16_t *vExponents,
                      float *out, int64_t rows, int64_t keys, int64_t depth) {
  for (int64_t n = 0; n < keys; n += kNarrowKeys)
    for (int64_t r = 0; r < rows; ++r) {
      int64_t count = keys - n < kNarrowKeys ? keys - n : kNarrowKeys;
      const float *weights = p + r * keys + n;
      int16_t exponents[kNarrowKeys];
      for (int64_t i = 0; i < count; ++i)
        exponents[i] = exponentOfE4M3(weights[i]);
      for (int64_t d = 0; d < depth; d += kLanes) {
        F32x8 sum;
        load(sum, out + r * depth + d);
        narrowStep(weights, exponents, v + n * depth + d,
                   vExponents + n * depth + d, depth, count, sum);
        store(out + r * depth + d, sum);
      }
    }
}

/// Calls step(offset, lanes) over [0, count) in pieces of eight lanes or fewer.
template <typename Step> void forEachVector(int64_t count, Step step) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    step(i, int64_t(kLanes));
  if (i < count)
    step(i, count - i);
}

/// Applies `step` to eight values at a time; the rest in a padded vector.
template <typename Step> void mapVector(float *x, int64_t count, Step step) {
  forEachVector(count, [=](int64_t i, int64_t lanes) {
    F32x8 value = {};
    __builtin_memcpy(&value, x + i, lanes * sizeof(float));
    step(value);
    __builtin_memcpy(x + i, &value, lanes * sizeof(float));
  });
}

float largestProduct(const float *x, const float *factors, int64_t count) {
  constexpr int kWidth = 4;
  constexpr double kLowest = -__builtin_inf();
  F64x4 largest = F64x4{} + kLowest, anyNaN = {};
  for (int64_t i = 0; i < count; i += kWidth) {
    F32x4 a = F32x4{} - __builtin_inff(), b = F32x4{} + 1.0f;
    if (i + kWidth <= count) {
      load(a, x + i);
      load(b, factors + i);
    } else {
      __builtin_memcpy(&a, x + i, (count - i) * sizeof(float));
      __builtin_memcpy(&b, factors + i, (count - i) * sizeof(float));
    }
    // Exact in f64.
    F64x4 product =
        __builtin_convertvector(a, F64x4) * __builtin_convertvector(b, F64x4);
    largest = product > largest ? product : largest;
    anyNaN = product == product ? anyNaN : product;
  }
  double result = kLowest;
  for (int i = 0; i < kWidth; ++i) {
    if (anyNaN[i] != 0.0) // Only a NaN was ever stored.
      return __builtin_nanf("");
    result = largest[i] > result ? largest[i] : result;
  }
  float rounded = static_cast<float>(result);
  if (static_cast<double>(rounded) <= result)
    return rounded;
  // One step down: towards zero for positive values, away for negative ones.
  uint32_t bits;
  __builtin_memcpy(&bits, &rounded, sizeof(bits));
  bits = rounded > 0 ? bits - 1 : rounded < 0 ? bits + 1 : 0x80000001u;
  __builtin_memcpy(&rounded, &bits, sizeof(bits));
  return rounded;
}

/// Adding and subtracting 1.5 * 2^23 rounds an f32 to an integer.
constexpr float kRoundToInteger = 12582912.0f;

/// 2^f on [-1/2, 1/2]: the Taylor terms ln(2)^n / n!, whose rest is below
/// 0.347^8 / 8! = 5e-9.
constexpr float kExp2Terms[] = {1.0f,           0.69314718f,    0.24022651f,
                                0.055504109f,   0.0096181291f,  0.0013333558f,
                                0.00015403530f, 0.000015252734f};

/// value * factor + bias of four lanes. f64 holds the product exactly, so that
/// there is one rounding to f32.
inline void affine(const float *value, const float *factor, float bias,
                   float *out) {
  F32x4 x, f;
  load(x, value);
  load(f, factor);
  F64x4 wide =
      __builtin_convertvector(x, F64x4) * __builtin_convertvector(f, F64x4) +
      static_cast<double>(bias);
  F32x4 narrow = __builtin_convertvector(wide, F32x4);
  store(out, narrow);
}

/// 2^y of eight lanes.
inline void exp2Lanes(F32x8 &value) {
  F32x8 y = value;
  F32x8 inside = y > -126.5f ? y : F32x8{} - 126.5f;
  inside = inside < 128.0f ? inside : F32x8{} + 128.0f;
  F32x8 whole = (inside + kRoundToInteger) - kRoundToInteger;
  F32x8 rest = inside - whole;
  F32x8 power = F32x8{} + kExp2Terms[7];
  for (int n = 6; n >= 0; --n)
    power = power * rest + kExp2Terms[n];
  // 2^128 needs two factors that are f32 values.
  I32x8 exponent = __builtin_convertvector(whole, I32x8);
  I32x8 half = exponent >> 1;
  F32x8 scale0, scale1;
  powerOfTwo(scale0, half);
  powerOfTwo(scale1, exponent - half);
  F32x8 result = power * scale0 * scale1;
  result = y < -126.0f ? F32x8{} : result;
  value = y == y ? result : y;
}

void exp2Affine(float *x, const float *factors, int64_t count, float bias) {
  // Two passes: a vector of f32 read just after two halves of it were written
  // would wait for the memory.
  constexpr int kHalf = kLanes / 2;
  int64_t i = 0;
  for (; i + kHalf <= count; i += kHalf)
    affine(x + i, factors + i, bias, x + i);
  for (; i < count; ++i)
    x[i] = static_cast<float>(static_cast<double>(x[i]) * factors[i] + bias);
  mapVector(x, count, [](F32x8 &value) { exp2Lanes(value); });
}

/// Rounds the fraction of normal values to `Bits` bits; below 2^MinExponent
/// the spacing stays what it is there.
template <int Bits, int MinExponent, bool SaturateInfinity>
inline void roundFraction(F32x8 &value, float largest) {
  constexpr int kDropped = kF32FractionBits - Bits;
  U32x8 bits, sign;
  reinterpret(bits, value);
  sign = bits & 0x80000000u;
  F32x8 magnitude;
  U32x8 magnitudeBits = bits & 0x7FFFFFFFu;
  reinterpret(magnitude, magnitudeBits);
  U32x8 rounded = (magnitudeBits + ((1u << (kDropped - 1)) - 1) +
                   ((magnitudeBits >> kDropped) & 1u)) &
                  ~((1u << kDropped) - 1);
  F32x8 normal;
  reinterpret(normal, rounded);
  // 1.5 * 2^(MinExponent + kDropped): its f32 spacing is the subnormal one.
  constexpr float kMagic =
      1.5f * (MinExponent + kDropped >= 0
                  ? static_cast<float>(1ull << (MinExponent + kDropped >= 0
                                                    ? MinExponent + kDropped
                                                    : 0))
                  : 1.0f / static_cast<float>(
                               1ull << (MinExponent + kDropped >= 0
                                            ? 0
                                            : -(MinExponent + kDropped))));
  constexpr float kSmallestNormal =
      1.0f / static_cast<float>(1ull << -MinExponent);
  F32x8 subnormal = (magnitude + kMagic) - kMagic;
  F32x8 result = magnitude < kSmallestNormal ? subnormal : normal;
  constexpr uint32_t kInfinityBits = 0x7F800000u;
  result = result > largest ? F32x8{} + largest : result;
  if (!SaturateInfinity)
    result = magnitudeBits == kInfinityBits ? magnitude : result;
  result = magnitudeBits > kInfinityBits ? magnitude : result;
  U32x8 resultBits;
  reinterpret(resultBits, result);
  resultBits |= sign;
  reinterpret(value, resultBits);
}

void roundE4M3(float *x, int64_t count) {
  mapVector(x, count,
            [](F32x8 &value) { roundFraction<3, -6, true>(value, 448.0f); });
}

void roundF16(float *x, int64_t count) {
  mapVector(x, count, [](F32x8 &value) {
    roundFraction<10, -14, false>(value, 65504.0f);
  });
}

void roundBF16(float *x, int64_t count) {
  mapVector(x, count, [](F32x8 &value) {
    U32x8 bits;
    reinterpret(bits, value);
    U32x8 rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) & 0xFFFF0000u;
    // A NaN must not be carried into infinity.
    rounded = value == value ? rounded : bits;
    reinterpret(value, rounded);
  });
}

constexpr rcm::reference::VectorKernels kKernels = {
    dotImpl<F64x4, double>,
    dotImpl<F32x8, float>,
    dotI8,
    accumulateImpl<F64x4, double>,
    accumulateImpl<F32x8, float>,
    accumulateNarrow,
    largestProduct,
    exp2Affine,
    roundE4M3,
    roundF16,
    roundBF16};

} // namespace
