// RUN: rcm-opt %s --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --canonicalize -split-input-file | FileCheck %s

// The residual is the output's destination: no copy.
// CHECK-LABEL: @residual_in_place
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg3 :
// CHECK-SAME: outs(%arg3 : memref<5x8xf32>)
// CHECK: return
func.func @residual_in_place(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>,
                             %x: tensor<5x8xf32> {bufferization.writable = true},
                             %a: f32, %b: f32) -> tensor<5x8xf32> {
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32>, tensor<5x8xf32>)
      coefficients(%a, %b : f32, f32) outs(%x : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %0 : tensor<5x8xf32>
}

// -----

// The queries are not read element by element: they need a buffer of their own.
// CHECK-LABEL: @queries_are_copied
// CHECK: %[[NEW:.*]] = memref.alloc()
// CHECK: rcm.attention scale(1.000000e+00) ins(%arg0, {{.*}}) outs(%[[NEW]] :
func.func @queries_are_copied(%q: tensor<5x8xf32> {bufferization.writable = true},
                              %k: tensor<7x8xf32>, %v: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %0 = rcm.attention scale(1.0)
      ins(%q, %k, %v : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x8xf32>)
      outs(%q : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %0 : tensor<5x8xf32>
}

// -----

// A residual of another memory order is not read in the output's order.
// CHECK-LABEL: @transposed_residual_is_copied
// CHECK: memref.alloc()
// CHECK: rcm.attention_skip
func.func @transposed_residual_is_copied(
    %q: tensor<8x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>,
    %x: tensor<8x8xf32> {bufferization.writable = true}, %a: f32, %b: f32) -> tensor<8x8xf32> {
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<8x8xf32>, tensor<7x8xf32>, tensor<7x8xf32>, tensor<8x8xf32>)
      coefficients(%a, %b : f32, f32) outs(%x : tensor<8x8xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (m, k)>,
                        affine_map<(b, h, m, n, k, d) -> (n, k)>,
                        affine_map<(b, h, m, n, k, d) -> (n, d)>,
                        affine_map<(b, h, m, n, k, d) -> (d, m)>,
                        affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

// C11 survives: a literal tensor becomes a literal scalar, not a buffer.
// CHECK-LABEL: @literal_coefficients
// CHECK-NOT: memref.get_global
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: coefficients(%[[ZERO]], %{{.*}} : f32, f32)
func.func @literal_coefficients(
    %q: tensor<2x5x8xf32>, %k: tensor<2x7x8xf32>, %v: tensor<2x7x8xf32>,
    %x: tensor<2x5x8xf32>, %b: f32, %o: tensor<2x5x8xf32> {bufferization.writable = true})
    -> tensor<2x5x8xf32> {
  %a = arith.constant dense<0.0> : tensor<2xf32>
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<2x5x8xf32>, tensor<2x7x8xf32>, tensor<2x7x8xf32>, tensor<2x5x8xf32>)
      coefficients(%a, %b : tensor<2xf32>, f32) outs(%o : tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  return %0 : tensor<2x5x8xf32>
}

// -----

// Two destinations from one empty tensor get a buffer each.
// CHECK-LABEL: @coefficients
// CHECK-DAG: %[[A:.*]] = memref.alloc()
// CHECK-DAG: %[[B:.*]] = memref.alloc()
// CHECK: rcm.skip_coefficients trigflow sigma_data(5.000000e-01) ins(%arg0 : memref<4xf32>) outs(%[[A]], %[[B]] :
func.func @coefficients(%t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0:2 = rcm.skip_coefficients trigflow sigma_data(0.5) ins(%t : tensor<4xf32>)
      outs(%e, %e : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}
