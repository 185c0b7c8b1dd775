// Recorded from JAX 0.10.2, iree-base-compiler 3.13.0.
// iree-compile --iree-input-type=stablehlo --compile-to=input; util.func
// and hal.tensor.import, barrier and export replaced by func.func.
// library_bf16: not exported: failed to legalize operation 'stablehlo.dot_general' that was explicitly marked illegal: %24 = "stablehlo.dot_general"(%21, %23) <{algorithm = #stablehlo.dot_al.
#map0 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3, d4)>
#map1 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
#map2 = affine_map<(d0, d1, d2, d3) -> (d0, d3, d1, d2)>
#map3 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map4 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>
#map5 = affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d4, d2)>
#map6 = affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4, d0, d2)>
#map7 = affine_map<(d0) -> (d0)>
#map8 = affine_map<(d0, d1, d2, d3) -> (d0, 0, 0, 0)>
#map9 = affine_map<(d0, d1) -> (d0, d1)>
#map10 = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#map11 = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d4)>
#map12 = affine_map<(d0, d1, d2, d3) -> (d1, d2, d3, d0)>
#map13 = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d3, d0, d4)>
#map14 = affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d1, d2, d4)>
#map15 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d1, d3)>
#map16 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#map17 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3, d2)>
#map18 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
#map19 = affine_map<(d0, d1, d2) -> (d0, d2, d1)>
#map20 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#map21 = affine_map<(d0, d1, d2) -> (d0, d1)>
#map22 = affine_map<(d0, d1, d2) -> (d0, 0, 0)>
#map23 = affine_map<() -> ()>
#map24 = affine_map<(d0, d1, d2) -> ()>

