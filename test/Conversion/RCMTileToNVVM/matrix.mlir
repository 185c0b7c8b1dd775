// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-rcm-tile-to-nvvm))' | FileCheck %s

gpu.module @kernels {
  // Sixteen bits: f32 sums, V read as it lies ([keys, columns]), transposed by
  // the unit; two panels of 64 columns, 64 rows of 128 bytes apart.
  // CHECK: llvm.func @half(
  gpu.func @half(%scale: f32) kernel {
    %c0 = arith.constant 0 : i32
    %q = rcm_tile.shared_at 0[%c0] stride 16384 : !rcm_tile.shared<64x128xf16, 128>
    %k = rcm_tile.shared_at 16384[%c0] stride 16384 : !rcm_tile.shared<64x128xf16, 128>
    // CHECK: wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 {{.*}}first, 1, 1, 0, 0; {{.*}}next, 1, 1, 0, 0; wgmma.commit_group
    %pending = rcm_tile.qk %q, %k : !rcm_tile.shared<64x128xf16, 128>, !rcm_tile.shared<64x128xf16, 128> -> <<64x64xf32, wgmma_accumulator>>
    %s = rcm_tile.wait %pending pending 0 : <<64x64xf32, wgmma_accumulator>> -> !rcm_tile.fragment<64x64xf32, wgmma_accumulator>
    // A row's own columns in each thread: no shuffle until the parts meet.
    // CHECK-NOT: nvvm.shfl
    %parts = rcm_tile.row_sum %s : !rcm_tile.fragment<64x64xf32, wgmma_accumulator> -> !rcm_tile.fragment<64xf32, wgmma_row_parts>
    %half = rcm_tile.convert %s : !rcm_tile.fragment<64x64xf32, wgmma_accumulator> -> !rcm_tile.fragment<64x64xf16, wgmma_accumulator>
    %p = rcm_tile.as_operand %half : !rcm_tile.fragment<64x64xf16, wgmma_accumulator> -> !rcm_tile.fragment<64x64xf16, wgmma_operand_a>
    // Leading offset 64 * 128 bytes (512 units), stride 1024 bytes (64 units):
    // 2^62 + 64 * 2^32 + 512 * 2^16.
    // CHECK: llvm.mlir.constant(4611686293338849280 : i64)
    // CHECK: wgmma.mma_async.sync.aligned.m64n128k16.f32.f16.f16 {{.*}}first, 1, 1, 1; {{.*}}next, 1, 1, 1; {{.*}}next, 1, 1, 1; {{.*}}next, 1, 1, 1; wgmma.commit_group
    %o = rcm_tile.pv %p, %k step 0 commit : !rcm_tile.fragment<64x64xf16, wgmma_operand_a>, !rcm_tile.shared<64x128xf16, 128> -> !rcm_tile.async<!rcm_tile.fragment<64x128xf32, wgmma_accumulator>>
    %r = rcm_tile.wait %o pending 0 : !rcm_tile.async<!rcm_tile.fragment<64x128xf32, wgmma_accumulator>> -> !rcm_tile.fragment<64x128xf32, wgmma_accumulator>
    // CHECK-COUNT-4: nvvm.shfl
    %sum = rcm_tile.reduce_parts %parts : !rcm_tile.fragment<64xf32, wgmma_row_parts> -> !rcm_tile.fragment<64xf32, wgmma_rows>
    gpu.return
  }

  // A tensor map is a by-value parameter, the kernel an LLVM function.
  // CHECK: llvm.func @product(%{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant}
  // CHECK-SAME: gpu.kernel
  // CHECK-SAME: nvvm.kernel
  gpu.func @product(%map: !rcm_tile.tensor_map, %scale: f32) kernel {
    %c0 = arith.constant 0 : i32
    %q = rcm_tile.shared_at 0[%c0] stride 8192 : !rcm_tile.shared<64x128xi8, 128>
    %k = rcm_tile.shared_at 8192[%c0] stride 16384 : !rcm_tile.shared<128x128xi8, 128>
    // One block for the four steps of D = 128; the first starts from nothing.
    // CHECK: llvm.inline_asm has_side_effects {{.*}}wgmma.fence.sync.aligned; wgmma.mma_async.sync.aligned.m64n128k32.s32.s8.s8 {{.*}}first; wgmma.mma_async{{.*}}next; wgmma.mma_async{{.*}}next; wgmma.mma_async{{.*}}next; wgmma.commit_group.sync.aligned;
    %pending = rcm_tile.qk %q, %k : !rcm_tile.shared<64x128xi8, 128>, !rcm_tile.shared<128x128xi8, 128> -> <<64x128xi32, wgmma_accumulator>>
    // The wait carries all 64 registers.
    // CHECK: wgmma.wait_group.sync.aligned 0;
    // CHECK-SAME: =r,=r,=r,0,1,2,{{.*}},62,63"
    %s = rcm_tile.wait %pending pending 0 : <<64x128xi32, wgmma_accumulator>> -> !rcm_tile.fragment<64x128xi32, wgmma_accumulator>
    %c1 = arith.constant 1 : i32
    %c4 = arith.constant 4 : i32
    // Fragments travel through loops as registers.
    // CHECK: scf.for {{.*}} -> (i32, i32, i32
    %t = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %s) -> (!rcm_tile.fragment<64x128xi32, wgmma_accumulator>) : i32 {
      scf.yield %a : !rcm_tile.fragment<64x128xi32, wgmma_accumulator>
    }
    gpu.return
  }
}
