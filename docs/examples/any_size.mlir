// Attention with an rCM skip for any number of heads, queries and keys: the op
// written down, sizes left open. Sizes are those of the arguments:
//
//   rcm-runner docs/examples/any_size.mlir --arg=t=0.5 \
//     --shape=q=1x2x4096x64 --shape=k=1x2x4096x64 --shape=v=1x2x4096x64 --shape=x=1x2x4096x64
func.func @step(%q: tensor<1x?x?x64xf32>, %k: tensor<1x?x?x64xf32>, %v: tensor<1x?x?x64xf32>,
                %x: tensor<1x?x?x64xf32>, %t: f32) -> tensor<1x?x?x64xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %heads = tensor.dim %x, %c1 : tensor<1x?x?x64xf32>
  %rows = tensor.dim %x, %c2 : tensor<1x?x?x64xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  %init = tensor.empty(%heads, %rows) : tensor<1x?x?x64xf32>
  %out = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<1x?x?x64xf32>, tensor<1x?x?x64xf32>, tensor<1x?x?x64xf32>, tensor<1x?x?x64xf32>)
      coefficients(%c_skip, %c_out : f32, f32)
      outs(%init : tensor<1x?x?x64xf32>) -> tensor<1x?x?x64xf32>
  return %out : tensor<1x?x?x64xf32>
}
