//===- RCMToCPUTest.cpp - the fast lowering against the f64 reference -----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionExecution.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace rcm::test;
using rcm::reference::ElementType;

namespace {

/// The bound of the specification for normal data in f32.
constexpr double kTolerance = 1e-5;
/// The output is rounded to 8 (bf16) or 11 (f16) bits; |out| stays below 8.
constexpr double kBF16Tolerance = 8.0 / 256, kF16Tolerance = 8.0 / 2048;
/// Sums of at most 200 terms of size about 1 in f64.
constexpr double kWideTolerance = 1e-13;

/// Small tiles, so that small sizes have several of them with tails: keys in
/// steps of 48 (f32) or 24 (f64) and query rows in tasks of 32.
constexpr const char *kPipeline =
    "rcm-to-cpu{threads=2 vector-width=256 key-tile=24 query-tile=32}";
constexpr int64_t kManyKeys = 131, kManyRows = 75;

void expectNear(const std::vector<double> &got,
                const std::vector<double> &expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::isfinite(expected[i]))
      ASSERT_NEAR(got[i], expected[i], tolerance) << "at " << i;
    else if (std::isnan(expected[i]))
      ASSERT_TRUE(std::isnan(got[i])) << got[i] << " at " << i;
    else
      ASSERT_EQ(got[i], expected[i]) << "at " << i;
  }
}

/// On memrefs of static and of dynamic shape.
void expectReference(AttentionCase test, double tolerance = kTolerance) {
  test.onTensors = false;
  if (test.pipeline.empty())
    test.pipeline = kPipeline;
  for (bool isDynamic : {false, true}) {
    SCOPED_TRACE(isDynamic ? "dynamic" : "static");
    test.isDynamic = isDynamic;
    AttentionRun run = runCase(test);
    ASSERT_EQ(run.error, "");
    expectNear(run.out, run.expectedOut, tolerance);
    expectNear(run.lse, run.expectedLse, tolerance);
  }
}

/// Several tiles of keys and several tasks of rows, none of them full.
AttentionCase manyTiles() {
  AttentionCase test;
  test.h = test.g = 2;
  test.lq = kManyRows;
  test.lk = kManyKeys;
  test.depth = 20;
  test.valueDepth = 13;
  return test;
}

TEST(RCMToCPU, Skip) { expectReference({}); }

TEST(RCMToCPU, ManyTiles) {
  AttentionCase test = manyTiles();
  test.lse = {"bhm"};
  expectReference(test);
}

// Lengths and depths around the sizes of panels, blocks and tiles.
TEST(RCMToCPU, Sizes) {
  const int64_t sizes[][4] = {{1, 1, 1, 1},     {1, 100, 64, 64},
                              {15, 5, 7, 12},   {16, 6, 9, 17},
                              {17, 47, 64, 6},  {32, 48, 8, 64},
                              {33, 49, 3, 5},   {64, 96, 33, 16},
                              {65, 97, 16, 24}, {2, 193, 40, 1}};
  for (auto [lq, lk, depth, valueDepth] : sizes) {
    SCOPED_TRACE(std::to_string(lq) + " x " + std::to_string(lk) + " x " +
                 std::to_string(depth) + " x " + std::to_string(valueDepth));
    AttentionCase test;
    test.b = test.h = test.g = 1;
    test.lq = lq;
    test.lk = lk;
    test.depth = depth;
    test.valueDepth = valueDepth;
    expectReference(test);
  }
}

TEST(RCMToCPU, DefaultTiles) {
  AttentionCase test;
  test.pipeline = "rcm-to-cpu";
  test.lq = 300;
  test.lk = 500;
  test.depth = test.valueDepth = 64;
  test.h = test.g = 2;
  test.scale = 0.125;
  expectReference(test);
}

TEST(RCMToCPU, NarrowVectors) {
  AttentionCase test = manyTiles();
  test.pipeline = "rcm-to-cpu{vector-width=128 key-tile=24 query-tile=32}";
  expectReference(test);
}

TEST(RCMToCPU, GroupedQueries) {
  AttentionCase test = manyTiles();
  test.h = 6;
  test.g = 2;
  test.alpha = {"bhm"};
  test.lse = {"hbm"};
  expectReference(test);
  test.g = 1;
  expectReference(test);
}

TEST(RCMToCPU, RowsBeforeHeads) {
  AttentionCase test = manyTiles();
  test.q = {"bmhk"};
  test.k = {"bnhk"};
  test.v = {"bnhd"};
  test.x = test.out = {"bmhd"};
  test.h = 4;
  test.bias = {"bh1n"};
  expectReference(test);
}

TEST(RCMToCPU, PermutedEverything) {
  AttentionCase test = manyTiles();
  test.q = {"khmb"};
  test.k = {"nbkh"};
  test.v = {"dhbn"};
  test.x = {"mdhb"};
  test.out = {"dbmh"};
  test.alpha = {"hd"};
  test.beta = {"m1b"};
  test.bias = {"nhm"};
  expectReference(test);
}

