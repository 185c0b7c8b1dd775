//===- MatcherAccess.cpp - tests of the matcher's map algebra -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/Access.h"

#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "gtest/gtest.h"

using namespace rcm::match;

static constexpr int64_t kDynamic = mlir::ShapedType::kDynamic;

TEST(Access, CutAlongDigits) {
  VarTable vars;
  VarId b = vars.add(2), h = vars.add(3);
  auto cut = vars.cut({b, h}, {2, 3});
  ASSERT_TRUE(cut);
  EXPECT_EQ((*cut)[0], Digits{b});
  EXPECT_EQ((*cut)[1], Digits{h});
}

TEST(Access, CutSplitsOneVariable) {
  VarTable vars;
  VarId c = vars.add(12);
  auto cut = vars.cut({c}, {3, 1, 4});
  ASSERT_TRUE(cut);
  EXPECT_TRUE((*cut)[1].empty());
  EXPECT_EQ(vars.getExtent((*cut)[0][0]), 3);
  EXPECT_EQ(vars.getExtent((*cut)[2][0]), 4);
  // Whoever held the variable sees the digits.
  EXPECT_EQ(vars.resolve(Digits{c}), (Digits{(*cut)[0][0], (*cut)[2][0]}));
  EXPECT_TRUE(vars.isSame({c}, {(*cut)[0][0], (*cut)[2][0]}));
  // A second cut at the same place finds the same digits.
  auto again = vars.cut({c}, {3, 4});
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)[0], (*cut)[0]);
  EXPECT_EQ((*again)[1], (*cut)[2]);
}

TEST(Access, CutInsideADigit) {
  VarTable vars;
  VarId a = vars.add(4), b = vars.add(6);
  auto cut = vars.cut({a, b}, {8, 3});
  ASSERT_TRUE(cut);
  ASSERT_EQ((*cut)[0].size(), 2u);
  EXPECT_EQ((*cut)[0][0], a);
  EXPECT_EQ(vars.getExtent((*cut)[0][1]), 2);
  EXPECT_EQ(vars.getExtent((*cut)[1][0]), 3);
}

TEST(Access, CutAcrossCoprimeDigitsIsRefused) {
  VarTable vars;
  VarId a = vars.add(4), b = vars.add(6);
  EXPECT_FALSE(vars.cut({a, b}, {6, 4}));
}

TEST(Access, CutOfUnknownSizes) {
  VarTable vars;
  VarId b = vars.add(kDynamic), h = vars.add(4);
  auto cut = vars.cut({b, h}, {kDynamic, 4});
  ASSERT_TRUE(cut);
  EXPECT_EQ((*cut)[0], Digits{b});
  VarId other = vars.add(kDynamic);
  EXPECT_FALSE(vars.cut({b, other}, {kDynamic, kDynamic}));
}

TEST(Access, SameIgnoresUnitDigits) {
  VarTable vars;
  VarId one = vars.add(1), b = vars.add(2), other = vars.add(2);
  EXPECT_TRUE(vars.isSame({one, b}, {b}));
  EXPECT_TRUE(vars.isSame({one}, {}));
  // The same extent does not make two variables one.
  EXPECT_FALSE(vars.isSame({b}, {other}));
}

TEST(Access, Identify) {
  VarTable vars;
  VarId n = vars.add(6), m = vars.add(6), wrong = vars.add(5);
  EXPECT_FALSE(vars.identify({wrong}, {n}));
  EXPECT_TRUE(vars.identify({m}, {n}));
  EXPECT_TRUE(vars.isSame({m}, {n}));
  // Split afterwards: both see it.
  ASSERT_TRUE(vars.cut({n}, {2, 3}));
  EXPECT_TRUE(vars.isSame({m}, {n}));
}
