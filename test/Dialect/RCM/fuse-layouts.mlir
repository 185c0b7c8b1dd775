// Dimensions that are split, joined, repeated or only known at run time.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file 2>/dev/null | FileCheck %s

// Heads are split from the channels and merged again, as [B, L, H * D] models
// write it: views, no copies.
// CHECK-LABEL: @heads_in_channels
// CHECK-DAG: %[[Q:.*]] = tensor.expand_shape %arg0 {{\[}}[0], [1], [2, 3]]
// CHECK-DAG: %[[K:.*]] = tensor.expand_shape %arg1 {{\[}}[0], [1], [2, 3]]
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%[[Q]], %[[K]]
// CHECK-NOT: linalg
// CHECK: tensor.collapse_shape
func.func @heads_in_channels(%q: tensor<2x5x12xf32>, %k: tensor<2x7x12xf32>, %v: tensor<2x7x12xf32>, %x: tensor<2x5x12xf32>) -> tensor<2x5x12xf32> {
  %z = arith.constant dense<0.0> : tensor<2x3x5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<2x3x5x4xf32>
  %q4 = tensor.expand_shape %q [[0], [1], [2, 3]] output_shape [2, 5, 3, 4] : tensor<2x5x12xf32> into tensor<2x5x3x4xf32>
  %k4 = tensor.expand_shape %k [[0], [1], [2, 3]] output_shape [2, 7, 3, 4] : tensor<2x7x12xf32> into tensor<2x7x3x4xf32>
  %v4 = tensor.expand_shape %v [[0], [1], [2, 3]] output_shape [2, 7, 3, 4] : tensor<2x7x12xf32> into tensor<2x7x3x4xf32>
  %qe = tensor.empty() : tensor<2x3x5x4xf32>
  %ke = tensor.empty() : tensor<2x3x4x7xf32>
  %ve = tensor.empty() : tensor<2x3x7x4xf32>
  %qt = linalg.transpose ins(%q4 : tensor<2x5x3x4xf32>) outs(%qe : tensor<2x3x5x4xf32>) permutation = [0, 2, 1, 3]
  %kt = linalg.transpose ins(%k4 : tensor<2x7x3x4xf32>) outs(%ke : tensor<2x3x4x7xf32>) permutation = [0, 2, 3, 1]
  %vt = linalg.transpose ins(%v4 : tensor<2x7x3x4xf32>) outs(%ve : tensor<2x3x7x4xf32>) permutation = [0, 2, 1, 3]
  %qc = tensor.collapse_shape %qt [[0, 1], [2], [3]] : tensor<2x3x5x4xf32> into tensor<6x5x4xf32>
  %kc = tensor.collapse_shape %kt [[0, 1], [2], [3]] : tensor<2x3x4x7xf32> into tensor<6x4x7xf32>
  %vc = tensor.collapse_shape %vt [[0, 1], [2], [3]] : tensor<2x3x7x4xf32> into tensor<6x7x4xf32>
  %zc = tensor.collapse_shape %z [[0, 1], [2], [3]] : tensor<2x3x5x7xf32> into tensor<6x5x7xf32>
  %zoc = tensor.collapse_shape %zo [[0, 1], [2], [3]] : tensor<2x3x5x4xf32> into tensor<6x5x4xf32>
  %s = linalg.batch_matmul ins(%qc, %kc : tensor<6x5x4xf32>, tensor<6x4x7xf32>) outs(%zc : tensor<6x5x7xf32>) -> tensor<6x5x7xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<6x5x7xf32>) outs(%zc : tensor<6x5x7xf32>) -> tensor<6x5x7xf32>
  %o = linalg.batch_matmul ins(%p, %vc : tensor<6x5x7xf32>, tensor<6x7x4xf32>) outs(%zoc : tensor<6x5x4xf32>) -> tensor<6x5x4xf32>
  %o4 = tensor.expand_shape %o [[0, 1], [2], [3]] output_shape [2, 3, 5, 4] : tensor<6x5x4xf32> into tensor<2x3x5x4xf32>
  %oe = tensor.empty() : tensor<2x5x3x4xf32>
  %ot = linalg.transpose ins(%o4 : tensor<2x3x5x4xf32>) outs(%oe : tensor<2x5x3x4xf32>) permutation = [0, 2, 1, 3]
  %om = tensor.collapse_shape %ot [[0], [1], [2, 3]] : tensor<2x5x3x4xf32> into tensor<2x5x12xf32>
  %e = tensor.empty() : tensor<2x5x12xf32>
  %r = linalg.add ins(%x, %om : tensor<2x5x12xf32>, tensor<2x5x12xf32>) outs(%e : tensor<2x5x12xf32>) -> tensor<2x5x12xf32>
  return %r : tensor<2x5x12xf32>
}

