// rcm_projections.mlir as models run it on a GPU: bf16 in memory, sums and
// softmax in f32. Its attention takes the 8-bit recipe (`rcm-to-nvvm` chooses
// int8-e4m3 for bf16 operands and says so; `recipe=none` computes it in f32).

#matrix = affine_map<(b, l, c) -> (b, l, c)>
#row = affine_map<(b, l, c) -> (c)>
#batch = affine_map<(b, l, c) -> (b)>
#id1 = affine_map<(b) -> (b)>

func.func @block_4x128x256(%x: tensor<4x128x256xbf16>, %t: tensor<4xf32>,
    %wqkv: tensor<256x768xbf16>, %bqkv: tensor<768xbf16>,
    %wo: tensor<256x256xbf16>, %bo: tensor<256xbf16>) -> tensor<4x128x256xbf16> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 0.125 : f32

  // Queries, keys and values: one matrix product over all tokens, then the bias.
  %x2 = tensor.collapse_shape %x [[0, 1], [2]] : tensor<4x128x256xbf16> into tensor<512x256xbf16>
  %qkv_empty = tensor.empty() : tensor<512x768xf32>
  %qkv_zero = linalg.fill ins(%zero : f32) outs(%qkv_empty : tensor<512x768xf32>) -> tensor<512x768xf32>
  %qkv0 = linalg.matmul ins(%x2, %wqkv : tensor<512x256xbf16>, tensor<256x768xbf16>) outs(%qkv_zero : tensor<512x768xf32>) -> tensor<512x768xf32>
  %qkv1 = tensor.expand_shape %qkv0 [[0, 1], [2]] output_shape [4, 128, 768] : tensor<512x768xf32> into tensor<4x128x768xf32>
  %qkv2_empty = tensor.empty() : tensor<4x128x768xbf16>
  %qkv = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%qkv1, %bqkv : tensor<4x128x768xf32>, tensor<768xbf16>) outs(%qkv2_empty : tensor<4x128x768xbf16>) {
  ^bb0(%a: f32, %b: bf16, %out: bf16):
    %w = arith.extf %b : bf16 to f32
    %s = arith.addf %a, %w : f32
    %r = arith.truncf %s : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<4x128x768xbf16>

  // Heads split off the channels.
  %heads_empty = tensor.empty() : tensor<4x4x128x64xbf16>
  %q0 = tensor.extract_slice %qkv[0, 0, 0] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xbf16> to tensor<4x128x256xbf16>
  %q1 = tensor.expand_shape %q0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xbf16> into tensor<4x128x4x64xbf16>
  %q2 = linalg.transpose ins(%q1 : tensor<4x128x4x64xbf16>) outs(%heads_empty : tensor<4x4x128x64xbf16>) permutation = [0, 2, 1, 3]
  %q = tensor.collapse_shape %q2 [[0, 1], [2], [3]] : tensor<4x4x128x64xbf16> into tensor<16x128x64xbf16>
  %k0 = tensor.extract_slice %qkv[0, 0, 256] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xbf16> to tensor<4x128x256xbf16>
  %k1 = tensor.expand_shape %k0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xbf16> into tensor<4x128x4x64xbf16>
  %k2 = linalg.transpose ins(%k1 : tensor<4x128x4x64xbf16>) outs(%heads_empty : tensor<4x4x128x64xbf16>) permutation = [0, 2, 1, 3]
  %k = tensor.collapse_shape %k2 [[0, 1], [2], [3]] : tensor<4x4x128x64xbf16> into tensor<16x128x64xbf16>
  %v0 = tensor.extract_slice %qkv[0, 0, 512] [4, 128, 256] [1, 1, 1] : tensor<4x128x768xbf16> to tensor<4x128x256xbf16>
  %v1 = tensor.expand_shape %v0 [[0], [1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<4x128x256xbf16> into tensor<4x128x4x64xbf16>
  %v2 = linalg.transpose ins(%v1 : tensor<4x128x4x64xbf16>) outs(%heads_empty : tensor<4x4x128x64xbf16>) permutation = [0, 2, 1, 3]
  %v = tensor.collapse_shape %v2 [[0, 1], [2], [3]] : tensor<4x4x128x64xbf16> into tensor<16x128x64xbf16>

  // Attention, all heads of all batch elements at once.
  %kt_empty = tensor.empty() : tensor<16x64x128xbf16>
  %kt = linalg.transpose ins(%k : tensor<16x128x64xbf16>) outs(%kt_empty : tensor<16x64x128xbf16>) permutation = [0, 2, 1]
  %s_empty = tensor.empty() : tensor<16x128x128xf32>
  %s_zero = linalg.fill ins(%zero : f32) outs(%s_empty : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<16x128x64xbf16>, tensor<16x64x128xbf16>) outs(%s_zero : tensor<16x128x128xf32>) -> tensor<16x128x128xf32>
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
  %o0 = linalg.batch_matmul ins(%p, %v : tensor<16x128x128xf32>, tensor<16x128x64xbf16>) outs(%o_zero : tensor<16x128x64xf32>) -> tensor<16x128x64xf32>
  %on_empty = tensor.empty() : tensor<16x128x64xbf16>
  %on = linalg.generic {indexing_maps = [#matrix, #matrix],
                        iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%o0 : tensor<16x128x64xf32>) outs(%on_empty : tensor<16x128x64xbf16>) {
  ^bb0(%a: f32, %out: bf16):
    %r = arith.truncf %a : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<16x128x64xbf16>

  // Heads merged.
  %o1 = tensor.expand_shape %on [[0, 1], [2], [3]] output_shape [4, 4, 128, 64] : tensor<16x128x64xbf16> into tensor<4x4x128x64xbf16>
  %split_empty = tensor.empty() : tensor<4x128x4x64xbf16>
  %o2 = linalg.transpose ins(%o1 : tensor<4x4x128x64xbf16>) outs(%split_empty : tensor<4x128x4x64xbf16>) permutation = [0, 2, 1, 3]
  %o = tensor.collapse_shape %o2 [[0, 1], [2, 3]] : tensor<4x128x4x64xbf16> into tensor<512x256xbf16>

  // The output projection.
  %y_empty = tensor.empty() : tensor<512x256xf32>
  %y_zero = linalg.fill ins(%zero : f32) outs(%y_empty : tensor<512x256xf32>) -> tensor<512x256xf32>
  %y0 = linalg.matmul ins(%o, %wo : tensor<512x256xbf16>, tensor<256x256xbf16>) outs(%y_zero : tensor<512x256xf32>) -> tensor<512x256xf32>
  %y1 = tensor.expand_shape %y0 [[0, 1], [2]] output_shape [4, 128, 256] : tensor<512x256xf32> into tensor<4x128x256xf32>
  %tokens_empty = tensor.empty() : tensor<4x128x256xbf16>
  %y = linalg.generic {indexing_maps = [#matrix, #row, #matrix],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y1, %bo : tensor<4x128x256xf32>, tensor<256xbf16>) outs(%tokens_empty : tensor<4x128x256xbf16>) {
  ^bb0(%a: f32, %b: bf16, %out: bf16):
    %w = arith.extf %b : bf16 to f32
    %s = arith.addf %a, %w : f32
    %r = arith.truncf %s : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<4x128x256xbf16>

  // The skip: coefficients once per batch element in f32, then the sum.
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
      ins(%x, %y, %c_skip, %c_out : tensor<4x128x256xbf16>, tensor<4x128x256xbf16>, tensor<4xf32>, tensor<4xf32>) outs(%tokens_empty : tensor<4x128x256xbf16>) {
  ^bb0(%xv: bf16, %yv: bf16, %cs: f32, %co: f32, %init: bf16):
    %xw = arith.extf %xv : bf16 to f32
    %yw = arith.extf %yv : bf16 to f32
    %a = arith.mulf %cs, %xw : f32
    %b = arith.mulf %co, %yw : f32
    %s = arith.addf %a, %b : f32
    %r = arith.truncf %s : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<4x128x256xbf16>
  return %out : tensor<4x128x256xbf16>
}
