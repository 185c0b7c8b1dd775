//===- RuntimeProgramTest.cpp - The arithmetic of programs ----------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTestObjects.h"

#include <cmath>
#include <random>

using namespace rcm::test;

namespace {
/// An object with one entry whose program `build` makes; the returned value
/// becomes the only parameter of the only launch.
template <typename Build>
KernelObject makeProgram(Build build, ParameterKind kind = ParameterKind::I64) {
  KernelObject object = makeObject();
  object.kernels = {{"k", 0, 0}};
  object.ptx = kind == ParameterKind::F32 ? ".entry k(.param .f32 p)"
                                          : ".entry k(.param .u64 p)";
  Entry entry;
  entry.name = "e";
  entry.arguments = {tensor("t", ElementType::I8, {kDynamic}, {kDynamic}),
                     scalar("i", ElementType::I32),
                     scalar("l", ElementType::I64),
                     scalar("d", ElementType::F64)};
  ProgramBuilder b(entry);
  uint32_t value = build(b);
  uint32_t one = b.constant(1);
  Launch launch;
  for (int d = 0; d < 3; ++d)
    launch.grid[d] = launch.block[d] = one;
  launch.sharedBytes = b.constant(0);
  launch.parameters = {{kind, value}};
  b.launch(launch);
  object.entries = {entry};
  return object;
}

rcmResult launchProgram(const KernelObject &object) {
  fakeDriver();
  rcmDeviceMakeCurrent(0);
  fakeDriver().clear();
  Loaded loaded(object);
  static char memory[8];
  const int64_t sizes[] = {7}, strides[] = {-2};
  rcmArgument arguments[4] = {};
  arguments[0] = {
      RCM_ARGUMENT_TENSOR, RCM_TYPE_I8, 1, memory + 1, sizes, strides, {}};
  for (int i = 1; i < 4; ++i)
    arguments[i].kind = RCM_ARGUMENT_SCALAR;
  arguments[1].type = RCM_TYPE_I32;
  arguments[1].scalar.i32 = -5;
  arguments[2].type = RCM_TYPE_I64;
  arguments[2].scalar.i64 = INT64_MIN;
  arguments[3].type = RCM_TYPE_F64;
  arguments[3].scalar.f64 = 0.1;
  return rcmEntryLaunch(loaded.entry, arguments, 4, nullptr, nullptr);
}

template <typename Number> Number getParameter() {
  Number value{};
  EXPECT_EQ(fakeDriver().launches().size(), 1u);
  std::memcpy(&value, fakeDriver().launches()[0].parameters[0].data(),
              sizeof(value));
  return value;
}

/// The value of an operation on two integers.
int64_t evaluate(Opcode opcode, int64_t x, int64_t y, uint16_t modifier = 0) {
  bool unary = opcode == Opcode::ExtS || opcode == Opcode::ExtU;
  KernelObject object = makeProgram([&](ProgramBuilder &b) {
    uint32_t a = b.constant(x), c = b.constant(y);
    return b.add(opcode, a, unary ? 0 : c, 0, 0, modifier);
  });
  EXPECT_EQ(launchProgram(object), RCM_SUCCESS) << rcmGetLastErrorText();
  return getParameter<int64_t>();
}

double evaluateF64(Opcode opcode, double x, double y) {
  bool unary = opcode >= Opcode::FNeg && opcode <= Opcode::FCos;
  KernelObject object = makeProgram(
      [&](ProgramBuilder &b) {
        uint32_t a = b.f64(x), c = b.f64(y);
        return b.add(opcode, a, unary ? 0 : c);
      },
      ParameterKind::F64);
  EXPECT_EQ(launchProgram(object), RCM_SUCCESS) << rcmGetLastErrorText();
  return getParameter<double>();
}
} // namespace

