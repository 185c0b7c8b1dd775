// RUN: split-file %s %t
// RUN: rcm-opt %t/ops.mlir "--rcm-select-schedule=table=%t/table.json" 2>%t/remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t/remarks
// RUN: rcm-opt %t/ops.mlir --rcm-select-schedule=table=none | FileCheck %s --check-prefix=RULES
// RUN: rcm-opt %t/ops.mlir "--rcm-select-schedule=table=%t/table.json accumulation=promoted" | FileCheck %s --check-prefix=ASKED
// RUN: rcm-opt %t/half.mlir "--rcm-select-schedule=table=%t/table.json recipe=bf16" | FileCheck %s --check-prefix=HALF
// RUN: rcm-opt %t/f16.mlir "--rcm-select-schedule=table=%t/table.json recipe=f16" --convert-rcm-to-rcm-tile=recipe=f16 | FileCheck %s --check-prefix=F16
// RUN: rcm-opt %t/tensors.mlir "--rcm-to-nvvm-buffers=tuning-table=%t/table.json" "--rcm-to-nvvm-launches=tuning-table=%t/table.json" -mlir-print-ir-after=rcm-select-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=PIPELINE
// PIPELINE: rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 2,

// Of two entries that hold the one measured nearer is taken.
// CHECK-LABEL: func.func @near
// CHECK: consumer_warpgroups = 2, query_tile = 128, key_tile = 128, stages = 3, accumulation = direct, promotion_tiles = 1, conversion = eager
// REMARK: remark: {{.*}}schedule of {{.*}}table.json: entry 0: 0.2500 ms for 1000 query rows, 1000 keys and 8 heads
// CHECK-LABEL: func.func @far
// CHECK: consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 2, accumulation = direct
// REMARK: table.json: entry 1: 0.5000 ms for 2000 query rows, 2000 keys and 8 heads
// REMARK-NOT: schedule of
// Outside of all ranges, with another mask, another head dimension, sizes that
// only a call knows, a bias, rows that the copy engine cannot read: rules.
// CHECK-LABEL: func.func @outside
// CHECK: consumer_warpgroups = 3
// CHECK-LABEL: func.func @causal
// CHECK: consumer_warpgroups = 3
// CHECK-LABEL: func.func @narrow
// CHECK: consumer_warpgroups = 3
// CHECK-LABEL: func.func @open
// CHECK: consumer_warpgroups = 3
// CHECK-LABEL: func.func @bias
// CHECK: consumer_warpgroups = 2, query_tile = 128, key_tile = 128, stages = 4, {{.*}}conversion = lazy
// CHECK-LABEL: func.func @gaps
// CHECK: conversion = lazy
// A schedule written by hand stays.
// CHECK-LABEL: func.func @given
// CHECK: consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 4

// RULES-LABEL: func.func @near
// RULES: consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = direct
// Sums that somebody asked for are not replaced.
// ASKED-LABEL: func.func @near
// ASKED: consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = promoted

// The 16-bit kernels share entries; without one they choose later.
// HALF-LABEL: func.func @known
// HALF: consumer_warpgroups = 1, query_tile = 64, key_tile = 64, stages = 3, {{.*}}recipe = bf16
// HALF-LABEL: func.func @unknown
// HALF-NOT: rcm_tile.schedule
// F16: gpu.func @attention_0(
// F16-SAME: consumer_warpgroups = 1, query_tile = 64, key_tile = 64, stages = 3, {{.*}}recipe = f16

//--- ops.mlir
!q = memref<2x4x1000x128xbf16>
func.func @near(%q: !q) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}
!r = memref<8x1900x128xf16>
func.func @far(%r: !r) {
  rcm.attention scale(0.125) ins(%r, %r, %r : !r, !r, !r) outs(%r : !r)
  return
}
!big = memref<8x3000x128xbf16>
func.func @outside(%q: !big) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !big, !big, !big) outs(%q : !big)
  return
}
func.func @causal(%q: !q) {
  rcm.attention scale(0.125) causal ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}
!n = memref<2x4x1000x64xbf16>
func.func @narrow(%q: !n) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !n, !n, !n) outs(%q : !n)
  return
}
!o = memref<?x4x1000x128xbf16>
func.func @open(%q: !o) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !o, !o, !o) outs(%q : !o)
  return
}
!b = memref<2x4x1000x1000xf32>
func.func @bias(%q: !q, %b: !b) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) bias(%b : !b) outs(%q : !q)
  return
}
!g = memref<2x4x1000x128xbf16, strided<[?, ?, 129, 1]>>
func.func @gaps(%q: !g) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !g, !g, !g) outs(%q : !g)
  return
}
func.func @given(%q: !q) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 4, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

//--- half.mlir
!q = memref<2x4x1000x128xbf16>
func.func @known(%q: !q) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}
!r = memref<2x4x5000x128xbf16>
func.func @unknown(%q: !r) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !r, !r, !r) outs(%q : !r)
  return
}

//--- f16.mlir
!q = memref<2x4x1000x128xf16>
func.func @known(%q: !q) {
  rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%q : !q)
  return
}

//--- tensors.mlir
!q = tensor<2x4x1000x128xbf16>
func.func @f(%q: !q, %out: !q) -> !q {
  %0 = rcm.attention scale(0.125) ins(%q, %q, %q : !q, !q, !q) outs(%out : !q) -> !q
  return %0 : !q
}

//--- table.json
{"format": "rcm-tuning-table", "version": 1, "chip": "sm_90a", "entries": [
  {"recipe": "int8-e4m3", "depth": 128, "width": 128, "causal": false, "rows": [500, 2000], "keys": [500, 2000], "heads": [6, 11], "ms": 0.25, "measured": {"rows": 1000, "keys": 1000, "heads": 8, "type": "bf16"},
   "schedule": "consumer_warpgroups = 2, query_tile = 128, key_tile = 128, stages = 3, accumulation = direct, promotion_tiles = 1, conversion = eager, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3"},
  {"recipe": "int8-e4m3", "depth": 100, "width": 100, "causal": false, "rows": [1000, 2500], "keys": [1000, 2500], "heads": [6, 11], "ms": 0.5, "measured": {"rows": 2000, "keys": 2000, "heads": 8, "type": "bf16"},
   "schedule": "consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 2, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3"},
  {"recipe": "bf16", "depth": 128, "width": 128, "causal": false, "rows": [500, 2000], "keys": [500, 2000], "heads": [6, 11], "ms": 0.125, "measured": {"rows": 1000, "keys": 1000, "heads": 8, "type": "bf16"},
   "schedule": "consumer_warpgroups = 1, query_tile = 64, key_tile = 64, stages = 3, accumulation = direct, promotion_tiles = 1, conversion = eager, row_sum = add, scales = warp, rescale_threshold = 8.0 : f64, recipe = bf16"}]}
