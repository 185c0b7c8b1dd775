// Where attentions stand in a function: several, one feeding the next, in loops,
// with other users, behind a projection, beside writes to memory.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file --remarks-filter='rcm.*' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks
// A second run finds nothing.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file -o %t.once 2>/dev/null
// RUN: rcm-opt %t.once --rcm-fuse-attention-skip --split-input-file -o %t.twice 2>/dev/null
// RUN: diff %t.once %t.twice
// Nor does it after both passes.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --rcm-fuse-attention --split-input-file -o %t.both 2>/dev/null
// RUN: rcm-opt %t.both --rcm-fuse-attention-skip --rcm-fuse-attention --split-input-file -o %t.again 2>/dev/null
// RUN: diff %t.both %t.again

// Two attentions, the second one on the first one's result.
// CHECK-LABEL: @chained
// CHECK: %[[FIRST:.*]] = rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg0
// CHECK: %[[SECOND:.*]] = rcm.attention_skip scale(1.000000e+00) ins(%[[FIRST]], %arg1, %arg2, %[[FIRST]]
// CHECK: return %[[SECOND]]
// REMARK-COUNT-2: fused into rcm.attention_skip: m=5 n=7 k=8 d=8
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @chained(%x0: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s0 = linalg.contract indexing_maps = [#q, #k, #s] ins(%x0, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p0 = linalg.softmax dimension(1) ins(%s0 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o0 = linalg.matmul ins(%p0, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %x1 = linalg.add ins(%x0, %o0 : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %s1 = linalg.contract indexing_maps = [#q, #k, #s] ins(%x1, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p1 = linalg.softmax dimension(1) ins(%s1 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o1 = linalg.matmul ins(%p1, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %x2 = linalg.add ins(%x1, %o1 : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %x2 : tensor<5x8xf32>
}

// -----

// The sum of two attentions and a residual: the first becomes the residual of
// the second.
// CHECK-LABEL: @two_branches
// CHECK: rcm.attention_skip
// REMARK: fused into rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @two_branches(%x: tensor<5x8xf32>, %k0: tensor<7x8xf32>, %k1: tensor<7x8xf32>, %v: tensor<7x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s0 = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k0 : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p0 = linalg.softmax dimension(1) ins(%s0 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o0 = linalg.matmul ins(%p0, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %s1 = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k1 : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p1 = linalg.softmax dimension(1) ins(%s1 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o1 = linalg.matmul ins(%p1, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%o0, %o1 : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// In a loop that carries the result.
// CHECK-LABEL: @in_loop
// CHECK: scf.for {{.*}} iter_args(%[[X:.*]] = %arg0)
// CHECK: %[[R:.*]] = rcm.attention_skip {{.*}} ins(%[[X]], %arg1, %arg2, %[[X]]
// CHECK: scf.yield %[[R]]
// REMARK: fused into rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @in_loop(%x0: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %steps: index) -> tensor<5x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %end = scf.for %i = %c0 to %steps step %c1 iter_args(%x = %x0) -> tensor<5x8xf32> {
    %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
    %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
    %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
    %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
    scf.yield %r : tensor<5x8xf32>
  }
  return %end : tensor<5x8xf32>
}

// -----

// The probabilities and the attention are returned too: they stay.
// CHECK-LABEL: @other_users
// CHECK: %[[P:.*]] = linalg.softmax
// CHECK: %[[O:.*]] = linalg.matmul ins(%[[P]],
// CHECK: %[[R:.*]] = rcm.attention_skip
// CHECK: return %[[R]], %[[O]], %[[P]]
// REMARK: fused into rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @other_users(%x: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>) -> (tensor<5x8xf32>, tensor<5x8xf32>, tensor<5x7xf32>) {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r, %o, %p : tensor<5x8xf32>, tensor<5x8xf32>, tensor<5x7xf32>
}

// -----

