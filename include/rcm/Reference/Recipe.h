//===- Recipe.h - Number recipes of the kernels, on the CPU -----*- C++ -*-===//

#ifndef RCM_REFERENCE_RECIPE_H
#define RCM_REFERENCE_RECIPE_H

#include "rcm/Reference/Attention.h"

namespace rcm::reference {

/// What the matrix products run on.
enum class Recipe {
  /// f32 throughout.
  None,
  /// Q, K, P, V in bf16 or f16, f32 accumulation.
  BF16,
  F16,
  /// Q K^T in int8, P and V in f16, f32 accumulation.
  Int8F16,
  /// Q K^T in int8, P and V in e4m3.
  Int8E4M3
};

std::string_view toString(Recipe recipe);
std::optional<Recipe> parseRecipe(std::string_view text);
/// The tools' default for an element type: int8-e4m3 for f16 and bf16, none
/// for f32 and f64.
Recipe defaultRecipe(ElementType type);

/// Where products of P and V are summed over key tiles.
enum class Accumulation {
  /// In the matrix unit's accumulator from the first tile to the last.
  Direct,
  /// The matrix unit sums some tiles (RecipeOptions::promotionTiles), then its
  /// sums are added to others in f32.
  Promoted
};

/// How sums inside the matrix unit round.
enum class Accumulator {
  /// Plain f32.
  F32,
  /// As Hopper's FP8 matrix unit does: the products of 32 keys and the
  /// accumulator are aligned to the largest exponent among them, cut after 13
  /// fraction bits, and added; the sum is cut to 13 fraction bits. Applies to
  /// e4m3 products only.
  Narrow
};

/// Where the denominator comes from.
enum class RowSum {
  /// The rounded P, summed by the matrix unit against a row of ones.
  MatrixUnit,
  /// The f32 P before rounding.
  Add
};

/// Every choice of the recipe that changes numbers. The defaults meet the
/// accuracy table on every distribution, and cost a kernel little: scales as
/// fine as one thread's part of a tile, and sums that leave the matrix unit
/// every 4096 keys. To compare with a kernel, set what its schedule says.
struct RecipeOptions {
  Recipe recipe = Recipe::Int8E4M3;
  Accumulation accumulation = Accumulation::Promoted;
  /// Promoted: key tiles between two additions in f32.
  int64_t promotionTiles = 32;
  /// Promoted: rows of one block of a kernel, 64 per warpgroup. Group g of G
  /// then adds g * promotionTiles / G tiles earlier than the first, where there
  /// are more than promotionTiles, and all rows of a block start at the last
  /// key that one of them sees. 0: every row for itself.
  int64_t queryTile = 0;
  /// Narrow needs the recipe int8-e4m3; unset: Narrow there, F32 elsewhere.
  std::optional<Accumulator> accumulator;
  RowSum rowSum = RowSum::MatrixUnit;
  /// The running maximum stays unless it grows by more than this (log2).
  float rescaleThreshold = 2.0f;
  /// log2 of the static factor of P. Unset: 8.8 - rescaleThreshold for e4m3,
  /// 0 for the others.
  std::optional<float> probabilityOffset;
  /// Keys per step of the online softmax.
  int64_t keyTile = 128;
  /// Walk the key tiles from the last to the first.
  bool reverseKeys = true;
  /// Consecutive rows that share an int8 scale of Q (16: those of a warp), and
  /// keys that share one of K.
  int64_t queryGroup = 1, keyGroup = 128;
  /// Per-thread scales: rows m of a group with equal m mod 8 share one; keys n
  /// of a group with equal (n / 2) mod 4 do.
  bool queryPerThread = false, keyPerThread = true;
  /// What our kernels do at the ends of Q and K, and other code need not: rows
  /// behind the last one repeat it in its scale groups. Keys behind the last
  /// one, up to a whole tile, repeat it in their scale groups and, where no key
  /// is masked, in their row's maximum; they never have weight. Int8 only.
  bool repeatLastQuery = false, repeatLastKey = false;
  /// Subtract the mean of K over keys before quantization.
  bool smoothK = true;
  /// Subtract the mean of V over keys, and add back at the end the mean of V
  /// minus the mean of what was stored. Int8E4M3 only.
  bool smoothV = true;
  /// With smoothV: false adds back the plain mean.
  bool correctMean = true;
  /// The output is rounded to this type (F32: as computed).
  ElementType outType = ElementType::F32;

  /// The published recipe of SageAttention 2.2 on Hopper: per-thread scales,
  /// no V smoothing, keys walked forward, no lazy rescale, promoted sums.
  static RecipeOptions sageAttention();
};

/// Checks ranges and combinations.
Result<void> verify(const RecipeOptions &options);

/// Level 3 of the tests: the quantized algorithm in plain code. Integer parts
/// are exact, rounding and order of tiles are those of the kernel; sums inside
/// one matrix product run in order of keys. `rows` as in referenceAttention:
/// scales are still those of whole groups.
///
/// Non-finite inputs: one in a scale group of Q makes the group's rows NaN, one
/// in K all rows of its head, one in V its channel of its head. Finite inputs
/// never give NaN.
Result<AttentionResult> emulateAttention(const AttentionProblem &problem,
                                         const RecipeOptions &options,
                                         const std::vector<int64_t> &rows = {},
                                         int threads = 0);

} // namespace rcm::reference

#endif // RCM_REFERENCE_RECIPE_H
