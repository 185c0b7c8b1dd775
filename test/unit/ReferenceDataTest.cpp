//===- ReferenceDataTest.cpp - Generators, coefficients, metrics ----------===//

#include "rcm/Reference/Generators.h"
#include "rcm/Reference/Metrics.h"
#include "rcm/Reference/SkipCoefficients.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace rcm::reference;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

GeneratorSpec spec(const char *text) {
  Result<GeneratorSpec> parsed = parseGenerator(text);
  EXPECT_TRUE(parsed) << parsed.error();
  return parsed ? *parsed : GeneratorSpec();
}

std::vector<double> values(const char *text, std::vector<int64_t> shape,
                           ElementType type = ElementType::F32,
                           uint64_t seed = 1, uint64_t stream = 0) {
  Result<Array> array = generate(spec(text), type, shape, seed, stream);
  EXPECT_TRUE(array) << array.error();
  return array ? array->toF64() : std::vector<double>();
}

double mean(const std::vector<double> &x) {
  double sum = 0;
  for (double value : x)
    sum += value;
  return sum / static_cast<double>(x.size());
}

double deviation(const std::vector<double> &x) {
  double center = mean(x), sum = 0;
  for (double value : x)
    sum += (value - center) * (value - center);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

} // namespace

TEST(GeneratorSpec, RefusesWhatItDoesNotKnow) {
  for (const char *bad :
       {"", "gauss", "normal:", "normal:scale", "normal:scale=x",
        "normal:scale=inf", "normal:gap=3", "const", "const:", "const:1:2",
        "uniform:1", "uniform:2:1", "normal:q", "video:z", "video:keys=0",
        "video:keys=1.5", "const: 1", "const:1x"}) {
    Result<GeneratorSpec> parsed = parseGenerator(bad);
    EXPECT_FALSE(parsed) << bad;
    EXPECT_NE(parsed.error().find("got '"), std::string::npos) << bad;
  }
}

TEST(GeneratorSpec, ReadsArguments) {
  GeneratorSpec video = spec("video:k:keys=512:scale=2");
  EXPECT_EQ(video.role, Role::Key);
  EXPECT_EQ(video.keys, 512);
  EXPECT_EQ(video.scale, 2.0);
  EXPECT_EQ(spec("sink:gap=20").gap, 20.0);
  EXPECT_EQ(spec("uniform:-1:3").high, 3.0);
  EXPECT_EQ(spec("huge").scale, 3e4);
}

TEST(Generator, SimpleDistributions) {
  std::vector<double> normal = values("normal:scale=2:offset=5", {100, 1000});
  EXPECT_NEAR(mean(normal), 5, 0.05);
  EXPECT_NEAR(deviation(normal), 2, 0.05);
  EXPECT_EQ(values("const:0.5", {3}), (std::vector<double>(3, 0.5)));
  std::vector<double> uniform = values("uniform:-1:3", {1000});
  EXPECT_GE(*std::min_element(uniform.begin(), uniform.end()), -1);
  EXPECT_LT(*std::max_element(uniform.begin(), uniform.end()), 3);
  EXPECT_NEAR(mean(uniform), 1, 0.2);
  EXPECT_LT(deviation(values("tiny", {1000})), 1.2e-6);
}

TEST(Generator, OutliersAreRareAndLarge) {
  std::vector<double> x = values("outlier", {1000, 1000});
  int64_t large = std::count_if(x.begin(), x.end(),
                                [](double v) { return std::fabs(v) > 6; });
  // P(|N(0, 101)| > 6) = 0.55 of 1000 outliers expected.
  EXPECT_GT(large, 400);
  EXPECT_LT(large, 700);
}

TEST(Generator, ConstantRowsVaryOverChannelsOnly) {
  std::vector<double> x = values("constant-rows", {2, 5, 8});
  for (int h = 0; h < 2; ++h)
    for (int row = 1; row < 5; ++row)
      for (int d = 0; d < 8; ++d)
        EXPECT_EQ(x[(h * 5 + row) * 8 + d], x[h * 40 + d]);
  EXPECT_NE(x[0], x[1]);
  EXPECT_NE(x[0], x[40]);
}

