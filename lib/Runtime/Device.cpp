//===- Device.cpp - Devices, memory, streams, events, graphs --------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// What the tools need beside launches: thin, checked forms of driver calls in
// the calling thread's current context.
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "Error.h"

#include <cstring>
#include <map>
#include <mutex>

using namespace rcm::runtime;

namespace {
/// Opens the driver and runs the body with it.
template <typename Body> rcmResult withDriver(const char *function, Body body) {
  return guarded(function, [&]() -> rcmResult {
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    return body(*driver);
  });
}

/// The same, and refuses when the thread has no current context.
template <typename Body>
rcmResult withContext(const char *function, Body body) {
  return withDriver(function, [&](const Driver &driver) -> rcmResult {
    CUcontext context = nullptr;
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuCtxGetCurrent, &context))
      return result;
    if (!context)
      return fail(RCM_ERROR_NO_DEVICE,
                  "%s: expected a current CUDA context on this thread, got "
                  "none; call rcmDeviceMakeCurrent first",
                  function);
    return body(driver);
  });
}

CUdeviceptr address(const void *pointer) {
  return reinterpret_cast<CUdeviceptr>(pointer);
}
CUstream toStream(void *stream) { return static_cast<CUstream>(stream); }
CUevent toEvent(void *event) { return static_cast<CUevent>(event); }

/// Primary contexts that rcmDeviceMakeCurrent keeps, by device.
struct Primaries {
  std::mutex mutex;
  std::map<int32_t, CUcontext> byDevice;
};
Primaries &getPrimaries() {
  static auto *primaries = new Primaries; // outlives every static destructor
  return *primaries;
}

rcmResult getDevice(const Driver &driver, int32_t ordinal, CUdevice &device) {
  int count = 0;
  if (rcmResult result = RCM_DRIVER_CALL(driver, cuDeviceGetCount, &count))
    return result;
  if (ordinal < 0 || ordinal >= count)
    return fail(RCM_ERROR_NO_DEVICE,
                "expected a device number below %d, got %d", count, ordinal);
  return RCM_DRIVER_CALL(driver, cuDeviceGet, &device, ordinal);
}
} // namespace

extern "C" {

rcmResult rcmDeviceCount(int32_t *count) {
  return withDriver("rcmDeviceCount", [&](const Driver &driver) -> rcmResult {
    if (!count)
      return failNull("rcmDeviceCount", "count");
    int found = 0;
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuDeviceGetCount, &found))
      return result;
    if (found == 0)
      return fail(RCM_ERROR_NO_DEVICE, "expected a GPU, found none");
    *count = found;
    return RCM_SUCCESS;
  });
}

rcmResult rcmDeviceGetInfo(int32_t ordinal, rcmDeviceInfo *info) {
  return withDriver("rcmDeviceGetInfo", [&](const Driver &driver) -> rcmResult {
    if (!info)
      return failNull("rcmDeviceGetInfo", "info");
    CUdevice device = 0;
    DeviceLimits limits;
    CUuuid uuid;
    size_t memory = 0;
    if (rcmResult result = getDevice(driver, ordinal, device))
      return result;
    if (rcmResult result = getDeviceLimits(driver, device, limits))
      return result;
    if (rcmResult result =
            RCM_DRIVER_CALL(driver, cuDeviceGetUuid, &uuid, device))
      return result;
    if (rcmResult result =
            RCM_DRIVER_CALL(driver, cuDeviceTotalMem, &memory, device))
      return result;
    static_assert(sizeof(info->name) == sizeof(limits.name));
    std::memcpy(info->name, limits.name, sizeof(info->name));
    std::memcpy(info->uuid, uuid.bytes, sizeof(info->uuid));
    info->computeCapabilityMajor = limits.major;
    info->computeCapabilityMinor = limits.minor;
    info->multiprocessorCount = limits.multiprocessors;
    info->sharedMemoryPerBlock = limits.sharedBytesPerBlock;
    info->totalMemory = memory;
    return RCM_SUCCESS;
  });
}

