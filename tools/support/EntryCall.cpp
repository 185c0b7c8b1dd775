//===- EntryCall.cpp - calls of entries on arrays -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPU.h"

#include <algorithm>
#include <cstring>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::ElementType;

/// All bits set: a NaN in every float type.
static constexpr uint8_t kPoison = 0xFF;
/// What cuMemAlloc aligns to; guards in front keep it.
static constexpr uint64_t kMemoryAlignment = 256;

static rcmType toType(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return RCM_TYPE_F16;
  case ElementType::BF16:
    return RCM_TYPE_BF16;
  case ElementType::F32:
    return RCM_TYPE_F32;
  case ElementType::F64:
    return RCM_TYPE_F64;
  case ElementType::I1:
    return RCM_TYPE_I1;
  case ElementType::I8:
    return RCM_TYPE_I8;
  case ElementType::I32:
    return RCM_TYPE_I32;
  case ElementType::I64:
    break;
  }
  return RCM_TYPE_I64;
}

Result<std::unique_ptr<EntryCall>>
EntryCall::create(const rcmEntry *entry, std::vector<Array> &arrays,
                  const CallOptions &options) {
  Result<std::vector<rcmArgumentInfo>> infos = entryArguments(entry);
  if (!infos)
    return Error{infos.error()};
  if (infos->size() != arrays.size())
    return Error{"expected " + std::to_string(infos->size()) +
                 " arguments, got " + std::to_string(arrays.size())};
  std::unique_ptr<EntryCall> call(new EntryCall);
  call->entry = entry;
  call->arrays = &arrays;
  call->options = options;
  call->memory.resize(arrays.size());
  call->offsets.resize(arrays.size());
  call->layouts.resize(arrays.size());
  call->arguments.resize(arrays.size());
  for (size_t index = 0; index < arrays.size(); ++index)
    if (auto placed = call->place(index, (*infos)[index]); !placed)
      return Error{placed.error()};
  auto release = [](void *, void *, size_t, void *) {};
  call->allocator = {&EntryCall::allocate, release, call.get()};
  return call;
}

Result<void> EntryCall::place(size_t index, const rcmArgumentInfo &info) {
  const Array &array = (*arrays)[index];
  rcmArgument &argument = arguments[index];
  argument.kind = info.kind;
  argument.type = toType(array.elementType());
  argument.rank = static_cast<int32_t>(array.rank());
  if (info.kind == RCM_ARGUMENT_SCALAR) {
    std::memcpy(&argument.scalar, array.data(),
                std::min(sizeof(argument.scalar),
                         static_cast<size_t>(array.storageBytes())));
    return {};
  }
  uint64_t guard = (options.guardBytes + kMemoryAlignment - 1) /
                   kMemoryAlignment * kMemoryAlignment;
  offsets[index] = guard + options.misalignment * info.alignment;
  if (options.lender) {
    argument.data = options.lender->address(index);
  } else {
    Result<DeviceMemory> allocated = DeviceMemory::create(
        offsets[index] + static_cast<uint64_t>(array.storageBytes()) +
        options.guardBytes);
    if (!allocated)
      return Error{allocated.error()};
    memory[index] = std::move(*allocated);
    argument.data = memory[index].get() ? memory[index].get() + offsets[index]
                                        : nullptr;
  }
  layouts[index] = array.shape();
  layouts[index].insert(layouts[index].end(), array.strides().begin(),
                        array.strides().end());
  argument.sizes = layouts[index].data();
  argument.strides = layouts[index].data() + array.rank();
  return {};
}

void *EntryCall::allocate(void *user, size_t bytes, size_t alignment,
                          void *stream) {
  auto *call = static_cast<EntryCall *>(user);
  // One step's memory is the next one's: it never moves once it is there.
  if (call->scratch.size() < bytes + alignment) {
    Result<DeviceMemory> grown = DeviceMemory::create(bytes + alignment);
    if (!grown) {
      call->scratchError = grown.error();
      return nullptr;
    }
    call->scratch = std::move(*grown);
  }
  if (call->options.poisonScratch)
    if (auto filled = call->scratch.fill(kPoison, stream); !filled) {
      call->scratchError = filled.error();
      return nullptr;
    }
  auto address = reinterpret_cast<uintptr_t>(call->scratch.get());
  return reinterpret_cast<void *>((address + alignment - 1) / alignment *
                                  alignment);
}

