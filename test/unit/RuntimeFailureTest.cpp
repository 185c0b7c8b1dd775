//===- RuntimeFailureTest.cpp - Every driver call fails once --------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// A session (open the driver, take memory, load, launch, capture, time, clean
// up) is repeated in a fresh process for n = 1, 2, ...; in the n-th, the n-th
// driver call fails. Each failure must be reported with the call's name, leave
// nothing behind, and not keep the next session from working.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTestObjects.h"

#include <sys/wait.h>
#include <unistd.h>

using namespace rcm::test;

namespace {
constexpr int kInjectedCode = 999; // CUDA_ERROR_UNKNOWN

/// What a child process found.
enum Outcome {
  kReported = 0,
  kNothingFailed = 1,
  kNotReported = 2,
  kTextLacksCall = 3,
  kLeaked = 4,
  kNextSessionFails = 5,
  kEnqueuedAfterFailure = 6
};

/// Runs calls until one fails; cleaning up goes on, as a careful user's does.
class Session {
public:
  rcmResult first = RCM_SUCCESS;
  std::string text;

  bool run(rcmResult result) {
    if (result && !first) {
      first = result;
      text = rcmGetLastErrorText();
    }
    return !result;
  }

  void timeLaunches(const rcmEntry *entry, void *x, void *y, void *stream) {
    void *event = nullptr, *graph = nullptr;
    RunArguments arguments(x, y, 1000);
    float milliseconds = 0;
    size_t steps = 0;
    if (!run(rcmEventCreate(&event)))
      return;
    run(rcmEntryListSteps(entry, arguments.list, 3, nullptr, 0, &steps));
    run(rcmEntryLaunchSteps(entry, arguments.list, 3, stream, nullptr, 0, 1));
    bool launched =
        run(rcmEntryLaunch(entry, arguments.list, 3, stream, nullptr)) &&
        run(rcmEventRecord(event, stream)) && run(rcmEventSynchronize(event)) &&
        run(rcmEventElapsed(&milliseconds, event, event));
    if (launched && run(rcmCaptureBegin(stream))) {
      run(rcmEntryLaunch(entry, arguments.list, 3, stream, nullptr));
      if (run(rcmCaptureEnd(stream, &graph))) {
        run(rcmGraphLaunch(graph, stream));
        run(rcmGraphDestroy(graph));
      }
    }
    run(rcmStreamSynchronize(stream));
    run(rcmEventDestroy(event));
  }

  void useDevice(const rcmEntry *entry) {
    constexpr uint64_t kBytes = 1 << 18;
    std::vector<char> host(kBytes);
    void *x = nullptr, *y = nullptr, *stream = nullptr;
    uint64_t available = 0, total = 0;
    rcmDeviceInfo info;
    run(rcmDeviceGetInfo(0, &info));
    run(rcmMemoryInfo(&available, &total));
    run(rcmMalloc(&x, kBytes));
    run(rcmMalloc(&y, kBytes));
    // A stream of another device: launching pushes and pops its context.
    bool hasStream =
        run(rcmDeviceMakeCurrent(1)) && run(rcmStreamCreate(&stream));
    run(rcmDeviceMakeCurrent(0));
    if (!first) {
      run(rcmCopyHostToDevice(x, host.data(), kBytes, stream));
      run(rcmCopyDeviceToDevice(y, x, kBytes, stream));
      run(rcmMemset(y, 0, kBytes, stream));
      timeLaunches(entry, x, y, stream);
      run(rcmCopyDeviceToHost(host.data(), y, kBytes, stream));
      run(rcmDeviceSynchronize());
      run(rcmReleaseScratch(1));
    }
    if (hasStream)
      run(rcmStreamDestroy(stream));
    run(rcmFree(x));
    run(rcmFree(y));
  }

