// RUN: rcm-opt %s --rcm-rt-results-to-destinations | FileCheck %s

// CHECK-LABEL: func.func @exp
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32> {bufferization.writable = false},
// CHECK-SAME: %[[OUT:.*]]: memref<?x4xf32, strided<[?, ?], offset: ?>> {rcm_rt.direction = "out"}) {
// The destination's contents are not read: it need not be the argument.
// CHECK: %[[E:.*]] = tensor.empty
// CHECK: %[[R:.*]] = linalg.exp ins(%[[X]] : tensor<?x4xf32>) outs(%[[E]]
// CHECK: %[[N:.*]] = tensor.dim %[[R]]
// CHECK: %[[M:.*]] = memref.dim %[[OUT]]
// CHECK: %[[C:.*]] = arith.cmpi eq, %[[N]], %[[M]]
// CHECK: rcm_rt.require %[[C]], "expected size of dimension 0 of destination 0 to be that of the result"
// CHECK: bufferization.materialize_in_destination %[[R]] in restrict writable %[[OUT]]
// CHECK: return{{$}}
func.func @exp(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = linalg.exp ins(%x : tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// An accumulating op reads its destination.
// CHECK-LABEL: func.func @accumulate
// CHECK-SAME: %{{.*}}: tensor<4x4xf32> {bufferization.writable = false}, %[[C:.*]]: tensor<4x4xf32> {bufferization.writable = false}
// CHECK: linalg.matmul {{.*}} outs(%[[C]]
func.func @accumulate(%a: tensor<4x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
