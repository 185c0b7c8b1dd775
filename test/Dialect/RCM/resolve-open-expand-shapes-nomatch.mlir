// RUN: rcm-opt %s --rcm-resolve-open-expand-shapes | FileCheck %s

// CHECK-NOT: reinterpret_cast

// One open size per group: upstream lowers it.
// CHECK-LABEL: @one_open
// CHECK: memref.expand_shape
func.func @one_open(%m: memref<?x?xf32>, %a: index, %b: index) -> memref<?x4x?xf32> {
  %0 = memref.expand_shape %m [[0, 1], [2]] output_shape [%a, 4, %b] : memref<?x?xf32> into memref<?x4x?xf32>
  return %0 : memref<?x4x?xf32>
}

// Tensors are bufferized first.
// CHECK-LABEL: @tensor
// CHECK: tensor.expand_shape
func.func @tensor(%m: tensor<?x4xf32>, %a: index, %b: index) -> tensor<?x?x4xf32> {
  %0 = tensor.expand_shape %m [[0, 1], [2]] output_shape [%a, %b, 4] : tensor<?x4xf32> into tensor<?x?x4xf32>
  return %0 : tensor<?x?x4xf32>
}
