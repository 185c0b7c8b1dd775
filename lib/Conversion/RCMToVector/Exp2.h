//===- Exp2.h - powers of two on vectors ------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTOVECTOR_EXP2_H
#define RCM_LIB_CONVERSION_RCMTOVECTOR_EXP2_H

#include "rcm/Conversion/Utils/CodeBuilder.h"

namespace rcm {

/// Emits 2^x for x <= 0, a vector of f32 or f64: exactly 1 for 0, exactly 0 for
/// -inf, NaN for NaN. The relative error stays below 1.6e-7 in f32 and 4.5e-16
/// in f64; results below the smallest normal number are 0.
mlir::Value emitExp2(CodeBuilder &b, mlir::Value x);

} // namespace rcm

#endif // RCM_LIB_CONVERSION_RCMTOVECTOR_EXP2_H
