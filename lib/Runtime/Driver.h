//===- Driver.h - The functions of the CUDA driver we use -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The driver's binary interface as far as the runtime needs it: one table of
// function pointers, filled from the driver library at the first use. Types and
// numbers are those that the driver API documents; no CUDA header is needed.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_DRIVER_H
#define RCM_LIB_RUNTIME_DRIVER_H

#include "rcm/Runtime/RCMRuntime.h"

namespace rcm::runtime {

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct CUcontextTag *;
using CUstream = struct CUstreamTag *;
using CUevent = struct CUeventTag *;
using CUgraph = struct CUgraphTag *;
using CUgraphExec = struct CUgraphExecTag *;
using CUlibrary = struct CUlibraryTag *;
using CUkernel = struct CUkernelTag *;
using CUfunction = struct CUfunctionTag *;
using CUmemoryPool = struct CUmemoryPoolTag *;

struct CUuuid {
  uint8_t bytes[16];
};

struct alignas(64) CUtensorMap {
  uint64_t opaque[16];
};

struct CUlaunchAttribute {
  int32_t id;
  int32_t padding;
  union {
    uint32_t clusterDimension[3];
    int32_t programmaticStreamSerializationAllowed;
    char bytes[64];
  } value;
};

struct CUlaunchConfig {
  uint32_t grid[3], block[3];
  uint32_t sharedMemBytes;
  CUstream stream;
  CUlaunchAttribute *attributes;
  uint32_t attributeCount;
};

struct CUmemPoolProps {
  int32_t allocType, handleTypes;
  int32_t locationType, locationId;
  void *win32SecurityAttributes;
  size_t maxSize;
  uint16_t usage;
  uint8_t reserved[54];
};

static_assert(sizeof(CUlaunchAttribute) == 72 && sizeof(CUlaunchConfig) == 56 &&
                  sizeof(CUmemPoolProps) == 88 && sizeof(CUtensorMap) == 128,
              "sizes of the driver's structures");

enum : CUresult {
  kCudaSuccess = 0,
  kCudaErrorOutOfMemory = 2,
  kCudaErrorStubLibrary = 34,
  kCudaErrorNoDevice = 100,
  kCudaErrorInvalidDevice = 101,
  kCudaErrorInvalidContext = 201,
  kCudaErrorNoBinaryForGpu = 209,
  kCudaErrorUnsupportedPtxVersion = 222
};

enum CUdeviceAttribute : int {
  kMaxThreadsPerBlock = 1,
  kMaxBlockDimX = 2, ///< Y and Z follow
  kMaxGridDimX = 5,  ///< Y and Z follow
  kMultiprocessorCount = 16,
  kComputeCapabilityMajor = 75,
  kComputeCapabilityMinor = 76,
  kMaxSharedMemoryPerBlockOptin = 97,
  kMemoryPoolsSupported = 115
};

enum CUfunctionAttribute : int {
  kFuncMaxThreadsPerBlock = 0,
  kFuncSharedSizeBytes = 1,
  kFuncMaxDynamicSharedSizeBytes = 8,
  kFuncNonPortableClusterSizeAllowed = 14
};

inline constexpr int32_t kLaunchClusterDimension = 4;
inline constexpr int32_t kLaunchProgrammaticSerialization = 6;
inline constexpr int32_t kMemAllocationPinned = 1;
inline constexpr int32_t kMemLocationDevice = 1;
inline constexpr int kPoolReleaseThreshold = 4;
inline constexpr int kJitErrorLogBuffer = 5;
inline constexpr int kJitErrorLogBufferBytes = 6;
inline constexpr unsigned kStreamNonBlocking = 1;
inline constexpr int kCaptureThreadLocal = 1;
inline constexpr int kCaptureRelaxed = 2;
/// Stream handles that are numbers: the legacy and the per-thread stream.
inline constexpr uintptr_t kLastSpecialStream = 2;

/// X(name in the table, exported symbol, parameters)
#define RCM_DRIVER_FUNCTIONS(X)                                                \
  X(cuInit, cuInit, (unsigned))                                                \
  X(cuDriverGetVersion, cuDriverGetVersion, (int *))                           \
  X(cuGetErrorName, cuGetErrorName, (CUresult, const char **))                 \
  X(cuGetErrorString, cuGetErrorString, (CUresult, const char **))             \
  X(cuDeviceGetCount, cuDeviceGetCount, (int *))                               \
  X(cuDeviceGet, cuDeviceGet, (CUdevice *, int))                               \
  X(cuDeviceGetName, cuDeviceGetName, (char *, int, CUdevice))                 \
  X(cuDeviceGetUuid, cuDeviceGetUuid_v2, (CUuuid *, CUdevice))                 \
  X(cuDeviceGetAttribute, cuDeviceGetAttribute, (int *, int, CUdevice))        \
  X(cuDeviceTotalMem, cuDeviceTotalMem_v2, (size_t *, CUdevice))               \
  X(cuDevicePrimaryCtxRetain, cuDevicePrimaryCtxRetain,                        \
    (CUcontext *, CUdevice))                                                   \
  X(cuCtxGetCurrent, cuCtxGetCurrent, (CUcontext *))                           \
  X(cuCtxSetCurrent, cuCtxSetCurrent, (CUcontext))                             \
  X(cuCtxPushCurrent, cuCtxPushCurrent_v2, (CUcontext))                        \
  X(cuCtxPopCurrent, cuCtxPopCurrent_v2, (CUcontext *))                        \
  X(cuCtxGetDevice, cuCtxGetDevice, (CUdevice *))                              \
  X(cuCtxSynchronize, cuCtxSynchronize, ())                                    \
  X(cuMemGetInfo, cuMemGetInfo_v2, (size_t *, size_t *))                       \
  X(cuMemAlloc, cuMemAlloc_v2, (CUdeviceptr *, size_t))                        \
  X(cuMemFree, cuMemFree_v2, (CUdeviceptr))                                    \
  X(cuMemcpyHtoDAsync, cuMemcpyHtoDAsync_v2,                                   \
    (CUdeviceptr, const void *, size_t, CUstream))                             \
  X(cuMemcpyDtoHAsync, cuMemcpyDtoHAsync_v2,                                   \
    (void *, CUdeviceptr, size_t, CUstream))                                   \
  X(cuMemcpyDtoDAsync, cuMemcpyDtoDAsync_v2,                                   \
    (CUdeviceptr, CUdeviceptr, size_t, CUstream))                              \
  X(cuMemcpyAsync, cuMemcpyAsync,                                              \
    (CUdeviceptr, CUdeviceptr, size_t, CUstream))                              \
  X(cuMemsetD8Async, cuMemsetD8Async,                                          \
    (CUdeviceptr, unsigned char, size_t, CUstream))                            \
  X(cuMemPoolCreate, cuMemPoolCreate,                                          \
    (CUmemoryPool *, const CUmemPoolProps *))                                  \
  X(cuMemPoolDestroy, cuMemPoolDestroy, (CUmemoryPool))                        \
  X(cuMemPoolSetAttribute, cuMemPoolSetAttribute, (CUmemoryPool, int, void *)) \
  X(cuMemPoolTrimTo, cuMemPoolTrimTo, (CUmemoryPool, size_t))                  \
  X(cuMemAllocFromPoolAsync, cuMemAllocFromPoolAsync,                          \
    (CUdeviceptr *, size_t, CUmemoryPool, CUstream))                           \
  X(cuMemFreeAsync, cuMemFreeAsync, (CUdeviceptr, CUstream))                   \
  X(cuStreamCreate, cuStreamCreate, (CUstream *, unsigned))                    \
  X(cuStreamDestroy, cuStreamDestroy_v2, (CUstream))                           \
  X(cuStreamSynchronize, cuStreamSynchronize, (CUstream))                      \
  X(cuStreamGetCtx, cuStreamGetCtx, (CUstream, CUcontext *))                   \
  X(cuStreamBeginCapture, cuStreamBeginCapture_v2, (CUstream, int))            \
  X(cuStreamEndCapture, cuStreamEndCapture, (CUstream, CUgraph *))             \
  X(cuThreadExchangeStreamCaptureMode, cuThreadExchangeStreamCaptureMode,      \
    (int *))                                                                   \
  X(cuGraphInstantiate, cuGraphInstantiateWithFlags,                           \
    (CUgraphExec *, CUgraph, unsigned long long))                              \
  X(cuGraphLaunch, cuGraphLaunch, (CUgraphExec, CUstream))                     \
  X(cuGraphDestroy, cuGraphDestroy, (CUgraph))                                 \
  X(cuGraphExecDestroy, cuGraphExecDestroy, (CUgraphExec))                     \
  X(cuEventCreate, cuEventCreate, (CUevent *, unsigned))                       \
  X(cuEventDestroy, cuEventDestroy_v2, (CUevent))                              \
  X(cuEventRecord, cuEventRecord, (CUevent, CUstream))                         \
  X(cuEventSynchronize, cuEventSynchronize, (CUevent))                         \
  X(cuEventElapsedTime, cuEventElapsedTime, (float *, CUevent, CUevent))       \
  X(cuLibraryLoadData, cuLibraryLoadData,                                      \
    (CUlibrary *, const void *, int *, void **, unsigned, int *, void **,      \
     unsigned))                                                                \
  X(cuLibraryUnload, cuLibraryUnload, (CUlibrary))                             \
  X(cuLibraryGetKernel, cuLibraryGetKernel,                                    \
    (CUkernel *, CUlibrary, const char *))                                     \
  X(cuKernelGetFunction, cuKernelGetFunction, (CUfunction *, CUkernel))        \
  X(cuKernelGetAttribute, cuKernelGetAttribute,                                \
    (int *, int, CUkernel, CUdevice))                                          \
  X(cuKernelSetAttribute, cuKernelSetAttribute,                                \
    (int, int, CUkernel, CUdevice))                                            \
  X(cuLaunchKernelEx, cuLaunchKernelEx,                                        \
    (const CUlaunchConfig *, CUfunction, void **, void **))                    \
  X(cuTensorMapEncodeTiled, cuTensorMapEncodeTiled,                            \
    (CUtensorMap *, int, uint32_t, void *, const uint64_t *, const uint64_t *, \
     const uint32_t *, const uint32_t *, int, int, int, int))

struct Driver {
#define RCM_DECLARE_POINTER(name, symbol, parameters)                          \
  CUresult(*name) parameters = nullptr;
  RCM_DRIVER_FUNCTIONS(RCM_DECLARE_POINTER)
#undef RCM_DECLARE_POINTER

  int version = 0;

  /// Turns a driver's code into ours. On failure the thread's text becomes
  /// "<call> failed: <name> (<description>)".
  rcmResult check(CUresult code, const char *call) const;
};

/// Calls a function of the table and checks its result.
#define RCM_DRIVER_CALL(driver, name, ...)                                     \
  (driver).check((driver).name(__VA_ARGS__), #name)

/// Opens and initialises the driver unless that was done. Thread-safe.
rcmResult getDriver(const Driver *&driver);

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_DRIVER_H
