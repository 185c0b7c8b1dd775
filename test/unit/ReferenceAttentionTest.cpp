//===- ReferenceAttentionTest.cpp - The f64 and f32 references ------------===//
//
// The oracle is the textbook formula over one row, without blocks or threads.
//
//===----------------------------------------------------------------------===//

#include "rcm/Reference/Attention.h"
#include "rcm/Reference/Metrics.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace rcm::reference;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Case {
  AttentionShape shape;
  AttentionInputs inputs;
  AttentionProblem problem;
};

Case makeCase(AttentionShape shape, ElementType type = ElementType::F32,
              const char *generator = "normal",
              MemoryOrder order = MemoryOrder::BHLD) {
  Case result;
  result.shape = shape;
  auto inputs =
      generateAttention(*parseGenerator(generator), type, shape, 11, order);
  EXPECT_TRUE(inputs) << inputs.error();
  result.inputs = std::move(*inputs);
  result.problem = makeProblem(shape, result.inputs);
  return result;
}

/// The formula of one row, straight from the definition.
std::vector<double> textbook(const AttentionProblem &p, int64_t b, int64_t h,
                             int64_t m, double *lse = nullptr) {
  int64_t hk = h * p.keyHeads / p.queryHeads;
  int64_t hv = h * p.valueHeads / p.queryHeads;
  double sum = 0;
  std::vector<double> out(p.valueDepth, 0.0);
  for (int64_t n = 0; n < p.keys; ++n) {
    if (p.causal == Causal::TopLeft && n > m)
      continue;
    if (p.causal == Causal::BottomRight && n > m + p.keys - p.queries)
      continue;
    double score = 0;
    for (int64_t d = 0; d < p.depth; ++d)
      score += p.q.at(b, h, m, d) * p.k.at(b, hk, n, d);
    score *= p.scale;
    if (p.bias.isPresent())
      score += p.bias.at(b, h, m, n);
    double weight = std::exp(score);
    sum += weight;
    for (int64_t d = 0; d < p.valueDepth; ++d)
      out[d] += weight * p.v.at(b, hv, n, d);
  }
  for (double &value : out)
    value = sum == 0 ? 0 : value / sum;
  if (lse)
    *lse = std::log(sum);
  return out;
}

void expectTextbook(const AttentionProblem &p, double tolerance = 1e-12) {
  Result<AttentionResult> result = referenceAttention(p);
  ASSERT_TRUE(result) << result.error();
  size_t at = 0;
  for (int64_t b = 0; b < p.batch; ++b)
    for (int64_t h = 0; h < p.queryHeads; ++h)
      for (int64_t m = 0; m < p.queries; ++m) {
        double lse;
        std::vector<double> expected = textbook(p, b, h, m, &lse);
        double got = result->lse[at / p.valueDepth];
        if (std::isinf(lse))
          ASSERT_EQ(got, lse);
        else
          ASSERT_NEAR(got, lse, tolerance);
        for (double value : expected)
          ASSERT_NEAR(result->out[at++], value, tolerance)
              << b << " " << h << " " << m;
      }
  ASSERT_EQ(at, result->out.size());
}

} // namespace

TEST(ReferenceAttention, FollowsTheFormulaOverShapes) {
  for (int64_t queries : {1, 3, 17})
    for (int64_t keys : {1, 5, 64, 130})
      for (int64_t depth : {1, 7, 16, 33})
        expectTextbook(
            makeCase({2, 2, 2, queries, keys, depth, depth + 2}).problem);
}

TEST(ReferenceAttention, GroupsHeadsAndFollowsStrides) {
  for (MemoryOrder order : {MemoryOrder::BHLD, MemoryOrder::BLHD})
    for (int64_t keyHeads : {1, 2, 6})
      expectTextbook(makeCase({2, 6, keyHeads, 5, 9, 8, 4}, ElementType::BF16,
                              "normal", order)
                         .problem);
  // K and V may have different numbers of heads, and be shared by the batch.
  Case c = makeCase({2, 6, 6, 5, 9, 8, 4});
  c.problem.valueHeads = 2;
  c.problem.k.strides[0] = 0;
  expectTextbook(c.problem);
}

TEST(ReferenceAttention, MasksBothWays) {
  for (Causal causal : {Causal::TopLeft, Causal::BottomRight})
    for (auto [queries, keys] : {std::pair{7, 7}, {5, 12}, {12, 5}}) {
      Case c = makeCase({1, 2, 2, queries, keys, 8, 8});
      c.problem.causal = causal;
      expectTextbook(c.problem);
    }
  EXPECT_EQ(visibleKeys(Causal::None, 0, 4, 9), 9);
  EXPECT_EQ(visibleKeys(Causal::TopLeft, 3, 4, 9), 4);
  EXPECT_EQ(visibleKeys(Causal::BottomRight, 3, 4, 9), 9);
  EXPECT_EQ(visibleKeys(Causal::BottomRight, 0, 9, 4), 0);
  EXPECT_EQ(visibleKeys(Causal::TopLeft, 8, 9, 4), 4);
}

