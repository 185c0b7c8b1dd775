//===- RuntimeFakeState.cpp - State and control of the fake driver --------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeFakeState.h"

#include <cstdlib>

using namespace rcm::runtime;
using namespace rcm::fake;

/// A number from the environment, for programs that only load the driver.
static int64_t fromEnvironment(const char *name, int64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoll(text, nullptr, 10) : otherwise;
}

static State *makeState() {
  auto *made = new State;
  made->version =
      static_cast<int>(fromEnvironment("RCM_FAKE_VERSION", made->version));
  int64_t capability = fromEnvironment("RCM_FAKE_CAPABILITY", 90);
  made->major = static_cast<int>(capability / 10);
  made->minor = static_cast<int>(capability % 10);
  made->failIn = fromEnvironment("RCM_FAKE_FAIL_AT", 0);
  made->failCode = 999;
  return made;
}

State &rcm::fake::state() {
  static auto *instance = makeState();
  return *instance;
}

CUcontextTag rcm::fake::contexts[kDeviceCount] = {{0}, {1}};
thread_local std::vector<CUcontext> rcm::fake::contextStack;

int rcm::fake::enter(const char *name) {
  State &s = state();
  ++s.calls;
  if (s.failIn == 0 || --s.failIn != 0)
    return 0;
  s.failed = name;
  return s.failCode;
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

FAKE_EXPORT const Control *rcmFakeControl() {
  static const Control control = {
      [] {
        Lock lock(state().mutex);
        state().launches.clear();
        state().memsets.clear();
        state().maps.clear();
        state().failed.clear();
        state().failIn = state().calls = 0;
      },
      [](int64_t n, int code) {
        state().failIn = n;
        state().failCode = code;
        state().failed.clear();
      },
      []() -> const char * {
        return state().failed.empty() ? nullptr : state().failed.c_str();
      },
      [] { return state().calls; },
      [] {
        State &s = state();
        return Live{s.allocations.size(), s.poolAllocations.size(),
                    s.libraries.size(),   s.streams.size(),
                    s.events.size(),      s.graphs.size(),
                    s.executables.size(), s.pushedContexts};
      },
      [](int major, int minor, int multiprocessors) {
        state().major = major;
        state().minor = minor;
        state().multiprocessors = multiprocessors;
      },
      [](int version) { state().version = version; },
      [](bool supported) { state().memoryPools = supported; },
      [](const char *name, HostKernel kernel) {
        state().hostKernels[name] = kernel;
      },
      []() -> const std::vector<rcm::fake::Launch> & {
        return state().launches;
      },
      []() -> const std::vector<Memset> & { return state().memsets; },
      []() -> const std::vector<Map> & { return state().maps; },
      []() -> const std::string & { return state().loadedCode; }};
  return &control;
}
