//===- Launch.cpp - Launching an entry ------------------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// A launch goes: match the arguments, enter the stream's context, load the
// code, run the program (which takes scratch memory and encodes tensor maps),
// check every launch against the device, enqueue, give the scratch memory back
// in stream order. A failure at any point undoes what was taken so far.
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "Object.h"
#include "Program.h"

#include <cinttypes>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// Alignment that every allocation of the driver has.
constexpr uint64_t kDriverAlignment = 256;
/// Limits of tensor maps.
constexpr uint64_t kMapAlignment = 16, kMapAlignmentInterleave32 = 32;
constexpr uint64_t kMaxMapStride = (uint64_t(1) << 40) - 1;
constexpr uint64_t kMaxMapSize = uint64_t(1) << 32;
constexpr uint8_t kInterleave32 = 2;
/// Clusters beyond this many blocks need a kernel's permission.
constexpr uint32_t kPortableClusterBlocks = 8;

/// Checks the operands of a tensor map that the driver would refuse without a
/// reason, and encodes it.
rcmResult encodeMap(const Driver &driver, const TensorMap &map, uint64_t base,
                    const uint64_t *sizes, const uint64_t *strides,
                    CUtensorMap &encoded) {
  uint64_t alignment = map.interleave == kInterleave32
                           ? kMapAlignmentInterleave32
                           : kMapAlignment;
  if (base % alignment)
    return fail(RCM_ERROR_REQUIREMENT,
                "expected the address of a tensor map to be a multiple of "
                "%" PRIu64 ", got 0x%" PRIx64,
                alignment, base);
  for (size_t d = 0; d < map.sizes.size(); ++d)
    if (sizes[d] > kMaxMapSize)
      return fail(RCM_ERROR_REQUIREMENT,
                  "expected size %zu of a tensor map to be at most 2^32, got "
                  "%" PRIu64,
                  d, sizes[d]);
  for (size_t d = 0; d < map.strides.size(); ++d)
    if (strides[d] % alignment || strides[d] > kMaxMapStride)
      return fail(RCM_ERROR_REQUIREMENT,
                  "expected stride %zu of a tensor map to be a multiple of "
                  "%" PRIu64 " below 2^40 bytes, got %" PRId64,
                  d + 1, alignment, static_cast<int64_t>(strides[d]));
  return RCM_DRIVER_CALL(
      driver, cuTensorMapEncodeTiled, &encoded, map.elementType,
      map.sizes.size(), reinterpret_cast<void *>(base), sizes, strides,
      map.box.data(), map.elementStrides.data(), map.interleave, map.swizzle,
      map.l2Promotion, map.fill);
}

/// Computes the scratch size and takes nothing.
class QueryHost : public ProgramHost {
public:
  uint64_t scratchBytes = 0;

  rcmResult allocate(uint64_t bytes, uint64_t alignment,
                     uint64_t &address) override {
    scratchBytes = bytes;
    address = alignment;
    return RCM_SUCCESS;
  }
  rcmResult encode(const TensorMap &, uint64_t, const uint64_t *,
                   const uint64_t *, CUtensorMap &) override {
    return RCM_SUCCESS;
  }
};

/// One call of rcmEntryLaunch.
class Launcher : public ProgramHost {
public:
  Launcher(const Driver &driver, const rcmEntry &entry, void *stream,
           const rcmAllocator *allocator)
      : driver(driver), entry(entry), stream(stream), allocator(allocator) {}

  rcmResult launch(const std::vector<BoundArgument> &arguments);

  rcmResult allocate(uint64_t bytes, uint64_t alignment,
                     uint64_t &address) override;
  rcmResult encode(const TensorMap &map, uint64_t base, const uint64_t *sizes,
                   const uint64_t *strides, CUtensorMap &encoded) override {
    return encodeMap(driver, map, base, sizes, strides, encoded);
  }

private:
  rcmResult run(const std::vector<BoundArgument> &arguments);
  rcmResult allocateFromPool(uint64_t bytes, uint64_t alignment,
                             uint64_t &address);
  rcmResult release();
  rcmResult check(const Command &command);
  rcmResult enqueue(const Command &command);
  CUstream getStream() const { return static_cast<CUstream>(stream); }

  const Driver &driver;
  const rcmEntry &entry;
  void *stream;
  const rcmAllocator *allocator;
  ContextScope context;
  DeviceCode *code = nullptr;
  void *scratch = nullptr;
  uint64_t scratchBytes = 0;
};
} // namespace

