//===- Passes.td - conversions between dialects ---------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_PASSES_TD
#define RCM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// RCMToLinalg
//===----------------------------------------------------------------------===//

def ConvertRCMToLinalg : Pass<"convert-rcm-to-linalg"> {
  let summary = "lower rcm ops to their plain meaning in linalg";
  let description = [{
    Accepts any IR. Every rcm op, on tensors or on memrefs, becomes the chain
    of `linalg.generic` ops that spells out its definition; afterwards no rcm
    op is left and upstream passes alone lower the module. Nothing is fast
    here: the scores are a temporary of size rows x keys. Fails on grouped
    heads in memrefs whose layout is not strided.

    ```mlir
    %c_skip, %c_out = rcm.skip_coefficients trigflow ins(%t : f32) -> f32, f32
    ```

    becomes

    ```mlir
    %0 = arith.extf %t : f32 to f64
    %1 = math.sin %0 : f64
    %2 = math.cos %0 : f64
    %3 = arith.mulf %1, %minus_sigma : f64
    %c_skip = arith.truncf %2 : f64 to f32
    %c_out = arith.truncf %3 : f64 to f32
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect",
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"
  ];
}

#endif // RCM_CONVERSION_PASSES_TD
