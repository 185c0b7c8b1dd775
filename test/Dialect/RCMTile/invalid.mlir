// RUN: rcm-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{expected rows of fragment to be 64, got 32}}
func.func private @fragment_rows(!rcm_tile.fragment<32x128xi32, wgmma_accumulator>)

// -----

// expected-error @+1 {{expected a fragment layout, got `diagonal`}}
func.func private @fragment_layout(!rcm_tile.fragment<64x128xi32, diagonal>)

// -----

// expected-error @+1 {{expected row bytes of swizzled shared tile to be a multiple of 128, got 64}}
func.func private @shared_panels(!rcm_tile.shared<64x64xi8, 128>)

// -----

func.func @qk_depth(%q: !rcm_tile.shared<64x128xi8, 128>, %k: !rcm_tile.shared<128x256xi8, 128>) {
  // expected-error @+1 {{expected columns of `key` to be 128, got 256}}
  %s = rcm_tile.qk %q, %k : !rcm_tile.shared<64x128xi8, 128>, !rcm_tile.shared<128x256xi8, 128> -> <<64x128xi32, wgmma_accumulator>>
  return
}

// -----

func.func @slice_column(%s: !rcm_tile.fragment<64x128xf32, wgmma_accumulator>) {
  // expected-error @+1 {{expected `column` to be a multiple of 8 and at most 112, got 120}}
  %0 = rcm_tile.slice %s column 120 : !rcm_tile.fragment<64x128xf32, wgmma_accumulator> -> !rcm_tile.fragment<64x16xf32, wgmma_accumulator>
  return
}

// -----

func.func @barrier_offset(%i: i32) {
  // expected-error @+1 {{expected `offset` to be a multiple of 8 below 232448, got 4}}
  %0 = rcm_tile.barrier_at 4[%i]
  return
}

// -----

// schedule_c2
// expected-error @+1 {{expected `query_tile` to be 64 * `consumer_warpgroups` = 192, got 128}}
func.func private @schedule_c2() attributes {s = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 128, key_tile = 128, stages = 4, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}

// -----

// schedule_c4
// expected-error @+1 {{expected `stages` to be 2 to 8, got 1}}
func.func private @schedule_c4() attributes {s = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 1, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}

// -----

// schedule_c6
// expected-error @+1 {{expected `promotion_tiles` to be a power of two from 1 to 4096, got 48}}
func.func private @schedule_c6() attributes {s = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = promoted, promotion_tiles = 48, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}

// -----

// schedule_c7
// expected-error @+1 {{expected `order` to be 0 to 2147483647, got -1}}
func.func private @schedule_c7() attributes {s = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = direct, promotion_tiles = 1, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3, order = -1>}

// -----

// schedule_c6
// expected-error @+1 {{expected `promotion_tiles` to be 1 under direct accumulation, got 32}}
func.func private @schedule_c6() attributes {s = #rcm_tile.schedule<consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4, accumulation = direct, promotion_tiles = 32, conversion = lazy, row_sum = matrix, scales = warp, rescale_threshold = 2.0 : f64, recipe = int8_e4m3>}

// -----

func.func @stash_memory(%o: !rcm_tile.fragment<64x128xf32, wgmma_accumulator>, %m: !rcm_tile.fragment<64xf32, wgmma_rows>, %kept: memref<?xf16>, %at: i64, %yes: i1) {
  // expected-error @+1 {{expected element type of `memory` to be 'f32', got 'f16'}}
  %0 = rcm_tile.stash %o, %m, %kept[%at] when %yes held %yes : !rcm_tile.fragment<64x128xf32, wgmma_accumulator>, !rcm_tile.fragment<64xf32, wgmma_rows>, memref<?xf16>
  return
}

// -----

func.func @qk_types(%q: !rcm_tile.shared<64x64xbf16, 128>, %k: !rcm_tile.shared<64x64xf16, 128>) {
  // expected-error @+1 {{expected element type of `key` to be 'bf16', got 'f16'}}
  %s = rcm_tile.qk %q, %k : !rcm_tile.shared<64x64xbf16, 128>, !rcm_tile.shared<64x64xf16, 128> -> <<64x64xf32, wgmma_accumulator>>
  return
}

// -----

func.func @pv_columns(%p: !rcm_tile.fragment<64x32xbf16, wgmma_operand_a>, %v: !rcm_tile.shared<64x128xbf16, 128>) {
  // expected-error @+1 {{expected type of `result` to be '!rcm_tile.fragment<64x128xf32, wgmma_accumulator>', got '!rcm_tile.fragment<64x64xf32, wgmma_accumulator>'}}
  %o = rcm_tile.pv %p, %v step 0 : !rcm_tile.fragment<64x32xbf16, wgmma_operand_a>, !rcm_tile.shared<64x128xbf16, 128> -> <<64x64xf32, wgmma_accumulator>>
  return
}

// -----

func.func @pv_step(%p: !rcm_tile.fragment<64x32xbf16, wgmma_operand_a>, %v: !rcm_tile.shared<64x128xbf16, 128>) {
  // expected-error @+1 {{expected `step` to be below 2, got 2}}
  %o = rcm_tile.pv %p, %v step 2 : !rcm_tile.fragment<64x32xbf16, wgmma_operand_a>, !rcm_tile.shared<64x128xbf16, 128> -> <<64x128xf32, wgmma_accumulator>>
  return
}

// -----

func.func @operand_columns(%s: !rcm_tile.fragment<64x24xbf16, wgmma_accumulator>) {
  // expected-error @+1 {{expected columns of `source` to be a multiple of 16, got 24}}
  %p = rcm_tile.as_operand %s : !rcm_tile.fragment<64x24xbf16, wgmma_accumulator> -> !rcm_tile.fragment<64x32xbf16, wgmma_operand_a>
  return
}

// -----

func.func @parts(%s: !rcm_tile.fragment<64xf32, wgmma_rows>) {
  // expected-error @+1 {{expected type of `source` to be '!rcm_tile.fragment<64xf32, wgmma_row_parts>', got '!rcm_tile.fragment<64xf32, wgmma_rows>'}}
  %r = rcm_tile.reduce_parts %s : !rcm_tile.fragment<64xf32, wgmma_rows> -> !rcm_tile.fragment<64xf32, wgmma_rows>
  return
}
