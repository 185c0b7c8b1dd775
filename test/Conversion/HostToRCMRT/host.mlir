// RUN: rcm-opt %s --convert-host-to-rcm-rt --canonicalize --cse | FileCheck %s

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @k(%a: !llvm.ptr, %b: !llvm.ptr, %o: i64, %n: i64, %s: i64) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }

  // Temporaries are scratch memory; a launch takes what the kernel's parameters
  // are after convert-gpu-to-nvvm.
  // CHECK-LABEL: func.func @temporary
  // CHECK: %[[BYTES:.*]] = arith.muli %{{.*}}, %c2{{.*}} : index
  // CHECK: %[[P:.*]] = rcm_rt.scratch %[[BYTES]]
  // CHECK: rcm_rt.launch @kernels::@k grid(%[[N:.*]], %c1, %c1) block(%c256, %c1, %c1) args(%[[P]], %[[P]], %c0, %[[N]], %c1 : i64, i64, index, index, index)
  // CHECK-NOT: memref.alloc
  func.func @temporary(%x: memref<?xf16>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c256 = arith.constant 256 : index
    %n = memref.dim %x, %c0 : memref<?xf16>
    %t = memref.alloc(%n) : memref<?xf16>
    gpu.launch_func @kernels::@k blocks in (%n, %c1, %c1) threads in (%c256, %c1, %c1) args(%t : memref<?xf16>)
    memref.dealloc %t : memref<?xf16>
    return
  }

  // An offset that the type leaves open is in the pointer, one that it states is
  // in the kernel: here 5 elements of 4 bytes come off the pointer.
  // CHECK-LABEL: func.func @offsets
  // CHECK-SAME: %[[A:.*]]: memref<8xf32, strided<[?], offset: 5>>, %[[B:.*]]: memref
  // CHECK-DAG: %[[M20:.*]] = arith.constant -20 : i64
  // CHECK-DAG: %[[PA:.*]] = rcm_rt.data_pointer %[[A]]
  // CHECK-DAG: %[[BASE:.*]] = arith.addi %[[PA]], %[[M20]] : i64
  // CHECK-DAG: %[[PB:.*]] = rcm_rt.data_pointer %[[B]]
  // CHECK: rcm_rt.launch {{.*}} args(%[[BASE]], %[[BASE]], %c5, %c8, %strides
  // CHECK-NOT: rcm_rt.launch {{.*}} args(%[[BASE]]
  // CHECK: rcm_rt.launch {{.*}} args(%[[PB]], %[[PB]], %c0, %c8,
  func.func @offsets(%a: memref<8xf32, strided<[?], offset: 5>>, %b: memref<8xf32, strided<[?], offset: ?>>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%a : memref<8xf32, strided<[?], offset: 5>>)
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%b : memref<8xf32, strided<[?], offset: ?>>)
    return
  }

  // Views are arithmetic: 3 elements of 4 bytes into the argument.
  // CHECK-LABEL: func.func @view
  // CHECK: %[[P:.*]] = rcm_rt.data_pointer %{{.*}} : memref<8xf32>
  // CHECK: %[[V:.*]] = arith.addi %[[P]], %c12_i64
  // CHECK: rcm_rt.launch {{.*}} args(%[[V]], %[[V]], %c0, %c4, %c1
  // CHECK-NOT: rcm_rt.require
  func.func @view(%a: memref<8xf32>) {
    %true = arith.constant true
    rcm_rt.require %true, "expected what always holds"
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %base, %offset, %size, %stride = memref.extract_strided_metadata %a : memref<8xf32> -> memref<f32>, index, index, index
    %v = memref.reinterpret_cast %base to offset: [%c3], sizes: [4], strides: [1] : memref<f32> to memref<4xf32, strided<[1], offset: ?>>
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%v : memref<4xf32, strided<[1], offset: ?>>)
    return
  }
}
