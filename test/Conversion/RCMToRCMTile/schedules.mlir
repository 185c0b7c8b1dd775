// The kernel's text follows the schedule.
// RUN: rcm-opt %s --rcm-select-schedule --convert-rcm-to-rcm-tile | FileCheck %s
// RUN: rcm-opt %s --rcm-select-schedule=accumulation=direct --convert-rcm-to-rcm-tile | FileCheck %s --check-prefix=DIRECT

// Sums are kept in scratch memory, of which nothing is needed below 4096 keys:
// per block 4 warpgroups * 128 threads * (64 registers + 2 maxima) * 4 bytes.
// CHECK-LABEL: func.func @attention
// CHECK: %[[TILES:.*]] = arith.ceildivui
// CHECK: %[[BLOCKS:.*]] = arith.minui {{.*}} : index
// CHECK: arith.divui %[[TILES]], %c32
// CHECK: arith.constant 135168 : index
// CHECK: rcm_rt.launch @rcm_kernels::@attention_0 grid
// CHECK: gpu.func @attention_0(
// CHECK: rcm_tile.set_registers 160 increase
// CHECK: rcm_tile.pv
// CHECK: rcm_tile.stash
// CHECK: scf.yield
// CHECK: rcm_tile.unstash
// DIRECT: gpu.func @attention_0(
// DIRECT-NOT: rcm_tile.{{(un)?}}stash
func.func @attention(%q: memref<1x4x?x128xbf16>, %out: memref<1x4x?x128xbf16>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) outs(%out : memref<1x4x?x128xbf16>)
  return
}
