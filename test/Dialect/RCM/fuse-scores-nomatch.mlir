// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file --remarks-filter=rcm-fuse-attention-skip 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file | FileCheck %s

// Modules for the reasons in docs/Fusion.md where scores or values are no plain products:
// softmax(q k^T) v + x with one thing changed.

// CHECK-NOT: rcm.attention

// -----

// |q| hides in the body of a contraction.
// REMARK: remark: [Missed] not-fused | {{.*}}contraction-modified
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
func.func @abs_of_query(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
    %c = math.absf %a : f32
    %m = arith.mulf %c, %b : f32
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
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// |v| hides in the body of a contraction.
// REMARK: remark: [Missed] not-fused | {{.*}}value-modified
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
func.func @abs_of_value(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
    %c = math.absf %b : f32
    %m = arith.mulf %a, %c : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// tanh of the scores.
// REMARK: remark: [Missed] not-fused | {{.*}}scores-modified
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
func.func @capped_scores(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
  %s1 = linalg.tanh ins(%s0 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// The scale is an argument.
// REMARK: remark: [Missed] not-fused | {{.*}}scale-not-constant
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
func.func @scale_at_run_time(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %c: f32) -> tensor<4x6x8xf32> {
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
  %s1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s0 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %z = arith.mulf %a, %c : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// Masked scores are -1, not -inf.
// REMARK: remark: [Missed] not-fused | {{.*}}mask-not-infinite
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
func.func @finite_mask(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %seen: tensor<6x6xi1>) -> tensor<4x6x8xf32> {
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
  %low = arith.constant -1.0 : f32
  %s1 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s0, %seen : tensor<4x6x6xf32>, tensor<6x6xi1>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: i1, %o: f32):
    %z = arith.select %b, %a, %low : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// The softmax of a given tensor.
// REMARK: remark: [Missed] not-fused | {{.*}}scores-not-contraction
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
func.func @scores_without_keys(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %given: tensor<4x6x6xf32>) -> tensor<4x6x8xf32> {
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
  %s1 = tensor.cast %given : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %p0 = linalg.softmax dimension(2) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
  %p1 = tensor.cast %p0 : tensor<4x6x6xf32> to tensor<4x6x6xf32>
  %attn = linalg.generic {indexing_maps = [#p, #v, #o], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p1, %v : tensor<4x6x6xf32>, tensor<4x6x8xf32>) outs(%o_z : tensor<4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %m = arith.mulf %a, %b : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<4x6x8xf32>
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

// -----

// Queries of 8 bits.
// REMARK: remark: [Missed] not-fused | {{.*}}not-float
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
func.func @eight_bit_query(%q: tensor<4x6x8xf8E5M2>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
      ins(%q, %k : tensor<4x6x8xf8E5M2>, tensor<4x6x8xf32>) outs(%s_z : tensor<4x6x6xf32>) {
  ^bb0(%a: f8E5M2, %b: f32, %acc: f32):
    %c = arith.extf %a : f8E5M2 to f32
    %m = arith.mulf %c, %b : f32
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
  %out = linalg.add ins(%attn, %x : tensor<4x6x8xf32>, tensor<4x6x8xf32>) outs(%o_e : tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %out : tensor<4x6x8xf32>
}

