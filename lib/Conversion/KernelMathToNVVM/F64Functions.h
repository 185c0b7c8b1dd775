//===- F64Functions.h - exp, log, sin and cos in f64 arithmetic -*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_KERNELMATHTONVVM_F64FUNCTIONS_H
#define RCM_LIB_CONVERSION_KERNELMATHTONVVM_F64FUNCTIONS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm {

/// Each function emits arith and math.fma ops on f64 scalars (and
/// math.roundeven) at the builder's insertion point. Errors are relative, in
/// units of the last place of f64, measured against a correctly rounded result.

/// e^x: at most 2 ulp; overflow gives inf, underflow goes through denormals.
mlir::Value emitExp(mlir::ImplicitLocOpBuilder &b, mlir::Value x);

/// ln x: at most 3 ulp; NaN for x < 0, -inf for 0.
mlir::Value emitLog(mlir::ImplicitLocOpBuilder &b, mlir::Value x);

/// sin x or cos x. The argument is reduced by pi/2 in three parts: absolute
/// error at most 4e-16 for |x| <= 2^20, growing to |x| * 2^-53 beyond 2^30;
/// NaN for infinities.
mlir::Value emitSin(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitCos(mlir::ImplicitLocOpBuilder &b, mlir::Value x);

} // namespace rcm

#endif // RCM_LIB_CONVERSION_KERNELMATHTONVVM_F64FUNCTIONS_H
