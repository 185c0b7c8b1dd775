// RUN: rcm-opt %s --rcm-select-schedule | FileCheck %s
// RUN: rcm-opt %s --rcm-select-schedule=recipe=none | FileCheck %s
// RUN: not rcm-opt %s --rcm-select-schedule=chip=sm_80 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not rcm-opt %s --rcm-select-schedule=accumulation=f16 2>&1 | FileCheck %s --check-prefix=ACCUMULATION

// CHIP: error: expected option `chip` to be sm_90a, got sm_80
// ACCUMULATION: error: expected option `accumulation` to be auto, direct or promoted, got f16

// f32 operands are not quantized unless asked.
// CHECK-LABEL: func.func @f32
// CHECK-NOT: rcm_tile.schedule
func.func @f32(%q: memref<8x64xf32>, %out: memref<8x64xf32>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<8x64xf32>, memref<8x64xf32>, memref<8x64xf32>) outs(%out : memref<8x64xf32>)
  return
}

// No attention is computed.
// CHECK-LABEL: func.func @unused
// CHECK-NOT: rcm_tile.schedule
func.func @unused(%q: memref<1x4x?x128xbf16>, %out: memref<1x4x?x128xbf16>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  rcm.attention_skip scale(0.125) ins(%q, %q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) coefficients(%one, %zero : f32, f32) outs(%out : memref<1x4x?x128xbf16>)
  return
}
