// RUN: rcm-opt %s -convert-gpu-launch-to-rcm-runtime | FileCheck %s

module attributes {gpu.container_module} {
  // The code, its chip and the kernels that are launched become constants.
  // CHECK-DAG: llvm.mlir.global internal constant @kernels_rcm_ptx("fake ptx\00")
  // CHECK-DAG: llvm.mlir.global internal constant @kernels_rcm_chip("sm_90a\00")
  // CHECK-DAG: llvm.mlir.global internal constant @kernels_rcm_kernels("b\0Aa\0A\00")
  // CHECK-NOT: gpu.binary
  gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, assembly = "fake ptx">]

  // CHECK-LABEL: func.func @host
  // CHECK-NOT: rcm_rt.
  // CHECK-NOT: gpu.
  func.func @host(%x: memref<?xf16, strided<[1], offset: ?>>, %n: index, %c: i1) {
    %c1 = arith.constant 1 : index
    // The address includes the offset, in bytes.
    // CHECK: %[[BASE:.*]] = memref.extract_aligned_pointer_as_index %{{.*}}
    // CHECK: arith.muli %{{.*}}, %c2_i64
    %p = rcm_rt.data_pointer %x : memref<?xf16, strided<[1], offset: ?>>
    // CHECK: %[[CONDITION:.*]] = arith.extui %{{.*}} : i1 to i32
    // CHECK: llvm.call @rcmJitRequire(%[[CONDITION]], %{{.*}})
    rcm_rt.require %c, "expected more"
    // CHECK: %[[SCRATCH:.*]] = llvm.call @rcmJitScratch(%{{.*}}, %c512_i64)
    %ws = rcm_rt.scratch %n align 512
    // CHECK: llvm.call @rcmJitMemset(%[[SCRATCH]], %c7_i32, %{{.*}})
    rcm_rt.memset %ws, %n value 7
    // CHECK: %[[CODE:.*]] = llvm.call @rcmJitModule
    // CHECK: llvm.call @rcmJitLaunch(%[[CODE]], %c0_i32, %{{.*}}, %c0_i32{{.*}}, %{{.*}})
    // CHECK-NOT: rcmJitSynchronize
    rcm_rt.launch @kernels::@b grid(%n, %c1, %c1) block(%c1, %c1, %c1) args(%p, %ws : i64, i64)
    // A predicate makes the grid 0.
    // CHECK: arith.select %{{.*}}, %{{.*}}, %c0_i64
    // CHECK: llvm.call @rcmJitLaunch(%{{.*}}, %c1_i32{{.*}}, %{{.*}}, %c1_i32{{.*}}, %{{.*}})
    rcm_rt.launch @kernels::@a grid(%n, %c1, %c1) block(%c1, %c1, %c1) if(%c) programmatic args()
    // A launch of the gpu dialect without a token is waited for.
    // CHECK: llvm.call @rcmJitLaunch
    // CHECK-NEXT: llvm.call @rcmJitSynchronize
    gpu.launch_func @kernels::@a blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
    // CHECK: llvm.call @rcmJitReleaseScratch(%[[SCRATCH]])
    // CHECK-NEXT: return
    return
  }

  // CHECK: llvm.mlir.global_dtors dtors = [@kernels_rcm_unload]
}
