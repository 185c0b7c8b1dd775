// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file --remarks-filter=rcm-fuse-attention-skip 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file | FileCheck %s

// Modules for the reasons in docs/Fusion.md where what follows the attention is no skip:
// softmax(q k^T) v + x with one thing changed.

// CHECK-NOT: rcm.attention

// -----

// Nothing is added.
// REMARK: remark: [Missed] not-fused | {{.*}}no-skip
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @no_skip(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = tensor.cast %attn : tensor<4x6x8xf32> to tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// A linear map stands between attention and skip.
// REMARK: remark: [Missed] not-fused | {{.*}}projection-between
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @projection(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %o1 = linalg.generic {indexing_maps = [affine_map<(b, m, d, c) -> (b, m, c)>, affine_map<(b, m, d, c) -> (c, d)>, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%attn, %w : tensor<4x6x8xf32>, tensor<8x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%o1, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// An activation stands between attention and skip.
// REMARK: remark: [Missed] not-fused | {{.*}}skip-not-linear
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @activation(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %o1 = linalg.tanh ins(%attn : tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %out = linalg.add ins(%o1, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// What is added has no rows.
// REMARK: remark: [Missed] not-fused | {{.*}}residual-not-full-rank
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @low_rank(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %bias: tensor<8xf32>) -> tensor<4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.generic {indexing_maps = [#id, affine_map<(b, m, n) -> (n)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%attn, %bias : tensor<4x6x8xf32>, tensor<8xf32>) outs(%o_e : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %z = arith.addf %a, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// The attention is read at two positions.
// REMARK: remark: [Missed] not-fused | {{.*}}skip-mixes-elements
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @attention_plus_transpose(%q: tensor<4x6x6xf32>, %k: tensor<4x6x6xf32>, %v: tensor<4x6x6xf32>, %x: tensor<4x6x6xf32>) -> tensor<4x6x6xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x6xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x6xf32>, tensor<4x6x6xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x6xf32>) outs(%o_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %o1 = linalg.generic {indexing_maps = [#id, affine_map<(b, m, n) -> (b, n, m)>, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%attn, %attn : tensor<4x6x6xf32>, tensor<4x6x6xf32>) outs(%o_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %z = arith.addf %a, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %out = linalg.add ins(%o1, %x : tensor<4x6x6xf32>, tensor<4x6x6xf32>) outs(%o_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  return %out : tensor<4x6x6xf32>
}

// -----

// A coefficient by a function that the pass does not write.
// REMARK: remark: [Missed] not-fused | {{.*}}coefficient-not-computable
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#key = affine_map<(b, m, n) -> (b, n)>
#col = affine_map<(b, m, n) -> (m, n)>
#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#v = affine_map<(b, m, d, n) -> (b, n, d)>
#w = affine_map<(b, m, d, n) -> (n, d)>
#p = affine_map<(b, m, d, n) -> (b, m, n)>
#o = affine_map<(b, m, d, n) -> (b, m, d)>
func.func @coefficient_by_erf(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %c: f32) -> tensor<4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %s_e = tensor.empty() : tensor<4x6x6xf32>
  %r_e = tensor.empty() : tensor<4x6xf32>
  %o_e = tensor.empty() : tensor<4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %r_z = linalg.fill ins(%zero : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_1 = linalg.fill ins(%one : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %r_n = linalg.fill ins(%ninf : f32) outs(%r_e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  %s0 = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x6xf32>
  %s1 = tensor.cast %s0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %c2 = math.erf %c : f32
    %y = arith.mulf %a, %c2 : f32
    %z = arith.addf %y, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// Three dimensions of heads, which the keys have in the opposite order.
// REMARK: remark: [Missed] not-fused | {{.*}}unsupported-layout
#q = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, k)>
#k = affine_map<(g, b, h, m, n, k) -> (h, b, g, n, k)>
#s = affine_map<(g, b, h, m, n, k) -> (g, b, h, m, n)>
#v = affine_map<(g, b, h, m, d, n) -> (h, b, g, n, d)>
#p = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, n)>
#o = affine_map<(g, b, h, m, d, n) -> (g, b, h, m, d)>
func.func @reversed_heads(%q: tensor<2x3x4x6x8xf32>, %k: tensor<4x3x2x6x8xf32>, %v: tensor<4x3x2x6x8xf32>, %x: tensor<2x3x4x6x8xf32>) -> tensor<2x3x4x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %s_e = tensor.empty() : tensor<2x3x4x6x6xf32>
  %o_e = tensor.empty() : tensor<2x3x4x6x8xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<2x3x4x6x6xf32>) -> tensor<2x3x4x6x6xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<2x3x4x6x8xf32>) -> tensor<2x3x4x6x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<2x3x4x6x8xf32>, tensor<4x3x2x6x8xf32>) outs(%s_z : tensor<2x3x4x6x6xf32>) -> tensor<2x3x4x6x6xf32>
  %p = linalg.softmax dimension(4) ins(%s : tensor<2x3x4x6x6xf32>) outs(%s_e : tensor<2x3x4x6x6xf32>) -> tensor<2x3x4x6x6xf32>
  %attn = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %v : tensor<2x3x4x6x6xf32>, tensor<4x3x2x6x8xf32>) outs(%o_z : tensor<2x3x4x6x8xf32>) -> tensor<2x3x4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<2x3x4x6x8xf32>, tensor<2x3x4x6x8xf32>) outs(%o_e : tensor<2x3x4x6x8xf32>) -> tensor<2x3x4x6x8xf32>
  return %out : tensor<2x3x4x6x8xf32>
}

// -----

// Keys repeated the other way round: head h reads head h mod 2, which is no
// group of neighbours.
// REMARK: remark: [Missed] not-fused | {{.*}}unsupported-layout
#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#k = affine_map<(b, h, m, n, k) -> (b, h, n, k)>
#s = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#p = affine_map<(b, h, m, d, n) -> (b, h, m, n)>
#v = affine_map<(b, h, m, d, n) -> (b, h, n, d)>
#o = affine_map<(b, h, m, d, n) -> (b, h, m, d)>
func.func @tiled_keys(%q: tensor<3x4x5x4xf32>, %k: tensor<3x2x6x4xf32>, %v: tensor<3x2x6x4xf32>, %x: tensor<3x4x5x4xf32>) -> tensor<3x4x5x4xf32> {
  %zero = arith.constant 0.0 : f32
  %se = tensor.empty() : tensor<3x4x5x6xf32>
  %oe = tensor.empty() : tensor<3x4x5x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%se : tensor<3x4x5x6xf32>) -> tensor<3x4x5x6xf32>
  %zo = linalg.fill ins(%zero : f32) outs(%oe : tensor<3x4x5x4xf32>) -> tensor<3x4x5x4xf32>
  %be = tensor.empty() : tensor<3x2x2x6x4xf32>
  %kb = linalg.broadcast ins(%k : tensor<3x2x6x4xf32>) outs(%be : tensor<3x2x2x6x4xf32>) dimensions = [1]
  %vb = linalg.broadcast ins(%v : tensor<3x2x6x4xf32>) outs(%be : tensor<3x2x2x6x4xf32>) dimensions = [1]
  %kr = tensor.collapse_shape %kb [[0], [1, 2], [3], [4]] : tensor<3x2x2x6x4xf32> into tensor<3x4x6x4xf32>
  %vr = tensor.collapse_shape %vb [[0], [1, 2], [3], [4]] : tensor<3x2x2x6x4xf32> into tensor<3x4x6x4xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %kr : tensor<3x4x5x4xf32>, tensor<3x4x6x4xf32>) outs(%z : tensor<3x4x5x6xf32>) -> tensor<3x4x5x6xf32>
  %p = linalg.softmax dimension(3) ins(%s : tensor<3x4x5x6xf32>) outs(%z : tensor<3x4x5x6xf32>) -> tensor<3x4x5x6xf32>
  %o = linalg.contract indexing_maps = [#p, #v, #o] ins(%p, %vr : tensor<3x4x5x6xf32>, tensor<3x4x6x4xf32>) outs(%zo : tensor<3x4x5x4xf32>) -> tensor<3x4x5x4xf32>
  %r = linalg.add ins(%x, %o : tensor<3x4x5x4xf32>, tensor<3x4x5x4xf32>) outs(%zo : tensor<3x4x5x4xf32>) -> tensor<3x4x5x4xf32>
  return %r : tensor<3x4x5x4xf32>
}
