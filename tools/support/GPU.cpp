//===- GPU.cpp - devices, device memory, kernel objects -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPU.h"

using namespace rcm::tools;
using rcm::reference::ElementType;

Result<void> rcm::tools::check(rcmResult result) {
  if (result == RCM_SUCCESS)
    return {};
  std::string text = rcmGetLastErrorText();
  return Error{text.empty() ? rcmResultName(result) : text};
}

Result<GPU> GPU::open() {
  GPU gpu = {};
  int32_t count = 0;
  for (rcmResult result :
       {rcmDriverVersion(&gpu.driverVersion), rcmDeviceCount(&count),
        rcmDeviceGetInfo(0, &gpu.info), rcmDeviceMakeCurrent(0)})
    if (auto done = check(result); !done)
      return Error{done.error()};
  return gpu;
}

std::string GPU::text() const {
  return std::string(info.name) + ", compute capability " +
         std::to_string(info.computeCapabilityMajor) + "." +
         std::to_string(info.computeCapabilityMinor);
}

std::string GPU::driverText() const {
  return "CUDA " + std::to_string(driverVersion / 1000) + "." +
         std::to_string(driverVersion % 1000 / 10);
}

Result<DeviceMemory> DeviceMemory::create(uint64_t bytes) {
  void *pointer = nullptr;
  if (auto allocated = check(rcmMalloc(&pointer, bytes)); !allocated)
    return Error{"expected " + std::to_string(bytes) +
                 " bytes of device memory, got: " + allocated.error()};
  DeviceMemory memory;
  memory.pointer.reset(pointer);
  memory.bytes = bytes;
  return memory;
}

Result<void> DeviceMemory::fill(uint8_t value, void *stream) const {
  return check(rcmMemset(pointer.get(), value, bytes, stream));
}

Result<GPUStream> GPUStream::create() {
  void *stream = nullptr;
  if (auto created = check(rcmStreamCreate(&stream)); !created)
    return Error{created.error()};
  GPUStream result;
  result.handle.reset(stream);
  return result;
}

Result<GPUTimer> GPUTimer::create() {
  GPUTimer timer;
  for (auto *event : {&timer.start, &timer.stop}) {
    void *created = nullptr;
    if (auto done = check(rcmEventCreate(&created)); !done)
      return Error{done.error()};
    event->reset(created);
  }
  return timer;
}

Result<double> GPUTimer::time(const GPUStream &stream,
                              const std::function<Result<void>()> &body) const {
  if (auto done = check(rcmEventRecord(start.get(), stream.get())); !done)
    return Error{done.error()};
  if (auto done = body(); !done)
    return Error{done.error()};
  float milliseconds = 0;
  for (auto call : {+[](const GPUTimer &t, const GPUStream &s, float &) {
                      return rcmEventRecord(t.stop.get(), s.get());
                    },
                    +[](const GPUTimer &t, const GPUStream &, float &) {
                      return rcmEventSynchronize(t.stop.get());
                    },
                    +[](const GPUTimer &t, const GPUStream &, float &ms) {
                      return rcmEventElapsed(&ms, t.start.get(), t.stop.get());
                    }})
    if (auto done = check(call(*this, stream, milliseconds)); !done)
      return Error{done.error()};
  return static_cast<double>(milliseconds);
}

Result<KernelObject> KernelObject::open(const std::string &path) {
  rcmObject *object = nullptr;
  if (auto loaded = check(rcmObjectLoadFile(path.c_str(), &object)); !loaded)
    return Error{loaded.error()};
  KernelObject result;
  result.object.reset(object);
  return result;
}

Result<KernelObject> KernelObject::load(const std::string &bytes) {
  rcmObject *object = nullptr;
  if (auto loaded =
          check(rcmObjectLoadMemory(bytes.data(), bytes.size(), &object));
      !loaded)
    return Error{loaded.error()};
  KernelObject result;
  result.object.reset(object);
  return result;
}

rcmObjectInfo KernelObject::info() const {
  rcmObjectInfo info = {};
  rcmObjectGetInfo(object.get(), &info);
  return info;
}

std::vector<std::string> KernelObject::entryNames() const {
  std::vector<std::string> names;
  for (size_t index = 0; index < info().entryCount; ++index)
    names.push_back(rcmEntryName(rcmObjectEntryAt(object.get(), index)));
  return names;
}

Result<const rcmEntry *> KernelObject::find(const std::string &name) const {
  std::vector<std::string> names = entryNames();
  std::string known;
  for (size_t index = 0; index < names.size(); ++index) {
    if (names[index] == name || (name.empty() && names.size() == 1))
      return rcmObjectEntryAt(object.get(), index);
    known += (index ? ", " : "") + names[index];
  }
  return Error{"expected `--function` to choose among {" + known + "}, got " +
               (name.empty() ? "none" : "'" + name + "'")};
}

std::optional<ElementType> rcm::tools::toElementType(rcmType type) {
  switch (type) {
  case RCM_TYPE_F16:
    return ElementType::F16;
  case RCM_TYPE_BF16:
    return ElementType::BF16;
  case RCM_TYPE_F32:
    return ElementType::F32;
  case RCM_TYPE_F64:
    return ElementType::F64;
  case RCM_TYPE_I1:
    return ElementType::I1;
  case RCM_TYPE_I8:
    return ElementType::I8;
  case RCM_TYPE_I32:
    return ElementType::I32;
  case RCM_TYPE_I64:
    return ElementType::I64;
  case RCM_TYPE_I16:
  case RCM_TYPE_F8E4M3:
    break;
  }
  return std::nullopt;
}

std::string rcm::tools::entryProperty(const rcmEntry *entry, const char *name) {
  const char *value = rcmEntryProperty(entry, name);
  return value ? value : "";
}

Result<std::vector<rcmArgumentInfo>>
rcm::tools::entryArguments(const rcmEntry *entry) {
  std::vector<rcmArgumentInfo> infos(rcmEntryArgumentCount(entry));
  for (size_t index = 0; index < infos.size(); ++index)
    if (auto got = check(rcmEntryGetArgument(entry, index, &infos[index]));
        !got)
      return Error{got.error()};
  return infos;
}
