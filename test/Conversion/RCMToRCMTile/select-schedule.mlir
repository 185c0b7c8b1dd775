// RUN: rcm-opt %s --rcm-select-schedule | FileCheck %s
// RUN: rcm-opt %s --rcm-select-schedule=accumulation=direct | FileCheck %s --check-prefix=DIRECT

// Three consumers and the deepest ring that fits; sums leave the matrix unit
// every 4096 keys.
// CHECK-LABEL: func.func @plain
// CHECK: rcm.attention {{.*}}rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = promoted, promotion_tiles = 32, conversion = lazy, row_sum = matrix, scales = thread, rescale_threshold = 2.000000e+00 : f64, recipe = int8_e4m3>
// DIRECT-LABEL: func.func @plain
// DIRECT: accumulation = direct, promotion_tiles = 1
func.func @plain(%q: memref<1x4x?x128xbf16>, %out: memref<1x4x?x128xbf16>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) outs(%out : memref<1x4x?x128xbf16>)
  return
}

// O of 256 columns needs the registers of two consumers.
// CHECK-LABEL: func.func @wide
// CHECK: consumer_warpgroups = 2, query_tile = 128, key_tile = 128, stages = 2
func.func @wide(%q: memref<1x4x?x256xbf16>, %out: memref<1x4x?x256xbf16>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x256xbf16>, memref<1x4x?x256xbf16>, memref<1x4x?x256xbf16>) outs(%out : memref<1x4x?x256xbf16>)
  return
}

// So do the addresses of a bias; a bias beside fewer columns leaves room.
// CHECK-LABEL: func.func @bias
// CHECK: consumer_warpgroups = 2
// CHECK: consumer_warpgroups = 3
func.func @bias(%q: memref<1x4x?x128xbf16>, %r: memref<1x4x?x64xbf16>, %bias: memref<1x4x?x?xf32>, %out: memref<1x4x?x128xbf16>, %out64: memref<1x4x?x64xbf16>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) bias(%bias : memref<1x4x?x?xf32>) outs(%out : memref<1x4x?x128xbf16>)
  rcm.attention scale(0.125) ins(%r, %r, %r : memref<1x4x?x64xbf16>, memref<1x4x?x64xbf16>, memref<1x4x?x64xbf16>) bias(%bias : memref<1x4x?x?xf32>) outs(%out64 : memref<1x4x?x64xbf16>)
  return
}

// A schedule written by hand stays, and the kernel obeys it.
// CHECK-LABEL: func.func @given
// CHECK: consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 3, accumulation = promoted, promotion_tiles = 8
func.func @given(%q: memref<1x4x?x128xbf16>, %out: memref<1x4x?x128xbf16>) {
  rcm.attention scale(0.125) ins(%q, %q, %q : memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>, memref<1x4x?x128xbf16>) outs(%out : memref<1x4x?x128xbf16>)
    {rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = 1, query_tile = 64, key_tile = 128, stages = 3, accumulation = promoted, promotion_tiles = 8, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}
  return
}
