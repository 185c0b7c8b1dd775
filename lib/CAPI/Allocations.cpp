//===- Allocations.cpp - heap of compiled functions -----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Allocations.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

#include <algorithm>
#include <cstdlib>

using namespace rcm::capi;

/// Stands before every block; doubly linked so that release is constant time.
struct AllocationTracker::Header {
  Header *previous, *next;
  void *storage;
  uint64_t bytes;
};

/// A cache line, and what vector loads of any width want.
static constexpr uint64_t kMinimumAlignment = 64;

void *AllocationTracker::allocate(uint64_t bytes, uint64_t alignment) {
  alignment = std::max(alignment, kMinimumAlignment);
  // The header takes one alignment unit in front of the block.
  if (bytes > UINT64_MAX - 2 * alignment)
    return nullptr;
  uint64_t size = (bytes + 2 * alignment - 1) / alignment * alignment;
  void *storage = std::aligned_alloc(alignment, size);
  if (!storage)
    return nullptr;
  char *block = static_cast<char *>(storage) + alignment;
  auto *header = reinterpret_cast<Header *>(block - sizeof(Header));
  std::lock_guard<std::mutex> lock(mutex);
  *header = {nullptr, head, storage, bytes};
  if (head)
    head->previous = header;
  head = header;
  ++allocations;
  ++liveAllocations;
  totalBytes += bytes;
  liveBytes += bytes;
  peakBytes = std::max(peakBytes, liveBytes);
  return block;
}

void AllocationTracker::release(void *pointer) {
  if (!pointer)
    return;
  auto *header =
      reinterpret_cast<Header *>(static_cast<char *>(pointer) - sizeof(Header));
  {
    std::lock_guard<std::mutex> lock(mutex);
    (header->previous ? header->previous->next : head) = header->next;
    if (header->next)
      header->next->previous = header->previous;
    liveBytes -= header->bytes;
    --liveAllocations;
  }
  std::free(header->storage);
}

void AllocationTracker::releaseAll() {
  while (head)
    release(reinterpret_cast<char *>(head) + sizeof(Header));
}

void AllocationTracker::resetCounters() {
  allocations = totalBytes = peakBytes = liveBytes = liveAllocations = 0;
}

static void *trackedAllocate(AllocationTracker *tracker, uint64_t bytes,
                             uint64_t alignment) {
  return tracker->allocate(bytes, alignment);
}

static void trackedRelease(AllocationTracker *tracker, void *pointer) {
  tracker->release(pointer);
}

/// Gives a declared function a body that calls `target` with the tracker and
/// the chosen arguments.
static void define(llvm::Module &module, llvm::StringRef name,
                   AllocationTracker &tracker, void *target,
                   llvm::ArrayRef<int> argumentOrder) {
  llvm::Function *function = module.getFunction(name);
  if (!function || !function->isDeclaration())
    return;
  // Under its own name LLVM would reason about it as the C library's.
  function->setName("rcm_tracked_" + name);
  function->setLinkage(llvm::GlobalValue::InternalLinkage);
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(module.getContext(), "", function));
  auto address = [&](void *pointer) {
    return builder.CreateIntToPtr(
        builder.getInt64(reinterpret_cast<uintptr_t>(pointer)),
        builder.getPtrTy());
  };
  llvm::SmallVector<llvm::Value *> arguments = {address(&tracker)};
  llvm::SmallVector<llvm::Type *> types = {builder.getPtrTy()};
  for (int index : argumentOrder) {
    llvm::Value *argument =
        index < 0 ? static_cast<llvm::Value *>(builder.getInt64(0))
                  : function->getArg(static_cast<unsigned>(index));
    arguments.push_back(argument);
    types.push_back(argument->getType());
  }
  llvm::Type *result = function->getReturnType();
  llvm::Value *value = builder.CreateCall(
      llvm::FunctionType::get(result, types, /*isVarArg=*/false),
      address(target), arguments);
  if (result->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(value);
}

void rcm::capi::redirectAllocations(llvm::Module &module,
                                    AllocationTracker &tracker) {
  auto *allocate = reinterpret_cast<void *>(&trackedAllocate);
  auto *release = reinterpret_cast<void *>(&trackedRelease);
  define(module, "malloc", tracker, allocate, {0, -1});
  define(module, "aligned_alloc", tracker, allocate, {1, 0});
  define(module, "free", tracker, release, {0});
}
