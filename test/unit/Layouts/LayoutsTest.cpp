//===- LayoutsTest.cpp - The layout maps are bijections
//---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMTile/IR/Layouts.h"

#include <gtest/gtest.h>
#include <set>
#include <utility>
#include <vector>

using namespace rcm::tile::layouts;

namespace {

TEST(Layouts, AccumulatorIsABijection) {
  for (int n = 8; n <= 256; n += 8) {
    std::vector<int> seen(64 * n, 0);
    for (int thread = 0; thread < kWarpgroup; ++thread)
      for (int index = 0; index < n / 2; ++index) {
        Element e = accumulatorElement(thread, index);
        ASSERT_LT(e.row, 64);
        ASSERT_LT(e.column, n);
        ++seen[e.row * n + e.column];
        int owner = -1;
        EXPECT_EQ(accumulatorIndex(e, owner), index);
        EXPECT_EQ(owner, thread);
      }
    for (int count : seen)
      ASSERT_EQ(count, 1);
  }
}

// Spot values of the figure in the PTX ISA (D fragment of wgmma.m64nN).
TEST(Layouts, AccumulatorMatchesTheManual) {
  Element e = accumulatorElement(/*thread=*/0, /*index=*/0);
  EXPECT_EQ(e.row, 0);
  EXPECT_EQ(e.column, 0);
  e = accumulatorElement(37, 7);
  EXPECT_EQ(e.row, 16 + 1 + 8);
  EXPECT_EQ(e.column, 8 + 2 + 1);
}

TEST(Layouts, OperandAIsABijection) {
  std::set<std::pair<int, int>> seen;
  for (int thread = 0; thread < kWarpgroup; ++thread)
    for (int byte = 0; byte < 16; ++byte) {
      Element e = operandA8Element(thread, byte);
      seen.insert({e.row, e.column});
    }
  EXPECT_EQ(seen.size(), 64u * 32u);
  EXPECT_EQ(seen.rbegin()->first, 63);
}

// Why 16-bit probabilities need no permutation at all: the operand wants what
// the accumulator's thread holds, in the same order.
TEST(Layouts, OperandA16IsTheAccumulator) {
  std::set<std::pair<int, int>> seen;
  for (int step = 0; step < 8; ++step)
    for (int thread = 0; thread < kWarpgroup; ++thread)
      for (int half = 0; half < 8; ++half) {
        Element wanted = operandA16Element(thread, half);
        Element held = accumulatorElement(thread, 8 * step + half);
        EXPECT_EQ(held.row, wanted.row);
        EXPECT_EQ(held.column, kStep16 * step + wanted.column);
        seen.insert({wanted.row, wanted.column});
      }
  EXPECT_EQ(seen.size(), 64u * 16u);
}

TEST(Layouts, TokenPermutationIsABijection) {
  std::set<int> tokens;
  for (int slot = 0; slot < 16; ++slot) {
    tokens.insert(tokenOfSlot(slot));
    EXPECT_EQ(slotOfToken(tokenOfSlot(slot)), slot);
  }
  EXPECT_EQ(tokens.size(), 16u);
  EXPECT_EQ(*tokens.rbegin(), 15);
}

// The point of the permutation: what a thread must feed as A operand is what
// it already holds, for every thread, byte and step.
TEST(Layouts, PackingNeedsNoShuffle) {
  for (int step = 0; step < 8; ++step)
    for (int thread = 0; thread < kWarpgroup; ++thread)
      for (int byte = 0; byte < 16; ++byte) {
        Element a = operandA8Element(thread, byte);
        Element held =
            accumulatorElement(thread, accumulatorOfOperandByte(step, byte));
        EXPECT_EQ(held.row, a.row);
        int token = 32 * step + a.column / 16 * 16 + tokenOfSlot(a.column % 16);
        EXPECT_EQ(held.column, token);
      }
}

TEST(Layouts, SwizzleIsABijectionWithoutBankConflicts) {
  for (int swizzle : {32, 64, 128})
    for (int rows : {8, 64, 136})
      for (int bytes : {32, 64, 128, 256}) {
        if (bytes % swizzle)
          continue;
        std::set<int64_t> seen;
        for (int row = 0; row < rows; ++row)
          for (int byte = 0; byte < bytes; ++byte)
            seen.insert(swizzledOffset(rows, swizzle, row, byte));
        EXPECT_EQ(seen.size(), static_cast<size_t>(rows) * bytes);
        EXPECT_EQ(*seen.begin(), 0);
        EXPECT_EQ(*seen.rbegin(), static_cast<int64_t>(rows) * bytes - 1);
      }
  // Eight consecutive rows of one chunk touch eight different 16-byte banks.
  std::set<int64_t> banks;
  for (int row = 0; row < 8; ++row)
    banks.insert(swizzledOffset(64, 128, row, 48) / 16 % 8);
  EXPECT_EQ(banks.size(), 8u);
}

TEST(Layouts, RowChunksAreABijection) {
  for (int columns : {64, 128, 256})
    for (int chunk : {4, 8}) {
      std::set<std::pair<int, int>> seen;
      int perLane = kWarpRows * columns / kWarp;
      for (int lane = 0; lane < kWarp; ++lane)
        for (int index = 0; index < perLane; ++index) {
          Element e = rowChunkElement(lane, index, columns, chunk);
          seen.insert({e.row, e.column});
        }
      EXPECT_EQ(seen.size(), static_cast<size_t>(kWarpRows) * columns);
      EXPECT_EQ(seen.rbegin()->first, kWarpRows - 1);
    }
}

// Sixteen keys of an MN-major tile are two groups of eight rows of 128 bytes.
TEST(Layouts, KeyStepsWalkRows) {
  for (int step = 0; step < 8; ++step)
    EXPECT_EQ(keyStepOffset(step),
              swizzledOffset(128, 128, kStep16 * step, 0));
}

TEST(Layouts, StepsWalkPanels) {
  EXPECT_EQ(stepOffset(128, 128, 0), 0);
  EXPECT_EQ(stepOffset(128, 128, 3), 96);
  EXPECT_EQ(stepOffset(128, 128, 4), 128 * 128);
  EXPECT_EQ(stepOffset(136, 64, 3), 136 * 64 + 32);
}

} // namespace
