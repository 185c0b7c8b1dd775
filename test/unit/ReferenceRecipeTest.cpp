//===- ReferenceRecipeTest.cpp - Properties of the recipe emulation -------===//

#include "ReferenceTestUtils.h"

#include "rcm/Reference/Numbers.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace rcm::reference;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
bool anyNaN(const std::vector<double> &values) {
  for (double value : values)
    if (std::isnan(value))
      return true;
  return false;
}

} // namespace

TEST(Recipe, NamesAndDefaults) {
  for (Recipe recipe : kAllRecipes)
    EXPECT_EQ(parseRecipe(toString(recipe)), recipe);
  EXPECT_FALSE(parseRecipe("int4"));
  EXPECT_EQ(defaultRecipe(ElementType::BF16), Recipe::Int8E4M3);
  EXPECT_EQ(defaultRecipe(ElementType::F32), Recipe::None);
  EXPECT_TRUE(verify(RecipeOptions()));
  EXPECT_TRUE(verify(RecipeOptions::sageAttention()));
}

TEST(Recipe, RefusesImpossibleOptions) {
  auto error = [](auto change) {
    RecipeOptions options;
    change(options);
    return verify(options).error();
  };
  EXPECT_EQ(error([](RecipeOptions &o) { o.keyTile = 0; }),
            "expected key tile of at least 1, got 0");
  EXPECT_EQ(error([](RecipeOptions &o) { o.queryTile = 100; }),
            "expected a query tile of a multiple of 64, got 100");
  EXPECT_EQ(error([](RecipeOptions &o) { o.rescaleThreshold = -1; }),
            "expected a rescale threshold from 0 to 64, got -1.0");
  EXPECT_EQ(error([](RecipeOptions &o) { o.probabilityOffset = 7.5f; }),
            "expected probability offset + rescale threshold of at most "
            "log2(448), got 7.5 + 2.0");
  EXPECT_EQ(error([](RecipeOptions &o) {
              o.recipe = Recipe::Int8F16;
              o.accumulator = Accumulator::Narrow;
            }),
            "expected recipe int8-e4m3 for the narrow accumulator, got "
            "int8-f16");
}

TEST(Recipe, ShiftingAllScoresChangesLseOnly) {
  Case c = makeCase({1, 1, 1, 8, 200, 32, 32}, "normal", ElementType::F32);
  for (Recipe recipe : kAllRecipes) {
    c.problem.bias = Operand::scalar(0.0);
    AttentionResult base = emulated(c.problem, optionsFor(recipe));
    c.problem.bias = Operand::scalar(8.0);
    AttentionResult shifted = emulated(c.problem, optionsFor(recipe));
    // The sums in the exponent round differently; a weight near a tie of its
    // format may go the other way.
    EXPECT_LE(compare(shifted.out, base.out).relativeL2,
              looseBound(recipe) / 10);
    for (size_t i = 0; i < base.lse.size(); ++i)
      EXPECT_NEAR(shifted.lse[i], base.lse[i] + 8.0, 1e-3);
  }
}

TEST(Recipe, IntegerScoresAreExact) {
  // Integers up to 127, 127 in each group: quantization changes nothing, so
  // that int8-f16 differs from f16 by the rounding of P alone, which is equal.
  AttentionShape shape{1, 1, 1, 16, 256, 64, 64};
  Case c = makeCase(shape, "uniform:-127:127", ElementType::F32);
  for (Array *array : {&c.inputs.q, &c.inputs.k})
    for (int64_t i = 0; i < array->numElements(); ++i)
      array->set(i, i % 64 == 0 ? 127 : std::nearbyint(array->get(i)));
  c.problem.scale = 1e-4;
  RecipeOptions options = optionsFor(Recipe::Int8F16);
  options.smoothK = false;
  RecipeOptions wide = optionsFor(Recipe::F16);
  Case rounded = makeCase(shape, "normal", ElementType::F16);
  c.problem.v = rounded.problem.v; // The same V in both.
  EXPECT_LE(
      compare(emulated(c.problem, options).out, emulated(c.problem, wide).out)
          .relativeL2,
      1e-4);
}

TEST(Recipe, ConstantValuesComeBackExactly) {
  Case c = makeCase({1, 1, 1, 5, 300, 32, 32}, "normal");
  for (int64_t i = 0; i < c.inputs.v.numElements(); ++i)
    c.inputs.v.set(i, 0.37 + 3 * static_cast<double>(i % 32));
  AttentionResult result = emulated(c.problem, RecipeOptions());
  for (int d = 0; d < 32; ++d)
    EXPECT_FLOAT_EQ(result.out[d], c.inputs.v.get(d));
}

