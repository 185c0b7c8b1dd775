//===- Context.h - Devices, contexts and the scratch pool -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_CONTEXT_H
#define RCM_LIB_RUNTIME_CONTEXT_H

#include "Driver.h"

namespace rcm::runtime {

/// Makes the context of a stream current for a scope, if it is not already.
class ContextScope {
public:
  /// Enters the stream's context; the current one for the default streams.
  /// No context at all is RCM_ERROR_NO_DEVICE.
  rcmResult enter(const Driver &driver, CUstream stream);
  /// Restores what was current before. Call once, after enter succeeded.
  rcmResult leave();
  /// Restores it without a report when leave was not reached.
  ~ContextScope();

  CUdevice getDevice() const { return device; }

private:
  const Driver *driver = nullptr;
  CUdevice device = -1;
  bool pushed = false;
};

/// What the runtime has to know about a device to check launches.
struct DeviceLimits {
  char name[256];
  int32_t major, minor, multiprocessors;
  int32_t threadsPerBlock, sharedBytesPerBlock;
  int32_t block[3], grid[3];
};

rcmResult getDeviceLimits(const Driver &driver, CUdevice device,
                          DeviceLimits &limits);

/// The runtime's pool for scratch memory on a device, created at first use. It
/// keeps what is freed, so that repeated launches do not pay for mapping
/// memory; rcmReleaseScratch gives it back.
rcmResult getScratchPool(const Driver &driver, CUdevice device,
                         CUmemoryPool &pool);

/// Lets the calling thread load code and create pools while some stream
/// captures.
class RelaxedCapture {
public:
  rcmResult enter(const Driver &driver);
  /// Restores the mode. Call once, after enter succeeded.
  rcmResult leave();
  /// Restores it without a report when leave was not reached.
  ~RelaxedCapture();

private:
  const Driver *driver = nullptr;
  int mode = kCaptureRelaxed;
};

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_CONTEXT_H
