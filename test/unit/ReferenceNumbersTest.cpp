//===- ReferenceNumbersTest.cpp - Narrow formats, exhaustively ------------===//
//
// The oracle enumerates the values of a format from its definition and picks
// the nearest one; the code under test works on bits.
//
//===----------------------------------------------------------------------===//

#include "rcm/Reference/Numbers.h"
#include "rcm/Reference/Random.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace rcm::reference;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// A format by its definition: value = (1 + f / 2^F) 2^(e - bias), or
/// f / 2^F 2^(1 - bias) for e = 0.
struct Definition {
  const char *name;
  int fractionBits, bias;
  /// Encodings 0 ... count - 1 are the finite magnitudes.
  uint32_t count;
  bool hasInfinity;
  uint32_t signBit;
  uint32_t (*encode)(double, Overflow);
  double (*decode)(uint32_t);

  double value(uint32_t bits) const {
    double fraction = bits % (1u << fractionBits);
    int exponent = static_cast<int>(bits >> fractionBits);
    double unit = std::ldexp(1.0, -fractionBits);
    if (exponent == 0)
      return std::ldexp(fraction * unit, 1 - bias);
    return std::ldexp(1.0 + fraction * unit, exponent - bias);
  }
};

const Definition kFormats[] = {
    {"f16", 10, 15, 0x7C00, true, 0x8000,
     [](double v, Overflow o) -> uint32_t { return toF16(v, o); },
     [](uint32_t b) -> double { return fromF16(static_cast<uint16_t>(b)); }},
    {"bf16", 7, 127, 0x7F80, true, 0x8000,
     [](double v, Overflow o) -> uint32_t { return toBF16(v, o); },
     [](uint32_t b) -> double { return fromBF16(static_cast<uint16_t>(b)); }},
    {"e4m3", 3, 7, 0x7F, false, 0x80,
     [](double v, Overflow o) -> uint32_t { return toE4M3(v, o); },
     [](uint32_t b) -> double { return fromE4M3(static_cast<uint8_t>(b)); }}};

class NarrowFormat : public testing::TestWithParam<Definition> {};

} // namespace

TEST_P(NarrowFormat, DecodesEveryEncoding) {
  const Definition &format = GetParam();
  for (uint32_t bits = 0; bits < format.signBit; ++bits) {
    double positive = format.decode(bits);
    double negative = format.decode(bits | format.signBit);
    if (bits < format.count) {
      ASSERT_EQ(positive, format.value(bits)) << bits;
      ASSERT_EQ(negative, -format.value(bits)) << bits;
      ASSERT_TRUE(std::signbit(negative));
    } else if (format.hasInfinity && bits == format.count) {
      ASSERT_EQ(positive, kInf);
      ASSERT_EQ(negative, -kInf);
    } else {
      ASSERT_TRUE(std::isnan(positive) && std::isnan(negative)) << bits;
    }
  }
}

TEST_P(NarrowFormat, RoundsToNearestEvenBetweenAllNeighbours) {
  const Definition &format = GetParam();
  for (uint32_t low = 0; low + 1 < format.count; ++low) {
    double a = format.value(low), b = format.value(low + 1);
    double middle = (a + b) / 2; // Exact in f64.
    for (double sign : {1.0, -1.0}) {
      uint32_t signBit = sign < 0 ? format.signBit : 0;
      auto encoded = [&](double value) {
        return format.encode(sign * value, Overflow::ToInfinity);
      };
      ASSERT_EQ(encoded(a), signBit | low);
      ASSERT_EQ(encoded(std::nextafter(middle, a)), signBit | low);
      ASSERT_EQ(encoded(middle), signBit | (low % 2 ? low + 1 : low));
      ASSERT_EQ(encoded(std::nextafter(middle, b)), signBit | (low + 1));
    }
  }
}

