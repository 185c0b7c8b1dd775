// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-rcm-tile-to-nvvm))' | FileCheck %s
// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-rcm-tile-to-nvvm))' \
// RUN:   | rcm-opt --rcm-to-nvvm-kernels --gpu-module-to-binary=format=isa | FileCheck %s --check-prefix=PTX

// An atomic operation alone orders nothing: the backend prints it relaxed,
// whatever ordering it has.
gpu.module @kernels {
  // CHECK-LABEL: llvm.func @count
  // CHECK: llvm.fence syncscope("device") acq_rel
  // CHECK: llvm.atomicrmw add
  // CHECK: llvm.fence syncscope("device") acq_rel
  // PTX: .entry count
  // PTX-SAME: st.global
  // PTX-SAME: fence.acq_rel.gpu
  // PTX-SAME: atom.{{.*}}global.add.u32
  // PTX-SAME: fence.acq_rel.gpu
  gpu.func @count(%sums: memref<?xf32>, %counter: memref<?xi32>) kernel {
    %zero = arith.constant 0 : i32
    %x = arith.constant 1.0 : f32
    rcm_tile.store %x, %sums[%zero : i32] : f32, memref<?xf32>
    %before = rcm_tile.count_up %counter[%zero] : memref<?xi32>
    %float = arith.sitofp %before : i32 to f32
    rcm_tile.store %float, %sums[%zero : i32] : f32, memref<?xf32>
    gpu.return
  }
}