// -----

// Keys and values repeated for the queries of a group, more of them than rows:
// the op reads the heads that there are.
// CHECK-LABEL: @repeated_keys
// CHECK-NOT: linalg
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg3 : tensor<2x8x3x4xf32>, tensor<2x2x7x4xf32>, tensor<2x2x7x4xf32>
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#k = affine_map<(b, h, m, n, k) -> (b, h, n, k)>
#s = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#p = affine_map<(b, h, m, d, n) -> (b, h, m, n)>
#v = affine_map<(b, h, m, d, n) -> (b, h, n, d)>
#o = affine_map<(b, h, m, d, n) -> (b, h, m, d)>
func.func @repeated_keys(%q: tensor<2x8x3x4xf32>, %k: tensor<2x2x7x4xf32>, %v: tensor<2x2x7x4xf32>, %x: tensor<2x8x3x4xf32>) -> tensor<2x8x3x4xf32> {
  %z = arith.constant dense<0.0> : tensor<2x8x3x7xf32>
  %zo = arith.constant dense<0.0> : tensor<2x8x3x4xf32>
  %be = tensor.empty() : tensor<2x2x4x7x4xf32>
  %kb = linalg.broadcast ins(%k : tensor<2x2x7x4xf32>) outs(%be : tensor<2x2x4x7x4xf32>) dimensions = [2]
  %vb = linalg.broadcast ins(%v : tensor<2x2x7x4xf32>) outs(%be : tensor<2x2x4x7x4xf32>) dimensions = [2]
  %kr = tensor.collapse_shape %kb [[0], [1, 2], [3], [4]] : tensor<2x2x4x7x4xf32> into tensor<2x8x7x4xf32>
  %vr = tensor.collapse_shape %vb [[0], [1, 2], [3], [4]] : tensor<2x2x4x7x4xf32> into tensor<2x8x7x4xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %kr : tensor<2x8x3x4xf32>, tensor<2x8x7x4xf32>) outs(%z : tensor<2x8x3x7xf32>) -> tensor<2x8x3x7xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<2x8x3x7xf32>) outs(%z : tensor<2x8x3x7xf32>) -> tensor<2x8x3x7xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %vr : tensor<2x8x3x7xf32>, tensor<2x8x7x4xf32>) outs(%zo : tensor<2x8x3x4xf32>) -> tensor<2x8x3x4xf32>
  %r = linalg.add ins(%x, %o : tensor<2x8x3x4xf32>, tensor<2x8x3x4xf32>) outs(%zo : tensor<2x8x3x4xf32>) -> tensor<2x8x3x4xf32>
  return %r : tensor<2x8x3x4xf32>
}

// -----