// Two skips on one attention: both are fused.
// CHECK-LABEL: @two_skips
// CHECK: %[[A:.*]] = rcm.attention_skip {{.*}} ins(%arg0, %arg1, %arg2, %arg0
// CHECK: %[[B:.*]] = rcm.attention_skip {{.*}} ins(%arg0, %arg1, %arg2, %arg3
// CHECK: return %[[A]], %[[B]]
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @two_skips(%x: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %y: tensor<5x8xf32>) -> (tensor<5x8xf32>, tensor<5x8xf32>) {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r0 = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r1 = linalg.add ins(%y, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r0, %r1 : tensor<5x8xf32>, tensor<5x8xf32>
}

// -----

// The memory behind the queries is written before the skip: refused.
// CHECK-LABEL: @written_between
// CHECK-NOT: rcm.attention
// CHECK: return
// REMARK: written-between.mlir:1:1: remark: {{.*}}side-effects-between
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @written_between(%mx: memref<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>, %f: f32) -> tensor<5x8xf32> {
  %c0 = arith.constant 0 : index
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %q = bufferization.to_tensor %mx : memref<5x8xf32> to tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  memref.store %f, %mx[%c0, %c0] : memref<5x8xf32> loc("written-between.mlir":1:1)
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// Written before the scores are read, and read only in between: fused.
// CHECK-LABEL: @written_before
// CHECK: memref.store
// CHECK: rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @written_before(%mx: memref<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>, %f: f32) -> (tensor<5x8xf32>, f32) {
  %c0 = arith.constant 0 : index
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  memref.store %f, %mx[%c0, %c0] : memref<5x8xf32>
  %q = bufferization.to_tensor %mx : memref<5x8xf32> to tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %seen = memref.load %mx[%c0, %c0] : memref<5x8xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r, %seen : tensor<5x8xf32>, f32
}

// -----

// The second skip scales the first one's result by c_skip: the factor stays
// with the second, whose schedule it belongs to.
// CHECK-LABEL: @scaled_chain
// CHECK: %[[FIRST:.*]] = rcm.attention_skip {{.*}} ins(%arg0, %arg1, %arg2, %arg0
// CHECK: %[[C:.*]]:2 = rcm.skip_coefficients trigflow ins(%arg3
// CHECK: rcm.attention_skip {{.*}} ins(%arg4, %arg1, %arg2, %[[FIRST]] {{.*}} coefficients(%[[C]]#0, %[[C]]#1
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
func.func @scaled_chain(%x: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %t: f32, %q: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s0 = linalg.contract indexing_maps = [#q, #k, #s] ins(%x, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p0 = linalg.softmax dimension(1) ins(%s0 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o0 = linalg.matmul ins(%p0, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %x1 = linalg.add ins(%x, %o0 : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %cos = math.cos %t : f32
  %sin = math.sin %t : f32
  %cx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x1 : tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %r = arith.mulf %a, %cos : f32
    linalg.yield %r : f32
  } -> tensor<5x8xf32>
  %s1 = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p1 = linalg.softmax dimension(1) ins(%s1 : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o1 = linalg.matmul ins(%p1, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %so = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%o1 : tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %r = arith.mulf %a, %sin : f32
    linalg.yield %r : f32
  } -> tensor<5x8xf32>
  %r = linalg.sub ins(%cx, %so : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// The skip is one of two results, of which the other one is not used, as
// linalg-fuse-elementwise-ops leaves them behind.
// CHECK-LABEL: @second_result
// CHECK: rcm.attention_skip {{.*}} ins(%arg0, %arg1, %arg2, %arg3
// REMARK: fused into rcm.attention_skip: m=5 n=7 k=8 d=8
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
func.func @second_result(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>, %c: f32) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %e = tensor.empty() : tensor<5x8xf32>
  %r:2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<5x8xf32>) outs(%o, %e : tensor<5x8xf32>, tensor<5x8xf32>) {
  ^bb0(%in: f32, %attention: f32, %acc: f32):
    %scaled = arith.mulf %attention, %c : f32
    %sum = arith.addf %in, %scaled : f32
    linalg.yield %scaled, %sum : f32, f32
  } -> (tensor<5x8xf32>, tensor<5x8xf32>)
  return %r#1 : tensor<5x8xf32>
}

// -----

// The square of an attention that is divided twice: one of them fuses alone,
// and the other one is no skip beside it.
// CHECK-LABEL: @squared
// CHECK-NOT: rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
func.func @squared(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %zr = arith.constant dense<0.0> : tensor<5xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %e = linalg.exp ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %l = linalg.reduce { arith.addf } ins(%e : tensor<5x7xf32>) outs(%zr : tensor<5xf32>) dimensions = [1]
  %o = linalg.matmul ins(%e, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %a = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%o, %l : tensor<5x8xf32>, tensor<5xf32>) outs(%zo : tensor<5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %acc: f32):
    %r = arith.divf %in, %sum : f32
    linalg.yield %r : f32
  } -> tensor<5x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%o, %l, %a, %x : tensor<5x8xf32>, tensor<5xf32>, tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) {
  ^bb0(%in: f32, %sum: f32, %other: f32, %add: f32, %acc: f32):
    %d = arith.divf %in, %sum : f32
    %m = arith.mulf %d, %other : f32
    %y = arith.addf %m, %add : f32
    linalg.yield %y : f32
  } -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}
