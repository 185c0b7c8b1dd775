// RUN: rcm-opt %s -split-input-file -verify-diagnostics --convert-rcm-to-rcm-tile

func.func @dynamic_head_dimension(%q: memref<1x1x8x?xbf16>, %out: memref<1x1x8x?xbf16>) {
  // expected-error @+1 {{expected head dimension of `k` to be static and 1 to 256, got a dynamic size}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x?xbf16>, memref<1x1x8x?xbf16>, memref<1x1x8x?xbf16>)
    outs(%out : memref<1x1x8x?xbf16>)
  return
}

// -----

func.func @f64(%q: memref<1x1x8x64xf64>, %out: memref<1x1x8x64xf64>) {
  // expected-error @+1 {{expected element type of `q` to be f16, bf16 or f32, got 'f64'}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x64xf64>, memref<1x1x8x64xf64>, memref<1x1x8x64xf64>)
    outs(%out : memref<1x1x8x64xf64>)
  return
}

// -----

func.func @log_sum_exp_alone(%q: memref<1x1x8x64xbf16>, %alpha: f32, %out: memref<1x1x8x64xbf16>, %lse: memref<1x1x8xf32>) {
  %zero = arith.constant 0.0 : f32
  // expected-error @+1 {{expected no log-sum-exp output where the attention's coefficient is the literal 0, got one}}
  rcm.attention_skip scale(0.125) ins(%q, %q, %q, %q : memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>)
    coefficients(%alpha, %zero : f32, f32) outs(%out, %lse : memref<1x1x8x64xbf16>, memref<1x1x8xf32>)
  return
}

// -----

func.func @no_room(%q: memref<1x1x8x256xbf16>, %out: memref<1x1x8x256xbf16>) {
  // expected-error @+1 {{expected registers per consumer thread to be at most 160, got 64 (S) + 132 (O) + 0 (partial O) + 24 = 220}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>)
    outs(%out : memref<1x1x8x256xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 2, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

// -----

func.func @promoted_in_registers(%q: memref<1x1x8x256xbf16>, %out: memref<1x1x8x256xbf16>) {
  // expected-error @+1 {{expected registers per consumer thread to be at most 240, got 64 (S) + 132 (O) + 132 (partial O) + 24 = 352}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>)
    outs(%out : memref<1x1x8x256xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 2, query_tile = 128, key_tile = 128, stages = 2, accumulation = promoted, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

// -----

func.func @bias_beside_three_consumers(%q: memref<1x1x8x128xbf16>, %bias: memref<1x1x8x8xf32>, %out: memref<1x1x8x128xbf16>) {
  // expected-error @+1 {{expected registers per consumer thread to be at most 160, got 64 (S) + 68 (O) + 0 (partial O) + 40 = 172}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>) bias(%bias : memref<1x1x8x8xf32>)
    outs(%out : memref<1x1x8x128xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 2, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

// -----

func.func @too_many_stages(%q: memref<1x1x8x128xbf16>, %out: memref<1x1x8x128xbf16>) {
  // expected-error @+1 {{expected shared memory to be at most 232448 bytes, got 24576 (Q) + 49152 (R) + 98304 (K) + 104448 (V) + 3744 (coefficients, barriers) = 280224}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>)
    outs(%out : memref<1x1x8x128xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 6, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

// -----

func.func @half_key_tile(%q: memref<1x1x8x128xbf16>, %out: memref<1x1x8x128xbf16>) {
  // expected-error @+1 {{expected `key_tile` to be 128, the keys of one scale, got 64}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>)
    outs(%out : memref<1x1x8x128xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 64, stages = 4, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}

// -----

func.func @row_sum(%q: memref<1x1x8x128xbf16>, %out: memref<1x1x8x128xbf16>) {
  // expected-error @+1 {{expected `row_sum` to be matrix, which the smoothed V needs, got add}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>, memref<1x1x8x128xbf16>)
    outs(%out : memref<1x1x8x128xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = add, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}
