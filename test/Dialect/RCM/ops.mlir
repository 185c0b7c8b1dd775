// RUN: rcm-opt %s | FileCheck %s
// RUN: rcm-opt %s | rcm-opt | FileCheck %s
// RUN: rcm-opt %s --mlir-print-op-generic | rcm-opt | FileCheck %s

// CHECK-LABEL: @attention
// CHECK: rcm.attention scale(1.250000e-01)
// CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x4x128x64xf32>, tensor<2x2x96x64xf32>, tensor<2x2x96x32xf32>)
// CHECK-SAME: outs(%{{.*}} : tensor<2x4x128x32xf32>) -> tensor<2x4x128x32xf32>
func.func @attention(%q: tensor<2x4x128x64xf32>, %k: tensor<2x2x96x64xf32>,
                     %v: tensor<2x2x96x32xf32>, %o: tensor<2x4x128x32xf32>)
    -> tensor<2x4x128x32xf32> {
  %0 = rcm.attention scale(0.125)
      ins(%q, %k, %v : tensor<2x4x128x64xf32>, tensor<2x2x96x64xf32>, tensor<2x2x96x32xf32>)
      outs(%o : tensor<2x4x128x32xf32>) -> tensor<2x4x128x32xf32>
  return %0 : tensor<2x4x128x32xf32>
}

// CHECK-LABEL: @attention_causal_bias_lse
// CHECK: rcm.attention scale(1.000000e+00) causal offset(%{{.*}}) ins(
// CHECK-SAME: bias(%{{.*}} : tensor<?x?xf32>) outs(
func.func @attention_causal_bias_lse(
    %q: tensor<?x?x?x64xf16>, %k: tensor<?x?x?x64xf16>, %v: tensor<?x?x?x64xbf16>,
    %bias: tensor<?x?xf32>, %offset: index, %o: tensor<?x?x?x64xf32>,
    %l: tensor<?x?x?xf32>) -> (tensor<?x?x?x64xf32>, tensor<?x?x?xf32>) {
  %0:2 = rcm.attention scale(1.0) causal offset(%offset)
      ins(%q, %k, %v : tensor<?x?x?x64xf16>, tensor<?x?x?x64xf16>, tensor<?x?x?x64xbf16>)
      bias(%bias : tensor<?x?xf32>)
      outs(%o, %l : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>)
      -> tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
  return %0#0, %0#1 : tensor<?x?x?x64xf32>, tensor<?x?x?xf32>
}

// CHECK-LABEL: @attention_skip_schedule
// CHECK: %[[C:.*]]:2 = rcm.skip_coefficients edm sigma_data(5.000000e-01) ins(%{{.*}} : tensor<2xf32>)
// CHECK: rcm.attention_skip scale(1.250000e-01)
// CHECK-SAME: coefficients(%[[C]]#0, %[[C]]#1 : tensor<2xf32>, tensor<2xf32>)
func.func @attention_skip_schedule(
    %q: tensor<2x4x128x64xf32>, %k: tensor<2x4x96x64xf32>, %v: tensor<2x4x96x64xf32>,
    %x: tensor<2x4x128x64xf32>, %t: tensor<2xf32>, %o: tensor<2x4x128x64xf32>)
    -> tensor<2x4x128x64xf32> {
  %e = tensor.empty() : tensor<2xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm sigma_data(0.5) ins(%t : tensor<2xf32>)
      outs(%e, %e : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<2x4x128x64xf32>, tensor<2x4x96x64xf32>, tensor<2x4x96x64xf32>, tensor<2x4x128x64xf32>)
      coefficients(%c_skip, %c_out : tensor<2xf32>, tensor<2xf32>)
      outs(%o : tensor<2x4x128x64xf32>) -> tensor<2x4x128x64xf32>
  return %0 : tensor<2x4x128x64xf32>
}

// Any memory order: batch-rows-heads-channels, keepdim coefficients.
// CHECK-LABEL: @attention_skip_blhd
// CHECK: indexing_maps
func.func @attention_skip_blhd(
    %q: memref<2x128x4x64xbf16>, %k: memref<2x96x4x64xbf16>, %v: memref<2x96x4x64xbf16>,
    %x: memref<2x128x4x64xbf16>, %a: memref<2x1x1xf32>, %b: f64, %o: memref<2x128x4x64xbf16>) {
  rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : memref<2x128x4x64xbf16>, memref<2x96x4x64xbf16>, memref<2x96x4x64xbf16>, memref<2x128x4x64xbf16>)
      coefficients(%a, %b : memref<2x1x1xf32>, f64)
      outs(%o : memref<2x128x4x64xbf16>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>,
                        affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>,
                        affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>,
                        affine_map<(b, h, m, n, k, d) -> (b, 0, 0)>,
                        affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>]}
  return
}

// CHECK-LABEL: @coefficients_scalar
// CHECK: rcm.skip_coefficients rectified_flow_trigflow ins(%{{.*}} : f64) -> f64, f64
func.func @coefficients_scalar(%t: f64) -> (f64, f64) {
  %0:2 = rcm.skip_coefficients rectified_flow_trigflow ins(%t : f64) -> f64, f64
  return %0#0, %0#1 : f64, f64
}

// CHECK-LABEL: @coefficients_memref
// CHECK: rcm.skip_coefficients trigflow ins(%{{.*}} : memref<?xf32>) outs(%{{.*}}, %{{.*}} : memref<?xf32>, memref<?xf32>)
func.func @coefficients_memref(%t: memref<?xf32>, %a: memref<?xf32>, %b: memref<?xf32>) {
  rcm.skip_coefficients trigflow ins(%t : memref<?xf32>)
      outs(%a, %b : memref<?xf32>, memref<?xf32>)
  return
}