rcmResult Launcher::allocateFromPool(uint64_t bytes, uint64_t alignment,
                                     uint64_t &address) {
  CUmemoryPool pool = nullptr;
  if (rcmResult result = getScratchPool(driver, context.getDevice(), pool))
    return result;
  uint64_t padding = alignment > kDriverAlignment ? alignment : 0;
  CUdeviceptr pointer = 0;
  if (rcmResult result =
          RCM_DRIVER_CALL(driver, cuMemAllocFromPoolAsync, &pointer,
                          bytes + padding, pool, getStream()))
    return result;
  scratch = reinterpret_cast<void *>(pointer);
  address = (pointer + alignment - 1) / alignment * alignment;
  return RCM_SUCCESS;
}

rcmResult Launcher::allocate(uint64_t bytes, uint64_t alignment,
                             uint64_t &address) {
  scratchBytes = bytes;
  if (!allocator) {
    rcmResult result = allocateFromPool(bytes, alignment, address);
    if (result)
      addContext("scratch memory");
    return result;
  }
  scratch = allocator->allocate(allocator->user, bytes, alignment, stream);
  if (!scratch)
    return fail(RCM_ERROR_OUT_OF_MEMORY,
                "expected the allocator to give %" PRIu64
                " bytes of scratch memory, got null",
                bytes);
  address = reinterpret_cast<uintptr_t>(scratch);
  if (address % alignment)
    return fail(RCM_ERROR_INVALID_ARGUMENT,
                "expected the allocator to align scratch memory to %" PRIu64
                " bytes, got address 0x%" PRIx64,
                alignment, address);
  return RCM_SUCCESS;
}

rcmResult Launcher::release() {
  if (!scratch)
    return RCM_SUCCESS;
  void *pointer = scratch;
  scratch = nullptr;
  if (!allocator)
    return RCM_DRIVER_CALL(driver, cuMemFreeAsync,
                           reinterpret_cast<CUdeviceptr>(pointer), getStream());
  allocator->release(allocator->user, pointer, scratchBytes, stream);
  return RCM_SUCCESS;
}

rcmResult Launcher::check(const Command &command) {
  if (!command.launch)
    return RCM_SUCCESS;
  const Launch &launch = *command.launch;
  const DeviceLimits &limits = code->limits;
  DeviceKernel &kernel = code->kernels[launch.kernel];
  const char *name = entry.object->contents.kernels[launch.kernel].name.c_str();
  for (int d = 0; d < 3; ++d) {
    if (command.grid[d] < 1 || command.grid[d] > limits.grid[d])
      return fail(RCM_ERROR_LAUNCH_LIMIT,
                  "expected grid size %d of `%s` to be 1 to %d, got %" PRId64,
                  d, name, limits.grid[d], command.grid[d]);
    if (command.block[d] < 1 || command.block[d] > limits.block[d])
      return fail(RCM_ERROR_LAUNCH_LIMIT,
                  "expected block size %d of `%s` to be 1 to %d, got %" PRId64,
                  d, name, limits.block[d], command.block[d]);
    if (launch.cluster[d] && command.grid[d] % launch.cluster[d])
      return fail(RCM_ERROR_LAUNCH_LIMIT,
                  "expected grid size %d of `%s` to be a multiple of the "
                  "cluster's %u, got %" PRId64,
                  d, name, launch.cluster[d], command.grid[d]);
  }
  // Each size is at most a few thousand here: the product cannot overflow.
  int64_t threads = command.block[0] * command.block[1] * command.block[2];
  if (threads > kernel.maxThreadsPerBlock)
    return fail(RCM_ERROR_LAUNCH_LIMIT,
                "expected at most %d threads per block of `%s`, got %" PRId64,
                kernel.maxThreadsPerBlock, name, threads);
  int64_t available = limits.sharedBytesPerBlock - kernel.staticSharedBytes;
  if (command.sharedBytes < 0 || command.sharedBytes > available)
    return fail(RCM_ERROR_LAUNCH_LIMIT,
                "expected 0 to %" PRId64
                " bytes of dynamic shared memory of `%s`, got %" PRId64,
                available, name, command.sharedBytes);
  uint32_t blocks = launch.cluster[0] * launch.cluster[1] * launch.cluster[2];
  return configureKernel(driver, *entry.object, context.getDevice(), kernel,
                         command.sharedBytes, blocks > kPortableClusterBlocks);
}

