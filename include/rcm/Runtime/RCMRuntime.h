//===- RCMRuntime.h - C ABI of the rcm runtime ------------------*- C -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===--------------------------------------------------------------------===//
//
// Loads kernel objects (docs/KernelObject.md) and runs their entries on NVIDIA
// GPUs. The library knows neither LLVM nor the CUDA toolkit: the driver library
// is opened at the first call that needs it.
//
// Conventions
//   * Every function that can fail returns an rcmResult. The text of the last
//     failure on the calling thread is rcmGetLastErrorText(). No call aborts,
//     no call throws, and a failed call leaves its output parameters alone
//     unless its comment says otherwise.
//   * Every function may be called from any number of threads at once. An
//     object or entry may be used by many threads and devices at the same time;
//     rcmObjectDestroy must be the last call on its object.
//   * Streams are driver handles (CUstream) passed as `void *`. NULL is the
//     legacy default stream of the calling thread's current context, as in the
//     driver API. A stream made by another library, PyTorch's for example, is
//     as good as one of ours.
//   * Device pointers are `void *` holding a driver address (CUdeviceptr).
//   * Sizes are in bytes unless a name says elements. Strides are in elements.
//
//===--------------------------------------------------------------------===//

#ifndef RCM_RUNTIME_RCMRUNTIME_H
#define RCM_RUNTIME_RCMRUNTIME_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RCM_RUNTIME_EXPORT __attribute__((visibility("default")))
#else
#define RCM_RUNTIME_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Version of this interface: major * 10000 + minor * 100 + patch. A library
/// whose major number differs from the header's is not compatible.
#define RCM_RUNTIME_VERSION 100

/// Most dimensions an argument may have.
#define RCM_MAX_RANK 8

//===--------------------------------------------------------------------===//
// Results
//===--------------------------------------------------------------------===//

typedef enum rcmResult {
  RCM_SUCCESS = 0,
  /// A parameter of a runtime call is wrong (null pointer, bad index, ...).
  RCM_ERROR_INVALID_ARGUMENT = 1,
  /// The driver library is missing, or it lacks a function the runtime needs.
  RCM_ERROR_NO_DRIVER = 2,
  /// There is no GPU, or no GPU with that ordinal, or no current context.
  RCM_ERROR_NO_DEVICE = 3,
  /// The object's code cannot run on this device.
  RCM_ERROR_UNSUPPORTED_DEVICE = 4,
  /// The object's code needs a newer driver.
  RCM_ERROR_DRIVER_TOO_OLD = 5,
  /// The object is truncated, corrupt or not an object at all.
  RCM_ERROR_CORRUPT_OBJECT = 6,
  /// The object was written in a format newer than this library reads.
  RCM_ERROR_NEWER_OBJECT = 7,
  /// A file could not be read.
  RCM_ERROR_FILE = 8,
  /// The object holds no entry of that name.
  RCM_ERROR_NOT_FOUND = 9,
  /// An argument does not match what the entry takes: count, type, rank, size,
  /// stride, alignment.
  RCM_ERROR_ARGUMENT_MISMATCH = 10,
  /// A condition that the entry states on its arguments does not hold.
  RCM_ERROR_REQUIREMENT = 11,
  /// Host or device memory is exhausted, or the caller's allocator said no.
  RCM_ERROR_OUT_OF_MEMORY = 12,
  /// A launch exceeds what the device can do (grid, block, shared memory).
  RCM_ERROR_LAUNCH_LIMIT = 13,
  /// Any other failure reported by the driver; the text names call and reason.
  RCM_ERROR_DRIVER = 14,
  /// A defect of this library; the text says where.
  RCM_ERROR_INTERNAL = 15
} rcmResult;

/// The version of the library, in the form of RCM_RUNTIME_VERSION.
RCM_RUNTIME_EXPORT uint32_t rcmRuntimeVersion(void);

/// The name of a code ("RCM_ERROR_FILE"), never null.
RCM_RUNTIME_EXPORT const char *rcmResultName(rcmResult result);

/// One line about the last failure on the calling thread, without a newline.
/// Empty if there was none. Valid until the next runtime call on this thread.
RCM_RUNTIME_EXPORT const char *rcmGetLastErrorText(void);

//===--------------------------------------------------------------------===//
// Driver and devices
//===--------------------------------------------------------------------===//

/// Opens `path` instead of the system's driver library. For tests. Must precede
/// the first call that needs the driver, otherwise RCM_ERROR_INVALID_ARGUMENT.
/// The environment variable RCM_DRIVER_LIBRARY has the same effect.
RCM_RUNTIME_EXPORT rcmResult rcmSetDriverLibrary(const char *path);

