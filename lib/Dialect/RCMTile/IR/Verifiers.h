//===- Verifiers.h - Checks that the verifiers share ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_DIALECT_RCMTILE_IR_VERIFIERS_H
#define RCM_LIB_DIALECT_RCMTILE_IR_VERIFIERS_H

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"

#include "mlir/IR/Builders.h"

namespace rcm::tile {

using namespace mlir; // This header belongs to the dialect's own sources.

inline LogicalResult expectLayout(Operation *op, StringRef name,
                                  FragmentType type, Layout layout) {
  if (type.getLayout() == layout)
    return success();
  return op->emitOpError("expected layout of `")
         << name << "` to be " << stringifyLayout(layout) << ", got "
         << stringifyLayout(type.getLayout());
}

inline LogicalResult expectElement(Operation *op, StringRef name, Type got,
                                   ArrayRef<Type> allowed) {
  if (llvm::is_contained(allowed, got))
    return success();
  auto diag = op->emitOpError("expected element type of `")
              << name << "` to be ";
  llvm::interleave(allowed, diag, " or ");
  return diag << ", got " << got;
}

inline LogicalResult expectType(Operation *op, StringRef name, Type got,
                                Type expected) {
  if (got == expected)
    return success();
  return op->emitOpError("expected type of `")
         << name << "` to be " << expected << ", got " << got;
}

inline LogicalResult expectNumber(Operation *op, const Twine &what, int64_t got,
                                  int64_t expected) {
  if (got == expected)
    return success();
  return op->emitOpError("expected ")
         << what << " to be " << expected << ", got " << got;
}

/// `column` .. `column + count` must lie inside `extent` and start at a
/// multiple of `step`.
inline LogicalResult expectColumns(Operation *op, int64_t column, int64_t count,
                                   int64_t extent, int64_t step) {
  if (column >= 0 && column % step == 0 && column + count <= extent)
    return success();
  return op->emitOpError("expected `column` to be a multiple of ")
         << step << " and at most " << extent - count << ", got " << column;
}

inline Type elementOf(Type memory) {
  if (auto shared = dyn_cast<SharedType>(memory))
    return shared.getElementType();
  return cast<MemRefType>(memory).getElementType();
}

inline LogicalResult expectFlat(Operation *op, Type memory) {
  if (auto shared = dyn_cast<SharedType>(memory)) {
    if (shared.getSwizzle() == 0)
      return success();
    return op->emitOpError("expected swizzle of `memory` to be 0, got ")
           << shared.getSwizzle();
  }
  auto memref = dyn_cast<MemRefType>(memory);
  if (memref && memref.getRank() == 1 && memref.getLayout().isIdentity())
    return success();
  return op->emitOpError("expected `memory` to be a rank-1 memref of "
                         "consecutive elements, got ")
         << memory;
}

/// A scalar or a vector of the memory's element type.
inline LogicalResult expectAccess(Operation *op, Type value, Type memory) {
  if (failed(expectFlat(op, memory)))
    return failure();
  auto vector = dyn_cast<VectorType>(value);
  return expectElement(op, "value", vector ? vector.getElementType() : value,
                       {elementOf(memory)});
}

} // namespace rcm::tile

#endif // RCM_LIB_DIALECT_RCMTILE_IR_VERIFIERS_H
