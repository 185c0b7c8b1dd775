//===- Driver.cpp - Opening the driver library ----------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

#include "Error.h"

#include <atomic>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <string>

using namespace rcm::runtime;

namespace {
constexpr char kDriverLibrary[] = "libcuda.so.1";
constexpr char kDriverVariable[] = "RCM_DRIVER_LIBRARY";
/// Kernels are loaded independently of contexts, which CUDA 12.0 brought.
constexpr int kOldestDriver = 12000;

/// The open driver. Published once and never taken back: the library stays
/// open until the process ends, since the driver does not survive dlclose.
struct State {
  std::mutex mutex;
  std::string path;
  Driver table;
  std::atomic<const Driver *> ready{nullptr};
};

State &getState() {
  static auto *state = new State; // outlives every static destructor
  return *state;
}

std::string getLibraryPath(const State &state) {
  if (!state.path.empty())
    return state.path;
  const char *variable = std::getenv(kDriverVariable);
  return variable && *variable ? variable : kDriverLibrary;
}

/// Looks up every function of the table.
rcmResult fillTable(void *library, const char *path, Driver &table) {
#define RCM_LOOK_UP(name, symbol, parameters)                                  \
  table.name =                                                                 \
      reinterpret_cast<decltype(table.name)>(dlsym(library, #symbol));         \
  if (!table.name)                                                             \
    return fail(RCM_ERROR_DRIVER_TOO_OLD,                                      \
                "expected a driver that offers " #symbol                       \
                " (CUDA 12.0 or newer), got %s without it",                    \
                path);
  RCM_DRIVER_FUNCTIONS(RCM_LOOK_UP)
#undef RCM_LOOK_UP
  return RCM_SUCCESS;
}

rcmResult initialise(void *library, const char *path, Driver &table) {
  // The version first: an old driver lacks some of the functions below.
  auto getVersion = reinterpret_cast<CUresult (*)(int *)>(
      dlsym(library, "cuDriverGetVersion"));
  if (!getVersion)
    return fail(RCM_ERROR_NO_DRIVER,
                "expected %s to be the NVIDIA driver library, got one without "
                "cuDriverGetVersion",
                path);
  int version = 0;
  if (CUresult code = getVersion(&version))
    return fail(RCM_ERROR_NO_DRIVER, "cuDriverGetVersion failed with code %d",
                code);
  if (version < kOldestDriver)
    return fail(RCM_ERROR_DRIVER_TOO_OLD,
                "expected a driver for CUDA 12.0 or newer, got one for CUDA "
                "%d.%d",
                version / 1000, version % 1000 / 10);
  if (rcmResult result = fillTable(library, path, table))
    return result;
  table.version = version;
  return RCM_DRIVER_CALL(table, cuInit, 0);
}
} // namespace

rcmResult Driver::check(CUresult code, const char *call) const {
  if (code == kCudaSuccess)
    return RCM_SUCCESS;
  rcmResult result = RCM_ERROR_DRIVER;
  switch (code) {
  case kCudaErrorOutOfMemory:
    result = RCM_ERROR_OUT_OF_MEMORY;
    break;
  case kCudaErrorStubLibrary:
    result = RCM_ERROR_NO_DRIVER;
    break;
  case kCudaErrorNoDevice:
  case kCudaErrorInvalidDevice:
  case kCudaErrorInvalidContext:
    result = RCM_ERROR_NO_DEVICE;
    break;
  case kCudaErrorNoBinaryForGpu:
    result = RCM_ERROR_UNSUPPORTED_DEVICE;
    break;
  case kCudaErrorUnsupportedPtxVersion:
    result = RCM_ERROR_DRIVER_TOO_OLD;
    break;
  }
  const char *name = nullptr, *description = nullptr;
  if (cuGetErrorName(code, &name) || !name)
    name = "unknown error";
  if (cuGetErrorString(code, &description) || !description)
    description = "no description";
  return fail(result, "%s failed: %s (%d, %s)", call, name, code, description);
}

rcmResult rcm::runtime::getDriver(const Driver *&driver) {
  State &state = getState();
  driver = state.ready.load(std::memory_order_acquire);
  if (driver)
    return RCM_SUCCESS;
  std::lock_guard<std::mutex> lock(state.mutex);
  driver = state.ready.load(std::memory_order_relaxed);
  if (driver)
    return RCM_SUCCESS;
  std::string path = getLibraryPath(state);
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    return fail(RCM_ERROR_NO_DRIVER,
                "expected the NVIDIA driver library, got: %s",
                reason ? reason : "no reason");
  }
  if (rcmResult result = initialise(library, path.c_str(), state.table)) {
    dlclose(library);
    return result;
  }
  driver = &state.table;
  state.ready.store(driver, std::memory_order_release);
  return RCM_SUCCESS;
}

extern "C" rcmResult rcmSetDriverLibrary(const char *path) {
  return guarded("rcmSetDriverLibrary", [&]() -> rcmResult {
    if (!path || !*path)
      return failNull("rcmSetDriverLibrary", "path");
    State &state = getState();
    std::lock_guard<std::mutex> lock(state.mutex);
    if (state.ready.load(std::memory_order_relaxed))
      return fail(RCM_ERROR_INVALID_ARGUMENT,
                  "rcmSetDriverLibrary: the driver is already open");
    state.path = path;
    return RCM_SUCCESS;
  });
}

extern "C" rcmResult rcmInit(void) {
  return guarded("rcmInit", [] {
    const Driver *driver;
    return getDriver(driver);
  });
}

extern "C" rcmResult rcmDriverVersion(int32_t *version) {
  return guarded("rcmDriverVersion", [&]() -> rcmResult {
    if (!version)
      return failNull("rcmDriverVersion", "version");
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    *version = driver->version;
    return RCM_SUCCESS;
  });
}
