//===- RuntimeLaunchTest.cpp - Launching on the fake driver ---------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeLaunchFixture.h"

#include <thread>

using namespace rcm::test;

TEST_F(RuntimeLaunch, PassesEverythingToTheDriver) {
  Loaded loaded(makeObject());
  RunArguments arguments(x, y, 1000, 72);
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
            RCM_SUCCESS)
      << rcmGetLastErrorText();
  const auto &launches = fakeDriver().launches();
  ASSERT_EQ(launches.size(), 2u);
  EXPECT_EQ(launches[0].kernel, "first");
  EXPECT_EQ(launches[0].grid[0], 8u); // ceil(1000 / 128)
  EXPECT_EQ(launches[0].block[0], 128u);
  EXPECT_FALSE(launches[0].programmatic);
  auto scratch = asNumber<uint64_t>(launches[0].parameters[0]);
  EXPECT_EQ(scratch % 1024, 0u);
  EXPECT_EQ(asNumber<uint32_t>(launches[0].parameters[1]), 1000u);

  EXPECT_EQ(launches[1].kernel, "second");
  EXPECT_EQ(launches[1].sharedBytes, 100000u);
  EXPECT_TRUE(launches[1].programmatic);
  EXPECT_EQ(launches[1].cluster[0], 2u);
  EXPECT_EQ(asNumber<uint64_t>(launches[1].parameters[0].substr(0, 8)), 1u);
  EXPECT_EQ(asNumber<void *>(launches[1].parameters[1]), y);
  EXPECT_EQ(asNumber<float>(launches[1].parameters[2]), 0.125f);
  EXPECT_EQ(asNumber<double>(launches[1].parameters[3]), 0.125);
  EXPECT_EQ(asNumber<uint16_t>(launches[1].parameters[4]), 128u);
  EXPECT_EQ(asNumber<uint8_t>(launches[1].parameters[5]), 1u);

  ASSERT_EQ(fakeDriver().maps().size(), 1u);
  const rcm::fake::Map &map = fakeDriver().maps()[0];
  EXPECT_EQ(map.base, reinterpret_cast<uint64_t>(x));
  EXPECT_EQ(map.sizes, (std::vector<uint64_t>{64, 1000}));
  EXPECT_EQ(map.strides, (std::vector<uint64_t>{144}));
  EXPECT_EQ(map.box, (std::vector<uint32_t>{64, 128}));
  EXPECT_EQ(map.swizzle, 3);

  ASSERT_EQ(fakeDriver().memsets().size(), 1u);
  EXPECT_EQ(fakeDriver().memsets()[0].address, scratch);
  EXPECT_EQ(fakeDriver().memsets()[0].bytes, 8u * 64);
  EXPECT_EQ(fakeDriver().memsets()[0].value, 0xAB);
  EXPECT_EQ(fakeDriver().live().poolAllocations, 0u);
}

TEST_F(RuntimeLaunch, GridFollowsTheDevice) {
  fakeDriver().setDevice(9, 0, 5);
  Loaded loaded(makeObject());
  RunArguments arguments(x, y, 1000);
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
            RCM_SUCCESS);
  EXPECT_EQ(fakeDriver().launches()[0].grid[0], 5u);
}

TEST_F(RuntimeLaunch, EmptyTensorsSkipWhatTheyMake) {
  Loaded loaded(makeObject());
  RunArguments arguments(nullptr, nullptr, 0);
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
            RCM_SUCCESS)
      << rcmGetLastErrorText();
  // The first kernel's grid is 0; the second does not depend on the rows.
  ASSERT_EQ(fakeDriver().launches().size(), 1u);
  EXPECT_EQ(fakeDriver().launches()[0].kernel, "second");
  EXPECT_EQ(fakeDriver().launches()[0].parameters[0], std::string(128, '\0'));
  EXPECT_TRUE(fakeDriver().maps().empty());
  EXPECT_TRUE(fakeDriver().memsets().empty());
}

TEST_F(RuntimeLaunch, ChoosesCubinOrPtx) {
  KernelObject object = makeObject();
  object.cubin = "CUBIN" + object.ptx;
  object.cubinMinimumDriver = 13000;
  {
    Loaded loaded(object);
    EXPECT_EQ(rcmEntryPrepare(loaded.entry), RCM_SUCCESS);
    EXPECT_EQ(fakeDriver().loadedCode(), object.cubin);
  }
  object.cubinMinimumDriver = 14000;
  {
    Loaded loaded(object);
    EXPECT_EQ(rcmEntryPrepare(loaded.entry), RCM_SUCCESS);
    EXPECT_EQ(fakeDriver().loadedCode(), object.ptx);
  }
  object.ptxMinimumDriver = 13010;
  Loaded loaded(object);
  EXPECT_EQ(rcmEntryPrepare(loaded.entry), RCM_ERROR_DRIVER_TOO_OLD);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected a driver for CUDA 13.1 or newer for PTX 8.6, got one "
               "for CUDA 13.0");
}

