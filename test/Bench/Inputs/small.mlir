func.func @small(%q: tensor<2x2x16x16xf32>, %x: tensor<2x2x16x16xf32>, %a: tensor<2xf32>) -> tensor<2x2x16x16xf32> {
  %o = tensor.empty() : tensor<2x2x16x16xf32>
  %0 = rcm.attention_skip scale(0.25)
      ins(%q, %q, %q, %x : tensor<2x2x16x16xf32>, tensor<2x2x16x16xf32>, tensor<2x2x16x16xf32>, tensor<2x2x16x16xf32>)
      coefficients(%a, %a : tensor<2xf32>, tensor<2xf32>) outs(%o : tensor<2x2x16x16xf32>) -> tensor<2x2x16x16xf32>
  return %0 : tensor<2x2x16x16xf32>
}
