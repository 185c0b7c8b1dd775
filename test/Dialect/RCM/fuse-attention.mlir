// Attention without a skip, and attention whose result is projected first: the
// skip then belongs to the projection's matrix product.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --rcm-fuse-attention --split-input-file --remarks-filter='rcm.*' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// REMARK: no-skip: nothing is added to the attention
// REMARK: fused into rcm.attention: m=5 n=7 k=8 d=6, f32
// CHECK-LABEL: @plain
// CHECK: %[[R:.*]] = rcm.attention scale(1.000000e+00) ins(%arg0, %arg1, %arg2
// CHECK-NOT: linalg
// CHECK: return %[[R]]
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @plain(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x6xf32>) -> tensor<5x6xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x6xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x6xf32>) outs(%zo : tensor<5x6xf32>) -> tensor<5x6xf32>
  return %o : tensor<5x6xf32>
}

// -----

// x + gate * (attention W): attention alone is fused, the product with W, the
// gate and the residual stay.
// REMARK: projection-between: a linear map stands between attention and skip
// REMARK: fused into rcm.attention: m=5 n=7 k=8 d=8, f32
// CHECK-LABEL: @projected
// CHECK: %[[A:.*]] = rcm.attention scale(1.000000e+00) ins(%arg0, %arg1, %arg2
// CHECK: linalg.matmul ins(%[[A]], %arg4
// CHECK: linalg.mul
// CHECK: linalg.add
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
func.func @projected(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>, %w: tensor<8x8xf32>, %g: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %y = linalg.matmul ins(%o, %w : tensor<5x8xf32>, tensor<8x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %gy = linalg.mul ins(%g, %y : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %gy : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// The division comes after V, a rounding to f16 last.
// REMARK: fused into rcm.attention: m=5 n=7 k=8 d=8, f16
// CHECK-LABEL: @divided_late
// CHECK: rcm.attention scale(1.000000e+00) {{.*}} -> tensor<5x8xf16>
// CHECK-NOT: linalg
// CHECK: return
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#pv = affine_map<(m, d, n) -> (m, n)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (m)>
func.func @divided_late(%q: tensor<5x8xf16>, %k: tensor<7x8xf16>, %v: tensor<7x8xf16>) -> tensor<5x8xf16> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zr = arith.constant dense<0.0> : tensor<5xf32>
  %ninf = arith.constant dense<0xFF800000> : tensor<5xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %out = tensor.empty() : tensor<5x8xf16>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf16>, tensor<7x8xf16>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %m = linalg.reduce { arith.maximumf } ins(%s : tensor<5x7xf32>) outs(%ninf : tensor<5xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%s, %m : tensor<5x7xf32>, tensor<5xf32>) outs(%z : tensor<5x7xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %d = arith.subf %a, %b : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<5x7xf32>
  %l = linalg.reduce { arith.addf } ins(%e : tensor<5x7xf32>) outs(%zr : tensor<5xf32>) dimensions = [1]
  %o = linalg.contract indexing_maps = [#pv, #v, #o] ins(%e, %v : tensor<5x7xf32>, tensor<7x8xf16>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%o, %l : tensor<5x8xf32>, tensor<5xf32>) outs(%out : tensor<5x8xf16>) {
  ^bb0(%a: f32, %b: f32, %acc: f16):
    %d = arith.divf %a, %b : f32
    %t = arith.truncf %d : f32 to f16
    linalg.yield %t : f16
  } -> tensor<5x8xf16>
  return %r : tensor<5x8xf16>
}
