// RUN: rcm-opt %s --transform-interpreter --canonicalize -split-input-file -verify-diagnostics | FileCheck %s

// Loops run over batch, rows and heads in the order of the output's map.
// CHECK-LABEL: @rows_before_heads
// CHECK: scf.for %[[B:.*]] = %c0 to %c2 step %c1
// CHECK: scf.for %[[M:.*]] = %c0 to %c8 step %c4
// CHECK: scf.for %[[H:.*]] = %c0 to %c6 step %c2
// CHECK-DAG: tensor.extract_slice %arg0[%[[B]], %[[M]], %[[H]], 0] [1, 4, 2, 16]
// CHECK-DAG: tensor.extract_slice %arg1[%[[B]], 0, %[[H]], 0] [1, 5, 2, 16]
// CHECK-DAG: tensor.extract_slice %arg2[%[[B]], 0, %[[H]], 0] [1, 5, 2, 16]
// CHECK-DAG: tensor.extract_slice %arg3[%[[B]], %[[M]], %[[H]], 0] [1, 4, 2, 16]
// CHECK-DAG: tensor.extract_slice %arg4[%[[B]]] [1]
// The causal mask of the tile starts at its first row.
// CHECK: rcm.attention_skip scale(2.500000e-01) causal offset(%[[M]])
// CHECK-SAME: coefficients(%{{.*}}, %arg5 : tensor<1xf32>, f32)
func.func @rows_before_heads(
    %q: tensor<2x8x6x16xf32>, %k: tensor<2x5x6x16xf32>, %v: tensor<2x5x6x16xf32>,
    %x: tensor<2x8x6x16xf32>, %a: tensor<2xf32>, %b: f32, %o: tensor<2x8x6x16xf32>)
    -> tensor<2x8x6x16xf32> {
  %0 = rcm.attention_skip scale(0.25) causal
      ins(%q, %k, %v, %x : tensor<2x8x6x16xf32>, tensor<2x5x6x16xf32>, tensor<2x5x6x16xf32>, tensor<2x8x6x16xf32>)
      coefficients(%a, %b : tensor<2xf32>, f32)
      outs(%o : tensor<2x8x6x16xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>,
                        affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>,
                        affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>,
                        affine_map<(b, h, m, n, k, d) -> (b)>,
                        affine_map<(b, h, m, n, k, d) -> ()>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>]} -> tensor<2x8x6x16xf32>
  return %0 : tensor<2x8x6x16xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["rcm.attention_skip"]} in %root : (!transform.any_op) -> !transform.any_op
    %t, %l:3 = transform.structured.tile_using_for %op tile_sizes [1, 4, 2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Two query heads of one group of four: one key head.
// CHECK: #{{.*}} = affine_map<(d0) -> (d0 floordiv 4)>
// CHECK-LABEL: @inside_group
// CHECK: scf.for %[[H:.*]] = %c0 to %c8 step %c2
// CHECK: affine.apply #{{.*}}(%[[H]])
// CHECK: tensor.extract_slice %arg1[0, %{{.*}}, 0, 0] [3, 1, 5, 16]
// CHECK: rcm.attention scale(2.500000e-01)
// CHECK-SAME: ins({{.*}} : tensor<3x2x7x16xf32>, tensor<3x1x5x16xf32>, tensor<3x1x5x16xf32>)
func.func @inside_group(
    %q: tensor<3x8x7x16xf32>, %k: tensor<3x2x5x16xf32>, %v: tensor<3x2x5x16xf32>,
    %o: tensor<3x8x7x16xf32>) -> tensor<3x8x7x16xf32> {
  %0 = rcm.attention scale(0.25)
      ins(%q, %k, %v : tensor<3x8x7x16xf32>, tensor<3x2x5x16xf32>, tensor<3x2x5x16xf32>)
      outs(%o : tensor<3x8x7x16xf32>) -> tensor<3x8x7x16xf32>
  return %0 : tensor<3x8x7x16xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["rcm.attention"]} in %root : (!transform.any_op) -> !transform.any_op
    %t, %l = transform.structured.tile_using_for %op tile_sizes [0, 2, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Whole groups, on memrefs and with a log-sum-exp.
// CHECK: #{{.*}} = affine_map<(d0) -> (d0 floordiv 2)>
// CHECK-LABEL: @whole_groups
// CHECK: scf.for %[[H:.*]] = %c0 to %c8 step %c4
// CHECK: memref.subview %arg1[0, %{{.*}}, 0, 0] [3, 2, 5, 16]
// CHECK: memref.subview %arg4[0, %[[H]], 0] [3, 4, 7]
// CHECK: rcm.attention
// CHECK: return
func.func @whole_groups(
    %q: memref<3x8x7x16xf32>, %k: memref<3x4x5x16xf32>, %v: memref<3x4x5x16xf32>,
    %o: memref<3x8x7x16xf32>, %l: memref<3x8x7xf32>) {
  rcm.attention scale(0.25)
      ins(%q, %k, %v : memref<3x8x7x16xf32>, memref<3x4x5x16xf32>, memref<3x4x5x16xf32>)
      outs(%o, %l : memref<3x8x7x16xf32>, memref<3x8x7xf32>)
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["rcm.attention"]} in %root : (!transform.any_op) -> !transform.any_op
    %t, %l = transform.structured.tile_using_for %op tile_sizes [0, 4, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Single heads tile whatever the sizes are; the literal coefficient stays one.
// CHECK-LABEL: @single_heads_dynamic
// CHECK: scf.for
// CHECK: affine.apply
// CHECK: coefficients(%{{.*}}, %cst{{.*}} : f32, f32)
func.func @single_heads_dynamic(
    %q: tensor<?x?x?x?xf32>, %k: tensor<?x?x?x?xf32>, %v: tensor<?x?x?x?xf32>,
    %a: f32, %o: tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32> {
  %b = arith.constant dense<2.0> : tensor<1x8xf32>
  %0 = rcm.attention_skip scale(0.25)
      ins(%q, %k, %v, %o : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>)
      coefficients(%a, %b : f32, tensor<1x8xf32>)
      outs(%o : tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
  return %0 : tensor<?x?x?x?xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["rcm.attention_skip"]} in %root : (!transform.any_op) -> !transform.any_op
    %t, %l = transform.structured.tile_using_for %op tile_sizes [0, 1, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

// Tiles of three heads straddle groups of two.
func.func @straddling_groups(
    %q: tensor<3x6x7x16xf32>, %k: tensor<3x3x5x16xf32>, %v: tensor<3x3x5x16xf32>,
    %o: tensor<3x6x7x16xf32>) -> tensor<3x6x7x16xf32> {
  // expected-error @below {{expected tile of query heads to lie in one group or to hold whole groups, which its offset and size do not prove}}
  // expected-error @below {{faild to tile operation}}
  // expected-error @below {{failed to generate tiling loops}}
  %0 = rcm.attention scale(0.25)
      ins(%q, %k, %v : tensor<3x6x7x16xf32>, tensor<3x3x5x16xf32>, tensor<3x3x5x16xf32>)
      outs(%o : tensor<3x6x7x16xf32>) -> tensor<3x6x7x16xf32>
  return %0 : tensor<3x6x7x16xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["rcm.attention"]} in %root : (!transform.any_op) -> !transform.any_op
    %t, %l = transform.structured.tile_using_for %op tile_sizes [0, 3, 0] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