TEST_F(RuntimeLaunch, ReportsAKernelThatTheCodeLacks) {
  KernelObject object = makeObject();
  object.kernels[1].name = "third";
  Loaded loaded(object);
  EXPECT_EQ(rcmEntryPrepare(loaded.entry), RCM_ERROR_DRIVER);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "third: cuLibraryGetKernel failed: CUDA_ERROR_FAKE (500, made "
               "to fail)");
}

TEST_F(RuntimeLaunch, TakesScratchFromTheCaller) {
  struct Arena {
    void *memory = nullptr;
    size_t allocated = 0, released = 0, alignment = 0;
  } arena;
  // The first tensor's memory serves; nothing runs.
  arena.memory = reinterpret_cast<void *>(
      (reinterpret_cast<uintptr_t>(x) + 1023) / 1024 * 1024);
  rcmAllocator allocator = {
      [](void *user, size_t bytes, size_t alignment, void *) -> void * {
        auto *a = static_cast<Arena *>(user);
        a->allocated = bytes;
        a->alignment = alignment;
        return a->memory;
      },
      [](void *user, void *, size_t bytes, void *) {
        static_cast<Arena *>(user)->released = bytes;
      },
      &arena};
  Loaded loaded(makeObject());
  RunArguments arguments(x, y, 1000);
  ASSERT_EQ(
      rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, &allocator),
      RCM_SUCCESS);
  EXPECT_EQ(arena.allocated, 512u);
  EXPECT_EQ(arena.alignment, 1024u);
  EXPECT_EQ(arena.released, 512u);
  uint64_t bytes = 0;
  ASSERT_EQ(rcmEntryScratchBytes(loaded.entry, arguments.list, 3, &bytes),
            RCM_SUCCESS);
  EXPECT_EQ(bytes, 512u);

  allocator.allocate = [](void *, size_t, size_t, void *) -> void * {
    return nullptr;
  };
  EXPECT_EQ(
      rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, &allocator),
      RCM_ERROR_OUT_OF_MEMORY);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "run: expected the allocator to give 512 bytes of scratch "
               "memory, got null");
  allocator.release = nullptr;
  EXPECT_EQ(
      rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, &allocator),
      RCM_ERROR_INVALID_ARGUMENT);
}

TEST_F(RuntimeLaunch, EnqueuesAPartOfAnEntry) {
  Loaded loaded(makeObject());
  RunArguments arguments(x, y, 1000);
  size_t count = 0;
  const char *names[2] = {};
  ASSERT_EQ(
      rcmEntryListSteps(loaded.entry, arguments.list, 3, names, 2, &count),
      RCM_SUCCESS)
      << rcmGetLastErrorText();
  EXPECT_EQ(count, 3u);
  EXPECT_STREQ(names[0], "memset");
  EXPECT_STREQ(names[1], "first");
  EXPECT_TRUE(fakeDriver().launches().empty());

  ASSERT_EQ(rcmEntryLaunchSteps(loaded.entry, arguments.list, 3, nullptr,
                                nullptr, 2, 1),
            RCM_SUCCESS);
  ASSERT_EQ(fakeDriver().launches().size(), 1u);
  EXPECT_EQ(fakeDriver().launches()[0].kernel, "second");
  EXPECT_TRUE(fakeDriver().memsets().empty());
  EXPECT_EQ(rcmEntryLaunchSteps(loaded.entry, arguments.list, 3, nullptr,
                                nullptr, 2, 2),
            RCM_ERROR_INVALID_ARGUMENT);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected steps below 3 of `run`, got 2 from 2 on");
  EXPECT_EQ(rcmEntryLaunchSteps(loaded.entry, arguments.list, 3, nullptr,
                                nullptr, SIZE_MAX, 2),
            RCM_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(fakeDriver().launches().size(), 1u);
}

TEST_F(RuntimeLaunch, FollowsTheStreamsDevice) {
  Loaded loaded(makeObject());
  ASSERT_EQ(rcmDeviceMakeCurrent(1), RCM_SUCCESS);
  void *stream = nullptr;
  ASSERT_EQ(rcmStreamCreate(&stream), RCM_SUCCESS);
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  RunArguments arguments(x, y, 1000);
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, stream, nullptr),
            RCM_SUCCESS);
  EXPECT_EQ(fakeDriver().launches()[0].device, 1);
  EXPECT_EQ(fakeDriver().launches()[0].stream, stream);
  EXPECT_EQ(rcmStreamDestroy(stream), RCM_SUCCESS);
  fakeDriver().clear();
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
            RCM_SUCCESS);
  EXPECT_EQ(fakeDriver().launches()[0].device, 0);
}

