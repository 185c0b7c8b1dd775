//===- ReferenceKernelsTest.cpp - The inner loops of the emulation --------===//

#include "VectorKernels.h"
#include "rcm/Reference/Numbers.h"
#include "rcm/Reference/Random.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace rcm::reference;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> randomFloats(int64_t count, uint64_t seed,
                                double scale = 1) {
  std::vector<float> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(scale * RandomStream(seed, 0).normal(i));
  return values;
}

std::vector<float> randomE4M3(int64_t count, uint64_t seed, double scale) {
  std::vector<float> values = randomFloats(count, seed, scale);
  for (float &value : values)
    value = fromE4M3(toE4M3(value));
  return values;
}

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// Runs a test on every compiled set.
class Kernels : public testing::TestWithParam<const VectorKernels *> {
protected:
  const VectorKernels &kernels = *GetParam();
};

std::vector<const VectorKernels *> allKernels() {
  std::vector<const VectorKernels *> sets = {portableKernels()};
  if (avx2Kernels())
    sets.push_back(avx2Kernels());
  return sets;
}

/// One product of the narrow accumulator, written from its definition in f64.
double narrowModel(const std::vector<float> &p, const std::vector<float> &v,
                   double sum) {
  auto fieldExponent = [](double value) {
    return value == 0 ? -1000 : std::max(std::ilogb(value), -6);
  };
  int top = sum == 0 ? -1000 : std::ilogb(sum);
  for (size_t n = 0; n < p.size(); ++n)
    if (p[n] != 0 && v[n] != 0)
      top = std::max(top, fieldExponent(p[n]) + fieldExponent(v[n]));
  if (top == -1000)
    return 0;
  double unit = std::ldexp(1.0, top - 13);
  double total = std::trunc(sum / unit);
  for (size_t n = 0; n < p.size(); ++n)
    total += std::trunc(static_cast<double>(p[n]) * v[n] / unit);
  total *= unit;
  if (total == 0)
    return 0;
  double last = std::ldexp(1.0, std::ilogb(total) - 13);
  return std::trunc(total / last) * last;
}

struct Measured {
  const char *a, *b;
  uint32_t accumulator, result;
};

/// wgmma.m64n8k32.f32.e4m3.e4m3 on an H200: 32 products (hexadecimal codes),
/// the accumulator before and after.
const Measured kMeasured[] = {
    {"782e50e92601b2edadf9766828ae039b3b5d11ab978c449cabfb9f9121907430",
     "1ffb95caf432345e73a3d96988879438bc5936b5c6fae516d2c00c72f6bf1b44",
     0x428ad710, 0xc4883000},
    {"5aca4600d5da9297095e95dcfd82aa1f2a282936dfd3e5ec942420b0fa7786a7",
     "4aec66b8a432f557d5dfbaca8c1363e765c51e3ee9c6ea3edbc44747faf6f727",
     0xbc9f6700, 0x47566800},
    {"be5ec0707b88b5370a1924f15ad31e2974ce52730f3d54d2bdde447bb967ba7e",
     "15efde508be9516774275223d216439ce1c3da4d62dff64a21e31ec20bc637a9",
     0xc3f8b1b8, 0xc6366800},
    {"18fe9f579cf91c4043d48c8fc7c9c566c4f27517a0824b07bca03c25ad24790b",
     "14310aeeb9ab065a7cd213a0b6fb5935d9a8660246685b8e9d10ab690d054945",
     0x00000000, 0x465cc800},
    {"762a14751135790b005f221a78111460577a3f004a6d0b394552104f14044d2e",
     "bcb13f3237b8bfb9b3b9bf3136bb36be36b83ab230beb4b23ebfb7bb363db436",
     0x00000000, 0xc48cac00},
    {"18727d4668776261064f5f2c62181d7439132000374f29712d1264690a143e61",
     "30beb83abbb23e30bf3eb331b337ba3030b3b0ba30b13cba3bb73235b43fb036",
     0x00000000, 0xc452e800},
    {"53476e2261129383026a5ebfcbf897cc6d0c6db4eb62173c5e22ec3dccba58d4",
     "9e2b4a284c51ec4bf5a9f159b135b912326d0c375823a0c38865c449bf33dcd0",
     0xc22acb80, 0xc5981400},
    {"4e478418b2c5d9b1afbb20e3b82583df50a931bc2b8f0e4bd4a1b219b89214dd",
     "74d3246ff59759db4ca4a4a6397659bd4c80eb7ae923a9c1ad7e18ace483b483",
     0x475c900c, 0x475f4c00},
    {"80088f332ffb7a3b711101205a47ea3933a1901eab626352962859633aa6aa7d",
     "03c645de1402a351aa04a6a98afe93e1f4428219ef62a35811a4e84ca8509a45",
     0x469c2c00, 0x469e8c00},
    {"5cf15afa1f668c9943159e4e5e14c82ab93ee62cf7ba51ca1e70fe49f403a902",
     "175a248d1f9a57980c61e09c0361bc1e805c37d36bc8bfd3220ffab6aca7f293",
     0xc24ed248, 0x47e95000},
};

