// RUN: rcm-opt %s --convert-rcm-to-rcm-tile | FileCheck %s
// RUN: rcm-opt %s --pass-pipeline='builtin.module(convert-rcm-to-rcm-tile,gpu.module(convert-rcm-tile-to-nvvm))' | FileCheck %s --check-prefix=NVVM

// Statistics, quantization, attention in this order, each but the first behind
// its predecessor; many partial statistics are combined before.
// CHECK-LABEL: func.func @skip
// CHECK-NOT: rcm.attention
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_statistics
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_combine {{.*}} if(%{{[^)]*}}) programmatic
// CHECK-NOT: rcm_rt.launch
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_quantize {{.*}}programmatic
// CHECK-NOT: rcm_rt.launch
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0 grid
// The last block of a head counts itself last, and writes the table.
// CHECK: gpu.func @attention_0_quantize(
// CHECK: rcm_tile.count_up
// CHECK: gpu.func @attention_0(
// CHECK: rcm_tile.qk
// CHECK: rcm_tile.exp_pack
// CHECK: rcm_tile.pv
// CHECK: rcm_tile.store_matrix
// NVVM: llvm.func @attention_0_quantize(
// NVVM: llvm.fence syncscope("device") acq_rel
// NVVM: llvm.atomicrmw add {{.*}}syncscope("device") monotonic
// NVVM: llvm.fence syncscope("device") acq_rel
// NVVM: llvm.func @attention_0(
// NVVM: m64n128k32.s32.s8.s8
// NVVM: m64n136k32.f32.e4m3.e4m3
func.func @skip(%q: memref<1x12x?x128xbf16>, %k: memref<1x12x?x128xbf16>,
                %v: memref<1x12x?x128xbf16>, %x: memref<1x12x?x128xbf16>,
                %a: memref<1xf32>, %b: memref<1xf32>,
                %out: memref<1x12x?x128xbf16>) {
  rcm.attention_skip scale(0.08838834764831845)
    ins(%q, %k, %v, %x : memref<1x12x?x128xbf16>, memref<1x12x?x128xbf16>, memref<1x12x?x128xbf16>, memref<1x12x?x128xbf16>)
    coefficients(%a, %b : memref<1xf32>, memref<1xf32>)
    outs(%out : memref<1x12x?x128xbf16>)
  return
}
