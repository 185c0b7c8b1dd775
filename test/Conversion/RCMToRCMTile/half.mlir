// RUN: rcm-opt %s --convert-rcm-to-rcm-tile=recipe=bf16 | FileCheck %s
// RUN: rcm-opt %s --pass-pipeline='builtin.module(convert-rcm-to-rcm-tile{recipe=bf16},gpu.module(convert-rcm-tile-to-nvvm))' | FileCheck %s --check-prefix=NVVM

// No scratch and no pre-pass. The number of rows is open: of two kernels one is
// launched.
// CHECK-LABEL: func.func @open
// CHECK-NOT: rcm.attention
// CHECK-NOT: rcm_rt.scratch
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0_narrow {{.*}} if(%{{[^)]*}}) args
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0 {{.*}} if(%{{[^)]*}}) args
// CHECK-LABEL: func.func @small
// CHECK: rcm_rt.launch @rcm_kernels::@attention_1 {{.*}} args
// CHECK-NOT: rcm_rt.launch

// The coefficients are computed in the kernel, from the times.
// CHECK-LABEL: func.func @times
// CHECK-NOT: memref.alloc
// CHECK-NOT: rcm.skip_coefficients
// CHECK: rcm_rt.launch @rcm_kernels::@attention_2_narrow
// Something else reads one of them: they are computed before.
// CHECK-LABEL: func.func @times_read
// CHECK: rcm.skip_coefficients

// CHECK: gpu.func @attention_0_narrow(
// CHECK-SAME: consumer_warpgroups = 1
// CHECK-SAME: recipe = bf16
// CHECK: gpu.func @attention_0(
// CHECK-SAME: rcm_tile.blocks_per_multiprocessor = 1 : i32
// CHECK-SAME: consumer_warpgroups = 3
// CHECK: scf.for
// CHECK: rcm_tile.qk {{.*}} : <64x128xbf16, 128>, <128x128xbf16, 128>
// CHECK: rcm_tile.mask_columns
// CHECK: rcm_tile.rescale_if
// CHECK: rcm_tile.as_operand
// CHECK: rcm_tile.pv
// CHECK: rcm_tile.reduce_parts
// CHECK: rcm_tile.tma_store
// CHECK: gpu.func @attention_1(
// CHECK-SAME: rcm_tile.blocks_per_multiprocessor = 2 : i32
// CHECK-SAME: consumer_warpgroups = 1

// CHECK: gpu.func @attention_2_narrow(
// CHECK: math.sqrt {{.*}} : f64

// P from registers, V transposed by the matrix unit (the last 1).
// NVVM: llvm.func @attention_0(
// NVVM: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {{.*}}first, 1, 1, 0, 0;
// NVVM: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {{.*}}next, 1, 1, 1;
// NVVM: llvm.func @attention_1({{.*}}nvvm.minctasm = 2 : i32

func.func @open(%q: memref<?x12x?x128xbf16>, %k: memref<?x12x?x128xbf16>, %v: memref<?x12x?x128xbf16>, %x: memref<?x12x?x128xbf16>, %a: memref<?xf32>, %b: memref<?xf32>, %out: memref<?x12x?x128xbf16>) {
  rcm.attention_skip scale(0.08838834764831845)
    ins(%q, %k, %v, %x : memref<?x12x?x128xbf16>, memref<?x12x?x128xbf16>, memref<?x12x?x128xbf16>, memref<?x12x?x128xbf16>)
    coefficients(%a, %b : memref<?xf32>, memref<?xf32>) outs(%out : memref<?x12x?x128xbf16>)
  return
}

func.func @small(%q: memref<4x4x128x64xbf16>, %a: f32, %out: memref<4x4x128x64xbf16>) {
  rcm.attention_skip scale(0.125)
    ins(%q, %q, %q, %q : memref<4x4x128x64xbf16>, memref<4x4x128x64xbf16>, memref<4x4x128x64xbf16>, memref<4x4x128x64xbf16>)
    coefficients(%a, %a : f32, f32) outs(%out : memref<4x4x128x64xbf16>)
  return
}

func.func @times(%q: memref<?x4x?x64xbf16>, %t: memref<?xf32>, %out: memref<?x4x?x64xbf16>) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %t, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  %b = memref.alloc(%n) : memref<?xf32>
  rcm.skip_coefficients edm sigma_data(0.5) ins(%t : memref<?xf32>) outs(%a, %b : memref<?xf32>, memref<?xf32>)
  rcm.attention_skip scale(0.125)
    ins(%q, %q, %q, %q : memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>)
    coefficients(%a, %b : memref<?xf32>, memref<?xf32>) outs(%out : memref<?x4x?x64xbf16>)
  return
}

func.func @times_read(%q: memref<?x4x?x64xbf16>, %t: memref<?xf32>, %other: memref<?xf32>, %out: memref<?x4x?x64xbf16>) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %t, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  %b = memref.alloc(%n) : memref<?xf32>
  rcm.skip_coefficients edm ins(%t : memref<?xf32>) outs(%a, %b : memref<?xf32>, memref<?xf32>)
  memref.copy %a, %other : memref<?xf32> to memref<?xf32>
  rcm.attention_skip scale(0.125)
    ins(%q, %q, %q, %q : memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>, memref<?x4x?x64xbf16>)
    coefficients(%a, %b : memref<?xf32>, memref<?xf32>) outs(%out : memref<?x4x?x64xbf16>)
  return
}