// Dynamic numbers of tokens, with the casts that frontends leave.
// CHECK-LABEL: @dynamic
// CHECK: %[[R:.*]] = rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg3 : tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4xf32>)
// CHECK-SAME: -> tensor<2x?x4xf32>
// CHECK-NOT: linalg
// CHECK: return %[[R]]
func.func @dynamic(%q: tensor<2x?x4xf32>, %k: tensor<2x?x4xf32>, %v: tensor<2x?x4xf32>, %x: tensor<2x?x4xf32>) -> tensor<2x?x4xf32> {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %m = tensor.dim %q, %c1 : tensor<2x?x4xf32>
  %n = tensor.dim %k, %c1 : tensor<2x?x4xf32>
  %ke = tensor.empty(%n) : tensor<2x4x?xf32>
  %kt = linalg.transpose ins(%k : tensor<2x?x4xf32>) outs(%ke : tensor<2x4x?xf32>) permutation = [0, 2, 1]
  %se = tensor.empty(%m, %n) : tensor<2x?x?xf32>
  %sz = linalg.fill ins(%zero : f32) outs(%se : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<2x?x4xf32>, tensor<2x4x?xf32>) outs(%sz : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %s1 = tensor.cast %s0 : tensor<2x?x?xf32> to tensor<?x?x?xf32>
  %s = tensor.cast %s1 : tensor<?x?x?xf32> to tensor<2x?x?xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<2x?x?xf32>) outs(%se : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %oe = tensor.empty(%m) : tensor<2x?x4xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<2x?x4xf32>) -> tensor<2x?x4xf32>
  %o = linalg.batch_matmul ins(%p, %v : tensor<2x?x?xf32>, tensor<2x?x4xf32>) outs(%oz : tensor<2x?x4xf32>) -> tensor<2x?x4xf32>
  %r = linalg.add ins(%x, %o : tensor<2x?x4xf32>, tensor<2x?x4xf32>) outs(%oe : tensor<2x?x4xf32>) -> tensor<2x?x4xf32>
  return %r : tensor<2x?x4xf32>
}

// -----

// Three dimensions before the rows: the heads are the last, the batch is the
// other two, joined by a view.
// CHECK-LABEL: @five_dimensions
// CHECK-NOT: linalg
// CHECK: rcm.attention_skip
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, k)>
#k = affine_map<(g, b, h, m, n, k) -> (g, b, h, n, k)>
#s = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, n)>
#p = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, n)>
#v = affine_map<(g, b, h, m, d, n) -> (g, b, h, n, d)>
#o = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, d)>
func.func @five_dimensions(%q: tensor<2x3x4x5x8xf32>, %k: tensor<2x3x4x6x8xf32>, %v: tensor<2x3x4x6x8xf32>, %x: tensor<2x3x4x5x8xf32>) -> tensor<2x3x4x5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<2x3x4x5x6xf32>
  %zo = arith.constant dense<0.0> : tensor<2x3x4x5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<2x3x4x5x8xf32>, tensor<2x3x4x6x8xf32>) outs(%z : tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32>
  %p = linalg.softmax dimension(4) ins(%s : tensor<2x3x4x5x6xf32>) outs(%z : tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %v : tensor<2x3x4x5x6xf32>, tensor<2x3x4x6x8xf32>) outs(%zo : tensor<2x3x4x5x8xf32>) -> tensor<2x3x4x5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<2x3x4x5x8xf32>, tensor<2x3x4x5x8xf32>) outs(%zo : tensor<2x3x4x5x8xf32>) -> tensor<2x3x4x5x8xf32>
  return %r : tensor<2x3x4x5x8xf32>
}

// -----

// Of two dimensions of heads or batches, the one of known size becomes the
// heads.
// CHECK-DAG: #[[Q:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d1, d0, d2, d4)>
// CHECK-LABEL: @open_inner_dimension
// CHECK: rcm.attention_skip {{.*}}indexing_maps = [#[[Q]],
#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#k = affine_map<(b, h, m, n, k) -> (b, h, n, k)>
#s = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#p = affine_map<(b, h, m, d, n) -> (b, h, m, n)>
#v = affine_map<(b, h, m, d, n) -> (b, h, n, d)>
#o = affine_map<(b, h, m, d, n) -> (b, h, m, d)>
func.func @open_inner_dimension(%q: tensor<3x?x5x8xf32>, %k: tensor<3x?x6x8xf32>, %v: tensor<3x?x6x8xf32>, %x: tensor<3x?x5x8xf32>, %z: tensor<3x?x5x6xf32>, %e: tensor<3x?x5x8xf32>) -> tensor<3x?x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %sz = linalg.fill ins(%zero : f32) outs(%z : tensor<3x?x5x6xf32>) -> tensor<3x?x5x6xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%e : tensor<3x?x5x8xf32>) -> tensor<3x?x5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<3x?x5x8xf32>, tensor<3x?x6x8xf32>) outs(%sz : tensor<3x?x5x6xf32>) -> tensor<3x?x5x6xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<3x?x5x6xf32>) outs(%z : tensor<3x?x5x6xf32>) -> tensor<3x?x5x6xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %v : tensor<3x?x5x6xf32>, tensor<3x?x6x8xf32>) outs(%oz : tensor<3x?x5x8xf32>) -> tensor<3x?x5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<3x?x5x8xf32>, tensor<3x?x5x8xf32>) outs(%e : tensor<3x?x5x8xf32>) -> tensor<3x?x5x8xf32>
  return %r : tensor<3x?x5x8xf32>
}

