//===- Quantize.h - Operands as a recipe stores them ----------------------===//

#ifndef RCM_LIB_REFERENCE_QUANTIZE_H
#define RCM_LIB_REFERENCE_QUANTIZE_H

#include "rcm/Reference/Recipe.h"

namespace rcm::reference {

/// A group whose largest magnitude is below 2^-100 counts as zeros: 127 / amax
/// must be finite.
inline constexpr float kSmallestAmax = 0x1p-100f;

/// The factor of P in log2 that the options mean.
float probabilityOffset(const RecipeOptions &options);

/// The accumulator that the options mean.
Accumulator accumulatorOf(const RecipeOptions &options);

inline bool usesInt8(Recipe recipe) {
  return recipe == Recipe::Int8F16 || recipe == Recipe::Int8E4M3;
}

/// One group of int8: scale = amax / 127, NaN when the group holds a
/// non-finite value (its codes are 0 then), 0 for a group of zeros.
struct Int8Group {
  float amax = 0;
  bool finite = true;

  void include(float value);
  float scale() const;
  /// round-to-nearest-even(value * (127 / amax)): the quotient in f32, the
  /// product exact.
  int16_t encode(float value) const;
};

/// Rows [first, first + rows) of Q of one head.
struct QueryGroup {
  int64_t first = 0, rows = 0;
  /// [rows, depth]: int8 recipes / the others, rounded to the recipe's type.
  std::vector<int16_t> codes;
  std::vector<float> values;
  /// Per row: what a score is multiplied by, times the key's scale, to be in
  /// log2. NaN for rows whose group holds a non-finite value.
  std::vector<float> factors;
};

QueryGroup prepareQueries(const AttentionProblem &problem,
                          const RecipeOptions &options, int64_t b, int64_t h,
                          int64_t group);

/// K of one head.
struct KeyHead {
  /// [keys, depth], as in QueryGroup.
  std::vector<int16_t> codes;
  std::vector<float> values;
  /// int8 recipes: amax / 127 per scale group; NaN as in Int8Group.
  std::vector<float> scales;
  /// What was subtracted; empty without K smoothing.
  std::vector<float> mean;
};

/// Number of the scale group of key n.
int64_t keyScaleIndex(const RecipeOptions &options, int64_t n);

void prepareKeys(const AttentionProblem &problem, const RecipeOptions &options,
                 int64_t b, int64_t h, int threads, KeyHead &head);

/// V of one head, as the matrix unit sees it.
struct ValueHead {
  /// Columns of `values`: Dv channels, one of ones, zeros up to a multiple of
  /// the vector length.
  int64_t stride = 0;
  /// [keys, stride]
  std::vector<float> values;
  /// [keys, stride] narrowExponent of values; for Accumulator::Narrow only.
  std::vector<int16_t> exponents;
  /// Per channel: attention = sum(P * value) / sum(P) * scale + offset. A NaN
  /// scale marks a channel with a non-finite value.
  std::vector<float> scale, offset;
};

void prepareValues(const AttentionProblem &problem,
                   const RecipeOptions &options, int64_t b, int64_t h,
                   int threads, ValueHead &head);

} // namespace rcm::reference

#endif // RCM_LIB_REFERENCE_QUANTIZE_H
