func.func @attention(%q: tensor<4x16xf32>, %k: tensor<6x8xf32>, %v: tensor<6x16xf32>,
                     %o: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %0 = rcm.attention scale(0.25)
      ins(%q, %k, %v : tensor<4x16xf32>, tensor<6x8xf32>, tensor<6x16xf32>)
      outs(%o : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}
