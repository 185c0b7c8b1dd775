//===- KernelMathToNVVM.h - math without a device library -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_KERNELMATHTONVVM_H
#define RCM_CONVERSION_KERNELMATHTONVVM_H

#include "mlir/IR/PatternMatch.h"

namespace rcm {

/// Adds the patterns of `convert-kernel-math-to-nvvm`: functions of the math
/// dialect on f32 and f64 scalars become instructions and intrinsics that need
/// no libdevice.
void populateKernelMathToNVVMPatterns(mlir::RewritePatternSet &patterns);

} // namespace rcm

#endif // RCM_CONVERSION_KERNELMATHTONVVM_H
