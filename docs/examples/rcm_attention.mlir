// The attention half of a diffusion-transformer block with an rCM skip, as an
// exporter writes it: nothing in this file knows about rcm.
//
//   q, k, v = x Wq + bq, x Wk + bk, x Wv + bv      heads split off the channels
//   o       = softmax(q k^T / sqrt(D)) v           per head, heads merged
//   out     = c_skip(t) x + c_out(t) o             one time t per batch element
//
// with the coefficients of consistency models (sigma_data = 1):
//
//   c_skip(t) = 1 / (t^2 + 1)      c_out(t) = t / sqrt(1 + t^2)
//
// @block_4x128x256 has batch 4, 128 tokens, 256 channels in 4 heads of 64;
// @block_8x512x512 has batch 8, 512 tokens, 512 channels in 8 heads of 64.

#matrix = affine_map<(b, l, c) -> (b, l, c)>
#row = affine_map<(b, l, c) -> (c)>
#batch = affine_map<(b, l, c) -> (b)>
#id1 = affine_map<(b) -> (b)>

func.func @block_4x128x256(%x: tensor<4x128x256xf32>, %t: tensor<4xf32>,
    %wq: tensor<256x256xf32>, %bq: tensor<256xf32>, %wk: tensor<256x256xf32>, %bk: tensor<256xf32>,
    %wv: tensor<256x256xf32>, %bv: tensor<256xf32>) -> tensor<4x128x256xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 0.125 : f32

  // Projections: one matrix product over all tokens each, then the bias.
  %x2 = tensor.collapse_shape %x [[0, 1], [2]] : tensor<4x128x256xf32> into tensor<512x256xf32>
  %mat_empty = tensor.empty() : tensor<512x256xf32>
  %mat_zero = linalg.fill ins(%zero : f32) outs(%mat_empty : tensor<512x256xf32>) -> tensor<512x256xf32>
  %tokens_empty = tensor.empty() : tensor<4x128x256xf32>
  %heads_empty = tensor.empty() : tensor<4x4x128x64xf32>

  %q0 = linalg.matmul ins(%x2, %wq : tensor<512x256xf32>, tensor<256x256xf32>) outs(%mat_zero : tensor<512x256xf32>) -> tensor<512x256xf32>
  %q1 = tensor.expand_shape %q0 [[0, 1], [2]] output_shape [4, 128, 256] : tensor<512x256xf32> into tensor<4x128x256xf32>
  %q2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q1, %bq : tensor<4x128x256xf32>, tensor<256xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>
  %q3 = tensor.expand_shape %q2 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %q4 = linalg.transpose ins(%q3 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %q = tensor.collapse_shape %q4 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>

  %k0 = linalg.matmul ins(%x2, %wk : tensor<512x256xf32>, tensor<256x256xf32>) outs(%mat_zero : tensor<512x256xf32>) -> tensor<512x256xf32>
  %k1 = tensor.expand_shape %k0 [[0, 1], [2]] output_shape [4, 128, 256] : tensor<512x256xf32> into tensor<4x128x256xf32>
  %k2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%k1, %bk : tensor<4x128x256xf32>, tensor<256xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>
  %k3 = tensor.expand_shape %k2 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %k4 = linalg.transpose ins(%k3 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %k = tensor.collapse_shape %k4 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>

  %v0 = linalg.matmul ins(%x2, %wv : tensor<512x256xf32>, tensor<256x256xf32>) outs(%mat_zero : tensor<512x256xf32>) -> tensor<512x256xf32>
  %v1 = tensor.expand_shape %v0 [[0, 1], [2]] output_shape [4, 128, 256] : tensor<512x256xf32> into tensor<4x128x256xf32>
  %v2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%v1, %bv : tensor<4x128x256xf32>, tensor<256xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>
  %v3 = tensor.expand_shape %v2 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xf32> into tensor<4x128x4x64xf32>
  %v4 = linalg.transpose ins(%v3 : tensor<4x128x4x64xf32>) outs(%heads_empty : tensor<4x4x128x64xf32>) permutation = [0, 2, 1, 3]
  %v = tensor.collapse_shape %v4 [[0, 1], [2], [3]] : tensor<4x4x128x64xf32> into tensor<16x128x64xf32>

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
  %o = tensor.collapse_shape %o2 [[0], [1], [2, 3]] : tensor<4x128x4x64xf32> into tensor<4x128x256xf32>

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
      ins(%x, %o, %c_skip, %c_out : tensor<4x128x256xf32>, tensor<4x128x256xf32>, tensor<4xf32>, tensor<4xf32>) outs(%tokens_empty : tensor<4x128x256xf32>) {
  ^bb0(%xv: f32, %ov: f32, %cs: f32, %co: f32, %init: f32):
    %a = arith.mulf %cs, %xv : f32
    %b = arith.mulf %co, %ov : f32
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4x128x256xf32>
  return %out : tensor<4x128x256xf32>
}

func.func @block_8x512x512(%x: tensor<8x512x512xf32>, %t: tensor<8xf32>,
    %wq: tensor<512x512xf32>, %bq: tensor<512xf32>, %wk: tensor<512x512xf32>, %bk: tensor<512xf32>,
    %wv: tensor<512x512xf32>, %bv: tensor<512xf32>) -> tensor<8x512x512xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 0.125 : f32

  // Projections: one matrix product over all tokens each, then the bias.
  %x2 = tensor.collapse_shape %x [[0, 1], [2]] : tensor<8x512x512xf32> into tensor<4096x512xf32>
  %mat_empty = tensor.empty() : tensor<4096x512xf32>
  %mat_zero = linalg.fill ins(%zero : f32) outs(%mat_empty : tensor<4096x512xf32>) -> tensor<4096x512xf32>
  %tokens_empty = tensor.empty() : tensor<8x512x512xf32>
  %heads_empty = tensor.empty() : tensor<8x8x512x64xf32>

  %q0 = linalg.matmul ins(%x2, %wq : tensor<4096x512xf32>, tensor<512x512xf32>) outs(%mat_zero : tensor<4096x512xf32>) -> tensor<4096x512xf32>
  %q1 = tensor.expand_shape %q0 [[0, 1], [2]] output_shape [8, 512, 512] : tensor<4096x512xf32> into tensor<8x512x512xf32>
  %q2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%q1, %bq : tensor<8x512x512xf32>, tensor<512xf32>) outs(%tokens_empty : tensor<8x512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x512x512xf32>
  %q3 = tensor.expand_shape %q2 [[0], [1], [2, 3]] output_shape [8, 512, 8, 64] : tensor<8x512x512xf32> into tensor<8x512x8x64xf32>
  %q4 = linalg.transpose ins(%q3 : tensor<8x512x8x64xf32>) outs(%heads_empty : tensor<8x8x512x64xf32>) permutation = [0, 2, 1, 3]
  %q = tensor.collapse_shape %q4 [[0, 1], [2], [3]] : tensor<8x8x512x64xf32> into tensor<64x512x64xf32>

  %k0 = linalg.matmul ins(%x2, %wk : tensor<4096x512xf32>, tensor<512x512xf32>) outs(%mat_zero : tensor<4096x512xf32>) -> tensor<4096x512xf32>
  %k1 = tensor.expand_shape %k0 [[0, 1], [2]] output_shape [8, 512, 512] : tensor<4096x512xf32> into tensor<8x512x512xf32>
  %k2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%k1, %bk : tensor<8x512x512xf32>, tensor<512xf32>) outs(%tokens_empty : tensor<8x512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x512x512xf32>
  %k3 = tensor.expand_shape %k2 [[0], [1], [2, 3]] output_shape [8, 512, 8, 64] : tensor<8x512x512xf32> into tensor<8x512x8x64xf32>
  %k4 = linalg.transpose ins(%k3 : tensor<8x512x8x64xf32>) outs(%heads_empty : tensor<8x8x512x64xf32>) permutation = [0, 2, 1, 3]
  %k = tensor.collapse_shape %k4 [[0, 1], [2], [3]] : tensor<8x8x512x64xf32> into tensor<64x512x64xf32>

  %v0 = linalg.matmul ins(%x2, %wv : tensor<4096x512xf32>, tensor<512x512xf32>) outs(%mat_zero : tensor<4096x512xf32>) -> tensor<4096x512xf32>
  %v1 = tensor.expand_shape %v0 [[0, 1], [2]] output_shape [8, 512, 512] : tensor<4096x512xf32> into tensor<8x512x512xf32>
  %v2 = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%v1, %bv : tensor<8x512x512xf32>, tensor<512xf32>) outs(%tokens_empty : tensor<8x512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x512x512xf32>
  %v3 = tensor.expand_shape %v2 [[0], [1], [2, 3]] output_shape [8, 512, 8, 64] : tensor<8x512x512xf32> into tensor<8x512x8x64xf32>
  %v4 = linalg.transpose ins(%v3 : tensor<8x512x8x64xf32>) outs(%heads_empty : tensor<8x8x512x64xf32>) permutation = [0, 2, 1, 3]
  %v = tensor.collapse_shape %v4 [[0, 1], [2], [3]] : tensor<8x8x512x64xf32> into tensor<64x512x64xf32>

  // Attention, all heads of all batch elements at once.
  %kt_empty = tensor.empty() : tensor<64x64x512xf32>
  %kt = linalg.transpose ins(%k : tensor<64x512x64xf32>) outs(%kt_empty : tensor<64x64x512xf32>) permutation = [0, 2, 1]
  %s_empty = tensor.empty() : tensor<64x512x512xf32>
  %s_zero = linalg.fill ins(%zero : f32) outs(%s_empty : tensor<64x512x512xf32>) -> tensor<64x512x512xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<64x512x64xf32>, tensor<64x64x512xf32>) outs(%s_zero : tensor<64x512x512xf32>) -> tensor<64x512x512xf32>
  %s1 = linalg.generic {indexing_maps = [#matrix, #matrix],
                        iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s0 : tensor<64x512x512xf32>) outs(%s_empty : tensor<64x512x512xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = arith.mulf %a, %scale : f32
    linalg.yield %s : f32
  } -> tensor<64x512x512xf32>
  %p = linalg.softmax dimension(2) ins(%s1 : tensor<64x512x512xf32>) outs(%s_empty : tensor<64x512x512xf32>) -> tensor<64x512x512xf32>
  %o_empty = tensor.empty() : tensor<64x512x64xf32>
  %o_zero = linalg.fill ins(%zero : f32) outs(%o_empty : tensor<64x512x64xf32>) -> tensor<64x512x64xf32>
  %o0 = linalg.batch_matmul ins(%p, %v : tensor<64x512x512xf32>, tensor<64x512x64xf32>) outs(%o_zero : tensor<64x512x64xf32>) -> tensor<64x512x64xf32>

  // Heads merged.
  %o1 = tensor.expand_shape %o0 [[0, 1], [2], [3]] output_shape [8, 8, 512, 64] : tensor<64x512x64xf32> into tensor<8x8x512x64xf32>
  %split_empty = tensor.empty() : tensor<8x512x8x64xf32>
  %o2 = linalg.transpose ins(%o1 : tensor<8x8x512x64xf32>) outs(%split_empty : tensor<8x512x8x64xf32>) permutation = [0, 2, 1, 3]
  %o = tensor.collapse_shape %o2 [[0], [1], [2, 3]] : tensor<8x512x8x64xf32> into tensor<8x512x512xf32>

  // The skip: coefficients once per batch element, then the sum.
  %t_empty = tensor.empty() : tensor<8xf32>
  %c_skip, %c_out = linalg.generic {indexing_maps = [#id1, #id1, #id1],
                                    iterator_types = ["parallel"]}
      ins(%t : tensor<8xf32>) outs(%t_empty, %t_empty : tensor<8xf32>, tensor<8xf32>) {
  ^bb0(%time: f32, %out0: f32, %out1: f32):
    %t2 = arith.mulf %time, %time : f32
    %sum = arith.addf %t2, %one : f32
    %skip = arith.divf %one, %sum : f32
    %root = math.sqrt %sum : f32
    %scaled = arith.divf %time, %root : f32
    linalg.yield %skip, %scaled : f32, f32
  } -> (tensor<8xf32>, tensor<8xf32>)
  %out = linalg.generic {indexing_maps = [#matrix, #matrix, #batch, #batch, #matrix],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %o, %c_skip, %c_out : tensor<8x512x512xf32>, tensor<8x512x512xf32>, tensor<8xf32>, tensor<8xf32>) outs(%tokens_empty : tensor<8x512x512xf32>) {
  ^bb0(%xv: f32, %ov: f32, %cs: f32, %co: f32, %init: f32):
    %a = arith.mulf %cs, %xv : f32
    %b = arith.mulf %co, %ov : f32
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x512x512xf32>
  return %out : tensor<8x512x512xf32>
}