TEST(Generator, DependsOnSeedAndStreamOnly) {
  std::vector<double> a = values("normal", {4, 8});
  EXPECT_EQ(a, values("normal", {4, 8}));
  EXPECT_EQ(a, values("normal", {32}));
  EXPECT_NE(a, values("normal", {4, 8}, ElementType::F32, 2));
  EXPECT_NE(a, values("normal", {4, 8}, ElementType::F32, 1, 1));
}

TEST(Generator, FirstDrawsNeverChange) {
  // Published results name their seed: this pins what a seed means.
  std::vector<double> x = values("normal", {4}, ElementType::F64, 0);
  const double expected[] = {1.6511778810211977, 0.84564555916412087,
                             -0.10209859457283363, -0.11563608851763292};
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(x[i], expected[i], 1e-12);
}

TEST(Generator, StaysFinite) {
  for (ElementType type : {ElementType::F16, ElementType::BF16}) {
    for (double x : values("huge", {1000}, type))
      ASSERT_TRUE(std::isfinite(x));
    for (double x : values("const:1e39", {2}, type))
      ASSERT_TRUE(std::isfinite(x));
  }
}

TEST(Generator, JointDistributionsNeedARole) {
  EXPECT_EQ(generate(spec("video"), ElementType::F32, {4, 4}, 0).error(),
            "expected a role q, k, v or x after 'video' or 'sink' for a "
            "single tensor, got none");
  EXPECT_EQ(generate(spec("sink:q"), ElementType::F32, {4}, 0).error(),
            "expected rank 2 to 4 for 'video' and 'sink', got shape 4");
}

TEST(GeneratorAttention, OrderChangesMemoryOnly) {
  AttentionShape shape{2, 4, 2, 10, 70, 16, 24};
  for (const char *name : {"normal", "video", "sink", "outlier"}) {
    auto a = generateAttention(spec(name), ElementType::BF16, shape, 3);
    auto b = generateAttention(spec(name), ElementType::BF16, shape, 3,
                               MemoryOrder::BLHD);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->q.toF64(), b->q.toF64());
    EXPECT_EQ(a->k.toF64(), b->k.toF64());
    EXPECT_EQ(a->v.toF64(), b->v.toF64());
    EXPECT_EQ(a->x.toF64(), b->x.toF64());
    EXPECT_EQ(a->k.shape(), (std::vector<int64_t>{2, 2, 70, 16}));
    EXPECT_EQ(b->k.strides(), (std::vector<int64_t>{70 * 2 * 16, 16, 32, 1}));
  }
}

TEST(GeneratorAttention, SingleTensorsAgreeWithTheWhole) {
  AttentionShape shape{1, 2, 2, 64, 128, 16, 16};
  auto whole = generateAttention(spec("video"), ElementType::F32, shape, 3);
  ASSERT_TRUE(whole);
  EXPECT_EQ(values("video:q:keys=128", {1, 2, 64, 16}, ElementType::F32, 3),
            whole->q.toF64());
  EXPECT_EQ(values("video:k", {2, 128, 16}, ElementType::F32, 3, 9),
            whole->k.toF64());
  EXPECT_EQ(values("video:v", {2, 128, 16}, ElementType::F32, 3, 7),
            whole->v.toF64());
}

