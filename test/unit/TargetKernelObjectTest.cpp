//===- TargetKernelObjectTest.cpp - Modules become objects that run -------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Compiles modules to kernel objects, loads them with the runtime and launches
// them on the fake driver, which reads the kernels' parameters from the PTX.
//
//===----------------------------------------------------------------------===//

#include "TargetTestModules.h"

using namespace rcm::test;

/// Compiles a host function and expects an error that contains `text`.
static void expectRefused(const std::string &host, const char *text) {
  Compiler compiler;
  EXPECT_TRUE(compiler.compile(kKernels + host).entries.empty()) << text;
  EXPECT_NE(compiler.errors.find(text), std::string::npos) << compiler.errors;
}
TEST(TargetKernelObject, RunsAsWritten) {
  Compiler compiler;
  KernelObject object = compiler.compile(std::string(kKernels) + kHost);
  ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
  EXPECT_EQ(object.chip, "sm_90a");
  EXPECT_EQ(object.computeCapability, 90u);
  EXPECT_TRUE(object.exactComputeCapability);
  EXPECT_EQ(object.ptxVersion, 86u);
  EXPECT_EQ(object.ptxMinimumDriver, 12070u);
  ASSERT_EQ(object.kernels.size(), 2u);
  EXPECT_NE(object.kernels[0].name, object.kernels[1].name);

  fakeDriver();
  Loaded loaded(object);
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "operation"), "scale");
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "recipe"), "none");
  rcmArgumentInfo info;
  ASSERT_EQ(rcmEntryGetArgument(loaded.entry, 0, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.name, "x");
  EXPECT_EQ(info.alignment, 16u);
  EXPECT_EQ(info.sizes[0], RCM_DYNAMIC);
  EXPECT_EQ(info.strides[0], RCM_DYNAMIC);
  EXPECT_EQ(info.strides[1], 1);
  ASSERT_EQ(rcmEntryGetArgument(loaded.entry, 1, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.name, "arg1");
  EXPECT_EQ(info.direction, RCM_OUT);

  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  void *x = nullptr, *y = nullptr;
  ASSERT_EQ(rcmMalloc(&x, 1 << 18), RCM_SUCCESS);
  ASSERT_EQ(rcmMalloc(&y, 1 << 18), RCM_SUCCESS);
  RunArguments run(x, y, 1000, 72);
  rcmArgument arguments[4] = {run.list[0], run.list[1], run.list[2], {}};
  arguments[3].kind = RCM_ARGUMENT_SCALAR;
  arguments[3].type = RCM_TYPE_I32;
  arguments[3].scalar.i32 = 2;
  fakeDriver().clear();
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments, 4, nullptr, nullptr),
            RCM_SUCCESS)
      << rcmGetLastErrorText();
  const auto &launches = fakeDriver().launches();
  ASSERT_EQ(launches.size(), 2u);
  ASSERT_EQ(launches[0].parameters.size(), 5u);
  EXPECT_EQ(launches[0].grid[0], 8u);
  EXPECT_EQ(asNumber<void *>(launches[0].parameters[0]), x);
  auto scratch = asNumber<uint64_t>(launches[0].parameters[1]);
  EXPECT_EQ(scratch % 1024, 0u);
  EXPECT_EQ(asNumber<int64_t>(launches[0].parameters[2]), 1000);
  EXPECT_EQ(asNumber<float>(launches[0].parameters[3]), 0.0625f);
  EXPECT_EQ(asNumber<int32_t>(launches[0].parameters[4]), -1);
  ASSERT_EQ(launches[1].parameters.size(), 2u);
  EXPECT_EQ(launches[1].cluster[0], 2u);
  EXPECT_TRUE(launches[1].programmatic);
  EXPECT_EQ(launches[1].sharedBytes, 64u);
  EXPECT_EQ(launches[1].parameters[0].size(), 128u);
  EXPECT_EQ(asNumber<void *>(launches[1].parameters[1]), y);
  ASSERT_EQ(fakeDriver().maps().size(), 1u);
  EXPECT_EQ(fakeDriver().maps()[0].strides[0], 144u);
  EXPECT_EQ(fakeDriver().maps()[0].sizes[1], 1000u);
  // 2000 bytes round up to 2048; the counter follows and is cleared first.
  ASSERT_EQ(fakeDriver().memsets().size(), 2u);
  EXPECT_EQ(fakeDriver().memsets()[0].address, scratch + 2048);
  EXPECT_EQ(fakeDriver().memsets()[0].bytes, 1u);
  EXPECT_EQ(fakeDriver().memsets()[1].address, scratch);
  EXPECT_EQ(fakeDriver().memsets()[1].bytes, 2000u);

  arguments[0].sizes = arguments[1].sizes;
  int64_t more[2] = {1001, 64};
  arguments[1].sizes = more;
  EXPECT_EQ(rcmEntryLaunch(loaded.entry, arguments, 4, nullptr, nullptr),
            RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected `x` and `arg1` to have as many rows");
  EXPECT_EQ(rcmFree(x), RCM_SUCCESS);
  EXPECT_EQ(rcmFree(y), RCM_SUCCESS);
}

