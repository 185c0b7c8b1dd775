// Attention of the recipe none: conditions on the sizes, then one launch of 256
// threads per 64 query rows and head.
// RUN: rcm-opt %s --convert-rcm-to-gpu --canonicalize --cse | FileCheck %s

#q = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#kv = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#v = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#o = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>

// CHECK-LABEL: func.func @static
// CHECK-SAME: (%[[Q:.*]]: memref<2x100x4x80xf16>, %[[K:.*]]: memref<2x7x2x80xf16>
// Nothing is left to check at run time, 2 tiles of rows times 8 heads.
// CHECK-NOT: rcm_rt.require
// CHECK: gpu.launch blocks({{.*}}) in ({{.*}} = %c16{{.*}}) threads({{.*}}) in ({{.*}} = %c256
// Q, K, P in tiles of 64; V padded to a multiple of 32 columns.
// CHECK-SAME: workgroup(%{{.*}} : memref<64x33xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<64x33xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<64x65xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<8x64xf32, #gpu.address_space<workgroup>>)
// 2 query heads read one key head.
// CHECK: %[[H:.*]] = arith.remui %{{.*}}, %c4
// CHECK: arith.divui %[[H]], %c2
// CHECK-NOT: rcm.attention
func.func @static(%q: memref<2x100x4x80xf16>, %k: memref<2x7x2x80xf16>, %v: memref<2x7x2x48xf16>, %out: memref<2x100x4x48xf16>) {
  rcm.attention scale(0.125) ins(%q, %k, %v : memref<2x100x4x80xf16>, memref<2x7x2x80xf16>, memref<2x7x2x48xf16>)
      outs(%out : memref<2x100x4x48xf16>) {indexing_maps = [#q, #kv, #v, #o]}
  return
}

// CHECK-LABEL: func.func @dynamic
// CHECK-DAG: rcm_rt.require %{{.*}}, "expected size of dimension k to be at most 256"
// CHECK-DAG: rcm_rt.require %{{.*}}, "expected size of dimension m to be at least 1"
// CHECK-DAG: rcm_rt.require %{{.*}}, "expected size of dimension n of `value` to be that of the other operands"
// CHECK-DAG: rcm_rt.require %{{.*}}, "expected number of query heads to be a multiple of the number of key heads"
// CHECK-NOT: "expected size of dimension n to be at least 1"
// CHECK: gpu.launch
func.func @dynamic(%q: memref<?x?x?x?xf32>, %k: memref<?x?x?x?xf32>, %v: memref<?x?x?x?xf32>, %out: memref<?x?x?x?xf32>) {
  rcm.attention scale(0.125) ins(%q, %k, %v : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>, memref<?x?x?x?xf32>)
      outs(%out : memref<?x?x?x?xf32>)
  return
}

// A literal coefficient 0 leaves what it multiplies unread.
// CHECK-LABEL: func.func @zero_alpha
// CHECK-SAME: %[[X:[a-z0-9]*]]: memref<8x16xf32>
// CHECK-NOT: %[[X]]
// CHECK: return
func.func @zero_alpha(%x: memref<8x16xf32>, %q: memref<8x16xf32>, %out: memref<8x16xf32>, %beta: f32) {
  %zero = arith.constant 0.0 : f32
  rcm.attention_skip scale(0.25) ins(%q, %q, %q, %x : memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>)
      coefficients(%zero, %beta : f32, f32) outs(%out : memref<8x16xf32>)
  return
}

// CHECK-LABEL: func.func @zero_beta
// CHECK-SAME: %[[Q:[a-z0-9]*]]: memref<8x16xf32>
// CHECK-NOT: memref.load %[[Q]]
// CHECK: return
func.func @zero_beta(%q: memref<8x16xf32>, %x: memref<8x16xf32>, %out: memref<8x16xf32>, %alpha: f32) {
  %zero = arith.constant 0.0 : f32
  rcm.attention_skip scale(0.25) ins(%q, %q, %q, %x : memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>)
      coefficients(%alpha, %zero : f32, f32) outs(%out : memref<8x16xf32>)
  return
}
