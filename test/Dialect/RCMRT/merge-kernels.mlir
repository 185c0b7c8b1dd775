// RUN: rcm-opt %s --rcm-rt-merge-kernels | FileCheck %s

// CHECK: gpu.module @kernels
// CHECK-DAG: llvm.func @f() attributes
// CHECK-DAG: llvm.func @f_0() attributes
// CHECK-DAG: llvm.func @g() attributes
// CHECK-NOT: gpu.module
// CHECK: func.func @host
// CHECK: gpu.launch_func @kernels::@f blocks
// CHECK: rcm_rt.launch @kernels::@f_0 grid
// CHECK: rcm_rt.launch @kernels::@g grid
module attributes {gpu.container_module} {
  gpu.module @a {
    llvm.func @f() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  gpu.module @b {
    llvm.func @f() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
    llvm.func @g() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @host() {
    %c1 = arith.constant 1 : index
    gpu.launch_func @a::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    rcm_rt.launch @b::@f grid(%c1, %c1, %c1) block(%c1, %c1, %c1) args()
    rcm_rt.launch @b::@g grid(%c1, %c1, %c1) block(%c1, %c1, %c1) args()
    return
  }
}
