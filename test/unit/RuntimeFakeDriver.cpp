//===- RuntimeFakeDriver.cpp - A CUDA driver in host memory
//----------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// A call that was chosen to fail does nothing and returns the error, except
// those that destroy something: they destroy it and return the error, as the
// real driver does when it reports an earlier asynchronous failure.
//
//===----------------------------------------------------------------------===//

#include "RuntimeFakeDriver.h"

#include "../../lib/Runtime/Driver.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>

using namespace rcm::runtime;
using namespace rcm::fake;

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace rcm::runtime {
struct CUcontextTag {
  int device;
};
struct CUstreamTag {
  CUcontext context;
  bool captures = false;
};
struct CUkernelTag {
  std::string name;
  std::vector<size_t> parameterBytes;
};
struct CUlibraryTag {
  std::map<std::string, CUkernelTag> kernels;
};
} // namespace rcm::runtime

namespace {
constexpr size_t kAlignment = 512;
/// Pieces of memory from this size on serve for timing only: nothing is written
/// to them or read from them.
constexpr size_t kUntouchedBytes = size_t(1) << 26;

struct State {
  std::recursive_mutex mutex;
  int64_t calls = 0, failIn = 0;
  int failCode = 0;
  std::string failed;
  int major = 9, minor = 0, multiprocessors = 132, version = 13000;
  bool memoryPools = true;
  std::map<uint64_t, size_t> allocations, poolAllocations;
  std::set<void *> libraries, streams, events, graphs, executables;
  size_t pushedContexts = 0;
  std::map<std::string, HostKernel> hostKernels;
  std::vector<rcm::fake::Launch> launches;
  std::vector<Memset> memsets;
  std::vector<Map> maps;
  std::string loadedCode;
};

/// A number from the environment, for programs that only load the driver.
int64_t fromEnvironment(const char *name, int64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoll(text, nullptr, 10) : otherwise;
}

State *makeState() {
  auto *made = new State;
  made->version =
      static_cast<int>(fromEnvironment("RCM_FAKE_VERSION", made->version));
  int64_t capability = fromEnvironment("RCM_FAKE_CAPABILITY", 90);
  made->major = static_cast<int>(capability / 10);
  made->minor = static_cast<int>(capability % 10);
  made->failIn = fromEnvironment("RCM_FAKE_FAIL_AT", 0);
  made->failCode = 999;
  return made;
}

State &state() {
  static auto *instance = makeState();
  return *instance;
}

CUcontextTag contexts[kDeviceCount] = {{0}, {1}};
thread_local std::vector<CUcontext> contextStack;

using Lock = std::lock_guard<std::recursive_mutex>;

/// Counts a call; returns the code it is to fail with, or 0.
int enter(const char *name) {
  State &s = state();
  ++s.calls;
  if (s.failIn == 0 || --s.failIn != 0)
    return 0;
  s.failed = name;
  return s.failCode;
}

/// The bytes of one `.param` declaration of PTX.
size_t getParameterBytes(const std::string &text) {
  static const std::pair<const char *, size_t> kTypes[] = {
      {"64", 8}, {"32", 4}, {"16", 2}, {"8", 1}};
  size_t count = 1;
  if (size_t bracket = text.find('['); bracket != std::string::npos)
    count = std::strtoul(text.c_str() + bracket + 1, nullptr, 10);
  for (const char *letter : {".u", ".s", ".b", ".f"})
    for (const auto &[digits, bytes] : kTypes)
      if (text.find(std::string(letter) + digits) != std::string::npos)
        return bytes * count;
  return 0;
}

/// Finds the kernels of a PTX text.
std::map<std::string, CUkernelTag> parseKernels(const std::string &text) {
  std::map<std::string, CUkernelTag> kernels;
  constexpr char kEntry[] = ".entry ";
  for (size_t at = text.find(kEntry); at != std::string::npos;
       at = text.find(kEntry, at + 1)) {
    size_t open = text.find('(', at), close = text.find(')', at);
    size_t start = at + sizeof(kEntry) - 1;
    CUkernelTag kernel;
    kernel.name = text.substr(start, text.find_first_of("( \n", start) - start);
    for (size_t p = text.find(".param", open); p < close;
         p = text.find(".param", p + 1)) {
      size_t end = std::min(text.find_first_of(",)", p), close);
      kernel.parameterBytes.push_back(
          getParameterBytes(text.substr(p, end - p)));
    }
    kernels[kernel.name] = kernel;
  }
  return kernels;
}

CUdeviceptr allocate(size_t bytes) {
  size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void *memory = std::aligned_alloc(kAlignment, rounded);
  if (rounded < kUntouchedBytes)
    std::memset(memory, 0xA5, rounded); // poison
  return reinterpret_cast<CUdeviceptr>(memory);
}

/// True if these bytes are device memory.
bool isDevice(uint64_t address, size_t bytes) {
  for (const auto *map : {&state().allocations, &state().poolAllocations}) {
    auto after = map->upper_bound(address);
    if (after == map->begin())
      continue;
    const auto &[start, size] = *std::prev(after);
    if (bytes <= size && address - start <= size - bytes)
      return true;
  }
  return false;
}

/// Zeros from an address to the end of the allocation there, if there is one.
void writeZeros(uint64_t address) {
  auto after = state().allocations.upper_bound(address);
  if (after == state().allocations.begin())
    return;
  const auto &[start, size] = *std::prev(after);
  if (address - start < size && size < kUntouchedBytes)
    std::memset(reinterpret_cast<void *>(address), 0,
                size - (address - start));
}

/// What a launch does under RCM_FAKE_ZERO: zeros wherever its parameters point.
void writeZeros(const rcm::fake::Launch &launch) {
  for (const std::string &parameter : launch.parameters) {
    uint64_t address = 0;
    if (parameter.size() == sizeof(address)) {
      std::memcpy(&address, parameter.data(), sizeof(address));
      writeZeros(address);
    }
  }
  for (const Map &map : state().maps)
    writeZeros(map.base);
}

/// Makes an opaque thing and remembers it as live.
template <typename Handle> Handle make(std::set<void *> &live) {
  void *thing = std::malloc(1);
  live.insert(thing);
  return static_cast<Handle>(thing);
}

int destroy(std::set<void *> &live, void *thing, int code) {
  if (live.erase(thing) == 0)
    return 400; // invalid handle
  std::free(thing);
  return code;
}
} // namespace

