// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file --remarks-filter=rcm-fuse-attention-skip 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file | FileCheck %s

// Modules for the reasons in docs/Fusion.md where what is divided is no softmax:
// softmax(q k^T) v + x with one thing changed.

// CHECK-NOT: rcm.attention

// -----

// The softmax runs over the rows, the sum over the keys.
// REMARK: remark: [Missed] not-fused | {{.*}}no-denominator
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
func.func @softmax_over_rows(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
  %p0 = linalg.softmax dimension(1) ins(%s1 : tensor<4x6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) -> tensor<4x6x6xf32>
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

// The sums of the rows are read with the index of the key: Lq = Lk hides it.
// REMARK: remark: [Missed] not-fused | {{.*}}no-denominator
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
func.func @row_statistic_by_key(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
  %mx = linalg.reduce { arith.maximumf } ins(%s1 : tensor<4x6x6xf32>) outs(%r_n : tensor<4x6xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s1, %mx : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %y = arith.subf %a, %b : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %l = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<4x6x6xf32>) outs(%r_z : tensor<4x6xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %z = arith.addf %a, %acc : f32
    linalg.yield %z : f32
  } -> tensor<4x6xf32>
  %p0 = linalg.generic {indexing_maps = [#id, #key, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %z = arith.divf %a, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
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

// The sum of the exponentials starts at 1.
// REMARK: remark: [Missed] not-fused | {{.*}}no-denominator
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
func.func @sum_starts_at_one(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
  %mx = linalg.reduce { arith.maximumf } ins(%s1 : tensor<4x6x6xf32>) outs(%r_n : tensor<4x6xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s1, %mx : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %y = arith.subf %a, %b : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %l = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<4x6x6xf32>) outs(%r_1 : tensor<4x6xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %z = arith.addf %a, %acc : f32
    linalg.yield %z : f32
  } -> tensor<4x6xf32>
  %p0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %z = arith.divf %a, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
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

// An epsilon in the denominator.
// REMARK: remark: [Missed] not-fused | {{.*}}no-denominator
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
func.func @epsilon(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
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
  %mx = linalg.reduce { arith.maximumf } ins(%s1 : tensor<4x6x6xf32>) outs(%r_n : tensor<4x6xf32>) dimensions = [2]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s1, %mx : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %y = arith.subf %a, %b : f32
    %z = math.exp %y : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
  %l = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%e : tensor<4x6x6xf32>) outs(%r_z : tensor<4x6xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %z = arith.addf %a, %acc : f32
    linalg.yield %z : f32
  } -> tensor<4x6xf32>
  %p0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<4x6x6xf32>, tensor<4x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.addf %b, %one : f32
    %z = arith.divf %a, %d : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
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

// Probabilities are multiplied by a mask.
// REMARK: remark: [Missed] not-fused | {{.*}}probabilities-modified
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
func.func @dropout(%q: tensor<4x6x8xf32>, %k: tensor<4x6x8xf32>, %v: tensor<4x6x8xf32>, %x: tensor<4x6x8xf32>, %mask: tensor<6x6xf32>) -> tensor<4x6x8xf32> {
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
  %p1 = linalg.generic {indexing_maps = [#id, #col, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%p0, %mask : tensor<4x6x6xf32>, tensor<6x6xf32>) outs(%s_e : tensor<4x6x6xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %z = arith.mulf %a, %b : f32
    linalg.yield %z : f32
  } -> tensor<4x6x6xf32>
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

// One op divides the exponentials in place and sums up what they weigh: for
// every channel it would divide once more.
// REMARK: remark: [Missed] not-fused | {{.*}}several-results
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#p = affine_map<(m, d, n) -> (m, n)>
#l = affine_map<(m, d, n) -> (m)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
func.func @summed_beside_probabilities(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %zr = arith.constant dense<0.0> : tensor<5xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %e = linalg.exp ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %l = linalg.reduce { arith.addf } ins(%e : tensor<5x7xf32>) outs(%zr : tensor<5xf32>) dimensions = [1]
  %o:2 = linalg.generic {indexing_maps = [#v, #l, #p, #o], iterator_types = ["parallel", "parallel", "reduction"]} ins(%v, %l : tensor<7x8xf32>, tensor<5xf32>) outs(%e, %zo : tensor<5x7xf32>, tensor<5x8xf32>) {
  ^bb0(%value: f32, %sum: f32, %weight: f32, %acc: f32):
    %divided = arith.divf %weight, %sum : f32
    %product = arith.mulf %value, %divided : f32
    %r = arith.addf %acc, %product : f32
    linalg.yield %divided, %r : f32, f32
  } -> (tensor<5x7xf32>, tensor<5x8xf32>)
  %r = linalg.add ins(%x, %o#1 : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}
