// Recorded from PyTorch 2.13.0+cpu, iree-turbine 3.8.0, iree-base-compiler 3.8.0.
// iree-compile --compile-to=input; util.func and hal.tensor.import,
// barrier and export replaced by func.func and its arguments.
// sdpa_4d_aggregated: not exported: MLIR Textual PassPipeline Parser:1:11: error: 'iree-linalg-ext-decompose-aggregated-ops' does not refer to a registered pass or pass pipeline.
// sdpa_4d_online: as in torch-iree-3.13.mlir.
// sdpa_4d: not exported: failed to legalize operation 'torch.constant.bool'.
// sdpa_causal_aggregated: not exported: MLIR Textual PassPipeline Parser:1:11: error: 'iree-linalg-ext-decompose-aggregated-ops' does not refer to a registered pass or pass pipeline.
// sdpa_causal_online: as in torch-iree-3.13.mlir.
// sdpa_causal: not exported: failed to legalize operation 'torch.constant.int'.
// sdpa_bf16_aggregated: not exported: MLIR Textual PassPipeline Parser:1:11: error: 'iree-linalg-ext-decompose-aggregated-ops' does not refer to a registered pass or pass pipeline.
// sdpa_bf16: not exported: failed to legalize operation 'torch.constant.bool'.
// written_4d: as in torch-iree-3.13.mlir.
// written_3d: as in torch-iree-3.13.mlir.
// written_scalar_t: as in torch-iree-3.13.mlir.
#map0 = affine_map<(d0, d1, d2) -> ()>
#map1 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#map2 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#map3 = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
#map4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
#map5 = affine_map<(d0, d1, d2) -> (d0, d1)>
#map6 = affine_map<(d0, d1) -> (d0, d1)>
#map7 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map8 = affine_map<(d0, d1, d2, d3) -> (d0, 0, 0, 0)>
#map9 = affine_map<(d0, d1, d2, d3) -> (d1, d2, d3)>
#map10 = affine_map<(d0) -> (d0)>
#map11 = affine_map<(d0, d1) -> (0, d1)>
#map12 = affine_map<(d0, d1) -> (d0, 0)>
#map13 = affine_map<(d0, d1) -> ()>
#map14 = affine_map<() -> ()>
#map15 = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#map16 = affine_map<(d0, d1, d2, d3) -> ()>
#map17 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>
#map18 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d3, d4)>
#map19 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
#map20 = affine_map<(d0, d1, d2) -> (d1, d2)>
#map21 = affine_map<(d0, d1, d2) -> (d0, 0, 0)>

func.func @sdpa_bf16_online(%0: tensor<2x2x3x4xbf16>, %1: tensor<2x2x3x4xbf16>, %2: tensor<2x2x3x4xbf16>, %3: tensor<2x2x3x4xbf16>, %4: tensor<2x1x1x1xf32>) -> tensor<2x2x3x4xbf16> {
  %cst = arith.constant 7.226560e-01 : bf16
  %cst_0 = arith.constant -3.40282347E+38 : f32
  %c2_i64 = arith.constant 2 : i64
  %cst_1 = arith.constant 0.000000e+00 : f32
  %cst_2 = arith.constant 1.000000e+00 : f32
  %cst_3 = arith.constant 2.500000e-01 : f32
  %cst_4 = arith.constant 5.000000e-01 : f32
  %collapsed = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %collapsed_5 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %collapsed_6 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %5 = tensor.empty() : tensor<4x3x4xbf16>
  %6 = tensor.empty() : tensor<4x3x4xf32>
  %7 = tensor.empty() : tensor<4x3xf32>
  %8 = linalg.fill ins(%cst_1 : f32) outs(%6 : tensor<4x3x4xf32>) -> tensor<4x3x4xf32>
  %9 = linalg.fill ins(%cst_0 : f32) outs(%7 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %10 = linalg.fill ins(%cst_1 : f32) outs(%7 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %11 = linalg.generic {indexing_maps = [#map0, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%cst : bf16) outs(%collapsed : tensor<4x3x4xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    %41 = arith.mulf %in, %out : bf16
    linalg.yield %41 : bf16
  } -> tensor<4x3x4xbf16>
  %12 = tensor.empty() : tensor<4x3x3xf32>
  %13 = linalg.fill ins(%cst_1 : f32) outs(%12 : tensor<4x3x3xf32>) -> tensor<4x3x3xf32>
  %14 = linalg.generic {indexing_maps = [#map2, #map3, #map4], iterator_types = ["parallel", "parallel", "reduction", "parallel"]} ins(%11, %collapsed_5 : tensor<4x3x4xbf16>, tensor<4x3x4xbf16>) outs(%13 : tensor<4x3x3xf32>) {
  ^bb0(%in: bf16, %in_7: bf16, %out: f32):
    %41 = arith.extf %in : bf16 to f32
    %42 = arith.extf %in_7 : bf16 to f32
    %43 = arith.mulf %41, %42 : f32
    %44 = arith.addf %43, %out : f32
    linalg.yield %44 : f32
  } -> tensor<4x3x3xf32>
  %15 = linalg.generic {indexing_maps = [#map1, #map5], iterator_types = ["parallel", "parallel", "reduction"]} ins(%14 : tensor<4x3x3xf32>) outs(%9 : tensor<4x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.maximumf %in, %out : f32
    linalg.yield %41 : f32
  } -> tensor<4x3xf32>
  %16 = linalg.generic {indexing_maps = [#map6, #map6], iterator_types = ["parallel", "parallel"]} ins(%15 : tensor<4x3xf32>) outs(%9 : tensor<4x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.subf %out, %in : f32
    %42 = math.exp2 %41 : f32
    linalg.yield %42 : f32
  } -> tensor<4x3xf32>
  %17 = linalg.generic {indexing_maps = [#map6, #map6], iterator_types = ["parallel", "parallel"]} ins(%16 : tensor<4x3xf32>) outs(%10 : tensor<4x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.mulf %in, %out : f32
    linalg.yield %41 : f32
  } -> tensor<4x3xf32>
  %18 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15 : tensor<4x3xf32>) outs(%14 : tensor<4x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.subf %out, %in : f32
    %42 = math.exp2 %41 : f32
    linalg.yield %42 : f32
  } -> tensor<4x3x3xf32>
  %19 = linalg.generic {indexing_maps = [#map1, #map5], iterator_types = ["parallel", "parallel", "reduction"]} ins(%18 : tensor<4x3x3xf32>) outs(%17 : tensor<4x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.addf %in, %out : f32
    linalg.yield %41 : f32
  } -> tensor<4x3xf32>
  %20 = tensor.empty() : tensor<4x3x3xbf16>
  %21 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%18 : tensor<4x3x3xf32>) outs(%20 : tensor<4x3x3xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %41 = arith.truncf %in : f32 to bf16
    linalg.yield %41 : bf16
  } -> tensor<4x3x3xbf16>
  %22 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%16 : tensor<4x3xf32>) outs(%8 : tensor<4x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.mulf %in, %out : f32
    linalg.yield %41 : f32
  } -> tensor<4x3x4xf32>
  %23 = linalg.generic {indexing_maps = [#map4, #map3, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%21, %collapsed_6 : tensor<4x3x3xbf16>, tensor<4x3x4xbf16>) outs(%22 : tensor<4x3x4xf32>) {
  ^bb0(%in: bf16, %in_7: bf16, %out: f32):
    %41 = arith.extf %in : bf16 to f32
    %42 = arith.extf %in_7 : bf16 to f32
    %43 = arith.mulf %41, %42 : f32
    %44 = arith.addf %43, %out : f32
    linalg.yield %44 : f32
  } -> tensor<4x3x4xf32>
  %24 = linalg.generic {indexing_maps = [#map5, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%19, %23 : tensor<4x3xf32>, tensor<4x3x4xf32>) outs(%5 : tensor<4x3x4xbf16>) {
  ^bb0(%in: f32, %in_7: f32, %out: bf16):
    %41 = arith.divf %cst_2, %in : f32
    %42 = arith.mulf %41, %in_7 : f32
    %43 = arith.truncf %42 : f32 to bf16
    linalg.yield %43 : bf16
  } -> tensor<4x3x4xbf16>
  %expanded = tensor.expand_shape %24 [[0, 1], [2], [3]] output_shape [2, 2, 3, 4] : tensor<4x3x4xbf16> into tensor<2x2x3x4xbf16>
  %25 = tensor.empty() : tensor<2x1x1x1xf32>
  %26 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%4 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %27 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%26 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.addf %in, %cst_3 : f32
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %28 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.cmpf one, %in, %cst_1 : f32
    cf.assert %41, "unimplemented: tensor with zero element"
    %42 = arith.divf %cst_2, %in : f32
    linalg.yield %42 : f32
  } -> tensor<2x1x1x1xf32>
  %29 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.mulf %in, %cst_3 : f32
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %30 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%4 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = arith.mulf %in, %cst_4 : f32
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %31 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %41 = math.sqrt %in : f32
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %32 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30, %31 : tensor<2x1x1x1xf32>, tensor<2x1x1x1xf32>) outs(%25 : tensor<2x1x1x1xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %41 = arith.divf %in, %in_7 : f32
    linalg.yield %41 : f32
  } -> tensor<2x1x1x1xf32>
  %33 = tensor.empty() : tensor<2x2x3x4xf32>
  %34 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%29, %3 : tensor<2x1x1x1xf32>, tensor<2x2x3x4xbf16>) outs(%33 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_7: bf16, %out: f32):
    %41 = arith.extf %in_7 : bf16 to f32
    %42 = arith.mulf %in, %41 : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x3x4xf32>
  %35 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%32, %expanded : tensor<2x1x1x1xf32>, tensor<2x2x3x4xbf16>) outs(%33 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_7: bf16, %out: f32):
    %41 = arith.extf %in_7 : bf16 to f32
    %42 = arith.mulf %in, %41 : f32
    linalg.yield %42 : f32
  } -> tensor<2x2x3x4xf32>
  %36 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34, %35 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%33 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %41 = arith.addf %in, %in_7 : f32
    linalg.yield %41 : f32
  } -> tensor<2x2x3x4xf32>
  %37 = tensor.empty() : tensor<2x2x3x4xbf16>
  %38 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%36 : tensor<2x2x3x4xf32>) outs(%37 : tensor<2x2x3x4xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %41 = arith.truncf %in : f32 to bf16
    linalg.yield %41 : bf16
  } -> tensor<2x2x3x4xbf16>
  return %38 : tensor<2x2x3x4xbf16>
}