//===----------------------------------------------------------------------===//
// Devices and contexts
//===----------------------------------------------------------------------===//

#define FAKE_CALL(name)                                                        \
  Lock lock(state().mutex);                                                    \
  if (int failure = enter(name))                                               \
    return failure;

FAKE_EXPORT int cuInit(unsigned) {
  FAKE_CALL("cuInit");
  return 0;
}
FAKE_EXPORT int cuDriverGetVersion(int *version) {
  FAKE_CALL("cuDriverGetVersion");
  *version = state().version;
  return 0;
}
FAKE_EXPORT int cuGetErrorName(int code, const char **name) {
  *name = code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_FAKE";
  return 0;
}
FAKE_EXPORT int cuGetErrorString(int, const char **text) {
  *text = "made to fail";
  return 0;
}
FAKE_EXPORT int cuDeviceGetCount(int *count) {
  FAKE_CALL("cuDeviceGetCount");
  *count = kDeviceCount;
  return 0;
}
FAKE_EXPORT int cuDeviceGet(CUdevice *device, int ordinal) {
  FAKE_CALL("cuDeviceGet");
  *device = ordinal;
  return 0;
}
FAKE_EXPORT int cuDeviceGetName(char *name, int size, CUdevice device) {
  FAKE_CALL("cuDeviceGetName");
  std::snprintf(name, size, "Fake GPU %d", device);
  return 0;
}
FAKE_EXPORT int cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device) {
  FAKE_CALL("cuDeviceGetUuid");
  std::memset(uuid->bytes, 16 + device, sizeof(uuid->bytes));
  return 0;
}
FAKE_EXPORT int cuDeviceGetAttribute(int *value, int attribute, CUdevice) {
  FAKE_CALL("cuDeviceGetAttribute");
  const std::map<int, int> values = {
      {kMaxThreadsPerBlock, 1024},
      {kMaxBlockDimX, 1024},
      {kMaxBlockDimX + 1, 1024},
      {kMaxBlockDimX + 2, 64},
      {kMaxGridDimX, 2147483647},
      {kMaxGridDimX + 1, 65535},
      {kMaxGridDimX + 2, 65535},
      {kMultiprocessorCount, state().multiprocessors},
      {kComputeCapabilityMajor, state().major},
      {kComputeCapabilityMinor, state().minor},
      {kMaxSharedMemoryPerBlockOptin, 232448},
      {kMemoryPoolsSupported, state().memoryPools}};
  auto found = values.find(attribute);
  if (found == values.end())
    return 1;
  *value = found->second;
  return 0;
}
FAKE_EXPORT int cuDeviceTotalMem_v2(size_t *bytes, CUdevice) {
  FAKE_CALL("cuDeviceTotalMem");
  *bytes = size_t(1) << 30;
  return 0;
}
FAKE_EXPORT int cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  FAKE_CALL("cuDevicePrimaryCtxRetain");
  *context = &contexts[device];
  return 0;
}
FAKE_EXPORT int cuCtxGetCurrent(CUcontext *context) {
  FAKE_CALL("cuCtxGetCurrent");
  *context = contextStack.empty() ? nullptr : contextStack.back();
  return 0;
}
FAKE_EXPORT int cuCtxSetCurrent(CUcontext context) {
  FAKE_CALL("cuCtxSetCurrent");
  if (!contextStack.empty())
    contextStack.pop_back();
  if (context)
    contextStack.push_back(context);
  return 0;
}
FAKE_EXPORT int cuCtxPushCurrent_v2(CUcontext context) {
  FAKE_CALL("cuCtxPushCurrent");
  contextStack.push_back(context);
  ++state().pushedContexts;
  return 0;
}
FAKE_EXPORT int cuCtxPopCurrent_v2(CUcontext *context) {
  Lock lock(state().mutex);
  int code = enter("cuCtxPopCurrent");
  *context = contextStack.back();
  contextStack.pop_back();
  --state().pushedContexts;
  return code;
}
FAKE_EXPORT int cuCtxGetDevice(CUdevice *device) {
  FAKE_CALL("cuCtxGetDevice");
  if (contextStack.empty())
    return kCudaErrorInvalidContext;
  *device = contextStack.back()->device;
  return 0;
}
FAKE_EXPORT int cuCtxSynchronize() {
  FAKE_CALL("cuCtxSynchronize");
  return 0;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

FAKE_EXPORT int cuMemGetInfo_v2(size_t *available, size_t *total) {
  FAKE_CALL("cuMemGetInfo");
  *available = size_t(1) << 29;
  *total = size_t(1) << 30;
  return 0;
}
FAKE_EXPORT int cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
  FAKE_CALL("cuMemAlloc");
  if (bytes > size_t(1) << 30)
    return kCudaErrorOutOfMemory;
  *pointer = allocate(bytes);
  state().allocations[*pointer] = bytes;
  return 0;
}
FAKE_EXPORT int cuMemFree_v2(CUdeviceptr pointer) {
  Lock lock(state().mutex);
  int code = enter("cuMemFree");
  if (state().allocations.erase(pointer) == 0)
    return 1;
  std::free(reinterpret_cast<void *>(pointer));
  return code;
}
FAKE_EXPORT int cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from,
                                     size_t bytes, CUstream) {
  FAKE_CALL("cuMemcpyHtoDAsync");
  if (!isDevice(to, bytes))
    return 1; // invalid value
  std::memcpy(reinterpret_cast<void *>(to), from, bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes,
                                     CUstream) {
  FAKE_CALL("cuMemcpyDtoHAsync");
  if (!isDevice(from, bytes))
    return 1; // invalid value
  std::memcpy(to, reinterpret_cast<void *>(from), bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from,
                                     size_t bytes, CUstream) {
  FAKE_CALL("cuMemcpyDtoDAsync");
  if (!isDevice(from, bytes) || !isDevice(to, bytes))
    return 1; // invalid value
  if (bytes < kUntouchedBytes)
    std::memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
                 bytes);
  return 0;
}
FAKE_EXPORT int cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                              CUstream) {
  FAKE_CALL("cuMemcpyAsync");
  if (!isDevice(from, bytes) && !isDevice(to, bytes))
    return 1; // invalid value
  std::memmove(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
               bytes);
  return 0;
}
FAKE_EXPORT int cuMemsetD8Async(CUdeviceptr to, unsigned char value,
                                size_t bytes, CUstream) {
  FAKE_CALL("cuMemsetD8Async");
  if (!isDevice(to, bytes))
    return 1; // invalid value
  if (bytes < kUntouchedBytes)
    std::memset(reinterpret_cast<void *>(to), value, bytes);
  state().memsets.push_back({to, bytes, value});
  return 0;
}
FAKE_EXPORT int cuMemPoolCreate(CUmemoryPool *pool,
                                const CUmemPoolProps *properties) {
  FAKE_CALL("cuMemPoolCreate");
  static char pools[kDeviceCount];
  if (properties->allocType != 1 || properties->locationType != 1)
    return 1;
  *pool = reinterpret_cast<CUmemoryPool>(&pools[properties->locationId]);
  return 0;
}
FAKE_EXPORT int cuMemPoolDestroy(CUmemoryPool) {
  FAKE_CALL("cuMemPoolDestroy");
  return 0;
}
FAKE_EXPORT int cuMemPoolSetAttribute(CUmemoryPool, int, void *) {
  FAKE_CALL("cuMemPoolSetAttribute");
  return 0;
}
FAKE_EXPORT int cuMemPoolTrimTo(CUmemoryPool, size_t) {
  FAKE_CALL("cuMemPoolTrimTo");
  return 0;
}
FAKE_EXPORT int cuMemAllocFromPoolAsync(CUdeviceptr *pointer, size_t bytes,
                                        CUmemoryPool, CUstream) {
  FAKE_CALL("cuMemAllocFromPoolAsync");
  if (bytes > size_t(1) << 30)
    return kCudaErrorOutOfMemory;
  *pointer = allocate(bytes);
  state().poolAllocations[*pointer] = bytes;
  return 0;
}
FAKE_EXPORT int cuMemFreeAsync(CUdeviceptr pointer, CUstream) {
  Lock lock(state().mutex);
  int code = enter("cuMemFreeAsync");
  if (state().poolAllocations.erase(pointer) == 0)
    return 1;
  std::free(reinterpret_cast<void *>(pointer));
  return code;
}

