// RUN: rcm-opt %s -split-input-file -verify-diagnostics

// One case per numbered constraint of docs/Spec.md.

func.func @attention_c1_three_destinations(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>, %l: tensor<3xf32>) {
  // expected-error @below {{expected 1 or 2 destinations in `outs`, got 3}}
  %0:3 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o, %l, %l : tensor<3x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3x4xf32>, tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @attention_c2_tensors_and_memrefs(%q: tensor<3x4xf32>, %k: memref<5x4xf32>, %v: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected all shaped operands to be tensors as the destination is, got operand #1 of type 'memref<5x4xf32>'}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : tensor<3x4xf32>, memref<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c2_missing_result(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected 1 results, one per tensor destination, got 0}}
  rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>)
  return
}

// -----

func.func @attention_c3_number_of_maps(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected 4 indexing maps, one per operand, got 1}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (m, k)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_rank_without_default(%q: tensor<1x1x1x3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected rank of `query` to have a default indexing map, got rank 5 without `indexing_maps`}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<1x1x1x3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_number_of_dimensions(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `key` to have the 6 dimensions (b, h, m, n, k, d) and no symbols, got affine_map<(d0, d1) -> (d0, d1)>}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (m, k)>, affine_map<(n, k) -> (n, k)>,
          affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_number_of_results(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `key` to have one result per dimension, got 1 for rank 2}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (m, k)>, affine_map<(b, h, m, n, k, d) -> (k)>,
          affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_foreign_dimension(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `query` to select distinct dimensions of {b, h, m, k}, got affine_map<(d0, d1, d2, d3, d4, d5) -> (d3, d4)>}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (n, k)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
          affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_no_projection(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `query` to select distinct dimensions of {b, h, m, k}}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (m + 1, k)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
          affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_missing_dimension(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `query` to use {m, k}, got affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d0)>}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (m, b)>, affine_map<(b, h, m, n, k, d) -> (n, k)>,
          affine_map<(b, h, m, n, k, d) -> (n, d)>, affine_map<(b, h, m, n, k, d) -> (m, d)>]} -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4_broadcast_of_size_2(%q: tensor<2x3x4xf32>, %k: tensor<2x5x4xf32>, %a: tensor<2x2xf32>, %b: f32, %o: tensor<2x3x4xf32>) {
  // expected-error @below {{expected dimension 1 of `alpha`, which its map reads at 0, to have size 1, got 'tensor<2x2xf32>'}}
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %k, %o : tensor<2x3x4xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<2x3x4xf32>)
      coefficients(%a, %b : tensor<2x2xf32>, f32)
      outs(%o : tensor<2x3x4xf32>) {indexing_maps = [
          affine_map<(b, h, m, n, k, d) -> (b, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, n, k)>,
          affine_map<(b, h, m, n, k, d) -> (b, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, m, d)>,
          affine_map<(b, h, m, n, k, d) -> (b, 0)>, affine_map<(b, h, m, n, k, d) -> ()>,
          affine_map<(b, h, m, n, k, d) -> (b, m, d)>]} -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_c5_batch_not_in_output(%q: tensor<2x3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected indexing map of `out` to use b as `query` does, got affine_map<(d0, d1, d2, d3, d4, d5) -> (d2, d5)>}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<2x3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c6_sizes(%q: tensor<3x4xf32>, %k: tensor<5x8xf32>, %o: tensor<3x8xf32>) {
  // expected-error @below {{expected size of dimension k of `key` to be 4 as in `query`, got 8}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x8xf32>, tensor<5x8xf32>)
      outs(%o : tensor<3x8xf32>) -> tensor<3x8xf32>
  return
}

// -----

func.func @attention_c6_numbers_of_keys(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %v: tensor<6x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected size of dimension n of `value` to be 5 as in `key`, got 6}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : tensor<3x4xf32>, tensor<5x4xf32>, tensor<6x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c7_heads_of_key_and_value(%q: tensor<1x4x3x4xf32>, %k: tensor<1x2x5x4xf32>, %v: tensor<1x4x5x4xf32>, %o: tensor<1x4x3x4xf32>) {
  // expected-error @below {{expected `key` and `value` to have the same number of heads, got 2 and 4}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : tensor<1x4x3x4xf32>, tensor<1x2x5x4xf32>, tensor<1x4x5x4xf32>)
      outs(%o : tensor<1x4x3x4xf32>) -> tensor<1x4x3x4xf32>
  return
}

// -----

func.func @attention_c7_groups(%q: tensor<1x4x3x4xf32>, %k: tensor<1x3x5x4xf32>, %o: tensor<1x4x3x4xf32>) {
  // expected-error @below {{expected number of query heads to be a multiple of the number of key heads 3, got 4}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<1x4x3x4xf32>, tensor<1x3x5x4xf32>, tensor<1x3x5x4xf32>)
      outs(%o : tensor<1x4x3x4xf32>) -> tensor<1x4x3x4xf32>
  return
}

// -----

func.func @attention_c8_no_rows(%q: tensor<0x4xf32>, %k: tensor<5x4xf32>, %o: tensor<0x4xf32>) {
  // expected-error @below {{expected size of dimension m of `query` to be at least 1, got 0}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<0x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<0x4xf32>) -> tensor<0x4xf32>
  return
}

// -----

