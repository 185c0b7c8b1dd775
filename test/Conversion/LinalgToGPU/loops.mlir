// One loop over blocks around one over 256 threads; reductions inside.
// RUN: rcm-opt %s --rcm-stage-host-accesses --convert-linalg-to-gpu-loops | FileCheck %s
// RUN: rcm-opt %s --rcm-stage-host-accesses --convert-linalg-to-gpu-loops --remarks-filter=rcm-to-nvvm --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// The same loops run on the CPU.
// RUN: rcm-opt %s --rcm-stage-host-accesses --convert-linalg-to-gpu-loops --convert-scf-to-cf --lower-affine --expand-strided-metadata --convert-to-llvm --reconcile-unrealized-casts | mlir-runner -e main --entry-point-result=f32 | FileCheck %s --check-prefix=VALUE

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
#none = affine_map<(i, j) -> ()>

// The parallel dimension stands behind the reduction and must come outside.
// CHECK-LABEL: func.func @column_sums
// CHECK: %[[N:.*]] = arith.muli %c1{{.*}}, %c256
// CHECK: scf.parallel (%[[B:.*]]) = (%c0{{.*}}) to (%{{.*}}) step (%[[N]])
// CHECK:   scf.parallel (%[[T:.*]]) = (%c0{{.*}}) to (%[[N]]) step (%c1
// CHECK:     scf.if
// CHECK:       scf.for
// CHECK-NOT: linalg
func.func @column_sums(%x: memref<3x4xf32>, %sums: memref<4xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<3x4xf32>) outs(%sums : memref<4xf32>) {
  ^bb0(%a: f32, %s: f32):
    %0 = arith.addf %a, %s : f32
    linalg.yield %0 : f32
  }
  return
}

// A full reduction stays off the host.
// CHECK-LABEL: func.func @total
// CHECK: scf.parallel
// CHECK:   scf.parallel
// CHECK:     scf.for
// CHECK-NOT: linalg
func.func @total(%x: memref<3x4xf32>, %sum: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]}
      ins(%x : memref<3x4xf32>) outs(%sum : memref<f32>) {
  ^bb0(%a: f32, %s: f32):
    %0 = arith.addf %a, %s : f32
    linalg.yield %0 : f32
  }
  return
}

// The element is read at its place in the program, squared where it is used.
// CHECK-LABEL: func.func @scale_by_element
// CHECK-SAME: %[[X:.*]]: memref<3x4xf32>, %[[S:.*]]: memref<f32>
// CHECK: %[[COPY:.*]] = memref.alloc() : memref<f32>
// CHECK: scf.parallel
// CHECK:   memref.load %[[S]][]
// CHECK:   memref.store %{{.*}}, %[[COPY]][]
// CHECK: scf.parallel
// CHECK:   memref.load %[[COPY]][]
// CHECK:   arith.mulf
func.func @scale_by_element(%x: memref<3x4xf32>, %s: memref<f32>) {
  %zero = arith.constant 0.0 : f32
  %e = memref.load %s[] : memref<f32>
  %e2 = arith.mulf %e, %e : f32
  linalg.fill ins(%zero : f32) outs(%s : memref<f32>)
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%x : memref<3x4xf32>) {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %e2 : f32
    linalg.yield %0 : f32
  }
  return
}

memref.global "private" constant @weights : memref<3x4xf32> = dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]]>

// CHECK-LABEL: func.func @main
// CHECK: scf.parallel
// CHECK: memref.get_global
// REMARK: remark: {{.*}}Function=column_sums{{.*}}linalg.generic runs as a plain kernel, one thread per element
// Column sums 15, 18, 21, 24; s = 2, so 4 * (15 + 18 + 21 + 24) = 312; times the
// fill that came after the read, 0, it would be 0.
// VALUE: 3.120000e+02
func.func @main() -> f32 {
  %two = arith.constant 2.0 : f32
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %w = memref.get_global @weights : memref<3x4xf32>
  %x = memref.alloc() : memref<3x4xf32>
  memref.copy %w, %x : memref<3x4xf32> to memref<3x4xf32>
  %s = memref.alloc() : memref<f32>
  memref.store %two, %s[] : memref<f32>
  call @scale_by_element(%x, %s) : (memref<3x4xf32>, memref<f32>) -> ()
  %sum = memref.alloc() : memref<f32>
  memref.store %zero, %sum[] : memref<f32>
  call @total(%x, %sum) : (memref<3x4xf32>, memref<f32>) -> ()
  %r = memref.load %sum[] : memref<f32>
  return %r : f32
}