rcmResult rcmDeviceMakeCurrent(int32_t ordinal) {
  return withDriver(
      "rcmDeviceMakeCurrent", [&](const Driver &driver) -> rcmResult {
        CUdevice device = 0;
        if (rcmResult result = getDevice(driver, ordinal, device))
          return result;
        Primaries &primaries = getPrimaries();
        std::lock_guard<std::mutex> lock(primaries.mutex);
        auto [place, isNew] = primaries.byDevice.try_emplace(ordinal, nullptr);
        if (isNew) {
          if (rcmResult result = RCM_DRIVER_CALL(
                  driver, cuDevicePrimaryCtxRetain, &place->second, device)) {
            primaries.byDevice.erase(place);
            return result;
          }
        }
        return RCM_DRIVER_CALL(driver, cuCtxSetCurrent, place->second);
      });
}

rcmResult rcmDeviceSynchronize(void) {
  return withContext("rcmDeviceSynchronize", [](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuCtxSynchronize);
  });
}

rcmResult rcmMemoryInfo(uint64_t *freeBytes, uint64_t *totalBytes) {
  return withContext("rcmMemoryInfo", [&](const Driver &driver) -> rcmResult {
    if (!freeBytes || !totalBytes)
      return failNull("rcmMemoryInfo", freeBytes ? "totalBytes" : "freeBytes");
    size_t available = 0, total = 0;
    if (rcmResult result =
            RCM_DRIVER_CALL(driver, cuMemGetInfo, &available, &total))
      return result;
    *freeBytes = available;
    *totalBytes = total;
    return RCM_SUCCESS;
  });
}

rcmResult rcmMalloc(void **pointer, uint64_t bytes) {
  return withContext("rcmMalloc", [&](const Driver &driver) -> rcmResult {
    if (!pointer)
      return failNull("rcmMalloc", "pointer");
    CUdeviceptr allocated = 0;
    if (bytes)
      if (rcmResult result =
              RCM_DRIVER_CALL(driver, cuMemAlloc, &allocated, bytes))
        return result;
    *pointer = reinterpret_cast<void *>(allocated);
    return RCM_SUCCESS;
  });
}

// What destroys something is one driver call: it cannot fail before it.

rcmResult rcmFree(void *pointer) {
  if (!pointer)
    return RCM_SUCCESS;
  return withDriver("rcmFree", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuMemFree, address(pointer));
  });
}

rcmResult rcmCopyHostToDevice(void *destination, const void *source,
                              uint64_t bytes, void *stream) {
  return withContext("rcmCopyHostToDevice", [&](const Driver &driver) {
    return bytes == 0 ? RCM_SUCCESS
                      : RCM_DRIVER_CALL(driver, cuMemcpyHtoDAsync,
                                        address(destination), source, bytes,
                                        toStream(stream));
  });
}

rcmResult rcmCopyDeviceToHost(void *destination, const void *source,
                              uint64_t bytes, void *stream) {
  return withContext("rcmCopyDeviceToHost", [&](const Driver &driver) {
    return bytes == 0
               ? RCM_SUCCESS
               : RCM_DRIVER_CALL(driver, cuMemcpyDtoHAsync, destination,
                                 address(source), bytes, toStream(stream));
  });
}

rcmResult rcmCopyDeviceToDevice(void *destination, const void *source,
                                uint64_t bytes, void *stream) {
  return withContext("rcmCopyDeviceToDevice", [&](const Driver &driver) {
    return bytes == 0 ? RCM_SUCCESS
                      : RCM_DRIVER_CALL(driver, cuMemcpyDtoDAsync,
                                        address(destination), address(source),
                                        bytes, toStream(stream));
  });
}

