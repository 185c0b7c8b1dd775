// Products in several orders, types and sizes that fill no block, against plain
// loops and f64.
// RUN: rcm-runner %s --function=odd --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=transposed --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=projection --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=double --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=strided --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=dynamic --shape=a=37x65 --shape=b=65x101 --shape=c=37x101 --compare --repeat=1 --warmup=0 | FileCheck %s
// RUN: rcm-runner %s --function=dynamic --shape=a=0x65 --shape=b=65x101 --shape=c=0x101 --repeat=1
// CHECK: against as written
// CHECK-NEXT: max |diff| {{ *(0[.]00e[+]00|[0-9.]+e-(0[5-9]|1[0-9]))$}}
// CHECK: all differences are within

// A sum over nothing leaves the output as it is.
// RUN: rcm-runner %s --function=dynamic --shape=a=7x0 --shape=b=0x9 --shape=c=7x9 --arg=c=const:3 | FileCheck %s --check-prefix=EMPTY
// EMPTY: result 0: 7x9xf32, min 3, max 3, mean 3

// The products really are vectorized.
// RUN: rcm-opt %s --rcm-to-cpu-bufferize --convert-linalg-to-vector | FileCheck %s --check-prefix=FORM
// FORM-NOT: linalg.matmul
// FORM-NOT: linalg.batch_matmul
// FORM-COUNT-6: scf.parallel

func.func @odd(%a: tensor<101x307xf32>, %b: tensor<307x270xf32>) -> tensor<101x270xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<101x270xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<101x270xf32>) -> tensor<101x270xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<101x307xf32>, tensor<307x270xf32>) outs(%z : tensor<101x270xf32>) -> tensor<101x270xf32>
  return %0 : tensor<101x270xf32>
}

// Both operands and the output lie the other way round, in batches.
#kbm = affine_map<(b, m, n, k) -> (k, b, m)>
#bnk = affine_map<(b, m, n, k) -> (b, n, k)>
#nbm = affine_map<(b, m, n, k) -> (n, b, m)>
func.func @transposed(%a: tensor<50x3x41xf32>, %b: tensor<3x29x50xf32>, %c: tensor<29x3x41xf32>) -> tensor<29x3x41xf32> {
  %0 = linalg.generic {indexing_maps = [#kbm, #bnk, #nbm], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<50x3x41xf32>, tensor<3x29x50xf32>) outs(%c : tensor<29x3x41xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<29x3x41xf32>
  return %0 : tensor<29x3x41xf32>
}

// Two dimensions of rows, inputs in f16.
#blc = affine_map<(b, l, f, c) -> (b, l, c)>
#cf = affine_map<(b, l, f, c) -> (c, f)>
#blf = affine_map<(b, l, f, c) -> (b, l, f)>
func.func @projection(%x: tensor<3x17x64xf16>, %w: tensor<64x33xf16>, %y: tensor<3x17x33xf32>) -> tensor<3x17x33xf32> {
  %0 = linalg.generic {indexing_maps = [#blc, #cf, #blf], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<3x17x64xf16>, tensor<64x33xf16>) outs(%y : tensor<3x17x33xf32>) {
  ^bb0(%a: f16, %b: f16, %sum: f32):
    %aw = arith.extf %a : f16 to f32
    %bw = arith.extf %b : f16 to f32
    %p = arith.mulf %aw, %bw : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<3x17x33xf32>
  return %0 : tensor<3x17x33xf32>
}

func.func @double(%a: tensor<2x23x31xf64>, %b: tensor<2x31x45xf64>, %c: tensor<2x23x45xf64>) -> tensor<2x23x45xf64> {
  %0 = linalg.batch_matmul ins(%a, %b : tensor<2x23x31xf64>, tensor<2x31x45xf64>) outs(%c : tensor<2x23x45xf64>) -> tensor<2x23x45xf64>
  return %0 : tensor<2x23x45xf64>
}

// Every second column of the memory that @strided gets.
func.func @strided(%a: memref<20x40xf32>, %b: memref<40x60xf32>, %c: memref<20x60xf32>) {
  %bs = memref.subview %b[0, 0] [40, 30] [1, 2] : memref<40x60xf32> to memref<40x30xf32, strided<[60, 2]>>
  %cs = memref.subview %c[0, 1] [20, 30] [1, 2] : memref<20x60xf32> to memref<20x30xf32, strided<[60, 2], offset: 1>>
  linalg.matmul ins(%a, %bs : memref<20x40xf32>, memref<40x30xf32, strided<[60, 2]>>) outs(%cs : memref<20x30xf32, strided<[60, 2], offset: 1>>)
  return
}

func.func @dynamic(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
