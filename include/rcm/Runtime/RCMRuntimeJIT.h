//===- RCMRuntimeJIT.h - What JIT-compiled host code calls ------*- C -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===--------------------------------------------------------------------===//
//
// `convert-gpu-launch-to-rcm-runtime` lowers host code to calls of these
// functions. Such code cannot branch on errors, so they are sticky: the first
// failure on a thread is kept, and until rcmJitTakeResult the other functions
// do nothing on that thread (those that give memory back still do). Whoever
// calls JIT-compiled code asks afterwards:
//
//   rcmDeviceMakeCurrent(0);
//   compiledFunction(...);
//   if (rcmJitTakeResult() != RCM_SUCCESS)
//     puts(rcmGetLastErrorText());
//
// Device addresses are int64_t. Everything is enqueued on the thread's stream
// (rcmJitSetStream, at first the legacy default stream) in the current context.
//
//===--------------------------------------------------------------------===//

#ifndef RCM_RUNTIME_RCMRUNTIMEJIT_H
#define RCM_RUNTIME_RCMRUNTIMEJIT_H

#include "rcm/Runtime/RCMRuntime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The first failure on this thread since the last call, or success. Forgets
/// it.
RCM_RUNTIME_EXPORT rcmResult rcmJitTakeResult(void);

/// The stream that this thread's JIT-compiled code uses from now on.
RCM_RUNTIME_EXPORT void rcmJitSetStream(void *stream);

/// The module's code. `*slot` caches it and is null at first; several threads
/// may race for it. `kernels` are the names of its kernels, each ended by a
/// newline. Null after a failure.
RCM_RUNTIME_EXPORT void *rcmJitModule(void **slot, const char *chip,
                                      const char *ptx, const char *kernels);

/// Unloads what `*slot` holds, if anything. No code of it may run any more.
RCM_RUNTIME_EXPORT void rcmJitUnload(void **slot);

/// Launches kernel number `kernel`. `geometry` is grid x, y, z, block x, y, z,
/// dynamic shared memory in bytes, cluster x, y, z (all 0: none). Bit 0 of
/// `flags` is programmatic dependent launch. A grid size of 0 launches nothing.
RCM_RUNTIME_EXPORT void rcmJitLaunch(void *module, int32_t kernel,
                                     const int64_t *geometry, int32_t flags,
                                     void **parameters);

/// Encodes a tensor map into 128 bytes aligned to 64. `properties` are element
/// type, rank, interleave, swizzle, L2 promotion, fill, as the driver numbers
/// them; sizes, strides and boxes as in `rcm_rt.encode_tensor_map`. A size of 0
/// leaves zeros.
RCM_RUNTIME_EXPORT void
rcmJitEncodeTensorMap(void *map, const int32_t *properties, int64_t base,
                      const int64_t *sizes, const int64_t *strides,
                      const int32_t *box, const int32_t *elementStrides);

/// Fails with RCM_ERROR_REQUIREMENT and `text` if `condition` is 0.
RCM_RUNTIME_EXPORT void rcmJitRequire(int32_t condition, const char *text);

/// Multiprocessors of the current context's device; 1 after a failure.
RCM_RUNTIME_EXPORT int64_t rcmJitMultiprocessors(void);

/// Device memory; 0 after a failure and for 0 bytes.
RCM_RUNTIME_EXPORT int64_t rcmJitAllocate(int64_t bytes);
/// 0 is allowed.
RCM_RUNTIME_EXPORT void rcmJitFree(int64_t address);

/// Stream-ordered memory, released with rcmJitReleaseScratch on the same
/// thread.
RCM_RUNTIME_EXPORT int64_t rcmJitScratch(int64_t bytes, int64_t alignment);
RCM_RUNTIME_EXPORT void rcmJitReleaseScratch(int64_t address);

/// Copies between host and device in either direction, in stream order.
RCM_RUNTIME_EXPORT void rcmJitCopy(int64_t destination, int64_t source,
                                   int64_t bytes);
/// Sets every byte to the low byte of `value`.
RCM_RUNTIME_EXPORT void rcmJitMemset(int64_t address, int32_t value,
                                     int64_t bytes);

/// Waits for the thread's stream.
RCM_RUNTIME_EXPORT void rcmJitSynchronize(void);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // RCM_RUNTIME_RCMRUNTIMEJIT_H
