// The log-sum-exp gets back what smoothing K took from the scores: scale * q . mean.
// RUN: rcm-opt %s --convert-rcm-to-rcm-tile | FileCheck %s

// CHECK-LABEL: func.func @lse
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_quantize
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_shift grid{{.*}}programmatic
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0 grid
// CHECK: gpu.func @attention_0_shift(
// CHECK: rcm_tile.grid_wait
// CHECK: math.fma
// CHECK: rcm_tile.shuffle_xor {{.*}}, 16
// CHECK: arith.constant 1.250000e-01 : f32
// CHECK: rcm_tile.store
// CHECK: gpu.func @attention_0(
// CHECK: rcm_tile.load_fragment
// CHECK: rcm_tile.log2
func.func @lse(%q: memref<1x4x?x128xbf16>, %out: memref<1x4x?x128xbf16>, %lse: memref<1x4x?xf32>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) outs(%out, %lse : memref<1x4x?x128xbf16>, memref<1x4x?xf32>)
  return
}
