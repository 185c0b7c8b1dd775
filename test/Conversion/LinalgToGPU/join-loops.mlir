// Loops over contiguous memory become one, so that a thread finds its element by
// few divisions; what is strided, permuted or reduced stays as it is.
// RUN: rcm-opt %s --convert-linalg-to-gpu-loops | FileCheck %s
// The same loops run on the CPU.
// RUN: rcm-opt %s --convert-linalg-to-gpu-loops --convert-scf-to-cf --lower-affine --expand-strided-metadata --lower-affine --convert-to-llvm --reconcile-unrealized-casts | mlir-runner -e main --entry-point-result=f32 | FileCheck %s --check-prefix=VALUE

#id = affine_map<(b, h, m, d) -> (b, h, m, d)>
#batch = affine_map<(b, h, m, d) -> (b)>
#swap = affine_map<(i, j) -> (j, i)>
#same = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j, k) -> (i, j)>
#all = affine_map<(i, j, k) -> (i, j, k)>

// The skip with one coefficient per batch element: (b), (h, m, d), so one
// division by the size of a batch element instead of three.
// CHECK-LABEL: func.func @skip
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0], [1, 2, 3]] : memref<?x?x?x8xf32> into memref<?x?xf32>
// CHECK: scf.parallel
// CHECK: scf.parallel
// CHECK-COUNT-1: arith.remsi
// CHECK-NOT: arith.remsi
// CHECK: return
func.func @skip(%x: memref<?x?x?x8xf32>, %o: memref<?x?x?x8xf32>, %a: memref<?xf32>, %out: memref<?x?x?x8xf32>) {
  linalg.generic {indexing_maps = [#id, #id, #batch, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %o, %a : memref<?x?x?x8xf32>, memref<?x?x?x8xf32>, memref<?xf32>) outs(%out : memref<?x?x?x8xf32>) {
  ^bb0(%xe: f32, %oe: f32, %ae: f32, %init: f32):
    %l = arith.mulf %ae, %xe : f32
    %s = arith.addf %l, %oe : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK-LABEL: func.func @strided
// CHECK-NOT: memref.collapse_shape
// CHECK: return
func.func @strided(%x: memref<4x8xf32, strided<[?, ?], offset: ?>>, %out: memref<4x8xf32>) {
  linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x8xf32, strided<[?, ?], offset: ?>>) outs(%out : memref<4x8xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// CHECK-LABEL: func.func @permuted
// CHECK-NOT: memref.collapse_shape
// CHECK: return
func.func @permuted(%x: memref<8x4xf32>, %out: memref<4x8xf32>) {
  linalg.generic {indexing_maps = [#swap, #same], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<8x4xf32>) outs(%out : memref<4x8xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// The two parallel loops of a reduction are joined, the reduction is not.
// CHECK-LABEL: func.func @row_sums
// CHECK: memref.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : memref<2x3x4xf32> into memref<6x4xf32>
// CHECK: scf.for
// CHECK: return
func.func @row_sums(%x: memref<2x3x4xf32>, %out: memref<2x3xf32>) {
  linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : memref<2x3x4xf32>) outs(%out : memref<2x3xf32>) {
  ^bb0(%a: f32, %s: f32):
    %0 = arith.addf %a, %s : f32
    linalg.yield %0 : f32
  }
  return
}

// x = 2 everywhere, o = 1, a = [10, 100]: 10 * 2 + 1 = 21 at [0, 1, 1, 3] and
// 100 * 2 + 1 = 201 at [1, 0, 1, 7]; 21 + 1000 * 201 = 201021.
// VALUE: 2.010210e+05
func.func @main() -> f32 {
  %two = arith.constant 2.0 : f32
  %one = arith.constant 1.0 : f32
  %ten = arith.constant 10.0 : f32
  %hundred = arith.constant 100.0 : f32
  %thousand = arith.constant 1000.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c7 = arith.constant 7 : index
  %x = memref.alloc(%c2, %c2, %c2) : memref<?x?x?x8xf32>
  %o = memref.alloc(%c2, %c2, %c2) : memref<?x?x?x8xf32>
  %out = memref.alloc(%c2, %c2, %c2) : memref<?x?x?x8xf32>
  %a = memref.alloc(%c2) : memref<?xf32>
  linalg.fill ins(%two : f32) outs(%x : memref<?x?x?x8xf32>)
  linalg.fill ins(%one : f32) outs(%o : memref<?x?x?x8xf32>)
  memref.store %ten, %a[%c0] : memref<?xf32>
  memref.store %hundred, %a[%c1] : memref<?xf32>
  call @skip(%x, %o, %a, %out) : (memref<?x?x?x8xf32>, memref<?x?x?x8xf32>, memref<?xf32>, memref<?x?x?x8xf32>) -> ()
  %r0 = memref.load %out[%c0, %c1, %c1, %c3] : memref<?x?x?x8xf32>
  %r1 = memref.load %out[%c1, %c0, %c1, %c7] : memref<?x?x?x8xf32>
  %scaled = arith.mulf %r1, %thousand : f32
  %r = arith.addf %r0, %scaled : f32
  return %r : f32
}
