// What is no attention, for the pass without a skip.
// RUN: rcm-opt %s --rcm-fuse-attention --split-input-file --remarks-filter='rcm.*' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// The scores are squared before the softmax.
// CHECK-LABEL: @squared_scores
// CHECK-NOT: rcm.attention
// CHECK: return
// REMARK: rcm-fuse-attention | {{.*}}scale-not-constant
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @squared_scores(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x6xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %u = linalg.mul ins(%s, %s : tensor<5x7xf32>, tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%u : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x6xf32>) outs(%zo : tensor<5x6xf32>) -> tensor<5x6xf32>
  return %o : tensor<5x6xf32>
}

// -----

// A matrix product of given probabilities: nothing to say about it.
// CHECK-LABEL: @no_softmax
// CHECK-NOT: rcm.attention
// CHECK: return
// REMARK-NOT: remark:
func.func @no_softmax(%p: tensor<5x7xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  %zo = arith.constant dense<0.0> : tensor<5x6xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x6xf32>) outs(%zo : tensor<5x6xf32>) -> tensor<5x6xf32>
  return %o : tensor<5x6xf32>
}

// -----

// The body of a named op has no location: the remark is at the op.
// CHECK-LABEL: @capped_by_named_op
// CHECK-NOT: rcm.attention
// CHECK: return
// REMARK: fuse-attention-nomatch.mlir:[[@LINE+12]]:{{[0-9]+}}: remark: {{.*}}scores-modified
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
func.func @capped_by_named_op(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zr = arith.constant dense<0.0> : tensor<5xf32>
  %zo = arith.constant dense<0.0> : tensor<5x6xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %u = linalg.tanh ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %e = linalg.exp ins(%u : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %l = linalg.reduce { arith.addf } ins(%e : tensor<5x7xf32>) outs(%zr : tensor<5xf32>) dimensions = [1]
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%e, %l : tensor<5x7xf32>, tensor<5xf32>) outs(%z : tensor<5x7xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %r = arith.divf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x6xf32>) outs(%zo : tensor<5x6xf32>) -> tensor<5x6xf32>
  return %o : tensor<5x6xf32>
}
