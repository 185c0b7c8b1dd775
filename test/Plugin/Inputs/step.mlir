func.func @step(%q: tensor<4x16xf32>, %k: tensor<6x16xf32>, %v: tensor<6x16xf32>,
                %x: tensor<4x16xf32>, %t: f32) -> tensor<4x16xf32> {
  %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  %init = tensor.empty() : tensor<4x16xf32>
  %0 = rcm.attention_skip scale(0.25)
      ins(%q, %k, %v, %x : tensor<4x16xf32>, tensor<6x16xf32>, tensor<6x16xf32>, tensor<4x16xf32>)
      coefficients(%c_skip, %c_out : f32, f32)
      outs(%init : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}