//===----------------------------------------------------------------------===//
// Streams, events, graphs
//===----------------------------------------------------------------------===//

FAKE_EXPORT int cuStreamCreate(CUstream *stream, unsigned) {
  FAKE_CALL("cuStreamCreate");
  *stream = new CUstreamTag{contextStack.back()};
  state().streams.insert(*stream);
  return 0;
}
FAKE_EXPORT int cuStreamDestroy_v2(CUstream stream) {
  Lock lock(state().mutex);
  int code = enter("cuStreamDestroy");
  if (state().streams.erase(stream) == 0)
    return 400;
  delete stream;
  return code;
}
FAKE_EXPORT int cuStreamSynchronize(CUstream) {
  FAKE_CALL("cuStreamSynchronize");
  return 0;
}
FAKE_EXPORT int cuStreamGetCtx(CUstream stream, CUcontext *context) {
  FAKE_CALL("cuStreamGetCtx");
  *context = stream->context;
  return 0;
}
FAKE_EXPORT int cuStreamBeginCapture_v2(CUstream stream, int) {
  FAKE_CALL("cuStreamBeginCapture");
  stream->captures = true;
  return 0;
}
FAKE_EXPORT int cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  Lock lock(state().mutex);
  int code = enter("cuStreamEndCapture");
  stream->captures = false;
  if (!code)
    *graph = make<CUgraph>(state().graphs);
  return code;
}
FAKE_EXPORT int cuThreadExchangeStreamCaptureMode(int *mode) {
  FAKE_CALL("cuThreadExchangeStreamCaptureMode");
  thread_local int current = 0;
  std::swap(current, *mode);
  return 0;
}
FAKE_EXPORT int cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph,
                                            unsigned long long) {
  FAKE_CALL("cuGraphInstantiate");
  *executable = make<CUgraphExec>(state().executables);
  return 0;
}
FAKE_EXPORT int cuGraphLaunch(CUgraphExec, CUstream) {
  FAKE_CALL("cuGraphLaunch");
  return 0;
}
FAKE_EXPORT int cuGraphDestroy(CUgraph graph) {
  Lock lock(state().mutex);
  return destroy(state().graphs, graph, enter("cuGraphDestroy"));
}
FAKE_EXPORT int cuGraphExecDestroy(CUgraphExec executable) {
  Lock lock(state().mutex);
  return destroy(state().executables, executable, enter("cuGraphExecDestroy"));
}
FAKE_EXPORT int cuEventCreate(CUevent *event, unsigned) {
  FAKE_CALL("cuEventCreate");
  *event = make<CUevent>(state().events);
  return 0;
}
FAKE_EXPORT int cuEventDestroy_v2(CUevent event) {
  Lock lock(state().mutex);
  return destroy(state().events, event, enter("cuEventDestroy"));
}
FAKE_EXPORT int cuEventRecord(CUevent, CUstream) {
  FAKE_CALL("cuEventRecord");
  return 0;
}
FAKE_EXPORT int cuEventSynchronize(CUevent) {
  FAKE_CALL("cuEventSynchronize");
  return 0;
}
FAKE_EXPORT int cuEventElapsedTime(float *milliseconds, CUevent, CUevent) {
  FAKE_CALL("cuEventElapsedTime");
  *milliseconds = 1.5f;
  return 0;
}

