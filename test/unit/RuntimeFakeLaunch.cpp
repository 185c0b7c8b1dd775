//===- RuntimeFakeLaunch.cpp - Code and launches of the fake driver -------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeFakeState.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::fake;

/// The bytes of one `.param` declaration of PTX.
static size_t getParameterBytes(const std::string &text) {
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
static std::map<std::string, CUkernelTag>
parseKernels(const std::string &text) {
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
