//===- Object.cpp - Loading and asking kernel objects ---------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Object.h"

#include "Error.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::object;

static_assert(RCM_DYNAMIC == kDynamic && RCM_MAX_RANK == kMaxRank,
              "the C interface and the file format name the same numbers");

namespace {
/// Reads a whole file.
rcmResult readFile(const char *path, std::string &bytes) {
  std::unique_ptr<FILE, int (*)(FILE *)> file(std::fopen(path, "rb"),
                                              &std::fclose);
  if (!file)
    return fail(RCM_ERROR_FILE, "%s: %s", path, std::strerror(errno));
  char block[1 << 16];
  while (size_t count = std::fread(block, 1, sizeof(block), file.get())) {
    bytes.append(block, count);
    if (bytes.size() > kMaxFileBytes)
      return fail(RCM_ERROR_CORRUPT_OBJECT,
                  "%s: expected at most 4 GiB of kernel object", path);
  }
  if (std::ferror(file.get()))
    return fail(RCM_ERROR_FILE, "%s: %s", path, std::strerror(errno));
  return RCM_SUCCESS;
}

rcmResult load(const void *data, size_t size, rcmObject **object) {
  auto loaded = std::make_unique<rcmObject>();
  std::string error;
  switch (decode(data, size, loaded->contents, error)) {
  case DecodeResult::Corrupt:
    return fail(RCM_ERROR_CORRUPT_OBJECT, "corrupt kernel object: %s",
                error.c_str());
  case DecodeResult::Newer:
    return fail(RCM_ERROR_NEWER_OBJECT, "newer kernel object: %s",
                error.c_str());
  case DecodeResult::Success:
    break;
  }
  size_t kernels = loaded->contents.kernels.size();
  for (const Entry &entry : loaded->contents.entries) {
    loaded->entries.push_back({loaded.get(), &entry, {}});
    // Decoding has validated the program; this collects its types.
    validateProgram(entry, kernels, loaded->entries.back().types);
  }
  *object = loaded.release();
  return RCM_SUCCESS;
}

const char *findProperty(const Properties &properties, const char *name) {
  for (const auto &[key, value] : properties)
    if (key == name)
      return value.c_str();
  return nullptr;
}
} // namespace