std::vector<float> decodeHex(const char *text) {
  std::vector<float> values;
  for (; *text; text += 2)
    values.push_back(fromE4M3(
        static_cast<uint8_t>(std::stoi(std::string(text, 2), nullptr, 16))));
  return values;
}

} // namespace

TEST_P(Kernels, NarrowAccumulatorIsTheHardwares) {
  for (const Measured &m : kMeasured) {
    std::vector<float> a = decodeHex(m.a), b = decodeHex(m.b);
    std::vector<float> wide(32 * kNarrowLanes);
    std::vector<int16_t> exponents(wide.size());
    std::vector<float> out(kNarrowLanes, 0.0f);
    for (int n = 0; n < 32; ++n)
      wide[n * kNarrowLanes] = b[n];
    for (size_t i = 0; i < wide.size(); ++i)
      exponents[i] = narrowExponent(wide[i]);
    out[0] = floatOf(m.accumulator);
    kernels.accumulateNarrow(a.data(), wide.data(), exponents.data(),
                             out.data(), 1, 32, kNarrowLanes);
    EXPECT_EQ(bitsOf(out[0]), m.result);
    EXPECT_EQ(static_cast<float>(narrowModel(a, b, floatOf(m.accumulator))),
              floatOf(m.result));
    EXPECT_EQ(out[1], 0.0f);
  }
}

TEST_P(Kernels, NarrowAccumulatorFollowsTheModel) {
  int64_t depth = 24;
  for (int64_t keys : {1, 31, 32, 33, 100}) {
    std::vector<float> p = randomE4M3(3 * keys, 1, 60);
    std::vector<float> v = randomE4M3(keys * depth, 2, 0.3);
    for (size_t i = 0; i < v.size(); i += 7)
      v[i] = i % 2 ? 0.0f : 0x1p-9f; // Zeros and subnormals.
    std::vector<int16_t> exponents(v.size());
    for (size_t i = 0; i < v.size(); ++i)
      exponents[i] = narrowExponent(v[i]);
    std::vector<float> out = randomFloats(3 * depth, 3, 1000);
    std::vector<float> expected = out;
    kernels.accumulateNarrow(p.data(), v.data(), exponents.data(), out.data(),
                             3, keys, depth);
    for (int64_t r = 0; r < 3; ++r)
      for (int64_t d = 0; d < depth; ++d) {
        double sum = expected[r * depth + d];
        for (int64_t first = 0; first < keys; first += 32) {
          std::vector<float> a, b;
          for (int64_t n = first; n < std::min(keys, first + 32); ++n) {
            a.push_back(p[r * keys + n]);
            b.push_back(v[n * depth + d]);
          }
          sum = narrowModel(a, b, sum);
        }
        ASSERT_EQ(out[r * depth + d], sum) << keys << " " << r << " " << d;
      }
  }
}

TEST_P(Kernels, NarrowAccumulatorLosesSmallProducts) {
  // 2^14 + 1 needs 14 fraction bits: the 1 vanishes, however often it comes.
  std::vector<float> p(128, 1.0f), v(128 * kNarrowLanes, 1.0f);
  std::vector<int16_t> exponents(v.size(), 0);
  std::vector<float> out(kNarrowLanes, 16384.0f);
  kernels.accumulateNarrow(p.data(), v.data(), exponents.data(), out.data(), 1,
                           128, kNarrowLanes);
  EXPECT_EQ(out[0], 16384.0f);
}