TEST(GeneratorAttention, VideoHasItsMoments) {
  AttentionShape shape{1, 1, 1, 64, 8192, 64, 64};
  auto inputs = generateAttention(spec("video"), ElementType::F64, shape, 5);
  ASSERT_TRUE(inputs);
  std::vector<double> k = inputs->k.toF64();
  int loud = 0, amplified = 0;
  for (int d = 0; d < 64; ++d) {
    std::vector<double> channel;
    for (int n = 0; n < 8192; ++n)
      channel.push_back(k[n * 64 + d]);
    double spread = deviation(channel);
    // Offsets are 2 N(0, 1), so 8 is four deviations; loud ones add 12.
    bool isLoud = std::fabs(mean(channel)) > 8;
    loud += isLoud;
    // sqrt(0.49 + 0.49) = 0.99 within a channel, three times that if amplified.
    bool isAmplified = spread > 2;
    amplified += isAmplified;
    EXPECT_NEAR(spread, isAmplified ? 2.97 : 0.99, isAmplified ? 0.6 : 0.2);
  }
  EXPECT_EQ(loud, 4);
  EXPECT_EQ(amplified, 2);
  // Neighbours share a cluster, distant tokens do not.
  double near = 0, far = 0;
  std::vector<double> v = inputs->v.toF64();
  for (int n = 0; n < 4096; n += 64)
    for (int d = 0; d < 64; ++d) {
      near += std::pow(v[n * 64 + d] - v[(n + 1) * 64 + d], 2);
      far += std::pow(v[n * 64 + d] - v[(n + 4096) * 64 + d], 2);
    }
  EXPECT_NEAR(far / near, 2.0, 0.2);
}

TEST(GeneratorAttention, SinkScoresItsGap) {
  AttentionShape shape{1, 2, 1, 50, 300, 64, 64};
  auto inputs =
      generateAttention(spec("sink:gap=12"), ElementType::F64, shape, 5);
  ASSERT_TRUE(inputs);
  std::vector<double> q = inputs->q.toF64(), k = inputs->k.toF64();
  auto score = [&](int h, int m, int n) {
    double sum = 0;
    for (int d = 0; d < 64; ++d)
      sum += q[(h * 50 + m) * 64 + d] * k[n * 64 + d];
    return sum / 8;
  };
  std::vector<double> gaps;
  for (int h = 0; h < 2; ++h)
    for (int m = 0; m < 50; ++m)
      gaps.push_back(score(h, m, 0) - score(h, m, 17 + m));
  EXPECT_NEAR(mean(gaps), 12, 2);
}

TEST(GeneratorAttention, RefusesBadShapes) {
  AttentionShape shape{1, 3, 2, 4, 4, 8, 8};
  EXPECT_EQ(
      generateAttention(spec("normal"), ElementType::F32, shape, 0).error(),
      "expected sizes of at least 1 (keys: 0) and query heads a "
      "multiple of key heads, got B,Hq,Hkv,Lq,Lk,D,Dv = 1x3x2x4x4x8x8");
  shape = {1, 2, 2, 4, 0, 8, 8};
  EXPECT_TRUE(generateAttention(spec("video"), ElementType::F32, shape, 0));
}

TEST(SkipCoefficients, EdmHoldsAtEveryTime) {
  for (double s : {1.0, 0.5, 80.0})
    for (double t : {0.0, 1e-30, 1e-10, 0.1, 0.5, 1.0, 3.0, 1e4, 1e19, 3e38,
                     -1.0, -3e38, 1e200}) {
      auto [skip, out] = skipCoefficients(SkipSchedule::EDM, t, s);
      // The same in long double, whose exponent has room for the squares.
      long double T = t, S = s;
      double wantSkip = static_cast<double>(S * S / (T * T + S * S));
      double wantOut = static_cast<double>(S * T / std::sqrt(S * S + T * T));
      EXPECT_NEAR(skip, wantSkip, 4e-16 * wantSkip) << t;
      EXPECT_NEAR(out, wantOut, 4e-16 * std::fabs(wantOut)) << t;
    }
}

TEST(SkipCoefficients, EdmLimits) {
  for (double s : {1.0, 0.5}) {
    auto zero = skipCoefficients(SkipSchedule::EDM, 0.0, s);
    EXPECT_EQ(zero.skip, 1.0);
    EXPECT_EQ(zero.out, 0.0);
    for (double sign : {1.0, -1.0}) {
      auto infinite = skipCoefficients(SkipSchedule::EDM, sign * kInf, s);
      EXPECT_EQ(infinite.skip, 0.0);
      EXPECT_EQ(infinite.out, sign * s);
    }
    auto nan = skipCoefficients(SkipSchedule::EDM, NAN, s);
    EXPECT_TRUE(std::isnan(nan.skip) && std::isnan(nan.out));
    auto plus = skipCoefficients(SkipSchedule::EDM, 0.7, s);
    auto minus = skipCoefficients(SkipSchedule::EDM, -0.7, s);
    EXPECT_EQ(plus.skip, minus.skip);
    EXPECT_EQ(plus.out, -minus.out);
  }
}

