// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file | FileCheck %s
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file --remarks-filter=rcm-fuse-attention-skip -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-fuse-attention-skip)' --split-input-file | FileCheck %s

// Named ops, K transposed by linalg.transpose, scale on the scores, softmax by
// name, one generic for the skip, coefficients [B] given, batch and heads
// collapsed.
// REMARK: fused into rcm.attention_skip: b=6 m=8 n=12 k=16 d=10, f32, schedule explicit
// CHECK-LABEL: @named_3d
// CHECK-SAME: (%[[Q:.*]]: tensor<6x8x16xf32>, %[[K:.*]]: tensor<6x12x16xf32>, %[[V:.*]]: tensor<6x12x10xf32>, %[[X:.*]]: tensor<6x8x10xf32>, %[[A:.*]]: tensor<6xf32>, %[[B:.*]]: tensor<6xf32>)
// CHECK: %[[R:.*]] = rcm.attention_skip scale(2.500000e-01) ins(%[[Q]], %[[K]], %[[V]], %[[X]] : {{.*}}) coefficients(%[[A]], %[[B]] : tensor<6xf32>, tensor<6xf32>)
// CHECK-NOT: linalg
// CHECK: return %[[R]]
#id = affine_map<(b, m, n) -> (b, m, n)>
#batch = affine_map<(b, m, n) -> (b)>
func.func @named_3d(%q: tensor<6x8x16xf32>, %k: tensor<6x12x16xf32>, %v: tensor<6x12x10xf32>,
    %x: tensor<6x8x10xf32>, %a: tensor<6xf32>, %b: tensor<6xf32>) -> tensor<6x8x10xf32> {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.25 : f32
  %kt_e = tensor.empty() : tensor<6x16x12xf32>
  %kt = linalg.transpose ins(%k : tensor<6x12x16xf32>) outs(%kt_e : tensor<6x16x12xf32>) permutation = [0, 2, 1]
  %s_e = tensor.empty() : tensor<6x8x12xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<6x8x12xf32>) -> tensor<6x8x12xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<6x8x16xf32>, tensor<6x16x12xf32>) outs(%s_z : tensor<6x8x12xf32>) -> tensor<6x8x12xf32>
  %s1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s0 : tensor<6x8x12xf32>) outs(%s_e : tensor<6x8x12xf32>) {
  ^bb0(%s: f32, %o: f32):
    %r = arith.mulf %s, %scale : f32
    linalg.yield %r : f32
  } -> tensor<6x8x12xf32>
  %p = linalg.softmax dimension(2) ins(%s1 : tensor<6x8x12xf32>) outs(%s_e : tensor<6x8x12xf32>) -> tensor<6x8x12xf32>
  %o_e = tensor.empty() : tensor<6x8x10xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<6x8x10xf32>) -> tensor<6x8x10xf32>
  %attn = linalg.batch_matmul ins(%p, %v : tensor<6x8x12xf32>, tensor<6x12x10xf32>) outs(%o_z : tensor<6x8x10xf32>) -> tensor<6x8x10xf32>
  %out = linalg.generic {indexing_maps = [#id, #id, #batch, #batch, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %attn, %a, %b : tensor<6x8x10xf32>, tensor<6x8x10xf32>, tensor<6xf32>, tensor<6xf32>) outs(%o_e : tensor<6x8x10xf32>) {
  ^bb0(%xe: f32, %ae: f32, %cs: f32, %co: f32, %o: f32):
    %l = arith.mulf %cs, %xe : f32
    %r = arith.mulf %ae, %co : f32
    %t = arith.addf %r, %l : f32
    linalg.yield %t : f32
  } -> tensor<6x8x10xf32>
  return %out : tensor<6x8x10xf32>
}

// -----

