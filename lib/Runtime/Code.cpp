//===- Code.cpp - Giving an object's code to the driver -------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "Object.h"

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// Dynamic shared memory that a kernel may use without being configured.
constexpr int32_t kDefaultSharedBytes = 48 * 1024;
constexpr size_t kCompilerLogBytes = 1024;

/// True if code for `object`'s chip runs on the device: the same compute
/// capability for the chips whose name ends in a letter, and otherwise one that
/// is at least as high (PTX), within one major number (cubin).
bool runsOn(const KernelObject &object, const DeviceLimits &limits,
            Image image) {
  int device = 10 * limits.major + limits.minor;
  int code = object.computeCapability;
  if (object.exactComputeCapability)
    return device == code;
  return device >= code && (image == Image::Ptx || device / 10 == code / 10);
}
} // namespace

rcmResult rcm::runtime::selectImage(const KernelObject &object,
                                    const DeviceLimits &limits,
                                    int driverVersion, Image &image) {
  if (!object.cubin.empty() && runsOn(object, limits, Image::Cubin) &&
      driverVersion >= static_cast<int>(object.cubinMinimumDriver)) {
    image = Image::Cubin;
    return RCM_SUCCESS;
  }
  if (!runsOn(object, limits, Image::Ptx))
    return fail(RCM_ERROR_UNSUPPORTED_DEVICE,
                "expected a device of compute capability %u.%u%s for code of "
                "chip %s, got %s of compute capability %d.%d",
                object.computeCapability / 10, object.computeCapability % 10,
                object.exactComputeCapability ? "" : " or newer",
                object.chip.c_str(), limits.name, limits.major, limits.minor);
  if (driverVersion < static_cast<int>(object.ptxMinimumDriver))
    return fail(RCM_ERROR_DRIVER_TOO_OLD,
                "expected a driver for CUDA %u.%u or newer for PTX %u.%u, got "
                "one for CUDA %d.%d",
                object.ptxMinimumDriver / 1000,
                object.ptxMinimumDriver % 1000 / 10, object.ptxVersion / 10,
                object.ptxVersion % 10, driverVersion / 1000,
                driverVersion % 1000 / 10);
  image = Image::Ptx;
  return RCM_SUCCESS;
}

namespace {
/// Loads the image; the driver compiles PTX.
rcmResult loadLibrary(const Driver &driver, const KernelObject &object,
                      Image image, CUlibrary &library) {
  if (image == Image::Cubin)
    return RCM_DRIVER_CALL(driver, cuLibraryLoadData, &library,
                           object.cubin.data(), nullptr, nullptr, 0, nullptr,
                           nullptr, 0);
  char log[kCompilerLogBytes] = "";
  int options[] = {kJitErrorLogBuffer, kJitErrorLogBufferBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log))};
  rcmResult result =
      RCM_DRIVER_CALL(driver, cuLibraryLoadData, &library, object.ptx.c_str(),
                      options, values, 2, nullptr, nullptr, 0);
  if (result && log[0])
    addContext(log);
  return result;
}

rcmResult loadKernel(const Driver &driver, CUlibrary library, CUdevice device,
                     const Kernel &kernel, DeviceKernel &loaded) {
  rcmResult result = RCM_DRIVER_CALL(driver, cuLibraryGetKernel, &loaded.handle,
                                     library, kernel.name.c_str());
  // Asking for the function makes the driver load the kernel now, not in the
  // first launch, which may be inside a capture.
  CUfunction function = nullptr;
  if (!result)
    result =
        RCM_DRIVER_CALL(driver, cuKernelGetFunction, &function, loaded.handle);
  if (!result)
    result = RCM_DRIVER_CALL(driver, cuKernelGetAttribute,
                             &loaded.maxThreadsPerBlock,
                             kFuncMaxThreadsPerBlock, loaded.handle, device);
  if (!result)
    result =
        RCM_DRIVER_CALL(driver, cuKernelGetAttribute, &loaded.staticSharedBytes,
                        kFuncSharedSizeBytes, loaded.handle, device);
  if (result)
    addContext(kernel.name.c_str());
  loaded.dynamicSharedBytes = kDefaultSharedBytes - loaded.staticSharedBytes;
  return result;
}

/// Loads the library and its kernels; after a failure nothing is loaded.
rcmResult loadImage(const Driver &driver, const KernelObject &object,
                    CUdevice device, Image image, DeviceCode &code) {
  if (rcmResult result = loadLibrary(driver, object, image, code.library))
    return result;
  for (const Kernel &kernel : object.kernels) {
    DeviceKernel loaded;
    if (rcmResult result =
            loadKernel(driver, code.library, device, kernel, loaded)) {
      driver.cuLibraryUnload(code.library);
      return result;
    }
    code.kernels.push_back(loaded);
  }
  return RCM_SUCCESS;
}

rcmResult loadCode(const Driver &driver, const KernelObject &object,
                   CUdevice device, DeviceCode &code) {
  if (rcmResult result = getDeviceLimits(driver, device, code.limits))
    return result;
  Image image;
  if (rcmResult result =
          selectImage(object, code.limits, driver.version, image))
    return result;
  RelaxedCapture relaxed;
  if (rcmResult result = relaxed.enter(driver))
    return result;
  if (rcmResult result = loadImage(driver, object, device, image, code))
    return result;
  rcmResult result = relaxed.leave();
  if (result)
    driver.cuLibraryUnload(code.library);
  return result;
}
} // namespace

rcmResult rcm::runtime::getDeviceCode(const Driver &driver, rcmObject &object,
                                      CUdevice device, DeviceCode *&code) {
  std::lock_guard<std::mutex> lock(object.mutex);
  auto found = object.code.find(device);
  if (found != object.code.end()) {
    code = found->second.get();
    return RCM_SUCCESS;
  }
  // Space first: after the code is loaded nothing may throw.
  auto loaded = std::make_unique<DeviceCode>();
  loaded->kernels.reserve(object.contents.kernels.size());
  auto place = object.code.emplace(device, nullptr).first;
  if (rcmResult result = loadCode(driver, object.contents, device, *loaded)) {
    object.code.erase(place);
    return result;
  }
  place->second = std::move(loaded);
  code = place->second.get();
  return RCM_SUCCESS;
}

rcmResult rcm::runtime::configureKernel(const Driver &driver, rcmObject &object,
                                        CUdevice device, DeviceKernel &kernel,
                                        int32_t dynamicSharedBytes,
                                        bool largeClusters) {
  std::lock_guard<std::mutex> lock(object.mutex);
  if (dynamicSharedBytes > kernel.dynamicSharedBytes) {
    if (rcmResult result = RCM_DRIVER_CALL(
            driver, cuKernelSetAttribute, kFuncMaxDynamicSharedSizeBytes,
            dynamicSharedBytes, kernel.handle, device))
      return result;
    kernel.dynamicSharedBytes = dynamicSharedBytes;
  }
  if (largeClusters && !kernel.largeClusters) {
    if (rcmResult result = RCM_DRIVER_CALL(driver, cuKernelSetAttribute,
                                           kFuncNonPortableClusterSizeAllowed,
                                           1, kernel.handle, device))
      return result;
    kernel.largeClusters = true;
  }
  return RCM_SUCCESS;
}
