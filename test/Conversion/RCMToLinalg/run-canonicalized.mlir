// The canonicalizations of test/Dialect/RCM/canonicalize.mlir, executed with
// and without them: both runs print the same numbers.

// RUN: rcm-opt %s --convert-rcm-to-linalg | %run_main | FileCheck %s
// RUN: rcm-opt %s --canonicalize --convert-rcm-to-linalg | %run_main | FileCheck %s
// RUN: rcm-opt %s --canonicalize | FileCheck %s --check-prefix=FEWER

// FEWER-LABEL: @main
// FEWER-COUNT-2: rcm.attention_skip
// FEWER-NOT: rcm.attention_skip
// FEWER-NOT: rcm.skip_coefficients

!m = tensor<2x2xf32>
!n = tensor<3x2xf32>

func.func private @printMemrefF32(tensor<*xf32>)
func.func private @print(%value: !m) {
  %u = tensor.cast %value : !m to tensor<*xf32>
  call @printMemrefF32(%u) : (tensor<*xf32>) -> ()
  return
}

// The first query weighs the keys e : 1 : e, the second 1 : e : e. With
// w = 1 / (2 e + 1) the attention is (3 + 6 e, 4 + 8 e) w = (3, 4) and
// (1 + 8 e, 2 + 10 e) w = (3.53391, 4.53391).
func.func @main() {
  %q = arith.constant dense<[[1.0, 0.0], [0.0, 1.0]]> : !m
  %k = arith.constant dense<[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]> : !n
  %v = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : !n
  %x = arith.constant dense<[[10.0, 20.0], [30.0, 40.0]]> : !m
  %zeros = arith.constant dense<0.0> : !m
  %nan = arith.constant dense<0x7FC00000> : !m
  %o = tensor.empty() : !m
  %f0 = arith.constant 0.0 : f32
  %f1 = arith.constant 1.0 : f32
  %f2 = arith.constant 2.0 : f32

  // alpha = 0 and beta = 1: the NaN is not read.
  // CHECK: [3, 4]
  // CHECK-NEXT: [3.53391, 4.53391]
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %nan : !m, !n, !n, !m)
      coefficients(%f0, %f1 : f32, f32) outs(%o : !m) -> !m
  call @print(%0) : (!m) -> ()

  // alpha = 1 and beta = 0: the residual; the NaN in the queries is not read.
  // CHECK: [10, 20]
  // CHECK-NEXT: [30, 40]
  %1 = rcm.attention_skip scale(1.0) ins(%nan, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%f1, %f0 : f32, f32) outs(%o : !m) -> !m
  call @print(%1) : (!m) -> ()

  // t = 0 by a constant time.
  // CHECK: [10, 20]
  // CHECK-NEXT: [30, 40]
  %a, %b = rcm.skip_coefficients edm ins(%f0 : f32) -> f32, f32
  %2 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%a, %b : f32, f32) outs(%o : !m) -> !m
  call @print(%2) : (!m) -> ()

  // Shaped literals: 2 x + attention.
  // CHECK: [23, 44]
  // CHECK-NEXT: [63.5339, 84.5339]
  %two = arith.constant dense<2.0> : tensor<2xf32>
  %3 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%two, %f1 : tensor<2xf32>, f32) outs(%o : !m)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (m, k)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
                        affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>,
                        affine_map<(b, h, m, n, k, d) -> (d)>, affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> !m
  call @print(%3) : (!m) -> ()

  // A residual of zeros.
  // CHECK: [3, 4]
  // CHECK-NEXT: [3.53391, 4.53391]
  %4 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %zeros : !m, !n, !n, !m)
      coefficients(%f2, %f1 : f32, f32) outs(%o : !m) -> !m
  call @print(%4) : (!m) -> ()

  // A bias of zeros, a causal mask that hides nothing, a cast.
  // CHECK: [3, 4]
  // CHECK-NEXT: [3.53391, 4.53391]
  %bias = arith.constant dense<0.0> : tensor<2x3xf32>
  %c2 = arith.constant 2 : index
  %k_any = tensor.cast %k : !n to tensor<?x?xf32>
  %5 = rcm.attention scale(1.0) causal offset(%c2)
      ins(%q, %k_any, %v : !m, tensor<?x?xf32>, !n)
      bias(%bias : tensor<2x3xf32>) outs(%o : !m) -> !m
  call @print(%5) : (!m) -> ()

  // Times that are not all equal: t = 1 and -inf under sigma_data = 1.
  // CHECK: [7.12132, 12.8284]
  // CHECK-NEXT: [-3.53391, -4.53391]
  %t = arith.constant dense<[1.0, 0xFF800000]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %s, %r = rcm.skip_coefficients edm ins(%t : tensor<2xf32>)
      outs(%e, %e : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %6 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : !m, !n, !n, !m)
      coefficients(%s, %r : tensor<2xf32>, tensor<2xf32>) outs(%o : !m)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (m, k)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
                        affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>,
                        affine_map<(b, h, m, n, k, d) -> (m)>, affine_map<(b, h, m, n, k, d) -> (m)>,
                        affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> !m
  call @print(%6) : (!m) -> ()
  return
}