//===----------------------------------------------------------------------===//
// Code and launches
//===----------------------------------------------------------------------===//

FAKE_EXPORT int cuLibraryLoadData(CUlibrary *library, const void *code, int *,
                                  void **, unsigned, int *, void **, unsigned) {
  FAKE_CALL("cuLibraryLoadData");
  state().loadedCode = static_cast<const char *>(code);
  auto *loaded = new CUlibraryTag{parseKernels(state().loadedCode)};
  state().libraries.insert(loaded);
  *library = loaded;
  return 0;
}
FAKE_EXPORT int cuLibraryUnload(CUlibrary library) {
  Lock lock(state().mutex);
  int code = enter("cuLibraryUnload");
  if (state().libraries.erase(library) == 0)
    return 400;
  delete library;
  return code;
}
FAKE_EXPORT int cuLibraryGetKernel(CUkernel *kernel, CUlibrary library,
                                   const char *name) {
  FAKE_CALL("cuLibraryGetKernel");
  auto found = library->kernels.find(name);
  if (found == library->kernels.end())
    return 500; // not found
  *kernel = &found->second;
  return 0;
}
FAKE_EXPORT int cuKernelGetFunction(CUfunction *function, CUkernel kernel) {
  FAKE_CALL("cuKernelGetFunction");
  *function = reinterpret_cast<CUfunction>(kernel);
  return 0;
}
FAKE_EXPORT int cuKernelGetAttribute(int *value, int attribute, CUkernel,
                                     CUdevice) {
  FAKE_CALL("cuKernelGetAttribute");
  *value = attribute == kFuncMaxThreadsPerBlock ? 1024 : 1000;
  return 0;
}
FAKE_EXPORT int cuKernelSetAttribute(int, int, CUkernel, CUdevice) {
  FAKE_CALL("cuKernelSetAttribute");
  return 0;
}
FAKE_EXPORT int cuLaunchKernelEx(const CUlaunchConfig *config,
                                 CUfunction function, void **parameters,
                                 void **) {
  FAKE_CALL("cuLaunchKernelEx");
  const auto *kernel = reinterpret_cast<CUkernel>(function);
  rcm::fake::Launch launch = {};
  launch.kernel = kernel->name;
  std::memcpy(launch.grid, config->grid, sizeof(launch.grid));
  std::memcpy(launch.block, config->block, sizeof(launch.block));
  launch.sharedBytes = config->sharedMemBytes;
  launch.stream = config->stream;
  launch.captured = config->stream && config->stream->captures;
  launch.device = contextStack.back()->device;
  for (uint32_t i = 0; i < config->attributeCount; ++i) {
    const CUlaunchAttribute &attribute = config->attributes[i];
    if (attribute.id == kLaunchProgrammaticSerialization)
      launch.programmatic =
          attribute.value.programmaticStreamSerializationAllowed;
    if (attribute.id == kLaunchClusterDimension)
      std::memcpy(launch.cluster, attribute.value.clusterDimension,
                  sizeof(launch.cluster));
  }
  for (size_t i = 0; i < kernel->parameterBytes.size(); ++i)
    launch.parameters.emplace_back(static_cast<const char *>(parameters[i]),
                                   kernel->parameterBytes[i]);
  state().launches.push_back(launch);
  if (std::getenv("RCM_FAKE_ZERO"))
    writeZeros(launch);
  auto host = state().hostKernels.find(kernel->name);
  if (host != state().hostKernels.end())
    host->second(launch);
  return 0;
}
FAKE_EXPORT int
cuTensorMapEncodeTiled(CUtensorMap *encoded, int elementType, uint32_t rank,
                       void *base, const uint64_t *sizes,
                       const uint64_t *strides, const uint32_t *box,
                       const uint32_t *elementStrides, int interleave,
                       int swizzle, int l2Promotion, int fill) {
  FAKE_CALL("cuTensorMapEncodeTiled");
  Map map = {elementType,
             static_cast<int>(rank),
             interleave,
             swizzle,
             l2Promotion,
             fill,
             reinterpret_cast<uint64_t>(base),
             {},
             {},
             {},
             {}};
  map.sizes.assign(sizes, sizes + rank);
  map.strides.assign(strides, strides + rank - 1);
  map.box.assign(box, box + rank);
  map.elementStrides.assign(elementStrides, elementStrides + rank);
  state().maps.push_back(map);
  // Recognisable contents: the map's number in the record, plus 1.
  std::memset(encoded, 0xEE, sizeof(*encoded));
  encoded->opaque[0] = state().maps.size();
  return 0;
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

FAKE_EXPORT const Control *rcmFakeControl() {
  static const Control control = {
      [] {
        Lock lock(state().mutex);
        state().launches.clear();
        state().memsets.clear();
        state().maps.clear();
        state().failed.clear();
        state().failIn = state().calls = 0;
      },
      [](int64_t n, int code) {
        state().failIn = n;
        state().failCode = code;
        state().failed.clear();
      },
      []() -> const char * {
        return state().failed.empty() ? nullptr : state().failed.c_str();
      },
      [] { return state().calls; },
      [] {
        State &s = state();
        return Live{s.allocations.size(), s.poolAllocations.size(),
                    s.libraries.size(),   s.streams.size(),
                    s.events.size(),      s.graphs.size(),
                    s.executables.size(), s.pushedContexts};
      },
      [](int major, int minor, int multiprocessors) {
        state().major = major;
        state().minor = minor;
        state().multiprocessors = multiprocessors;
      },
      [](int version) { state().version = version; },
      [](bool supported) { state().memoryPools = supported; },
      [](const char *name, HostKernel kernel) {
        state().hostKernels[name] = kernel;
      },
      []() -> const std::vector<rcm::fake::Launch> & {
        return state().launches;
      },
      []() -> const std::vector<Memset> & { return state().memsets; },
      []() -> const std::vector<Map> & { return state().maps; },
      []() -> const std::string & { return state().loadedCode; }};
  return &control;
}
