// RUN: split-file %s %t
// RUN: not rcm-opt %t/buffers.mlir --rcm-rt-verify-stage=stage=buffers 2>&1 | FileCheck %s --check-prefix=BUFFERS
// RUN: not rcm-opt %t/launches.mlir --rcm-rt-verify-stage=stage=launches 2>&1 | FileCheck %s --check-prefix=LAUNCHES
// RUN: not rcm-opt %t/kernels.mlir --rcm-rt-verify-stage=stage=kernels 2>&1 | FileCheck %s --check-prefix=KERNELS
// RUN: not rcm-opt %t/host.mlir --rcm-rt-verify-stage=stage=host 2>&1 | FileCheck %s --check-prefix=HOST

// BUFFERS: 'linalg.exp' op expected buffers after bufferization, got tensors
//--- buffers.mlir
func.func @f(%x: tensor<4xf32>) {
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return
}
// LAUNCHES: 'memref.load' op expected sizes and other host values not to depend on elements of device memory
//--- launches.mlir
func.func @f(%x: memref<index>) {
  %0 = memref.load %x[] : memref<index>
  %t = memref.alloc(%0) : memref<?xf32>
  return
}
// KERNELS: 'llvm.func' op expected kernels to call no function of a device library, got __nv_expf
//--- kernels.mlir
gpu.module @m {
  llvm.func @__nv_expf(f32) -> f32
}
// HOST: 'scf.for' op expected straight-line host code of arithmetic and rcm_rt ops
//--- host.mlir
func.func @f(%n: index) {
  scf.for %i = %n to %n step %n {
  }
  return
}
