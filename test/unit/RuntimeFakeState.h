//===- RuntimeFakeState.h - State of the fake driver ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// A call that was chosen to fail does nothing and returns the error, except
// those that destroy something: they destroy it and return the error, as the
// real driver does when it reports an earlier asynchronous failure.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_RUNTIMEFAKESTATE_H
#define RCM_TEST_UNIT_RUNTIMEFAKESTATE_H

#include "RuntimeFakeDriver.h"

#include "../../lib/Runtime/Driver.h"

#include <map>
#include <mutex>
#include <set>

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace rcm::runtime {
struct CUcontextTag {
  int device;
};
struct CUstreamTag {
  CUcontext context;
  bool captures = false;
};
struct CUkernelTag {
  std::string name;
  std::vector<size_t> parameterBytes;
};
struct CUlibraryTag {
  std::map<std::string, CUkernelTag> kernels;
};
} // namespace rcm::runtime

namespace rcm::fake {
/// Pieces of memory from this size on serve for timing only: nothing is written
/// to them or read from them.
inline constexpr size_t kUntouchedBytes = size_t(1) << 26;

struct State {
  std::recursive_mutex mutex;
  int64_t calls = 0, failIn = 0;
  int failCode = 0;
  std::string failed;
  int major = 9, minor = 0, multiprocessors = 132, version = 13000;
  bool memoryPools = true;
  std::map<uint64_t, size_t> allocations, poolAllocations;
  std::set<void *> libraries, streams, events, graphs, executables;
  size_t pushedContexts = 0;
  std::map<std::string, HostKernel> hostKernels;
  std::vector<Launch> launches;
  std::vector<Memset> memsets;
  std::vector<Map> maps;
  std::string loadedCode;
};

State &state();

/// The primary contexts of the devices, and the stack of this thread.
extern runtime::CUcontextTag contexts[kDeviceCount];
extern thread_local std::vector<runtime::CUcontext> contextStack;

using Lock = std::lock_guard<std::recursive_mutex>;

/// Counts a call; returns the code it is to fail with, or 0.
int enter(const char *name);

/// What a launch does under RCM_FAKE_ZERO: zeros wherever its parameters point.
void writeZeros(const Launch &launch);
} // namespace rcm::fake

#define FAKE_CALL(name)                                                        \
  Lock lock(state().mutex);                                                    \
  if (int failure = enter(name))                                               \
    return failure;

#endif // RCM_TEST_UNIT_RUNTIMEFAKESTATE_H
