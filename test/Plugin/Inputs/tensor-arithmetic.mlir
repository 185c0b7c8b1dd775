// Recognition needs to know elementwise ops and splat constants.
#map_q = affine_map<(m, n, k) -> (m, k)>
#map_k = affine_map<(m, n, k) -> (n, k)>
#map_s = affine_map<(m, n, k) -> (m, n)>

func.func @tensor_arithmetic(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %scale = arith.constant dense<0.5> : tensor<5x7xf32>
  %zero = arith.constant dense<0.0> : tensor<5x7xf32>
  %out = arith.constant dense<0.0> : tensor<5x8xf32>
  %gate = arith.constant dense<0.25> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#map_q, #map_k, #map_s]
      ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%zero : tensor<5x7xf32>) -> tensor<5x7xf32>
  %u = arith.mulf %s, %scale : tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%u : tensor<5x7xf32>) outs(%zero : tensor<5x7xf32>) -> tensor<5x7xf32>
  %a = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%out : tensor<5x8xf32>) -> tensor<5x8xf32>
  %g = arith.mulf %gate, %a : tensor<5x8xf32>
  %r = arith.addf %x, %g : tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}
