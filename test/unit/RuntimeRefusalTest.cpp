//===- RuntimeRefusalTest.cpp - What launches refuse ----------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeLaunchFixture.h"

using namespace rcm::test;

TEST_F(RuntimeLaunch, RefusesArgumentsThatDoNotMatch) {
  Loaded loaded(makeObject());
  RunArguments good(x, y, 100);
  auto refuse = [&](RunArguments bad, const char *text) {
    expectRefused(loaded.entry, bad, RCM_ERROR_ARGUMENT_MISMATCH, text);
  };
  RunArguments bad = good;
  bad.list[0].type = RCM_TYPE_BF16;
  refuse(bad, "expected argument 0 `x` to be of type f16, got bf16");
  bad = good;
  bad.list[0].rank = 3;
  refuse(bad, "expected argument 0 `x` to be of rank 2, got 3");
  bad = good;
  bad.list[2].kind = RCM_ARGUMENT_TENSOR;
  refuse(bad, "expected argument 2 `scale` to be a scalar, got a tensor");
  int64_t wide[2] = {100, 65}, negative[2] = {-1, 64};
  int64_t padded[2] = {80, 1}, scattered[2] = {64, 2};
  int64_t far[2] = {INT64_MAX / 3, 1};
  bad = good;
  bad.list[1].sizes = wide;
  refuse(bad,
         "expected argument 1 `y` to be of size 64 in dimension 1, got 65");
  bad = good;
  bad.list[0].sizes = negative;
  refuse(bad, "expected argument 0 `x` to be of size 0 or more in dimension 0, "
              "got -1");
  bad = good;
  bad.list[0].sizes = nullptr;
  refuse(bad, "expected argument 0 `x` to be given with sizes, got a null "
              "pointer");
  bad = good;
  bad.list[1].strides = padded;
  refuse(bad,
         "expected argument 1 `y` to be of stride 64 in dimension 0, got 80");
  bad = good;
  bad.list[0].strides = scattered;
  refuse(bad,
         "expected argument 0 `x` to be of stride 1 in dimension 1, got 2");
  bad = good;
  bad.list[0].strides = far;
  refuse(bad,
         "expected argument 0 `x` to be of less than 2^63 bytes, got more");
  bad = good;
  bad.list[0].data = nullptr;
  refuse(bad, "expected argument 0 `x` to be given with a device pointer, got "
              "null");
  EXPECT_EQ(rcmEntryLaunch(loaded.entry, good.list, 2, nullptr, nullptr),
            RCM_ERROR_ARGUMENT_MISMATCH);
  EXPECT_STREQ(rcmGetLastErrorText(), "expected 3 arguments of `run`, got 2");
  EXPECT_EQ(rcmEntryLaunch(nullptr, good.list, 3, nullptr, nullptr),
            RCM_ERROR_INVALID_ARGUMENT);
}

TEST_F(RuntimeLaunch, RefusesAMisalignedPointer) {
  Loaded loaded(makeObject());
  RunArguments arguments(reinterpret_cast<char *>(x) + 1, y, 100);
  EXPECT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
            RCM_ERROR_ARGUMENT_MISMATCH);
  EXPECT_EQ(std::string(rcmGetLastErrorText())
                .rfind("expected argument 0 `x` to be aligned to 2 bytes, got "
                       "address 0x",
                       0),
            0u);
}

TEST_F(RuntimeLaunch, RefusesWhatTheEntryRequires) {
  Loaded loaded(makeObject());
  RunArguments arguments(x, y, 100);
  int64_t more[2] = {101, 64};
  arguments.list[1].sizes = more;
  expectRefused(loaded.entry, arguments, RCM_ERROR_REQUIREMENT,
                "expected `x` and `y` to have as many rows");
  // 36 elements are 72 bytes: no stride of a tensor map.
  expectRefused(loaded.entry, RunArguments(x, y, 100, 36),
                RCM_ERROR_REQUIREMENT,
                "run: expected stride 1 of a tensor map to be a multiple of 16 "
                "below 2^40 bytes, got 72");
}

TEST_F(RuntimeLaunch, RefusesLaunchesBeyondTheDevice) {
  KernelObject object = makeObject();
  Entry &entry = object.entries[0];
  RunArguments arguments(x, y, 100);
  entry.launches[1].cluster[0] = 4;
  {
    Loaded loaded(object);
    expectRefused(loaded.entry, arguments, RCM_ERROR_LAUNCH_LIMIT,
                  "expected grid size 0 of `second` to be a multiple of the "
                  "cluster's 4, got 2");
  }
  entry.launches[1].cluster[0] = 2;
  for (Instruction &i : entry.program)
    if (i.opcode == Opcode::ConstInt && i.immediate == 100000)
      i.immediate = 232000;
  {
    Loaded loaded(object);
    expectRefused(loaded.entry, arguments, RCM_ERROR_LAUNCH_LIMIT,
                  "expected 0 to 231448 bytes of dynamic shared memory of "
                  "`second`, got 232000");
  }
  for (Instruction &i : entry.program)
    if (i.opcode == Opcode::ConstInt && i.immediate == 232000)
      i.immediate = 0;
  entry.launches[0].block[1] = entry.launches[0].block[0];
  {
    Loaded loaded(object);
    expectRefused(loaded.entry, arguments, RCM_ERROR_LAUNCH_LIMIT,
                  "expected at most 1024 threads per block of `first`, got "
                  "16384");
  }
}

TEST_F(RuntimeLaunch, RefusesAnotherDeviceByName) {
  RunArguments arguments(x, y, 100);
  fakeDriver().setDevice(10, 0, 132);
  Loaded loaded(makeObject());
  expectRefused(loaded.entry, arguments, RCM_ERROR_UNSUPPORTED_DEVICE,
                "expected a device of compute capability 9.0 for code of chip "
                "sm_90a, got Fake GPU 0 of compute capability 10.0");
  EXPECT_EQ(rcmEntryPrepare(loaded.entry), RCM_ERROR_UNSUPPORTED_DEVICE);
  // Code without an architecture's own features runs on newer devices.
  KernelObject object = makeObject();
  object.chip = "sm_80";
  object.computeCapability = 80;
  object.exactComputeCapability = false;
  Loaded portable(object);
  EXPECT_EQ(rcmEntryPrepare(portable.entry), RCM_SUCCESS);
}