TEST(RuntimeProgram, Integers) {
  constexpr int64_t kMin = INT64_MIN, kMax = INT64_MAX;
  EXPECT_EQ(evaluate(Opcode::Add, kMax, 1), kMin);
  EXPECT_EQ(evaluate(Opcode::Sub, kMin, 1), kMax);
  EXPECT_EQ(evaluate(Opcode::Mul, int64_t(1) << 40, int64_t(1) << 40), 0);
  EXPECT_EQ(evaluate(Opcode::Mul, -3, 7), -21);
  EXPECT_EQ(evaluate(Opcode::DivS, -7, 2), -3);
  EXPECT_EQ(evaluate(Opcode::DivU, -1, 2), kMax);
  EXPECT_EQ(evaluate(Opcode::RemS, -7, 2), -1);
  EXPECT_EQ(evaluate(Opcode::RemU, -1, 10), 5);
  EXPECT_EQ(evaluate(Opcode::CeilDivS, -7, 2), -3);
  EXPECT_EQ(evaluate(Opcode::CeilDivS, 7, 2), 4);
  EXPECT_EQ(evaluate(Opcode::CeilDivS, -8, -3), 3);
  EXPECT_EQ(evaluate(Opcode::CeilDivU, 129, 128), 2);
  EXPECT_EQ(evaluate(Opcode::CeilDivU, 0, 128), 0);
  EXPECT_EQ(evaluate(Opcode::FloorDivS, -7, 2), -4);
  EXPECT_EQ(evaluate(Opcode::FloorDivS, 7, -2), -4);
  EXPECT_EQ(evaluate(Opcode::FloorDivS, 7, 2), 3);
  EXPECT_EQ(evaluate(Opcode::MinS, -1, 1), -1);
  EXPECT_EQ(evaluate(Opcode::MaxS, -1, 1), 1);
  EXPECT_EQ(evaluate(Opcode::MinU, -1, 1), 1);
  EXPECT_EQ(evaluate(Opcode::MaxU, -1, 1), -1);
  EXPECT_EQ(evaluate(Opcode::And, 12, 10), 8);
  EXPECT_EQ(evaluate(Opcode::Or, 12, 10), 14);
  EXPECT_EQ(evaluate(Opcode::Xor, 12, 10), 6);
  EXPECT_EQ(evaluate(Opcode::Shl, 3, 62), int64_t(3) << 62);
  EXPECT_EQ(evaluate(Opcode::Shl, 3, 64), 0);
  EXPECT_EQ(evaluate(Opcode::ShrS, -8, 1), -4);
  EXPECT_EQ(evaluate(Opcode::ShrS, -8, 99), -1);
  EXPECT_EQ(evaluate(Opcode::ShrU, -8, 60), 15);
  EXPECT_EQ(evaluate(Opcode::ShrU, -8, -1), 0);
  EXPECT_EQ(evaluate(Opcode::ExtS, 0x1FF, 0, 8), -1);
  EXPECT_EQ(evaluate(Opcode::ExtU, 0x1FF, 0, 8), 255);
  EXPECT_EQ(evaluate(Opcode::ExtS, kMax, 0, 63), -1);
}

TEST(RuntimeProgram, ComparesIntegers) {
  // Columns: eq ne slt sle sgt sge ult ule ugt uge.
  const struct {
    int64_t a, b;
    const char *expected;
  } rows[] = {
      {1, 1, "1001010101"}, {-1, 1, "0111000011"}, {1, -1, "0100111100"}};
  for (const auto &row : rows)
    for (uint16_t p = 0; p < kIntPredicates; ++p)
      EXPECT_EQ(evaluate(Opcode::CmpInt, row.a, row.b, p),
                row.expected[p] - '0')
          << row.a << " " << row.b << " predicate " << p;
}

