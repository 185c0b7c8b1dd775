//===- ReferenceAccuracyTest.cpp - The recipes against f64 ----------------===//
//
// SageAttention's figures are the measured ones of the accuracy table; a test
// fails when the emulated recipe is worse than that.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTestUtils.h"

#include <cmath>
#include <limits>

using namespace rcm::reference;

namespace {

struct TableRow {
  const char *name, *data;
  AttentionShape shape;
  int64_t rows;
  double oneMinusCosine, relativeL1;
};

/// The shapes that an emulation on two cores can afford, with fewer heads.
const TableRow kTable[] = {
    {"wan1_3b_480p",
     "normal",
     {1, 1, 1, 32760, 32760, 128, 128},
     32,
     7.3e-4,
     0.0382},
    {"wan1_3b_480p",
     "video",
     {1, 2, 2, 32760, 32760, 128, 128},
     32,
     1.4e-5,
     0.0048},
    {"b2h16_8k", "normal", {1, 2, 2, 8192, 8192, 128, 128}, 64, 7.4e-4, 0.0385},
    {"b2h16_8k", "video", {1, 2, 2, 8192, 8192, 128, 128}, 64, 2.6e-5, 0.0067},
    {"b8h16_2k",
     "normal",
     {1, 4, 4, 2048, 2048, 128, 128},
     128,
     7.2e-4,
     0.0378},
    {"b8h16_2k", "video", {1, 4, 4, 2048, 2048, 128, 128}, 128, 3.2e-5, 0.0076},
    {"cross_512",
     "normal",
     {1, 4, 4, 32760, 512, 128, 128},
     256,
     6.7e-4,
     0.0365},
    {"cross_512",
     "video",
     {1, 4, 4, 32760, 512, 128, 128},
     256,
     3.4e-5,
     0.0078},
    {"proposal_large",
     "normal",
     {1, 4, 4, 2048, 2048, 64, 64},
     128,
     7.0e-4,
     0.0374},
    {"proposal_large",
     "video",
     {1, 4, 4, 2048, 2048, 64, 64},
     128,
     2.9e-5,
     0.0071},
    {"proposal_small",
     "normal",
     {2, 4, 4, 128, 128, 64, 64},
     128,
     6.4e-4,
     0.0357},
    {"proposal_small",
     "video",
     {2, 4, 4, 128, 128, 64, 64},
     128,
     3.4e-5,
     0.0078}};

class AccuracyTable : public testing::TestWithParam<TableRow> {};

} // namespace

