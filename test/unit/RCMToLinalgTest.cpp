//===- RCMToLinalgTest.cpp - the plain lowering against the f64 reference
//-------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionExecution.h"

#include "rcm/Reference/SkipCoefficients.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace rcm::test;
using rcm::reference::ElementType;

namespace {

/// Sums of at most 40 terms of size about 1 in f32.
constexpr double kTolerance = 1e-5;
/// The output is rounded to 8 (bf16) or 11 (f16) bits; |out| stays below 8.
constexpr double kBF16Tolerance = 8.0 / 256, kF16Tolerance = 8.0 / 2048;

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

/// On static tensors, dynamic tensors, static memrefs and dynamic memrefs.
void expectReference(AttentionCase test, double tolerance = kTolerance) {
  for (bool onTensors : {true, false})
    for (bool isDynamic : {false, true}) {
      SCOPED_TRACE(std::string(onTensors ? "tensors" : "memrefs") +
                   (isDynamic ? ", dynamic" : ", static"));
      test.onTensors = onTensors;
      test.isDynamic = isDynamic;
      AttentionRun run = runCase(test);
      ASSERT_EQ(run.error, "");
      expectNear(run.out, run.expectedOut, tolerance);
      expectNear(run.lse, run.expectedLse, tolerance);
    }
}

TEST(RCMToLinalg, Skip) { expectReference({}); }

TEST(RCMToLinalg, AttentionWithLse) {
  AttentionCase test;
  test.hasSkip = false;
  test.lse = {"bhm"};
  expectReference(test);
}

TEST(RCMToLinalg, GroupedQueries) {
  AttentionCase test;
  test.h = 6;
  test.g = 2;
  test.alpha = {"bhm"};
  test.lse = {"hbm"};
  expectReference(test);
}

TEST(RCMToLinalg, OneKeyHead) {
  AttentionCase test;
  test.g = 1;
  expectReference(test);
}

TEST(RCMToLinalg, RowsBeforeHeads) {
  AttentionCase test;
  test.q = {"bmhk"};
  test.k = {"bnhk"};
  test.v = {"bnhd"};
  test.x = test.out = {"bmhd"};
  test.g = 2;
  test.bias = {"bh1n"};
  expectReference(test);
}

TEST(RCMToLinalg, PermutedEverything) {
  AttentionCase test;
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

TEST(RCMToLinalg, SharedKeysOfAllBatchesAndHeads) {
  AttentionCase test;
  test.k = {"nk"};
  test.v = {"bnd"};
  test.alpha = {"", ElementType::F64};
  test.beta = {"bhmd"};
  expectReference(test);
}

TEST(RCMToLinalg, SingleHeadSingleRow) {
  AttentionCase test;
  test.b = test.h = test.g = test.lq = 1;
  test.lk = 33;
  test.q = {"mk"};
  test.k = {"nk"};
  test.v = {"nd"};
  test.x = test.out = {"md"};
  test.alpha = test.beta = {""};
  expectReference(test);
}

TEST(RCMToLinalg, NoKeys) {
  AttentionCase test;
  test.lk = 0;
  test.lse = {"bhm"};
  expectReference(test);
  test.g = 2;
  test.causalOffset = 0;
  expectReference(test);
}

TEST(RCMToLinalg, CausalOffsets) {
  // Lq = 5, Lk = 7: 2 is bottom-right, -3 hides all keys from three rows.
  for (int64_t offset : {0, 2, -3, 100, -100}) {
    SCOPED_TRACE(offset);
    AttentionCase test;
    test.causalOffset = offset;
    test.lse = {"bhm"};
    expectReference(test);
  }
}

TEST(RCMToLinalg, FullyMaskedRow) {
  AttentionCase test;
  test.bias = {"mn"};
  test.hiddenRow = 3;
  test.lse = {"bhm"};
  expectReference(test);
}

TEST(RCMToLinalg, LiteralCoefficients) {
  for (auto [alpha, beta] : {std::pair{0.0, 2.0}, {1.0, 0.0}, {0.0, 0.0}}) {
    SCOPED_TRACE(std::to_string(alpha) + ", " + std::to_string(beta));
    AttentionCase test;
    test.literalAlpha = alpha;
    test.literalBeta = beta;
    expectReference(test);
    test.lse = {"bhm"};
    expectReference(test);
  }
}

TEST(RCMToLinalg, NarrowTypes) {
  AttentionCase test;
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

TEST(RCMToLinalg, WideTypes) {
  constexpr double kWideTolerance = 1e-13;
  AttentionCase test;
  for (OperandSpec *operand :
       {&test.q, &test.k, &test.v, &test.x, &test.alpha, &test.beta, &test.out})
    operand->type = ElementType::F64;
  test.lse = {"bhm", ElementType::F64};
  expectReference(test, kWideTolerance);
  // One f64 operand makes the computation f64.
  test.q.type = test.v.type = test.x.type = ElementType::F32;
  expectReference(test, kWideTolerance);
  // An f64 residual makes the sum f64, not the attention.
  test.k.type = ElementType::F32;
  test.x.type = ElementType::F64;
  expectReference(test);
}

TEST(RCMToLinalg, HiddenKeysMayBeNaN) {
  AttentionCase test;
  test.causalOffset = 0;
  test.poisonedKey = 6; // hidden from all 5 rows
  expectReference(test);
  test.poisonedKey = 4; // seen by the last row
  expectReference(test);
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

TEST(Tiling, BatchHeadsAndRows) {
  AttentionCase test;
  test.lse = {"bhm"};
  test.bias = {"bhmn"};
  test.tileSizes = {1, 1, 2}; // 5 rows leave a partial tile
  expectReference(test);
  // Tiles of several heads need known numbers of heads.
  test.tileSizes = {1, 3, 2};
  AttentionRun run = runCase(test);
  ASSERT_EQ(run.error, "");
  expectNear(run.out, run.expectedOut, kTolerance);
  expectNear(run.lse, run.expectedLse, kTolerance);
}

TEST(Tiling, CausalRows) {
  AttentionCase test;
  test.q = test.out = {"bmhk"};
  test.out.dims = "bmhd";
  test.x = test.out;
  test.causalOffset = 1;
  test.tileSizes = {0, 2, 0};
  expectReference(test);
}

TEST(Tiling, GroupedHeads) {
  AttentionCase test;
  test.h = 8;
  test.g = 2;
  for (bool onTensors : {true, false})
    for (int64_t size : {1, 2, 4, 8}) {
      SCOPED_TRACE(size);
      test.onTensors = onTensors;
      test.tileSizes = {0, size, 3};
      AttentionRun run = runCase(test);
      ASSERT_EQ(run.error, "");
      expectNear(run.out, run.expectedOut, kTolerance);
    }
  // Three heads straddle groups of four.
  test.tileSizes = {0, 3, 0};
  EXPECT_EQ(runCase(test).error.rfind("cannot tile: 'rcm.attention_skip' op "
                                      "expected tile of query heads to lie in",
                                      0),
            0u);
  // Single heads need no knowledge.
  test.tileSizes = {1, 1, 0};
  expectReference(test);
}

TEST(Tiling, LiteralsStayLiterals) {
  AttentionCase test;
  test.literalBeta = 0.0;
  test.poisonedKey = 0;
  test.tileSizes = {1, 1, 1};
  expectReference(test);
}

TEST(Bufferization, BeforeTheLowering) {
  AttentionCase test;
  test.g = 2;
  test.lse = {"bhm"};
  test.bias = {"mn"};
  test.passes = "one-shot-bufferize{bufferize-function-boundaries=1 "
                "function-boundary-type-conversion=identity-layout-map},";
  expectReference(test);
  test.literalAlpha = 0.0;
  expectReference(test);
}

TEST(Canonicalization, KeepsTheMeaning) {
  AttentionCase test;
  test.passes = "canonicalize,";
  for (auto [alpha, beta] : {std::pair{0.0, 1.0}, {1.0, 0.0}, {2.0, 1.0}}) {
    SCOPED_TRACE(std::to_string(alpha) + ", " + std::to_string(beta));
    test.literalAlpha = alpha;
    test.literalBeta = beta;
    test.causalOffset = 6; // hides nothing from 7 keys
    expectReference(test);
    test.x = {"mbhd"};
    expectReference(test);
  }
}

TEST(RCMToLinalg, UnitScale) {
  AttentionCase test;
  test.scale = 1.0;
  expectReference(test);
}

//===----------------------------------------------------------------------===//
// Coefficients
//===----------------------------------------------------------------------===//

template <typename T>
void expectCoefficients(const char *name, double sigma, double relative) {
  constexpr T kInf = std::numeric_limits<T>::infinity();
  std::vector<T> times = {
      T(0),     T(-0.0),   T(1e-30), T(1e-10),
      T(0.001), T(0.3),    T(0.5),   T(1),
      T(-1),    T(2),      T(80),    T(1e4),
      T(1e10),  T(1.9e19), T(1e30),  T(3e38),
      T(-3e38), kInf,      -kInf,    std::numeric_limits<T>::quiet_NaN()};
  std::string type = sizeof(T) == 4 ? "f32" : "f64";
  std::string memref = "memref<?x" + type + ">";
  char sigmaText[32];
  std::snprintf(sigmaText, sizeof(sigmaText), "%.17e", sigma);
  std::string module =
      "func.func @run(%t: " + memref + ", %a: " + memref + ", %b: " + memref +
      ") attributes {llvm.emit_c_interface} {\n  rcm.skip_coefficients " +
      name + " sigma_data(" + sigmaText + ") ins(%t : " + memref +
      ") outs(%a, %b : " + memref + ", " + memref + ")\n  return\n}\n";
  std::vector<std::vector<T>> values = {times, times, times};
  ASSERT_EQ(runOnVectors(module, values), "");
  auto schedule = *rcm::reference::parseSkipSchedule(name);
  for (size_t i = 0; i < times.size(); ++i) {
    SCOPED_TRACE(std::string(name) + " at t = " + std::to_string(times[i]));
    rcm::reference::SkipCoefficients expected =
        rcm::reference::skipCoefficients(schedule, times[i], sigma);
    for (auto [got, want] :
         {std::pair<double, double>(values[1][i], expected.skip),
          {values[2][i], expected.out}}) {
      double rounded = static_cast<T>(want);
      if (std::isnan(rounded)) {
        EXPECT_TRUE(std::isnan(got)) << got;
        continue;
      }
      EXPECT_NEAR(got, rounded, relative * std::abs(rounded));
      EXPECT_EQ(std::signbit(got), std::signbit(rounded));
    }
  }
}

TEST(SkipCoefficients, AgreeWithTheReference) {
  // f32 results are f64 values rounded once: at most one unit apart.
  for (const char *name : {"edm", "trigflow", "rectified_flow_trigflow"}) {
    expectCoefficients<float>(name, 1.0, 1.2e-7);
    expectCoefficients<double>(name, 1.0, 1e-15);
  }
  for (double sigma : {0.5, 80.0, 1e-30, 1e30}) {
    expectCoefficients<float>("edm", sigma, 1.2e-7);
    expectCoefficients<double>("edm", sigma, 1e-15);
    expectCoefficients<float>("trigflow", sigma, 1.2e-7);
  }
}

} // namespace