TEST(RCMToCPU, SharedKeysOfAllBatchesAndHeads) {
  AttentionCase test = manyTiles();
  test.k = {"nk"};
  test.v = {"bnd"};
  test.alpha = {"", ElementType::F64};
  test.beta = {"bhmd"};
  test.bias = {"m1"};
  expectReference(test);
}

TEST(RCMToCPU, NoKeys) {
  AttentionCase test;
  test.lk = 0;
  test.lse = {"bhm"};
  expectReference(test);
}

// 75 rows, 131 keys: 56 is bottom-right, -30 hides all keys from 30 rows.
TEST(RCMToCPU, CausalOffsets) {
  for (int64_t offset : {int64_t(0), kManyKeys - kManyRows, int64_t(-30),
                         int64_t(1) << 40, -(int64_t(1) << 40)}) {
    SCOPED_TRACE(offset);
    AttentionCase test = manyTiles();
    test.causalOffset = offset;
    test.lse = {"bhm"};
    expectReference(test);
  }
}

// A key that the mask hides takes no part, even if it holds NaN; a row that
// sees it is NaN.
TEST(RCMToCPU, HiddenNaN) {
  AttentionCase test = manyTiles();
  test.causalOffset = 0;
  for (int64_t key : {0, 21, 70, 100}) {
    SCOPED_TRACE(key);
    test.poisonedKey = key;
    expectReference(test);
  }
}

TEST(RCMToCPU, FullyMaskedRow) {
  AttentionCase test = manyTiles();
  test.bias = {"mn"};
  test.hiddenRow = 40;
  test.lse = {"bhm"};
  expectReference(test);
}

TEST(RCMToCPU, LiteralCoefficients) {
  for (auto [alpha, beta] : {std::pair{0.0, 2.0}, {1.0, 0.0}, {0.0, 0.0}}) {
    SCOPED_TRACE(std::to_string(alpha) + ", " + std::to_string(beta));
    AttentionCase test = manyTiles();
    test.literalAlpha = alpha;
    test.literalBeta = beta;
    expectReference(test);
    test.lse = {"bhm"};
    expectReference(test);
  }
}

TEST(RCMToCPU, NarrowTypes) {
  AttentionCase test = manyTiles();
  for (OperandSpec *operand : {&test.q, &test.k, &test.v, &test.x, &test.out})
    operand->type = ElementType::BF16;
  expectReference(test, kBF16Tolerance);
  for (OperandSpec *operand : {&test.q, &test.k, &test.v, &test.x, &test.out})
    operand->type = ElementType::F16;
  expectReference(test, kF16Tolerance);
  test.x.type = test.q.type = ElementType::BF16;
  test.out.type = ElementType::F32;
  test.bias = {"bhmn", ElementType::BF16};
  expectReference(test);
}

TEST(RCMToCPU, WideTypes) {
  AttentionCase test = manyTiles();
  for (OperandSpec *operand :
       {&test.q, &test.k, &test.v, &test.x, &test.alpha, &test.beta, &test.out})
    operand->type = ElementType::F64;
  test.lse = {"bhm", ElementType::F64};
  test.causalOffset = 0;
  expectReference(test, kWideTolerance);
  test.causalOffset.reset();
  // One f64 operand makes the computation f64.
  test.q.type = test.v.type = test.x.type = ElementType::F32;
  expectReference(test, kWideTolerance);
  // An f64 residual makes the sum f64, not the attention.
  test.k.type = ElementType::F32;
  test.x.type = ElementType::F64;
  expectReference(test);
}

// The attention goes through memory: in the output's type it is rounded once
// more, in f32 not.
TEST(RCMToCPU, TwoPasses) {
  AttentionCase test = manyTiles();
  test.lse = {"bhm"};
  test.x = test.out = {"mbdh"};
  test.pipeline = "rcm-to-cpu{fuse=false key-tile=24 query-tile=32}";
  expectReference(test);
  test.x.type = test.out.type = ElementType::BF16;
  expectReference(test, 2 * kBF16Tolerance);
  test.out.type = ElementType::F32;
  test.pipeline = "rcm-to-cpu{fuse=false wide-intermediate key-tile=24}";
  expectReference(test);
}

// Scores of some 1e5: all weight on one key, and no overflow on the way.
TEST(RCMToCPU, LargeScores) {
  AttentionCase test = manyTiles();
  test.scale = 1e4;
  AttentionRun run;
  test.onTensors = false;
  test.pipeline = kPipeline;
  run = runCase(test);
  ASSERT_EQ(run.error, "");
  // 16 eps (1 + max |S|) max |V| with eps = 2^-24, |S| < 4e5, |V| < 5.
  expectNear(run.out, run.expectedOut, 16 * 0x1p-24 * 4e5 * 5);
}

} // namespace
