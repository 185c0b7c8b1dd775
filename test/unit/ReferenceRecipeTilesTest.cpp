//===- ReferenceRecipeTilesTest.cpp - Sizes, tails and tiles of recipes -===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTestUtils.h"

using namespace rcm::reference;

TEST(Recipe, EveryTailOfKeys) {
  for (Recipe recipe : kAllRecipes)
    for (int64_t keys = 0; keys <= 300; ++keys) {
      Case c = makeCase({1, 1, 1, 3, keys, 32, 16}, "normal");
      Metrics m = measure(c.problem, optionsFor(recipe));
      ASSERT_LE(m.relativeL2, looseBound(recipe))
          << toString(recipe) << " " << keys;
      ASSERT_EQ(m.newNonFinite, 0);
    }
}

TEST(Recipe, EveryTailOfQueries) {
  for (Recipe recipe : {Recipe::None, Recipe::Int8E4M3})
    for (int64_t queries = 1; queries <= 300; ++queries) {
      Case c = makeCase({1, 1, 1, queries, 40, 16, 8}, "normal");
      RecipeOptions options = optionsFor(recipe);
      options.queryGroup = 16;
      ASSERT_LE(measure(c.problem, options).relativeL2, looseBound(recipe))
          << queries;
    }
}

TEST(Recipe, RowsBehindTheLastRepeatIt) {
  Case c = makeCase({1, 1, 1, 16, 140, 32, 16}, "normal", ElementType::F32);
  // Row 8 shares a scale with row 0, and is the last one of nine.
  for (int64_t d = 0; d < 32; ++d)
    for (int64_t m = 8; m < 16; ++m)
      c.inputs.q.set(m * 32 + d, 3.0 * (d % 5) - 4.0);
  RecipeOptions options;
  options.queryGroup = 16;
  options.queryPerThread = true;
  std::vector<double> all = emulated(c.problem, options).out;
  c.problem.queries = 9;
  std::vector<double> plain = emulated(c.problem, options).out;
  options.repeatLastQuery = true;
  std::vector<double> repeated = emulated(c.problem, options).out;
  all.resize(repeated.size());
  EXPECT_EQ(repeated, all);
  EXPECT_NE(repeated, plain);
}

TEST(Recipe, KeysBehindTheLastRepeatIt) {
  // The ninth key is in the first of four scale groups, and the largest.
  Case c = makeCase({1, 1, 1, 5, 9, 32, 16}, "normal", ElementType::F32);
  for (int64_t d = 0; d < 32; ++d)
    c.inputs.k.set(8 * 32 + d, 9.0 * static_cast<double>(d % 5) - 14.0);
  RecipeOptions options;
  options.smoothK = false;
  std::vector<double> plain = emulated(c.problem, options).out;
  options.repeatLastKey = true;
  std::vector<double> repeated = emulated(c.problem, options).out;
  EXPECT_NE(repeated, plain);
  // Codes of the other groups get coarser, no weight changes otherwise.
  EXPECT_LE(compare(repeated, exact(c.problem).out).relativeL2, 0.3);
  // Keys of one scale group per tile are quantized as without.
  options.keyPerThread = false;
  std::vector<double> coarse = emulated(c.problem, options).out;
  options.repeatLastKey = false;
  EXPECT_EQ(emulated(c.problem, options).out, coarse);
  // Whole tiles have no such keys.
  options.keyPerThread = true;
  options.keyTile = options.keyGroup = 9;
  std::vector<double> whole = emulated(c.problem, options).out;
  options.repeatLastKey = true;
  EXPECT_EQ(emulated(c.problem, options).out, whole);
}

TEST(Recipe, WarpgroupsPromoteAtDifferentTiles) {
  Case c = makeCase({1, 1, 1, 192, 1100, 32, 16}, "normal");
  RecipeOptions options;
  options.promotionTiles = 4;
  std::vector<double> plain = emulated(c.problem, options).out;
  options.queryTile = 192;
  std::vector<double> shifted = emulated(c.problem, options).out;
  // Rows of the first warpgroup are the same, the others' sums are rounded
  // elsewhere.
  constexpr int64_t kFirst = 64 * 16;
  EXPECT_TRUE(std::equal(plain.begin(), plain.begin() + kFirst,
                         shifted.begin()));
  EXPECT_NE(plain, shifted);
  EXPECT_LE(compare(shifted, plain).relativeL2, 2e-3);
  // One warpgroup has nobody to make room for.
  options.queryTile = 64;
  EXPECT_EQ(emulated(c.problem, options).out, plain);
}

TEST(Recipe, EveryDepth) {
  for (int64_t depth : {1, 2, 3, 7, 8, 9, 31, 64, 65, 128, 200, 256}) {
    for (int64_t valueDepth : {1, 5, 8, 64, 256}) {
      Case c = makeCase({1, 2, 1, 5, 140, depth, valueDepth}, "normal");
      for (Recipe recipe : kAllRecipes)
        ASSERT_LE(measure(c.problem, optionsFor(recipe)).relativeL2,
                  looseBound(recipe))
            << toString(recipe) << " " << depth << " " << valueDepth;
    }
  }
}

TEST(Recipe, TilesOrderAndThresholdDoNotChangeTheMeaning) {
  Case c = makeCase({1, 1, 1, 20, 333, 32, 32}, "sink", ElementType::F32);
  std::vector<double> reference = exact(c.problem).out;
  for (int64_t tile : {1, 7, 64, 128, 1000})
    for (bool reverse : {false, true})
      for (float threshold : {0.0f, 2.0f, 8.0f})
        for (RowSum sum : {RowSum::Add, RowSum::MatrixUnit}) {
          RecipeOptions options = optionsFor(Recipe::None);
          options.keyTile = tile;
          options.reverseKeys = reverse;
          options.rescaleThreshold = threshold;
          options.rowSum = sum;
          Metrics m = compare(emulated(c.problem, options).out, reference);
          ASSERT_LE(m.maxAbsDiff, 1e-5) << tile << reverse << threshold;
        }
}
