//===- Allocations.h - heap of compiled functions ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CAPI_ALLOCATIONS_H
#define RCM_LIB_CAPI_ALLOCATIONS_H

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace llvm {
class Module;
} // namespace llvm

namespace rcm::capi {

/// Where a compiled function gets its memory from: counts, and frees what a
/// call leaves behind. Thread-safe.
class AllocationTracker {
public:
  ~AllocationTracker() { releaseAll(); }

  /// Memory aligned to max(alignment, 64), or null.
  void *allocate(uint64_t bytes, uint64_t alignment);
  void release(void *pointer);
  void releaseAll();
  /// Zeroes the counters; nothing may be alive.
  void resetCounters();

  uint64_t count() const { return allocations; }
  uint64_t total() const { return totalBytes; }
  uint64_t peak() const { return peakBytes; }
  uint64_t live() const { return liveBytes; }
  uint64_t liveCount() const { return liveAllocations; }

private:
  struct Header;
  std::mutex mutex;
  Header *head = nullptr;
  uint64_t allocations = 0, totalBytes = 0, peakBytes = 0, liveBytes = 0;
  uint64_t liveAllocations = 0;
};

/// Makes `module` call `tracker` where it calls malloc, aligned_alloc and free.
/// The tracker's address becomes part of the code.
void redirectAllocations(llvm::Module &module, AllocationTracker &tracker);

} // namespace rcm::capi

#endif // RCM_LIB_CAPI_ALLOCATIONS_H