TEST_P(Kernels, ProductsMatchPlainLoops) {
  for (int64_t depth : {1, 7, 16, 33, 64, 130})
    for (int64_t keys : {1, 5, 64}) {
      int64_t rows = 3;
      std::vector<float> q = randomFloats(rows * depth, 1);
      std::vector<float> k = randomFloats(keys * depth, 2);
      std::vector<double> q64(q.begin(), q.end()), k64(k.begin(), k.end());
      std::vector<int16_t> q16, k16;
      for (float x : q)
        q16.push_back(static_cast<int16_t>(std::clamp(40 * x, -127.f, 127.f)));
      for (float x : k)
        k16.push_back(static_cast<int16_t>(std::clamp(40 * x, -127.f, 127.f)));
      std::vector<float> s32(rows * keys);
      std::vector<double> s64(rows * keys);
      std::vector<int32_t> integers(rows * keys);
      kernels.dotF32(q.data(), k.data(), s32.data(), rows, keys, depth);
      kernels.dotF64(q64.data(), k64.data(), s64.data(), rows, keys, depth);
      kernels.dotI8(q16.data(), k16.data(), integers.data(), rows, keys, depth);
      std::vector<float> o32(rows * depth, 1.0f);
      std::vector<double> o64(rows * depth, 1.0);
      kernels.accumulateF32(s32.data(), k.data(), o32.data(), rows, keys,
                            depth);
      kernels.accumulateF64(s64.data(), k64.data(), o64.data(), rows, keys,
                            depth);
      std::vector<double> sums(rows * depth, 1.0);
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t n = 0; n < keys; ++n) {
          double dot = 0;
          int64_t integer = 0;
          for (int64_t d = 0; d < depth; ++d) {
            dot += q64[r * depth + d] * k64[n * depth + d];
            integer += q16[r * depth + d] * k16[n * depth + d];
          }
          ASSERT_NEAR(s64[r * keys + n], dot, 1e-12);
          ASSERT_NEAR(s32[r * keys + n], dot, 1e-4);
          ASSERT_EQ(integers[r * keys + n], integer);
          for (int64_t d = 0; d < depth; ++d)
            sums[r * depth + d] += s64[r * keys + n] * k64[n * depth + d];
        }
      for (size_t i = 0; i < sums.size(); ++i) {
        ASSERT_NEAR(o64[i], sums[i], 1e-10);
        ASSERT_NEAR(o32[i], sums[i], 1e-2);
      }
    }
}

TEST_P(Kernels, Exp2IsAccurate) {
  std::vector<float> x;
  for (int i = 0; i < 100003; ++i)
    x.push_back(-126.0f + 253.0f * static_cast<float>(i) / 100003.0f);
  std::vector<float> y = x, ones(x.size(), 1.0f);
  kernels.exp2Affine(y.data(), ones.data(), static_cast<int64_t>(y.size()),
                     0.0f);
  for (size_t i = 0; i < x.size(); ++i) {
    double exact = std::exp2(static_cast<double>(x[i]));
    ASSERT_NEAR(y[i] / exact, 1.0, 2 * 0x1p-23) << x[i];
  }
}

TEST_P(Kernels, Exp2RoundsOnce) {
  // 3 * (2^23 + 1) is no f32: rounding it before the sum would lose the 3.
  float x = 8388609.0f, factor = 3.0f;
  kernels.exp2Affine(&x, &factor, 1, -25165824.0f);
  EXPECT_EQ(x, 8.0f);
}

TEST_P(Kernels, Exp2HandlesExtremes) {
  std::vector<float> x = {-kInf, kInf, NAN, -127, 128, -1e30f, 1e30f, 0, 10};
  std::vector<float> ones(x.size(), 1.0f);
  kernels.exp2Affine(x.data(), ones.data(), static_cast<int64_t>(x.size()),
                     0.0f);
  EXPECT_EQ(x[0], 0.0f);
  EXPECT_EQ(x[1], kInf);
  EXPECT_TRUE(std::isnan(x[2]));
  EXPECT_EQ(x[3], 0.0f);
  EXPECT_EQ(x[4], kInf);
  EXPECT_EQ(x[5], 0.0f);
  EXPECT_EQ(x[6], kInf);
  EXPECT_EQ(x[7], 1.0f);
  EXPECT_EQ(x[8], 1024.0f);
}

