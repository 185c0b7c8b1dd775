//===- RegisterTile.h - accumulators kept in registers ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_UTILS_REGISTERTILE_H
#define RCM_CONVERSION_UTILS_REGISTERTILE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace rcm {

/// Register blocking for one element type.
struct RegisterTile {
  RegisterTile() = default;
  RegisterTile(mlir::Type elementType, int64_t vectorBits);

  mlir::VectorType vector;
  mlir::VectorType intVector; ///< integers of the same width: positions
  int64_t lanes = 0;          ///< elements of a vector
  int64_t vectors = 0;        ///< vectors side by side: a panel
  int64_t rows = 0;           ///< accumulators per vector of the panel
  int64_t getPanel() const { return lanes * vectors; }
};

/// Checks the option `vector-width` of a pass that runs on `root`: one error
/// there unless it is 128, 256 or 512 bits.
mlir::LogicalResult verifyVectorWidth(mlir::Operation *root,
                                      unsigned vectorBits);

} // namespace rcm

#endif // RCM_CONVERSION_UTILS_REGISTERTILE_H
