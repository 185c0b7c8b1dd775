// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-rcm-tile-to-nvvm))' | FileCheck %s

gpu.module @kernels {
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
