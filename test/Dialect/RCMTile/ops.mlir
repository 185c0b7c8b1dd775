// RUN: rcm-opt %s | rcm-opt | FileCheck %s

// One step of attention, written by hand: every type survives a round trip.
// CHECK-LABEL: gpu.func @step
gpu.module @kernels {
  gpu.func @step(%map: !rcm_tile.tensor_map, %scale: f32) kernel {
    %c0 = arith.constant 0 : i32
    // CHECK: rcm_tile.id{{ +}}warp
    %warp = rcm_tile.id warp
    // CHECK: rcm_tile.shared_at 0[%{{.*}}] stride 8192 : <64x128xi8, 128>
    %q = rcm_tile.shared_at 0[%c0] stride 8192 : !rcm_tile.shared<64x128xi8, 128>
    %k = rcm_tile.shared_at 8192[%c0] stride 16384 : !rcm_tile.shared<128x128xi8, 128>
    %v = rcm_tile.shared_at 73728[%c0] stride 17408 : !rcm_tile.shared<136x128xf8E4M3FN, 128>
    // CHECK: rcm_tile.barrier_at 229376[%{{.*}}]
    %full = rcm_tile.barrier_at 229376[%c0]
    rcm_tile.barrier_init %full, 1
    rcm_tile.barrier_expect %full, 16384
    // CHECK: rcm_tile.tma_load
    rcm_tile.tma_load %k, %map[%c0, %c0, %c0], %full : !rcm_tile.shared<128x128xi8, 128>
    rcm_tile.barrier_wait %full, %c0
    // CHECK: rcm_tile.qk {{.*}} -> <<64x128xi32, wgmma_accumulator>>
    %pending = rcm_tile.qk %q, %k : !rcm_tile.shared<64x128xi8, 128>, !rcm_tile.shared<128x128xi8, 128> -> !rcm_tile.async<!rcm_tile.fragment<64x128xi32, wgmma_accumulator>>
    // CHECK: rcm_tile.wait {{.*}} pending 0
    %s = rcm_tile.wait %pending pending 0 : !rcm_tile.async<!rcm_tile.fragment<64x128xi32, wgmma_accumulator>> -> !rcm_tile.fragment<64x128xi32, wgmma_accumulator>
    %max = rcm_tile.row_max %s times %scale : !rcm_tile.fragment<64x128xi32, wgmma_accumulator> -> !rcm_tile.fragment<64xf32, wgmma_rows>
    // CHECK: rcm_tile.map
    %offset = rcm_tile.map(%max : !rcm_tile.fragment<64xf32, wgmma_rows>) -> !rcm_tile.fragment<64xf32, wgmma_rows> {
    ^bb0(%x: f32):
      %y = arith.negf %x : f32
      rcm_tile.yield %y : f32
    }
    %p = rcm_tile.exp_pack %s, %scale, %offset step 0 : !rcm_tile.fragment<64x128xi32, wgmma_accumulator>, !rcm_tile.fragment<64xf32, wgmma_rows> -> !rcm_tile.fragment<64x32xf8E4M3FN, wgmma_operand_a>
    // CHECK: rcm_tile.pv {{.*}} step 0 commit
    %o = rcm_tile.pv %p, %v step 0 commit : !rcm_tile.fragment<64x32xf8E4M3FN, wgmma_operand_a>, !rcm_tile.shared<136x128xf8E4M3FN, 128> -> !rcm_tile.async<!rcm_tile.fragment<64x136xf32, wgmma_accumulator>>
    %r = rcm_tile.wait %o pending 0 : !rcm_tile.async<!rcm_tile.fragment<64x136xf32, wgmma_accumulator>> -> !rcm_tile.fragment<64x136xf32, wgmma_accumulator>
    gpu.return
  }
}

// Sums that leave the registers for memory and come back.
// CHECK-LABEL: func.func @stash
func.func @stash(%o: !rcm_tile.fragment<64x128xf32, wgmma_accumulator>, %m: !rcm_tile.fragment<64xf32, wgmma_rows>, %kept: memref<?xf32>, %at: i64, %yes: i1) {
  // CHECK: rcm_tile.stash %{{.*}}, %{{.*}}, %{{.*}}[%{{.*}}] when %{{.*}} held %{{.*}} : <64x128xf32, wgmma_accumulator>, <64xf32, wgmma_rows>, memref<?xf32>
  %0 = rcm_tile.stash %o, %m, %kept[%at] when %yes held %yes : !rcm_tile.fragment<64x128xf32, wgmma_accumulator>, !rcm_tile.fragment<64xf32, wgmma_rows>, memref<?xf32>
  // CHECK: rcm_tile.unstash %{{.*}}, %{{.*}}, %{{.*}}[%{{.*}}] held %{{.*}} : <64x128xf32, wgmma_accumulator>, <64xf32, wgmma_rows>, memref<?xf32>
  %1 = rcm_tile.unstash %0, %m, %kept[%at] held %yes : !rcm_tile.fragment<64x128xf32, wgmma_accumulator>, !rcm_tile.fragment<64xf32, wgmma_rows>, memref<?xf32>
  return
}

// Rows of any strides.
// CHECK-LABEL: func.func @rows
func.func @rows(%q: memref<?xbf16>, %at: i64, %row: i64, %column: i64, %first: i32, %last: i32) {
  // CHECK: rcm_tile.load_rows %{{.*}}[%{{.*}}] strides %{{.*}}, %{{.*}} rows %{{.*}} to %{{.*}} columns 100 : memref<?xbf16> -> <64x128xbf16, row_chunks>
  %0 = rcm_tile.load_rows %q[%at] strides %row, %column rows %first to %last columns 100 : memref<?xbf16> -> !rcm_tile.fragment<64x128xbf16, row_chunks>
  return
}
