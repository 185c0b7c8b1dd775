// RUN: rcm-opt %s --convert-rcm-to-linalg | FileCheck %s

// CHECK-LABEL: @edm
// CHECK-NOT: rcm.
// CHECK: %[[T:.*]] = arith.extf %arg0 : f32 to f64
// CHECK: math.copysign
// CHECK: math.sqrt %{{.*}} : f64
// CHECK-COUNT-2: arith.truncf %{{.*}} : f64 to f32
func.func @edm(%t: f32) -> (f32, f32) {
  %0:2 = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  return %0#0, %0#1 : f32, f32
}

// CHECK-LABEL: @tensors
// CHECK: %[[R:.*]]:2 = linalg.generic {{.*}} ins(%arg0 : tensor<?xf64>) outs(%arg1, %arg2 :
// CHECK-DAG: math.sin
// CHECK-DAG: math.cos
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @tensors(%t: tensor<?xf64>, %a: tensor<?xf64>, %b: tensor<?xf64>)
    -> (tensor<?xf64>, tensor<?xf64>) {
  %0:2 = rcm.skip_coefficients trigflow ins(%t : tensor<?xf64>)
      outs(%a, %b : tensor<?xf64>, tensor<?xf64>) -> tensor<?xf64>, tensor<?xf64>
  return %0#0, %0#1 : tensor<?xf64>, tensor<?xf64>
}

// CHECK-LABEL: @memrefs
// CHECK: linalg.generic {{.*}} ins(%arg0 : memref<2x3xf32>) outs(%arg1, %arg2 :
// CHECK: arith.divf
func.func @memrefs(%t: memref<2x3xf32>, %a: memref<2x3xf32>, %b: memref<2x3xf32>) {
  rcm.skip_coefficients rectified_flow_trigflow ins(%t : memref<2x3xf32>)
      outs(%a, %b : memref<2x3xf32>, memref<2x3xf32>)
  return
}
