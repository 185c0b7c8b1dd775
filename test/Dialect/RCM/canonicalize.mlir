// RUN: rcm-opt %s --canonicalize | FileCheck %s

// canonicalize-run.mlir executes these rewrites on both sides.

!m = tensor<3x4xf32>
!n = tensor<5x4xf32>

// A literal coefficient is a scalar; the maps that remain are the defaults.
// CHECK-LABEL: @scalar_literal
// CHECK: %[[C:.*]] = arith.constant 2.000000e+00 : f32
// CHECK: coefficients(%[[C]], %arg4 : f32, f32)
// CHECK-NOT: indexing_maps
func.func @scalar_literal(%q: !m, %k: !n, %v: !n, %x: !m, %b: f32, %o: !m) -> !m {
  %a = arith.constant dense<2.0> : tensor<1x4xf32>
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%a, %b : tensor<1x4xf32>, f32) outs(%o : !m)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (m, k)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
                        affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>,
                        affine_map<(b, h, m, n, k, d) -> (0, d)>, affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> !m
  return %0 : !m
}

// alpha = 0, beta = 1.
// CHECK-LABEL: @attention_only
// CHECK: %[[R:.*]] = rcm.attention scale(1.000000e+00) ins(%arg0, %arg1, %arg2 : {{.*}}) bias(%arg4 : tensor<3x5xf32>) outs(%arg5
// CHECK: return %[[R]]
func.func @attention_only(%q: !m, %k: !n, %v: !n, %x: !m, %bias: tensor<3x5xf32>, %o: !m) -> !m {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%zero, %one : f32, f32) bias(%bias : tensor<3x5xf32>) outs(%o : !m) -> !m
  return %0 : !m
}

// alpha = 1, beta = 0.
// CHECK-LABEL: @residual_only
// CHECK-NEXT: return %arg3
func.func @residual_only(%q: !m, %k: !n, %v: !n, %x: !m, %o: !m) -> !m {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%one, %zero : f32, f32) outs(%o : !m) -> !m
  return %0 : !m
}

// The output is rounded: not the residual itself.
// CHECK-LABEL: @residual_of_another_type
// CHECK: rcm.attention_skip
func.func @residual_of_another_type(%q: !m, %k: !n, %v: !n, %x: !m, %o: tensor<3x4xbf16>) -> tensor<3x4xbf16> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%one, %zero : f32, f32) outs(%o : tensor<3x4xbf16>) -> tensor<3x4xbf16>
  return %0 : tensor<3x4xbf16>
}

// A residual of zeros under a finite literal; then alpha is 0.
// CHECK-LABEL: @zero_residual
// CHECK: rcm.attention scale
func.func @zero_residual(%q: !m, %k: !n, %v: !n, %o: !m) -> !m {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : !m
  %x = linalg.fill ins(%zero : f32) outs(%e : !m) -> !m
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%half, %one : f32, f32) outs(%o : !m) -> !m
  return %0 : !m
}

// An unknown coefficient may be NaN.
// CHECK-LABEL: @zero_residual_unknown_coefficient
// CHECK: rcm.attention_skip
func.func @zero_residual_unknown_coefficient(%q: !m, %k: !n, %v: !n, %a: f32, %o: !m) -> !m {
  %x = arith.constant dense<0.0> : !m
  %one = arith.constant 1.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%a, %one : f32, f32) outs(%o : !m) -> !m
  return %0 : !m
}

// CHECK-LABEL: @zero_bias
// CHECK-NOT: bias
// CHECK: return
func.func @zero_bias(%q: !m, %k: !n, %v: !n, %o: !m) -> !m {
  %bias = arith.constant dense<0.0> : tensor<3x5xf32>
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : !m, !n, !n)
      bias(%bias : tensor<3x5xf32>) outs(%o : !m) -> !m
  return %0 : !m
}

// Row 0 already sees the last of 5 keys.
// CHECK-LABEL: @idle_causal
// CHECK: rcm.attention scale(1.000000e+00) ins
func.func @idle_causal(%q: !m, %k: !n, %v: !n, %o: !m) -> !m {
  %c4 = arith.constant 4 : index
  %0 = rcm.attention scale(1.0) causal offset(%c4) ins(%q, %k, %v : !m, !n, !n) outs(%o : !m) -> !m
  return %0 : !m
}

// CHECK-LABEL: @busy_causal
// CHECK: rcm.attention scale(1.000000e+00) causal offset
func.func @busy_causal(%q: !m, %k: !n, %v: !n, %o: !m) -> !m {
  %c3 = arith.constant 3 : index
  %0 = rcm.attention scale(1.0) causal offset(%c3) ins(%q, %k, %v : !m, !n, !n) outs(%o : !m) -> !m
  return %0 : !m
}

// Casts that hide sizes are folded into the op.
// CHECK-LABEL: @tensor_cast
// CHECK: rcm.attention scale(1.000000e+00) ins(%arg0, %arg1, %arg1 : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
func.func @tensor_cast(%q: !m, %k: !n, %o: !m) -> !m {
  %q_any = tensor.cast %q : !m to tensor<?x?xf32>
  %k_any = tensor.cast %k : !n to tensor<?x?xf32>
  %0 = rcm.attention scale(1.0) ins(%q_any, %k_any, %k_any : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>)
      outs(%o : !m) -> !m
  return %0 : !m
}

// CHECK-LABEL: @memref_cast
// CHECK: rcm.attention scale(1.000000e+00) ins(%arg0, %arg1, %arg1 : memref<3x4xf32>, memref<5x4xf32>, memref<5x4xf32>)
func.func @memref_cast(%q: memref<3x4xf32>, %k: memref<5x4xf32>, %o: memref<3x4xf32>) {
  %q_any = memref.cast %q : memref<3x4xf32> to memref<?x?xf32>
  %k_any = memref.cast %k : memref<5x4xf32> to memref<?x?xf32>
  rcm.attention scale(1.0) ins(%q_any, %k_any, %k_any : memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>)
      outs(%o : memref<3x4xf32>)
  return
}

// CHECK-LABEL: @constant_times
// CHECK-DAG: %[[SKIP:.*]] = arith.constant dense<[1.000000e+00, 5.000000e-01, 0.000000e+00]> : tensor<3xf32>
// CHECK-DAG: %[[OUT:.*]] = arith.constant dense<[0.000000e+00, 0.707106769, -1.000000e+00]> : tensor<3xf32>
// CHECK: return %[[SKIP]], %[[OUT]]
func.func @constant_times() -> (tensor<3xf32>, tensor<3xf32>) {
  %t = arith.constant dense<[0.0, 1.0, 0xFF800000]> : tensor<3xf32>
  %e = tensor.empty() : tensor<3xf32>
  %0:2 = rcm.skip_coefficients edm ins(%t : tensor<3xf32>)
      outs(%e, %e : tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>, tensor<3xf32>
  return %0#0, %0#1 : tensor<3xf32>, tensor<3xf32>
}

// t = 0 makes the whole op the residual.
// CHECK-LABEL: @constant_time_zero
// CHECK-NEXT: return %arg3
func.func @constant_time_zero(%q: !m, %k: !n, %v: !n, %x: !m, %o: !m) -> !m {
  %t = arith.constant 0.0 : f32
  %a, %b = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%a, %b : f32, f32) outs(%o : !m) -> !m
  return %0 : !m
}