rcmResult rcmMemset(void *destination, uint8_t value, uint64_t bytes,
                    void *stream) {
  return withContext("rcmMemset", [&](const Driver &driver) {
    return bytes == 0
               ? RCM_SUCCESS
               : RCM_DRIVER_CALL(driver, cuMemsetD8Async, address(destination),
                                 value, bytes, toStream(stream));
  });
}

rcmResult rcmStreamCreate(void **stream) {
  return withContext("rcmStreamCreate", [&](const Driver &driver) -> rcmResult {
    if (!stream)
      return failNull("rcmStreamCreate", "stream");
    CUstream created = nullptr;
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuStreamCreate, &created,
                                           kStreamNonBlocking))
      return result;
    *stream = created;
    return RCM_SUCCESS;
  });
}

rcmResult rcmStreamDestroy(void *stream) {
  return withDriver("rcmStreamDestroy", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuStreamDestroy, toStream(stream));
  });
}

rcmResult rcmStreamSynchronize(void *stream) {
  return withContext("rcmStreamSynchronize", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuStreamSynchronize, toStream(stream));
  });
}

rcmResult rcmEventCreate(void **event) {
  return withContext("rcmEventCreate", [&](const Driver &driver) -> rcmResult {
    if (!event)
      return failNull("rcmEventCreate", "event");
    CUevent created = nullptr;
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuEventCreate, &created, 0))
      return result;
    *event = created;
    return RCM_SUCCESS;
  });
}

rcmResult rcmEventDestroy(void *event) {
  return withDriver("rcmEventDestroy", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuEventDestroy, toEvent(event));
  });
}

rcmResult rcmEventRecord(void *event, void *stream) {
  return withContext("rcmEventRecord", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuEventRecord, toEvent(event),
                           toStream(stream));
  });
}

rcmResult rcmEventSynchronize(void *event) {
  return withContext("rcmEventSynchronize", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuEventSynchronize, toEvent(event));
  });
}

rcmResult rcmEventElapsed(float *milliseconds, void *start, void *end) {
  return withContext("rcmEventElapsed", [&](const Driver &driver) -> rcmResult {
    if (!milliseconds)
      return failNull("rcmEventElapsed", "milliseconds");
    return RCM_DRIVER_CALL(driver, cuEventElapsedTime, milliseconds,
                           toEvent(start), toEvent(end));
  });
}

rcmResult rcmCaptureBegin(void *stream) {
  return withContext("rcmCaptureBegin", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuStreamBeginCapture, toStream(stream),
                           kCaptureThreadLocal);
  });
}

rcmResult rcmCaptureEnd(void *stream, void **graph) {
  return withContext("rcmCaptureEnd", [&](const Driver &driver) -> rcmResult {
    if (!graph)
      return failNull("rcmCaptureEnd", "graph");
    CUgraph captured = nullptr;
    CUgraphExec executable = nullptr;
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuStreamEndCapture,
                                           toStream(stream), &captured))
      return result;
    rcmResult result =
        RCM_DRIVER_CALL(driver, cuGraphInstantiate, &executable, captured, 0);
    // The executable graph is a copy.
    if (result) {
      driver.cuGraphDestroy(captured);
      return result;
    }
    result = RCM_DRIVER_CALL(driver, cuGraphDestroy, captured);
    if (result) {
      driver.cuGraphExecDestroy(executable);
      return result;
    }
    *graph = executable;
    return RCM_SUCCESS;
  });
}

rcmResult rcmGraphLaunch(void *graph, void *stream) {
  return withContext("rcmGraphLaunch", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuGraphLaunch,
                           static_cast<CUgraphExec>(graph), toStream(stream));
  });
}

rcmResult rcmGraphDestroy(void *graph) {
  if (!graph)
    return RCM_SUCCESS;
  return withDriver("rcmGraphDestroy", [&](const Driver &driver) {
    return RCM_DRIVER_CALL(driver, cuGraphExecDestroy,
                           static_cast<CUgraphExec>(graph));
  });
}

} // extern "C"
