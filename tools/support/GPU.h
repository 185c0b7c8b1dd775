//===- GPU.h - devices, device memory, calls of entries ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_GPU_H
#define RCM_TOOLS_SUPPORT_GPU_H

#include "rcm/Reference/Array.h"
#include "rcm/Runtime/RCMRuntime.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rcm::tools {

using reference::Error;
using reference::Result;

/// Success, or the runtime's text about the call that failed.
Result<void> check(rcmResult result);

/// The device the tools run on.
struct GPU {
  rcmDeviceInfo info;
  int32_t driverVersion;

  /// Opens the driver and makes device 0 current.
  static Result<GPU> open();
  /// "NVIDIA H200, compute capability 9.0".
  std::string text() const;
  /// "CUDA 13.0".
  std::string driverText() const;
};

/// Device memory, freed with its owner.
class DeviceMemory {
public:
  DeviceMemory() = default;
  static Result<DeviceMemory> create(uint64_t bytes);

  char *get() const { return static_cast<char *>(pointer.get()); }
  uint64_t size() const { return bytes; }
  Result<void> fill(uint8_t value, void *stream) const;

private:
  struct Free {
    void operator()(void *memory) const { rcmFree(memory); }
  };
  std::unique_ptr<void, Free> pointer;
  uint64_t bytes = 0;
};

class GPUStream {
public:
  static Result<GPUStream> create();
  void *get() const { return handle.get(); }
  Result<void> synchronize() const {
    return check(rcmStreamSynchronize(handle.get()));
  }

private:
  struct Destroy {
    void operator()(void *stream) const { rcmStreamDestroy(stream); }
  };
  std::unique_ptr<void, Destroy> handle;
};

/// Two events around work on a stream.
class GPUTimer {
public:
  static Result<GPUTimer> create();
  /// Milliseconds that `body` took on the stream.
  Result<double> time(const GPUStream &stream,
                      const std::function<Result<void>()> &body) const;

private:
  struct Destroy {
    void operator()(void *event) const { rcmEventDestroy(event); }
  };
  std::unique_ptr<void, Destroy> start, stop;
};

/// A kernel object.
class KernelObject {
public:
  static Result<KernelObject> open(const std::string &path);
  static Result<KernelObject> load(const std::string &bytes);

  rcmObjectInfo info() const;
  /// The entry, or the only one if `name` is empty.
  Result<const rcmEntry *> find(const std::string &name) const;
  std::vector<std::string> entryNames() const;

private:
  struct Destroy {
    void operator()(rcmObject *object) const { rcmObjectDestroy(object); }
  };
  std::unique_ptr<rcmObject, Destroy> object;
};

std::optional<reference::ElementType> toElementType(rcmType type);

/// The value of a property of an entry, or empty.
std::string entryProperty(const rcmEntry *entry, const char *name);
Result<std::vector<rcmArgumentInfo>> entryArguments(const rcmEntry *entry);

/// How a call treats memory.
struct CallOptions {
  /// Bytes of NaNs before and behind every argument.
  uint64_t guardBytes = 0;
  /// Writes NaN bytes to scratch memory before each launch.
  bool poisonScratch = false;
  /// Bytes, of the alignment each argument asks for, between the start of a
  /// piece of device memory and the argument.
  uint64_t misalignment = 0;
  /// A call whose device memory this one works on too, instead of its own; it
  /// must outlive this one and have arrays of the same sizes.
  const class EntryCall *lender = nullptr;
};

/// A call of an entry on arrays: their images on the device, and scratch
/// memory that stays the same from launch to launch.
class EntryCall {
public:
  /// Arrays of rank 0 are scalars. `arrays` must outlive the call.
  static Result<std::unique_ptr<EntryCall>>
  create(const rcmEntry *entry, std::vector<reference::Array> &arrays,
         const CallOptions &options);

  /// Copies all arrays, gaps included, to the device, with guards around.
  Result<void> upload(const GPUStream &stream);
  /// Leaves scratch memory as it is from now on: for timing.
  void stopPoisoning() { options.poisonScratch = false; }
  /// Fills what is written with NaN bytes.
  Result<void> poison(const GPUStream &stream, size_t index);
  Result<void> launch(const GPUStream &stream);
  Result<void> launchSteps(const GPUStream &stream, size_t first, size_t count);
  Result<std::vector<std::string>> steps() const;
  /// Copies an argument back into its array, gaps included.
  Result<void> download(const GPUStream &stream, size_t index);
  /// One line if a guard of any argument was written to.
  Result<void> checkGuards(const GPUStream &stream) const;

  uint64_t deviceBytes() const;
  uint64_t scratchBytes() const { return scratch.size(); }
  void *address(size_t index) const { return arguments[index].data; }

private:
  EntryCall() = default;
  Result<void> place(size_t index, const rcmArgumentInfo &info);
  static void *allocate(void *user, size_t bytes, size_t alignment,
                        void *stream);

  const rcmEntry *entry = nullptr;
  std::vector<reference::Array> *arrays = nullptr;
  CallOptions options;
  std::vector<DeviceMemory> memory;
  /// Bytes in front of each argument.
  std::vector<uint64_t> offsets;
  /// Sizes, then strides, of each argument.
  std::vector<std::vector<int64_t>> layouts;
  std::vector<rcmArgument> arguments;
  DeviceMemory scratch;
  std::string scratchError;
  rcmAllocator allocator = {};
};

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_GPU_H
