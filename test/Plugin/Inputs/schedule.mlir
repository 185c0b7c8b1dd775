// Coefficients that the function computes from t.
#map_q = affine_map<(m, n, k) -> (m, k)>
#map_k = affine_map<(m, n, k) -> (n, k)>
#map_s = affine_map<(m, n, k) -> (m, n)>
#matrix = affine_map<(m, n) -> (m, n)>

func.func @schedule(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x8xf32>, %x: tensor<5x8xf32>, %t: f32) -> tensor<5x8xf32> {
  %zero = arith.constant dense<0.0> : tensor<5x7xf32>
  %out = arith.constant dense<0.0> : tensor<5x8xf32>
  %s = linalg.contract indexing_maps = [#map_q, #map_k, #map_s]
      ins(%q, %k : tensor<5x8xf32>, tensor<7x8xf32>) outs(%zero : tensor<5x7xf32>) -> tensor<5x7xf32>
  %p = linalg.softmax dimension(1) ins(%s : tensor<5x7xf32>) outs(%zero : tensor<5x7xf32>) -> tensor<5x7xf32>
  %a = linalg.matmul ins(%p, %v : tensor<5x7xf32>, tensor<7x8xf32>) outs(%out : tensor<5x8xf32>) -> tensor<5x8xf32>
  %c = math.cos %t : f32
  %sin = math.sin %t : f32
  %r = linalg.generic {indexing_maps = [#matrix, #matrix, #matrix], iterator_types = ["parallel", "parallel"]}
      ins(%x, %a : tensor<5x8xf32>, tensor<5x8xf32>) outs(%out : tensor<5x8xf32>) {
  ^bb0(%xe: f32, %ae: f32, %o: f32):
    %0 = arith.mulf %c, %xe : f32
    %1 = arith.mulf %sin, %ae : f32
    %2 = arith.subf %0, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<5x8xf32>
  return %r : tensor<5x8xf32>
}