TEST(Recipe, GroupsOfZerosGiveZeros) {
  for (Recipe recipe : {Recipe::Int8F16, Recipe::Int8E4M3}) {
    Case c = makeCase({1, 1, 1, 5, 200, 32, 32}, "normal");
    std::memset(c.inputs.q.data(), 0, c.inputs.q.storageBytes());
    // Equal weights: the mean of V.
    EXPECT_LE(measure(c.problem, optionsFor(recipe)).relativeL2, 0.12);
    std::memset(c.inputs.k.data(), 0, c.inputs.k.storageBytes());
    EXPECT_LE(measure(c.problem, optionsFor(recipe)).relativeL2, 0.12);
    std::memset(c.inputs.v.data(), 0, c.inputs.v.storageBytes());
    for (double value : emulated(c.problem, optionsFor(recipe)).out)
      EXPECT_EQ(value, 0.0);
  }
}

TEST(Recipe, MaskedRowsAreZeroAndGetNoMeanOfV) {
  for (Recipe recipe : kAllRecipes) {
    Case c = makeCase({1, 1, 1, 6, 4, 16, 16}, "normal:offset=3");
    c.problem.causal = Causal::BottomRight; // Rows 0 and 1 see nothing.
    AttentionResult result = emulated(c.problem, optionsFor(recipe));
    for (int i = 0; i < 32; ++i)
      EXPECT_EQ(result.out[i], 0.0);
    EXPECT_EQ(result.lse[1], -kInf);
    EXPECT_LE(measure(c.problem, optionsFor(recipe)).relativeL2,
              looseBound(recipe));

    Case empty = makeCase({1, 1, 1, 2, 0, 16, 16}, "normal");
    EXPECT_EQ(emulated(empty.problem, optionsFor(recipe)).out,
              std::vector<double>(32, 0.0));
  }
}

TEST(Recipe, BiasMasks) {
  AttentionShape shape{1, 2, 2, 5, 300, 32, 32};
  Case c = makeCase(shape, "normal");
  Result<Array> bias =
      generate(*parseGenerator("normal"), ElementType::F32, {5, 300}, 4);
  ASSERT_TRUE(bias);
  for (int n = 0; n < 300; ++n) {
    bias->set(2 * 300 + n, -kInf); // A row without keys,
    if (n >= 128)                  // and one with whole tiles hidden.
      bias->set(3 * 300 + n, -kInf);
  }
  c.problem.bias = *bindOperand(*bias, "mn", "bhmn");
  for (Recipe recipe : kAllRecipes) {
    Metrics m = measure(c.problem, optionsFor(recipe));
    EXPECT_LE(m.relativeL2, looseBound(recipe));
    EXPECT_TRUE(m.sameNonFinite());
    AttentionResult result = emulated(c.problem, optionsFor(recipe));
    EXPECT_EQ(result.out[2 * 32], 0.0);
    EXPECT_EQ(result.lse[2], -kInf);
  }
}

TEST(Recipe, CausalBothWays) {
  for (Causal causal : {Causal::TopLeft, Causal::BottomRight})
    for (auto [queries, keys] : {std::pair{150, 150}, {40, 300}, {300, 40}}) {
      Case c = makeCase({1, 1, 1, queries, keys, 32, 32}, "normal");
      c.problem.causal = causal;
      for (Recipe recipe : kAllRecipes)
        EXPECT_LE(measure(c.problem, optionsFor(recipe)).relativeL2,
                  looseBound(recipe))
            << toString(recipe);
    }
}

TEST(Recipe, FiniteInputsNeverGiveNaN) {
  AttentionShape shape{1, 1, 1, 20, 150, 32, 32};
  for (const char *data :
       {"tiny", "huge", "const:0", "const:1e-38", "constant-rows",
        "normal:scale=1e-30", "normal:scale=1e30", "uniform:-3e38:3e38",
        "const:3e38", "outlier:scale=1e4", "sink:gap=200"})
    for (ElementType type : {ElementType::BF16, ElementType::F16}) {
      Case c = makeCase(shape, data, type);
      for (bool smooth : {false, true}) {
        RecipeOptions options;
        options.smoothK = options.smoothV = smooth;
        AttentionResult result = emulated(c.problem, options);
        EXPECT_FALSE(anyNaN(result.out)) << data;
        EXPECT_FALSE(anyNaN(result.lse)) << data;
        options.recipe = Recipe::Int8F16;
        EXPECT_FALSE(anyNaN(emulated(c.problem, options).out)) << data;
      }
    }
}

