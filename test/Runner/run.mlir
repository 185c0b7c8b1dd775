// Inputs by number, list, generator and file; outputs to files and as summary.
// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --arg=x=1,2,3,4 --arg=factor=2.5 --output=%t.npy
// RUN: %python -c "import numpy; print(numpy.load('%t.npy').tolist())" | FileCheck %s --check-prefix=SCALED
// SCALED: {{\[\[}}2.5, 5.0], [7.5, 10.0]]

// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --arg=0=%t.npy --arg=1=2 --output=0=%t2.npy
// RUN: %python -c "import numpy; print(numpy.load('%t2.npy').tolist())" | FileCheck %s --check-prefix=AGAIN
// AGAIN: {{\[\[}}5.0, 10.0], [15.0, 20.0]]

// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --args=const:3 --arg=factor=1 | FileCheck %s --check-prefix=SUMMARY
// SUMMARY: result 0: 2x2xf32, min 3, max 3, mean 3
// SUMMARY-NEXT: time: {{.*}} (median of 1, p10 {{.*}}, p90 {{.*}})
// SUMMARY-NEXT: memory: {{[0-9]+}} B (arguments, results and temporaries at their peak)

// Two results, one of them a scalar; sizes that the type leaves open.
// RUN: rcm-runner %s --function=sum --pipeline=rcm-stock-to-cpu --shape=x=3 --arg=x=1,2,nan --output=1=%t3.npy --output=0=%t4.npy
// RUN: %python -c "import numpy; print(numpy.load('%t3.npy').shape, numpy.load('%t4.npy').tolist())" | FileCheck %s --check-prefix=SUM
// SUM: () [2.0, 4.0, nan]
// RUN: rcm-runner %s --function=sum --pipeline=rcm-stock-to-cpu --shape=x=3 --arg=x=1,inf,nan | FileCheck %s --check-prefix=NONFINITE
// NONFINITE: result 0: 3xf32, min 2, max 2, mean 2, 2 non-finite

// The same seed gives the same numbers, another one others.
// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --arg=factor=1 --seed=7 --output=%t5.npy
// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --arg=factor=1 --seed=7 --output=%t6.npy
// RUN: rcm-runner %s --function=scaled --pipeline=rcm-stock-to-cpu --arg=factor=1 --seed=8 --output=%t7.npy
// RUN: cmp %t5.npy %t6.npy
// RUN: not cmp %t5.npy %t7.npy

// A function on memrefs: what it wrote into them is the result.
// RUN: rcm-runner %s --function=in_place --pipeline=rcm-stock-to-cpu --arg=x=1,2 --output=%t8.npy
// RUN: %python -c "import numpy; print(numpy.load('%t8.npy').tolist())" | FileCheck %s --check-prefix=PLACE
// PLACE: [2.0, 4.0]

// f16 and bf16 go through the software conversions where the processor has none.
// RUN: rcm-runner %s --function=narrow --pipeline=rcm-stock-to-cpu --arg=x=1,2 --arg=y=3,4 --output=0=%t9.npy --output=1=%t10.npy
// RUN: %python -c "import numpy; a, b = numpy.load('%t9.npy'), numpy.load('%t10.npy'); print(a.dtype, a.tolist(), b.dtype, [hex(v) for v in b])" | FileCheck %s --check-prefix=NARROW
// NARROW: float16 [4.0, 6.0] uint16 ['0x4080', '0x40c0']

func.func @scaled(%x: tensor<2x2xf32>, %factor: f32) -> tensor<2x2xf32> {
  %s = tensor.splat %factor : tensor<2x2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %0 = linalg.mul ins(%x, %s : tensor<2x2xf32>, tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

func.func @sum(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<f32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = linalg.add ins(%x, %x : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %f = tensor.empty() : tensor<f32>
  %z = linalg.fill ins(%zero : f32) outs(%f : tensor<f32>) -> tensor<f32>
  %1 = linalg.reduce { arith.addf } ins(%x : tensor<?xf32>) outs(%z : tensor<f32>) dimensions = [0]
  return %0, %1 : tensor<?xf32>, tensor<f32>
}

func.func @in_place(%x: memref<2xf32>) {
  linalg.add ins(%x, %x : memref<2xf32>, memref<2xf32>) outs(%x : memref<2xf32>)
  return
}

func.func @narrow(%x: tensor<2xf16>, %y: tensor<2xbf16>) -> (tensor<2xf16>, tensor<2xbf16>) {
  %e = tensor.empty() : tensor<2xf16>
  %f = tensor.empty() : tensor<2xbf16>
  %m:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                       iterator_types = ["parallel"]}
      ins(%x, %y : tensor<2xf16>, tensor<2xbf16>) outs(%e, %f : tensor<2xf16>, tensor<2xbf16>) {
  ^bb0(%a: f16, %b: bf16, %c: f16, %d: bf16):
    %aw = arith.extf %a : f16 to f32
    %bw = arith.extf %b : bf16 to f32
    %s = arith.addf %aw, %bw : f32
    %n = arith.truncf %s : f32 to f16
    %o = arith.truncf %s : f32 to bf16
    linalg.yield %n, %o : f16, bf16
  } -> (tensor<2xf16>, tensor<2xbf16>)
  return %m#0, %m#1 : tensor<2xf16>, tensor<2xbf16>
}

// No key at all is legal: the result is c_skip * x. Sizes of 0 have no strides.
// RUN: rcm-runner %rcm_src/docs/examples/any_size.mlir --arg=t=1 --arg=x=const:3 --shape=q=1x2x5x64 --shape=x=1x2x5x64 --shape=k=1x2x0x64 --shape=v=1x2x0x64 | FileCheck %s --check-prefix=NOKEYS
// NOKEYS: result 0: 1x2x5x64xf32, min 1.5, max 1.5

// A dimension opened into two whose sizes only the call knows, by both pipelines.
// RUN: rcm-runner %s --function=reopen --shape=x=2x3x2 --arg=x=0,1,2,3,4,5,6,7,8,9,10,11 --output=%t11.npy
// RUN: rcm-runner %s --function=reopen --shape=x=2x3x2 --arg=x=0,1,2,3,4,5,6,7,8,9,10,11 --pipeline=rcm-stock-to-cpu --output=%t12.npy
// RUN: %python -c "import numpy; a, b = numpy.load('%t11.npy'), numpy.load('%t12.npy'); print(a.tolist(), (a == b).all())" | FileCheck %s --check-prefix=REOPEN
// REOPEN: {{\[\[\[}}0.0, 2.0], [4.0, 6.0], [8.0, 10.0]], {{\[\[}}12.0, 14.0], [16.0, 18.0], [20.0, 22.0]]] True
func.func @reopen(%x: tensor<?x?x2xf32>) -> tensor<?x?x2xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = tensor.dim %x, %c0 : tensor<?x?x2xf32>
  %b = tensor.dim %x, %c1 : tensor<?x?x2xf32>
  %n = arith.muli %a, %b : index
  %flat = tensor.collapse_shape %x [[0, 1], [2]] : tensor<?x?x2xf32> into tensor<?x2xf32>
  %e = tensor.empty(%n) : tensor<?x2xf32>
  %sum = linalg.add ins(%flat, %flat : tensor<?x2xf32>, tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>
  %0 = tensor.expand_shape %sum [[0, 1], [2]] output_shape [%a, %b, 2] : tensor<?x2xf32> into tensor<?x?x2xf32>
  return %0 : tensor<?x?x2xf32>
}
