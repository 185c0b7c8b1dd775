// RUN: rcm-opt %s --convert-linalg-to-vector | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#kkn = affine_map<(m, n, k, l) -> (k, l, n)>
#mkl = affine_map<(m, n, k, l) -> (m, k, l)>
#mn4 = affine_map<(m, n, k, l) -> (m, n)>

// CHECK-NOT: scf.parallel

// Tensors are bufferized first.
// CHECK-LABEL: @tensors
// CHECK: linalg.matmul
func.func @tensors(%a: tensor<64x64xf32>, %c: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = linalg.matmul ins(%a, %a : tensor<64x64xf32>, tensor<64x64xf32>) outs(%c : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %0 : tensor<64x64xf32>
}

// Copying these operands costs more than it saves.
// CHECK-LABEL: @few_elements
// CHECK: linalg.matmul
func.func @few_elements(%a: memref<8x8xf32>, %c: memref<8x8xf32>) {
  linalg.matmul ins(%a, %a : memref<8x8xf32>, memref<8x8xf32>) outs(%c : memref<8x8xf32>)
  return
}

// Sums in f16 round at every step; f32 sums would be another result.
// CHECK-LABEL: @narrow_sums
// CHECK: linalg.matmul
func.func @narrow_sums(%a: memref<64x64xf16>, %c: memref<64x64xf16>) {
  linalg.matmul ins(%a, %a : memref<64x64xf16>, memref<64x64xf16>) outs(%c : memref<64x64xf16>)
  return
}

// CHECK-LABEL: @integers
// CHECK: linalg.matmul
func.func @integers(%a: memref<64x64xi32>, %c: memref<64x64xi32>) {
  linalg.matmul ins(%a, %a : memref<64x64xi32>, memref<64x64xi32>) outs(%c : memref<64x64xi32>)
  return
}

// CHECK-LABEL: @other_body
// CHECK: linalg.generic
func.func @other_body(%a: memref<64x64xf32>, %b: memref<64x64xf32>, %c: memref<64x64xf32>) {
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x64xf32>, memref<64x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %n = arith.negf %x : f32
    %p = arith.mulf %n, %y : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK-LABEL: @two_sums
// CHECK: linalg.generic
func.func @two_sums(%a: memref<64x8x8xf32>, %b: memref<8x8x64xf32>, %c: memref<64x64xf32>) {
  linalg.generic {indexing_maps = [#mkl, #kkn, #mn4], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %b : memref<64x8x8xf32>, memref<8x8x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  }
  return
}

// No columns: rows are read once, there is nothing to keep in registers.
// CHECK-LABEL: @matrix_times_vector
// CHECK: linalg.matvec
func.func @matrix_times_vector(%a: memref<64x64xf32>, %b: memref<64xf32>, %c: memref<64xf32>) {
  linalg.matvec ins(%a, %b : memref<64x64xf32>, memref<64xf32>) outs(%c : memref<64xf32>)
  return
}

// CHECK-LABEL: @elementwise
// CHECK: linalg.add
func.func @elementwise(%a: memref<64x64xf32>, %c: memref<64x64xf32>) {
  linalg.add ins(%a, %a : memref<64x64xf32>, memref<64x64xf32>) outs(%c : memref<64x64xf32>)
  return
}