func.func @written_causal(%0: tensor<1x2x5x4xf32>, %1: tensor<1x2x5x4xf32>, %2: tensor<1x2x5x4xf32>, %3: tensor<1x2x5x4xf32>, %4: tensor<1xf32>) -> tensor<1x2x5x4xf32> {
  %cst = arith.constant dense<0xFF800000> : tensor<f32>
  %cst_0 = arith.constant dense<false> : tensor<i1>
  %c0_i64 = arith.constant 0 : i64
  %cst_1 = arith.constant dense<true> : tensor<5x5xi1>
  %c2_i64 = arith.constant 2 : i64
  %c1_i64 = arith.constant 1 : i64
  %cst_2 = arith.constant 0.000000e+00 : f32
  %cst_3 = arith.constant 0xFF800000 : f32
  %cst_4 = arith.constant 1.000000e+00 : f32
  %cst_5 = arith.constant 2.000000e+00 : f32
  %cst_6 = arith.constant 2.500000e-01 : f32
  %cst_7 = arith.constant 5.000000e-01 : f32
  %5 = tensor.empty() : tensor<1x2x4x5xf32>
  %transposed = linalg.transpose ins(%1 : tensor<1x2x5x4xf32>) outs(%5 : tensor<1x2x4x5xf32>) permutation = [0, 1, 3, 2] 
  %6 = tensor.empty() : tensor<1x2x5x4xf32>
  %collapsed = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %7 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed : tensor<2x5x4xf32>) outs(%6 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x4xf32>
  %collapsed_8 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %8 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_8 : tensor<2x4x5xf32>) outs(%5 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %collapsed_9 = tensor.collapse_shape %7 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %collapsed_10 = tensor.collapse_shape %8 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %9 = tensor.empty() : tensor<2x5x5xf32>
  %10 = linalg.fill ins(%cst_2 : f32) outs(%9 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %11 = linalg.batch_matmul ins(%collapsed_9, %collapsed_10 : tensor<2x5x4xf32>, tensor<2x4x5xf32>) outs(%10 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %expanded = tensor.expand_shape %11 [[0, 1], [2], [3]] output_shape [1, 2, 5, 5] : tensor<2x5x5xf32> into tensor<1x2x5x5xf32>
  %12 = tensor.empty() : tensor<1x2x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x2x5x5xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.divf %in, %cst_5 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x5xf32>
  %14 = tensor.empty() : tensor<5xi64>
  %15 = linalg.generic {indexing_maps = [#map10], iterator_types = ["parallel"]} outs(%14 : tensor<5xi64>) {
  ^bb0(%out: i64):
    %53 = linalg.index 0 : index
    %54 = arith.index_cast %53 : index to i64
    linalg.yield %54 : i64
  } -> tensor<5xi64>
  %expanded_11 = tensor.expand_shape %15 [[0, 1]] output_shape [5, 1] : tensor<5xi64> into tensor<5x1xi64>
  %expanded_12 = tensor.expand_shape %15 [[0, 1]] output_shape [1, 5] : tensor<5xi64> into tensor<1x5xi64>
  %16 = tensor.empty() : tensor<5x1xi64>
  %17 = linalg.generic {indexing_maps = [#map6, #map6], iterator_types = ["parallel", "parallel"]} ins(%expanded_11 : tensor<5x1xi64>) outs(%16 : tensor<5x1xi64>) {
  ^bb0(%in: i64, %out: i64):
    %53 = arith.addi %in, %c1_i64 : i64
    linalg.yield %53 : i64
  } -> tensor<5x1xi64>
  %18 = tensor.empty() : tensor<5x5xi1>
  %19 = linalg.generic {indexing_maps = [#map11, #map12, #map6], iterator_types = ["parallel", "parallel"]} ins(%expanded_12, %17 : tensor<1x5xi64>, tensor<5x1xi64>) outs(%18 : tensor<5x5xi1>) {
  ^bb0(%in: i64, %in_21: i64, %out: i1):
    %53 = arith.cmpi sge, %in, %in_21 : i64
    linalg.yield %53 : i1
  } -> tensor<5x5xi1>
  %20 = linalg.generic {indexing_maps = [#map6, #map6, #map13, #map6], iterator_types = ["parallel", "parallel"]} ins(%19, %cst_1, %cst_0 : tensor<5x5xi1>, tensor<5x5xi1>, tensor<i1>) outs(%18 : tensor<5x5xi1>) {
  ^bb0(%in: i1, %in_21: i1, %in_22: i1, %out: i1):
    %53 = arith.select %in, %in_21, %in_22 : i1
    linalg.yield %53 : i1
  } -> tensor<5x5xi1>
  %21 = tensor.empty() : tensor<f32>
  %22 = linalg.generic {indexing_maps = [#map14, #map14], iterator_types = []} ins(%cst : tensor<f32>) outs(%21 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<f32>
  %23 = linalg.generic {indexing_maps = [#map15, #map16, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20, %22, %13 : tensor<5x5xi1>, tensor<f32>, tensor<1x2x5x5xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: i1, %in_21: f32, %in_22: f32, %out: f32):
    %53 = arith.select %in, %in_21, %in_22 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x5xf32>
  %24 = tensor.empty() : tensor<1x2x5xi64>
  %25 = linalg.fill ins(%c0_i64 : i64) outs(%24 : tensor<1x2x5xi64>) -> tensor<1x2x5xi64>
  %26 = tensor.empty() : tensor<1x2x5xf32>
  %27 = linalg.fill ins(%cst_3 : f32) outs(%26 : tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
  %28:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%23 : tensor<1x2x5x5xf32>) outs(%27, %25 : tensor<1x2x5xf32>, tensor<1x2x5xi64>) {
  ^bb0(%in: f32, %out: f32, %out_21: i64):
    %53 = linalg.index 3 : index
    %54 = arith.index_cast %53 : index to i64
    %55 = arith.maximumf %in, %out : f32
    %56 = arith.cmpf ogt, %in, %out : f32
    %57 = arith.select %56, %54, %out_21 : i64
    linalg.yield %55, %57 : f32, i64
  } -> (tensor<1x2x5xf32>, tensor<1x2x5xi64>)
  %expanded_13 = tensor.expand_shape %28#0 [[0], [1], [2, 3]] output_shape [1, 2, 5, 1] : tensor<1x2x5xf32> into tensor<1x2x5x1xf32>
  %29 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23, %expanded_13 : tensor<1x2x5x5xf32>, tensor<1x2x5x1xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.subf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x5xf32>
  %30 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%29 : tensor<1x2x5x5xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = math.exp %in : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x5xf32>
  %31 = tensor.empty() : tensor<1x2x5x1xf32>
  %32 = linalg.fill ins(%cst_2 : f32) outs(%31 : tensor<1x2x5x1xf32>) -> tensor<1x2x5x1xf32>
  %33 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%30 : tensor<1x2x5x5xf32>) outs(%32 : tensor<1x2x5x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.addf %in, %out : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x1xf32>
  %34 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%30, %33 : tensor<1x2x5x5xf32>, tensor<1x2x5x1xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.divf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x5xf32>
  %collapsed_14 = tensor.collapse_shape %34 [[0, 1], [2], [3]] : tensor<1x2x5x5xf32> into tensor<2x5x5xf32>
  %35 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_14 : tensor<2x5x5xf32>) outs(%12 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x5xf32>
  %collapsed_15 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %36 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_15 : tensor<2x5x4xf32>) outs(%6 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x4xf32>
  %collapsed_16 = tensor.collapse_shape %35 [[0, 1], [2], [3]] : tensor<1x2x5x5xf32> into tensor<2x5x5xf32>
  %collapsed_17 = tensor.collapse_shape %36 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %37 = tensor.empty() : tensor<2x5x4xf32>
  %38 = linalg.fill ins(%cst_2 : f32) outs(%37 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %39 = linalg.batch_matmul ins(%collapsed_16, %collapsed_17 : tensor<2x5x5xf32>, tensor<2x5x4xf32>) outs(%38 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %expanded_18 = tensor.expand_shape %39 [[0, 1], [2], [3]] output_shape [1, 2, 5, 4] : tensor<2x5x4xf32> into tensor<1x2x5x4xf32>
  %40 = tensor.empty() : tensor<1xf32>
  %41 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %42 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%41 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.addf %in, %cst_6 : f32
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %43 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%42 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.cmpf one, %in, %cst_2 : f32
    cf.assert %53, "unimplemented: tensor with zero element"
    %54 = arith.divf %cst_4, %in : f32
    linalg.yield %54 : f32
  } -> tensor<1xf32>
  %44 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%43 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.mulf %in, %cst_6 : f32
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %45 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = arith.mulf %in, %cst_7 : f32
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %46 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%42 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %53 = math.sqrt %in : f32
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %47 = linalg.generic {indexing_maps = [#map10, #map10, #map10], iterator_types = ["parallel"]} ins(%45, %46 : tensor<1xf32>, tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.divf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1xf32>
  %expanded_19 = tensor.expand_shape %44 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_20 = tensor.expand_shape %47 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %48 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_19, %3 : tensor<1x1x1x1xf32>, tensor<1x2x5x4xf32>) outs(%6 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.mulf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x4xf32>
  %49 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_20, %expanded_18 : tensor<1x1x1x1xf32>, tensor<1x2x5x4xf32>) outs(%6 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.mulf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x4xf32>
  %50 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%48, %49 : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) outs(%6 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_21: f32, %out: f32):
    %53 = arith.addf %in, %in_21 : f32
    linalg.yield %53 : f32
  } -> tensor<1x2x5x4xf32>
  return %50 : tensor<1x2x5x4xf32>
}

func.func @written_cross(%0: tensor<1x2x3x4xf32>, %1: tensor<1x2x6x4xf32>, %2: tensor<1x2x6x5xf32>, %3: tensor<1x2x3x5xf32>, %4: tensor<1xf32>) -> tensor<1x2x3x5xf32> {
  %c2_i64 = arith.constant 2 : i64
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 1.000000e+00 : f32
  %cst_2 = arith.constant 2.000000e+00 : f32
  %cst_3 = arith.constant 2.500000e-01 : f32
  %cst_4 = arith.constant 5.000000e-01 : f32
  %5 = tensor.empty() : tensor<1x2x4x6xf32>
  %transposed = linalg.transpose ins(%1 : tensor<1x2x6x4xf32>) outs(%5 : tensor<1x2x4x6xf32>) permutation = [0, 1, 3, 2] 
  %6 = tensor.empty() : tensor<1x2x3x4xf32>
  %collapsed = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<1x2x3x4xf32> into tensor<2x3x4xf32>
  %7 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed : tensor<2x3x4xf32>) outs(%6 : tensor<1x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x4xf32>
  %collapsed_5 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<1x2x4x6xf32> into tensor<2x4x6xf32>
  %8 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_5 : tensor<2x4x6xf32>) outs(%5 : tensor<1x2x4x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x6xf32>
  %collapsed_6 = tensor.collapse_shape %7 [[0, 1], [2], [3]] : tensor<1x2x3x4xf32> into tensor<2x3x4xf32>
  %collapsed_7 = tensor.collapse_shape %8 [[0, 1], [2], [3]] : tensor<1x2x4x6xf32> into tensor<2x4x6xf32>
  %9 = tensor.empty() : tensor<2x3x6xf32>
  %10 = linalg.fill ins(%cst : f32) outs(%9 : tensor<2x3x6xf32>) -> tensor<2x3x6xf32>
  %11 = linalg.batch_matmul ins(%collapsed_6, %collapsed_7 : tensor<2x3x4xf32>, tensor<2x4x6xf32>) outs(%10 : tensor<2x3x6xf32>) -> tensor<2x3x6xf32>
  %expanded = tensor.expand_shape %11 [[0, 1], [2], [3]] output_shape [1, 2, 3, 6] : tensor<2x3x6xf32> into tensor<1x2x3x6xf32>
  %12 = tensor.empty() : tensor<1x2x3x6xf32>
  %13 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x2x3x6xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.divf %in, %cst_2 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x6xf32>
  %14 = tensor.empty() : tensor<1x2x3xi64>
  %15 = linalg.fill ins(%c0_i64 : i64) outs(%14 : tensor<1x2x3xi64>) -> tensor<1x2x3xi64>
  %16 = tensor.empty() : tensor<1x2x3xf32>
  %17 = linalg.fill ins(%cst_0 : f32) outs(%16 : tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %18:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%13 : tensor<1x2x3x6xf32>) outs(%17, %15 : tensor<1x2x3xf32>, tensor<1x2x3xi64>) {
  ^bb0(%in: f32, %out: f32, %out_16: i64):
    %45 = linalg.index 3 : index
    %46 = arith.index_cast %45 : index to i64
    %47 = arith.maximumf %in, %out : f32
    %48 = arith.cmpf ogt, %in, %out : f32
    %49 = arith.select %48, %46, %out_16 : i64
    linalg.yield %47, %49 : f32, i64
  } -> (tensor<1x2x3xf32>, tensor<1x2x3xi64>)
  %expanded_8 = tensor.expand_shape %18#0 [[0], [1], [2, 3]] output_shape [1, 2, 3, 1] : tensor<1x2x3xf32> into tensor<1x2x3x1xf32>
  %19 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13, %expanded_8 : tensor<1x2x3x6xf32>, tensor<1x2x3x1xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.subf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x6xf32>
  %20 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<1x2x3x6xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = math.exp %in : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x6xf32>
  %21 = tensor.empty() : tensor<1x2x3x1xf32>
  %22 = linalg.fill ins(%cst : f32) outs(%21 : tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  %23 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<1x2x3x6xf32>) outs(%22 : tensor<1x2x3x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.addf %in, %out : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x1xf32>
  %24 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20, %23 : tensor<1x2x3x6xf32>, tensor<1x2x3x1xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.divf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x6xf32>
  %collapsed_9 = tensor.collapse_shape %24 [[0, 1], [2], [3]] : tensor<1x2x3x6xf32> into tensor<2x3x6xf32>
  %25 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_9 : tensor<2x3x6xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x6xf32>
  %26 = tensor.empty() : tensor<1x2x6x5xf32>
  %collapsed_10 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<1x2x6x5xf32> into tensor<2x6x5xf32>
  %27 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_10 : tensor<2x6x5xf32>) outs(%26 : tensor<1x2x6x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x6x5xf32>
  %collapsed_11 = tensor.collapse_shape %25 [[0, 1], [2], [3]] : tensor<1x2x3x6xf32> into tensor<2x3x6xf32>
  %collapsed_12 = tensor.collapse_shape %27 [[0, 1], [2], [3]] : tensor<1x2x6x5xf32> into tensor<2x6x5xf32>
  %28 = tensor.empty() : tensor<2x3x5xf32>
  %29 = linalg.fill ins(%cst : f32) outs(%28 : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %30 = linalg.batch_matmul ins(%collapsed_11, %collapsed_12 : tensor<2x3x6xf32>, tensor<2x6x5xf32>) outs(%29 : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %expanded_13 = tensor.expand_shape %30 [[0, 1], [2], [3]] output_shape [1, 2, 3, 5] : tensor<2x3x5xf32> into tensor<1x2x3x5xf32>
  %31 = tensor.empty() : tensor<1xf32>
  %32 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %33 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%32 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.addf %in, %cst_3 : f32
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %34 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%33 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.cmpf one, %in, %cst : f32
    cf.assert %45, "unimplemented: tensor with zero element"
    %46 = arith.divf %cst_1, %in : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %35 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%34 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.mulf %in, %cst_3 : f32
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %36 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = arith.mulf %in, %cst_4 : f32
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %37 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%33 : tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %45 = math.sqrt %in : f32
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %38 = linalg.generic {indexing_maps = [#map10, #map10, #map10], iterator_types = ["parallel"]} ins(%36, %37 : tensor<1xf32>, tensor<1xf32>) outs(%31 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.divf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1xf32>
  %expanded_14 = tensor.expand_shape %35 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_15 = tensor.expand_shape %38 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %39 = tensor.empty() : tensor<1x2x3x5xf32>
  %40 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_14, %3 : tensor<1x1x1x1xf32>, tensor<1x2x3x5xf32>) outs(%39 : tensor<1x2x3x5xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.mulf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x5xf32>
  %41 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_15, %expanded_13 : tensor<1x1x1x1xf32>, tensor<1x2x3x5xf32>) outs(%39 : tensor<1x2x3x5xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.mulf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x5xf32>
  %42 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%40, %41 : tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>) outs(%39 : tensor<1x2x3x5xf32>) {
  ^bb0(%in: f32, %in_16: f32, %out: f32):
    %45 = arith.addf %in, %in_16 : f32
    linalg.yield %45 : f32
  } -> tensor<1x2x3x5xf32>
  return %42 : tensor<1x2x3x5xf32>
}

func.func @written_f16(%0: tensor<2x2x3x4xf16>, %1: tensor<2x2x3x4xf16>, %2: tensor<2x2x3x4xf16>, %3: tensor<2x2x3x4xf16>, %4: tensor<2xf32>) -> tensor<2x2x3x4xf16> {
  %c2_i64 = arith.constant 2 : i64
  %cst = arith.constant 0.000000e+00 : f16
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.000000e+00 : f32
  %cst_2 = arith.constant 1.000000e+00 : f32
  %cst_3 = arith.constant 2.000000e+00 : f16
  %cst_4 = arith.constant 2.500000e-01 : f32
  %cst_5 = arith.constant 5.000000e-01 : f32
  %5 = tensor.empty() : tensor<2x2x4x3xf16>
  %transposed = linalg.transpose ins(%1 : tensor<2x2x3x4xf16>) outs(%5 : tensor<2x2x4x3xf16>) permutation = [0, 1, 3, 2] 
  %collapsed = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<2x2x3x4xf16> into tensor<4x3x4xf16>
  %collapsed_6 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<2x2x4x3xf16> into tensor<4x4x3xf16>
  %6 = tensor.empty() : tensor<4x3x3xf16>
  %7 = linalg.fill ins(%cst : f16) outs(%6 : tensor<4x3x3xf16>) -> tensor<4x3x3xf16>
  %8 = linalg.batch_matmul ins(%collapsed, %collapsed_6 : tensor<4x3x4xf16>, tensor<4x4x3xf16>) outs(%7 : tensor<4x3x3xf16>) -> tensor<4x3x3xf16>
  %expanded = tensor.expand_shape %8 [[0, 1], [2], [3]] output_shape [2, 2, 3, 3] : tensor<4x3x3xf16> into tensor<2x2x3x3xf16>
  %9 = tensor.empty() : tensor<2x2x3x3xf16>
  %10 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x2x3x3xf16>) outs(%9 : tensor<2x2x3x3xf16>) {
  ^bb0(%in: f16, %out: f16):
    %44 = arith.divf %in, %cst_3 : f16
    linalg.yield %44 : f16
  } -> tensor<2x2x3x3xf16>
  %11 = tensor.empty() : tensor<2x2x3x3xf32>
  %12 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10 : tensor<2x2x3x3xf16>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f16, %out: f32):
    %44 = arith.extf %in : f16 to f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %13 = tensor.empty() : tensor<2x2x3xi64>
  %14 = linalg.fill ins(%c0_i64 : i64) outs(%13 : tensor<2x2x3xi64>) -> tensor<2x2x3xi64>
  %15 = tensor.empty() : tensor<2x2x3xf32>
  %16 = linalg.fill ins(%cst_0 : f32) outs(%15 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %17:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%12 : tensor<2x2x3x3xf32>) outs(%16, %14 : tensor<2x2x3xf32>, tensor<2x2x3xi64>) {
  ^bb0(%in: f32, %out: f32, %out_13: i64):
    %44 = linalg.index 3 : index
    %45 = arith.index_cast %44 : index to i64
    %46 = arith.maximumf %in, %out : f32
    %47 = arith.cmpf ogt, %in, %out : f32
    %48 = arith.select %47, %45, %out_13 : i64
    linalg.yield %46, %48 : f32, i64
  } -> (tensor<2x2x3xf32>, tensor<2x2x3xi64>)
  %expanded_7 = tensor.expand_shape %17#0 [[0], [1], [2, 3]] output_shape [2, 2, 3, 1] : tensor<2x2x3xf32> into tensor<2x2x3x1xf32>
  %18 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%12, %expanded_7 : tensor<2x2x3x3xf32>, tensor<2x2x3x1xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.subf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %19 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x2x3x3xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.exp %in : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %20 = tensor.empty() : tensor<2x2x3x1xf32>
  %21 = linalg.fill ins(%cst_1 : f32) outs(%20 : tensor<2x2x3x1xf32>) -> tensor<2x2x3x1xf32>
  %22 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%19 : tensor<2x2x3x3xf32>) outs(%21 : tensor<2x2x3x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.addf %in, %out : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x1xf32>
  %23 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19, %22 : tensor<2x2x3x3xf32>, tensor<2x2x3x1xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.divf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %24 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x2x3x3xf32>) outs(%9 : tensor<2x2x3x3xf16>) {
  ^bb0(%in: f32, %out: f16):
    %44 = arith.truncf %in : f32 to f16
    linalg.yield %44 : f16
  } -> tensor<2x2x3x3xf16>
  %collapsed_8 = tensor.collapse_shape %24 [[0, 1], [2], [3]] : tensor<2x2x3x3xf16> into tensor<4x3x3xf16>
  %collapsed_9 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x2x3x4xf16> into tensor<4x3x4xf16>
  %25 = tensor.empty() : tensor<4x3x4xf16>
  %26 = linalg.fill ins(%cst : f16) outs(%25 : tensor<4x3x4xf16>) -> tensor<4x3x4xf16>
  %27 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<4x3x3xf16>, tensor<4x3x4xf16>) outs(%26 : tensor<4x3x4xf16>) -> tensor<4x3x4xf16>
  %expanded_10 = tensor.expand_shape %27 [[0, 1], [2], [3]] output_shape [2, 2, 3, 4] : tensor<4x3x4xf16> into tensor<2x2x3x4xf16>
  %28 = tensor.empty() : tensor<2xf32>
  %29 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %30 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%29 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.addf %in, %cst_4 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %31 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%30 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.cmpf one, %in, %cst_1 : f32
    cf.assert %44, "unimplemented: tensor with zero element"
    %45 = arith.divf %cst_2, %in : f32
    linalg.yield %45 : f32
  } -> tensor<2xf32>
  %32 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%31 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.mulf %in, %cst_4 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %33 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.mulf %in, %cst_5 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %34 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%30 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.sqrt %in : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %35 = linalg.generic {indexing_maps = [#map10, #map10, #map10], iterator_types = ["parallel"]} ins(%33, %34 : tensor<2xf32>, tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.divf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %expanded_11 = tensor.expand_shape %32 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %expanded_12 = tensor.expand_shape %35 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %36 = tensor.empty() : tensor<2x2x3x4xf32>
  %37 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_11, %3 : tensor<2x1x1x1xf32>, tensor<2x2x3x4xf16>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: f16, %out: f32):
    %44 = arith.extf %in_13 : f16 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x2x3x4xf32>
  %38 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_12, %expanded_10 : tensor<2x1x1x1xf32>, tensor<2x2x3x4xf16>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: f16, %out: f32):
    %44 = arith.extf %in_13 : f16 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x2x3x4xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37, %38 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.addf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x4xf32>
  %40 = tensor.empty() : tensor<2x2x3x4xf16>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%39 : tensor<2x2x3x4xf32>) outs(%40 : tensor<2x2x3x4xf16>) {
  ^bb0(%in: f32, %out: f16):
    %44 = arith.truncf %in : f32 to f16
    linalg.yield %44 : f16
  } -> tensor<2x2x3x4xf16>
  return %41 : tensor<2x2x3x4xf16>
}

func.func @written_bf16(%0: tensor<2x2x3x4xbf16>, %1: tensor<2x2x3x4xbf16>, %2: tensor<2x2x3x4xbf16>, %3: tensor<2x2x3x4xbf16>, %4: tensor<2xf32>) -> tensor<2x2x3x4xbf16> {
  %c2_i64 = arith.constant 2 : i64
  %cst = arith.constant 0.000000e+00 : bf16
  %c0_i64 = arith.constant 0 : i64
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 0.000000e+00 : f32
  %cst_2 = arith.constant 1.000000e+00 : f32
  %cst_3 = arith.constant 2.000000e+00 : bf16
  %cst_4 = arith.constant 2.500000e-01 : f32
  %cst_5 = arith.constant 5.000000e-01 : f32
  %5 = tensor.empty() : tensor<2x2x4x3xbf16>
  %transposed = linalg.transpose ins(%1 : tensor<2x2x3x4xbf16>) outs(%5 : tensor<2x2x4x3xbf16>) permutation = [0, 1, 3, 2] 
  %collapsed = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %collapsed_6 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<2x2x4x3xbf16> into tensor<4x4x3xbf16>
  %6 = tensor.empty() : tensor<4x3x3xbf16>
  %7 = linalg.fill ins(%cst : bf16) outs(%6 : tensor<4x3x3xbf16>) -> tensor<4x3x3xbf16>
  %8 = linalg.batch_matmul ins(%collapsed, %collapsed_6 : tensor<4x3x4xbf16>, tensor<4x4x3xbf16>) outs(%7 : tensor<4x3x3xbf16>) -> tensor<4x3x3xbf16>
  %expanded = tensor.expand_shape %8 [[0, 1], [2], [3]] output_shape [2, 2, 3, 3] : tensor<4x3x3xbf16> into tensor<2x2x3x3xbf16>
  %9 = tensor.empty() : tensor<2x2x3x3xbf16>
  %10 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x2x3x3xbf16>) outs(%9 : tensor<2x2x3x3xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    %44 = arith.divf %in, %cst_3 : bf16
    linalg.yield %44 : bf16
  } -> tensor<2x2x3x3xbf16>
  %11 = tensor.empty() : tensor<2x2x3x3xf32>
  %12 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%10 : tensor<2x2x3x3xbf16>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %44 = arith.extf %in : bf16 to f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %13 = tensor.empty() : tensor<2x2x3xi64>
  %14 = linalg.fill ins(%c0_i64 : i64) outs(%13 : tensor<2x2x3xi64>) -> tensor<2x2x3xi64>
  %15 = tensor.empty() : tensor<2x2x3xf32>
  %16 = linalg.fill ins(%cst_0 : f32) outs(%15 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %17:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%12 : tensor<2x2x3x3xf32>) outs(%16, %14 : tensor<2x2x3xf32>, tensor<2x2x3xi64>) {
  ^bb0(%in: f32, %out: f32, %out_13: i64):
    %44 = linalg.index 3 : index
    %45 = arith.index_cast %44 : index to i64
    %46 = arith.maximumf %in, %out : f32
    %47 = arith.cmpf ogt, %in, %out : f32
    %48 = arith.select %47, %45, %out_13 : i64
    linalg.yield %46, %48 : f32, i64
  } -> (tensor<2x2x3xf32>, tensor<2x2x3xi64>)
  %expanded_7 = tensor.expand_shape %17#0 [[0], [1], [2, 3]] output_shape [2, 2, 3, 1] : tensor<2x2x3xf32> into tensor<2x2x3x1xf32>
  %18 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%12, %expanded_7 : tensor<2x2x3x3xf32>, tensor<2x2x3x1xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.subf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %19 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x2x3x3xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.exp %in : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %20 = tensor.empty() : tensor<2x2x3x1xf32>
  %21 = linalg.fill ins(%cst_1 : f32) outs(%20 : tensor<2x2x3x1xf32>) -> tensor<2x2x3x1xf32>
  %22 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%19 : tensor<2x2x3x3xf32>) outs(%21 : tensor<2x2x3x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.addf %in, %out : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x1xf32>
  %23 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19, %22 : tensor<2x2x3x3xf32>, tensor<2x2x3x1xf32>) outs(%11 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.divf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x3xf32>
  %24 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x2x3x3xf32>) outs(%9 : tensor<2x2x3x3xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %44 = arith.truncf %in : f32 to bf16
    linalg.yield %44 : bf16
  } -> tensor<2x2x3x3xbf16>
  %collapsed_8 = tensor.collapse_shape %24 [[0, 1], [2], [3]] : tensor<2x2x3x3xbf16> into tensor<4x3x3xbf16>
  %collapsed_9 = tensor.collapse_shape %2 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %25 = tensor.empty() : tensor<4x3x4xbf16>
  %26 = linalg.fill ins(%cst : bf16) outs(%25 : tensor<4x3x4xbf16>) -> tensor<4x3x4xbf16>
  %27 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<4x3x3xbf16>, tensor<4x3x4xbf16>) outs(%26 : tensor<4x3x4xbf16>) -> tensor<4x3x4xbf16>
  %expanded_10 = tensor.expand_shape %27 [[0, 1], [2], [3]] output_shape [2, 2, 3, 4] : tensor<4x3x4xbf16> into tensor<2x2x3x4xbf16>
  %28 = tensor.empty() : tensor<2xf32>
  %29 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %30 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%29 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.addf %in, %cst_4 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %31 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%30 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.cmpf one, %in, %cst_1 : f32
    cf.assert %44, "unimplemented: tensor with zero element"
    %45 = arith.divf %cst_2, %in : f32
    linalg.yield %45 : f32
  } -> tensor<2xf32>
  %32 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%31 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.mulf %in, %cst_4 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %33 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = arith.mulf %in, %cst_5 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %34 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%30 : tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %44 = math.sqrt %in : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %35 = linalg.generic {indexing_maps = [#map10, #map10, #map10], iterator_types = ["parallel"]} ins(%33, %34 : tensor<2xf32>, tensor<2xf32>) outs(%28 : tensor<2xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.divf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2xf32>
  %expanded_11 = tensor.expand_shape %32 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %expanded_12 = tensor.expand_shape %35 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %36 = tensor.empty() : tensor<2x2x3x4xf32>
  %37 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_11, %3 : tensor<2x1x1x1xf32>, tensor<2x2x3x4xbf16>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: bf16, %out: f32):
    %44 = arith.extf %in_13 : bf16 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x2x3x4xf32>
  %38 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_12, %expanded_10 : tensor<2x1x1x1xf32>, tensor<2x2x3x4xbf16>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: bf16, %out: f32):
    %44 = arith.extf %in_13 : bf16 to f32
    %45 = arith.mulf %in, %44 : f32
    linalg.yield %45 : f32
  } -> tensor<2x2x3x4xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%37, %38 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%36 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_13: f32, %out: f32):
    %44 = arith.addf %in, %in_13 : f32
    linalg.yield %44 : f32
  } -> tensor<2x2x3x4xf32>
  %40 = tensor.empty() : tensor<2x2x3x4xbf16>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%39 : tensor<2x2x3x4xf32>) outs(%40 : tensor<2x2x3x4xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %44 = arith.truncf %in : f32 to bf16
    linalg.yield %44 : bf16
  } -> tensor<2x2x3x4xbf16>
  return %41 : tensor<2x2x3x4xbf16>
}

func.func @written_grouped(%0: tensor<1x4x3x4xf32>, %1: tensor<1x2x3x4xf32>, %2: tensor<1x2x3x4xf32>, %3: tensor<1x4x3x4xf32>, %4: tensor<1xf32>) -> tensor<1x4x3x4xf32> {
  %c2_i64 = arith.constant 2 : i64
  %c0_i64 = arith.constant 0 : i64
  %cst = arith.constant 0.000000e+00 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 1.000000e+00 : f32
  %cst_2 = arith.constant 2.000000e+00 : f32
  %cst_3 = arith.constant 2.500000e-01 : f32
  %cst_4 = arith.constant 5.000000e-01 : f32
  %5 = tensor.empty() : tensor<1x2x2x3x4xf32>
  %6 = linalg.generic {indexing_maps = [#map18, #map19], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<1x2x3x4xf32>) outs(%5 : tensor<1x2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x2x3x4xf32>
  %collapsed = tensor.collapse_shape %6 [[0], [1, 2], [3], [4]] : tensor<1x2x2x3x4xf32> into tensor<1x4x3x4xf32>
  %7 = linalg.generic {indexing_maps = [#map18, #map19], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%2 : tensor<1x2x3x4xf32>) outs(%5 : tensor<1x2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x2x3x4xf32>
  %8 = tensor.empty() : tensor<1x4x4x3xf32>
  %transposed = linalg.transpose ins(%collapsed : tensor<1x4x3x4xf32>) outs(%8 : tensor<1x4x4x3xf32>) permutation = [0, 1, 3, 2] 
  %9 = tensor.empty() : tensor<1x4x3x4xf32>
  %collapsed_5 = tensor.collapse_shape %0 [[0, 1], [2], [3]] : tensor<1x4x3x4xf32> into tensor<4x3x4xf32>
  %10 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_5 : tensor<4x3x4xf32>) outs(%9 : tensor<1x4x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x4x3x4xf32>
  %collapsed_6 = tensor.collapse_shape %transposed [[0, 1], [2], [3]] : tensor<1x4x4x3xf32> into tensor<4x4x3xf32>
  %11 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_6 : tensor<4x4x3xf32>) outs(%8 : tensor<1x4x4x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x4x4x3xf32>
  %collapsed_7 = tensor.collapse_shape %10 [[0, 1], [2], [3]] : tensor<1x4x3x4xf32> into tensor<4x3x4xf32>
  %collapsed_8 = tensor.collapse_shape %11 [[0, 1], [2], [3]] : tensor<1x4x4x3xf32> into tensor<4x4x3xf32>
  %12 = tensor.empty() : tensor<4x3x3xf32>
  %13 = linalg.fill ins(%cst : f32) outs(%12 : tensor<4x3x3xf32>) -> tensor<4x3x3xf32>
  %14 = linalg.batch_matmul ins(%collapsed_7, %collapsed_8 : tensor<4x3x4xf32>, tensor<4x4x3xf32>) outs(%13 : tensor<4x3x3xf32>) -> tensor<4x3x3xf32>
  %expanded = tensor.expand_shape %14 [[0, 1], [2], [3]] output_shape [1, 4, 3, 3] : tensor<4x3x3xf32> into tensor<1x4x3x3xf32>
  %15 = tensor.empty() : tensor<1x4x3x3xf32>
  %16 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x4x3x3xf32>) outs(%15 : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.divf %in, %cst_2 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x3xf32>
  %17 = tensor.empty() : tensor<1x4x3xi64>
  %18 = linalg.fill ins(%c0_i64 : i64) outs(%17 : tensor<1x4x3xi64>) -> tensor<1x4x3xi64>
  %19 = tensor.empty() : tensor<1x4x3xf32>
  %20 = linalg.fill ins(%cst_0 : f32) outs(%19 : tensor<1x4x3xf32>) -> tensor<1x4x3xf32>
  %21:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%16 : tensor<1x4x3x3xf32>) outs(%20, %18 : tensor<1x4x3xf32>, tensor<1x4x3xi64>) {
  ^bb0(%in: f32, %out: f32, %out_17: i64):
    %46 = linalg.index 3 : index
    %47 = arith.index_cast %46 : index to i64
    %48 = arith.maximumf %in, %out : f32
    %49 = arith.cmpf ogt, %in, %out : f32
    %50 = arith.select %49, %47, %out_17 : i64
    linalg.yield %48, %50 : f32, i64
  } -> (tensor<1x4x3xf32>, tensor<1x4x3xi64>)
  %expanded_9 = tensor.expand_shape %21#0 [[0], [1], [2, 3]] output_shape [1, 4, 3, 1] : tensor<1x4x3xf32> into tensor<1x4x3x1xf32>
  %22 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%16, %expanded_9 : tensor<1x4x3x3xf32>, tensor<1x4x3x1xf32>) outs(%15 : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.subf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x3xf32>
  %23 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%22 : tensor<1x4x3x3xf32>) outs(%15 : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = math.exp %in : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x3xf32>
  %24 = tensor.empty() : tensor<1x4x3x1xf32>
  %25 = linalg.fill ins(%cst : f32) outs(%24 : tensor<1x4x3x1xf32>) -> tensor<1x4x3x1xf32>
  %26 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%23 : tensor<1x4x3x3xf32>) outs(%25 : tensor<1x4x3x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.addf %in, %out : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x1xf32>
  %27 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23, %26 : tensor<1x4x3x3xf32>, tensor<1x4x3x1xf32>) outs(%15 : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.divf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x3xf32>
  %collapsed_10 = tensor.collapse_shape %27 [[0, 1], [2], [3]] : tensor<1x4x3x3xf32> into tensor<4x3x3xf32>
  %28 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_10 : tensor<4x3x3xf32>) outs(%15 : tensor<1x4x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x4x3x3xf32>
  %collapsed_11 = tensor.collapse_shape %7 [[0, 1, 2], [3], [4]] : tensor<1x2x2x3x4xf32> into tensor<4x3x4xf32>
  %29 = linalg.generic {indexing_maps = [#map9, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%collapsed_11 : tensor<4x3x4xf32>) outs(%9 : tensor<1x4x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x4x3x4xf32>
  %collapsed_12 = tensor.collapse_shape %28 [[0, 1], [2], [3]] : tensor<1x4x3x3xf32> into tensor<4x3x3xf32>
  %collapsed_13 = tensor.collapse_shape %29 [[0, 1], [2], [3]] : tensor<1x4x3x4xf32> into tensor<4x3x4xf32>
  %30 = tensor.empty() : tensor<4x3x4xf32>
  %31 = linalg.fill ins(%cst : f32) outs(%30 : tensor<4x3x4xf32>) -> tensor<4x3x4xf32>
  %32 = linalg.batch_matmul ins(%collapsed_12, %collapsed_13 : tensor<4x3x3xf32>, tensor<4x3x4xf32>) outs(%31 : tensor<4x3x4xf32>) -> tensor<4x3x4xf32>
  %expanded_14 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [1, 4, 3, 4] : tensor<4x3x4xf32> into tensor<1x4x3x4xf32>
  %33 = tensor.empty() : tensor<1xf32>
  %34 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %35 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%34 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.addf %in, %cst_3 : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %36 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%35 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.cmpf one, %in, %cst : f32
    cf.assert %46, "unimplemented: tensor with zero element"
    %47 = arith.divf %cst_1, %in : f32
    linalg.yield %47 : f32
  } -> tensor<1xf32>
  %37 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%36 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.mulf %in, %cst_3 : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %38 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%4 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = arith.mulf %in, %cst_4 : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %39 = linalg.generic {indexing_maps = [#map10, #map10], iterator_types = ["parallel"]} ins(%35 : tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %46 = math.sqrt %in : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %40 = linalg.generic {indexing_maps = [#map10, #map10, #map10], iterator_types = ["parallel"]} ins(%38, %39 : tensor<1xf32>, tensor<1xf32>) outs(%33 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.divf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1xf32>
  %expanded_15 = tensor.expand_shape %37 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_16 = tensor.expand_shape %40 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %41 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_15, %3 : tensor<1x1x1x1xf32>, tensor<1x4x3x4xf32>) outs(%9 : tensor<1x4x3x4xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.mulf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x4xf32>
  %42 = linalg.generic {indexing_maps = [#map8, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_16, %expanded_14 : tensor<1x1x1x1xf32>, tensor<1x4x3x4xf32>) outs(%9 : tensor<1x4x3x4xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.mulf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x4xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%41, %42 : tensor<1x4x3x4xf32>, tensor<1x4x3x4xf32>) outs(%9 : tensor<1x4x3x4xf32>) {
  ^bb0(%in: f32, %in_17: f32, %out: f32):
    %46 = arith.addf %in, %in_17 : f32
    linalg.yield %46 : f32
  } -> tensor<1x4x3x4xf32>
  return %43 : tensor<1x4x3x4xf32>
}

func.func @projections_before(%0: tensor<2x4x6xf32>, %1: tensor<2x1x1xf32>) -> tensor<2x4x6xf32> {
  %cst = arith.constant dense<[[-0.228595078, -0.0198965687, 0.241135344, 0.253724068, -0.114621423, -0.273774743], [-0.213535607, -0.102744192, -0.273774743, 0.284737378, 0.225472048, 0.181661963], [-0.146152362, -0.195288703, -0.268556237, -0.297145665, -0.177407265, 0.107717507], [0.299998134, -0.00982061401, 0.299998134, -6.712670e-02, 0.209772021, -0.296846151], [-0.220499888, 0.0840804502, 0.025192339, 0.025192339, 0.0840804502, 0.189586565], [0.287752748, 0.261342019, 0.0172462445, -0.272900015, -0.169172779, 0.252585173]]> : tensor<6x6xf32>
  %cst_0 = arith.constant dense<[[-0.248347938, -0.293753326, -0.107468791, 0.222112775, 0.236475632, -0.191432014], [0.145919621, -0.29907003, -0.191432014, -0.0148606924, -0.130369693, -0.18144986], [0.213348374, 0.167194515, 0.0569960065, -0.119266711, -2.805630e-01, -0.240976736], [0.0792265534, -0.29153955, 0.0792265534, 0.263781935, 0.262764335, -0.0376006886], [0.137023807, -0.254990727, -0.281307548, -0.281307548, -0.254990727, -0.173314512], [-0.00477775885, 0.211850852, 0.293202758, 0.0470605791, -0.283976078, -0.0884014815]]> : tensor<6x6xf32>
  %c2_i64 = arith.constant 2 : i64
  %cst_1 = arith.constant dense<[[0.0957295075, -0.13726078, -0.298630893, -0.134894237, 0.241135344, 0.171359062], [0.291602254, -0.0572575778, 0.171359062, -0.292687804, -0.295219511, -0.278737217], [0.260293245, 0.284737378, 0.29904896, 0.233338267, 0.0273067262, -0.236639485], [-0.257612109, -0.146152362, -0.257612109, 0.20824942, -0.0691937134, 0.276729852], [0.293807298, -0.220499888, -0.175691202, -0.175691202, -0.220499888, -0.282309443], [-0.290308863, -0.148002312, 0.139616549, 0.298077315, 0.0172462445, -0.29987976]]> : tensor<6x6xf32>
  %cst_2 = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_3 = arith.constant 0xFF800000 : f32
  %cst_4 = arith.constant 1.000000e+00 : f32
  %cst_5 = arith.constant 0.577350259 : f32
  %cst_6 = arith.constant 2.500000e-01 : f32
  %cst_7 = arith.constant 5.000000e-01 : f32
  %2 = tensor.empty() : tensor<6x6xf32>
  %transposed = linalg.transpose ins(%cst_1 : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %3 = tensor.empty() : tensor<2x6x6xf32>
  %4 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %5 = tensor.empty() : tensor<2x4x6xf32>
  %6 = linalg.fill ins(%cst_2 : f32) outs(%5 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %7 = linalg.batch_matmul ins(%0, %4 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded = tensor.expand_shape %7 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %8 = tensor.empty() : tensor<2x2x4x3xf32>
  %transposed_8 = linalg.transpose ins(%expanded : tensor<2x4x2x3xf32>) outs(%8 : tensor<2x2x4x3xf32>) permutation = [0, 2, 1, 3] 
  %transposed_9 = linalg.transpose ins(%cst_0 : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %9 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed_9 : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %10 = linalg.batch_matmul ins(%0, %9 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded_10 = tensor.expand_shape %10 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %transposed_11 = linalg.transpose ins(%cst : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %11 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed_11 : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %12 = linalg.batch_matmul ins(%0, %11 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded_12 = tensor.expand_shape %12 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %transposed_13 = linalg.transpose ins(%expanded_12 : tensor<2x4x2x3xf32>) outs(%8 : tensor<2x2x4x3xf32>) permutation = [0, 2, 1, 3] 
  %13 = tensor.empty() : tensor<2x2x3x4xf32>
  %transposed_14 = linalg.transpose ins(%expanded_10 : tensor<2x4x2x3xf32>) outs(%13 : tensor<2x2x3x4xf32>) permutation = [0, 2, 3, 1] 
  %collapsed = tensor.collapse_shape %transposed_8 [[0, 1], [2], [3]] : tensor<2x2x4x3xf32> into tensor<4x4x3xf32>
  %collapsed_15 = tensor.collapse_shape %transposed_14 [[0, 1], [2], [3]] : tensor<2x2x3x4xf32> into tensor<4x3x4xf32>
  %14 = tensor.empty() : tensor<4x4x4xf32>
  %15 = linalg.fill ins(%cst_2 : f32) outs(%14 : tensor<4x4x4xf32>) -> tensor<4x4x4xf32>
  %16 = linalg.batch_matmul ins(%collapsed, %collapsed_15 : tensor<4x4x3xf32>, tensor<4x3x4xf32>) outs(%15 : tensor<4x4x4xf32>) -> tensor<4x4x4xf32>
  %expanded_16 = tensor.expand_shape %16 [[0, 1], [2], [3]] output_shape [2, 2, 4, 4] : tensor<4x4x4xf32> into tensor<2x2x4x4xf32>
  %17 = tensor.empty() : tensor<2x2x4x4xf32>
  %18 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_16 : tensor<2x2x4x4xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.mulf %in, %cst_5 : f32
    linalg.yield %47 : f32
  } -> tensor<2x2x4x4xf32>
  %19 = tensor.empty() : tensor<2x2x4xi64>
  %20 = linalg.fill ins(%c0_i64 : i64) outs(%19 : tensor<2x2x4xi64>) -> tensor<2x2x4xi64>
  %21 = tensor.empty() : tensor<2x2x4xf32>
  %22 = linalg.fill ins(%cst_3 : f32) outs(%21 : tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  %23:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%18 : tensor<2x2x4x4xf32>) outs(%22, %20 : tensor<2x2x4xf32>, tensor<2x2x4xi64>) {
  ^bb0(%in: f32, %out: f32, %out_23: i64):
    %47 = linalg.index 3 : index
    %48 = arith.index_cast %47 : index to i64
    %49 = arith.maximumf %in, %out : f32
    %50 = arith.cmpf ogt, %in, %out : f32
    %51 = arith.select %50, %48, %out_23 : i64
    linalg.yield %49, %51 : f32, i64
  } -> (tensor<2x2x4xf32>, tensor<2x2x4xi64>)
  %expanded_17 = tensor.expand_shape %23#0 [[0], [1], [2, 3]] output_shape [2, 2, 4, 1] : tensor<2x2x4xf32> into tensor<2x2x4x1xf32>
  %24 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18, %expanded_17 : tensor<2x2x4x4xf32>, tensor<2x2x4x1xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.subf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x2x4x4xf32>
  %25 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x2x4x4xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = math.exp %in : f32
    linalg.yield %47 : f32
  } -> tensor<2x2x4x4xf32>
  %26 = tensor.empty() : tensor<2x2x4x1xf32>
  %27 = linalg.fill ins(%cst_2 : f32) outs(%26 : tensor<2x2x4x1xf32>) -> tensor<2x2x4x1xf32>
  %28 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%25 : tensor<2x2x4x4xf32>) outs(%27 : tensor<2x2x4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.addf %in, %out : f32
    linalg.yield %47 : f32
  } -> tensor<2x2x4x1xf32>
  %29 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25, %28 : tensor<2x2x4x4xf32>, tensor<2x2x4x1xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.divf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x2x4x4xf32>
  %collapsed_18 = tensor.collapse_shape %29 [[0, 1], [2], [3]] : tensor<2x2x4x4xf32> into tensor<4x4x4xf32>
  %collapsed_19 = tensor.collapse_shape %transposed_13 [[0, 1], [2], [3]] : tensor<2x2x4x3xf32> into tensor<4x4x3xf32>
  %30 = tensor.empty() : tensor<4x4x3xf32>
  %31 = linalg.fill ins(%cst_2 : f32) outs(%30 : tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
  %32 = linalg.batch_matmul ins(%collapsed_18, %collapsed_19 : tensor<4x4x4xf32>, tensor<4x4x3xf32>) outs(%31 : tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
  %expanded_20 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [2, 2, 4, 3] : tensor<4x4x3xf32> into tensor<2x2x4x3xf32>
  %33 = tensor.empty() : tensor<2x4x2x3xf32>
  %transposed_21 = linalg.transpose ins(%expanded_20 : tensor<2x2x4x3xf32>) outs(%33 : tensor<2x4x2x3xf32>) permutation = [0, 2, 1, 3] 
  %collapsed_22 = tensor.collapse_shape %transposed_21 [[0], [1], [2, 3]] : tensor<2x4x2x3xf32> into tensor<2x4x6xf32>
  %34 = tensor.empty() : tensor<2x1x1xf32>
  %35 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %36 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%35 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.addf %in, %cst_6 : f32
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %37 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%36 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.cmpf one, %in, %cst_2 : f32
    cf.assert %47, "unimplemented: tensor with zero element"
    %48 = arith.divf %cst_4, %in : f32
    linalg.yield %48 : f32
  } -> tensor<2x1x1xf32>
  %38 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%37 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.mulf %in, %cst_6 : f32
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %39 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = arith.mulf %in, %cst_7 : f32
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %40 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%36 : tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %47 = math.sqrt %in : f32
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %41 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%39, %40 : tensor<2x1x1xf32>, tensor<2x1x1xf32>) outs(%34 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.divf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x1x1xf32>
  %42 = linalg.generic {indexing_maps = [#map21, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%38, %0 : tensor<2x1x1xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.mulf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x4x6xf32>
  %43 = linalg.generic {indexing_maps = [#map21, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%41, %collapsed_22 : tensor<2x1x1xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.mulf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x4x6xf32>
  %44 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%42, %43 : tensor<2x4x6xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_23: f32, %out: f32):
    %47 = arith.addf %in, %in_23 : f32
    linalg.yield %47 : f32
  } -> tensor<2x4x6xf32>
  return %44 : tensor<2x4x6xf32>
}

func.func @projections_around(%0: tensor<2x4x6xf32>, %1: tensor<2x1x1xf32>) -> tensor<2x4x6xf32> {
  %cst = arith.constant dense<[[0.126050115, 0.283108711, 0.236475632, -0.0863709971, -0.297797829, 0.0449631624], [-0.260160655, 0.244102135, 0.0449631624, 0.167194515, 0.250996709, 0.278638572], [-0.29153955, -0.27167353, -0.200672969, -0.0397055298, 0.185650513, 0.298605323], [0.0812717378, 0.286285549, 0.0812717378, -0.299694568, -0.15053679, -0.121211298], [-0.254990727, 0.299973577, 0.29478538, 0.29478538, 0.299973577, 0.274742901], [0.158724815, -0.0720334873, -0.283976078, -0.193061441, 0.193469033, 0.223533943]]> : tensor<6x6xf32>
  %cst_0 = arith.constant dense<[[-0.228595078, -0.0198965687, 0.241135344, 0.253724068, -0.114621423, -0.273774743], [-0.213535607, -0.102744192, -0.273774743, 0.284737378, 0.225472048, 0.181661963], [-0.146152362, -0.195288703, -0.268556237, -0.297145665, -0.177407265, 0.107717507], [0.299998134, -0.00982061401, 0.299998134, -6.712670e-02, 0.209772021, -0.296846151], [-0.220499888, 0.0840804502, 0.025192339, 0.025192339, 0.0840804502, 0.189586565], [0.287752748, 0.261342019, 0.0172462445, -0.272900015, -0.169172779, 0.252585173]]> : tensor<6x6xf32>
  %cst_1 = arith.constant dense<[[-0.248347938, -0.293753326, -0.107468791, 0.222112775, 0.236475632, -0.191432014], [0.145919621, -0.29907003, -0.191432014, -0.0148606924, -0.130369693, -0.18144986], [0.213348374, 0.167194515, 0.0569960065, -0.119266711, -2.805630e-01, -0.240976736], [0.0792265534, -0.29153955, 0.0792265534, 0.263781935, 0.262764335, -0.0376006886], [0.137023807, -0.254990727, -0.281307548, -0.281307548, -0.254990727, -0.173314512], [-0.00477775885, 0.211850852, 0.293202758, 0.0470605791, -0.283976078, -0.0884014815]]> : tensor<6x6xf32>
  %c2_i64 = arith.constant 2 : i64
  %cst_2 = arith.constant dense<[[0.0957295075, -0.13726078, -0.298630893, -0.134894237, 0.241135344, 0.171359062], [0.291602254, -0.0572575778, 0.171359062, -0.292687804, -0.295219511, -0.278737217], [0.260293245, 0.284737378, 0.29904896, 0.233338267, 0.0273067262, -0.236639485], [-0.257612109, -0.146152362, -0.257612109, 0.20824942, -0.0691937134, 0.276729852], [0.293807298, -0.220499888, -0.175691202, -0.175691202, -0.220499888, -0.282309443], [-0.290308863, -0.148002312, 0.139616549, 0.298077315, 0.0172462445, -0.29987976]]> : tensor<6x6xf32>
  %cst_3 = arith.constant 0.000000e+00 : f32
  %c0_i64 = arith.constant 0 : i64
  %cst_4 = arith.constant 0xFF800000 : f32
  %cst_5 = arith.constant 1.000000e+00 : f32
  %cst_6 = arith.constant 0.577350259 : f32
  %cst_7 = arith.constant 2.500000e-01 : f32
  %cst_8 = arith.constant 5.000000e-01 : f32
  %2 = tensor.empty() : tensor<6x6xf32>
  %transposed = linalg.transpose ins(%cst_2 : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %3 = tensor.empty() : tensor<2x6x6xf32>
  %4 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %5 = tensor.empty() : tensor<2x4x6xf32>
  %6 = linalg.fill ins(%cst_3 : f32) outs(%5 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %7 = linalg.batch_matmul ins(%0, %4 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded = tensor.expand_shape %7 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %8 = tensor.empty() : tensor<2x2x4x3xf32>
  %transposed_9 = linalg.transpose ins(%expanded : tensor<2x4x2x3xf32>) outs(%8 : tensor<2x2x4x3xf32>) permutation = [0, 2, 1, 3] 
  %transposed_10 = linalg.transpose ins(%cst_1 : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %9 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed_10 : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %10 = linalg.batch_matmul ins(%0, %9 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded_11 = tensor.expand_shape %10 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %transposed_12 = linalg.transpose ins(%cst_0 : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %11 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed_12 : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %12 = linalg.batch_matmul ins(%0, %11 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded_13 = tensor.expand_shape %12 [[0], [1], [2, 3]] output_shape [2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<2x4x2x3xf32>
  %transposed_14 = linalg.transpose ins(%expanded_13 : tensor<2x4x2x3xf32>) outs(%8 : tensor<2x2x4x3xf32>) permutation = [0, 2, 1, 3] 
  %13 = tensor.empty() : tensor<2x2x3x4xf32>
  %transposed_15 = linalg.transpose ins(%expanded_11 : tensor<2x4x2x3xf32>) outs(%13 : tensor<2x2x3x4xf32>) permutation = [0, 2, 3, 1] 
  %collapsed = tensor.collapse_shape %transposed_9 [[0, 1], [2], [3]] : tensor<2x2x4x3xf32> into tensor<4x4x3xf32>
  %collapsed_16 = tensor.collapse_shape %transposed_15 [[0, 1], [2], [3]] : tensor<2x2x3x4xf32> into tensor<4x3x4xf32>
  %14 = tensor.empty() : tensor<4x4x4xf32>
  %15 = linalg.fill ins(%cst_3 : f32) outs(%14 : tensor<4x4x4xf32>) -> tensor<4x4x4xf32>
  %16 = linalg.batch_matmul ins(%collapsed, %collapsed_16 : tensor<4x4x3xf32>, tensor<4x3x4xf32>) outs(%15 : tensor<4x4x4xf32>) -> tensor<4x4x4xf32>
  %expanded_17 = tensor.expand_shape %16 [[0, 1], [2], [3]] output_shape [2, 2, 4, 4] : tensor<4x4x4xf32> into tensor<2x2x4x4xf32>
  %17 = tensor.empty() : tensor<2x2x4x4xf32>
  %18 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_17 : tensor<2x2x4x4xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.mulf %in, %cst_6 : f32
    linalg.yield %49 : f32
  } -> tensor<2x2x4x4xf32>
  %19 = tensor.empty() : tensor<2x2x4xi64>
  %20 = linalg.fill ins(%c0_i64 : i64) outs(%19 : tensor<2x2x4xi64>) -> tensor<2x2x4xi64>
  %21 = tensor.empty() : tensor<2x2x4xf32>
  %22 = linalg.fill ins(%cst_4 : f32) outs(%21 : tensor<2x2x4xf32>) -> tensor<2x2x4xf32>
  %23:2 = linalg.generic {indexing_maps = [#map7, #map2, #map2], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%18 : tensor<2x2x4x4xf32>) outs(%22, %20 : tensor<2x2x4xf32>, tensor<2x2x4xi64>) {
  ^bb0(%in: f32, %out: f32, %out_25: i64):
    %49 = linalg.index 3 : index
    %50 = arith.index_cast %49 : index to i64
    %51 = arith.maximumf %in, %out : f32
    %52 = arith.cmpf ogt, %in, %out : f32
    %53 = arith.select %52, %50, %out_25 : i64
    linalg.yield %51, %53 : f32, i64
  } -> (tensor<2x2x4xf32>, tensor<2x2x4xi64>)
  %expanded_18 = tensor.expand_shape %23#0 [[0], [1], [2, 3]] output_shape [2, 2, 4, 1] : tensor<2x2x4xf32> into tensor<2x2x4x1xf32>
  %24 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18, %expanded_18 : tensor<2x2x4x4xf32>, tensor<2x2x4x1xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.subf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x2x4x4xf32>
  %25 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x2x4x4xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = math.exp %in : f32
    linalg.yield %49 : f32
  } -> tensor<2x2x4x4xf32>
  %26 = tensor.empty() : tensor<2x2x4x1xf32>
  %27 = linalg.fill ins(%cst_3 : f32) outs(%26 : tensor<2x2x4x1xf32>) -> tensor<2x2x4x1xf32>
  %28 = linalg.generic {indexing_maps = [#map7, #map17], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%25 : tensor<2x2x4x4xf32>) outs(%27 : tensor<2x2x4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.addf %in, %out : f32
    linalg.yield %49 : f32
  } -> tensor<2x2x4x1xf32>
  %29 = linalg.generic {indexing_maps = [#map7, #map17, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25, %28 : tensor<2x2x4x4xf32>, tensor<2x2x4x1xf32>) outs(%17 : tensor<2x2x4x4xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.divf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x2x4x4xf32>
  %collapsed_19 = tensor.collapse_shape %29 [[0, 1], [2], [3]] : tensor<2x2x4x4xf32> into tensor<4x4x4xf32>
  %collapsed_20 = tensor.collapse_shape %transposed_14 [[0, 1], [2], [3]] : tensor<2x2x4x3xf32> into tensor<4x4x3xf32>
  %30 = tensor.empty() : tensor<4x4x3xf32>
  %31 = linalg.fill ins(%cst_3 : f32) outs(%30 : tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
  %32 = linalg.batch_matmul ins(%collapsed_19, %collapsed_20 : tensor<4x4x4xf32>, tensor<4x4x3xf32>) outs(%31 : tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
  %expanded_21 = tensor.expand_shape %32 [[0, 1], [2], [3]] output_shape [2, 2, 4, 3] : tensor<4x4x3xf32> into tensor<2x2x4x3xf32>
  %33 = tensor.empty() : tensor<2x4x2x3xf32>
  %transposed_22 = linalg.transpose ins(%expanded_21 : tensor<2x2x4x3xf32>) outs(%33 : tensor<2x4x2x3xf32>) permutation = [0, 2, 1, 3] 
  %collapsed_23 = tensor.collapse_shape %transposed_22 [[0], [1], [2, 3]] : tensor<2x4x2x3xf32> into tensor<2x4x6xf32>
  %transposed_24 = linalg.transpose ins(%cst : tensor<6x6xf32>) outs(%2 : tensor<6x6xf32>) permutation = [1, 0] 
  %34 = linalg.generic {indexing_maps = [#map20, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%transposed_24 : tensor<6x6xf32>) outs(%3 : tensor<2x6x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x6x6xf32>
  %35 = linalg.batch_matmul ins(%collapsed_23, %34 : tensor<2x4x6xf32>, tensor<2x6x6xf32>) outs(%6 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %36 = tensor.empty() : tensor<2x1x1xf32>
  %37 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = math.fpowi %in, %c2_i64 : f32, i64
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %38 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%37 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.addf %in, %cst_7 : f32
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %39 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%38 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.cmpf one, %in, %cst_3 : f32
    cf.assert %49, "unimplemented: tensor with zero element"
    %50 = arith.divf %cst_5, %in : f32
    linalg.yield %50 : f32
  } -> tensor<2x1x1xf32>
  %40 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%39 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.mulf %in, %cst_7 : f32
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %41 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = arith.mulf %in, %cst_8 : f32
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %42 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%38 : tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %49 = math.sqrt %in : f32
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %43 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%41, %42 : tensor<2x1x1xf32>, tensor<2x1x1xf32>) outs(%36 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.divf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x1x1xf32>
  %44 = linalg.generic {indexing_maps = [#map21, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%40, %0 : tensor<2x1x1xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.mulf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x4x6xf32>
  %45 = linalg.generic {indexing_maps = [#map21, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%43, %35 : tensor<2x1x1xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.mulf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x4x6xf32>
  %46 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel"]} ins(%44, %45 : tensor<2x4x6xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x4x6xf32>) {
  ^bb0(%in: f32, %in_25: f32, %out: f32):
    %49 = arith.addf %in, %in_25 : f32
    linalg.yield %49 : f32
  } -> tensor<2x4x6xf32>
  return %46 : tensor<2x4x6xf32>
}
