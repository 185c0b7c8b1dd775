//===- Object.h - A loaded kernel object ------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_OBJECT_H
#define RCM_LIB_RUNTIME_OBJECT_H

#include "Context.h"
#include "rcm/Runtime/KernelObject.h"

#include <map>
#include <memory>
#include <mutex>

namespace rcm::runtime {

/// A kernel on one device.
struct DeviceKernel {
  CUkernel handle = nullptr;
  int32_t maxThreadsPerBlock = 0;
  int32_t staticSharedBytes = 0;
  /// What the kernel was configured for so far; guarded by the object's mutex.
  int32_t dynamicSharedBytes = 0;
  bool largeClusters = false;
};

/// An object's code on one device.
struct DeviceCode {
  DeviceLimits limits;
  CUlibrary library = nullptr;
  std::vector<DeviceKernel> kernels;
};

} // namespace rcm::runtime

/// One entry of an object, as the C interface hands it out.
struct rcmEntry {
  rcmObject *object;
  const rcm::object::Entry *entry;
  /// Of the program's values.
  std::vector<rcm::object::ValueType> types;
};

struct rcmObject {
  rcm::object::KernelObject contents;
  std::vector<rcmEntry> entries;

  std::mutex mutex;
  /// By device. Elements are never removed before the object is destroyed.
  std::map<rcm::runtime::CUdevice, std::unique_ptr<rcm::runtime::DeviceCode>>
      code;
};

namespace rcm::runtime {

/// The object's code on `device`, given to the driver at the first call. The
/// device's context must be current.
rcmResult getDeviceCode(const Driver &driver, rcmObject &object,
                        CUdevice device, DeviceCode *&code);

/// Raises a kernel's limit of dynamic shared memory, and lets it have clusters
/// beyond the portable size, when a launch needs that.
rcmResult configureKernel(const Driver &driver, rcmObject &object,
                          CUdevice device, DeviceKernel &kernel,
                          int32_t dynamicSharedBytes, bool largeClusters);

/// What the device can run.
enum class Image { Cubin, Ptx };

/// Chooses the code for a device, or refuses the device by its name.
rcmResult selectImage(const object::KernelObject &object,
                      const DeviceLimits &limits, int driverVersion,
                      Image &image);

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_OBJECT_H
