// Upstream's passes on one thread, or with parallel loops on all cores. Only
// the LLVM dialect is left; the sum over k stays one loop per element.
// RUN: rcm-opt %s --rcm-stock-to-cpu | FileCheck %s --check-prefix=ONE --implicit-check-not=linalg. --implicit-check-not=arith. --implicit-check-not=omp.
// RUN: rcm-opt %s --rcm-stock-to-cpu=parallel=true | FileCheck %s --check-prefix=ALL --implicit-check-not=linalg. --implicit-check-not=arith.
// RUN: not rcm-opt %s --rcm-stock-to-cpu=threads=2 2>&1 | FileCheck %s --check-prefix=OPTION

// ONE: llvm.func @product
// ONE: llvm.fmul {{.*}} : f32
// ALL: llvm.func @product
// ALL: omp.parallel
// ALL: omp.loop_nest (%{{.*}}, %{{.*}}) : i64
// ALL: llvm.cond_br
// ALL: llvm.fmul {{.*}} : f32
// OPTION: no such option threads
func.func @product(%a: tensor<8x4xf32>, %b: tensor<4x8xf32>, %c: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<8x4xf32>, tensor<4x8xf32>) outs(%c : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = arith.addf %0, %c : tensor<8x8xf32>
  return %1 : tensor<8x8xf32>
}
