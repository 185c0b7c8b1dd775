// RUN: rcm-opt %s --rcm-resolve-open-expand-shapes | FileCheck %s
// RUN: rcm-opt %s --rcm-resolve-open-expand-shapes --expand-strided-metadata | FileCheck %s --check-prefix=LOWERED
// LOWERED-NOT: memref.expand_shape

// CHECK-LABEL: @two_open
// CHECK-SAME: %[[A:arg1]]: index, %[[B:arg2]]: index
// CHECK: %[[BASE:.*]], %{{.*}}, %{{.*}}:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata
// CHECK: memref.reinterpret_cast %[[BASE]] to offset: [0], sizes: [%[[A]], %[[B]], 4], strides: [%{{.*}}, 4, 1] : memref<f32> to memref<?x?x4xf32>
func.func @two_open(%m: memref<?x4xf32>, %a: index, %b: index) -> memref<?x?x4xf32> {
  %0 = memref.expand_shape %m [[0, 1], [2]] output_shape [%a, %b, 4] : memref<?x4xf32> into memref<?x?x4xf32>
  return %0 : memref<?x?x4xf32>
}

// Strides and an offset that only the call knows.
// CHECK-LABEL: @strided
// CHECK: %[[BASE:.*]], %[[OFFSET:.*]], %{{.*}}:2, %[[STRIDES:.*]]:2 = memref.extract_strided_metadata
// CHECK: %[[OUTER:.*]] = arith.muli %[[STRIDES]]#0, %arg2 : index
// CHECK: memref.reinterpret_cast %[[BASE]] to offset: [%[[OFFSET]]], sizes: [%arg1, %arg2, %{{.*}}], strides: [%[[OUTER]], %[[STRIDES]]#0, %[[STRIDES]]#1]
func.func @strided(%m: memref<?x?xf32, strided<[?, ?], offset: ?>>, %a: index, %b: index, %c: index)
    -> memref<?x?x?xf32, strided<[?, ?, ?], offset: ?>> {
  %0 = memref.expand_shape %m [[0, 1], [2]] output_shape [%a, %b, %c]
      : memref<?x?xf32, strided<[?, ?], offset: ?>> into memref<?x?x?xf32, strided<[?, ?, ?], offset: ?>>
  return %0 : memref<?x?x?xf32, strided<[?, ?, ?], offset: ?>>
}
