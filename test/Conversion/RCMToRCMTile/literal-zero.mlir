// Coefficients of literal 0 leave their operands unread.
// RUN: rcm-opt %s --convert-rcm-to-rcm-tile | FileCheck %s
// RUN: rcm-opt %s --convert-rcm-to-rcm-tile=recipe=bf16 | FileCheck %s

// CHECK-LABEL: func.func @no_residual(
// CHECK-SAME: %[[Q:[^:]*]]: memref<{{.*}}>, %[[X:[^:]*]]: memref
// CHECK-NOT: %[[X]]
// CHECK: return
func.func @no_residual(%q: memref<1x4x?x128xbf16>, %x: memref<1x4x?x128xbf16>, %beta: f32, %out: memref<1x4x?x128xbf16>) {
  %zero = arith.constant 0.0 : f32
  rcm.attention_skip scale(0.125) ins(%q, %q, %q, %x : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) coefficients(%zero, %beta : f32, f32) outs(%out : memref<1x4x?x128xbf16>)
  return
}

// CHECK-LABEL: func.func @no_attention(
// CHECK-NOT: rcm_rt.launch
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
// CHECK-SAME: ins(%[[X:[^,]*]], %{{[^,]*}} : memref<1x4x?x128xbf16>, memref<1xf32>)
// CHECK: arith.mulf {{.*}} : f32
// CHECK: arith.truncf {{.*}} : f32 to bf16
func.func @no_attention(%q: memref<1x4x?x128xbf16>, %x: memref<1x4x?x128xbf16>, %alpha: memref<1xf32>, %out: memref<1x4x?x128xbf16>) {
  %zero = arith.constant 0.0 : f32
  rcm.attention_skip scale(0.125) ins(%q, %q, %q, %x : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) coefficients(%alpha, %zero : memref<1xf32>, f32) outs(%out : memref<1x4x?x128xbf16>)
  return
}

// CHECK: gpu.func @attention_0(
// CHECK-NOT: rcm_tile.load_matrix
// CHECK-NOT: gpu.func @attention_1
