//===- RuntimeFakeDriver.h - Control of the fake CUDA driver ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The fake driver is a shared library with the entry points of the real one.
// Its device memory is host memory; launches are recorded, and run when the
// test gave the kernel a host function. "Device code" is any text with PTX
// `.entry` directives, from which it learns names and parameter sizes.
//
// Programs that open it as their driver (RCM_DRIVER_LIBRARY) set it up through
// RCM_FAKE_VERSION (13000), RCM_FAKE_CAPABILITY (90), RCM_FAKE_FAIL_AT (the
// number of the call that fails) and RCM_FAKE_ZERO (launches write zeros).
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_RUNTIMEFAKEDRIVER_H
#define RCM_TEST_UNIT_RUNTIMEFAKEDRIVER_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rcm::fake {

struct Launch {
  std::string kernel;
  uint32_t grid[3], block[3], sharedBytes;
  uint32_t cluster[3];
  bool programmatic, captured;
  const void *stream;
  int device;
  /// The bytes of each parameter.
  std::vector<std::string> parameters;
};

struct Memset {
  uint64_t address, bytes;
  uint8_t value;
};

/// What the driver was asked to encode.
struct Map {
  int elementType, rank, interleave, swizzle, l2Promotion, fill;
  uint64_t base;
  std::vector<uint64_t> sizes, strides;
  std::vector<uint32_t> box, elementStrides;
};

/// Things that were made and not yet destroyed.
struct Live {
  size_t allocations, poolAllocations, libraries, streams, events, graphs,
      executables, pushedContexts;
  bool none() const {
    return allocations + poolAllocations + libraries + streams + events +
               graphs + executables + pushedContexts ==
           0;
  }
};

/// A kernel that runs on the host, once per launch.
using HostKernel = void (*)(const Launch &launch);

/// The library's control table; `rcmFakeControl` returns it.
struct Control {
  /// Forgets records; live things stay.
  void (*clear)();
  /// The n-th driver call from now (1 is the next) fails with `code`; 0: none.
  void (*failAt)(int64_t n, int code);
  /// The name of the call that failed last by failAt, or null.
  const char *(*failedCall)();
  int64_t (*callCount)();
  Live (*live)();
  void (*setDevice)(int major, int minor, int multiprocessors);
  void (*setVersion)(int version);
  void (*setMemoryPools)(bool supported);
  void (*setKernel)(const char *name, HostKernel kernel);
  const std::vector<Launch> &(*launches)();
  const std::vector<Memset> &(*memsets)();
  const std::vector<Map> &(*maps)();
  /// Text that was loaded last.
  const std::string &(*loadedCode)();
};

inline constexpr int kDeviceCount = 2;

} // namespace rcm::fake

#endif // RCM_TEST_UNIT_RUNTIMEFAKEDRIVER_H
