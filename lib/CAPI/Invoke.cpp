//===- Invoke.cpp - calls compiled functions ------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// A memref of rank r is passed as a pointer to its descriptor: allocated
// pointer, aligned pointer, offset, r sizes, r strides, all eight bytes wide.
// Several results, or one memref, are written to a struct whose address is the
// first parameter; a single scalar is returned.
//
//===----------------------------------------------------------------------===//

#include "Executable.h"

#include <cstring>

using namespace rcm::capi;

/// Words of a descriptor.
static size_t descriptorWords(int32_t rank) {
  return 3 + 2 * static_cast<size_t>(rank);
}

static std::vector<int64_t> makeDescriptor(const rcmValue &value) {
  std::vector<int64_t> words(descriptorWords(value.rank), 0);
  words[0] = words[1] =
      static_cast<int64_t>(reinterpret_cast<uintptr_t>(value.data));
  for (int32_t dim = 0; dim < value.rank; ++dim) {
    words[3 + static_cast<size_t>(dim)] = value.sizes[dim];
    words[3 + static_cast<size_t>(value.rank + dim)] = value.strides[dim];
  }
  return words;
}

static std::string shapeText(int32_t rank, const int64_t *sizes) {
  std::string text;
  for (int32_t dim = 0; dim < rank; ++dim)
    text += (dim ? "x" : "") + (sizes[dim] == RCM_COMPILER_DYNAMIC
                                    ? std::string("?")
                                    : std::to_string(sizes[dim]));
  return rank ? text : "a scalar";
}

/// One line if the argument does not match, else empty.
static std::string checkArgument(const rcmValueInfo &expected,
                                 const rcmValue &got, size_t index) {
  std::string what =
      "expected argument " + std::to_string(index) + " to be " + expected.type;
  bool isScalar = expected.kind == RCM_VALUE_SCALAR;
  if (isScalar != (got.kind == RCM_VALUE_SCALAR) || got.rank != expected.rank)
    return what + ", got shape " + shapeText(got.rank, got.sizes);
  if (got.element != expected.element)
    return what + ", got another element type";
  int64_t count = 1, stride = 1;
  for (int32_t dim = 0; dim < got.rank; ++dim)
    count *= got.sizes[dim];
  for (int32_t dim = got.rank - 1; dim >= 0; --dim) {
    if (got.sizes[dim] < 0 || (expected.sizes[dim] != RCM_COMPILER_DYNAMIC &&
                               expected.sizes[dim] != got.sizes[dim]))
      return what + ", got shape " + shapeText(got.rank, got.sizes);
    int64_t wanted = expected.dense ? stride : expected.strides[dim];
    // Strides of what is never stepped over say nothing.
    if (count > 0 && got.sizes[dim] > 1 && wanted != RCM_COMPILER_DYNAMIC &&
        got.strides[dim] != wanted)
      return what + (expected.dense ? " in row-major order" : "") +
             ", got stride " + std::to_string(got.strides[dim]) +
             " in dimension " + std::to_string(dim);
    stride *= got.sizes[dim];
  }
  if (!got.data && count > 0)
    return what + ", got a null pointer";
  return {};
}

/// Where each result lies in the result struct, and the struct's size.
static std::vector<size_t> resultOffsets(const rcmSignature &signature,
                                         size_t &bytes) {
  std::vector<size_t> offsets;
  bytes = 0;
  for (const rcmValueInfo &result : signature.results) {
    bool isScalar = result.kind == RCM_VALUE_SCALAR;
    size_t size = isScalar ? elementBytes(result.element)
                           : descriptorWords(result.rank) * sizeof(int64_t);
    size_t alignment = isScalar ? size : sizeof(int64_t);
    bytes = (bytes + alignment - 1) / alignment * alignment;
    offsets.push_back(bytes);
    bytes += size;
  }
  return offsets;
}

