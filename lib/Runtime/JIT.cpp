//===- JIT.cpp - What JIT-compiled host code calls ------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Runtime/RCMRuntimeJIT.h"

#include "Command.h"
#include "Error.h"

#include <cstdlib>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// PTX that LLVM writes for the chips it is used for; the driver checks it.
constexpr uint32_t kPtxVersion = 80, kPtxMinimumDriver = 12000;

struct ThreadState {
  rcmResult result = RCM_SUCCESS;
  char text[2048] = "";
  CUstream stream = nullptr;
  /// Aligned addresses and what to free.
  std::vector<std::pair<uint64_t, CUdeviceptr>> scratch;
};
thread_local ThreadState thread;

/// Keeps the first failure.
void keep(rcmResult result) {
  if (!result || thread.result)
    return;
  thread.result = result;
  std::strncpy(thread.text, rcmGetLastErrorText(), sizeof(thread.text) - 1);
}

/// Runs the body with the driver and its device, unless something failed.
template <typename Body> void sticky(const char *function, Body body) {
  if (thread.result)
    return;
  keep(guarded(function, [&]() -> rcmResult {
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    ContextScope context;
    if (rcmResult result = context.enter(*driver, thread.stream))
      return result;
    if (rcmResult result = body(*driver, context.getDevice()))
      return result;
    return context.leave();
  }));
}

/// An object without entries around the PTX.
std::unique_ptr<rcmObject> makeObject(const char *chip, const char *ptx,
                                      const char *kernels) {
  auto object = std::make_unique<rcmObject>();
  KernelObject &contents = object->contents;
  contents.chip = chip;
  contents.ptx = ptx;
  contents.ptxVersion = kPtxVersion;
  contents.ptxMinimumDriver = kPtxMinimumDriver;
  char *end = nullptr;
  contents.computeCapability =
      std::strtoul(chip + std::strlen("sm_"), &end, 10);
  contents.exactComputeCapability = *end != '\0';
  for (const char *name = kernels; *name;) {
    const char *newline = std::strchr(name, '\n');
    if (!newline)
      break;
    contents.kernels.push_back({std::string(name, newline), 0, 0});
    name = newline + 1;
  }
  return object;
}

rcmResult launch(const Driver &driver, CUdevice device, rcmObject &object,
                 uint32_t kernel, const int64_t *geometry, int32_t flags,
                 void **parameters) {
  DeviceCode *code = nullptr;
  if (rcmResult result = getDeviceCode(driver, object, device, code))
    return result;
  if (kernel >= object.contents.kernels.size())
    return fail(RCM_ERROR_INVALID_ARGUMENT,
                "expected a kernel number below %zu, got %u",
                object.contents.kernels.size(), kernel);
  Launch description;
  description.kernel = kernel;
  description.flags = flags & kProgrammatic;
  Command command;
  command.launch = &description;
  for (int d = 0; d < 3; ++d) {
    command.grid[d] = geometry[d];
    command.block[d] = geometry[3 + d];
    description.cluster[d] = geometry[7 + d];
    if (geometry[d] == 0)
      return RCM_SUCCESS;
  }
  command.sharedBytes = geometry[6];
  // The driver reads as many parameters as the kernel has.
  command.rawParameters = parameters;
  if (rcmResult result = checkCommand(driver, object, device, *code, command))
    return result;
  return enqueueCommand(driver, object, *code, command, thread.stream);
}
} // namespace