TEST_P(NarrowFormat, OverflowsOrSaturates) {
  const Definition &format = GetParam();
  uint32_t largest = format.count - 1;
  double top = format.value(largest);
  double step = top - format.value(largest - 1);
  uint32_t infinity = format.count; // The NaN in e4m3.
  // Up to half a step above the largest value rounds back to it; the tie goes
  // to the even neighbour, which is the missing one when `largest` is odd.
  double tie = top + step / 2;
  uint32_t atTie = largest % 2 ? infinity : largest;
  EXPECT_EQ(format.encode(std::nextafter(tie, 0), Overflow::ToInfinity),
            largest);
  EXPECT_EQ(format.encode(tie, Overflow::ToInfinity), atTie);
  EXPECT_EQ(format.encode(std::nextafter(tie, kInf), Overflow::ToInfinity),
            infinity);
  for (double value : {tie, 2 * top, 1e300}) {
    EXPECT_EQ(format.encode(value, Overflow::Saturate), largest);
    EXPECT_EQ(format.encode(-value, Overflow::Saturate),
              largest | format.signBit);
  }
}

TEST_P(NarrowFormat, KeepsSpecialValues) {
  const Definition &format = GetParam();
  for (Overflow overflow : {Overflow::ToInfinity, Overflow::Saturate}) {
    EXPECT_TRUE(std::isnan(format.decode(format.encode(NAN, overflow))));
    EXPECT_EQ(format.encode(0.0, overflow), 0u);
    EXPECT_EQ(format.encode(-0.0, overflow), format.signBit);
    EXPECT_EQ(format.encode(5e-324, overflow), 0u);
  }
  EXPECT_EQ(format.encode(kInf, Overflow::ToInfinity), format.count);
  uint32_t saturated = format.hasInfinity ? format.count : format.count - 1;
  EXPECT_EQ(format.encode(-kInf, Overflow::Saturate),
            saturated | format.signBit);
}

TEST_P(NarrowFormat, NeverRoundsTwice) {
  // A value just above a tie that f32 would round onto the tie.
  const Definition &format = GetParam();
  uint32_t one = 0;
  while (format.value(one) < 1.0)
    ++one;
  double ulp = std::ldexp(1.0, -format.fractionBits);
  double justAbove = 1.0 + ulp / 2 + 0x1p-40;
  EXPECT_EQ(format.encode(justAbove, Overflow::ToInfinity), one + 1);
}

INSTANTIATE_TEST_SUITE_P(All, NarrowFormat, testing::ValuesIn(kFormats),
                         [](const auto &info) { return info.param.name; });

TEST(Random, PhiloxKnownAnswers) {
  // The vectors published with the generator (Random123, kat_vectors).
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  uint32_t f = 0xffffffff;
  EXPECT_EQ(philox({f, f, f, f}, {f, f}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                   {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, BlocksAgreeWithSingleDraws) {
  RandomStream stream(7, 3);
  std::vector<double> draws(37);
  stream.normals(5, 37, draws.data());
  for (int i = 0; i < 37; ++i)
    ASSERT_EQ(draws[i], stream.normal(5 + i));
}

TEST(Random, NormalHasTheRightMoments) {
  constexpr int kCount = 200000;
  std::vector<double> draws(kCount);
  RandomStream(1, 2).normals(0, kCount, draws.data());
  double mean = 0, square = 0, fourth = 0;
  for (double x : draws) {
    mean += x / kCount;
    square += x * x / kCount;
    fourth += x * x * x * x / kCount;
  }
  // Five standard errors: 1, sqrt(2) and sqrt(96) over sqrt(count).
  double error = 5 / std::sqrt(double(kCount));
  EXPECT_NEAR(mean, 0, error);
  EXPECT_NEAR(square, 1, error * std::sqrt(2.0));
  EXPECT_NEAR(fourth, 3, error * std::sqrt(96.0));
}

TEST(Random, StreamsAndSeedsDiffer) {
  double a = RandomStream(1, 0).normal(0);
  EXPECT_NE(a, RandomStream(2, 0).normal(0));
  EXPECT_NE(a, RandomStream(1, 1).normal(0));
  EXPECT_EQ(a, RandomStream(1, 0).normal(0));
  for (int i = 0; i < 1000; ++i) {
    double u = RandomStream(1, 5).uniform(i);
    ASSERT_TRUE(u >= 0 && u < 1);
  }
}
