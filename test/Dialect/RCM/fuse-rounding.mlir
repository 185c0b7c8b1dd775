// The precision policy: a rounding of an intermediate may be dropped, unless
// the pass is told to keep it. Roundings of operands and of the result stay.
// RUN: rcm-opt %s --rcm-fuse-attention-skip --split-input-file 2>/dev/null | FileCheck %s --check-prefixes=CHECK,DROP
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-fuse-attention-skip{keep-intermediate-rounding})' --split-input-file --remarks-filter='rcm.*' 2>%t.remarks | FileCheck %s --check-prefixes=CHECK,KEEP
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// Probabilities in f16.
// CHECK-LABEL: @narrow_probabilities
// DROP: rcm.attention_skip
// KEEP-NOT: rcm.attention_skip
// CHECK: return
// REMARK: not-fused {{.*}}rounding-kept: an intermediate is rounded to a narrower type
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#pv = affine_map<(m, d, n) -> (m, n)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
#id = affine_map<(m, n) -> (m, n)>
func.func @narrow_probabilities(%q: tensor<5x8xf16>, %k: tensor<7x8xf16>, %v: tensor<7x8xf16>, %x: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %half = tensor.empty() : tensor<5x7xf16>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf16>, tensor<7x8xf16>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p16 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%p : tensor<5x7xf32>) outs(%half : tensor<5x7xf16>) {
  ^bb0(%a: f32, %acc: f16):
    %t = arith.truncf %a : f32 to f16
    linalg.yield %t : f16
  } -> tensor<5x7xf16>
  %o = linalg.contract indexing_maps = [#pv, #v, #o] ins(%p16, %v : tensor<5x7xf16>, tensor<7x8xf16>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// Scores and softmax in f32, the result rounded once: nothing is dropped.
// CHECK-LABEL: @narrow_operands
// CHECK: rcm.attention_skip {{.*}} tensor<5x8xf16>
// CHECK: return
// REMARK: fused into rcm.attention_skip
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#pv = affine_map<(m, d, n) -> (m, n)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
#id = affine_map<(m, n) -> (m, n)>
func.func @narrow_operands(%q: tensor<5x8xf16>, %k: tensor<7x8xf16>, %v: tensor<7x8xf16>, %x: tensor<5x8xf16>) -> tensor<5x8xf16> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %out = tensor.empty() : tensor<5x8xf16>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf16>, tensor<7x8xf16>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.contract indexing_maps = [#pv, #v, #o] ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf16>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %o : tensor<5x8xf16>, tensor<5x8xf32>) outs(%out : tensor<5x8xf16>) {
  ^bb0(%a: f16, %b: f32, %acc: f16):
    %a32 = arith.extf %a : f16 to f32
    %t0 = arith.addf %a32, %b : f32
    %t = arith.truncf %t0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<5x8xf16>
  return %r : tensor<5x8xf16>
}

// -----

// Queries rounded to bf16 by the module are read as bf16 either way.
// CHECK-LABEL: @rounded_queries
// CHECK: %[[Q:.*]] = linalg.generic {{.*}} ins(%arg0
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%[[Q]], %arg1, %arg2, %arg3
// CHECK: return
// REMARK: fused into rcm.attention_skip: m=5 n=7 k=8 d=8, bf16
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#pv = affine_map<(m, d, n) -> (m, n)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
#id = affine_map<(m, n) -> (m, n)>
func.func @rounded_queries(%q: tensor<5x8xf32>, %k: tensor<7x8xbf16>, %v: tensor<7x8xbf16>, %x: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %z = arith.constant dense<0.0> : tensor<5x7xf32>
  %zo = arith.constant dense<0.0> : tensor<5x8xf32>
  %half = tensor.empty() : tensor<5x8xbf16>
  %q16 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%q : tensor<5x8xf32>) outs(%half : tensor<5x8xbf16>) {
  ^bb0(%a: f32, %acc: bf16):
    %t = arith.truncf %a : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<5x8xbf16>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q16, %k : tensor<5x8xbf16>, tensor<7x8xbf16>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%z : tensor<5x7xf32>) -> tensor<5x7xf32>
  %o = linalg.contract indexing_maps = [#pv, #v, #o] ins(%p, %v : tensor<5x7xf32>, tensor<7x8xbf16>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  %r = linalg.add ins(%x, %o : tensor<5x8xf32>, tensor<5x8xf32>) outs(%zo : tensor<5x8xf32>) -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}

// -----

// Scores and softmax in f64 although the operands are f32: never computed
// narrower; the queries are widened, so that the op computes in f64.
// CHECK-LABEL: @wide_softmax
// CHECK: %[[Q:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<5x8xf32>) outs({{.*}} : tensor<5x8xf64>)
// CHECK: rcm.attention_skip scale(1.000000e+00) ins(%[[Q]], %arg1, %arg2, %arg3
// CHECK: return
#q = affine_map<(m, n, k) -> (m, k)>
#k = affine_map<(m, n, k) -> (n, k)>
#s = affine_map<(m, n, k) -> (m, n)>
#pv = affine_map<(m, d, n) -> (m, n)>
#v = affine_map<(m, d, n) -> (n, d)>
#o = affine_map<(m, d, n) -> (m, d)>
#id = affine_map<(m, n) -> (m, n)>
func.func @wide_softmax(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf64>) -> tensor<5x8xf64> {
  %z = arith.constant dense<0.0> : tensor<5x7xf64>
  %zo = arith.constant dense<0.0> : tensor<5x8xf64>
  %s = linalg.contract indexing_maps = [#q, #k, #s] ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%z : tensor<5x7xf64>) -> tensor<5x7xf64>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf64>) outs(%z : tensor<5x7xf64>) -> tensor<5x7xf64>
  %o = linalg.contract indexing_maps = [#pv, #v, #o] ins(%p, %v : tensor<5x7xf64>, tensor<7x8xf32>) outs(%zo : tensor<5x8xf64>) -> tensor<5x8xf64>
  %r = linalg.add ins(%x, %o : tensor<5x8xf64>, tensor<5x8xf64>) outs(%zo : tensor<5x8xf64>) -> tensor<5x8xf64>
  return %r : tensor<5x8xf64>
}