// -----

// The same with no size known: heads, split from the channels, are as many as
// an argument says. Sizes come from what stays; no op of the attention is kept
// because somebody asks for its size.
// CHECK-LABEL: @open_heads_in_channels
// CHECK-SAME: %[[H:[a-z0-9]*]]: index
// CHECK: %[[D:.*]] = arith.divui %{{.*}}, %[[H]] : index
// CHECK: tensor.expand_shape %arg0 {{.*}}, %[[H]], %[[D]]]
// CHECK-NOT: linalg
// CHECK: rcm.attention_skip scale(1.000000e+00) {{.*}} -> tensor<?x?x?x?xf32>
// CHECK-NOT: linalg
// CHECK: return
func.func @open_heads_in_channels(%q: tensor<?x?x?xf32>, %k: tensor<?x?x?xf32>, %v: tensor<?x?x?xf32>, %x: tensor<?x?x?xf32>, %h: index) -> tensor<?x?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x?xf32>
  %m = tensor.dim %q, %c1 : tensor<?x?x?xf32>
  %n = tensor.dim %k, %c1 : tensor<?x?x?xf32>
  %ch = tensor.dim %q, %c2 : tensor<?x?x?xf32>
  %d = arith.divui %ch, %h : index
  %p = arith.muli %b, %h : index
  %q4 = tensor.expand_shape %q [[0], [1], [2, 3]] output_shape [%b, %m, %h, %d] : tensor<?x?x?xf32> into tensor<?x?x?x?xf32>
  %k4 = tensor.expand_shape %k [[0], [1], [2, 3]] output_shape [%b, %n, %h, %d] : tensor<?x?x?xf32> into tensor<?x?x?x?xf32>
  %v4 = tensor.expand_shape %v [[0], [1], [2, 3]] output_shape [%b, %n, %h, %d] : tensor<?x?x?xf32> into tensor<?x?x?x?xf32>
  %qte = tensor.empty(%b, %h, %m, %d) : tensor<?x?x?x?xf32>
  %qt = linalg.transpose ins(%q4 : tensor<?x?x?x?xf32>) outs(%qte : tensor<?x?x?x?xf32>) permutation = [0, 2, 1, 3]
  %kte = tensor.empty(%b, %h, %d, %n) : tensor<?x?x?x?xf32>
  %kt = linalg.transpose ins(%k4 : tensor<?x?x?x?xf32>) outs(%kte : tensor<?x?x?x?xf32>) permutation = [0, 2, 3, 1]
  %vte = tensor.empty(%b, %h, %n, %d) : tensor<?x?x?x?xf32>
  %vt = linalg.transpose ins(%v4 : tensor<?x?x?x?xf32>) outs(%vte : tensor<?x?x?x?xf32>) permutation = [0, 2, 1, 3]
  %qc = tensor.collapse_shape %qt [[0, 1], [2], [3]] : tensor<?x?x?x?xf32> into tensor<?x?x?xf32>
  %kc = tensor.collapse_shape %kt [[0, 1], [2], [3]] : tensor<?x?x?x?xf32> into tensor<?x?x?xf32>
  %vc = tensor.collapse_shape %vt [[0, 1], [2], [3]] : tensor<?x?x?x?xf32> into tensor<?x?x?xf32>
  %ze = tensor.empty(%p, %m, %n) : tensor<?x?x?xf32>
  %z = linalg.fill ins(%zero : f32) outs(%ze : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %zoe = tensor.empty(%p, %m, %d) : tensor<?x?x?xf32>
  %zo = linalg.fill ins(%zero : f32) outs(%zoe : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %s = linalg.batch_matmul ins(%qc, %kc : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%z : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %pr = linalg.softmax dimension(2) ins(%s : tensor<?x?x?xf32>) outs(%ze : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %o = linalg.batch_matmul ins(%pr, %vc : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%zo : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  %o4 = tensor.expand_shape %o [[0, 1], [2], [3]] output_shape [%b, %h, %m, %d] : tensor<?x?x?xf32> into tensor<?x?x?x?xf32>
  %ote = tensor.empty(%b, %m, %h, %d) : tensor<?x?x?x?xf32>
  %ot = linalg.transpose ins(%o4 : tensor<?x?x?x?xf32>) outs(%ote : tensor<?x?x?x?xf32>) permutation = [0, 2, 1, 3]
  %om = tensor.collapse_shape %ot [[0], [1], [2, 3]] : tensor<?x?x?x?xf32> into tensor<?x?x?xf32>
  %e = tensor.empty(%b, %m, %ch) : tensor<?x?x?xf32>
  %r = linalg.add ins(%x, %om : tensor<?x?x?xf32>, tensor<?x?x?xf32>) outs(%e : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  return %r : tensor<?x?x?xf32>
}

// -----

// Rows become the first dimension and the batch's two dimensions are no
// neighbours any more: the op cannot give that, but it can give what the
// transpose reads.
// CHECK-LABEL: @spread_after
// CHECK: %[[R:.*]] = rcm.attention_skip {{.*}} -> tensor<6x4x5x8xf32>
// CHECK: %[[E:.*]] = tensor.expand_shape %[[R]]
// CHECK: linalg.transpose ins(%[[E]]
#q = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, k)>
#k = affine_map<(g, b, h, m, n, k) -> (g, b, h, n, k)>
#s = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, n)>
#p = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, n)>
#v = affine_map<(g, b, h, m, d, n) -> (g, b, h, n, d)>
#o = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, d)>
func.func @spread_after(%q: tensor<2x3x4x5x8xf32>, %k: tensor<2x3x4x6x8xf32>, %v: tensor<2x3x4x6x8xf32>, %x: tensor<2x3x4x5x8xf32>) -> tensor<5x2x8x4x3xf32> {
  %z = arith.constant dense<0.0> : tensor<2x3x4x5x6xf32>
  %zo = arith.constant dense<0.0> : tensor<2x3x4x5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<2x3x4x5x8xf32>, tensor<2x3x4x6x8xf32>) outs(%z : tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32>
  %p = linalg.softmax dimension(4) ins(%s : tensor<2x3x4x5x6xf32>) outs(%z : tensor<2x3x4x5x6xf32>) -> tensor<2x3x4x5x6xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %v : tensor<2x3x4x5x6xf32>, tensor<2x3x4x6x8xf32>) outs(%zo : tensor<2x3x4x5x8xf32>) -> tensor<2x3x4x5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<2x3x4x5x8xf32>, tensor<2x3x4x5x8xf32>) outs(%zo : tensor<2x3x4x5x8xf32>) -> tensor<2x3x4x5x8xf32>
  %te = tensor.empty() : tensor<5x2x8x4x3xf32>
  %t = linalg.transpose ins(%r : tensor<2x3x4x5x8xf32>) outs(%te : tensor<5x2x8x4x3xf32>) permutation = [3, 0, 4, 2, 1]
  return %t : tensor<5x2x8x4x3xf32>
}

// -----

// The result is split behind the skip into as many batches and heads as the
// arguments say.
// CHECK-LABEL: @split_after
// CHECK-SAME: %[[B:[a-z0-9]*]]: index, %[[H:[a-z0-9]*]]: index
// CHECK-NOT: linalg
// CHECK: tensor.expand_shape %arg0 {{.*}} output_shape [%[[B]], %[[H]], 5, 8]
// CHECK: rcm.attention_skip {{.*}} -> tensor<?x?x5x8xf32>
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(p, m, n, k) -> (p, m, k)>
#k = affine_map<(p, m, n, k) -> (p, n, k)>
#s = affine_map<(p, m, n, k) -> (p, m, n)>
func.func @split_after(%q: tensor<?x5x8xf32>, %k: tensor<?x7x8xf32>, %v: tensor<?x7x8xf32>, %x: tensor<?x5x8xf32>, %b: index, %h: index) -> tensor<?x?x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %p = tensor.dim %q, %c0 : tensor<?x5x8xf32>
  %se = tensor.empty(%p) : tensor<?x5x7xf32>
  %oe = tensor.empty(%p) : tensor<?x5x8xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%se : tensor<?x5x7xf32>) -> tensor<?x5x7xf32>
  %o0 = linalg.fill ins(%zero : f32) outs(%oe : tensor<?x5x8xf32>) -> tensor<?x5x8xf32>
  %s = linalg.batch_matmul indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<?x5x8xf32>, tensor<?x7x8xf32>) outs(%s0 : tensor<?x5x7xf32>) -> tensor<?x5x7xf32>
  %w = linalg.softmax dimension(2) ins(%s : tensor<?x5x7xf32>) outs(%se : tensor<?x5x7xf32>) -> tensor<?x5x7xf32>
  %o = linalg.batch_matmul ins(%w, %v : tensor<?x5x7xf32>, tensor<?x7x8xf32>) outs(%o0 : tensor<?x5x8xf32>) -> tensor<?x5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<?x5x8xf32>, tensor<?x5x8xf32>) outs(%oe : tensor<?x5x8xf32>) -> tensor<?x5x8xf32>
  %e = tensor.expand_shape %r [[0, 1], [2], [3]] output_shape [%b, %h, 5, 8] : tensor<?x5x8xf32> into tensor<?x?x5x8xf32>
  return %e : tensor<?x?x5x8xf32>
}

