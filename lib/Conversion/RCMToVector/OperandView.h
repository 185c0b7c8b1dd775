//===- OperandView.h - operands by logical position -------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTOVECTOR_OPERANDVIEW_H
#define RCM_LIB_CONVERSION_RCMTOVECTOR_OPERANDVIEW_H

#include "rcm/Conversion/Utils/CodeBuilder.h"
#include "rcm/Dialect/RCM/IR/RCM.h"

#include <array>

namespace rcm {

/// A position in the logical dimensions (b, h, m, n, k, d); positions that an
/// operand does not use may be null.
using Position = std::array<mlir::Value, kNumAttentionDims>;

/// A memref or scalar operand with its indexing map: reads and writes by
/// logical position, whatever the memory order. No data moves.
class OperandView {
public:
  OperandView() = default;
  OperandView(mlir::Value value, mlir::AffineMap map)
      : value(value), map(map) {}

  explicit operator bool() const { return static_cast<bool>(value); }
  bool uses(AttentionDim dim) const;
  mlir::Type getElementType() const;
  /// The size along `dim`; null if the operand does not use it.
  mlir::Value getSize(CodeBuilder &b, AttentionDim dim) const;
  /// True if neighbours along `dim` are known to be neighbours in memory.
  bool isContiguous(AttentionDim dim) const;
  /// Reads at `head` whatever the position says: a head of this operand that
  /// several query heads share.
  void setHead(mlir::Value head) { fixedHead = head; }

  mlir::Value load(CodeBuilder &b, const Position &at) const;
  /// `lanes` elements along `dim` from `at` on, in the operand's element type.
  mlir::Value loadVector(CodeBuilder &b, const Position &at, AttentionDim dim,
                         int64_t lanes) const;
  void store(CodeBuilder &b, mlir::Value element, const Position &at) const;
  void storeVector(CodeBuilder &b, mlir::Value vector, const Position &at,
                   AttentionDim dim) const;

private:
  llvm::SmallVector<mlir::Value> getIndices(CodeBuilder &b,
                                            const Position &at) const;

  mlir::Value value;
  mlir::AffineMap map;
  mlir::Value fixedHead;
};

} // namespace rcm

#endif // RCM_LIB_CONVERSION_RCMTOVECTOR_OPERANDVIEW_H
