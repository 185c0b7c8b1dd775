// RUN: rcm-opt %s --convert-rcm-to-vector | FileCheck %s
// RUN: not rcm-opt %s --convert-rcm-to-vector=vector-width=100 2>&1 | FileCheck %s --check-prefix=WIDTH

// WIDTH: error: expected `vector-width` to be 128, 256 or 512, got 100

// Tensors stay: bufferization comes first.
// CHECK-LABEL: @tensors
// CHECK: rcm.attention
func.func @tensors(%q: tensor<8x16xf32>, %o: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = rcm.attention scale(0.25) ins(%q, %q, %q : tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>)
      outs(%o : tensor<8x16xf32>) -> tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}

// The coefficients are for convert-rcm-to-linalg.
// CHECK-LABEL: @coefficients
// CHECK: rcm.skip_coefficients
func.func @coefficients(%t: f32) -> (f32, f32) {
  %0:2 = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  return %0#0, %0#1 : f32, f32
}