/// Kernels take the strides of the identity layout from the sizes.
TEST(TargetKernelObject, TakesNoOtherStridesForTheIdentityLayout) {
  Compiler compiler;
  KernelObject object = compiler.compile(std::string(kKernels) + R"mlir(
    func.func @run(%x: memref<?x?x64xf16> {rcm_rt.name = "x"}) {
      %c1 = arith.constant 1 : index
      %p = rcm_rt.data_pointer %x : memref<?x?x64xf16>
      %n = arith.constant 1 : i64
      %s = arith.constant 1.0 : f32
      %k = arith.constant 1 : i32
      rcm_rt.launch @kernels::@scale grid(%c1, %c1, %c1) block(%c1, %c1, %c1)
          args(%p, %p, %n, %s, %k : i64, i64, i64, f32, i32)
      return
    })mlir");
  ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
  fakeDriver();
  Loaded loaded(object);
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  void *x = nullptr;
  ASSERT_EQ(rcmMalloc(&x, 1 << 18), RCM_SUCCESS);
  auto launch = [&](std::vector<int64_t> sizes, std::vector<int64_t> strides) {
    rcmArgument argument = {};
    argument.type = RCM_TYPE_F16;
    argument.rank = 3;
    argument.data = x;
    argument.sizes = sizes.data();
    argument.strides = strides.data();
    return rcmEntryLaunch(loaded.entry, &argument, 1, nullptr, nullptr);
  };
  EXPECT_EQ(launch({2, 3, 64}, {192, 64, 1}), RCM_SUCCESS)
      << rcmGetLastErrorText();
  EXPECT_EQ(launch({2, 3, 64}, {200, 64, 1}), RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(rcmGetLastErrorText(), "expected `x` to be dense and row-major");
  // Strides that are never used.
  EXPECT_EQ(launch({1, 3, 64}, {7, 64, 1}), RCM_SUCCESS);
  EXPECT_EQ(launch({2, 0, 64}, {7, 64, 1}), RCM_SUCCESS);
  EXPECT_EQ(rcmFree(x), RCM_SUCCESS);
}

TEST(TargetKernelObject, NarrowIntegersWrapAndExtend) {
  // Each result is one i64 parameter of a launch of @take.
  const struct {
    const char *body;
    int64_t expected;
  } cases[] = {
      {"%r32 = arith.addi %max, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MIN},
      {"%r32 = arith.addi %max, %one : i32\n %r = arith.extui %r32 : i32 to "
       "i64",
       int64_t(1) << 31},
      {"%r32 = arith.divui %neg, %two : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MAX},
      {"%c = arith.cmpi ult, %neg, %one : i32\n %r = arith.extui %c : i1 to "
       "i64",
       0},
      {"%c = arith.cmpi slt, %neg, %one : i32\n %r = arith.extsi %c : i1 to "
       "i64",
       -1},
      {"%n = arith.trunci %one : i32 to i1\n %r = arith.extui %n : i1 to i64",
       1},
      {"%r32 = arith.shrui %neg, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MAX},
      {"%r32 = arith.shrsi %neg, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       -1},
      {"%w = arith.extsi %max : i32 to i64\n %i = arith.index_cast %w : i64 to "
       "index\n %r = arith.index_cast %i : index to i64",
       INT32_MAX},
      {"%f = arith.sitofp %neg : i32 to f32\n %z = arith.constant 0.0 : f32\n "
       "%c "
       "= arith.cmpf olt, %f, %z : f32\n %r = arith.extui %c : i1 to i64",
       1},
      {"%c = arith.constant true\n %r32 = arith.select %c, %two, %one : i32\n "
       "%r "
       "= arith.extsi %r32 : i32 to i64",
       2},
  };
  const std::string kernel = R"mlir(
    gpu.module @m [#nvvm.target<chip = "sm_90a">] {
      llvm.func @take(%v: i64) attributes {gpu.kernel, nvvm.kernel} { llvm.return }
    })mlir";
  fakeDriver();
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  for (const auto &c : cases) {
    Compiler compiler;
    KernelObject object = compiler.compile(
        kernel +
        "func.func @f() {\n %i1 = arith.constant 1 : index\n"
        "%one = arith.constant 1 : i32\n %two = arith.constant 2 : i32\n"
        "%max = arith.constant 2147483647 : i32\n"
        "%neg = arith.constant -1 : i32\n" +
        c.body +
        "\n rcm_rt.launch @m::@take grid(%i1, %i1, %i1) block(%i1, %i1, %i1) "
        "args(%r : i64)\n return }");
    ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
    fakeDriver().clear();
    Loaded loaded(object);
    ASSERT_EQ(rcmEntryLaunch(loaded.entry, nullptr, 0, nullptr, nullptr),
              RCM_SUCCESS)
        << rcmGetLastErrorText();
    EXPECT_EQ(asNumber<int64_t>(fakeDriver().launches()[0].parameters[0]),
              c.expected)
        << c.body;
  }
}

TEST(TargetKernelObject, RefusesWhatProgramsCannotSay) {
  expectRefused(
      "func.func @f(%x: memref<4xf32>) { %c = arith.constant 0 : index "
      "%v = memref.load %x[%c] : memref<4xf32> return }",
      "expected an operation that a kernel object's program can "
      "express");
  expectRefused(
      "func.func @f() -> index { %c = arith.constant 0 : index return "
      "%c : index }",
      "expected a host function without results, got 1");
  expectRefused(
      "func.func @f(%v: vector<4xf32>) { return }",
      "expected argument 0 to be a strided memref of rank 0 to 8 or a "
      "32 or 64 bit scalar, got 'vector<4xf32>'");
  expectRefused("func.func private @f() { return }",
                "expected a public host function, got none");
  expectRefused(
      "func.func @f(%n: index) { %p = rcm_rt.scratch %n\n %z = arith.constant "
      "0 "
      ": i64\n %c = arith.cmpi ne, %p, %z : i64\n rcm_rt.require %c, \"no\"\n "
      "return }",
      "expected no requirement, scratch size or tensor map to depend on what "
      "is "
      "computed after it");
  expectRefused(
      "func.func @f(%x: memref<4xf32>, %n: index) { %d = memref.dim %x, %n : "
      "memref<4xf32>\n %p = rcm_rt.scratch %d\n return }",
      "expected a constant dimension");
  expectRefused("func.func @f(%s: f32 {rcm_rt.direction = \"out\"}) { return }",
                "expected scalar argument 0 to be an input");
}
