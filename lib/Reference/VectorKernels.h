//===- VectorKernels.h - Inner loops, compiled per instruction set --------===//
//
// The loops that take the time. The same source is compiled for the baseline
// and for AVX2 and chosen once at run time; without contraction and with a
// fixed number of partial sums both give the same bits.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_REFERENCE_VECTORKERNELS_H
#define RCM_LIB_REFERENCE_VECTORKERNELS_H

#include <cstdint>

namespace rcm::reference {

/// Keys per step of the FP8 matrix unit, and the fraction bits it keeps.
inline constexpr int64_t kNarrowKeys = 32;
inline constexpr int kNarrowFractionBits = 13;
/// Granularity of accumulateNarrow's depth.
inline constexpr int64_t kNarrowLanes = 8;
/// The exponent of a zero: below every other, and sums of two fit 16 bits.
inline constexpr int16_t kNarrowZero = -8192;

/// The exponent of an e4m3 value as its exponent field has it: floor(log2 |x|),
/// but -6 for subnormals, and kNarrowZero for zero.
int16_t narrowExponent(float e4m3);

/// Matrices are dense and row-major. Row counts may be 0.
struct VectorKernels {
  /// scores[rows, keys] = q[rows, depth] * k[keys, depth]^T.
  void (*dotF64)(const double *q, const double *k, double *scores, int64_t rows,
                 int64_t keys, int64_t depth);
  void (*dotF32)(const float *q, const float *k, float *scores, int64_t rows,
                 int64_t keys, int64_t depth);
  /// int8 values held in 16 bits; exact.
  void (*dotI8)(const int16_t *q, const int16_t *k, int32_t *scores,
                int64_t rows, int64_t keys, int64_t depth);

  /// out[rows, depth] += p[rows, keys] * v[keys, depth], keys in order.
  void (*accumulateF64)(const double *p, const double *v, double *out,
                        int64_t rows, int64_t keys, int64_t depth);
  void (*accumulateF32)(const float *p, const float *v, float *out,
                        int64_t rows, int64_t keys, int64_t depth);
  /// The same for e4m3 values, summed as Hopper's FP8 matrix unit does; found
  /// to agree bit for bit with wgmma on an H200. Per step of kNarrowKeys keys:
  ///
  ///   e = max over the step's non-zero products of e(p) + e(v), and of the
  ///       accumulator's exponent, where e() is narrowExponent
  ///   out = cut(2^(e-13) * sum over products and out of trunc(x / 2^(e-13)))
  ///
  /// where trunc drops the fraction and cut keeps 13 fraction bits. Exponents
  /// are added before normalization, so e may be one less than the product's.
  /// `vExponents` holds narrowExponent of every v; depth is a multiple of
  /// kNarrowLanes; p and v are finite.
  void (*accumulateNarrow)(const float *p, const float *v,
                           const int16_t *vExponents, float *out, int64_t rows,
                           int64_t keys, int64_t depth);

  /// max over i of x[i] * factors[i], rounded down to f32 (mul.rm): the largest
  /// term of exp2Affine with bias -max is then never below 1, however coarse
  /// f32 is at that magnitude. NaN when a product is NaN, -infinity for count
  /// 0.
  float (*largestProduct)(const float *x, const float *factors, int64_t count);
  /// x[i] = 2^(x[i] * factors[i] + bias) in f32, product and sum rounded once;
  /// within 2 ulp for results from 2^-126 to 2^127, zero below, infinite above.
  void (*exp2Affine)(float *x, const float *factors, int64_t count, float bias);
  /// Rounds to a narrower format in place, to nearest even. e4m3 and f16
  /// saturate, e4m3 infinities too (cvt.satfinite).
  void (*roundE4M3)(float *x, int64_t count);
  void (*roundF16)(float *x, int64_t count);
  void (*roundBF16)(float *x, int64_t count);
};

/// The best of the compiled sets for this processor.
const VectorKernels &vectorKernels();

/// Each set by itself, for tests; null where not compiled or not supported.
const VectorKernels *portableKernels();
const VectorKernels *avx2Kernels();

} // namespace rcm::reference

#endif // RCM_LIB_REFERENCE_VECTORKERNELS_H