TEST_F(RuntimeLaunch, IsCaptured) {
  Loaded loaded(makeObject());
  void *stream = nullptr, *graph = nullptr;
  ASSERT_EQ(rcmStreamCreate(&stream), RCM_SUCCESS);
  ASSERT_EQ(rcmCaptureBegin(stream), RCM_SUCCESS);
  RunArguments arguments(x, y, 1000);
  EXPECT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, stream, nullptr),
            RCM_SUCCESS);
  ASSERT_EQ(rcmCaptureEnd(stream, &graph), RCM_SUCCESS);
  EXPECT_TRUE(fakeDriver().launches()[0].captured);
  EXPECT_EQ(rcmGraphLaunch(graph, stream), RCM_SUCCESS);
  EXPECT_EQ(rcmGraphDestroy(graph), RCM_SUCCESS);
  EXPECT_EQ(rcmStreamDestroy(stream), RCM_SUCCESS);
}

TEST_F(RuntimeLaunch, RunsFromManyThreadsOnTwoDevices) {
  Loaded loaded(makeObject());
  constexpr int kThreads = 8, kLaunches = 100;
  std::vector<std::thread> threads;
  std::vector<int> failures(kThreads, 0);
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      failures[t] += rcmDeviceMakeCurrent(t % 2) != RCM_SUCCESS;
      RunArguments arguments(x, y, 100 + t);
      for (int i = 0; i < kLaunches; ++i)
        failures[t] += rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr,
                                      nullptr) != RCM_SUCCESS;
      // Texts belong to their thread.
      RunArguments bad(nullptr, y, 100 + t);
      rcmEntryLaunch(loaded.entry, bad.list, 3, nullptr, nullptr);
      failures[t] +=
          std::string(rcmGetLastErrorText()).find("null") == std::string::npos;
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(failures, std::vector<int>(kThreads, 0));
  EXPECT_EQ(fakeDriver().launches().size(), size_t(2 * kThreads * kLaunches));
  EXPECT_EQ(fakeDriver().live().libraries, 2u); // one per device
}

TEST_F(RuntimeLaunch, NeedsAContext) {
  Loaded loaded(makeObject());
  std::thread([&] {
    RunArguments arguments(x, y, 100);
    EXPECT_EQ(rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
              RCM_ERROR_NO_DEVICE);
    EXPECT_STREQ(rcmGetLastErrorText(),
                 "expected a current CUDA context on this thread, got none; "
                 "call rcmDeviceMakeCurrent first");
    void *memory = nullptr;
    EXPECT_EQ(rcmMalloc(&memory, 16), RCM_ERROR_NO_DEVICE);
  }).join();
}

TEST_F(RuntimeLaunch, DescribesDevices) {
  int32_t count = 0, version = 0;
  ASSERT_EQ(rcmDeviceCount(&count), RCM_SUCCESS);
  EXPECT_EQ(count, rcm::fake::kDeviceCount);
  ASSERT_EQ(rcmDriverVersion(&version), RCM_SUCCESS);
  EXPECT_EQ(version, 13000);
  rcmDeviceInfo info;
  ASSERT_EQ(rcmDeviceGetInfo(1, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.name, "Fake GPU 1");
  EXPECT_EQ(info.computeCapabilityMajor, 9);
  EXPECT_EQ(info.multiprocessorCount, 132);
  EXPECT_EQ(info.sharedMemoryPerBlock, 232448);
  EXPECT_EQ(info.uuid[0], 17);
  EXPECT_EQ(rcmDeviceGetInfo(2, &info), RCM_ERROR_NO_DEVICE);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected a device number below 2, got 2");
  EXPECT_EQ(rcmDeviceMakeCurrent(-1), RCM_ERROR_NO_DEVICE);
  EXPECT_EQ(rcmSetDriverLibrary("x"), RCM_ERROR_INVALID_ARGUMENT);
}
