// After convert-rcm-to-linalg upstream's mlir-opt lowers a module to LLVM and
// mlir-runner runs it. This is the whole pipeline, one pass a line.

// RUN: rcm-opt %s --convert-rcm-to-linalg \
// RUN: | mlir-opt \
// RUN:   --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" \
// RUN:   --buffer-deallocation-pipeline \
// RUN:   --convert-linalg-to-loops \
// RUN:   --expand-strided-metadata \
// RUN:   --lower-affine \
// RUN:   --convert-scf-to-cf \
// RUN:   --arith-expand="include-bf16" \
// RUN:   --convert-math-to-llvm \
// RUN:   --convert-math-to-libm \
// RUN:   --finalize-memref-to-llvm \
// RUN:   --convert-arith-to-llvm \
// RUN:   --convert-index-to-llvm \
// RUN:   --convert-func-to-llvm \
// RUN:   --convert-cf-to-llvm \
// RUN:   --reconcile-unrealized-casts \
// RUN: | mlir-runner -e main -entry-point-result=void -shared-libs=%runner_libraries \
// RUN: | FileCheck %s

func.func private @printMemrefF32(tensor<*xf32>)

// Two keys of equal score: the attention is the mean of their values, (2, 3).
// t = 0 gives x, t = +inf gives sigma_data times the attention.
// CHECK: [10, 20]
// CHECK: [1, 1.5]
func.func @main() {
  %q = arith.constant dense<1.0> : tensor<2x1x4xf32>
  %k = arith.constant dense<1.0> : tensor<2x2x4xf32>
  %v = arith.constant dense<[[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]]> : tensor<2x2x2xf32>
  %x = arith.constant dense<[[[10.0, 20.0]], [[10.0, 20.0]]]> : tensor<2x1x2xf32>
  %t = arith.constant dense<[0.0, 0x7F800000]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm sigma_data(0.5) ins(%t : tensor<2xf32>)
      outs(%e, %e : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %o = tensor.empty() : tensor<2x1x2xf32>
  %0 = rcm.attention_skip scale(0.5)
      ins(%q, %k, %v, %x : tensor<2x1x4xf32>, tensor<2x2x4xf32>, tensor<2x2x2xf32>, tensor<2x1x2xf32>)
      coefficients(%c_skip, %c_out : tensor<2xf32>, tensor<2xf32>)
      outs(%o : tensor<2x1x2xf32>) -> tensor<2x1x2xf32>
  %u = tensor.cast %0 : tensor<2x1x2xf32> to tensor<*xf32>
  call @printMemrefF32(%u) : (tensor<*xf32>) -> ()
  return
}
