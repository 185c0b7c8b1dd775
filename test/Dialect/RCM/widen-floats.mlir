// RUN: rcm-opt %s --rcm-widen-floats --split-input-file --verify-diagnostics | FileCheck %s

// Types, signatures, scalar and dense constants; casts between floats vanish.
// CHECK-LABEL: func.func @mixed
// CHECK-SAME: (%[[X:.*]]: tensor<4xf64>, %[[Y:.*]]: f64, %{{.*}}: i32) -> (tensor<4xf64>, f64)
// CHECK-NOT: f32
// CHECK-NOT: arith.truncf
// CHECK-DAG: %[[C:.*]] = arith.constant 0.099975585937{{[0-9]*}} : f64
// CHECK-DAG: arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf64>
// CHECK: %[[SUM:.*]] = arith.addf %[[Y]], %[[C]] : f64
// CHECK: linalg.matmul ins(%{{.*}} : tensor<2x2xf64>
// CHECK: return %{{.*}}, %[[SUM]] : tensor<4xf64>, f64
func.func @mixed(%x: tensor<4xf32>, %y: f32, %i: i32) -> (tensor<4xf32>, f16) {
  %c = arith.constant 0.1 : f16
  %d = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %n = arith.truncf %y : f32 to f16
  %s = arith.addf %n, %c : f16
  %m = arith.constant dense<0.5> : tensor<2x2xbf16>
  %o = tensor.empty() : tensor<2x2xf32>
  %p = linalg.matmul ins(%m, %m : tensor<2x2xbf16>, tensor<2x2xbf16>) outs(%o : tensor<2x2xf32>) -> tensor<2x2xf32>
  %r = arith.addf %x, %d : tensor<4xf32>
  return %r, %s : tensor<4xf32>, f16
}

// -----

func.func @bits(%x: f32) -> i32 {
  // expected-error @+1 {{expected no operation on the bits of a float}}
  %0 = arith.bitcast %x : f32 to i32
  return %0 : i32
}

// -----

func.func @resource() -> tensor<2xf32> {
  // expected-error @+1 {{expected constants to be written out, got a dense resource of floats}}
  %0 = arith.constant dense_resource<weights> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

{-#
  dialect_resources: { builtin: { weights: "0x040000000000803F00000040" } }
#-}