extern "C" {

rcmResult rcmObjectLoadMemory(const void *data, size_t size,
                              rcmObject **object) {
  return guarded("rcmObjectLoadMemory", [&]() -> rcmResult {
    if (!data || !object)
      return failNull("rcmObjectLoadMemory", data ? "object" : "data");
    return load(data, size, object);
  });
}

rcmResult rcmObjectLoadFile(const char *path, rcmObject **object) {
  return guarded("rcmObjectLoadFile", [&]() -> rcmResult {
    if (!path || !object)
      return failNull("rcmObjectLoadFile", path ? "object" : "path");
    std::string bytes;
    if (rcmResult result = readFile(path, bytes))
      return result;
    rcmResult result = load(bytes.data(), bytes.size(), object);
    if (result)
      addContext(path);
    return result;
  });
}

rcmResult rcmObjectDestroy(rcmObject *object) {
  if (!object)
    return RCM_SUCCESS;
  return guarded("rcmObjectDestroy", [&]() -> rcmResult {
    std::unique_ptr<rcmObject> owner(object);
    if (object->code.empty())
      return RCM_SUCCESS;
    const Driver *driver;
    if (rcmResult result = getDriver(driver))
      return result;
    rcmResult result = RCM_SUCCESS;
    for (auto &[device, code] : object->code)
      if (rcmResult unloaded =
              RCM_DRIVER_CALL(*driver, cuLibraryUnload, code->library))
        result = unloaded;
    return result;
  });
}

rcmResult rcmObjectGetInfo(const rcmObject *object, rcmObjectInfo *info) {
  if (!object || !info)
    return failNull("rcmObjectGetInfo", object ? "info" : "object");
  const KernelObject &contents = object->contents;
  info->formatVersion = contents.formatVersion;
  info->producer = contents.producer.c_str();
  info->chip = contents.chip.c_str();
  info->computeCapabilityMajor = contents.computeCapability / 10;
  info->computeCapabilityMinor = contents.computeCapability % 10;
  info->exactComputeCapability = contents.exactComputeCapability;
  info->ptxVersion = contents.ptxVersion;
  info->ptxMinimumDriver = contents.ptxMinimumDriver;
  info->cubinMinimumDriver = contents.cubinMinimumDriver;
  info->ptxBytes = contents.ptx.size();
  info->cubinBytes = contents.cubin.size();
  info->entryCount = contents.entries.size();
  info->kernelCount = contents.kernels.size();
  return RCM_SUCCESS;
}

const char *rcmObjectPTX(const rcmObject *object) {
  return object ? object->contents.ptx.c_str() : nullptr;
}

const void *rcmObjectCubin(const rcmObject *object) {
  bool has = object && !object->contents.cubin.empty();
  return has ? object->contents.cubin.data() : nullptr;
}

const char *rcmObjectProperty(const rcmObject *object, const char *name) {
  return object && name ? findProperty(object->contents.properties, name)
                        : nullptr;
}

const char *rcmObjectKernelName(const rcmObject *object, size_t index) {
  bool has = object && index < object->contents.kernels.size();
  return has ? object->contents.kernels[index].name.c_str() : nullptr;
}

const rcmEntry *rcmObjectEntryAt(const rcmObject *object, size_t index) {
  return object && index < object->entries.size() ? &object->entries[index]
                                                  : nullptr;
}

rcmResult rcmObjectFindEntry(const rcmObject *object, const char *name,
                             const rcmEntry **entry) {
  if (!object || !name || !entry)
    return failNull("rcmObjectFindEntry", !object ? "object"
                                          : !name ? "name"
                                                  : "entry");
  for (const rcmEntry &candidate : object->entries)
    if (candidate.entry->name == name) {
      *entry = &candidate;
      return RCM_SUCCESS;
    }
  return fail(RCM_ERROR_NOT_FOUND,
              "expected an entry named `%s`, got none among %zu entries", name,
              object->entries.size());
}

size_t rcmTypeSize(rcmType type) {
  return getElementBytes(static_cast<ElementType>(type));
}

const char *rcmTypeName(rcmType type) {
  return getElementTypeName(static_cast<ElementType>(type));
}

const char *rcmEntryName(const rcmEntry *entry) {
  return entry ? entry->entry->name.c_str() : nullptr;
}

size_t rcmEntryArgumentCount(const rcmEntry *entry) {
  return entry ? entry->entry->arguments.size() : 0;
}

rcmResult rcmEntryGetArgument(const rcmEntry *entry, size_t index,
                              rcmArgumentInfo *info) {
  if (!entry || !info)
    return failNull("rcmEntryGetArgument", entry ? "info" : "entry");
  const std::vector<Argument> &arguments = entry->entry->arguments;
  if (index >= arguments.size())
    return fail(RCM_ERROR_INVALID_ARGUMENT,
                "rcmEntryGetArgument: expected `index` below %zu, got %zu",
                arguments.size(), index);
  const Argument &argument = arguments[index];
  info->name = argument.name.c_str();
  info->kind = static_cast<rcmArgumentKind>(argument.kind);
  info->direction = static_cast<rcmDirection>(argument.direction);
  info->type = static_cast<rcmType>(argument.type);
  info->rank = argument.sizes.size();
  std::copy(argument.sizes.begin(), argument.sizes.end(), info->sizes);
  std::copy(argument.strides.begin(), argument.strides.end(), info->strides);
  info->alignment = argument.alignment;
  return RCM_SUCCESS;
}

const char *rcmEntryProperty(const rcmEntry *entry, const char *name) {
  if (!entry || !name)
    return nullptr;
  const char *own = findProperty(entry->entry->properties, name);
  return own ? own : rcmObjectProperty(entry->object, name);
}

} // extern "C"