/// Opens and initialises the driver. Optional: every call that needs the driver
/// does it. A failure is not remembered; the next call tries again.
RCM_RUNTIME_EXPORT rcmResult rcmInit(void);

/// The CUDA version the driver supports: 1000 * major + 10 * minor.
RCM_RUNTIME_EXPORT rcmResult rcmDriverVersion(int32_t *version);

/// The number of devices; 0 devices is RCM_ERROR_NO_DEVICE.
RCM_RUNTIME_EXPORT rcmResult rcmDeviceCount(int32_t *count);

typedef struct rcmDeviceInfo {
  char name[256];
  uint8_t uuid[16];
  int32_t computeCapabilityMajor;
  int32_t computeCapabilityMinor;
  int32_t multiprocessorCount;
  /// Most bytes of shared memory a thread block may opt in to.
  int32_t sharedMemoryPerBlock;
  uint64_t totalMemory;
} rcmDeviceInfo;

RCM_RUNTIME_EXPORT rcmResult rcmDeviceGetInfo(int32_t device,
                                              rcmDeviceInfo *info);

/// Makes the device's primary context current on the calling thread. The
/// context is kept until the process ends.
RCM_RUNTIME_EXPORT rcmResult rcmDeviceMakeCurrent(int32_t device);

/// Waits for everything enqueued in the current context.
RCM_RUNTIME_EXPORT rcmResult rcmDeviceSynchronize(void);

//===--------------------------------------------------------------------===//
// Memory, streams, events, graphs: what the tools need. All of them work in
// the calling thread's current context (rcmDeviceMakeCurrent, or whatever the
// caller's own CUDA code made current).
//===--------------------------------------------------------------------===//

/// Free and total bytes of device memory.
RCM_RUNTIME_EXPORT rcmResult rcmMemoryInfo(uint64_t *freeBytes,
                                           uint64_t *totalBytes);

/// 0 bytes give a null pointer. Addresses are multiples of 256.
RCM_RUNTIME_EXPORT rcmResult rcmMalloc(void **pointer, uint64_t bytes);
/// Null is allowed and does nothing.
RCM_RUNTIME_EXPORT rcmResult rcmFree(void *pointer);

/// Copies in stream order. The host buffer of a copy must stay as it is until
/// the stream was synchronised.
RCM_RUNTIME_EXPORT rcmResult rcmCopyHostToDevice(void *destination,
                                                 const void *source,
                                                 uint64_t bytes, void *stream);
RCM_RUNTIME_EXPORT rcmResult rcmCopyDeviceToHost(void *destination,
                                                 const void *source,
                                                 uint64_t bytes, void *stream);
RCM_RUNTIME_EXPORT rcmResult rcmCopyDeviceToDevice(void *destination,
                                                   const void *source,
                                                   uint64_t bytes,
                                                   void *stream);
/// Sets every byte to `value`.
RCM_RUNTIME_EXPORT rcmResult rcmMemset(void *destination, uint8_t value,
                                       uint64_t bytes, void *stream);

/// A stream that does not wait for the legacy default stream.
RCM_RUNTIME_EXPORT rcmResult rcmStreamCreate(void **stream);
RCM_RUNTIME_EXPORT rcmResult rcmStreamDestroy(void *stream);
RCM_RUNTIME_EXPORT rcmResult rcmStreamSynchronize(void *stream);

RCM_RUNTIME_EXPORT rcmResult rcmEventCreate(void **event);
RCM_RUNTIME_EXPORT rcmResult rcmEventDestroy(void *event);
RCM_RUNTIME_EXPORT rcmResult rcmEventRecord(void *event, void *stream);
RCM_RUNTIME_EXPORT rcmResult rcmEventSynchronize(void *event);
/// Milliseconds between two recorded and completed events.
RCM_RUNTIME_EXPORT rcmResult rcmEventElapsed(float *milliseconds, void *start,
                                             void *end);

/// Records what is enqueued on `stream` until rcmCaptureEnd, instead of running
/// it. Launches of entries may be captured.
RCM_RUNTIME_EXPORT rcmResult rcmCaptureBegin(void *stream);
/// Ends the capture and makes an executable graph. After a failure nothing is
/// left to destroy and the stream no longer captures.
RCM_RUNTIME_EXPORT rcmResult rcmCaptureEnd(void *stream, void **graph);
RCM_RUNTIME_EXPORT rcmResult rcmGraphLaunch(void *graph, void *stream);
RCM_RUNTIME_EXPORT rcmResult rcmGraphDestroy(void *graph);

