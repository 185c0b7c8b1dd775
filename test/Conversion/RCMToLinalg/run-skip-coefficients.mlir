// RUN: rcm-opt %s --convert-rcm-to-linalg | %run_main | FileCheck %s

func.func private @printMemrefF32(tensor<*xf32>)

func.func @print(%values: tensor<8xf32>) {
  %u = tensor.cast %values : tensor<8xf32> to tensor<*xf32>
  call @printMemrefF32(%u) : (tensor<*xf32>) -> ()
  return
}

// t: 0, 1, -1, 3e38, -3e38, +inf, -inf, NaN. The unit tests compare more times
// with an f64 reference.
func.func @main() {
  %t = arith.constant dense<[0.0, 1.0, -1.0, 3.0e38, -3.0e38, 0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<8xf32>
  %e = tensor.empty() : tensor<8xf32>

  // s = 2: s^2 / (1 + s^2) = 0.8, s / sqrt(1 + s^2) = 0.894427
  // CHECK: [1, 0.8, 0.8, 0, 0, 0, 0, nan]
  // CHECK: [0, 0.894427, -0.894427, 2, -2, 2, -2, nan]
  %0:2 = rcm.skip_coefficients edm sigma_data(2.0) ins(%t : tensor<8xf32>)
      outs(%e, %e : tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>, tensor<8xf32>
  call @print(%0#0) : (tensor<8xf32>) -> ()
  call @print(%0#1) : (tensor<8xf32>) -> ()

  // cos 1 = 0.540302, 2 sin 1 = 1.68294; no limit at infinity
  // CHECK: [1, 0.540302, 0.540302, {{.*}}, {{-?}}nan, {{-?}}nan, {{-?}}nan]
  // CHECK: [{{-?}}0, -1.68294, 1.68294, {{.*}}, {{-?}}nan, {{-?}}nan, {{-?}}nan]
  %1:2 = rcm.skip_coefficients trigflow sigma_data(2.0) ins(%t : tensor<8xf32>)
      outs(%e, %e : tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>, tensor<8xf32>
  call @print(%1#0) : (tensor<8xf32>) -> ()
  call @print(%1#1) : (tensor<8xf32>) -> ()

  // 1 / (cos 1 + sin 1) = 0.723708, 1 / (cos 1 - sin 1) = -3.3204
  // CHECK: [1, 0.723708, -3.3204, {{.*}}, {{-?}}nan, {{-?}}nan, {{-?}}nan]
  // CHECK: [-0, -0.608979, -2.79402, {{.*}}, {{-?}}nan, {{-?}}nan, {{-?}}nan]
  %2:2 = rcm.skip_coefficients rectified_flow_trigflow ins(%t : tensor<8xf32>)
      outs(%e, %e : tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>, tensor<8xf32>
  call @print(%2#0) : (tensor<8xf32>) -> ()
  call @print(%2#1) : (tensor<8xf32>) -> ()
  return
}