TEST(RuntimeProgram, Floats) {
  double nan = std::nan("");
  EXPECT_EQ(evaluateF64(Opcode::FAdd, 0.1, 0.2), 0.1 + 0.2);
  EXPECT_EQ(evaluateF64(Opcode::FSub, 0.1, 0.2), 0.1 - 0.2);
  EXPECT_EQ(evaluateF64(Opcode::FMul, 0.1, 0.2), 0.1 * 0.2);
  EXPECT_EQ(evaluateF64(Opcode::FDiv, 1, 3), 1.0 / 3);
  EXPECT_EQ(evaluateF64(Opcode::FDiv, 1, 0), INFINITY);
  EXPECT_EQ(evaluateF64(Opcode::FMin, 1, 2), 1);
  EXPECT_EQ(evaluateF64(Opcode::FMax, 1, 2), 2);
  EXPECT_TRUE(std::isnan(evaluateF64(Opcode::FMin, 1, nan)));
  EXPECT_TRUE(std::isnan(evaluateF64(Opcode::FMax, nan, 1)));
  EXPECT_EQ(evaluateF64(Opcode::FNeg, 2, 0), -2);
  EXPECT_EQ(evaluateF64(Opcode::FAbs, -2, 0), 2);
  EXPECT_EQ(evaluateF64(Opcode::FSqrt, 2, 0), std::sqrt(2.0));
  EXPECT_EQ(evaluateF64(Opcode::FSin, 2, 0), std::sin(2.0));
  EXPECT_EQ(evaluateF64(Opcode::FCos, 2, 0), std::cos(2.0));
  KernelObject object = makeProgram(
      [](ProgramBuilder &b) {
        uint32_t third = b.add(Opcode::FDiv, b.f32(1), b.f32(3));
        return b.add(Opcode::FMul, third, b.f32(0.7f));
      },
      ParameterKind::F32);
  ASSERT_EQ(launchProgram(object), RCM_SUCCESS);
  EXPECT_EQ(getParameter<float>(), 1.0f / 3.0f * 0.7f);
}

TEST(RuntimeProgram, ComparesFloats) {
  // Columns: false oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno
  // true.
  double nan = std::nan("");
  const struct {
    double a, b;
    const char *expected;
  } rows[] = {{1, 1, "0101010110101001"},
              {2, 1, "0011001101100101"},
              {1, 2, "0000111100011101"},
              {1, nan, "0000000011111111"}};
  for (const auto &row : rows)
    for (uint16_t p = 0; p < kFloatPredicates; ++p) {
      KernelObject object = makeProgram([&](ProgramBuilder &b) {
        uint32_t x = b.f64(row.a), y = b.f64(row.b);
        return b.add(Opcode::CmpFloat, x, y, 0, 0, p);
      });
      ASSERT_EQ(launchProgram(object), RCM_SUCCESS);
      EXPECT_EQ(getParameter<int64_t>(), row.expected[p] - '0')
          << row.a << " " << row.b << " predicate " << p;
    }
}

TEST(RuntimeProgram, ReadsArgumentsAndConverts) {
  auto value = [](auto build) {
    EXPECT_EQ(launchProgram(makeProgram(build)), RCM_SUCCESS)
        << rcmGetLastErrorText();
    return getParameter<int64_t>();
  };
  EXPECT_EQ(value([](ProgramBuilder &b) { return b.add(Opcode::Size, 0, 0); }),
            7);
  EXPECT_EQ(
      value([](ProgramBuilder &b) { return b.add(Opcode::Stride, 0, 0); }), -2);
  EXPECT_EQ(value([](ProgramBuilder &b) { return b.add(Opcode::Scalar, 1); }),
            -5);
  EXPECT_EQ(value([](ProgramBuilder &b) { return b.add(Opcode::Scalar, 2); }),
            INT64_MIN);
  EXPECT_EQ(value([](ProgramBuilder &b) {
              uint32_t one = b.constant(1), two = b.constant(2);
              return b.add(Opcode::Select, one, two, one);
            }),
            2);
  EXPECT_EQ(value([](ProgramBuilder &b) {
              uint32_t x = b.add(Opcode::IntToF64, b.constant(3));
              uint32_t y = b.add(Opcode::F64ToF32, x);
              uint32_t z = b.add(Opcode::IntToF32, b.constant(3));
              return b.add(Opcode::CmpFloat, y, z, 0, 0, 1);
            }),
            1);
}

