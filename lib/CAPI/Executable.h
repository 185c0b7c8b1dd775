//===- Executable.h - a compiled function -----------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CAPI_EXECUTABLE_H
#define RCM_LIB_CAPI_EXECUTABLE_H

#include "Allocations.h"
#include "Internal.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"

struct rcmExecutable {
  rcmContext *context = nullptr;
  rcmSignature signature;
  rcm::capi::AllocationTracker tracker;
  /// After the tracker: its code holds the tracker's address.
  std::unique_ptr<mlir::ExecutionEngine> engine;
  /// Takes pointers to its arguments, then to its result.
  void (*entry)(void **) = nullptr;
  std::mutex mutex;
  rcmAllocationStatistics statistics = {};
};

#endif // RCM_LIB_CAPI_EXECUTABLE_H