//===--------------------------------------------------------------------===//
// Kernel objects
//===--------------------------------------------------------------------===//

typedef struct rcmObject rcmObject;
typedef struct rcmEntry rcmEntry;

/// Reads and validates an object. Needs no driver and no GPU; device code is
/// given to the driver by the first launch or rcmEntryPrepare.
RCM_RUNTIME_EXPORT rcmResult rcmObjectLoadFile(const char *path,
                                               rcmObject **object);
/// The same from memory; the bytes are copied.
RCM_RUNTIME_EXPORT rcmResult rcmObjectLoadMemory(const void *data, size_t size,
                                                 rcmObject **object);
/// Unloads the object's code. Null is allowed. Its launches must have finished.
RCM_RUNTIME_EXPORT rcmResult rcmObjectDestroy(rcmObject *object);

/// What an object says about itself. Strings live as long as the object.
typedef struct rcmObjectInfo {
  uint32_t formatVersion;
  const char *producer; ///< "rcm 0.1.0"
  const char *chip;     ///< "sm_90a"
  int32_t computeCapabilityMajor;
  int32_t computeCapabilityMinor;
  /// 1 if the code runs on exactly this compute capability only.
  int32_t exactComputeCapability;
  int32_t ptxVersion;         ///< 10 * major + minor, 86 for PTX ISA 8.6
  int32_t ptxMinimumDriver;   ///< as rcmDriverVersion
  int32_t cubinMinimumDriver; ///< 0 if the object holds no cubin
  uint64_t ptxBytes;          ///< without the final null
  uint64_t cubinBytes;        ///< 0 if the object holds no cubin
  size_t entryCount;
  size_t kernelCount;
} rcmObjectInfo;

RCM_RUNTIME_EXPORT rcmResult rcmObjectGetInfo(const rcmObject *object,
                                              rcmObjectInfo *info);
/// The PTX text, null-terminated; lives as long as the object.
RCM_RUNTIME_EXPORT const char *rcmObjectPTX(const rcmObject *object);
/// The cubin or null.
RCM_RUNTIME_EXPORT const void *rcmObjectCubin(const rcmObject *object);

/// A property of the object ("recipe", ...) or null if it has none of that
/// name.
RCM_RUNTIME_EXPORT const char *rcmObjectProperty(const rcmObject *object,
                                                 const char *name);
/// Name of kernel `index`, or null.
RCM_RUNTIME_EXPORT const char *rcmObjectKernelName(const rcmObject *object,
                                                   size_t index);

/// Entry `index` in the order of the object, or null.
RCM_RUNTIME_EXPORT const rcmEntry *rcmObjectEntryAt(const rcmObject *object,
                                                    size_t index);
RCM_RUNTIME_EXPORT rcmResult rcmObjectFindEntry(const rcmObject *object,
                                                const char *name,
                                                const rcmEntry **entry);

/// Element types of arguments. The numbers are part of the object format.
typedef enum rcmType {
  RCM_TYPE_F16 = 1,
  RCM_TYPE_BF16 = 2,
  RCM_TYPE_F32 = 3,
  RCM_TYPE_F64 = 4,
  RCM_TYPE_I8 = 5,
  RCM_TYPE_I16 = 6,
  RCM_TYPE_I32 = 7,
  RCM_TYPE_I64 = 8,
  RCM_TYPE_F8E4M3 = 9,
  RCM_TYPE_I1 = 10 ///< one byte per element, 0 or 1
} rcmType;

/// Bytes of one element; 0 for a number that is no type.
RCM_RUNTIME_EXPORT size_t rcmTypeSize(rcmType type);
/// "f16", "bf16", ...; "?" for a number that is no type.
RCM_RUNTIME_EXPORT const char *rcmTypeName(rcmType type);

typedef enum rcmArgumentKind {
  RCM_ARGUMENT_TENSOR = 0,
  RCM_ARGUMENT_SCALAR = 1 ///< f32, f64, i32 or i64, by value
} rcmArgumentKind;

typedef enum rcmDirection {
  RCM_IN = 1,
  RCM_OUT = 2,
  RCM_INOUT = 3
} rcmDirection;

/// A size or stride that the object leaves open.
#define RCM_DYNAMIC ((int64_t)INT64_MIN)

/// What an entry takes.
typedef struct rcmArgumentInfo {
  const char *name;
  rcmArgumentKind kind;
  rcmDirection direction;
  rcmType type;
  int32_t rank;                  ///< 0 for scalars
  int64_t sizes[RCM_MAX_RANK];   ///< or RCM_DYNAMIC
  int64_t strides[RCM_MAX_RANK]; ///< in elements, or RCM_DYNAMIC
  /// Bytes the data pointer must be a multiple of.
  uint32_t alignment;
} rcmArgumentInfo;