TEST_P(Kernels, LargestProduct) {
  std::vector<float> ones(20, 1.0f);
  for (int64_t count = 0; count <= 20; ++count)
    for (int64_t at = 0; at < count; ++at) {
      std::vector<float> x(20, -5.0f);
      for (int64_t i = count; i < 20; ++i)
        x[i] = 100.0f; // Beyond the end.
      x[at] = -2.0f;
      ASSERT_EQ(kernels.largestProduct(x.data(), ones.data(), count), -2.0f);
      x[at] = NAN;
      ASSERT_TRUE(
          std::isnan(kernels.largestProduct(x.data(), ones.data(), count)));
    }
  // 3 * (2^23 + 1) lies between two f32 values.
  float odd = 8388609.0f, three = 3.0f, minus = -3.0f;
  EXPECT_EQ(kernels.largestProduct(&odd, &three, 1), 25165826.0f);
  EXPECT_EQ(kernels.largestProduct(&odd, &minus, 1), -25165828.0f);
  EXPECT_EQ(kernels.largestProduct(nullptr, nullptr, 0), -kInf);
  float zero = 0.0f, infinite = kInf;
  EXPECT_TRUE(std::isnan(kernels.largestProduct(&infinite, &zero, 1)));
}

TEST_P(Kernels, RoundingMatchesTheConversions) {
  // A prime step visits all exponents and both signs.
  std::vector<float> x;
  for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += 65521)
    x.push_back(floatOf(static_cast<uint32_t>(bits)));
  for (int code = 0; code < 0x7C00; ++code) { // Ties of f16.
    float low = fromF16(static_cast<uint16_t>(code));
    float high = code < 0x7BFF ? fromF16(static_cast<uint16_t>(code + 1)) : low;
    x.push_back(low + (high - low) / 2);
  }
  int64_t count = static_cast<int64_t>(x.size());
  std::vector<float> e4m3 = x, f16 = x, bf16 = x;
  kernels.roundE4M3(e4m3.data(), count);
  kernels.roundF16(f16.data(), count);
  kernels.roundBF16(bf16.data(), count);
  auto same = [](float a, float b) {
    return std::isnan(a) ? std::isnan(b) : bitsOf(a) == bitsOf(b);
  };
  for (int64_t i = 0; i < count; ++i) {
    ASSERT_TRUE(same(e4m3[i], fromE4M3(toE4M3(x[i])))) << x[i];
    ASSERT_TRUE(same(f16[i], fromF16(toF16(x[i], Overflow::Saturate)))) << x[i];
    ASSERT_TRUE(same(bf16[i], fromBF16(toBF16(x[i])))) << x[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Kernels, testing::ValuesIn(allKernels()),
                         [](const auto &info) {
                           return info.index ? "avx2" : "portable";
                         });

TEST(KernelSets, GiveTheSameBits) {
  if (!avx2Kernels())
    GTEST_SKIP() << "this processor has no AVX2";
  int64_t rows = 5, keys = 37, depth = 40;
  std::vector<float> q = randomFloats(rows * depth, 1);
  std::vector<float> k = randomFloats(keys * depth, 2);
  std::vector<float> ones(keys, 0.7f), results[2];
  for (int set = 0; set < 2; ++set) {
    const VectorKernels &kernels = set ? *avx2Kernels() : *portableKernels();
    std::vector<float> s(rows * keys), out(rows * depth, 0.0f);
    kernels.dotF32(q.data(), k.data(), s.data(), rows, keys, depth);
    for (int64_t r = 0; r < rows; ++r)
      kernels.exp2Affine(s.data() + r * keys, ones.data(), keys, 0.3f);
    kernels.accumulateF32(s.data(), k.data(), out.data(), rows, keys, depth);
    results[set] = out;
  }
  EXPECT_EQ(results[0], results[1]);
}