func.func @library_4d(%arg0: tensor<2x5x2x4xf32>, %arg1: tensor<2x5x2x4xf32>, %arg2: tensor<2x5x2x4xf32>, %arg3: tensor<2x5x2x4xf32>, %arg4: tensor<2xf32>) -> tensor<2x5x2x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [2, 5, 2, 1, 4] : tensor<2x5x2x4xf32> into tensor<2x5x2x1x4xf32>
  %0 = tensor.empty() : tensor<2x2x5x1x4xf32>
  %1 = linalg.generic {indexing_maps = [#map0, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x5x2x1x4xf32>) outs(%0 : tensor<2x2x5x1x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x5x1x4xf32>
  %2 = tensor.empty() : tensor<2x2x4x5xf32>
  %3 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x5x2x4xf32>) outs(%2 : tensor<2x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x4x5xf32>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3, 4]] : tensor<2x2x5x1x4xf32> into tensor<4x5x4xf32>
  %collapsed_3 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<2x2x4x5xf32> into tensor<4x4x5xf32>
  %4 = tensor.empty() : tensor<4x5x5xf32>
  %5 = linalg.fill ins(%cst_2 : f32) outs(%4 : tensor<4x5x5xf32>) -> tensor<4x5x5xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_3 : tensor<4x5x4xf32>, tensor<4x4x5xf32>) outs(%5 : tensor<4x5x5xf32>) -> tensor<4x5x5xf32>
  %expanded_4 = tensor.expand_shape %6 [[0, 1], [2], [3, 4]] output_shape [2, 2, 5, 1, 5] : tensor<4x5x5xf32> into tensor<2x2x5x1x5xf32>
  %7 = tensor.empty() : tensor<2x2x5x1x5xf32>
  %8 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_4 : tensor<2x2x5x1x5xf32>) outs(%7 : tensor<2x2x5x1x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.mulf %in, %cst_1 : f32
    linalg.yield %56 : f32
  } -> tensor<2x2x5x1x5xf32>
  %9 = tensor.empty() : tensor<2x2x5x1xf32>
  %10 = linalg.fill ins(%cst_0 : f32) outs(%9 : tensor<2x2x5x1xf32>) -> tensor<2x2x5x1xf32>
  %11 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x2x5x1x5xf32>) outs(%10 : tensor<2x2x5x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.maximumf %out, %in : f32
    linalg.yield %56 : f32
  } -> tensor<2x2x5x1xf32>
  %collapsed_5 = tensor.collapse_shape %11 [[0, 1, 2, 3]] : tensor<2x2x5x1xf32> into tensor<20xf32>
  %expanded_6 = tensor.expand_shape %collapsed_5 [[0, 1, 2, 3]] output_shape [1, 2, 2, 5] : tensor<20xf32> into tensor<1x2x2x5xf32>
  %collapsed_7 = tensor.collapse_shape %8 [[0, 1, 2, 3, 4]] : tensor<2x2x5x1x5xf32> into tensor<100xf32>
  %expanded_8 = tensor.expand_shape %collapsed_7 [[0, 1, 2, 3, 4]] output_shape [1, 2, 2, 5, 5] : tensor<100xf32> into tensor<1x2x2x5x5xf32>
  %12 = tensor.empty() : tensor<1x2x2x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_6 : tensor<1x2x2x5xf32>) outs(%12 : tensor<1x2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x2x5x5xf32>
  %14 = tensor.empty() : tensor<1x2x2x5x5xf32>
  %15 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8, %13 : tensor<1x2x2x5x5xf32>, tensor<1x2x2x5x5xf32>) outs(%14 : tensor<1x2x2x5x5xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.subf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x2x5x5xf32>
  %16 = tensor.empty() : tensor<1x2x2x5x5xf32>
  %17 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<1x2x2x5x5xf32>) outs(%16 : tensor<1x2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = math.exp %in : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x2x5x5xf32>
  %18 = tensor.empty() : tensor<1x2x2x5xf32>
  %19 = linalg.fill ins(%cst_2 : f32) outs(%18 : tensor<1x2x2x5xf32>) -> tensor<1x2x2x5xf32>
  %20 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%17 : tensor<1x2x2x5x5xf32>) outs(%19 : tensor<1x2x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.addf %out, %in : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x2x5xf32>
  %21 = tensor.empty() : tensor<1x2x2x5x5xf32>
  %22 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<1x2x2x5xf32>) outs(%21 : tensor<1x2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x2x5x5xf32>
  %23 = tensor.empty() : tensor<1x2x2x5x5xf32>
  %24 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%17, %22 : tensor<1x2x2x5x5xf32>, tensor<1x2x2x5x5xf32>) outs(%23 : tensor<1x2x2x5x5xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.divf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x2x5x5xf32>
  %25 = tensor.empty() : tensor<2x2x4x5xf32>
  %26 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x5x2x4xf32>) outs(%25 : tensor<2x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x4x5xf32>
  %27 = tensor.empty() : tensor<2x2x5x1x5xf32>
  %28 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<1x2x2x5x5xf32>) outs(%27 : tensor<2x2x5x1x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x5x1x5xf32>
  %collapsed_9 = tensor.collapse_shape %26 [[0, 1], [2], [3]] : tensor<2x2x4x5xf32> into tensor<4x4x5xf32>
  %collapsed_10 = tensor.collapse_shape %28 [[0, 1], [2], [3, 4]] : tensor<2x2x5x1x5xf32> into tensor<4x5x5xf32>
  %29 = tensor.empty() : tensor<4x4x5xf32>
  %30 = linalg.fill ins(%cst_2 : f32) outs(%29 : tensor<4x4x5xf32>) -> tensor<4x4x5xf32>
  %31 = linalg.batch_matmul ins(%collapsed_9, %collapsed_10 : tensor<4x4x5xf32>, tensor<4x5x5xf32>) outs(%30 : tensor<4x4x5xf32>) -> tensor<4x4x5xf32>
  %expanded_11 = tensor.expand_shape %31 [[0, 1], [2], [3, 4]] output_shape [2, 2, 4, 1, 5] : tensor<4x4x5xf32> into tensor<2x2x4x1x5xf32>
  %32 = tensor.empty() : tensor<1x2x5x2x4xf32>
  %33 = linalg.generic {indexing_maps = [#map6, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_11 : tensor<2x2x4x1x5xf32>) outs(%32 : tensor<1x2x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x2x4xf32>
  %collapsed_12 = tensor.collapse_shape %33 [[0, 1], [2], [3], [4]] : tensor<1x2x5x2x4xf32> into tensor<2x5x2x4xf32>
  %34 = tensor.empty() : tensor<2xf32>
  %35 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%34 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.mulf %in, %in : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %36 = tensor.empty() : tensor<2xf32>
  %37 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<2xf32>) outs(%36 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.addf %in, %cst : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %38 = tensor.empty() : tensor<2xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%37 : tensor<2xf32>) outs(%38 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.divf %cst, %in : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %40 = tensor.empty() : tensor<2xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%40 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.mulf %in, %cst_1 : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %42 = tensor.empty() : tensor<2xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%37 : tensor<2xf32>) outs(%42 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = math.sqrt %in : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %44 = tensor.empty() : tensor<2xf32>
  %45 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%41, %43 : tensor<2xf32>, tensor<2xf32>) outs(%44 : tensor<2xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.divf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<2xf32>
  %expanded_13 = tensor.expand_shape %39 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %expanded_14 = tensor.expand_shape %45 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %46 = tensor.empty() : tensor<2x5x2x4xf32>
  %47 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_13 : tensor<2x1x1x1xf32>) outs(%46 : tensor<2x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x2x4xf32>
  %48 = tensor.empty() : tensor<2x5x2x4xf32>
  %49 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47, %arg3 : tensor<2x5x2x4xf32>, tensor<2x5x2x4xf32>) outs(%48 : tensor<2x5x2x4xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.mulf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<2x5x2x4xf32>
  %50 = tensor.empty() : tensor<2x5x2x4xf32>
  %51 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_14 : tensor<2x1x1x1xf32>) outs(%50 : tensor<2x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x2x4xf32>
  %52 = tensor.empty() : tensor<2x5x2x4xf32>
  %53 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51, %collapsed_12 : tensor<2x5x2x4xf32>, tensor<2x5x2x4xf32>) outs(%52 : tensor<2x5x2x4xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.mulf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<2x5x2x4xf32>
  %54 = tensor.empty() : tensor<2x5x2x4xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %53 : tensor<2x5x2x4xf32>, tensor<2x5x2x4xf32>) outs(%54 : tensor<2x5x2x4xf32>) {
  ^bb0(%in: f32, %in_15: f32, %out: f32):
    %56 = arith.addf %in, %in_15 : f32
    linalg.yield %56 : f32
  } -> tensor<2x5x2x4xf32>
  return %55 : tensor<2x5x2x4xf32>
}

func.func @library_causal(%arg0: tensor<1x5x2x4xf32>, %arg1: tensor<1x5x2x4xf32>, %arg2: tensor<1x5x2x4xf32>, %arg3: tensor<1x5x2x4xf32>, %arg4: tensor<1x1x1x1xf32>) -> tensor<1x5x2x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant -2.38197633E+38 : f32
  %cst_2 = arith.constant 5.000000e-01 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2], [3, 4]] output_shape [1, 5, 2, 1, 4] : tensor<1x5x2x4xf32> into tensor<1x5x2x1x4xf32>
  %0 = tensor.empty() : tensor<1x2x5x1x4xf32>
  %1 = linalg.generic {indexing_maps = [#map0, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x5x2x1x4xf32>) outs(%0 : tensor<1x2x5x1x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x1x4xf32>
  %2 = tensor.empty() : tensor<1x2x4x5xf32>
  %3 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<1x5x2x4xf32>) outs(%2 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3, 4]] : tensor<1x2x5x1x4xf32> into tensor<2x5x4xf32>
  %collapsed_4 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %4 = tensor.empty() : tensor<2x5x5xf32>
  %5 = linalg.fill ins(%cst_3 : f32) outs(%4 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<2x5x4xf32>, tensor<2x4x5xf32>) outs(%5 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %expanded_5 = tensor.expand_shape %6 [[0, 1], [2], [3, 4]] output_shape [1, 2, 5, 1, 5] : tensor<2x5x5xf32> into tensor<1x2x5x1x5xf32>
  %7 = tensor.empty() : tensor<1x2x5x1x5xf32>
  %8 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_5 : tensor<1x2x5x1x5xf32>) outs(%7 : tensor<1x2x5x1x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.mulf %in, %cst_2 : f32
    linalg.yield %68 : f32
  } -> tensor<1x2x5x1x5xf32>
  %9 = tensor.empty() : tensor<5x5xi32>
  %10 = linalg.generic {indexing_maps = [#map9], iterator_types = ["parallel", "parallel"]} outs(%9 : tensor<5x5xi32>) {
  ^bb0(%out: i32):
    %68 = linalg.index 0 : index
    %69 = arith.index_cast %68 : index to i32
    linalg.yield %69 : i32
  } -> tensor<5x5xi32>
  %11 = tensor.empty() : tensor<5x5xi32>
  %12 = linalg.generic {indexing_maps = [#map9], iterator_types = ["parallel", "parallel"]} outs(%11 : tensor<5x5xi32>) {
  ^bb0(%out: i32):
    %68 = linalg.index 1 : index
    %69 = arith.index_cast %68 : index to i32
    linalg.yield %69 : i32
  } -> tensor<5x5xi32>
  %13 = tensor.empty() : tensor<5x5xi1>
  %14 = linalg.generic {indexing_maps = [#map9, #map9, #map9], iterator_types = ["parallel", "parallel"]} ins(%10, %12 : tensor<5x5xi32>, tensor<5x5xi32>) outs(%13 : tensor<5x5xi1>) {
  ^bb0(%in: i32, %in_12: i32, %out: i1):
    %68 = arith.cmpi sge, %in, %in_12 : i32
    linalg.yield %68 : i1
  } -> tensor<5x5xi1>
  %15 = tensor.empty() : tensor<1x2x5x5xi1>
  %16 = linalg.generic {indexing_maps = [#map10, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14 : tensor<5x5xi1>) outs(%15 : tensor<1x2x5x5xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x5x5xi1>
  %17 = tensor.empty() : tensor<1x1x2x5x5xi1>
  %18 = linalg.generic {indexing_maps = [#map11, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%16 : tensor<1x2x5x5xi1>) outs(%17 : tensor<1x1x2x5x5xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x1x2x5x5xi1>
  %collapsed_6 = tensor.collapse_shape %8 [[0, 1, 2, 3, 4]] : tensor<1x2x5x1x5xf32> into tensor<50xf32>
  %expanded_7 = tensor.expand_shape %collapsed_6 [[0, 1, 2, 3, 4]] output_shape [1, 1, 2, 5, 5] : tensor<50xf32> into tensor<1x1x2x5x5xf32>
  %19 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %20 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%18, %expanded_7 : tensor<1x1x2x5x5xi1>, tensor<1x1x2x5x5xf32>) outs(%19 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: i1, %in_12: f32, %out: f32):
    %68 = arith.select %in, %in_12, %cst_1 : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5x5xf32>
  %21 = tensor.empty() : tensor<1x1x2x5xf32>
  %22 = linalg.fill ins(%cst_0 : f32) outs(%21 : tensor<1x1x2x5xf32>) -> tensor<1x1x2x5xf32>
  %23 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%20 : tensor<1x1x2x5x5xf32>) outs(%22 : tensor<1x1x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.maximumf %out, %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5xf32>
  %24 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %25 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<1x1x2x5xf32>) outs(%24 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x1x2x5x5xf32>
  %26 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %27 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%20, %25 : tensor<1x1x2x5x5xf32>, tensor<1x1x2x5x5xf32>) outs(%26 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.subf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5x5xf32>
  %28 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %29 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%27 : tensor<1x1x2x5x5xf32>) outs(%28 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = math.exp %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5x5xf32>
  %30 = tensor.empty() : tensor<1x1x2x5xf32>
  %31 = linalg.fill ins(%cst_3 : f32) outs(%30 : tensor<1x1x2x5xf32>) -> tensor<1x1x2x5xf32>
  %32 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%29 : tensor<1x1x2x5x5xf32>) outs(%31 : tensor<1x1x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.addf %out, %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5xf32>
  %33 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %34 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%32 : tensor<1x1x2x5xf32>) outs(%33 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x1x2x5x5xf32>
  %35 = tensor.empty() : tensor<1x1x2x5x5xf32>
  %36 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%29, %34 : tensor<1x1x2x5x5xf32>, tensor<1x1x2x5x5xf32>) outs(%35 : tensor<1x1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.divf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x2x5x5xf32>
  %37 = tensor.empty() : tensor<1x2x4x5xf32>
  %38 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<1x5x2x4xf32>) outs(%37 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %39 = tensor.empty() : tensor<1x2x5x1x5xf32>
  %40 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%36 : tensor<1x1x2x5x5xf32>) outs(%39 : tensor<1x2x5x1x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x1x5xf32>
  %collapsed_8 = tensor.collapse_shape %38 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %collapsed_9 = tensor.collapse_shape %40 [[0, 1], [2], [3, 4]] : tensor<1x2x5x1x5xf32> into tensor<2x5x5xf32>
  %41 = tensor.empty() : tensor<2x4x5xf32>
  %42 = linalg.fill ins(%cst_3 : f32) outs(%41 : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  %43 = linalg.batch_matmul ins(%collapsed_8, %collapsed_9 : tensor<2x4x5xf32>, tensor<2x5x5xf32>) outs(%42 : tensor<2x4x5xf32>) -> tensor<2x4x5xf32>
  %expanded_10 = tensor.expand_shape %43 [[0, 1], [2], [3, 4]] output_shape [1, 2, 4, 1, 5] : tensor<2x4x5xf32> into tensor<1x2x4x1x5xf32>
  %44 = tensor.empty() : tensor<1x1x5x2x4xf32>
  %45 = linalg.generic {indexing_maps = [#map6, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_10 : tensor<1x2x4x1x5xf32>) outs(%44 : tensor<1x1x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x1x5x2x4xf32>
  %collapsed_11 = tensor.collapse_shape %45 [[0], [1, 2], [3], [4]] : tensor<1x1x5x2x4xf32> into tensor<1x5x2x4xf32>
  %46 = tensor.empty() : tensor<1x1x1x1xf32>
  %47 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg4 : tensor<1x1x1x1xf32>) outs(%46 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.mulf %in, %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %48 = tensor.empty() : tensor<1x1x1x1xf32>
  %49 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47 : tensor<1x1x1x1xf32>) outs(%48 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.addf %in, %cst : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %50 = tensor.empty() : tensor<1x1x1x1xf32>
  %51 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49 : tensor<1x1x1x1xf32>) outs(%50 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.divf %cst, %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %52 = tensor.empty() : tensor<1x1x1x1xf32>
  %53 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg4 : tensor<1x1x1x1xf32>) outs(%52 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = arith.mulf %in, %cst_2 : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %54 = tensor.empty() : tensor<1x1x1x1xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49 : tensor<1x1x1x1xf32>) outs(%54 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %68 = math.sqrt %in : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %56 = tensor.empty() : tensor<1x1x1x1xf32>
  %57 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%53, %55 : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) outs(%56 : tensor<1x1x1x1xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.divf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x1x1x1xf32>
  %58 = tensor.empty() : tensor<1x5x2x4xf32>
  %59 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51 : tensor<1x1x1x1xf32>) outs(%58 : tensor<1x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x5x2x4xf32>
  %60 = tensor.empty() : tensor<1x5x2x4xf32>
  %61 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%59, %arg3 : tensor<1x5x2x4xf32>, tensor<1x5x2x4xf32>) outs(%60 : tensor<1x5x2x4xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.mulf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x5x2x4xf32>
  %62 = tensor.empty() : tensor<1x5x2x4xf32>
  %63 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%57 : tensor<1x1x1x1xf32>) outs(%62 : tensor<1x5x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x5x2x4xf32>
  %64 = tensor.empty() : tensor<1x5x2x4xf32>
  %65 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%63, %collapsed_11 : tensor<1x5x2x4xf32>, tensor<1x5x2x4xf32>) outs(%64 : tensor<1x5x2x4xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.mulf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x5x2x4xf32>
  %66 = tensor.empty() : tensor<1x5x2x4xf32>
  %67 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%61, %65 : tensor<1x5x2x4xf32>, tensor<1x5x2x4xf32>) outs(%66 : tensor<1x5x2x4xf32>) {
  ^bb0(%in: f32, %in_12: f32, %out: f32):
    %68 = arith.addf %in, %in_12 : f32
    linalg.yield %68 : f32
  } -> tensor<1x5x2x4xf32>
  return %67 : tensor<1x5x2x4xf32>
}

func.func @library_grouped(%arg0: tensor<1x3x4x4xf32>, %arg1: tensor<1x5x2x4xf32>, %arg2: tensor<1x5x2x4xf32>, %arg3: tensor<1x3x4x4xf32>, %arg4: tensor<1xf32>) -> tensor<1x3x4x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %expanded = tensor.expand_shape %arg0 [[0], [1], [2, 3], [4]] output_shape [1, 3, 2, 2, 4] : tensor<1x3x4x4xf32> into tensor<1x3x2x2x4xf32>
  %0 = tensor.empty() : tensor<1x2x3x2x4xf32>
  %1 = linalg.generic {indexing_maps = [#map0, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x3x2x2x4xf32>) outs(%0 : tensor<1x2x3x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x2x4xf32>
  %2 = tensor.empty() : tensor<1x2x4x5xf32>
  %3 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<1x5x2x4xf32>) outs(%2 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2, 3], [4]] : tensor<1x2x3x2x4xf32> into tensor<2x6x4xf32>
  %collapsed_3 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %4 = tensor.empty() : tensor<2x6x5xf32>
  %5 = linalg.fill ins(%cst_2 : f32) outs(%4 : tensor<2x6x5xf32>) -> tensor<2x6x5xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_3 : tensor<2x6x4xf32>, tensor<2x4x5xf32>) outs(%5 : tensor<2x6x5xf32>) -> tensor<2x6x5xf32>
  %expanded_4 = tensor.expand_shape %6 [[0, 1], [2, 3], [4]] output_shape [1, 2, 3, 2, 5] : tensor<2x6x5xf32> into tensor<1x2x3x2x5xf32>
  %7 = tensor.empty() : tensor<1x2x3x2x5xf32>
  %8 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_4 : tensor<1x2x3x2x5xf32>) outs(%7 : tensor<1x2x3x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.mulf %in, %cst_1 : f32
    linalg.yield %62 : f32
  } -> tensor<1x2x3x2x5xf32>
  %9 = tensor.empty() : tensor<1x2x3x2xf32>
  %10 = linalg.fill ins(%cst_0 : f32) outs(%9 : tensor<1x2x3x2xf32>) -> tensor<1x2x3x2xf32>
  %11 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<1x2x3x2x5xf32>) outs(%10 : tensor<1x2x3x2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.maximumf %out, %in : f32
    linalg.yield %62 : f32
  } -> tensor<1x2x3x2xf32>
  %12 = tensor.empty() : tensor<2x1x2x3xf32>
  %13 = linalg.generic {indexing_maps = [#map12, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<1x2x3x2xf32>) outs(%12 : tensor<2x1x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x1x2x3xf32>
  %14 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %15 = linalg.generic {indexing_maps = [#map13, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<1x2x3x2x5xf32>) outs(%14 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x1x2x3x5xf32>
  %16 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %17 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x1x2x3xf32>) outs(%16 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x1x2x3x5xf32>
  %18 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %19 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%15, %17 : tensor<2x1x2x3x5xf32>, tensor<2x1x2x3x5xf32>) outs(%18 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.subf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<2x1x2x3x5xf32>
  %20 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %21 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<2x1x2x3x5xf32>) outs(%20 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = math.exp %in : f32
    linalg.yield %62 : f32
  } -> tensor<2x1x2x3x5xf32>
  %22 = tensor.empty() : tensor<2x1x2x3xf32>
  %23 = linalg.fill ins(%cst_2 : f32) outs(%22 : tensor<2x1x2x3xf32>) -> tensor<2x1x2x3xf32>
  %24 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%21 : tensor<2x1x2x3x5xf32>) outs(%23 : tensor<2x1x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.addf %out, %in : f32
    linalg.yield %62 : f32
  } -> tensor<2x1x2x3xf32>
  %25 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %26 = linalg.generic {indexing_maps = [#map4, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x1x2x3xf32>) outs(%25 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x1x2x3x5xf32>
  %27 = tensor.empty() : tensor<2x1x2x3x5xf32>
  %28 = linalg.generic {indexing_maps = [#map1, #map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%21, %26 : tensor<2x1x2x3x5xf32>, tensor<2x1x2x3x5xf32>) outs(%27 : tensor<2x1x2x3x5xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.divf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<2x1x2x3x5xf32>
  %29 = tensor.empty() : tensor<1x2x4x5xf32>
  %30 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<1x5x2x4xf32>) outs(%29 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %31 = tensor.empty() : tensor<1x2x5x2x3xf32>
  %32 = linalg.generic {indexing_maps = [#map5, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<2x1x2x3x5xf32>) outs(%31 : tensor<1x2x5x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x2x3xf32>
  %collapsed_5 = tensor.collapse_shape %30 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %collapsed_6 = tensor.collapse_shape %32 [[0, 1], [2], [3, 4]] : tensor<1x2x5x2x3xf32> into tensor<2x5x6xf32>
  %33 = tensor.empty() : tensor<2x4x6xf32>
  %34 = linalg.fill ins(%cst_2 : f32) outs(%33 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %35 = linalg.batch_matmul ins(%collapsed_5, %collapsed_6 : tensor<2x4x5xf32>, tensor<2x5x6xf32>) outs(%34 : tensor<2x4x6xf32>) -> tensor<2x4x6xf32>
  %expanded_7 = tensor.expand_shape %35 [[0, 1], [2], [3, 4]] output_shape [1, 2, 4, 2, 3] : tensor<2x4x6xf32> into tensor<1x2x4x2x3xf32>
  %36 = tensor.empty() : tensor<2x1x3x2x4xf32>
  %37 = linalg.generic {indexing_maps = [#map6, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<1x2x4x2x3xf32>) outs(%36 : tensor<2x1x3x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x1x3x2x4xf32>
  %38 = tensor.empty() : tensor<1x3x2x2x4xf32>
  %39 = linalg.generic {indexing_maps = [#map14, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%37 : tensor<2x1x3x2x4xf32>) outs(%38 : tensor<1x3x2x2x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x2x2x4xf32>
  %collapsed_8 = tensor.collapse_shape %39 [[0], [1], [2, 3], [4]] : tensor<1x3x2x2x4xf32> into tensor<1x3x4x4xf32>
  %40 = tensor.empty() : tensor<1xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.mulf %in, %in : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %42 = tensor.empty() : tensor<1xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%41 : tensor<1xf32>) outs(%42 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.addf %in, %cst : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %44 = tensor.empty() : tensor<1xf32>
  %45 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%43 : tensor<1xf32>) outs(%44 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.divf %cst, %in : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %46 = tensor.empty() : tensor<1xf32>
  %47 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%46 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = arith.mulf %in, %cst_1 : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %48 = tensor.empty() : tensor<1xf32>
  %49 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%43 : tensor<1xf32>) outs(%48 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %62 = math.sqrt %in : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %50 = tensor.empty() : tensor<1xf32>
  %51 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%47, %49 : tensor<1xf32>, tensor<1xf32>) outs(%50 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.divf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<1xf32>
  %expanded_9 = tensor.expand_shape %45 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_10 = tensor.expand_shape %51 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %52 = tensor.empty() : tensor<1x3x4x4xf32>
  %53 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9 : tensor<1x1x1x1xf32>) outs(%52 : tensor<1x3x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x4x4xf32>
  %54 = tensor.empty() : tensor<1x3x4x4xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%53, %arg3 : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) outs(%54 : tensor<1x3x4x4xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.mulf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<1x3x4x4xf32>
  %56 = tensor.empty() : tensor<1x3x4x4xf32>
  %57 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_10 : tensor<1x1x1x1xf32>) outs(%56 : tensor<1x3x4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x4x4xf32>
  %58 = tensor.empty() : tensor<1x3x4x4xf32>
  %59 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%57, %collapsed_8 : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) outs(%58 : tensor<1x3x4x4xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.mulf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<1x3x4x4xf32>
  %60 = tensor.empty() : tensor<1x3x4x4xf32>
  %61 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%55, %59 : tensor<1x3x4x4xf32>, tensor<1x3x4x4xf32>) outs(%60 : tensor<1x3x4x4xf32>) {
  ^bb0(%in: f32, %in_11: f32, %out: f32):
    %62 = arith.addf %in, %in_11 : f32
    linalg.yield %62 : f32
  } -> tensor<1x3x4x4xf32>
  return %61 : tensor<1x3x4x4xf32>
}

func.func @einsum_cross(%arg0: tensor<1x3x2x4xf32>, %arg1: tensor<1x6x2x4xf32>, %arg2: tensor<1x6x2x5xf32>, %arg3: tensor<1x3x2x5xf32>, %arg4: tensor<1xf32>) -> tensor<1x3x2x5xf32> {
  %cst = arith.constant 5.000000e-01 : f32
  %cst_0 = arith.constant 2.500000e-01 : f32
  %cst_1 = arith.constant 0xFF800000 : f32
  %cst_2 = arith.constant 2.000000e+00 : f32
  %cst_3 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<1x2x3x4xf32>
  %1 = linalg.generic {indexing_maps = [#map15, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<1x3x2x4xf32>) outs(%0 : tensor<1x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x4xf32>
  %2 = tensor.empty() : tensor<1x2x4x6xf32>
  %3 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<1x6x2x4xf32>) outs(%2 : tensor<1x2x4x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x6xf32>
  %collapsed = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<1x2x3x4xf32> into tensor<2x3x4xf32>
  %collapsed_4 = tensor.collapse_shape %3 [[0, 1], [2], [3]] : tensor<1x2x4x6xf32> into tensor<2x4x6xf32>
  %4 = tensor.empty() : tensor<2x3x6xf32>
  %5 = linalg.fill ins(%cst_3 : f32) outs(%4 : tensor<2x3x6xf32>) -> tensor<2x3x6xf32>
  %6 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<2x3x4xf32>, tensor<2x4x6xf32>) outs(%5 : tensor<2x3x6xf32>) -> tensor<2x3x6xf32>
  %expanded = tensor.expand_shape %6 [[0, 1], [2], [3]] output_shape [1, 2, 3, 6] : tensor<2x3x6xf32> into tensor<1x2x3x6xf32>
  %7 = tensor.empty() : tensor<1x2x3x6xf32>
  %8 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x2x3x6xf32>) outs(%7 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.divf %in, %cst_2 : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3x6xf32>
  %9 = tensor.empty() : tensor<1x2x3xf32>
  %10 = linalg.fill ins(%cst_1 : f32) outs(%9 : tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %11 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<1x2x3x6xf32>) outs(%10 : tensor<1x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.maximumf %out, %in : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3xf32>
  %12 = tensor.empty() : tensor<1x2x3x6xf32>
  %13 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<1x2x3xf32>) outs(%12 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x6xf32>
  %14 = tensor.empty() : tensor<1x2x3x6xf32>
  %15 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %13 : tensor<1x2x3x6xf32>, tensor<1x2x3x6xf32>) outs(%14 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.subf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3x6xf32>
  %16 = tensor.empty() : tensor<1x2x3x6xf32>
  %17 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<1x2x3x6xf32>) outs(%16 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = math.exp %in : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3x6xf32>
  %18 = tensor.empty() : tensor<1x2x3xf32>
  %19 = linalg.fill ins(%cst_3 : f32) outs(%18 : tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %20 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%17 : tensor<1x2x3x6xf32>) outs(%19 : tensor<1x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.addf %out, %in : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3xf32>
  %21 = tensor.empty() : tensor<1x2x3x6xf32>
  %22 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<1x2x3xf32>) outs(%21 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x3x6xf32>
  %23 = tensor.empty() : tensor<1x2x3x6xf32>
  %24 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%17, %22 : tensor<1x2x3x6xf32>, tensor<1x2x3x6xf32>) outs(%23 : tensor<1x2x3x6xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.divf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1x2x3x6xf32>
  %25 = tensor.empty() : tensor<1x2x5x6xf32>
  %26 = linalg.generic {indexing_maps = [#map2, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<1x6x2x5xf32>) outs(%25 : tensor<1x2x5x6xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x6xf32>
  %27 = tensor.empty() : tensor<1x2x6x3xf32>
  %28 = linalg.generic {indexing_maps = [#map17, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<1x2x3x6xf32>) outs(%27 : tensor<1x2x6x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x6x3xf32>
  %collapsed_5 = tensor.collapse_shape %26 [[0, 1], [2], [3]] : tensor<1x2x5x6xf32> into tensor<2x5x6xf32>
  %collapsed_6 = tensor.collapse_shape %28 [[0, 1], [2], [3]] : tensor<1x2x6x3xf32> into tensor<2x6x3xf32>
  %29 = tensor.empty() : tensor<2x5x3xf32>
  %30 = linalg.fill ins(%cst_3 : f32) outs(%29 : tensor<2x5x3xf32>) -> tensor<2x5x3xf32>
  %31 = linalg.batch_matmul ins(%collapsed_5, %collapsed_6 : tensor<2x5x6xf32>, tensor<2x6x3xf32>) outs(%30 : tensor<2x5x3xf32>) -> tensor<2x5x3xf32>
  %expanded_7 = tensor.expand_shape %31 [[0, 1], [2], [3]] output_shape [1, 2, 5, 3] : tensor<2x5x3xf32> into tensor<1x2x5x3xf32>
  %32 = tensor.empty() : tensor<1x3x2x5xf32>
  %33 = linalg.generic {indexing_maps = [#map18, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<1x2x5x3xf32>) outs(%32 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x2x5xf32>
  %34 = tensor.empty() : tensor<1xf32>
  %35 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%34 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.mulf %in, %in : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %36 = tensor.empty() : tensor<1xf32>
  %37 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<1xf32>) outs(%36 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.addf %in, %cst_0 : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %38 = tensor.empty() : tensor<1xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%37 : tensor<1xf32>) outs(%38 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.divf %cst_0, %in : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %40 = tensor.empty() : tensor<1xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = arith.mulf %in, %cst : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %42 = tensor.empty() : tensor<1xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%37 : tensor<1xf32>) outs(%42 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %56 = math.sqrt %in : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %44 = tensor.empty() : tensor<1xf32>
  %45 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%41, %43 : tensor<1xf32>, tensor<1xf32>) outs(%44 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.divf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1xf32>
  %expanded_8 = tensor.expand_shape %39 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_9 = tensor.expand_shape %45 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %46 = tensor.empty() : tensor<1x3x2x5xf32>
  %47 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8 : tensor<1x1x1x1xf32>) outs(%46 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x2x5xf32>
  %48 = tensor.empty() : tensor<1x3x2x5xf32>
  %49 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47, %arg3 : tensor<1x3x2x5xf32>, tensor<1x3x2x5xf32>) outs(%48 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.mulf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1x3x2x5xf32>
  %50 = tensor.empty() : tensor<1x3x2x5xf32>
  %51 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9 : tensor<1x1x1x1xf32>) outs(%50 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x3x2x5xf32>
  %52 = tensor.empty() : tensor<1x3x2x5xf32>
  %53 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51, %33 : tensor<1x3x2x5xf32>, tensor<1x3x2x5xf32>) outs(%52 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.mulf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1x3x2x5xf32>
  %54 = tensor.empty() : tensor<1x3x2x5xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %53 : tensor<1x3x2x5xf32>, tensor<1x3x2x5xf32>) outs(%54 : tensor<1x3x2x5xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %56 = arith.addf %in, %in_10 : f32
    linalg.yield %56 : f32
  } -> tensor<1x3x2x5xf32>
  return %55 : tensor<1x3x2x5xf32>
}

func.func @matmul_3d(%arg0: tensor<3x5x4xf32>, %arg1: tensor<3x5x4xf32>, %arg2: tensor<3x5x4xf32>, %arg3: tensor<3x5x4xf32>, %arg4: tensor<3x1x1xf32>) -> tensor<3x5x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<3x4x5xf32>
  %1 = linalg.generic {indexing_maps = [#map19, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg1 : tensor<3x5x4xf32>) outs(%0 : tensor<3x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x4x5xf32>
  %2 = tensor.empty() : tensor<3x5x5xf32>
  %3 = linalg.fill ins(%cst_2 : f32) outs(%2 : tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %4 = linalg.batch_matmul ins(%arg0, %1 : tensor<3x5x4xf32>, tensor<3x4x5xf32>) outs(%3 : tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %5 = tensor.empty() : tensor<3x5x5xf32>
  %6 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<3x5x5xf32>) outs(%5 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %cst_1 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %7 = tensor.empty() : tensor<3x5xf32>
  %8 = linalg.fill ins(%cst_0 : f32) outs(%7 : tensor<3x5xf32>) -> tensor<3x5xf32>
  %9 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%6 : tensor<3x5x5xf32>) outs(%8 : tensor<3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.maximumf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5xf32>
  %10 = tensor.empty() : tensor<3x5x5xf32>
  %11 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9 : tensor<3x5xf32>) outs(%10 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x5xf32>
  %12 = tensor.empty() : tensor<3x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6, %11 : tensor<3x5x5xf32>, tensor<3x5x5xf32>) outs(%12 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.subf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %14 = tensor.empty() : tensor<3x5x5xf32>
  %15 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%13 : tensor<3x5x5xf32>) outs(%14 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.exp %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %16 = tensor.empty() : tensor<3x5xf32>
  %17 = linalg.fill ins(%cst_2 : f32) outs(%16 : tensor<3x5xf32>) -> tensor<3x5xf32>
  %18 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%15 : tensor<3x5x5xf32>) outs(%17 : tensor<3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5xf32>
  %19 = tensor.empty() : tensor<3x5x5xf32>
  %20 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%18 : tensor<3x5xf32>) outs(%19 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x5xf32>
  %21 = tensor.empty() : tensor<3x5x5xf32>
  %22 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15, %20 : tensor<3x5x5xf32>, tensor<3x5x5xf32>) outs(%21 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.divf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %23 = tensor.empty() : tensor<3x5x4xf32>
  %24 = linalg.fill ins(%cst_2 : f32) outs(%23 : tensor<3x5x4xf32>) -> tensor<3x5x4xf32>
  %25 = linalg.batch_matmul ins(%22, %arg2 : tensor<3x5x5xf32>, tensor<3x5x4xf32>) outs(%24 : tensor<3x5x4xf32>) -> tensor<3x5x4xf32>
  %26 = tensor.empty() : tensor<3x1x1xf32>
  %27 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg4 : tensor<3x1x1xf32>) outs(%26 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %28 = tensor.empty() : tensor<3x1x1xf32>
  %29 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%27 : tensor<3x1x1xf32>) outs(%28 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %in, %cst : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %30 = tensor.empty() : tensor<3x1x1xf32>
  %31 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29 : tensor<3x1x1xf32>) outs(%30 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.divf %cst, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %32 = tensor.empty() : tensor<3x1x1xf32>
  %33 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg4 : tensor<3x1x1xf32>) outs(%32 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %cst_1 : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %34 = tensor.empty() : tensor<3x1x1xf32>
  %35 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29 : tensor<3x1x1xf32>) outs(%34 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.sqrt %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %36 = tensor.empty() : tensor<3x1x1xf32>
  %37 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%33, %35 : tensor<3x1x1xf32>, tensor<3x1x1xf32>) outs(%36 : tensor<3x1x1xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.divf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x1x1xf32>
  %38 = tensor.empty() : tensor<3x5x4xf32>
  %39 = linalg.generic {indexing_maps = [#map22, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%31 : tensor<3x1x1xf32>) outs(%38 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x4xf32>
  %40 = tensor.empty() : tensor<3x5x4xf32>
  %41 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%39, %arg3 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%40 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.mulf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  %42 = tensor.empty() : tensor<3x5x4xf32>
  %43 = linalg.generic {indexing_maps = [#map22, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%37 : tensor<3x1x1xf32>) outs(%42 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x4xf32>
  %44 = tensor.empty() : tensor<3x5x4xf32>
  %45 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%43, %25 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%44 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.mulf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  %46 = tensor.empty() : tensor<3x5x4xf32>
  %47 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%41, %45 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%46 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.addf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  return %47 : tensor<3x5x4xf32>
}

func.func @matmul_scalar_t(%arg0: tensor<3x5x4xf32>, %arg1: tensor<3x5x4xf32>, %arg2: tensor<3x5x4xf32>, %arg3: tensor<3x5x4xf32>, %arg4: tensor<f32>) -> tensor<3x5x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<3x4x5xf32>
  %1 = linalg.generic {indexing_maps = [#map19, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg1 : tensor<3x5x4xf32>) outs(%0 : tensor<3x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x4x5xf32>
  %2 = tensor.empty() : tensor<3x5x5xf32>
  %3 = linalg.fill ins(%cst_2 : f32) outs(%2 : tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %4 = linalg.batch_matmul ins(%arg0, %1 : tensor<3x5x4xf32>, tensor<3x4x5xf32>) outs(%3 : tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %5 = tensor.empty() : tensor<3x5x5xf32>
  %6 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<3x5x5xf32>) outs(%5 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %cst_1 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %7 = tensor.empty() : tensor<3x5xf32>
  %8 = linalg.fill ins(%cst_0 : f32) outs(%7 : tensor<3x5xf32>) -> tensor<3x5xf32>
  %9 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%6 : tensor<3x5x5xf32>) outs(%8 : tensor<3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.maximumf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5xf32>
  %10 = tensor.empty() : tensor<3x5x5xf32>
  %11 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9 : tensor<3x5xf32>) outs(%10 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x5xf32>
  %12 = tensor.empty() : tensor<3x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6, %11 : tensor<3x5x5xf32>, tensor<3x5x5xf32>) outs(%12 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.subf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %14 = tensor.empty() : tensor<3x5x5xf32>
  %15 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%13 : tensor<3x5x5xf32>) outs(%14 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.exp %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %16 = tensor.empty() : tensor<3x5xf32>
  %17 = linalg.fill ins(%cst_2 : f32) outs(%16 : tensor<3x5xf32>) -> tensor<3x5xf32>
  %18 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%15 : tensor<3x5x5xf32>) outs(%17 : tensor<3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %out, %in : f32
    linalg.yield %48 : f32
  } -> tensor<3x5xf32>
  %19 = tensor.empty() : tensor<3x5x5xf32>
  %20 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%18 : tensor<3x5xf32>) outs(%19 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x5xf32>
  %21 = tensor.empty() : tensor<3x5x5xf32>
  %22 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15, %20 : tensor<3x5x5xf32>, tensor<3x5x5xf32>) outs(%21 : tensor<3x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.divf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x5xf32>
  %23 = tensor.empty() : tensor<3x5x4xf32>
  %24 = linalg.fill ins(%cst_2 : f32) outs(%23 : tensor<3x5x4xf32>) -> tensor<3x5x4xf32>
  %25 = linalg.batch_matmul ins(%22, %arg2 : tensor<3x5x5xf32>, tensor<3x5x4xf32>) outs(%24 : tensor<3x5x4xf32>) -> tensor<3x5x4xf32>
  %26 = tensor.empty() : tensor<f32>
  %27 = linalg.generic {indexing_maps = [#map23, #map23], iterator_types = []} ins(%arg4 : tensor<f32>) outs(%26 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %in : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %28 = tensor.empty() : tensor<f32>
  %29 = linalg.generic {indexing_maps = [#map23, #map23], iterator_types = []} ins(%27 : tensor<f32>) outs(%28 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.addf %in, %cst : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %30 = tensor.empty() : tensor<f32>
  %31 = linalg.generic {indexing_maps = [#map23, #map23], iterator_types = []} ins(%29 : tensor<f32>) outs(%30 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.divf %cst, %in : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %32 = tensor.empty() : tensor<f32>
  %33 = linalg.generic {indexing_maps = [#map23, #map23], iterator_types = []} ins(%arg4 : tensor<f32>) outs(%32 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = arith.mulf %in, %cst_1 : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %34 = tensor.empty() : tensor<f32>
  %35 = linalg.generic {indexing_maps = [#map23, #map23], iterator_types = []} ins(%29 : tensor<f32>) outs(%34 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %48 = math.sqrt %in : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %36 = tensor.empty() : tensor<f32>
  %37 = linalg.generic {indexing_maps = [#map23, #map23, #map23], iterator_types = []} ins(%33, %35 : tensor<f32>, tensor<f32>) outs(%36 : tensor<f32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.divf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<f32>
  %38 = tensor.empty() : tensor<3x5x4xf32>
  %39 = linalg.generic {indexing_maps = [#map24, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%31 : tensor<f32>) outs(%38 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x4xf32>
  %40 = tensor.empty() : tensor<3x5x4xf32>
  %41 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%39, %arg3 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%40 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.mulf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  %42 = tensor.empty() : tensor<3x5x4xf32>
  %43 = linalg.generic {indexing_maps = [#map24, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%37 : tensor<f32>) outs(%42 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<3x5x4xf32>
  %44 = tensor.empty() : tensor<3x5x4xf32>
  %45 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%43, %25 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%44 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.mulf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  %46 = tensor.empty() : tensor<3x5x4xf32>
  %47 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%41, %45 : tensor<3x5x4xf32>, tensor<3x5x4xf32>) outs(%46 : tensor<3x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %48 = arith.addf %in, %in_3 : f32
    linalg.yield %48 : f32
  } -> tensor<3x5x4xf32>
  return %47 : tensor<3x5x4xf32>
}

func.func @matmul_f16(%arg0: tensor<2x2x3x4xf16>, %arg1: tensor<2x2x3x4xf16>, %arg2: tensor<2x2x3x4xf16>, %arg3: tensor<2x2x3x4xf16>, %arg4: tensor<2xf32>) -> tensor<2x2x3x4xf16> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0.000000e+00 : f32
  %cst_1 = arith.constant 0xFF800000 : f32
  %cst_2 = arith.constant 5.000000e-01 : f32
  %cst_3 = arith.constant 0.000000e+00 : f16
  %0 = tensor.empty() : tensor<2x2x4x3xf16>
  %1 = linalg.generic {indexing_maps = [#map17, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x2x3x4xf16>) outs(%0 : tensor<2x2x4x3xf16>) {
  ^bb0(%in: f16, %out: f16):
    linalg.yield %in : f16
  } -> tensor<2x2x4x3xf16>
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<2x2x3x4xf16> into tensor<4x3x4xf16>
  %collapsed_4 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<2x2x4x3xf16> into tensor<4x4x3xf16>
  %2 = tensor.empty() : tensor<4x3x3xf16>
  %3 = linalg.fill ins(%cst_3 : f16) outs(%2 : tensor<4x3x3xf16>) -> tensor<4x3x3xf16>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<4x3x4xf16>, tensor<4x4x3xf16>) outs(%3 : tensor<4x3x3xf16>) -> tensor<4x3x3xf16>
  %5 = tensor.empty() : tensor<4x3x3xf32>
  %6 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<4x3x3xf16>) outs(%5 : tensor<4x3x3xf32>) {
  ^bb0(%in: f16, %out: f32):
    %58 = arith.extf %in : f16 to f32
    linalg.yield %58 : f32
  } -> tensor<4x3x3xf32>
  %expanded = tensor.expand_shape %6 [[0, 1], [2], [3]] output_shape [2, 2, 3, 3] : tensor<4x3x3xf32> into tensor<2x2x3x3xf32>
  %7 = tensor.empty() : tensor<2x2x3x3xf32>
  %8 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x2x3x3xf32>) outs(%7 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_2 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %9 = tensor.empty() : tensor<2x2x3xf32>
  %10 = linalg.fill ins(%cst_1 : f32) outs(%9 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %11 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x2x3x3xf32>) outs(%10 : tensor<2x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.maximumf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3xf32>
  %12 = tensor.empty() : tensor<2x2x3x3xf32>
  %13 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x2x3xf32>) outs(%12 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x3xf32>
  %14 = tensor.empty() : tensor<2x2x3x3xf32>
  %15 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %13 : tensor<2x2x3x3xf32>, tensor<2x2x3x3xf32>) outs(%14 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.subf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %16 = tensor.empty() : tensor<2x2x3x3xf32>
  %17 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<2x2x3x3xf32>) outs(%16 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.exp %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %18 = tensor.empty() : tensor<2x2x3xf32>
  %19 = linalg.fill ins(%cst_0 : f32) outs(%18 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %20 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%17 : tensor<2x2x3x3xf32>) outs(%19 : tensor<2x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3xf32>
  %21 = tensor.empty() : tensor<2x2x3x3xf32>
  %22 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x2x3xf32>) outs(%21 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x3xf32>
  %23 = tensor.empty() : tensor<2x2x3x3xf32>
  %24 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%17, %22 : tensor<2x2x3x3xf32>, tensor<2x2x3x3xf32>) outs(%23 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.divf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %25 = tensor.empty() : tensor<2x2x3x3xf16>
  %26 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x2x3x3xf32>) outs(%25 : tensor<2x2x3x3xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<2x2x3x3xf16>
  %collapsed_5 = tensor.collapse_shape %26 [[0, 1], [2], [3]] : tensor<2x2x3x3xf16> into tensor<4x3x3xf16>
  %collapsed_6 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x2x3x4xf16> into tensor<4x3x4xf16>
  %27 = tensor.empty() : tensor<4x3x4xf16>
  %28 = linalg.fill ins(%cst_3 : f16) outs(%27 : tensor<4x3x4xf16>) -> tensor<4x3x4xf16>
  %29 = linalg.batch_matmul ins(%collapsed_5, %collapsed_6 : tensor<4x3x3xf16>, tensor<4x3x4xf16>) outs(%28 : tensor<4x3x4xf16>) -> tensor<4x3x4xf16>
  %30 = tensor.empty() : tensor<4x3x4xf32>
  %31 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29 : tensor<4x3x4xf16>) outs(%30 : tensor<4x3x4xf32>) {
  ^bb0(%in: f16, %out: f32):
    %58 = arith.extf %in : f16 to f32
    linalg.yield %58 : f32
  } -> tensor<4x3x4xf32>
  %expanded_7 = tensor.expand_shape %31 [[0, 1], [2], [3]] output_shape [2, 2, 3, 4] : tensor<4x3x4xf32> into tensor<2x2x3x4xf32>
  %32 = tensor.empty() : tensor<2xf32>
  %33 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%32 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %34 = tensor.empty() : tensor<2xf32>
  %35 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%33 : tensor<2xf32>) outs(%34 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %in, %cst : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %36 = tensor.empty() : tensor<2xf32>
  %37 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<2xf32>) outs(%36 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.divf %cst, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %38 = tensor.empty() : tensor<2xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%38 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_2 : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %40 = tensor.empty() : tensor<2xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<2xf32>) outs(%40 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.sqrt %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %42 = tensor.empty() : tensor<2xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%39, %41 : tensor<2xf32>, tensor<2xf32>) outs(%42 : tensor<2xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.divf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %expanded_8 = tensor.expand_shape %37 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %expanded_9 = tensor.expand_shape %43 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %44 = tensor.empty() : tensor<2x2x3x4xf32>
  %45 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3 : tensor<2x2x3x4xf16>) outs(%44 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f16, %out: f32):
    %58 = arith.extf %in : f16 to f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %46 = tensor.empty() : tensor<2x2x3x4xf32>
  %47 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8 : tensor<2x1x1x1xf32>) outs(%46 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x4xf32>
  %48 = tensor.empty() : tensor<2x2x3x4xf32>
  %49 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47, %45 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%48 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.mulf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %50 = tensor.empty() : tensor<2x2x3x4xf32>
  %51 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9 : tensor<2x1x1x1xf32>) outs(%50 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x4xf32>
  %52 = tensor.empty() : tensor<2x2x3x4xf32>
  %53 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51, %expanded_7 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%52 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.mulf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %54 = tensor.empty() : tensor<2x2x3x4xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %53 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%54 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.addf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %56 = tensor.empty() : tensor<2x2x3x4xf16>
  %57 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%55 : tensor<2x2x3x4xf32>) outs(%56 : tensor<2x2x3x4xf16>) {
  ^bb0(%in: f32, %out: f16):
    %58 = arith.truncf %in : f32 to f16
    linalg.yield %58 : f16
  } -> tensor<2x2x3x4xf16>
  return %57 : tensor<2x2x3x4xf16>
}

func.func @matmul_bf16(%arg0: tensor<2x2x3x4xbf16>, %arg1: tensor<2x2x3x4xbf16>, %arg2: tensor<2x2x3x4xbf16>, %arg3: tensor<2x2x3x4xbf16>, %arg4: tensor<2xf32>) -> tensor<2x2x3x4xbf16> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0.000000e+00 : f32
  %cst_1 = arith.constant 0xFF800000 : f32
  %cst_2 = arith.constant 5.000000e-01 : f32
  %cst_3 = arith.constant 0.000000e+00 : bf16
  %0 = tensor.empty() : tensor<2x2x4x3xbf16>
  %1 = linalg.generic {indexing_maps = [#map17, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x2x3x4xbf16>) outs(%0 : tensor<2x2x4x3xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    linalg.yield %in : bf16
  } -> tensor<2x2x4x3xbf16>
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %collapsed_4 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<2x2x4x3xbf16> into tensor<4x4x3xbf16>
  %2 = tensor.empty() : tensor<4x3x3xbf16>
  %3 = linalg.fill ins(%cst_3 : bf16) outs(%2 : tensor<4x3x3xbf16>) -> tensor<4x3x3xbf16>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_4 : tensor<4x3x4xbf16>, tensor<4x4x3xbf16>) outs(%3 : tensor<4x3x3xbf16>) -> tensor<4x3x3xbf16>
  %5 = tensor.empty() : tensor<4x3x3xf32>
  %6 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<4x3x3xbf16>) outs(%5 : tensor<4x3x3xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %58 = arith.extf %in : bf16 to f32
    linalg.yield %58 : f32
  } -> tensor<4x3x3xf32>
  %expanded = tensor.expand_shape %6 [[0, 1], [2], [3]] output_shape [2, 2, 3, 3] : tensor<4x3x3xf32> into tensor<2x2x3x3xf32>
  %7 = tensor.empty() : tensor<2x2x3x3xf32>
  %8 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x2x3x3xf32>) outs(%7 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_2 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %9 = tensor.empty() : tensor<2x2x3xf32>
  %10 = linalg.fill ins(%cst_1 : f32) outs(%9 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %11 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x2x3x3xf32>) outs(%10 : tensor<2x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.maximumf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3xf32>
  %12 = tensor.empty() : tensor<2x2x3x3xf32>
  %13 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%11 : tensor<2x2x3xf32>) outs(%12 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x3xf32>
  %14 = tensor.empty() : tensor<2x2x3x3xf32>
  %15 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %13 : tensor<2x2x3x3xf32>, tensor<2x2x3x3xf32>) outs(%14 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.subf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %16 = tensor.empty() : tensor<2x2x3x3xf32>
  %17 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<2x2x3x3xf32>) outs(%16 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.exp %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %18 = tensor.empty() : tensor<2x2x3xf32>
  %19 = linalg.fill ins(%cst_0 : f32) outs(%18 : tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %20 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%17 : tensor<2x2x3x3xf32>) outs(%19 : tensor<2x2x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3xf32>
  %21 = tensor.empty() : tensor<2x2x3x3xf32>
  %22 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%20 : tensor<2x2x3xf32>) outs(%21 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x3xf32>
  %23 = tensor.empty() : tensor<2x2x3x3xf32>
  %24 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%17, %22 : tensor<2x2x3x3xf32>, tensor<2x2x3x3xf32>) outs(%23 : tensor<2x2x3x3xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.divf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x3xf32>
  %25 = tensor.empty() : tensor<2x2x3x3xbf16>
  %26 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%24 : tensor<2x2x3x3xf32>) outs(%25 : tensor<2x2x3x3xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %58 = arith.truncf %in : f32 to bf16
    linalg.yield %58 : bf16
  } -> tensor<2x2x3x3xbf16>
  %collapsed_5 = tensor.collapse_shape %26 [[0, 1], [2], [3]] : tensor<2x2x3x3xbf16> into tensor<4x3x3xbf16>
  %collapsed_6 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x2x3x4xbf16> into tensor<4x3x4xbf16>
  %27 = tensor.empty() : tensor<4x3x4xbf16>
  %28 = linalg.fill ins(%cst_3 : bf16) outs(%27 : tensor<4x3x4xbf16>) -> tensor<4x3x4xbf16>
  %29 = linalg.batch_matmul ins(%collapsed_5, %collapsed_6 : tensor<4x3x3xbf16>, tensor<4x3x4xbf16>) outs(%28 : tensor<4x3x4xbf16>) -> tensor<4x3x4xbf16>
  %30 = tensor.empty() : tensor<4x3x4xf32>
  %31 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29 : tensor<4x3x4xbf16>) outs(%30 : tensor<4x3x4xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %58 = arith.extf %in : bf16 to f32
    linalg.yield %58 : f32
  } -> tensor<4x3x4xf32>
  %expanded_7 = tensor.expand_shape %31 [[0, 1], [2], [3]] output_shape [2, 2, 3, 4] : tensor<4x3x4xf32> into tensor<2x2x3x4xf32>
  %32 = tensor.empty() : tensor<2xf32>
  %33 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%32 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %34 = tensor.empty() : tensor<2xf32>
  %35 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%33 : tensor<2xf32>) outs(%34 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %in, %cst : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %36 = tensor.empty() : tensor<2xf32>
  %37 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<2xf32>) outs(%36 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.divf %cst, %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %38 = tensor.empty() : tensor<2xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<2xf32>) outs(%38 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_2 : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %40 = tensor.empty() : tensor<2xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%35 : tensor<2xf32>) outs(%40 : tensor<2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.sqrt %in : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %42 = tensor.empty() : tensor<2xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%39, %41 : tensor<2xf32>, tensor<2xf32>) outs(%42 : tensor<2xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.divf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2xf32>
  %expanded_8 = tensor.expand_shape %37 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %expanded_9 = tensor.expand_shape %43 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %44 = tensor.empty() : tensor<2x2x3x4xf32>
  %45 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3 : tensor<2x2x3x4xbf16>) outs(%44 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: bf16, %out: f32):
    %58 = arith.extf %in : bf16 to f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %46 = tensor.empty() : tensor<2x2x3x4xf32>
  %47 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8 : tensor<2x1x1x1xf32>) outs(%46 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x4xf32>
  %48 = tensor.empty() : tensor<2x2x3x4xf32>
  %49 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%47, %45 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%48 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.mulf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %50 = tensor.empty() : tensor<2x2x3x4xf32>
  %51 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_9 : tensor<2x1x1x1xf32>) outs(%50 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x3x4xf32>
  %52 = tensor.empty() : tensor<2x2x3x4xf32>
  %53 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51, %expanded_7 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%52 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.mulf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %54 = tensor.empty() : tensor<2x2x3x4xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %53 : tensor<2x2x3x4xf32>, tensor<2x2x3x4xf32>) outs(%54 : tensor<2x2x3x4xf32>) {
  ^bb0(%in: f32, %in_10: f32, %out: f32):
    %58 = arith.addf %in, %in_10 : f32
    linalg.yield %58 : f32
  } -> tensor<2x2x3x4xf32>
  %56 = tensor.empty() : tensor<2x2x3x4xbf16>
  %57 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%55 : tensor<2x2x3x4xf32>) outs(%56 : tensor<2x2x3x4xbf16>) {
  ^bb0(%in: f32, %out: bf16):
    %58 = arith.truncf %in : f32 to bf16
    linalg.yield %58 : bf16
  } -> tensor<2x2x3x4xbf16>
  return %57 : tensor<2x2x3x4xbf16>
}

func.func @masked_causal(%arg0: tensor<1x2x5x4xf32>, %arg1: tensor<1x2x5x4xf32>, %arg2: tensor<1x2x5x4xf32>, %arg3: tensor<1x2x5x4xf32>, %arg4: tensor<1xf32>) -> tensor<1x2x5x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<1x2x4x5xf32>
  %1 = linalg.generic {indexing_maps = [#map17, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<1x2x5x4xf32>) outs(%0 : tensor<1x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x4x5xf32>
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %collapsed_3 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<1x2x4x5xf32> into tensor<2x4x5xf32>
  %2 = tensor.empty() : tensor<2x5x5xf32>
  %3 = linalg.fill ins(%cst_2 : f32) outs(%2 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_3 : tensor<2x5x4xf32>, tensor<2x4x5xf32>) outs(%3 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %expanded = tensor.expand_shape %4 [[0, 1], [2], [3]] output_shape [1, 2, 5, 5] : tensor<2x5x5xf32> into tensor<1x2x5x5xf32>
  %5 = tensor.empty() : tensor<1x2x5x5xf32>
  %6 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x2x5x5xf32>) outs(%5 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_1 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x5xf32>
  %7 = tensor.empty() : tensor<5x5xi32>
  %8 = linalg.generic {indexing_maps = [#map9], iterator_types = ["parallel", "parallel"]} outs(%7 : tensor<5x5xi32>) {
  ^bb0(%out: i32):
    %58 = linalg.index 0 : index
    %59 = arith.index_cast %58 : index to i32
    linalg.yield %59 : i32
  } -> tensor<5x5xi32>
  %9 = tensor.empty() : tensor<5x5xi32>
  %10 = linalg.generic {indexing_maps = [#map9], iterator_types = ["parallel", "parallel"]} outs(%9 : tensor<5x5xi32>) {
  ^bb0(%out: i32):
    %58 = linalg.index 1 : index
    %59 = arith.index_cast %58 : index to i32
    linalg.yield %59 : i32
  } -> tensor<5x5xi32>
  %11 = tensor.empty() : tensor<5x5xi1>
  %12 = linalg.generic {indexing_maps = [#map9, #map9, #map9], iterator_types = ["parallel", "parallel"]} ins(%10, %8 : tensor<5x5xi32>, tensor<5x5xi32>) outs(%11 : tensor<5x5xi1>) {
  ^bb0(%in: i32, %in_9: i32, %out: i1):
    %58 = arith.cmpi sle, %in, %in_9 : i32
    linalg.yield %58 : i1
  } -> tensor<5x5xi1>
  %13 = tensor.empty() : tensor<1x2x5x5xi1>
  %14 = linalg.generic {indexing_maps = [#map10, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%12 : tensor<5x5xi1>) outs(%13 : tensor<1x2x5x5xi1>) {
  ^bb0(%in: i1, %out: i1):
    linalg.yield %in : i1
  } -> tensor<1x2x5x5xi1>
  %15 = tensor.empty() : tensor<1x2x5x5xf32>
  %16 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%14, %6 : tensor<1x2x5x5xi1>, tensor<1x2x5x5xf32>) outs(%15 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: i1, %in_9: f32, %out: f32):
    %58 = arith.select %in, %in_9, %cst_0 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x5xf32>
  %17 = tensor.empty() : tensor<1x2x5xf32>
  %18 = linalg.fill ins(%cst_0 : f32) outs(%17 : tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
  %19 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%16 : tensor<1x2x5x5xf32>) outs(%18 : tensor<1x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.maximumf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5xf32>
  %20 = tensor.empty() : tensor<1x2x5x5xf32>
  %21 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%19 : tensor<1x2x5xf32>) outs(%20 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x5xf32>
  %22 = tensor.empty() : tensor<1x2x5x5xf32>
  %23 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%16, %21 : tensor<1x2x5x5xf32>, tensor<1x2x5x5xf32>) outs(%22 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.subf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x5xf32>
  %24 = tensor.empty() : tensor<1x2x5x5xf32>
  %25 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<1x2x5x5xf32>) outs(%24 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.exp %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x5xf32>
  %26 = tensor.empty() : tensor<1x2x5xf32>
  %27 = linalg.fill ins(%cst_2 : f32) outs(%26 : tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
  %28 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%25 : tensor<1x2x5x5xf32>) outs(%27 : tensor<1x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %out, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5xf32>
  %29 = tensor.empty() : tensor<1x2x5x5xf32>
  %30 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%28 : tensor<1x2x5xf32>) outs(%29 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x5xf32>
  %31 = tensor.empty() : tensor<1x2x5x5xf32>
  %32 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%25, %30 : tensor<1x2x5x5xf32>, tensor<1x2x5x5xf32>) outs(%31 : tensor<1x2x5x5xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.divf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x5xf32>
  %collapsed_4 = tensor.collapse_shape %32 [[0, 1], [2], [3]] : tensor<1x2x5x5xf32> into tensor<2x5x5xf32>
  %collapsed_5 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<1x2x5x4xf32> into tensor<2x5x4xf32>
  %33 = tensor.empty() : tensor<2x5x4xf32>
  %34 = linalg.fill ins(%cst_2 : f32) outs(%33 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %35 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<2x5x5xf32>, tensor<2x5x4xf32>) outs(%34 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %expanded_6 = tensor.expand_shape %35 [[0, 1], [2], [3]] output_shape [1, 2, 5, 4] : tensor<2x5x4xf32> into tensor<1x2x5x4xf32>
  %36 = tensor.empty() : tensor<1xf32>
  %37 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%36 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %38 = tensor.empty() : tensor<1xf32>
  %39 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%37 : tensor<1xf32>) outs(%38 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.addf %in, %cst : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %40 = tensor.empty() : tensor<1xf32>
  %41 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%39 : tensor<1xf32>) outs(%40 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.divf %cst, %in : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %42 = tensor.empty() : tensor<1xf32>
  %43 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%arg4 : tensor<1xf32>) outs(%42 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = arith.mulf %in, %cst_1 : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %44 = tensor.empty() : tensor<1xf32>
  %45 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel"]} ins(%39 : tensor<1xf32>) outs(%44 : tensor<1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %58 = math.sqrt %in : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %46 = tensor.empty() : tensor<1xf32>
  %47 = linalg.generic {indexing_maps = [#map7, #map7, #map7], iterator_types = ["parallel"]} ins(%43, %45 : tensor<1xf32>, tensor<1xf32>) outs(%46 : tensor<1xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.divf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1xf32>
  %expanded_7 = tensor.expand_shape %41 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %expanded_8 = tensor.expand_shape %47 [[0, 1, 2, 3]] output_shape [1, 1, 1, 1] : tensor<1xf32> into tensor<1x1x1x1xf32>
  %48 = tensor.empty() : tensor<1x2x5x4xf32>
  %49 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_7 : tensor<1x1x1x1xf32>) outs(%48 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x4xf32>
  %50 = tensor.empty() : tensor<1x2x5x4xf32>
  %51 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%49, %arg3 : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) outs(%50 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.mulf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x4xf32>
  %52 = tensor.empty() : tensor<1x2x5x4xf32>
  %53 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_8 : tensor<1x1x1x1xf32>) outs(%52 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<1x2x5x4xf32>
  %54 = tensor.empty() : tensor<1x2x5x4xf32>
  %55 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%53, %expanded_6 : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) outs(%54 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.mulf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x4xf32>
  %56 = tensor.empty() : tensor<1x2x5x4xf32>
  %57 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%51, %55 : tensor<1x2x5x4xf32>, tensor<1x2x5x4xf32>) outs(%56 : tensor<1x2x5x4xf32>) {
  ^bb0(%in: f32, %in_9: f32, %out: f32):
    %58 = arith.addf %in, %in_9 : f32
    linalg.yield %58 : f32
  } -> tensor<1x2x5x4xf32>
  return %57 : tensor<1x2x5x4xf32>
}

func.func @residual(%arg0: tensor<2x2x5x4xf32>, %arg1: tensor<2x2x5x4xf32>, %arg2: tensor<2x2x5x4xf32>, %arg3: tensor<2x2x5x4xf32>, %arg4: tensor<2xf32>) -> tensor<2x2x5x4xf32> {
  %cst = arith.constant 0xFF800000 : f32
  %cst_0 = arith.constant 5.000000e-01 : f32
  %cst_1 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<2x2x4x5xf32>
  %1 = linalg.generic {indexing_maps = [#map17, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x2x5x4xf32>) outs(%0 : tensor<2x2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x4x5xf32>
  %collapsed = tensor.collapse_shape %arg0 [[0, 1], [2], [3]] : tensor<2x2x5x4xf32> into tensor<4x5x4xf32>
  %collapsed_2 = tensor.collapse_shape %1 [[0, 1], [2], [3]] : tensor<2x2x4x5xf32> into tensor<4x4x5xf32>
  %2 = tensor.empty() : tensor<4x5x5xf32>
  %3 = linalg.fill ins(%cst_1 : f32) outs(%2 : tensor<4x5x5xf32>) -> tensor<4x5x5xf32>
  %4 = linalg.batch_matmul ins(%collapsed, %collapsed_2 : tensor<4x5x4xf32>, tensor<4x4x5xf32>) outs(%3 : tensor<4x5x5xf32>) -> tensor<4x5x5xf32>
  %expanded = tensor.expand_shape %4 [[0, 1], [2], [3]] output_shape [2, 2, 5, 5] : tensor<4x5x5xf32> into tensor<2x2x5x5xf32>
  %5 = tensor.empty() : tensor<2x2x5x5xf32>
  %6 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded : tensor<2x2x5x5xf32>) outs(%5 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = arith.mulf %in, %cst_0 : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x5xf32>
  %7 = tensor.empty() : tensor<2x2x5xf32>
  %8 = linalg.fill ins(%cst : f32) outs(%7 : tensor<2x2x5xf32>) -> tensor<2x2x5xf32>
  %9 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%6 : tensor<2x2x5x5xf32>) outs(%8 : tensor<2x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = arith.maximumf %out, %in : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5xf32>
  %10 = tensor.empty() : tensor<2x2x5x5xf32>
  %11 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%9 : tensor<2x2x5xf32>) outs(%10 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x5x5xf32>
  %12 = tensor.empty() : tensor<2x2x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6, %11 : tensor<2x2x5x5xf32>, tensor<2x2x5x5xf32>) outs(%12 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.subf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x5xf32>
  %14 = tensor.empty() : tensor<2x2x5x5xf32>
  %15 = linalg.generic {indexing_maps = [#map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%13 : tensor<2x2x5x5xf32>) outs(%14 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = math.exp %in : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x5xf32>
  %16 = tensor.empty() : tensor<2x2x5xf32>
  %17 = linalg.fill ins(%cst_1 : f32) outs(%16 : tensor<2x2x5xf32>) -> tensor<2x2x5xf32>
  %18 = linalg.generic {indexing_maps = [#map3, #map16], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%15 : tensor<2x2x5x5xf32>) outs(%17 : tensor<2x2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %32 = arith.addf %out, %in : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5xf32>
  %19 = tensor.empty() : tensor<2x2x5x5xf32>
  %20 = linalg.generic {indexing_maps = [#map16, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%18 : tensor<2x2x5xf32>) outs(%19 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x5x5xf32>
  %21 = tensor.empty() : tensor<2x2x5x5xf32>
  %22 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15, %20 : tensor<2x2x5x5xf32>, tensor<2x2x5x5xf32>) outs(%21 : tensor<2x2x5x5xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.divf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x5xf32>
  %expanded_3 = tensor.expand_shape %arg4 [[0, 1, 2, 3]] output_shape [2, 1, 1, 1] : tensor<2xf32> into tensor<2x1x1x1xf32>
  %collapsed_4 = tensor.collapse_shape %22 [[0, 1], [2], [3]] : tensor<2x2x5x5xf32> into tensor<4x5x5xf32>
  %collapsed_5 = tensor.collapse_shape %arg2 [[0, 1], [2], [3]] : tensor<2x2x5x4xf32> into tensor<4x5x4xf32>
  %23 = tensor.empty() : tensor<4x5x4xf32>
  %24 = linalg.fill ins(%cst_1 : f32) outs(%23 : tensor<4x5x4xf32>) -> tensor<4x5x4xf32>
  %25 = linalg.batch_matmul ins(%collapsed_4, %collapsed_5 : tensor<4x5x5xf32>, tensor<4x5x4xf32>) outs(%24 : tensor<4x5x4xf32>) -> tensor<4x5x4xf32>
  %expanded_6 = tensor.expand_shape %25 [[0, 1], [2], [3]] output_shape [2, 2, 5, 4] : tensor<4x5x4xf32> into tensor<2x2x5x4xf32>
  %26 = tensor.empty() : tensor<2x2x5x4xf32>
  %27 = linalg.generic {indexing_maps = [#map8, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_3 : tensor<2x1x1x1xf32>) outs(%26 : tensor<2x2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x2x5x4xf32>
  %28 = tensor.empty() : tensor<2x2x5x4xf32>
  %29 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%27, %expanded_6 : tensor<2x2x5x4xf32>, tensor<2x2x5x4xf32>) outs(%28 : tensor<2x2x5x4xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.mulf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x4xf32>
  %30 = tensor.empty() : tensor<2x2x5x4xf32>
  %31 = linalg.generic {indexing_maps = [#map3, #map3, #map3], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg3, %29 : tensor<2x2x5x4xf32>, tensor<2x2x5x4xf32>) outs(%30 : tensor<2x2x5x4xf32>) {
  ^bb0(%in: f32, %in_7: f32, %out: f32):
    %32 = arith.addf %in, %in_7 : f32
    linalg.yield %32 : f32
  } -> tensor<2x2x5x4xf32>
  return %31 : tensor<2x2x5x4xf32>
}

func.func @projected(%arg0: tensor<2x5x4xf32>, %arg1: tensor<4x4xf32>, %arg2: tensor<2x1x1xf32>) -> tensor<2x5x4xf32> {
  %cst = arith.constant 2.500000e-01 : f32
  %cst_0 = arith.constant 0xFF800000 : f32
  %cst_1 = arith.constant 5.000000e-01 : f32
  %cst_2 = arith.constant 0.000000e+00 : f32
  %0 = tensor.empty() : tensor<2x4x5xf32>
  %1 = linalg.generic {indexing_maps = [#map19, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x5x4xf32>) outs(%0 : tensor<2x4x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x4x5xf32>
  %2 = tensor.empty() : tensor<2x5x5xf32>
  %3 = linalg.fill ins(%cst_2 : f32) outs(%2 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %4 = linalg.batch_matmul ins(%arg0, %1 : tensor<2x5x4xf32>, tensor<2x4x5xf32>) outs(%3 : tensor<2x5x5xf32>) -> tensor<2x5x5xf32>
  %5 = tensor.empty() : tensor<2x5x5xf32>
  %6 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<2x5x5xf32>) outs(%5 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.mulf %in, %cst_1 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x5xf32>
  %7 = tensor.empty() : tensor<2x5xf32>
  %8 = linalg.fill ins(%cst_0 : f32) outs(%7 : tensor<2x5xf32>) -> tensor<2x5xf32>
  %9 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%6 : tensor<2x5x5xf32>) outs(%8 : tensor<2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.maximumf %out, %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x5xf32>
  %10 = tensor.empty() : tensor<2x5x5xf32>
  %11 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9 : tensor<2x5xf32>) outs(%10 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x5xf32>
  %12 = tensor.empty() : tensor<2x5x5xf32>
  %13 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6, %11 : tensor<2x5x5xf32>, tensor<2x5x5xf32>) outs(%12 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.subf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x5xf32>
  %14 = tensor.empty() : tensor<2x5x5xf32>
  %15 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%13 : tensor<2x5x5xf32>) outs(%14 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = math.exp %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x5xf32>
  %16 = tensor.empty() : tensor<2x5xf32>
  %17 = linalg.fill ins(%cst_2 : f32) outs(%16 : tensor<2x5xf32>) -> tensor<2x5xf32>
  %18 = linalg.generic {indexing_maps = [#map20, #map21], iterator_types = ["parallel", "parallel", "reduction"]} ins(%15 : tensor<2x5x5xf32>) outs(%17 : tensor<2x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.addf %out, %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x5xf32>
  %19 = tensor.empty() : tensor<2x5x5xf32>
  %20 = linalg.generic {indexing_maps = [#map21, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%18 : tensor<2x5xf32>) outs(%19 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x5xf32>
  %21 = tensor.empty() : tensor<2x5x5xf32>
  %22 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15, %20 : tensor<2x5x5xf32>, tensor<2x5x5xf32>) outs(%21 : tensor<2x5x5xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.divf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x5xf32>
  %23 = tensor.empty() : tensor<2x5x4xf32>
  %24 = linalg.fill ins(%cst_2 : f32) outs(%23 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %25 = linalg.batch_matmul ins(%22, %arg0 : tensor<2x5x5xf32>, tensor<2x5x4xf32>) outs(%24 : tensor<2x5x4xf32>) -> tensor<2x5x4xf32>
  %collapsed = tensor.collapse_shape %25 [[0, 1], [2]] : tensor<2x5x4xf32> into tensor<10x4xf32>
  %26 = tensor.empty() : tensor<10x4xf32>
  %27 = linalg.fill ins(%cst_2 : f32) outs(%26 : tensor<10x4xf32>) -> tensor<10x4xf32>
  %28 = linalg.matmul ins(%collapsed, %arg1 : tensor<10x4xf32>, tensor<4x4xf32>) outs(%27 : tensor<10x4xf32>) -> tensor<10x4xf32>
  %expanded = tensor.expand_shape %28 [[0, 1], [2]] output_shape [2, 5, 4] : tensor<10x4xf32> into tensor<2x5x4xf32>
  %29 = tensor.empty() : tensor<2x1x1xf32>
  %30 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x1x1xf32>) outs(%29 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.mulf %in, %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %31 = tensor.empty() : tensor<2x1x1xf32>
  %32 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%30 : tensor<2x1x1xf32>) outs(%31 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.addf %in, %cst : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %33 = tensor.empty() : tensor<2x1x1xf32>
  %34 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%32 : tensor<2x1x1xf32>) outs(%33 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.divf %cst, %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %35 = tensor.empty() : tensor<2x1x1xf32>
  %36 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x1x1xf32>) outs(%35 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = arith.mulf %in, %cst_1 : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %37 = tensor.empty() : tensor<2x1x1xf32>
  %38 = linalg.generic {indexing_maps = [#map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%32 : tensor<2x1x1xf32>) outs(%37 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %51 = math.sqrt %in : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %39 = tensor.empty() : tensor<2x1x1xf32>
  %40 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%36, %38 : tensor<2x1x1xf32>, tensor<2x1x1xf32>) outs(%39 : tensor<2x1x1xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.divf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x1x1xf32>
  %41 = tensor.empty() : tensor<2x5x4xf32>
  %42 = linalg.generic {indexing_maps = [#map22, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%34 : tensor<2x1x1xf32>) outs(%41 : tensor<2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x4xf32>
  %43 = tensor.empty() : tensor<2x5x4xf32>
  %44 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%42, %arg0 : tensor<2x5x4xf32>, tensor<2x5x4xf32>) outs(%43 : tensor<2x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.mulf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x4xf32>
  %45 = tensor.empty() : tensor<2x5x4xf32>
  %46 = linalg.generic {indexing_maps = [#map22, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%40 : tensor<2x1x1xf32>) outs(%45 : tensor<2x5x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<2x5x4xf32>
  %47 = tensor.empty() : tensor<2x5x4xf32>
  %48 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%46, %expanded : tensor<2x5x4xf32>, tensor<2x5x4xf32>) outs(%47 : tensor<2x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.mulf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x4xf32>
  %49 = tensor.empty() : tensor<2x5x4xf32>
  %50 = linalg.generic {indexing_maps = [#map20, #map20, #map20], iterator_types = ["parallel", "parallel", "parallel"]} ins(%44, %48 : tensor<2x5x4xf32>, tensor<2x5x4xf32>) outs(%49 : tensor<2x5x4xf32>) {
  ^bb0(%in: f32, %in_3: f32, %out: f32):
    %51 = arith.addf %in, %in_3 : f32
    linalg.yield %51 : f32
  } -> tensor<2x5x4xf32>
  return %50 : tensor<2x5x4xf32>
}