TEST(ReferenceAttention, AddsBiasOfEveryBroadcast) {
  Case c = makeCase({2, 2, 2, 4, 5, 8, 8});
  for (auto [shape, dims] :
       {std::pair<std::vector<int64_t>, const char *>{{2, 2, 4, 5}, "bhmn"},
        {{4, 5}, "mn"},
        {{5}, "n"},
        {{2, 1, 1, 5}, "b11n"},
        {{5, 2}, "nh"},
        {{}, ""}}) {
    Result<Array> bias =
        generate(*parseGenerator("normal"), ElementType::F32, shape, 2);
    ASSERT_TRUE(bias);
    Result<Operand> operand = bindOperand(*bias, dims, "bhmn");
    ASSERT_TRUE(operand) << operand.error();
    c.problem.bias = *operand;
    expectTextbook(c.problem);
  }
}

TEST(ReferenceAttention, RowsWithoutKeysAreZero) {
  Case c = makeCase({1, 1, 1, 3, 4, 8, 8});
  Result<Array> bias = Array::create(ElementType::F32, {3, 4});
  ASSERT_TRUE(bias);
  for (int n = 0; n < 4; ++n)
    bias->set(4 + n, -kInf);
  c.problem.bias = *bindOperand(*bias, "mn", "bhmn");
  expectTextbook(c.problem);
  auto result = referenceAttention(c.problem);
  EXPECT_EQ(result->lse[1], -kInf);
  EXPECT_EQ(result->out[8], 0.0);

  Case empty = makeCase({1, 1, 1, 3, 0, 8, 8});
  Result<AttentionResult> none = referenceAttention(empty.problem);
  ASSERT_TRUE(none) << none.error();
  EXPECT_EQ(none->out, std::vector<double>(24, 0.0));
  EXPECT_EQ(none->lse, std::vector<double>(3, -kInf));
}

TEST(ReferenceAttention, SurvivesLargeScores) {
  Case c = makeCase({1, 1, 1, 4, 100, 64, 8}, ElementType::F32, "huge");
  auto result = referenceAttention(c.problem);
  ASSERT_TRUE(result);
  for (double value : result->out)
    EXPECT_TRUE(std::isfinite(value));
}

TEST(ReferenceAttention, SkipBroadcastsCoefficients) {
  Case c = makeCase({2, 3, 3, 4, 5, 8, 8});
  Result<AttentionResult> plain = referenceAttention(c.problem);
  ASSERT_TRUE(plain);
  for (std::vector<int64_t> shape : {std::vector<int64_t>{},
                                     {2},
                                     {2, 3},
                                     {2, 3, 4},
                                     {2, 3, 4, 8},
                                     {2, 1, 1, 1},
                                     {1, 1, 4}}) {
    auto alpha =
        generate(*parseGenerator("normal"), ElementType::F64, shape, 5, 0);
    auto beta =
        generate(*parseGenerator("normal"), ElementType::F64, shape, 5, 1);
    ASSERT_TRUE(alpha && beta);
    AttentionProblem p = c.problem;
    p.x = *bindOperand(c.inputs.x, "bhmd");
    p.alpha = *bindCoefficient(*alpha);
    p.beta = *bindCoefficient(*beta);
    auto skipped = referenceAttention(p);
    ASSERT_TRUE(skipped);
    size_t at = 0;
    for (int b = 0; b < 2; ++b)
      for (int h = 0; h < 3; ++h)
        for (int m = 0; m < 4; ++m)
          for (int d = 0; d < 8; ++d, ++at)
            ASSERT_NEAR(skipped->out[at],
                        p.alpha.at(b, h, m, d) * p.x.at(b, h, m, d) +
                            p.beta.at(b, h, m, d) * plain->out[at],
                        1e-14);
  }
}

TEST(ReferenceAttention, LiteralZerosAreNotRead) {
  Case c = makeCase({1, 1, 1, 2, 3, 4, 4});
  c.inputs.q.fillBytes(0xFF); // NaN
  AttentionProblem p = c.problem;
  p.x = *bindOperand(c.inputs.x, "bhmd");
  p.alpha = Operand::scalar(2.0);
  p.ignoreAttention = true;
  auto result = referenceAttention(p);
  ASSERT_TRUE(result);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(result->out[i], 2 * c.inputs.x.get(i));
  EXPECT_TRUE(result->lse.empty());

  // beta = 0 at run time multiplies as IEEE says.
  p.ignoreAttention = false;
  p.beta = Operand::scalar(0.0);
  EXPECT_TRUE(std::isnan(referenceAttention(p)->out[0]));
}

TEST(ReferenceAttention, HiddenKeysMayHoldAnything) {
  Case c = makeCase({1, 1, 1, 4, 4, 8, 8});
  c.problem.causal = Causal::TopLeft;
  auto clean = referenceAttention(c.problem);
  ASSERT_TRUE(clean);
  for (int d = 0; d < 8; ++d) {
    c.inputs.k.set(3 * 8 + d, NAN);
    c.inputs.v.set(3 * 8 + d, NAN);
  }
  auto dirty = referenceAttention(c.problem);
  ASSERT_TRUE(dirty);
  for (int i = 0; i < 32; ++i) {
    if (i < 24)
      EXPECT_EQ(dirty->out[i], clean->out[i]);
    else
      EXPECT_TRUE(std::isnan(dirty->out[i]));
  }
}

