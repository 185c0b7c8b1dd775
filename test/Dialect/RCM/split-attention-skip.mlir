// RUN: rcm-opt %s --rcm-split-attention-skip | FileCheck %s
// RUN: rcm-opt %s --rcm-split-attention-skip=wide-intermediate | FileCheck %s --check-prefix=WIDE

#q = affine_map<(b, h, m, n, k, d) -> (m, k)>
#kv = affine_map<(b, h, m, n, k, d) -> (n, k)>
#v = affine_map<(b, h, m, n, k, d) -> (n, d)>
#transposed = affine_map<(b, h, m, n, k, d) -> (d, m)>
#channel = affine_map<(b, h, m, n, k, d) -> (d)>
#one = affine_map<(b, h, m, n, k, d) -> (0)>

// The output lies columns first: so does the temporary, and every map of the
// skip follows.
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[ZERO:.*]] = affine_map<(d0, d1) -> (0)>
// CHECK-LABEL: func.func @transposed
// CHECK: %[[T:.*]] = tensor.empty() : tensor<16x8xf16>
// CHECK: %[[O:.*]] = rcm.attention scale(2.500000e-01) {{.*}} outs(%[[T]] : tensor<16x8xf16>)
// CHECK: linalg.generic {indexing_maps = [#[[ROW]], #[[ID]], #[[ZERO]], #[[ID]], #[[ID]]]
// CHECK-SAME: ins(%{{.*}}, %{{.*}}, %{{.*}}, %[[O]] :
// CHECK-NOT: rcm.attention_skip
// WIDE-LABEL: func.func @transposed
// WIDE: tensor.empty() : tensor<16x8xf32>
func.func @transposed(%q: tensor<8x16xf16>, %x: tensor<16x8xf16>, %a: tensor<16xf32>, %b: tensor<1xf32>) -> tensor<16x8xf16> {
  %0 = rcm.attention_skip scale(0.25) ins(%q, %q, %q, %x : tensor<8x16xf16>, tensor<8x16xf16>, tensor<8x16xf16>, tensor<16x8xf16>)
      coefficients(%a, %b : tensor<16xf32>, tensor<1xf32>) outs(%x : tensor<16x8xf16>)
      {indexing_maps = [#q, #kv, #v, #transposed, #channel, #one, #transposed]} -> tensor<16x8xf16>
  return %0 : tensor<16x8xf16>
}

// On memrefs, with a literal coefficient: x is not read.
// CHECK-LABEL: func.func @memrefs
// CHECK-SAME: %[[X:.*]]: memref<8x16xf32>, %{{.*}}: memref<8x16xf32>, %[[OUT:.*]]: memref<8x16xf32>, %[[B:.*]]: f32
// CHECK: %[[T:.*]] = memref.alloc() : memref<8x16xf32>
// CHECK: rcm.attention {{.*}} outs(%[[T]]
// CHECK-NOT: %[[X]]
// CHECK: linalg.generic {{.*}} ins(%[[T]] : memref<8x16xf32>) outs(%[[OUT]]
// CHECK: arith.mulf %[[B]]
func.func @memrefs(%x: memref<8x16xf32>, %q: memref<8x16xf32>, %out: memref<8x16xf32>, %b: f32) {
  %zero = arith.constant 0.0 : f32
  rcm.attention_skip scale(0.25) ins(%q, %q, %q, %x : memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>, memref<8x16xf32>)
      coefficients(%zero, %b : f32, f32) outs(%out : memref<8x16xf32>)
  return
}
