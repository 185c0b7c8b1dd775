//===- SkipCoefficients.h - schedules of t as scalar code -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_SKIPCOEFFICIENTS_H
#define RCM_DIALECT_RCM_UTILS_SKIPCOEFFICIENTS_H

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/Builders.h"
#include <utility>

namespace rcm {

/// Emits c_skip and c_out of the scalar `t` (f32 or f64) under `schedule`; the
/// results have its type. The arithmetic is f64 and each result is rounded
/// once. `edm` divides by the larger of |t| and `sigmaData`, so that nothing
/// overflows and t = 0 and t = +-inf give their limits exactly; the
/// trigonometric schedules give NaN at +-inf.
std::pair<mlir::Value, mlir::Value>
emitSkipCoefficients(mlir::OpBuilder &builder, mlir::Location loc,
                     SkipSchedule schedule, mlir::Value t, double sigmaData);

} // namespace rcm

#endif // RCM_DIALECT_RCM_UTILS_SKIPCOEFFICIENTS_H
