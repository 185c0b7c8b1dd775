//===- TransformsRecipeCostTest.cpp - The cost model and what was measured ===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/RecipeCost.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace rcm;

namespace {

/// Times of one call with everything included, from prebuilt objects: one
/// NVIDIA H200, driver 580.159.04, 2026-11-27, medians of CUDA events with an
/// emptied L2 (docs/KernelDiary.md).
struct Measured {
  const char *name;
  AttentionShape shape;
  double half, int8; // microseconds
};

const Measured kMeasured[] = {
    {"proposal_small", {4, 4, 4, 128, 128, 64, 64, false, true}, 6.0, 13.9},
    {"proposal_medium", {8, 8, 8, 512, 512, 64, 64, false, true}, 17.5, 33.6},
    {"proposal_large", {16, 12, 12, 2048, 2048, 64, 64, false, true}, 407, 446},
    {"cross_512", {1, 12, 12, 32760, 512, 128, 128, false, true}, 207, 159},
    {"b8h16_2k", {8, 16, 16, 2048, 2048, 128, 128, false, true}, 429, 409},
    {"b4h16_4k", {4, 16, 16, 4096, 4096, 128, 128, false, true}, 811, 691},
    {"b2h16_8k", {2, 16, 16, 8192, 8192, 128, 128, false, true}, 1669, 1214},
    {"wan1.3b_480p",
     {1, 12, 12, 32760, 32760, 128, 128, false, true},
     9901,
     6536},
};

TEST(RecipeCost, ChoosesWhatWasFaster) {
  for (const Measured &m : kMeasured) {
    double half = estimateCost(KernelFamily::kHalf, m.shape).total;
    double int8 = estimateCost(KernelFamily::kInt8E4M3, m.shape).total;
    EXPECT_EQ(half < int8, m.half < m.int8) << m.name;
  }
}

// Not a promise about other machines: a change of a constant that moves the
// model away from what was measured must be seen.
TEST(RecipeCost, IsNearWhatWasMeasured) {
  constexpr double kMostError = 0.30;
  for (const Measured &m : kMeasured) {
    double half = estimateCost(KernelFamily::kHalf, m.shape).total;
    double int8 = estimateCost(KernelFamily::kInt8E4M3, m.shape).total;
    EXPECT_LT(std::abs(half / m.half - 1), kMostError) << m.name << " " << half;
    EXPECT_LT(std::abs(int8 / m.int8 - 1), kMostError) << m.name << " " << int8;
  }
}

TEST(RecipeCost, GrowsWithEverySize) {
  AttentionShape shape = {2, 8, 8, 4096, 4096, 128, 128, false, true};
  for (KernelFamily family : {KernelFamily::kHalf, KernelFamily::kInt8E4M3}) {
    double before = estimateCost(family, shape).total;
    for (int64_t AttentionShape::*size :
         {&AttentionShape::batches, &AttentionShape::heads,
          &AttentionShape::rows, &AttentionShape::keys}) {
      AttentionShape larger = shape;
      larger.*size *= 2;
      EXPECT_GT(estimateCost(family, larger).total, before);
    }
    AttentionShape masked = shape;
    masked.causal = true;
    EXPECT_LT(estimateCost(family, masked).total, before);
  }
}

// No keys is a size like any other.
TEST(RecipeCost, TakesNoKeys) {
  AttentionShape shape = {1, 1, 1, 1, 0, 64, 64, false, false};
  EXPECT_GT(estimateCost(KernelFamily::kHalf, shape).total, 0);
  EXPECT_LT(estimateCost(KernelFamily::kHalf, shape).total,
            estimateCost(KernelFamily::kInt8E4M3, shape).total);
}

} // namespace