  void runAll() {
    std::string bytes = encode(makeObject());
    rcmObject *object = nullptr;
    int32_t count = 0, version = 0;
    if (!run(rcmDriverVersion(&version)) || !run(rcmDeviceCount(&count)) ||
        !run(rcmDeviceMakeCurrent(0)))
      return;
    if (!run(rcmObjectLoadMemory(bytes.data(), bytes.size(), &object)))
      return;
    useDevice(rcmObjectEntryAt(object, 0));
    run(rcmObjectDestroy(object));
  }
};

Outcome examine(int64_t n) {
  fakeDriver().failAt(n, kInjectedCode);
  Session session;
  session.runAll();
  const char *failed = fakeDriver().failedCall();
  if (!failed)
    return session.first ? kNextSessionFails : kNothingFailed;
  std::string call = failed;
  if (!session.first)
    return kNotReported;
  // The very first call has no driver yet to name the code.
  if (session.text.find(call + " failed") == std::string::npos)
    return kTextLacksCall;
  if (!fakeDriver().live().none())
    return kLeaked;
  fakeDriver().failAt(0, 0);
  Session next;
  next.runAll();
  if (next.first)
    return kNextSessionFails;
  return fakeDriver().live().none() ? kReported : kLeaked;
}

Outcome runWithFailure(int64_t n) {
  Outcome outcome = examine(n);
  if (outcome > kNothingFailed)
    std::fprintf(stderr, "call %lld, %s: %s\n", static_cast<long long>(n),
                 fakeDriver().failedCall() ? fakeDriver().failedCall() : "-",
                 rcmGetLastErrorText());
  return outcome;
}

/// runWithFailure in a child process; -1 if it crashed.
int runInChild(int64_t n) {
  pid_t child = fork();
  if (child == 0)
    _exit(runWithFailure(n));
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
} // namespace

TEST(RuntimeFailure, EachCallThatFailsIsReportedAndLeaksNothing) {
  constexpr int64_t kMostCalls = 2000;
  int64_t n = 1;
  for (; n <= kMostCalls; ++n) {
    int outcome = runInChild(n);
    if (outcome == kNothingFailed)
      break;
    ASSERT_EQ(outcome, kReported) << "call " << n;
  }
  // A session is some two hundred calls; fewer would mean it was cut short.
  EXPECT_GT(n, 100);
  EXPECT_LT(n, kMostCalls);
}

namespace {
/// Runs `body` in a child process; true if it returned true.
template <typename Body> bool holdsInChild(Body body) {
  pid_t child = fork();
  if (child == 0)
    _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool failsWith(rcmResult result, rcmResult expected, const char *text) {
  bool same =
      result == expected &&
      std::string(rcmGetLastErrorText()).find(text) != std::string::npos;
  if (!same)
    std::fprintf(stderr, "got %s: %s\n", rcmResultName(result),
                 rcmGetLastErrorText());
  return same;
}
} // namespace

TEST(RuntimeFailure, ReportsAMissingDriver) {
  EXPECT_TRUE(holdsInChild([] {
    rcmSetDriverLibrary("libno-such-driver.so");
    // Again and again: nothing is remembered.
    return failsWith(rcmInit(), RCM_ERROR_NO_DRIVER,
                     "expected the NVIDIA driver library, got: "
                     "libno-such-driver.so: cannot open") &&
           failsWith(rcmDeviceMakeCurrent(0), RCM_ERROR_NO_DRIVER, "driver");
  }));
}

TEST(RuntimeFailure, ReportsALibraryThatIsNoDriver) {
  EXPECT_TRUE(holdsInChild([] {
    rcmSetDriverLibrary("libc.so.6");
    return failsWith(rcmInit(), RCM_ERROR_NO_DRIVER,
                     "without cuDriverGetVersion");
  }));
}

TEST(RuntimeFailure, ReportsAnOldDriver) {
  EXPECT_TRUE(holdsInChild([] {
    fakeDriver().setVersion(11080);
    return failsWith(rcmInit(), RCM_ERROR_DRIVER_TOO_OLD,
                     "expected a driver for CUDA 12.0 or newer, got one for "
                     "CUDA 11.8");
  }));
}

TEST(RuntimeFailure, ReportsADeviceWithoutMemoryPools) {
  EXPECT_TRUE(holdsInChild([] {
    fakeDriver().setMemoryPools(false);
    rcmDeviceMakeCurrent(0);
    Loaded loaded(makeObject());
    std::vector<char> memory(1 << 18);
    char *aligned =
        memory.data() + (-reinterpret_cast<uintptr_t>(memory.data()) & 15);
    RunArguments arguments(aligned, aligned, 1000);
    return failsWith(
        rcmEntryLaunch(loaded.entry, arguments.list, 3, nullptr, nullptr),
        RCM_ERROR_UNSUPPORTED_DEVICE, "has no memory pools; pass an allocator");
  }));
}

TEST(RuntimeFailure, ReportsExhaustedDeviceMemory) {
  EXPECT_TRUE(holdsInChild([] {
    fakeDriver();
    rcmDeviceMakeCurrent(0);
    void *memory = nullptr;
    return failsWith(rcmMalloc(&memory, uint64_t(1) << 40),
                     RCM_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY") &&
           memory == nullptr;
  }));
}