RCM_RUNTIME_EXPORT const char *rcmEntryName(const rcmEntry *entry);
RCM_RUNTIME_EXPORT size_t rcmEntryArgumentCount(const rcmEntry *entry);
RCM_RUNTIME_EXPORT rcmResult rcmEntryGetArgument(const rcmEntry *entry,
                                                 size_t index,
                                                 rcmArgumentInfo *info);
/// A property of the entry, or of its object when the entry has none of that
/// name, or null.
RCM_RUNTIME_EXPORT const char *rcmEntryProperty(const rcmEntry *entry,
                                                const char *name);

/// What a caller passes.
typedef struct rcmArgument {
  rcmArgumentKind kind;
  rcmType type;
  int32_t rank;
  /// Device address of element [0, ..., 0]; may be null if a size is 0.
  void *data;
  /// `rank` sizes, each >= 0.
  const int64_t *sizes;
  /// `rank` strides in elements; null means row-major and dense.
  const int64_t *strides;
  /// The value of a scalar; the member named by `type`.
  union {
    float f32;
    double f64;
    int32_t i32;
    int64_t i64;
  } scalar;
} rcmArgument;

/// Where an entry gets its scratch memory from. `allocate` returns a device
/// pointer that is a multiple of `alignment` and usable in stream order on
/// `stream`, or null; `release` gets it back after the last launch was
/// enqueued.
typedef struct rcmAllocator {
  void *(*allocate)(void *user, size_t bytes, size_t alignment, void *stream);
  void (*release)(void *user, void *pointer, size_t bytes, void *stream);
  void *user;
} rcmAllocator;

/// Gives the object's code to the driver for the current context's device, so
/// that the first launch does not pay for it (a PTX compilation may take
/// seconds) and so that no code is loaded while a stream captures.
RCM_RUNTIME_EXPORT rcmResult rcmEntryPrepare(const rcmEntry *entry);

/// Bytes of scratch memory a launch with these arguments takes. Runs all checks
/// on the arguments; enqueues nothing. Needs the driver, for the current
/// context's multiprocessor count.
RCM_RUNTIME_EXPORT rcmResult rcmEntryScratchBytes(const rcmEntry *entry,
                                                  const rcmArgument *arguments,
                                                  size_t argumentCount,
                                                  uint64_t *bytes);

/// Enqueues the entry on `stream`, on the device that the stream belongs to
/// (the current context's for NULL), and returns without waiting. Everything is
/// checked, allocated and encoded before the first kernel or memset is
/// enqueued; if enqueueing itself fails half-way, the outputs are undefined.
/// `allocator` may be null: scratch then comes from a stream-ordered pool of
/// the runtime, which also works while the stream captures.
/// Arguments that overlap are the caller's responsibility.
RCM_RUNTIME_EXPORT rcmResult rcmEntryLaunch(const rcmEntry *entry,
                                            const rcmArgument *arguments,
                                            size_t argumentCount, void *stream,
                                            const rcmAllocator *allocator);

/// What a launch with these arguments enqueues, step by step: names of kernels,
/// and "memset". Writes the first `capacity` names, which live as long as the
/// object, and the number of all. Runs all checks on the arguments; enqueues
/// nothing. Needs the driver.
RCM_RUNTIME_EXPORT rcmResult rcmEntryListSteps(const rcmEntry *entry,
                                               const rcmArgument *arguments,
                                               size_t argumentCount,
                                               const char **names,
                                               size_t capacity, size_t *count);

/// Enqueues `count` steps of a launch, from step `first` on, and leaves the
/// others out: for measuring a part of an entry. Steps read scratch memory that
/// earlier ones wrote, so `allocator` must give the same memory as in the
/// complete launch before. More steps than there are is
/// RCM_ERROR_INVALID_ARGUMENT.
RCM_RUNTIME_EXPORT rcmResult rcmEntryLaunchSteps(
    const rcmEntry *entry, const rcmArgument *arguments, size_t argumentCount,
    void *stream, const rcmAllocator *allocator, size_t first, size_t count);

/// Gives the pool's unused scratch memory on `device` back to the driver.
RCM_RUNTIME_EXPORT rcmResult rcmReleaseScratch(int32_t device);

#ifdef __cplusplus
} // extern "C"
#endif

#endif // RCM_RUNTIME_RCMRUNTIME_H