TEST(SkipCoefficients, TrigonometricSchedules) {
  auto trig = skipCoefficients(SkipSchedule::TrigFlow, 0.3, 2.0);
  EXPECT_DOUBLE_EQ(trig.skip, std::cos(0.3));
  EXPECT_DOUBLE_EQ(trig.out, -2 * std::sin(0.3));
  auto flow = skipCoefficients(SkipSchedule::RectifiedFlowTrigFlow, 0.3);
  double sum = std::cos(0.3) + std::sin(0.3);
  EXPECT_DOUBLE_EQ(flow.skip, 1 / sum);
  EXPECT_DOUBLE_EQ(flow.out, -std::sin(0.3) / sum);
  for (SkipSchedule schedule :
       {SkipSchedule::TrigFlow, SkipSchedule::RectifiedFlowTrigFlow}) {
    EXPECT_EQ(skipCoefficients(schedule, 0.0).skip, 1.0);
    EXPECT_EQ(skipCoefficients(schedule, 0.0).out, 0.0);
    EXPECT_TRUE(std::isnan(skipCoefficients(schedule, kInf).skip));
    EXPECT_EQ(parseSkipSchedule(toString(schedule)), schedule);
  }
  EXPECT_FALSE(parseSkipSchedule("linear"));
}

TEST(Metrics, KnownValues) {
  std::vector<double> reference = {3, -4, 0}, actual = {3, -4, 5};
  Metrics m = compare(actual, reference);
  EXPECT_EQ(m.count, 3);
  EXPECT_DOUBLE_EQ(m.maxAbsDiff, 5);
  EXPECT_DOUBLE_EQ(m.maxRelativeToMax, 5.0 / 4);
  EXPECT_DOUBLE_EQ(m.relativeL1, 5.0 / 7);
  EXPECT_DOUBLE_EQ(m.relativeL2, 1.0);
  EXPECT_DOUBLE_EQ(m.rmse, 5 / std::sqrt(3.0));
  EXPECT_NEAR(m.cosine(), 25 / (5 * std::sqrt(50.0)), 1e-15);
}

TEST(Metrics, CosineDoesNotCancel) {
  // A perturbation orthogonal to the reference: 1 - cos = e^2 / 2.
  for (double e : {1e-3, 1e-9, 1e-12}) {
    Metrics m = compare(std::vector<double>{1, e}, {1, 0});
    EXPECT_NEAR(m.oneMinusCosine, e * e / 2, 1e-3 * e * e);
  }
  Metrics scaled = compare(std::vector<double>{2, 4}, {1, 2});
  EXPECT_EQ(scaled.oneMinusCosine, 0);
}

TEST(Metrics, ZerosAndNothing) {
  EXPECT_EQ(compare(std::vector<double>{0, 0}, {0, 0}).relativeL1, 0);
  EXPECT_EQ(compare(std::vector<double>{0, 0}, {0, 0}).oneMinusCosine, 0);
  EXPECT_EQ(compare(std::vector<double>{1, 0}, {0, 0}).relativeL2, kInf);
  EXPECT_EQ(compare(std::vector<double>{1, 0}, {0, 0}).oneMinusCosine, 1);
  EXPECT_EQ(compare(std::vector<double>{}, {}).rmse, 0);
}

TEST(Metrics, CountsNonFiniteValues) {
  std::vector<double> reference = {NAN, kInf, 1, kInf, 2, -kInf};
  std::vector<float> actual = {1.0f, static_cast<float>(kInf),
                               NAN,  -static_cast<float>(kInf),
                               2.5f, NAN};
  Metrics m = compare(actual, reference);
  EXPECT_EQ(m.lostNonFinite, 1);
  EXPECT_EQ(m.newNonFinite, 1);
  EXPECT_EQ(m.changedNonFinite, 2);
  EXPECT_FALSE(m.sameNonFinite());
  EXPECT_DOUBLE_EQ(m.maxAbsDiff, 0.5);
}