TEST_P(AccuracyTable, DefaultRecipeIsNotWorseThanSageAttention) {
  const TableRow &row = GetParam();
  Case c = makeCase(row.shape, row.data);
  Metrics m = measure(c.problem, RecipeOptions(),
                      spreadRows(row.shape.queries, row.rows));
  EXPECT_LE(m.oneMinusCosine, row.oneMinusCosine);
  EXPECT_LE(m.relativeL1, row.relativeL1);
  EXPECT_EQ(m.newNonFinite, 0);
  // A recipe that quantizes cannot be this good: the test measures something.
  EXPECT_GT(m.relativeL1, row.relativeL1 / 4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, AccuracyTable, testing::ValuesIn(kTable),
                         [](const auto &info) {
                           return std::string(info.param.name) + "_" +
                                  info.param.data;
                         });

TEST(Accuracy, SageAttentionsOwnFiguresAreReproduced) {
  // Measured 7.4e-4 / 0.0385 and 2.6e-5 / 0.0067: the emulation of the
  // published recipe must land there, or it says nothing about ours.
  AttentionShape shape{1, 2, 2, 8192, 8192, 128, 128};
  std::vector<int64_t> rows = spreadRows(8192, 64);
  Metrics normal = measure(makeCase(shape, "normal").problem,
                           RecipeOptions::sageAttention(), rows);
  EXPECT_NEAR(normal.oneMinusCosine, 7.4e-4, 0.6e-4);
  EXPECT_NEAR(normal.relativeL1, 0.0385, 0.0015);
  Metrics video = measure(makeCase(shape, "video").problem,
                          RecipeOptions::sageAttention(), rows);
  EXPECT_NEAR(video.oneMinusCosine, 2.6e-5, 0.4e-5);
  EXPECT_NEAR(video.relativeL1, 0.0067, 0.0008);
}

TEST(Accuracy, OtherDistributionsMatchPerThreadScales) {
  RecipeOptions perThread;
  perThread.queryGroup = 16;
  perThread.queryPerThread = perThread.keyPerThread = true;
  perThread.accumulator = Accumulator::F32;
  // What the narrow accumulator costs where all else is exact (equal weights):
  // a quarter of what rounding the output to bf16 does.
  constexpr double kFloor = 5e-4;
  AttentionShape shape{1, 4, 4, 2048, 2048, 128, 128};
  std::vector<int64_t> rows = spreadRows(2048, 128);
  for (const char *data : {"outlier", "sink", "tiny", "constant-rows"}) {
    Case c = makeCase(shape, data);
    Metrics ours = measure(c.problem, RecipeOptions(), rows);
    Metrics theirs = measure(c.problem, perThread, rows);
    // Three and five per cent: what another seed changes.
    EXPECT_LE(ours.relativeL1, 1.03 * theirs.relativeL1 + kFloor) << data;
    EXPECT_LE(ours.oneMinusCosine,
              1.05 * theirs.oneMinusCosine + kFloor * kFloor)
        << data;
    EXPECT_EQ(ours.newNonFinite, 0) << data;
  }
}

TEST(Accuracy, CoarseScalesMissIt) {
  // Why the default scales are finer than one per warp and tile.
  Case c = makeCase({1, 4, 4, 2048, 2048, 128, 128}, "outlier");
  std::vector<int64_t> rows = spreadRows(2048, 128);
  RecipeOptions coarse;
  coarse.queryGroup = 16;
  coarse.keyPerThread = false;
  EXPECT_GT(measure(c.problem, coarse, rows).relativeL1,
            1.1 * measure(c.problem, RecipeOptions(), rows).relativeL1);
}

TEST(Accuracy, DirectSumsLoseValuesWithAnOffset) {
  // Measured with 8192 keys, direct / promoted: 0.068 / 0.0023 without the
  // mean subtracted, 0.0014 / 0.0014 with it.
  Case c = makeCase({1, 1, 1, 8192, 8192, 128, 128}, "normal");
  Array &v = c.inputs.v;
  for (int64_t i = 0; i < v.numElements(); ++i)
    v.set(i, v.get(i) + 0.5);
  // Uniform weights, as few keys stand out among many.
  std::vector<int64_t> rows = spreadRows(8192, 32);
  RecipeOptions options;
  auto relativeL1 = [&](Accumulation accumulation, bool smooth) {
    options.accumulation = accumulation;
    options.promotionTiles = 1;
    options.smoothV = smooth;
    return measure(c.problem, options, rows).relativeL1;
  };
  EXPECT_NEAR(relativeL1(Accumulation::Direct, false), 0.068, 0.02);
  EXPECT_NEAR(relativeL1(Accumulation::Promoted, false), 0.0023, 0.0012);
  EXPECT_NEAR(relativeL1(Accumulation::Direct, true), 0.0014, 0.0004);
  EXPECT_NEAR(relativeL1(Accumulation::Promoted, true), 0.0014, 0.0004);
}

TEST(Accuracy, MeanCorrectionHelps) {
  // Emulated in f64 before: 0.0388 without smoothing, 0.0414 with the plain
  // mean added back, 0.0353 with the corrected one.
  Case c = makeCase({1, 1, 1, 8192, 8192, 128, 128}, "normal");
  std::vector<int64_t> rows = spreadRows(8192, 64);
  RecipeOptions options;
  options.accumulator = Accumulator::F32;
  double corrected = measure(c.problem, options, rows).relativeL1;
  options.correctMean = false;
  double plain = measure(c.problem, options, rows).relativeL1;
  options.smoothV = false;
  double none = measure(c.problem, options, rows).relativeL1;
  EXPECT_NEAR(corrected, 0.0353, 0.001);
  EXPECT_NEAR(plain, 0.0414, 0.0015);
  EXPECT_NEAR(none, 0.0388, 0.0015);
}

TEST(Accuracy, WiderRecipes) {
  Case c = makeCase({1, 2, 2, 2048, 2048, 64, 64}, "normal", ElementType::F16);
  std::vector<int64_t> rows = spreadRows(2048, 64);
  auto relativeL1 = [&](Recipe recipe) {
    return measure(c.problem, optionsFor(recipe), rows).relativeL1;
  };
  // FlashAttention's bf16 has 0.0022 on bf16 inputs, these are f16; int8 scores
  // cost 0.0125.
  EXPECT_LT(relativeL1(Recipe::BF16), 0.0045);
  EXPECT_GT(relativeL1(Recipe::BF16), 0.0003);
  EXPECT_LT(relativeL1(Recipe::F16), 0.0004);
  EXPECT_LT(relativeL1(Recipe::Int8F16), 0.015);
  EXPECT_GT(relativeL1(Recipe::Int8F16), 0.004);
}

TEST(Accuracy, NoneIsWithinTheBoundOfF32) {
  for (const char *data : {"normal", "video", "outlier", "sink"}) {
    Case c = makeCase({1, 2, 2, 512, 700, 64, 64}, data, ElementType::F32);
    Metrics m = measure(c.problem, optionsFor(Recipe::None));
    // 16 eps (1 + max|S|) max|V| with max|S| < 30, max|V| < 40 (outliers).
    double bound =
        std::string(data) == "normal" ? 1e-5 : 16 * 0x1p-24 * 31 * 40;
    EXPECT_LE(m.maxAbsDiff, bound) << data;
  }
}

TEST(Accuracy, LogSumExpRestoresTheMeanOfK) {
  for (const char *data : {"normal", "video", "normal:offset=4"})
    for (Recipe recipe :
         {Recipe::None, Recipe::BF16, Recipe::Int8F16, Recipe::Int8E4M3}) {
      Case c = makeCase({1, 2, 2, 64, 1000, 64, 64}, data);
      AttentionResult ours = emulated(c.problem, optionsFor(recipe));
      AttentionResult reference = exact(c.problem);
      Metrics m = compare(ours.lse, reference.lse);
      // Scores of video reach tens; their int8 steps are below 0.2.
      double bound = recipe == Recipe::None ? 2e-5 : 0.06;
      EXPECT_LE(m.maxAbsDiff, bound) << data << toString(recipe);
    }
}
