// One denoising step, as somebody writes it with our ops: batches, rows, channels.
func.func @step(%q: tensor<2x4x16xf32>, %k: tensor<2x6x16xf32>, %v: tensor<2x6x16xf32>,
                %x: tensor<2x4x16xf32>, %t: tensor<2xf32>) -> tensor<2x4x16xf32> {
  %e = tensor.empty() : tensor<2xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : tensor<2xf32>)
      outs(%e, %e : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %init = tensor.empty() : tensor<2x4x16xf32>
  %0 = rcm.attention_skip scale(0.25)
      ins(%q, %k, %v, %x : tensor<2x4x16xf32>, tensor<2x6x16xf32>, tensor<2x6x16xf32>, tensor<2x4x16xf32>)
      coefficients(%c_skip, %c_out : tensor<2xf32>, tensor<2xf32>)
      outs(%init : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
  return %0 : tensor<2x4x16xf32>
}