// 4-D generics, K transposed by its map, scale on Q as an op of its own, the
// max-sub-exp-sum-div chain, f16 with f32 accumulation, mul/mul/add, c_skip and
// c_out from t by the edm formula in the module.
// REMARK: fused into rcm.attention_skip: b=2 h=3 m=8 n=12 k=16 d=16, f16, schedule edm
// CHECK-LABEL: @generic_4d
// CHECK-SAME: (%[[Q:.*]]: tensor<2x3x8x16xf16>, %[[K:.*]]: tensor<2x3x12x16xf16>, %[[V:.*]]: tensor<2x3x12x16xf16>, %[[X:.*]]: tensor<2x3x8x16xf16>, %[[T:.*]]: tensor<2xf32>)
// CHECK: %[[C:.*]]:2 = rcm.skip_coefficients edm sigma_data(5.000000e-01) ins(%[[T]] : tensor<2xf32>)
// CHECK: rcm.attention_skip scale(2.500000e-01) ins(%[[Q]], %[[K]], %[[V]], %[[X]]
// CHECK-SAME: coefficients(%[[C]]#0, %[[C]]#1
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#kk = affine_map<(b, h, m, n, k) -> (b, h, n, k)>
#s = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#v = affine_map<(b, h, m, d, n) -> (b, h, n, d)>
#p = affine_map<(b, h, m, d, n) -> (b, h, m, n)>
#o = affine_map<(b, h, m, d, n) -> (b, h, m, d)>
#id = affine_map<(b, h, m, n) -> (b, h, m, n)>
#row = affine_map<(b, h, m, n) -> (b, h, m)>
#batch = affine_map<(b, h, m, n) -> (b)>
#id1 = affine_map<(b) -> (b)>
func.func @generic_4d(%q: tensor<2x3x8x16xf16>, %k: tensor<2x3x12x16xf16>, %v: tensor<2x3x12x16xf16>,
    %x: tensor<2x3x8x16xf16>, %t: tensor<2xf32>) -> tensor<2x3x8x16xf16> {
  %zero = arith.constant 0.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.25 : f16
  %s2 = arith.constant 0.25 : f32
  %sig = arith.constant 0.5 : f32
  %q_e = tensor.empty() : tensor<2x3x8x16xf16>
  %qs = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%q : tensor<2x3x8x16xf16>) outs(%q_e : tensor<2x3x8x16xf16>) {
  ^bb0(%a: f16, %o: f16):
    %r = arith.mulf %a, %scale : f16
    linalg.yield %r : f16
  } -> tensor<2x3x8x16xf16>
  %s_e = tensor.empty() : tensor<2x3x8x12xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<2x3x8x12xf32>) -> tensor<2x3x8x12xf32>
  %s = linalg.generic {indexing_maps = [#q, #kk, #s], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%qs, %k : tensor<2x3x8x16xf16>, tensor<2x3x12x16xf16>) outs(%s_z : tensor<2x3x8x12xf32>) {
  ^bb0(%a: f16, %b: f16, %acc: f32):
    %a32 = arith.extf %a : f16 to f32
    %b32 = arith.extf %b : f16 to f32
    %m = arith.mulf %a32, %b32 : f32
    %r = arith.addf %m, %acc : f32
    linalg.yield %r : f32
  } -> tensor<2x3x8x12xf32>
  %m_e = tensor.empty() : tensor<2x3x8xf32>
  %m_z = linalg.fill ins(%ninf : f32) outs(%m_e : tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %m = linalg.reduce { arith.maximumf } ins(%s : tensor<2x3x8x12xf32>) outs(%m_z : tensor<2x3x8xf32>) dimensions = [3]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%s, %m : tensor<2x3x8x12xf32>, tensor<2x3x8xf32>) outs(%s_e : tensor<2x3x8x12xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.subf %a, %b : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<2x3x8x12xf32>
  %l_z = linalg.fill ins(%zero : f32) outs(%m_e : tensor<2x3x8xf32>) -> tensor<2x3x8xf32>
  %l = linalg.reduce { arith.addf } ins(%e : tensor<2x3x8x12xf32>) outs(%l_z : tensor<2x3x8xf32>) dimensions = [3]
  %p_e = tensor.empty() : tensor<2x3x8x12xf16>
  %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%e, %l : tensor<2x3x8x12xf32>, tensor<2x3x8xf32>) outs(%p_e : tensor<2x3x8x12xf16>) {
  ^bb0(%a: f32, %b: f32, %o: f16):
    %d = arith.divf %a, %b : f32
    %r = arith.truncf %d : f32 to f16
    linalg.yield %r : f16
  } -> tensor<2x3x8x12xf16>
  %o_e = tensor.empty() : tensor<2x3x8x16xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<2x3x8x16xf32>) -> tensor<2x3x8x16xf32>
  %attn = linalg.contract indexing_maps = [#p, #v, #o]
      ins(%p, %v : tensor<2x3x8x12xf16>, tensor<2x3x12x16xf16>) outs(%o_z : tensor<2x3x8x16xf32>) -> tensor<2x3x8x16xf32>
  %t_e = tensor.empty() : tensor<2xf32>
  %cs = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]}
      ins(%t : tensor<2xf32>) outs(%t_e : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %tt = arith.mulf %a, %a : f32
    %d = arith.addf %tt, %s2 : f32
    %r = arith.divf %s2, %d : f32
    linalg.yield %r : f32
  } -> tensor<2xf32>
  %co = linalg.generic {indexing_maps = [#id1, #id1], iterator_types = ["parallel"]}
      ins(%t : tensor<2xf32>) outs(%t_e : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %tt = arith.mulf %a, %a : f32
    %d = arith.addf %s2, %tt : f32
    %n = arith.mulf %a, %sig : f32
    %q0 = math.rsqrt %d : f32
    %r = arith.mulf %n, %q0 : f32
    linalg.yield %r : f32
  } -> tensor<2xf32>
  %l1 = linalg.generic {indexing_maps = [#id, #batch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %cs : tensor<2x3x8x16xf16>, tensor<2xf32>) outs(%o_e : tensor<2x3x8x16xf32>) {
  ^bb0(%a: f16, %b: f32, %o: f32):
    %a32 = arith.extf %a : f16 to f32
    %r = arith.mulf %a32, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x3x8x16xf32>
  %r1 = linalg.generic {indexing_maps = [#id, #batch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%attn, %co : tensor<2x3x8x16xf32>, tensor<2xf32>) outs(%o_e : tensor<2x3x8x16xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %b, %a : f32
    linalg.yield %r : f32
  } -> tensor<2x3x8x16xf32>
  %sum = linalg.add ins(%l1, %r1 : tensor<2x3x8x16xf32>, tensor<2x3x8x16xf32>) outs(%o_e : tensor<2x3x8x16xf32>) -> tensor<2x3x8x16xf32>
  %out = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%sum : tensor<2x3x8x16xf32>) outs(%q_e : tensor<2x3x8x16xf16>) {
  ^bb0(%a: f32, %o: f16):
    %r = arith.truncf %a : f32 to f16
    linalg.yield %r : f16
  } -> tensor<2x3x8x16xf16>
  return %out : tensor<2x3x8x16xf16>
}
