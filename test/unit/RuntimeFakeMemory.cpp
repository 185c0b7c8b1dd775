//===- RuntimeFakeMemory.cpp - Device memory of the fake driver -----------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeFakeState.h"

#include <cstdlib>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::fake;

static constexpr size_t kAlignment = 512;

static CUdeviceptr allocate(size_t bytes) {
  size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void *memory = std::aligned_alloc(kAlignment, rounded);
  if (rounded < kUntouchedBytes)
    std::memset(memory, 0xA5, rounded); // poison
  return reinterpret_cast<CUdeviceptr>(memory);
}

/// True if these bytes are device memory.
static bool isDevice(uint64_t address, size_t bytes) {
  for (const auto *map : {&state().allocations, &state().poolAllocations}) {
    auto after = map->upper_bound(address);
    if (after == map->begin())
      continue;
    const auto &[start, size] = *std::prev(after);
    if (bytes <= size && address - start <= size - bytes)
      return true;
  }
  return false;
}

/// Zeros from an address to the end of the allocation there, if there is one.
static void writeZeros(uint64_t address) {
  auto after = state().allocations.upper_bound(address);
  if (after == state().allocations.begin())
    return;
  const auto &[start, size] = *std::prev(after);
  if (address - start < size && size < kUntouchedBytes)
    std::memset(reinterpret_cast<void *>(address), 0,
                size - (address - start));
}

void rcm::fake::writeZeros(const Launch &launch) {
  for (const std::string &parameter : launch.parameters) {
    uint64_t address = 0;
    if (parameter.size() == sizeof(address)) {
      std::memcpy(&address, parameter.data(), sizeof(address));
      ::writeZeros(address);
    }
  }
  for (const Map &map : state().maps)
    ::writeZeros(map.base);
}

FAKE_EXPORT int cuMemGetInfo_v2(size_t *available, size_t *total) {
  FAKE_CALL("cuMemGetInfo");
  *available = size_t(1) << 29;
  *total = size_t(1) << 30;
  return 0;
}
FAKE_EXPORT int cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
  FAKE_CALL("cuMemAlloc");
  if (bytes > size_t(1) << 30)
    return kCudaErrorOutOfMemory;
  *pointer = allocate(bytes);
  state().allocations[*pointer] = bytes;
  return 0;
}
FAKE_EXPORT int cuMemFree_v2(CUdeviceptr pointer) {
  Lock lock(state().mutex);
  int code = enter("cuMemFree");
  if (state().allocations.erase(pointer) == 0)
    return 1;
  std::free(reinterpret_cast<void *>(pointer));
  return code;
}
FAKE_EXPORT int cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from,
                                     size_t bytes, CUstream) {
  FAKE_CALL("cuMemcpyHtoDAsync");
  if (!isDevice(to, bytes))
    return 1; // invalid value
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes,
                                     CUstream) {
  FAKE_CALL("cuMemcpyDtoHAsync");
  if (!isDevice(from, bytes))
    return 1; // invalid value
  std::memcpy(to, reinterpret_cast<void *>(from), bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from,
                                     size_t bytes, CUstream) {
  FAKE_CALL("cuMemcpyDtoDAsync");
  if (!isDevice(from, bytes) || !isDevice(to, bytes))
    return 1; // invalid value
  if (bytes < kUntouchedBytes)
    std::memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
                 bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                              CUstream) {
  FAKE_CALL("cuMemcpyAsync");
  if (!isDevice(from, bytes) && !isDevice(to, bytes))
    return 1; // invalid value
  std::memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
               bytes);
  return 0;
}
FAKE_EXPORT int cuMemsetD8Async(CUdeviceptr to, unsigned char value,
                                size_t bytes, CUstream) {
  FAKE_CALL("cuMemsetD8Async");
  if (!isDevice(to, bytes))
    return 1; // invalid value
  if (bytes < kUntouchedBytes)
    std::memset(reinterpret_cast<void *>(to), value, bytes);
  state().memsets.push_back({to, bytes, value});
  return 0;
}
FAKE_EXPORT int cuMemPoolCreate(CUmemoryPool *pool,
                                const CUmemPoolProps *properties) {
  FAKE_CALL("cuMemPoolCreate");
  static char pools[kDeviceCount];
  if (properties->allocType != 1 || properties->locationType != 1)
    return 1;
  *pool = reinterpret_cast<CUmemoryPool>(&pools[properties->locationId]);
  return 0;
}
FAKE_EXPORT int cuMemPoolDestroy(CUmemoryPool) {
  FAKE_CALL("cuMemPoolDestroy");
  return 0;
}
FAKE_EXPORT int cuMemPoolSetAttribute(CUmemoryPool, int, void *) {
  FAKE_CALL("cuMemPoolSetAttribute");
  return 0;
}
FAKE_EXPORT int cuMemPoolTrimTo(CUmemoryPool, size_t) {
  FAKE_CALL("cuMemPoolTrimTo");
  return 0;
}
FAKE_EXPORT int cuMemAllocFromPoolAsync(CUdeviceptr *pointer, size_t bytes,
                                        CUmemoryPool, CUstream) {
  FAKE_CALL("cuMemAllocFromPoolAsync");
  if (bytes > size_t(1) << 30)
    return kCudaErrorOutOfMemory;
  *pointer = allocate(bytes);
  state().poolAllocations[*pointer] = bytes;
  return 0;
}
FAKE_EXPORT int cuMemFreeAsync(CUdeviceptr pointer, CUstream) {
  Lock lock(state().mutex);
  int code = enter("cuMemFreeAsync");
  if (state().poolAllocations.erase(pointer) == 0)
    return 1;
  std::free(reinterpret_cast<void *>(pointer));
  return code;
}
