// RUN: rcm-opt %s -split-input-file -verify-diagnostics --convert-rcm-to-rcm-tile=recipe=bf16

func.func @other_type(%q: memref<1x1x8x64xf16>, %out: memref<1x1x8x64xf16>) {
  // expected-error @+1 {{expected element type of `q` to be 'bf16' for the recipe bf16, got 'f16'}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x64xf16>, memref<1x1x8x64xf16>, memref<1x1x8x64xf16>)
    outs(%out : memref<1x1x8x64xf16>)
  return
}

// -----

func.func @unaligned(%q: memref<1x1x8x20xbf16>, %out: memref<1x1x8x20xbf16>) {
  // expected-error @+1 {{expected strides of `q` to be multiples of 16 bytes for the recipe bf16, got 20 elements}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x20xbf16>, memref<1x1x8x20xbf16>, memref<1x1x8x20xbf16>)
    outs(%out : memref<1x1x8x20xbf16>)
  return
}

// -----

#t = strided<[8192, 8192, 1, 128]>
func.func @transposed(%q: memref<1x1x8x64xbf16>, %k: memref<1x1x8x64xbf16, #t>, %out: memref<1x1x8x64xbf16>) {
  // expected-error @+1 {{expected stride of `k` along its rows to be 1 for the recipe bf16, got 128}}
  rcm.attention scale(0.125) ins(%q, %k, %q : memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16, #t>, memref<1x1x8x64xbf16>)
    outs(%out : memref<1x1x8x64xbf16>)
  return
}

// -----

func.func @schedule_recipe(%q: memref<1x1x8x64xbf16>, %out: memref<1x1x8x64xbf16>) {
  // expected-error @+1 {{expected recipe of the schedule to be bf16, got f16}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>, memref<1x1x8x64xbf16>)
    outs(%out : memref<1x1x8x64xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 1, query_tile = 64, key_tile = 64, stages = 2, accumulation = direct, promotion_tiles = 1, conversion = eager, row_sum = add, scales = warp, rescale_threshold = 8.0 : f64, recipe = f16>}
  return
}

// -----

func.func @no_room(%q: memref<1x1x8x256xbf16>, %out: memref<1x1x8x256xbf16>) {
  // expected-error @+1 {{expected registers per thread to be at most 168, got 64 (S) + 128 (O) + 64 = 256}}
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>, memref<1x1x8x256xbf16>)
    outs(%out : memref<1x1x8x256xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 2, accumulation = direct, promotion_tiles = 1, conversion = eager, row_sum = add, scales = warp, rescale_threshold = 8.0 : f64, recipe = bf16>}
  return
}