Result<void> EntryCall::upload(const GPUStream &stream) {
  for (size_t index = 0; index < arrays->size(); ++index) {
    if (arguments[index].kind == RCM_ARGUMENT_SCALAR)
      continue;
    const Array &array = (*arrays)[index];
    if (options.guardBytes)
      if (auto filled = memory[index].fill(kPoison, stream.get()); !filled)
        return filled;
    if (auto copied = check(rcmCopyHostToDevice(
            arguments[index].data, array.data(),
            static_cast<uint64_t>(array.storageBytes()), stream.get()));
        !copied)
      return copied;
  }
  return stream.synchronize();
}

Result<void> EntryCall::poison(const GPUStream &stream, size_t index) {
  return check(rcmMemset(
      arguments[index].data, kPoison,
      static_cast<uint64_t>((*arrays)[index].storageBytes()), stream.get()));
}

Result<void> EntryCall::launch(const GPUStream &stream) {
  scratchError.clear();
  auto launched = check(rcmEntryLaunch(entry, arguments.data(),
                                       arguments.size(), stream.get(),
                                       &allocator));
  if (!launched && !scratchError.empty())
    return Error{scratchError};
  return launched;
}

Result<void> EntryCall::launchSteps(const GPUStream &stream, size_t first,
                                    size_t count) {
  // Steps read what earlier ones wrote.
  bool poison = std::exchange(options.poisonScratch, false);
  auto launched = check(rcmEntryLaunchSteps(entry, arguments.data(),
                                            arguments.size(), stream.get(),
                                            &allocator, first, count));
  options.poisonScratch = poison;
  return launched;
}

Result<std::vector<std::string>> EntryCall::steps() const {
  size_t count = 0;
  auto list = [&](const char **names, size_t capacity) {
    return check(rcmEntryListSteps(entry, arguments.data(), arguments.size(),
                                   names, capacity, &count));
  };
  if (auto listed = list(nullptr, 0); !listed)
    return Error{listed.error()};
  std::vector<const char *> names(count);
  if (auto listed = list(names.data(), names.size()); !listed)
    return Error{listed.error()};
  return std::vector<std::string>(names.begin(), names.end());
}

Result<void> EntryCall::download(const GPUStream &stream, size_t index) {
  Array &array = (*arrays)[index];
  if (auto copied = check(rcmCopyDeviceToHost(
          array.data(), arguments[index].data,
          static_cast<uint64_t>(array.storageBytes()), stream.get()));
      !copied)
    return copied;
  return stream.synchronize();
}

Result<void> EntryCall::checkGuards(const GPUStream &stream) const {
  std::vector<uint8_t> bytes;
  for (size_t index = 0; index < arrays->size(); ++index) {
    if (arguments[index].kind == RCM_ARGUMENT_SCALAR || !options.guardBytes)
      continue;
    auto size = static_cast<uint64_t>((*arrays)[index].storageBytes());
    uint64_t behind = offsets[index] + size;
    for (auto [from, to] : {std::pair(uint64_t(0), offsets[index]),
                            std::pair(behind, memory[index].size())}) {
      bytes.resize(to - from);
      if (auto copied =
              check(rcmCopyDeviceToHost(bytes.data(), memory[index].get() + from,
                                        to - from, stream.get()));
          !copied)
        return copied;
      if (auto done = stream.synchronize(); !done)
        return done;
      auto touched = std::find_if(bytes.begin(), bytes.end(),
                                  [](uint8_t byte) { return byte != kPoison; });
      if (touched != bytes.end())
        return Error{"expected memory around argument " +
                     std::to_string(index) + " to stay as it was, got a write " +
                     (from ? "behind" : "before") + " it"};
    }
  }
  return {};
}

uint64_t EntryCall::deviceBytes() const {
  uint64_t bytes = scratch.size();
  for (const DeviceMemory &piece : memory)
    bytes += piece.size();
  return bytes;
}
