// Attention with its projections and an rCM skip behind them, as an exporter
// writes it: nothing in this file knows about rcm.
//
//   q, k, v = split(x Wqkv + bqkv)                 one product for all three
//   o       = softmax(q k^T / sqrt(D)) v           per head, heads merged
//   y       = o Wo + bo                            the output projection
//   out     = c_skip(t) x + c_out(t) y             one time t per batch element
//
// The attention becomes one kernel. The skip does not join it: the projection
// stands between them, so the skip belongs to that matrix product and stays a
// kernel of its own. The fusion pass says so (`projection-between`).
//
// Batch 4, 128 tokens, 256 channels in 4 heads of 64, sigma_data = 1.

#matrix = affine_map<(b, l, c) -> (b, l, c)>
#row = affine_map<(b, l, c) -> (c)>
#batch = affine_map<(b, l, c) -> (b)>
#id1 = affine_map<(b) -> (b)>

func.func @block_4x128x256(%x: tensor<4x128x256xf32>, %t: tensor<4xf32>,
    %wqkv: tensor<256x768xf32>, %bqkv: tensor<768xf32>,
    %wo: tensor<256x256xf32>, %bo: tensor<256xf32>) -> tensor<4x128x256xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 0.125 : f32

  // Queries, keys and values: one matrix product over all tokens, then the bias.
  %x2 = tensor.collapse_shape %x [[0, 1], [2]] : tensor<4x128x256xf32> into tensor<512x256xf32>
  %qkv_empty = tensor.empty() : tensor<512x768xf32>
  %qkv_zero = linalg.fill ins(%zero : f32) outs(%qkv_empty : tensor<512x768xf32>) -> tensor<512x768xf32>
  %qkv0 = linalg.matmul ins(%x2, %wqkv : tensor<512x256xf32>, tensor<256x768xf32>) outs(%qkv_zero : tensor<512x768xf32>) -> tensor<512x768xf32>
  %qkv1 = tensor.expand_shape %qkv0 [[0, 1], [2]] output_shape [4, 128, 768] : tensor<512x768xf32> into tensor<4x128x768xf32>
  %qkv2_empty = tensor.empty() : tensor<4x128x768xf32>
  %qkv = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%qkv1, %bqkv : tensor<4x128x768xf32>, tensor<768xf32>) outs(%qkv2_empty : tensor<4x128x768xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x768xf32>

  // Heads split off the channels.
  %heads_empty = tensor.empty() : tensor<4x4x128x64xf32>
  %q0 = tensor.extract_slice %qkv[0, 0, 0] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xf32> to tensor<4x128x256xf32>
  %q1 = tensor.expand_shape %q0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %q2 = linalg.transpose ins(%q1 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %q = tensor.collapse_shape %q2 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>
  %k0 = tensor.extract_slice %qkv[0, 0, 256] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xf32> to tensor<4x128x256xf32>
  %k1 = tensor.expand_shape %k0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %k2 = linalg.transpose ins(%k1 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %k = tensor.collapse_shape %k2 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>
  %v0 = tensor.extract_slice %qkv[0, 0, 512] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xf32> to tensor<4x128x256xf32>
  %v1 = tensor.expand_shape %v0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %v2 = linalg.transpose ins(%v1 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %v = tensor.collapse_shape %v2 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>

  // Attention, all heads of all batch elements at once.
  %kt_empty = tensor.empty() : tensor<16x64x128xf32>
  %kt = linalg.transpose ins(%k : tensor<16x128x64xf32>) outs(%kt_empty : tensor<16x64x128xf32>) permutation = [0, 2, 1]
  %s_empty = tensor.empty() : tensor<16x128x128xf32>
  %s_zero = linalg.fill ins(%zero : f32) outs(%s_empty : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<16x128x64xf32>, tensor<16x64x128xf32>) outs(%s_zero : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  %s1 = linalg.generic {indexing_maps = [#matrix, #matrix],
                        iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s0 : tensor<16x128x128xf32>) outs(%s_empty : tensor<16x128x128xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = arith.mulf %a, %scale : f32
    linalg.yield %s : f32
  } -> tensor<16x128x128xf32>
  %p = linalg.softmax dimension(2) ins(%s1 : tensor<16x128x128xf32>) outs(%s_empty : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  %o_empty = tensor.empty() : tensor<16x128x64xf32>
  %o_zero = linalg.fill ins(%zero : f32) outs(%o_empty : tensor<16x128x64xf32>) -> tensor<16x128x64xf32>
  %o0 = linalg.batch_matmul ins(%p, %v : tensor<16x128x128xf32>, tensor<16x128x64xf32>) outs(%o_zero : tensor<16x128x64xf32>) -> tensor<16x128x64xf32>

  // Heads merged.
  %o1 = tensor.expand_shape %o0 [[0, 1], [2], [3]] output_shape [4, 4, 128, 64] : tensor<16x128x64xf32> into tensor<4x4x128x64xf32>
  %split_empty = tensor.empty() : tensor<4x128x4x64xf32>
  %o2 = linalg.transpose ins(%o1 : tensor<4x4x128x64xf32>) outs(%split_empty : tensor<4x128x4x64xf32>) permutation = [0, 2, 1, 3]
  %o = tensor.collapse_shape %o2 [[0, 1], [2, 3]] : tensor<4x128x4x64xf32> into tensor<512x256xf32>

  // The output projection.
  %y_empty = tensor.empty() : tensor<512x256xf32>
  %y_zero = linalg.fill ins(%zero : f32) outs(%y_empty : tensor<512x256xf32>) -> tensor<512x256xf32>
  %y0 = linalg.matmul ins(%o, %wo : tensor<512x256xf32>, tensor<256x256xf32>) outs(%y_zero : tensor<512x256xf32>) -> tensor<512x256xf32>
  %y1 = tensor.expand_shape %y0 [[0, 1], [2]] output_shape [4, 128, 256] : tensor<512x256xf32> into tensor<4x128x256xf32>
  %tokens_empty = tensor.empty() : tensor<4x128x256xf32>
  %y = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y1, %bo : tensor<4x128x256xf32>, tensor<256xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>

  // The skip: coefficients once per batch element, then the sum.
  %t_empty = tensor.empty() : tensor<4xf32>
  %c_skip, %c_out = linalg.generic {indexing_maps = [#id1, #id1, #id1],
                                    iterator_types = ["parallel"]}
      ins(%t : tensor<4xf32>) outs(%t_empty, %t_empty : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%time: f32, %out0: f32, %out1: f32):
    %t2 = arith.mulf %time, %time : f32
    %sum = arith.addf %t2, %one : f32
    %skip = arith.divf %one, %sum : f32
    %root = math.sqrt %sum : f32
    %scaled = arith.divf %time, %root : f32
    linalg.yield %skip, %scaled : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  %out = linalg.generic {indexing_maps = [#matrix, #matrix, #batch, #batch, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %y, %c_skip, %c_out : tensor<4x128x256xf32>, tensor<4x128x256xf32>, tensor<4xf32>, tensor<4xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%xv: f32, %yv: f32, %cs: f32, %co: f32, %init: f32):
    %a = arith.mulf %cs, %xv : f32
    %b = arith.mulf %co, %yv : f32
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>
  return %out : tensor<4x128x256xf32>
}