TEST(Recipe, NonFiniteInputsAreNeverLost) {
  for (Recipe recipe : kAllRecipes)
    for (double poison : {std::nan(""), kInf, -kInf})
      for (int which = 0; which < 4; ++which) {
        Case c =
            makeCase({1, 2, 2, 40, 200, 16, 16}, "normal", ElementType::F16);
        Array *arrays[] = {&c.inputs.q, &c.inputs.k, &c.inputs.v, &c.inputs.x};
        arrays[which]->set(16 * 7 + 3, poison); // Head 0, row 7.
        c.problem.x = *bindOperand(c.inputs.x, "bhmd");
        c.problem.alpha = Operand::scalar(0.5);
        AttentionResult reference = exact(c.problem);
        AttentionResult ours = emulated(c.problem, optionsFor(recipe));
        Metrics m = compare(ours.out, reference.out);
        ASSERT_EQ(m.lostNonFinite, 0) << toString(recipe) << which << poison;
        bool quantizes =
            recipe == Recipe::Int8F16 || recipe == Recipe::Int8E4M3;
        if (!quantizes) {
          ASSERT_EQ(m.newNonFinite, 0) << toString(recipe) << which << poison;
        }
        // It never leaves the head, and in Q not the scale group of 16 rows.
        for (size_t i = 640; i < 1280; ++i)
          ASSERT_TRUE(std::isfinite(ours.out[i]));
        for (size_t i = 16 * 16; which == 0 && i < 640; ++i)
          ASSERT_TRUE(std::isfinite(ours.out[i]));
      }
}

TEST(Recipe, FusionAddsNothing) {
  // One pass against two: attention in f32 to memory, then the skip.
  Case c = makeCase({2, 2, 2, 30, 200, 32, 32}, "normal");
  for (Recipe recipe : kAllRecipes) {
    AttentionResult attention = emulated(c.problem, optionsFor(recipe));
    AttentionProblem p = c.problem;
    p.x = *bindOperand(c.inputs.x, "bhmd");
    Result<Array> alpha = Array::fromValues(ElementType::F32, {2}, {0.3, 0.9});
    Result<Array> beta = Array::fromValues(ElementType::F32, {2}, {-0.7, 0.2});
    ASSERT_TRUE(alpha && beta);
    p.alpha = *bindCoefficient(*alpha);
    p.beta = *bindCoefficient(*beta);
    AttentionResult fused = emulated(p, optionsFor(recipe));
    double largest = 0, difference = 0;
    for (size_t i = 0; i < fused.out.size(); ++i) {
      size_t b = i / (2 * 30 * 32);
      double expected =
          alpha->get(b) * c.inputs.x.get(i) + beta->get(b) * attention.out[i];
      largest = std::max(largest, std::fabs(expected));
      difference = std::max(difference, std::fabs(fused.out[i] - expected));
    }
    EXPECT_LE(difference, 1e-6 * largest) << toString(recipe);
  }
}

TEST(Recipe, OutputIsRoundedOnce) {
  Case c = makeCase({1, 1, 1, 4, 50, 16, 16}, "normal");
  RecipeOptions options;
  AttentionResult wide = emulated(c.problem, options);
  options.outType = ElementType::BF16;
  AttentionResult narrow = emulated(c.problem, options);
  for (size_t i = 0; i < wide.out.size(); ++i) {
    EXPECT_EQ(wide.out[i], static_cast<float>(wide.out[i]));
    EXPECT_EQ(narrow.out[i], fromBF16(toBF16(wide.out[i])));
  }
}

TEST(Recipe, SubsetsAndThreadsGiveTheSameBits) {
  Case c = makeCase({1, 2, 1, 100, 300, 32, 32}, "video");
  for (int64_t group : {1, 16}) {
    RecipeOptions options;
    options.queryGroup = group;
    AttentionResult all = emulated(c.problem, options);
    Result<AttentionResult> single =
        emulateAttention(c.problem, options, {}, 1);
    ASSERT_TRUE(single);
    EXPECT_EQ(all.out, single->out);
    std::vector<int64_t> rows = {99, 0, 17, 18};
    AttentionResult some = emulated(c.problem, options, rows);
    for (int64_t h = 0; h < 2; ++h)
      for (size_t i = 0; i < rows.size(); ++i)
        for (int64_t d = 0; d < 32; ++d)
          ASSERT_EQ(some.out[(h * rows.size() + i) * 32 + d],
                    all.out[(h * 100 + rows[i]) * 32 + d]);
  }
}

TEST(Recipe, GroupedHeadsEqualRepeatedOnes) {
  Case grouped = makeCase({1, 4, 2, 20, 150, 32, 32}, "normal");
  Case repeated = makeCase({1, 4, 4, 20, 150, 32, 32}, "normal");
  for (int64_t i = 0; i < repeated.inputs.k.numElements(); ++i) {
    int64_t head = i / (150 * 32), rest = i % (150 * 32);
    repeated.inputs.k.set(i, grouped.inputs.k.get(head / 2 * 4800 + rest));
    repeated.inputs.v.set(i, grouped.inputs.v.get(head / 2 * 4800 + rest));
  }
  EXPECT_EQ(emulated(grouped.problem, RecipeOptions()).out,
            emulated(repeated.problem, RecipeOptions()).out);
}