static void readResult(const rcmValueInfo &info, const char *memory,
                       rcmValue &result) {
  result.kind = info.kind;
  result.element = info.element;
  result.rank = info.rank;
  if (info.kind == RCM_VALUE_SCALAR) {
    if (result.data)
      std::memcpy(result.data, memory, elementBytes(info.element));
    return;
  }
  std::vector<int64_t> words(descriptorWords(info.rank));
  std::memcpy(words.data(), memory, words.size() * sizeof(int64_t));
  result.data = reinterpret_cast<char *>(static_cast<uintptr_t>(words[1])) +
                words[2] * static_cast<int64_t>(elementBytes(info.element));
  for (int32_t dim = 0; dim < info.rank; ++dim) {
    result.sizes[dim] = words[3 + static_cast<size_t>(dim)];
    result.strides[dim] = words[3 + static_cast<size_t>(info.rank + dim)];
  }
}

static void call(rcmExecutable &executable, const rcmValue *arguments,
                 rcmValue *results) {
  const rcmSignature &signature = executable.signature;
  size_t bytes = 0;
  std::vector<size_t> offsets = resultOffsets(signature, bytes);
  // Room for what a scalar is widened to when it is stored.
  std::vector<int64_t> memory(bytes / sizeof(int64_t) + 2, 0);
  auto *base = reinterpret_cast<char *>(memory.data());

  std::vector<std::vector<int64_t>> descriptors;
  std::vector<void *> addresses;
  descriptors.reserve(signature.arguments.size());
  for (size_t index = 0; index < signature.arguments.size(); ++index) {
    if (signature.arguments[index].kind == RCM_VALUE_SCALAR)
      continue;
    descriptors.push_back(makeDescriptor(arguments[index]));
    addresses.push_back(descriptors.back().data());
  }

  std::vector<void *> packed;
  bool singleScalar = signature.results.size() == 1 &&
                      signature.results[0].kind == RCM_VALUE_SCALAR;
  void *structAddress = base;
  if (!signature.results.empty() && !singleScalar)
    packed.push_back(&structAddress);
  size_t next = 0;
  for (size_t index = 0; index < signature.arguments.size(); ++index)
    packed.push_back(signature.arguments[index].kind == RCM_VALUE_SCALAR
                         ? arguments[index].data
                         : static_cast<void *>(&addresses[next++]));
  if (singleScalar)
    packed.push_back(base);
  executable.entry(packed.data());
  for (size_t index = 0; index < signature.results.size(); ++index)
    readResult(signature.results[index], base + offsets[index], results[index]);
}

rcmStatus rcmExecutableInvoke(rcmExecutable *executable,
                              const rcmValue *arguments, size_t argumentCount,
                              rcmValue *results, size_t resultCount) {
  const rcmSignature &signature = executable->signature;
  std::lock_guard<std::mutex> lock(executable->mutex);
  if (argumentCount != signature.arguments.size() ||
      resultCount != signature.results.size()) {
    executable->context->error(
        "expected " + llvm::Twine(signature.arguments.size()) +
        " arguments and " + llvm::Twine(signature.results.size()) +
        " results, got " + llvm::Twine(argumentCount) + " and " +
        llvm::Twine(resultCount));
    return RCM_STATUS_FAILURE;
  }
  for (size_t index = 0; index < argumentCount; ++index) {
    std::string problem =
        checkArgument(signature.arguments[index], arguments[index], index);
    if (!problem.empty()) {
      executable->context->error(problem);
      return RCM_STATUS_FAILURE;
    }
  }
  AllocationTracker &tracker = executable->tracker;
  tracker.releaseAll();
  tracker.resetCounters();
  call(*executable, arguments, results);
  rcmAllocationStatistics &statistics = executable->statistics;
  statistics.resultBytes = tracker.live();
  statistics.peakBytes = tracker.peak();
  statistics.temporaryCount = tracker.count() - tracker.liveCount();
  statistics.temporaryBytes = tracker.total() - tracker.live();
  return RCM_STATUS_SUCCESS;
}

void rcmExecutableGetStatistics(const rcmExecutable *executable,
                                rcmAllocationStatistics *statistics) {
  *statistics = executable->statistics;
}
