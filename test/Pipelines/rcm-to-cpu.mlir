// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-cpu{threads=2 vector-width=256})' | FileCheck %s
// RUN: rcm-opt %s --convert-rcm-to-vector | FileCheck %s --check-prefix=MEMORY
// RUN: rcm-opt %s --convert-rcm-to-linalg | FileCheck %s --check-prefix=PLAIN

// Nothing but the LLVM dialect and OpenMP, with a C interface.
// CHECK-NOT: rcm.
// CHECK-NOT: memref.
// CHECK-NOT: scf.
// CHECK-LABEL: llvm.func @skip
// CHECK: omp.parallel num_threads(
// CHECK: omp.wsloop
// CHECK-NOT: scf.
// CHECK-NOT: memref.
// CHECK: llvm.func @_mlir_ciface_skip

// The scores of one head are 1024 x 1024 elements, a number of seven digits; a
// task's buffers have rank 1 and at most six. The plain form has what is
// forbidden here.
// MEMORY-NOT: memref.alloc{{.*}}memref<{{[0-9]+x[0-9]+x}}
// MEMORY-NOT: memref.alloc{{.*}}memref<{{[0-9][0-9][0-9][0-9][0-9][0-9][0-9]+}}
// MEMORY-NOT: memref.alloc{{.*}}memref<?
// MEMORY-COUNT-8: memref.alloc() {{.*}} : memref<{{[0-9]+}}xf32>
// MEMORY-NOT: memref.alloc(
// PLAIN: memref.alloc{{.*}}1024x1024xf32
func.func @skip(%q: memref<2x4x1024x64xf32>, %k: memref<2x4x1024x64xf32>,
                %v: memref<2x4x1024x64xf32>, %x: memref<2x4x1024x64xf32>,
                %t: memref<2xf32>, %a: memref<2xf32>, %b: memref<2xf32>,
                %o: memref<2x4x1024x64xf32>) {
  rcm.skip_coefficients edm ins(%t : memref<2xf32>) outs(%a, %b : memref<2xf32>, memref<2xf32>)
  rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : memref<2x4x1024x64xf32>, memref<2x4x1024x64xf32>, memref<2x4x1024x64xf32>, memref<2x4x1024x64xf32>)
      coefficients(%a, %b : memref<2xf32>, memref<2xf32>)
      outs(%o : memref<2x4x1024x64xf32>)
  return
}
