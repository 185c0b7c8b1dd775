//===- TwoPassTest.cpp - fusion adds nothing on the CPU -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionExecution.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>

using namespace rcm::test;
using rcm::reference::ElementType;

namespace {

/// The bound of the specification, relative to the largest output: O and Out
/// are both f32 here, so that fusion saves no rounding either.
constexpr double kRelativeBound = 1e-5;

/// Runs a case in one pass and in two, on the same inputs.
void expectEqual(AttentionCase test) {
  test.onTensors = false;
  test.pipeline = "rcm-to-cpu{threads=2}";
  AttentionRun one = runCase(test);
  test.pipeline = "rcm-to-cpu{threads=2 fuse=false wide-intermediate}";
  AttentionRun two = runCase(test);
  ASSERT_EQ(one.error, "");
  ASSERT_EQ(two.error, "");
  ASSERT_EQ(one.out.size(), two.out.size());
  double largest = 0, difference = 0;
  for (size_t i = 0; i < one.out.size(); ++i) {
    largest = std::max(largest, std::fabs(one.out[i]));
    difference = std::max(difference, std::fabs(one.out[i] - two.out[i]));
  }
  // Else the comparison would hold for any result.
  ASSERT_GT(largest, 0.1);
  EXPECT_LE(difference, kRelativeBound * largest);
}

AttentionCase proposalSmall() {
  AttentionCase test;
  test.b = test.h = test.g = 4;
  test.lq = test.lk = 128;
  test.depth = test.valueDepth = 64;
  test.scale = 0.125;
  return test;
}

TEST(TwoPass, EqualsOnePassAtProposalSmall) { expectEqual(proposalSmall()); }

TEST(TwoPass, EqualsOnePassFromNarrowInputs) {
  AttentionCase test = proposalSmall();
  test.q.type = test.k.type = test.v.type = test.x.type = ElementType::BF16;
  expectEqual(test);
}

TEST(TwoPass, EqualsOnePassAtRaggedSizes) {
  AttentionCase test;
  test.g = 2;
  test.lq = 131;
  test.lk = 257;
  test.depth = 40;
  test.valueDepth = 24;
  test.causalOffset = 100;
  expectEqual(test);
}

} // namespace
