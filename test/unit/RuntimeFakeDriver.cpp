//===- RuntimeFakeDriver.cpp - Devices and streams of the fake driver -----===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeFakeState.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::fake;

//===----------------------------------------------------------------------===//
// Devices and contexts
//===----------------------------------------------------------------------===//

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
// Streams, events, graphs
//===----------------------------------------------------------------------===//

/// Makes an opaque thing and remembers it as live.
template <typename Handle> static Handle make(std::set<void *> &live) {
  void *thing = std::malloc(1);
  live.insert(thing);
  return static_cast<Handle>(thing);
}

static int destroy(std::set<void *> &live, void *thing, int code) {
  if (live.erase(thing) == 0)
    return 400; // invalid handle
  std::free(thing);
  return code;
}
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
