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

func.func @log_sum_exp(%q: memref<1x1x8x64xbf16>, %out: memref<1x1x8x64xbf16>, %lse: memref<1x1x8xf32>) {
  // expected-error @+1 {{expected no log-sum-exp output with the recipe int8-e4m3, got one}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>)
    outs(%out, %lse : memref<1x1x8x64xbf16>, memref<1x1x8xf32>)
  return
}

// -----

func.func @no_room(%q: memref<1x1x8x256xbf16>, %out: memref<1x1x8x256xbf16>) {
  // expected-error @+1 {{expected registers per consumer thread to be at most 160, got 64 (S) + 132 (O) + 0 (partial O) + 24 = 220}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>)
    outs(%out : memref<1x1x8x256xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 2, accumulation = direct, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}
