//===- MemoryAccess.h - what code does with the memory behind a value -----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_ANALYSIS_MEMORYACCESS_H
#define RCM_LIB_ANALYSIS_MEMORYACCESS_H

#include "mlir/IR/Operation.h"

namespace rcm {

struct MemoryAccess {
  bool isRead = false, isWritten = false;
};

/// Follows `values` (memrefs, pointers, tensor maps by pointer) through the
/// code of `scope` and says whether what they point at is read and written.
/// Fails, with a diagnostic on the op, at a use whose effect is not known.
mlir::FailureOr<MemoryAccess> findAccess(mlir::ValueRange values,
                                         mlir::Operation *scope);

/// What a view (a subview, a cast, a reshape, a buffer's base) shows; the value
/// itself if it is no view. Looks through views on tensors as well.
mlir::Value getViewedRoot(mlir::Value value);

} // namespace rcm

#endif // RCM_LIB_ANALYSIS_MEMORYACCESS_H
