//===- RCMToLinalg.h - the plain meaning of the rcm ops ---------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOLINALG_H
#define RCM_CONVERSION_RCMTOLINALG_H

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/PatternMatch.h"
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

/// Adds the patterns of `convert-rcm-to-linalg`: every rcm op becomes
/// `linalg.generic` and `linalg.fill` ops (arith and math on scalars). They
/// fail only on memrefs whose heads cannot be split because their layout is
/// not strided.
void populateRCMToLinalgPatterns(mlir::RewritePatternSet &patterns);

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOLINALG_H