extern "C" {

rcmResult rcmJitTakeResult(void) {
  rcmResult result = thread.result;
  if (result)
    fail(result, "%s", thread.text);
  thread.result = RCM_SUCCESS;
  return result;
}

void rcmJitSetStream(void *stream) {
  thread.stream = static_cast<CUstream>(stream);
}

void *rcmJitModule(void **slot, const char *chip, const char *ptx,
                   const char *kernels) {
  void *module = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  if (module || thread.result)
    return module;
  keep(guarded("rcmJitModule", [&]() -> rcmResult {
    if (std::strncmp(chip, "sm_", 3))
      return fail(RCM_ERROR_INVALID_ARGUMENT,
                  "expected a chip like sm_90a, got %s", chip);
    std::unique_ptr<rcmObject> made = makeObject(chip, ptx, kernels);
    void *expected = nullptr;
    module = made.get();
    if (__atomic_compare_exchange_n(slot, &expected, module, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      made.release();
    else
      module = expected; // another thread was first
    return RCM_SUCCESS;
  }));
  return module;
}

void rcmJitUnload(void **slot) {
  auto *object = static_cast<rcmObject *>(
      __atomic_exchange_n(slot, nullptr, __ATOMIC_ACQ_REL));
  keep(rcmObjectDestroy(object));
}

void rcmJitLaunch(void *module, int32_t kernel, const int64_t *geometry,
                  int32_t flags, void **parameters) {
  sticky("rcmJitLaunch", [&](const Driver &driver, CUdevice device) {
    return launch(driver, device, *static_cast<rcmObject *>(module), kernel,
                  geometry, flags, parameters);
  });
}

void rcmJitEncodeTensorMap(void *map, const int32_t *properties, int64_t base,
                           const int64_t *sizes, const int64_t *strides,
                           const int32_t *box, const int32_t *elementStrides) {
  std::memset(map, 0, sizeof(CUtensorMap));
  sticky("rcmJitEncodeTensorMap",
         [&](const Driver &driver, CUdevice) -> rcmResult {
           TensorMap description;
           int32_t rank = properties[1];
           description.elementType = properties[0];
           description.interleave = properties[2];
           description.swizzle = properties[3];
           description.l2Promotion = properties[4];
           description.fill = properties[5];
           description.sizes.resize(rank);
           description.strides.resize(rank - 1);
           description.box.assign(box, box + rank);
           description.elementStrides.assign(elementStrides,
                                             elementStrides + rank);
           for (int32_t d = 0; d < rank; ++d)
             if (sizes[d] == 0)
               return RCM_SUCCESS;
           return encodeMap(driver, description, base,
                            reinterpret_cast<const uint64_t *>(sizes),
                            reinterpret_cast<const uint64_t *>(strides),
                            *static_cast<CUtensorMap *>(map));
         });
}

void rcmJitRequire(int32_t condition, const char *text) {
  if (!condition && !thread.result)
    keep(fail(RCM_ERROR_REQUIREMENT, "%s", text));
}

int64_t rcmJitMultiprocessors(void) {
  int count = 1;
  sticky("rcmJitMultiprocessors", [&](const Driver &driver, CUdevice device) {
    return RCM_DRIVER_CALL(driver, cuDeviceGetAttribute, &count,
                           kMultiprocessorCount, device);
  });
  return count;
}

int64_t rcmJitAllocate(int64_t bytes) {
  CUdeviceptr address = 0;
  if (bytes)
    sticky("rcmJitAllocate", [&](const Driver &driver, CUdevice) {
      return RCM_DRIVER_CALL(driver, cuMemAlloc, &address, bytes);
    });
  return address;
}

void rcmJitFree(int64_t address) {
  keep(rcmFree(reinterpret_cast<void *>(address)));
}

int64_t rcmJitScratch(int64_t bytes, int64_t alignment) {
  uint64_t address = 0;
  if (bytes)
    sticky("rcmJitScratch",
           [&](const Driver &driver, CUdevice device) -> rcmResult {
             if (bytes < 0)
               return fail(RCM_ERROR_REQUIREMENT,
                           "expected 0 or more bytes of scratch memory, got "
                           "%lld",
                           static_cast<long long>(bytes));
             thread.scratch.reserve(thread.scratch.size() + 1);
             CUdeviceptr pointer = 0;
             if (rcmResult result =
                     allocateScratch(driver, device, thread.stream, bytes,
                                     alignment, pointer, address))
               return result;
             thread.scratch.emplace_back(address, pointer);
             return RCM_SUCCESS;
           });
  return address;
}

void rcmJitReleaseScratch(int64_t address) {
  for (auto place = thread.scratch.begin(); place != thread.scratch.end();
       ++place) {
    if (place->first != static_cast<uint64_t>(address))
      continue;
    CUdeviceptr pointer = place->second;
    thread.scratch.erase(place);
    // Also after a failure: nothing may leak.
    const Driver *driver;
    rcmResult result = getDriver(driver);
    if (!result)
      result = RCM_DRIVER_CALL(*driver, cuMemFreeAsync, pointer, thread.stream);
    return keep(result);
  }
}

void rcmJitCopy(int64_t destination, int64_t source, int64_t bytes) {
  if (bytes)
    sticky("rcmJitCopy", [&](const Driver &driver, CUdevice) {
      return RCM_DRIVER_CALL(driver, cuMemcpyAsync, destination, source, bytes,
                             thread.stream);
    });
}

void rcmJitMemset(int64_t address, int32_t value, int64_t bytes) {
  if (bytes)
    sticky("rcmJitMemset", [&](const Driver &driver, CUdevice) {
      return RCM_DRIVER_CALL(driver, cuMemsetD8Async, address, value, bytes,
                             thread.stream);
    });
}

void rcmJitSynchronize(void) {
  sticky("rcmJitSynchronize", [&](const Driver &driver, CUdevice) {
    return RCM_DRIVER_CALL(driver, cuStreamSynchronize, thread.stream);
  });
}

} // extern "C"
