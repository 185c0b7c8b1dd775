//===- Context.cpp - Devices, contexts and the scratch pool ---------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Context.h"

#include "Error.h"

#include <map>
#include <mutex>

using namespace rcm::runtime;

rcmResult ContextScope::enter(const Driver &table, CUstream stream) {
  CUcontext current = nullptr, wanted = nullptr;
  if (rcmResult result = RCM_DRIVER_CALL(table, cuCtxGetCurrent, &current))
    return result;
  wanted = current;
  if (reinterpret_cast<uintptr_t>(stream) > kLastSpecialStream)
    if (rcmResult result =
            RCM_DRIVER_CALL(table, cuStreamGetCtx, stream, &wanted))
      return result;
  if (!wanted)
    return fail(RCM_ERROR_NO_DEVICE,
                "expected a current CUDA context on this thread, got none; "
                "call rcmDeviceMakeCurrent first");
  if (wanted != current) {
    if (rcmResult result = RCM_DRIVER_CALL(table, cuCtxPushCurrent, wanted))
      return result;
    pushed = true;
  }
  driver = &table;
  return RCM_DRIVER_CALL(table, cuCtxGetDevice, &device);
}

rcmResult ContextScope::leave() {
  if (!pushed)
    return RCM_SUCCESS;
  pushed = false;
  CUcontext popped;
  return RCM_DRIVER_CALL(*driver, cuCtxPopCurrent, &popped);
}

ContextScope::~ContextScope() {
  if (!pushed)
    return;
  CUcontext popped;
  driver->cuCtxPopCurrent(&popped);
}

rcmResult rcm::runtime::getDeviceLimits(const Driver &driver, CUdevice device,
                                        DeviceLimits &limits) {
  if (rcmResult result =
          RCM_DRIVER_CALL(driver, cuDeviceGetName, limits.name,
                          static_cast<int>(sizeof(limits.name)), device))
    return result;
  const struct {
    int32_t *value;
    int attribute;
  } queries[] = {
      {&limits.major, kComputeCapabilityMajor},
      {&limits.minor, kComputeCapabilityMinor},
      {&limits.multiprocessors, kMultiprocessorCount},
      {&limits.threadsPerBlock, kMaxThreadsPerBlock},
      {&limits.sharedBytesPerBlock, kMaxSharedMemoryPerBlockOptin},
      {&limits.block[0], kMaxBlockDimX},
      {&limits.block[1], kMaxBlockDimX + 1},
      {&limits.block[2], kMaxBlockDimX + 2},
      {&limits.grid[0], kMaxGridDimX},
      {&limits.grid[1], kMaxGridDimX + 1},
      {&limits.grid[2], kMaxGridDimX + 2},
  };
  for (const auto &query : queries)
    if (rcmResult result = RCM_DRIVER_CALL(
            driver, cuDeviceGetAttribute, query.value, query.attribute, device))
      return result;
  return RCM_SUCCESS;
}

rcmResult RelaxedCapture::enter(const Driver &table) {
  if (rcmResult result =
          RCM_DRIVER_CALL(table, cuThreadExchangeStreamCaptureMode, &mode))
    return result;
  driver = &table;
  return RCM_SUCCESS;
}

rcmResult RelaxedCapture::leave() {
  const Driver &table = *driver;
  driver = nullptr;
  return RCM_DRIVER_CALL(table, cuThreadExchangeStreamCaptureMode, &mode);
}

RelaxedCapture::~RelaxedCapture() {
  if (driver)
    driver->cuThreadExchangeStreamCaptureMode(&mode);
}

namespace {
struct Pools {
  std::mutex mutex;
  std::map<CUdevice, CUmemoryPool> byDevice;
};

Pools &getPools() {
  static auto *pools = new Pools; // outlives every static destructor
  return *pools;
}

rcmResult createPool(const Driver &driver, CUdevice device,
                     CUmemoryPool &pool) {
  int supported = 0;
  if (rcmResult result =
          RCM_DRIVER_CALL(driver, cuDeviceGetAttribute, &supported,
                          kMemoryPoolsSupported, device))
    return result;
  if (!supported)
    return fail(RCM_ERROR_UNSUPPORTED_DEVICE,
                "device %d has no memory pools; pass an allocator for scratch "
                "memory",
                device);
  CUmemPoolProps properties = {};
  properties.allocType = kMemAllocationPinned;
  properties.locationType = kMemLocationDevice;
  properties.locationId = device;
  if (rcmResult result =
          RCM_DRIVER_CALL(driver, cuMemPoolCreate, &pool, &properties))
    return result;
  uint64_t keepEverything = UINT64_MAX;
  rcmResult result = RCM_DRIVER_CALL(driver, cuMemPoolSetAttribute, pool,
                                     kPoolReleaseThreshold, &keepEverything);
  if (result)
    driver.cuMemPoolDestroy(pool);
  return result;
}
} // namespace

rcmResult rcm::runtime::getScratchPool(const Driver &driver, CUdevice device,
                                       CUmemoryPool &pool) {
  Pools &pools = getPools();
  std::lock_guard<std::mutex> lock(pools.mutex);
  auto [place, isNew] = pools.byDevice.try_emplace(device, nullptr);
  if (isNew) {
    RelaxedCapture relaxed;
    CUmemoryPool created = nullptr;
    rcmResult result = relaxed.enter(driver);
    if (!result)
      result = createPool(driver, device, created);
    if (!result) {
      result = relaxed.leave();
      if (result)
        driver.cuMemPoolDestroy(created);
    }
    if (result) {
      pools.byDevice.erase(place);
      return result;
    }
    place->second = created;
  }
  pool = place->second;
  return RCM_SUCCESS;
}

extern "C" rcmResult rcmReleaseScratch(int32_t device) {
  return guarded("rcmReleaseScratch", [&]() -> rcmResult {
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    Pools &pools = getPools();
    std::lock_guard<std::mutex> lock(pools.mutex);
    auto found = pools.byDevice.find(device);
    if (found == pools.byDevice.end())
      return RCM_SUCCESS;
    return RCM_DRIVER_CALL(*driver, cuMemPoolTrimTo, found->second, 0);
  });
}
