//===- Rounding.h - intermediates held in a narrow type
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_ROUNDING_H
#define RCM_DIALECT_RCM_UTILS_ROUNDING_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseSet.h"

namespace rcm::match {

/// The first op between `inputs` (excluded) and `result` that rounds an
/// intermediate to a type narrower than f32, or from f64 to f32; null if there
/// is none. The last rounding, to the type of `result`, is not counted.
mlir::Operation *findRounding(mlir::Value result,
                              const llvm::DenseSet<mlir::Value> &inputs);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_ROUNDING_H
