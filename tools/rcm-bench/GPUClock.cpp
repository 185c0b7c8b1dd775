//===- GPUClock.cpp - samples of calls on a cold cache --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUClock.h"

#include "rcm/Reference/Random.h"

#include <algorithm>
#include <cstring>
#include <fstream>

using namespace rcm::tools;
using namespace rcm::reference;

/// Several times the L2 of any GPU so far.
static constexpr uint64_t kFlushBytes = uint64_t(256) << 20;
/// Writes before a sample: they run while the host enqueues what is timed.
static constexpr int kFlushes = 4;
/// Elements that are drawn; more are repetitions. Coprime to row lengths, so
/// that rows differ.
static constexpr int64_t kBlockElements = 1000003;


Result<GPUClock> GPUClock::create() {
  Result<GPUStream> stream = GPUStream::create();
  Result<GPUTimer> timer = GPUTimer::create();
  Result<DeviceMemory> flush = DeviceMemory::create(kFlushBytes);
  if (!stream || !timer || !flush)
    return Error{!stream  ? stream.error()
                 : !timer ? timer.error()
                          : flush.error()};
  GPUClock clock;
  clock.queue = std::move(*stream);
  clock.timer = std::move(*timer);
  clock.flush = std::move(*flush);
  return clock;
}

Result<void> GPUClock::flushCaches() const {
  for (int write = 0; write < kFlushes; ++write)
    if (auto flushed = flush.fill(static_cast<uint8_t>(write), queue.get());
        !flushed)
      return flushed;
  return {};
}

Result<double>
GPUClock::sample(EntryCall &call, size_t out,
                 const std::function<Result<void>()> &body) const {
  if (auto poisoned = call.poison(queue, out); !poisoned)
    return Error{poisoned.error()};
  if (auto flushed = flushCaches(); !flushed)
    return Error{flushed.error()};
  return time(body);
}

std::string rcm::tools::driverText(const GPU &gpu) {
  std::ifstream file("/proc/driver/nvidia/version");
  std::string word, version;
  // "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04 ...".
  while (version.empty() && file >> word)
    if (word.find('.') != std::string::npos &&
        word.find_first_not_of("0123456789.") == std::string::npos)
      version = word + ", ";
  return version + gpu.driverText();
}

/// Normal draws, repeated.
void rcm::tools::fillNormal(Array &array, uint64_t seed, uint64_t stream) {
  int64_t drawn = std::min(array.numElements(), kBlockElements);
  RandomStream random(seed, stream);
  std::vector<double> values(static_cast<size_t>(drawn));
  random.normals(0, drawn, values.data());
  for (int64_t index = 0; index < drawn; ++index)
    array.set(index, values[static_cast<size_t>(index)]);
  auto width = static_cast<size_t>(byteWidth(array.elementType()));
  auto *bytes = static_cast<char *>(array.data());
  auto block = static_cast<size_t>(drawn) * width,
       all = static_cast<size_t>(array.storageBytes());
  for (size_t at = block; at < all; at += block)
    std::memcpy(bytes + at, bytes, std::min(block, all - at));
}

/// True if some element still holds the NaN it was filled with.
bool rcm::tools::holdsPoison(const Array &array) {
  auto width = static_cast<size_t>(byteWidth(array.elementType()));
  const auto *bytes = static_cast<const uint8_t *>(array.data());
  auto all = static_cast<size_t>(array.storageBytes());
  for (size_t at = 0; at + width <= all; at += width)
    if (bytes[at] == 0xFF &&
        std::all_of(bytes + at, bytes + at + width,
                    [](uint8_t byte) { return byte == 0xFF; }))
      return true;
  return false;
}
