// RUN: rcm-opt %s --convert-rcm-to-linalg | FileCheck %s
// RUN: rcm-opt %s --convert-rcm-to-linalg | FileCheck %s --check-prefix=GONE
// RUN: rcm-opt %s --convert-rcm-to-linalg | mlir-opt -o /dev/null

// GONE-NOT: rcm.

// One op per line of the definition; the scale is folded away when it is 1.
// CHECK-LABEL: @plain
// CHECK-SAME: (%[[Q:.*]]: tensor<3x4xf32>, %[[K:.*]]: tensor<5x4xf32>, %[[V:.*]]: tensor<5x2xf32>, %[[O:.*]]: tensor<3x2xf32>)
// CHECK: %[[S:.*]] = linalg.generic {{.*}} ins(%[[Q]], %[[K]] :
// CHECK: %[[M:.*]] = linalg.generic {{.*}} ins(%[[S]] :
// CHECK: arith.maximumf
// CHECK: %[[P:.*]] = linalg.generic {{.*}} ins(%[[S]], %[[M]] :
// CHECK: math.exp
// CHECK: %[[L:.*]] = linalg.generic {{.*}} ins(%[[P]] :
// CHECK: arith.addf
// CHECK: %[[N:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[L]] :
// CHECK: arith.divf
// CHECK: %[[A:.*]] = linalg.generic {{.*}} ins(%[[N]], %[[V]] :
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[L]] : {{.*}}) outs(%[[O]] :
// CHECK: return %[[R]]
func.func @plain(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<5x2xf32>,
                 %o: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %0 = rcm.attention scale(1.0)
      ins(%q, %k, %v : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x2xf32>)
      outs(%o : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// On memrefs the temporaries are allocated and freed, and `out` is written.
// CHECK-LABEL: @buffers
// CHECK-SAME: %[[O:[a-z0-9]*]]: memref<3x2xbf16>)
// CHECK: %[[S:.*]] = memref.alloc() {bufferization.manual_deallocation} : memref<3x5xf32>
// CHECK: linalg.generic {{.*}} outs(%[[O]] : memref<3x2xbf16>)
// CHECK: memref.dealloc %[[S]] {bufferization.manual_deallocation}
func.func @buffers(%q: memref<3x4xbf16>, %k: memref<5x4xbf16>, %v: memref<5x2xbf16>,
                   %o: memref<3x2xbf16>) {
  rcm.attention scale(1.0)
      ins(%q, %k, %v : memref<3x4xbf16>, memref<5x4xbf16>, memref<5x2xbf16>)
      outs(%o : memref<3x2xbf16>)
  return
}

// f64 keys make the scores f64, whatever the others are.
// CHECK-LABEL: @wide
// CHECK: arith.extf %{{.*}} : f16 to f64
// CHECK: math.exp %{{.*}} : f64
// CHECK: arith.truncf %{{.*}} : f64 to f32
func.func @wide(%q: tensor<3x4xf16>, %k: tensor<5x4xf64>, %v: tensor<5x2xf32>,
                %o: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %0 = rcm.attention scale(1.0)
      ins(%q, %k, %v : tensor<3x4xf16>, tensor<5x4xf64>, tensor<5x2xf32>)
      outs(%o : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// Grouped queries split the heads, so that all maps are projections.
// CHECK-LABEL: @grouped
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2], [3], [4]] output_shape [2, 2, 3, 8, 4]
// CHECK: tensor.collapse_shape
func.func @grouped(%q: tensor<2x6x8x4xf32>, %k: tensor<2x2x5x4xf32>, %v: tensor<2x2x5x4xf32>,
                   %o: tensor<2x6x8x4xf32>) -> tensor<2x6x8x4xf32> {
  %0 = rcm.attention scale(0.5)
      ins(%q, %k, %v : tensor<2x6x8x4xf32>, tensor<2x2x5x4xf32>, tensor<2x2x5x4xf32>)
      outs(%o : tensor<2x6x8x4xf32>) -> tensor<2x6x8x4xf32>
  return %0 : tensor<2x6x8x4xf32>
}

// A number of groups that is not known: keys and values are repeated, because
// upstream lowers no split into two unknown sizes.
// CHECK-LABEL: @grouped_dynamic
// CHECK-NOT: tensor.expand_shape
// CHECK: %[[R:.*]] = arith.divui %{{.*}}, %{{.*}} : index
// CHECK: tensor.empty(%{{.*}}, %{{.*}}, %[[R]], %{{.*}}, %{{.*}})
// CHECK: %[[K5:.*]] = linalg.generic {{.*}} ins(%arg1 :
// CHECK: %[[K:.*]] = tensor.collapse_shape %[[K5]] {{\[\[}}0], [1, 2], [3], [4]]
// CHECK: tensor.empty(%{{.*}}, %{{.*}}, %[[R]], %{{.*}}, %{{.*}})
// CHECK: %[[V5:.*]] = linalg.generic {{.*}} ins(%arg2 :
// CHECK: %[[V:.*]] = tensor.collapse_shape %[[V5]] {{\[\[}}0], [1, 2], [3], [4]]
// CHECK: linalg.generic {{.*}} ins(%arg0, %[[K]] :
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[V]] :
func.func @grouped_dynamic(%q: tensor<?x?x?x?xf32>, %k: tensor<?x?x?x?xf32>,
                           %v: tensor<?x?x?x?xf32>, %o: tensor<?x?x?x?xf32>)
    -> tensor<?x?x?x?xf32> {
  %0 = rcm.attention scale(0.5)
      ins(%q, %k, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>)
      outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  return %0 : tensor<?x?x?x?xf32>
}

// On memrefs, where a copy would have to be allocated, they are gathered from.
// CHECK-LABEL: @grouped_dynamic_buffers
// CHECK: %[[R:.*]] = arith.divui %{{.*}}, %{{.*}} : index
// CHECK: linalg.generic {{.*}} ins(%arg0 :
// CHECK: %[[H:.*]] = linalg.index 1
// CHECK: %[[G:.*]] = arith.divui %[[H]], %[[R]]
// CHECK: memref.load %arg1[%{{.*}}, %[[G]], %{{.*}}, %{{.*}}]
// CHECK: memref.load %arg2[
func.func @grouped_dynamic_buffers(%q: memref<?x?x?x?xf32>, %k: memref<?x?x?x?xf32>,
                                   %v: memref<?x?x?x?xf32>, %o: memref<?x?x?x?xf32>) {
  rcm.attention scale(0.5)
      ins(%q, %k, %v : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
      outs(%o : memref<?x?x?x?xf32>)
  return
}

// C11: behind a literal 0 nothing is read.
// CHECK-LABEL: @alpha_zero
// CHECK-SAME: %arg4: tensor<3x2xf32>
// CHECK-NOT: %arg4
// CHECK: return
func.func @alpha_zero(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<5x2xf32>,
                      %o: tensor<3x2xf32>, %x: tensor<3x2xf32>, %b: f32) -> tensor<3x2xf32> {
  %a = arith.constant 0.0 : f32
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x2xf32>, tensor<3x2xf32>)
      coefficients(%a, %b : f32, f32) outs(%o : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// CHECK-LABEL: @beta_zero
// CHECK: linalg.generic {{.*}} ins(%arg4 : tensor<3x2xf32>) outs(%arg3 :
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @beta_zero(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<5x2xf32>,
                     %o: tensor<3x2xf32>, %x: tensor<3x2xf32>, %a: f32) -> tensor<3x2xf32> {
  %b = arith.constant 0.0 : f32
  %0 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x2xf32>, tensor<3x2xf32>)
      coefficients(%a, %b : f32, f32) outs(%o : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// The log-sum-exp needs Q and K even behind beta = 0, but not V.
// CHECK-LABEL: @beta_zero_lse
// CHECK-SAME: %arg2: tensor<5x2xf32>
// CHECK-NOT: %arg2
// CHECK: math.log
// CHECK-NOT: %arg2
// CHECK: return
func.func @beta_zero_lse(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<5x2xf32>,
                         %o: tensor<3x2xf32>, %l: tensor<3xf32>, %x: tensor<3x2xf32>, %a: f32)
    -> (tensor<3x2xf32>, tensor<3xf32>) {
  %b = arith.constant 0.0 : f32
  %0:2 = rcm.attention_skip scale(1.0)
      ins(%q, %k, %v, %x : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x2xf32>, tensor<3x2xf32>)
      coefficients(%a, %b : f32, f32) outs(%o, %l : tensor<3x2xf32>, tensor<3xf32>)
      -> tensor<3x2xf32>, tensor<3xf32>
  return %0#0, %0#1 : tensor<3x2xf32>, tensor<3xf32>
}