TEST(RuntimeProgram, RefusesRunTimeErrors) {
  auto expectText = [](auto build, const char *text) {
    EXPECT_EQ(launchProgram(makeProgram(build)), RCM_ERROR_REQUIREMENT);
    EXPECT_STREQ(rcmGetLastErrorText(), text);
    EXPECT_TRUE(fakeDriver().launches().empty());
    EXPECT_TRUE(fakeDriver().live().none());
  };
  for (Opcode opcode : {Opcode::DivS, Opcode::DivU, Opcode::RemS, Opcode::RemU,
                        Opcode::CeilDivS, Opcode::CeilDivU, Opcode::FloorDivS})
    expectText(
        [&](ProgramBuilder &b) {
          uint32_t x = b.constant(1), zero = b.constant(0);
          return b.add(opcode, x, zero);
        },
        "e: division by zero");
  for (Opcode opcode :
       {Opcode::DivS, Opcode::RemS, Opcode::CeilDivS, Opcode::FloorDivS})
    expectText(
        [&](ProgramBuilder &b) {
          uint32_t x = b.constant(INT64_MIN), y = b.constant(-1);
          return b.add(opcode, x, y);
        },
        "e: division overflows 64 bits");
  expectText(
      [](ProgramBuilder &b) {
        return b.add(Opcode::Scratch, b.constant(-1), 0, 0, 16);
      },
      "e: expected 0 or more bytes of scratch memory, got -1");
  KernelObject object = makeProgram(
      [](ProgramBuilder &b) { return b.constant(int64_t(1) << 32); },
      ParameterKind::I32);
  EXPECT_EQ(launchProgram(object), RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(
      rcmGetLastErrorText(),
      "e: expected parameter 0 of a launch to fit 32 bits, got 4294967296");
}

/// Random programs: those that load must run without a crash, whatever they
/// compute; run under the sanitizers this also finds undefined behaviour.
TEST(RuntimeProgram, RandomProgramsNeverCrash) {
  std::mt19937_64 random(7);
  const int64_t interesting[] = {0,         1,         -1,      2,    64,
                                 INT64_MIN, INT64_MAX, 1 << 20, -128, 63};
  int loaded = 0, launched = 0;
  for (int round = 0; round < 4000; ++round) {
    KernelObject object = makeProgram([&](ProgramBuilder &b) {
      uint32_t last = b.constant(interesting[random() % 10]);
      for (unsigned i = 0, count = random() % 12; i < count; ++i) {
        if (random() % 3 == 0) {
          last = b.constant(interesting[random() % 10]);
          continue;
        }
        auto opcode = static_cast<Opcode>(random() % 86);
        auto pick = [&] { return uint32_t(random() % (last + 1)); };
        bool unary = opcode == Opcode::ExtS || opcode == Opcode::ExtU;
        bool extends = unary || opcode == Opcode::CmpInt;
        last = b.add(opcode, pick(), unary ? 0 : pick(),
                     opcode == Opcode::Select ? pick() : 0,
                     opcode == Opcode::Scratch ? 1u << random() % 13 : 0,
                     extends ? random() % 64 : 0);
      }
      return last;
    });
    std::string bytes = encode(object);
    rcmObject *probe = nullptr;
    if (rcmObjectLoadMemory(bytes.data(), bytes.size(), &probe))
      continue;
    rcmObjectDestroy(probe);
    ++loaded;
    launched += launchProgram(object) == RCM_SUCCESS;
    ASSERT_TRUE(fakeDriver().live().none());
  }
  EXPECT_GT(loaded, 400);
  EXPECT_GT(launched, 200);
}
