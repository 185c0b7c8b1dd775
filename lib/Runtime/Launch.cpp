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

#include "Command.h"
#include "Error.h"

#include <cinttypes>
#include <optional>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
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

/// Which of a launch's commands to enqueue.
struct StepRange {
  size_t first = 0;
  /// All from `first` on if not set.
  std::optional<size_t> count;
};

/// One call of rcmEntryLaunch or rcmEntryLaunchSteps.
class Launcher : public ProgramHost {
public:
  Launcher(const Driver &driver, const rcmEntry &entry, void *stream,
           const rcmAllocator *allocator, StepRange steps)
      : driver(driver), entry(entry), stream(stream), allocator(allocator),
        steps(steps) {}

  rcmResult launch(const std::vector<BoundArgument> &arguments);

  rcmResult allocate(uint64_t bytes, uint64_t alignment,
                     uint64_t &address) override;
  rcmResult encode(const TensorMap &map, uint64_t base, const uint64_t *sizes,
                   const uint64_t *strides, CUtensorMap &encoded) override {
    return encodeMap(driver, map, base, sizes, strides, encoded);
  }

private:
  rcmResult run(const std::vector<BoundArgument> &arguments);
  rcmResult release();
  CUstream getStream() const { return static_cast<CUstream>(stream); }

  const Driver &driver;
  const rcmEntry &entry;
  void *stream;
  const rcmAllocator *allocator;
  StepRange steps;
  ContextScope context;
  DeviceCode *code = nullptr;
  void *scratch = nullptr;
  uint64_t scratchBytes = 0;
};
} // namespace

rcmResult Launcher::allocate(uint64_t bytes, uint64_t alignment,
                             uint64_t &address) {
  scratchBytes = bytes;
  if (!allocator) {
    CUdeviceptr pointer = 0;
    rcmResult result = allocateScratch(driver, context.getDevice(), getStream(),
                                       bytes, alignment, pointer, address);
    if (result)
      addContext("scratch memory");
    else
      scratch = reinterpret_cast<void *>(pointer);
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

rcmResult Launcher::run(const std::vector<BoundArgument> &arguments) {
  if (rcmResult result =
          getDeviceCode(driver, *entry.object, context.getDevice(), code))
    return result;
  Plan plan;
  if (rcmResult result = runProgram(*entry.entry, entry.types, arguments,
                                    code->limits.multiprocessors, *this, plan))
    return result;
  for (const Command &command : plan.commands)
    if (rcmResult result = checkCommand(driver, *entry.object,
                                        context.getDevice(), *code, command))
      return result;
  size_t all = plan.commands.size();
  size_t end = steps.count ? steps.first + *steps.count : all;
  if (steps.first > all || end > all || end < steps.first)
    return fail(RCM_ERROR_INVALID_ARGUMENT,
                "expected steps below %zu of `%s`, got %zu from %zu on", all,
                entry.entry->name.c_str(), steps.count.value_or(0),
                steps.first);
  for (size_t index = steps.first; index < end; ++index)
    if (rcmResult result =
            enqueueCommand(driver, *entry.object, *code, plan.commands[index],
                           getStream()))
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

extern "C" rcmResult rcmEntryListSteps(const rcmEntry *entry,
                                       const rcmArgument *arguments,
                                       size_t argumentCount, const char **names,
                                       size_t capacity, size_t *count) {
  return withCode(
      "rcmEntryListSteps", entry, [&](DeviceCode &code) -> rcmResult {
        if (!count || (capacity && !names))
          return failNull("rcmEntryListSteps", count ? "names" : "count");
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
        for (size_t i = 0; i < plan.commands.size() && i < capacity; ++i) {
          const Launch *launch = plan.commands[i].launch;
          names[i] = launch ? rcmObjectKernelName(entry->object, launch->kernel)
                            : "memset";
        }
        *count = plan.commands.size();
        return RCM_SUCCESS;
      });
}

static rcmResult launchSteps(const char *function, const rcmEntry *entry,
                             const rcmArgument *arguments, size_t argumentCount,
                             void *stream, const rcmAllocator *allocator,
                             StepRange steps) {
  return guarded(function, [&]() -> rcmResult {
    if (!entry)
      return failNull(function, "entry");
    if (allocator && (!allocator->allocate || !allocator->release))
      return failNull(function, "allocator's functions");
    std::vector<BoundArgument> bound;
    if (rcmResult result =
            bindArguments(*entry->entry, arguments, argumentCount, bound))
      return result;
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    return Launcher(*driver, *entry, stream, allocator, steps).launch(bound);
  });
}

extern "C" rcmResult rcmEntryLaunch(const rcmEntry *entry,
                                    const rcmArgument *arguments,
                                    size_t argumentCount, void *stream,
                                    const rcmAllocator *allocator) {
  return launchSteps("rcmEntryLaunch", entry, arguments, argumentCount, stream,
                     allocator, {});
}

extern "C" rcmResult rcmEntryLaunchSteps(const rcmEntry *entry,
                                         const rcmArgument *arguments,
                                         size_t argumentCount, void *stream,
                                         const rcmAllocator *allocator,
                                         size_t first, size_t count) {
  return launchSteps("rcmEntryLaunchSteps", entry, arguments, argumentCount,
                     stream, allocator, {first, count});
}