rcmResult Launcher::enqueue(const Command &command) {
  if (!command.launch)
    return RCM_DRIVER_CALL(driver, cuMemsetD8Async, command.address,
                           command.value, command.bytes, getStream());
  const Launch &launch = *command.launch;
  CUlaunchAttribute attributes[2] = {};
  CUlaunchConfig config = {};
  config.attributes = attributes;
  config.stream = getStream();
  config.sharedMemBytes = command.sharedBytes;
  for (int d = 0; d < 3; ++d) {
    config.grid[d] = command.grid[d];
    config.block[d] = command.block[d];
  }
  if (launch.cluster[0]) {
    CUlaunchAttribute &attribute = attributes[config.attributeCount++];
    attribute.id = kLaunchClusterDimension;
    for (int d = 0; d < 3; ++d)
      attribute.value.clusterDimension[d] = launch.cluster[d];
  }
  if (launch.flags & kProgrammatic) {
    CUlaunchAttribute &attribute = attributes[config.attributeCount++];
    attribute.id = kLaunchProgrammaticSerialization;
    attribute.value.programmaticStreamSerializationAllowed = 1;
  }
  // The driver takes a kernel's handle in place of a function's.
  auto function =
      reinterpret_cast<CUfunction>(code->kernels[launch.kernel].handle);
  rcmResult result =
      RCM_DRIVER_CALL(driver, cuLaunchKernelEx, &config, function,
                      const_cast<void **>(command.parameters.data()), nullptr);
  if (result)
    addContext(entry.object->contents.kernels[launch.kernel].name.c_str());
  return result;
}

rcmResult Launcher::run(const std::vector<BoundArgument> &arguments) {
  if (rcmResult result =
          getDeviceCode(driver, *entry.object, context.getDevice(), code))
    return result;
  Plan plan;
  if (rcmResult result = runProgram(*entry.entry, entry.types, arguments,
                                    code->limits.multiprocessors, *this, plan))
    return result;
  for (const Command &command : plan.commands)
    if (rcmResult result = check(command))
      return result;
  for (const Command &command : plan.commands)
    if (rcmResult result = enqueue(command))
      return result;
  return RCM_SUCCESS;
}

rcmResult Launcher::launch(const std::vector<BoundArgument> &arguments) {
  if (rcmResult result = context.enter(driver, getStream()))
    return result;
  rcmResult result;
  try {
    result = run(arguments);
  } catch (...) {
    release();
    throw;
  }
  if (result) {
    KeepErrorText keep;
    release();
    context.leave();
    return result;
  }
  result = release();
  if (result) {
    KeepErrorText keep;
    context.leave();
    return result;
  }
  return context.leave();
}

namespace {
/// Runs the body with the driver, in the stream's context, on the entry's code.
template <typename Body>
rcmResult withCode(const char *function, const rcmEntry *entry, Body body) {
  return guarded(function, [&]() -> rcmResult {
    if (!entry)
      return failNull(function, "entry");
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    ContextScope context;
    if (rcmResult result = context.enter(*driver, nullptr))
      return result;
    DeviceCode *code;
    if (rcmResult result =
            getDeviceCode(*driver, *entry->object, context.getDevice(), code))
      return result;
    return body(*code);
  });
}
} // namespace

extern "C" rcmResult rcmEntryPrepare(const rcmEntry *entry) {
  return withCode("rcmEntryPrepare", entry,
                  [](DeviceCode &) { return RCM_SUCCESS; });
}

extern "C" rcmResult rcmEntryScratchBytes(const rcmEntry *entry,
                                          const rcmArgument *arguments,
                                          size_t argumentCount,
                                          uint64_t *bytes) {
  return withCode(
      "rcmEntryScratchBytes", entry, [&](DeviceCode &code) -> rcmResult {
        if (!bytes)
          return failNull("rcmEntryScratchBytes", "bytes");
        std::vector<BoundArgument> bound;
        if (rcmResult result =
                bindArguments(*entry->entry, arguments, argumentCount, bound))
          return result;
        QueryHost host;
        Plan plan;
        if (rcmResult result =
                runProgram(*entry->entry, entry->types, bound,
                           code.limits.multiprocessors, host, plan))
          return result;
        *bytes = host.scratchBytes;
        return RCM_SUCCESS;
      });
}

extern "C" rcmResult rcmEntryLaunch(const rcmEntry *entry,
                                    const rcmArgument *arguments,
                                    size_t argumentCount, void *stream,
                                    const rcmAllocator *allocator) {
  return guarded("rcmEntryLaunch", [&]() -> rcmResult {
    if (!entry)
      return failNull("rcmEntryLaunch", "entry");
    if (allocator && (!allocator->allocate || !allocator->release))
      return failNull("rcmEntryLaunch", "allocator's functions");
    std::vector<BoundArgument> bound;
    if (rcmResult result =
            bindArguments(*entry->entry, arguments, argumentCount, bound))
      return result;
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    return Launcher(*driver, *entry, stream, allocator).launch(bound);
  });
}