TEST(ReferenceAttention, SubsetsAndThreadsGiveTheSameBits) {
  Case c = makeCase({1, 2, 1, 40, 70, 16, 16});
  auto all = referenceAttention(c.problem, {}, 1);
  auto threaded = referenceAttention(c.problem, {}, 5);
  ASSERT_TRUE(all && threaded);
  EXPECT_EQ(all->out, threaded->out);
  std::vector<int64_t> rows = {39, 0, 7};
  auto some = referenceAttention(c.problem, rows);
  ASSERT_TRUE(some);
  for (int h = 0; h < 2; ++h)
    for (int i = 0; i < 3; ++i)
      for (int d = 0; d < 16; ++d)
        ASSERT_EQ(some->out[(h * 3 + i) * 16 + d],
                  all->out[(h * 40 + rows[i]) * 16 + d]);
  EXPECT_EQ(referenceAttention(c.problem, {40}).error(),
            "expected rows below 40, got 40");
}

TEST(ReferenceAttention, PlainF32IsWithinItsBound) {
  for (const char *data : {"normal", "video", "outlier", "sink"}) {
    Case c = makeCase({1, 2, 2, 64, 512, 64, 64}, ElementType::F32, data);
    c.problem.x = *bindOperand(c.inputs.x, "bhmd");
    c.problem.alpha = Operand::scalar(0.3);
    c.problem.beta = Operand::scalar(0.9);
    auto reference = referenceAttention(c.problem);
    auto plain = twoPassF32Attention(c.problem);
    ASSERT_TRUE(reference && plain);
    Metrics m = compare(plain->out, reference->out);
    // 16 eps (1 + max|S|) max|V| with max|S| < 30, max|V| < 40 (outliers).
    double bound =
        std::string(data) == "normal" ? 1e-5 : 16 * 0x1p-24 * 31 * 40;
    EXPECT_LE(m.maxAbsDiff, bound) << data;
    EXPECT_GT(m.maxAbsDiff, 1e-9) << data; // f32, not f64.
    for (double value : plain->out)
      ASSERT_EQ(value, static_cast<float>(value));
  }
}

TEST(ReferenceAttention, RefusesBadProblems) {
  Case c = makeCase({1, 2, 2, 4, 4, 8, 8});
  AttentionProblem p = c.problem;
  p.keyHeads = 3;
  EXPECT_EQ(referenceAttention(p).error(),
            "expected query heads to be a multiple of key and value heads, "
            "got 2 and 3");
  p = c.problem;
  p.queries = 0;
  EXPECT_EQ(referenceAttention(p).error(),
            "expected queries of at least 1, got 0");
  p = c.problem;
  p.keys = -1;
  EXPECT_EQ(referenceAttention(p).error(),
            "expected keys of at least 0, got -1");
  p = c.problem;
  p.v = {};
  EXPECT_EQ(referenceAttention(p).error(),
            "expected operands q, k and v, got none for one of them");
}

TEST(Operand, RefusesBadBindings) {
  Result<Array> array = Array::create(ElementType::F32, {2, 3});
  ASSERT_TRUE(array);
  EXPECT_EQ(bindOperand(*array, "b", "bhmk").error(),
            "expected one letter of 'bhmk' per dimension of shape 2x3, got "
            "'b'");
  EXPECT_EQ(bindOperand(*array, "bb", "bhmk").error(),
            "expected distinct letters of 'bhmk', got 'bb'");
  EXPECT_EQ(bindOperand(*array, "bn", "bhmk").error(),
            "expected distinct letters of 'bhmk', got 'bn'");
  EXPECT_EQ(bindOperand(*array, "b1", "bhmk").error(),
            "expected size 1 for '1' in 'b1', got shape 2x3");
  Result<Array> scalar = Array::create(ElementType::F32, {});
  EXPECT_EQ(bindOperand(*scalar, "bhmk").error(),
            "expected rank 2, 3 or 4, got shape scalar");
}

TEST(Operand, GathersAndSpreadsRows) {
  EXPECT_EQ(spreadRows(10, 3), (std::vector<int64_t>{0, 4, 9}));
  EXPECT_EQ(spreadRows(3, 10), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(spreadRows(5, 1), (std::vector<int64_t>{0}));
  Case c = makeCase({2, 2, 2, 4, 4, 8, 8}, ElementType::F32, "normal",
                    MemoryOrder::BLHD);
  Operand q = *bindOperand(c.inputs.q, "bhmk");
  EXPECT_EQ(gatherRows(c.problem, q, 8), c.inputs.q.toF64());
  std::vector<double> some = gatherRows(c.problem, q, 8, {3});
  EXPECT_EQ(some.size(), 32u);
  EXPECT_EQ(some[9], c.inputs.q.get((1 * 4 + 3) * 8 + 1));
}
