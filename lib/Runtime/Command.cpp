//===- Command.cpp - Checking and enqueueing single commands --------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Command.h"

#include "Error.h"

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
} // namespace

rcmResult rcm::runtime::encodeMap(const Driver &driver, const TensorMap &map,
                                  uint64_t base, const uint64_t *sizes,
                                  const uint64_t *strides,
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

rcmResult rcm::runtime::allocateScratch(const Driver &driver, CUdevice device,
                                        CUstream stream, uint64_t bytes,
                                        uint64_t alignment,
                                        CUdeviceptr &pointer,
                                        uint64_t &address) {
  CUmemoryPool pool = nullptr;
  if (rcmResult result = getScratchPool(driver, device, pool))
    return result;
  uint64_t padding = alignment > kDriverAlignment ? alignment : 0;
  if (rcmResult result =
          RCM_DRIVER_CALL(driver, cuMemAllocFromPoolAsync, &pointer,
                          bytes + padding, pool, stream))
    return result;
  address = (pointer + alignment - 1) / alignment * alignment;
  return RCM_SUCCESS;
}

rcmResult rcm::runtime::checkCommand(const Driver &driver, rcmObject &object,
                                     CUdevice device, DeviceCode &code,
                                     const Command &command) {
  if (!command.launch)
    return RCM_SUCCESS;
  const Launch &launch = *command.launch;
  const DeviceLimits &limits = code.limits;
  DeviceKernel &kernel = code.kernels[launch.kernel];
  const char *name = object.contents.kernels[launch.kernel].name.c_str();
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
  return configureKernel(driver, object, device, kernel, command.sharedBytes,
                         blocks > kPortableClusterBlocks);
}

rcmResult rcm::runtime::enqueueCommand(const Driver &driver,
                                       const rcmObject &object,
                                       const DeviceCode &code,
                                       const Command &command,
                                       CUstream stream) {
  if (!command.launch)
    return RCM_DRIVER_CALL(driver, cuMemsetD8Async, command.address,
                           command.value, command.bytes, stream);
  const Launch &launch = *command.launch;
  CUlaunchAttribute attributes[2] = {};
  CUlaunchConfig config = {};
  config.attributes = attributes;
  config.stream = stream;
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
      reinterpret_cast<CUfunction>(code.kernels[launch.kernel].handle);
  void **parameters = command.rawParameters
                          ? command.rawParameters
                          : const_cast<void **>(command.parameters.data());
  rcmResult result = RCM_DRIVER_CALL(driver, cuLaunchKernelEx, &config,
                                     function, parameters, nullptr);
  if (result)
    addContext(object.contents.kernels[launch.kernel].name.c_str());
  return result;
}