func.func @attention_c8_no_batch(%q: tensor<0x2x3x4xf32>, %k: tensor<0x2x5x4xf32>, %o: tensor<0x2x3x4xf32>) {
  // expected-error @below {{expected size of dimension b of `query` to be at least 1, got 0}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<0x2x3x4xf32>, tensor<0x2x5x4xf32>, tensor<0x2x5x4xf32>)
      outs(%o : tensor<0x2x3x4xf32>) -> tensor<0x2x3x4xf32>
  return
}

// -----

func.func @attention_c8_no_heads(%q: memref<2x0x3x4xf32>, %k: memref<2x0x5x4xf32>, %o: memref<2x0x3x4xf32>) {
  // expected-error @below {{expected size of dimension h of `query` to be at least 1, got 0}}
  rcm.attention scale(1.0) ins(%q, %k, %k : memref<2x0x3x4xf32>, memref<2x0x5x4xf32>, memref<2x0x5x4xf32>)
      outs(%o : memref<2x0x3x4xf32>)
  return
}

// -----

func.func @attention_c8_no_depth(%q: tensor<3x0xf32>, %k: tensor<5x0xf32>, %v: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected size of dimension k of `query` to be at least 1, got 0}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : tensor<3x0xf32>, tensor<5x0xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c8_no_value_depth(%q: tensor<3x4xf32>, %v: tensor<5x0xf32>, %k: tensor<5x4xf32>, %o: tensor<3x0xf32>) {
  // expected-error @below {{expected size of dimension d of `value` to be at least 1, got 0}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %v : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x0xf32>)
      outs(%o : tensor<3x0xf32>) -> tensor<3x0xf32>
  return
}

// -----

// No keys are fine: every row then gives 0.
func.func @attention_c8_no_keys(%q: tensor<3x4xf32>, %k: tensor<0x4xf32>, %o: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xf32>, tensor<0x4xf32>, tensor<0x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

func.func @attention_c9_scale(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected `scale` to be finite, got}}
  %0 = rcm.attention scale(0x7FF0000000000000) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c10_residual_without_batch(%q: tensor<2x3x4xf32>, %k: tensor<2x5x4xf32>, %x: tensor<3x4xf32>, %a: f32, %o: tensor<2x3x4xf32>) {
  // expected-error @below {{expected indexing map of `residual` to use b as `out` does}}
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %k, %x : tensor<2x3x4xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<3x4xf32>)
      coefficients(%a, %a : f32, f32) outs(%o : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----

func.func @attention_c12_offset_without_causal(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %c: index, %o: tensor<3x4xf32>) {
  // expected-error @below {{expected `causal` beside `offset`, got `offset` alone}}
  %0 = rcm.attention scale(1.0) offset(%c) ins(%q, %k, %k : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_c13_narrow_lse(%q: tensor<1x3x4xf32>, %k: tensor<1x5x4xf32>, %o: tensor<1x3x4xf32>, %l: tensor<1x3xbf16>) {
  // expected-error @below {{expected element type of `lse` to be f32 or f64, got 'bf16'}}
  %0:2 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<1x3x4xf32>, tensor<1x5x4xf32>, tensor<1x5x4xf32>)
      outs(%o, %l : tensor<1x3x4xf32>, tensor<1x3xbf16>) -> tensor<1x3x4xf32>, tensor<1x3xbf16>
  return
}

// -----

// Types are checked by the operand constraints.
func.func @attention_integer_elements(%q: tensor<3x4xi8>, %k: tensor<5x4xf32>, %o: tensor<3x4xf32>) {
  // expected-error @below {{operand #0 must be ranked tensor or memref of f16, bf16, f32 or f64 values, but got 'tensor<3x4xi8>'}}
  %0 = rcm.attention scale(1.0) ins(%q, %k, %k : tensor<3x4xi8>, tensor<5x4xf32>, tensor<5x4xf32>)
      outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @attention_narrow_coefficient(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %a: f16, %o: tensor<3x4xf32>) {
  // expected-error @below {{operand #4 must be f32 or f64 scalar, or ranked tensor or memref of f32 or f64 values, but got 'f16'}}
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %k, %o : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>, tensor<3x4xf32>)
      coefficients(%a, %a : f16, f16) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @coefficients_c14_destinations(%t: tensor<3xf32>, %o: tensor<3xf32>) {
  // expected-error @below {{expected 2 destinations for `t` of type 'tensor<3xf32>', got 1}}
  %0 = rcm.skip_coefficients edm ins(%t : tensor<3xf32>) outs(%o : tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @coefficients_c15_results(%t: f32) {
  // expected-error @below {{expected 2 results for `t` of type 'f32', got 1}}
  %0 = rcm.skip_coefficients edm ins(%t : f32) -> f32
  return
}

// -----

func.func @coefficients_c16_types(%t: tensor<3xf32>, %o: tensor<4xf32>) {
  // expected-error @below {{expected coefficients of the type of `t`, 'tensor<3xf32>', got 'tensor<4xf32>'}}
  %0:2 = rcm.skip_coefficients edm ins(%t : tensor<3xf32>) outs(%o, %o : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @coefficients_c17_sigma(%t: f32) {
  // expected-error @below {{expected `sigma_data` to be finite and positive, got 0.0}}
  %0:2 = rcm.skip_coefficients edm sigma_data(0.0) ins(%t : f32) -> f32, f32
  return
}

// -----

func.func @coefficients_c18_sigma_of_rectified_flow(%t: f32) {
  // expected-error @below {{expected `sigma_data` of `rectified_flow_trigflow` to be 1, got}}
  %0:2 = rcm.skip_coefficients rectified_flow_trigflow sigma_data(0.5) ins(%t : f32) -> f32, f32
  return
}