// -----

// Every step as one of the structured primitives; keys and maximum are
// transposed and spread by ops.
// CHECK-LABEL: @primitives
// CHECK-NOT: linalg
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg3
// CHECK-NOT: linalg
// CHECK: return
func.func @primitives(%q: tensor<2x5x8xf32>, %k: tensor<2x7x8xf32>, %v: tensor<2x7x8xf32>, %x: tensor<2x5x8xf32>) -> tensor<2x5x8xf32> {
  %zero = arith.constant 0.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %ke = tensor.empty() : tensor<2x8x7xf32>
  %se = tensor.empty() : tensor<2x5x7xf32>
  %re = tensor.empty() : tensor<2x5xf32>
  %oe = tensor.empty() : tensor<2x5x8xf32>
  %sz = linalg.fill ins(%zero : f32) outs(%se : tensor<2x5x7xf32>) -> tensor<2x5x7xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  %rz = linalg.fill ins(%zero : f32) outs(%re : tensor<2x5xf32>) -> tensor<2x5xf32>
  %rn = linalg.fill ins(%ninf : f32) outs(%re : tensor<2x5xf32>) -> tensor<2x5xf32>
  %kt = linalg.transpose ins(%k : tensor<2x7x8xf32>) outs(%ke : tensor<2x8x7xf32>) permutation = [0, 2, 1]
  %s = linalg.batch_matmul ins(%q, %kt : tensor<2x5x8xf32>, tensor<2x8x7xf32>) outs(%sz : tensor<2x5x7xf32>) -> tensor<2x5x7xf32>
  %m = linalg.reduce {arith.maximumf} ins(%s : tensor<2x5x7xf32>) outs(%rn : tensor<2x5xf32>) dimensions = [2]
  %mb = linalg.broadcast ins(%m : tensor<2x5xf32>) outs(%se : tensor<2x5x7xf32>) dimensions = [2]
  %d = linalg.elementwise kind=#linalg.elementwise_kind<sub> ins(%s, %mb : tensor<2x5x7xf32>, tensor<2x5x7xf32>) outs(%se : tensor<2x5x7xf32>) -> tensor<2x5x7xf32>
  %e = linalg.map {math.exp} ins(%d : tensor<2x5x7xf32>) outs(%se : tensor<2x5x7xf32>)
  %l = linalg.reduce {arith.addf} ins(%e : tensor<2x5x7xf32>) outs(%rz : tensor<2x5xf32>) dimensions = [2]
  %lb = linalg.broadcast ins(%l : tensor<2x5xf32>) outs(%se : tensor<2x5x7xf32>) dimensions = [2]
  %p = linalg.map {arith.divf} ins(%e, %lb : tensor<2x5x7xf32>, tensor<2x5x7xf32>) outs(%se : tensor<2x5x7xf32>)
  %o = linalg.batch_matmul ins(%p, %v : tensor<2x5x7xf32>, tensor<2x7x8xf32>) outs(%oz : tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  %r = linalg.map {arith.addf} ins(%x, %o : tensor<2x5x8xf32>, tensor<2x5x8xf32>) outs(%oe : tensor<2x5x8xf32>)
  return %r : tensor<2x5x8xf32>
}

// -----

// Repeated keys of open numbers of batches and tokens.
// CHECK-LABEL: @repeated_keys_open
// CHECK-NOT: linalg
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%arg0, %arg1, %arg2, %arg3 : tensor<?x8x?x4xf32>, tensor<?x2x?x4xf32>, tensor<?x2x?x4xf32>
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#k = affine_map<(b, h, m, n, k) -> (b, h, n, k)>
#s = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#p = affine_map<(b, h, m, d, n) -> (b, h, m, n)>
#v = affine_map<(b, h, m, d, n) -> (b, h, n, d)>
#o = affine_map<(b, h, m, d, n) -> (b, h, m, d)>
func.func @repeated_keys_open(%q: tensor<?x8x?x4xf32>, %k: tensor<?x2x?x4xf32>, %v: tensor<?x2x?x4xf32>, %x: tensor<?x8x?x4xf32>) -> tensor<?x8x?x4xf32> {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %b = tensor.dim %q, %c0 : tensor<?x8x?x4xf32>
  %m = tensor.dim %q, %c2 : tensor<?x8x?x4xf32>
  %n = tensor.dim %k, %c2 : tensor<?x2x?x4xf32>
  %se = tensor.empty(%b, %m, %n) : tensor<?x8x?x?xf32>
  %oe = tensor.empty(%b, %m) : tensor<?x8x?x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%se : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  %zo = linalg.fill ins(%zero : f32) outs(%oe : tensor<?x8x?x4xf32>) -> tensor<?x8x?x4xf32>
  %be = tensor.empty(%b, %n) : tensor<?x2x4x?x4xf32>
  %kb = linalg.broadcast ins(%k : tensor<?x2x?x4xf32>) outs(%be : tensor<?x2x4x?x4xf32>) dimensions = [2]
  %vb = linalg.broadcast ins(%v : tensor<?x2x?x4xf32>) outs(%be : tensor<?x2x4x?x4xf32>) dimensions = [2]
  %kr = tensor.collapse_shape %kb [[0], [1, 2], [3], [4]] : tensor<?x2x4x?x4xf32> into tensor<?x8x?x4xf32>
  %vr = tensor.collapse_shape %vb [[0], [1, 2], [3], [4]] : tensor<?x2x4x?x4xf32> into tensor<?x8x?x4xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %kr : tensor<?x8x?x4xf32>, tensor<?x8x?x4xf32>) outs(%z : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<?x8x?x?xf32>) outs(%z : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %vr : tensor<?x8x?x?xf32>, tensor<?x8x?x4xf32>) outs(%zo : tensor<?x8x?x4xf32>) -> tensor<?x8x?x4xf32>
  %r = linalg.add ins(%x, %o : tensor<?x8x?x4xf32>, tensor<?x8x?x4xf32>) outs(%zo : tensor<?x8x?x4xf32>) -> tensor<?x8x?x4xf32>
  return %r : tensor<?x8x?x4xf32>
}
