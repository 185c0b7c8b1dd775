// The round trip: what convert-rcm-to-linalg writes is found again as the same
// op, with the same maps, coefficients and types.
// RUN: rcm-opt %s --canonicalize --cse -o %t.before
// RUN: rcm-opt %s --convert-rcm-to-linalg --rcm-fuse-attention-skip --rcm-fuse-attention --canonicalize --cse -o %t.after
// RUN: diff %t.before %t.after
// RUN: rcm-opt %s --convert-rcm-to-linalg --canonicalize --cse --rcm-fuse-attention-skip --rcm-fuse-attention --canonicalize --cse -o %t.canonical
// RUN: diff %t.before %t.canonical
// RUN: FileCheck %s < %t.before
// CHECK-COUNT-43: rcm.attention

func.func @plain_f16(%q: tensor<2x3x5x8xf16>, %k: tensor<2x3x7x8xf16>, %v: tensor<2x3x7x4xf16>) -> tensor<2x3x5x4xf16> {
  %e = tensor.empty() : tensor<2x3x5x4xf16>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x3x5x8xf16>, tensor<2x3x7x8xf16>, tensor<2x3x7x4xf16>)
      outs(%e : tensor<2x3x5x4xf16>) -> tensor<2x3x5x4xf16>
  return %0 : tensor<2x3x5x4xf16>
}

func.func @skip_f16(%q: tensor<2x3x5x8xf16>, %k: tensor<2x3x7x8xf16>, %v: tensor<2x3x7x4xf16>, %x: tensor<2x3x5x4xf16>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x3x5x4xf16> {
  %e = tensor.empty() : tensor<2x3x5x4xf16>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf16>, tensor<2x3x7x8xf16>, tensor<2x3x7x4xf16>, tensor<2x3x5x4xf16>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%e : tensor<2x3x5x4xf16>) -> tensor<2x3x5x4xf16>
  return %0 : tensor<2x3x5x4xf16>
}

func.func @plain_bf16(%q: tensor<2x3x5x8xbf16>, %k: tensor<2x3x7x8xbf16>, %v: tensor<2x3x7x4xbf16>) -> tensor<2x3x5x4xbf16> {
  %e = tensor.empty() : tensor<2x3x5x4xbf16>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x3x5x8xbf16>, tensor<2x3x7x8xbf16>, tensor<2x3x7x4xbf16>)
      outs(%e : tensor<2x3x5x4xbf16>) -> tensor<2x3x5x4xbf16>
  return %0 : tensor<2x3x5x4xbf16>
}

func.func @skip_bf16(%q: tensor<2x3x5x8xbf16>, %k: tensor<2x3x7x8xbf16>, %v: tensor<2x3x7x4xbf16>, %x: tensor<2x3x5x4xbf16>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x3x5x4xbf16> {
  %e = tensor.empty() : tensor<2x3x5x4xbf16>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xbf16>, tensor<2x3x7x8xbf16>, tensor<2x3x7x4xbf16>, tensor<2x3x5x4xbf16>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%e : tensor<2x3x5x4xbf16>) -> tensor<2x3x5x4xbf16>
  return %0 : tensor<2x3x5x4xbf16>
}

func.func @plain_f32(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @skip_f32(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @plain_f64(%q: tensor<2x3x5x8xf64>, %k: tensor<2x3x7x8xf64>, %v: tensor<2x3x7x4xf64>) -> tensor<2x3x5x4xf64> {
  %e = tensor.empty() : tensor<2x3x5x4xf64>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x3x5x8xf64>, tensor<2x3x7x8xf64>, tensor<2x3x7x4xf64>)
      outs(%e : tensor<2x3x5x4xf64>) -> tensor<2x3x5x4xf64>
  return %0 : tensor<2x3x5x4xf64>
}

func.func @skip_f64(%q: tensor<2x3x5x8xf64>, %k: tensor<2x3x7x8xf64>, %v: tensor<2x3x7x4xf64>, %x: tensor<2x3x5x4xf64>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x3x5x4xf64> {
  %e = tensor.empty() : tensor<2x3x5x4xf64>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf64>, tensor<2x3x7x8xf64>, tensor<2x3x7x4xf64>, tensor<2x3x5x4xf64>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%e : tensor<2x3x5x4xf64>) -> tensor<2x3x5x4xf64>
  return %0 : tensor<2x3x5x4xf64>
}

func.func @mixed_types(%q: tensor<2x3x5x8xf16>, %k: tensor<2x3x7x8xbf16>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xbf16>, %a: tensor<2xf32>, %b: tensor<2xf64>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf16>, tensor<2x3x7x8xbf16>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xbf16>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf64>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @scale_one(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @scale_negative(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(-0.5) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_scalar(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_f64(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f64, %b: tensor<2xf64>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f64, tensor<2xf64>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_per_head(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<2x3xf32>, tensor<2x3xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_per_row(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<2x3x5xf32>, %b: tensor<2x3x5xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<2x3x5xf32>, tensor<2x3x5xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_full(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<2x3x5x4xf32>, %b: tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<2x3x5x4xf32>, tensor<2x3x5x4xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_mapped(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<4xf32>, %b: tensor<5xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<4xf32>, tensor<5xf32>)
      outs(%e : tensor<2x3x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> (d)>, affine_map<(b, h, m, n, k, d) -> (m)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @coefficients_keepdim(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: tensor<2x1x1xf32>, %b: tensor<2x1x1x1xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : tensor<2x1x1xf32>, tensor<2x1x1x1xf32>)
      outs(%e : tensor<2x3x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> (b, 0, 0)>, affine_map<(b, h, m, n, k, d) -> (b, 0, 0, 0)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @plain_residual(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %b: f32) -> tensor<2x3x5x4xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%one, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @constant_coefficients(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32> {
  %c0 = arith.constant 0.5 : f32
  %c1 = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%c0, %c1 : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @grouped(%q: tensor<2x6x5x8xf32>, %k: tensor<2x2x7x8xf32>, %v: tensor<2x2x7x4xf32>, %x: tensor<2x6x5x4xf32>, %a: f32, %b: f32) -> tensor<2x6x5x4xf32> {
  %e = tensor.empty() : tensor<2x6x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x6x5x8xf32>, tensor<2x2x7x8xf32>, tensor<2x2x7x4xf32>, tensor<2x6x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x6x5x4xf32>) -> tensor<2x6x5x4xf32>
  return %0 : tensor<2x6x5x4xf32>
}

func.func @grouped_plain(%q: tensor<2x6x5x8xf32>, %k: tensor<2x2x7x8xf32>, %v: tensor<2x2x7x4xf32>) -> tensor<2x6x5x4xf32> {
  %e = tensor.empty() : tensor<2x6x5x4xf32>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x6x5x8xf32>, tensor<2x2x7x8xf32>, tensor<2x2x7x4xf32>)
      outs(%e : tensor<2x6x5x4xf32>) -> tensor<2x6x5x4xf32>
  return %0 : tensor<2x6x5x4xf32>
}

func.func @grouped_causal_bias(%q: tensor<2x6x5x8xf32>, %k: tensor<2x2x7x8xf32>, %v: tensor<2x2x7x4xf32>, %x: tensor<2x6x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x6x5x7xf32>) -> tensor<2x6x5x4xf32> {
  %e = tensor.empty() : tensor<2x6x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<2x6x5x8xf32>, tensor<2x2x7x8xf32>, tensor<2x2x7x4xf32>, tensor<2x6x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x6x5x7xf32>)
      outs(%e : tensor<2x6x5x4xf32>) -> tensor<2x6x5x4xf32>
  return %0 : tensor<2x6x5x4xf32>
}

func.func @grouped_per_head(%q: tensor<2x6x5x8xf32>, %k: tensor<2x2x7x8xf32>, %v: tensor<2x2x7x4xf32>, %x: tensor<2x6x5x4xf32>, %a: tensor<2x6xf32>, %b: tensor<2x6xf32>) -> tensor<2x6x5x4xf32> {
  %e = tensor.empty() : tensor<2x6x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x6x5x8xf32>, tensor<2x2x7x8xf32>, tensor<2x2x7x4xf32>, tensor<2x6x5x4xf32>)
      coefficients(%a, %b : tensor<2x6xf32>, tensor<2x6xf32>)
      outs(%e : tensor<2x6x5x4xf32>) -> tensor<2x6x5x4xf32>
  return %0 : tensor<2x6x5x4xf32>
}

func.func @grouped_wider_than_rows(%q: tensor<2x8x3x8xf32>, %k: tensor<2x2x7x8xf32>, %v: tensor<2x2x7x4xf32>, %x: tensor<2x8x3x4xf32>, %a: f32, %b: f32) -> tensor<2x8x3x4xf32> {
  %e = tensor.empty() : tensor<2x8x3x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x8x3x8xf32>, tensor<2x2x7x8xf32>, tensor<2x2x7x4xf32>, tensor<2x8x3x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x8x3x4xf32>) -> tensor<2x8x3x4xf32>
  return %0 : tensor<2x8x3x4xf32>
}

func.func @one_key_head(%q: tensor<2x3x5x8xf32>, %k: tensor<2x1x7x8xf32>, %v: tensor<2x1x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x1x7x8xf32>, tensor<2x1x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @shared_keys(%q: tensor<2x3x5x8xf32>, %k: tensor<2x7x8xf32>, %v: tensor<2x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x7x8xf32>, tensor<2x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @rank_3(%q: tensor<6x5x8xf16>, %k: tensor<6x7x8xf16>, %v: tensor<6x7x4xf16>, %x: tensor<6x5x4xf16>, %a: tensor<6xf32>, %b: tensor<6xf32>) -> tensor<6x5x4xf16> {
  %e = tensor.empty() : tensor<6x5x4xf16>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<6x5x8xf16>, tensor<6x7x8xf16>, tensor<6x7x4xf16>, tensor<6x5x4xf16>)
      coefficients(%a, %b : tensor<6xf32>, tensor<6xf32>)
      outs(%e : tensor<6x5x4xf16>) -> tensor<6x5x4xf16>
  return %0 : tensor<6x5x4xf16>
}

func.func @rank_2(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x4xf32>, %x: tensor<5x4xf32>, %a: f32, %b: f32) -> tensor<5x4xf32> {
  %e = tensor.empty() : tensor<5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x4xf32>, tensor<5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<5x4xf32>) -> tensor<5x4xf32>
  return %0 : tensor<5x4xf32>
}

func.func @rank_2_causal(%q: tensor<5x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x4xf32>, %x: tensor<5x4xf32>, %a: f32, %b: f32) -> tensor<5x4xf32> {
  %e = tensor.empty() : tensor<5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<5x8xf32>, tensor<7x8xf32>, tensor<7x4xf32>, tensor<5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<5x4xf32>) -> tensor<5x4xf32>
  return %0 : tensor<5x4xf32>
}

func.func @blhd(%q: tensor<2x5x3x8xf32>, %k: tensor<2x7x3x8xf32>, %v: tensor<2x7x3x4xf32>, %x: tensor<2x5x3x4xf32>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x5x3x4xf32> {
  %e = tensor.empty() : tensor<2x5x3x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x5x3x8xf32>, tensor<2x7x3x8xf32>, tensor<2x7x3x4xf32>, tensor<2x5x3x4xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%e : tensor<2x5x3x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>, affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>, affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>, affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>, affine_map<(b, h, m, n, k, d) -> (b)>, affine_map<(b, h, m, n, k, d) -> (b)>, affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>]} -> tensor<2x5x3x4xf32>
  return %0 : tensor<2x5x3x4xf32>
}

func.func @orders(%q: tensor<2x3x8x5xf32>, %k: tensor<7x2x3x8xf32>, %v: tensor<2x4x7x3xf32>, %x: tensor<4x5x2x3xf32>, %a: f32, %b: f32) -> tensor<2x5x3x4xf32> {
  %e = tensor.empty() : tensor<2x5x3x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x8x5xf32>, tensor<7x2x3x8xf32>, tensor<2x4x7x3xf32>, tensor<4x5x2x3xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x5x3x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, k, m)>, affine_map<(b, h, m, n, k, d) -> (n, b, h, k)>, affine_map<(b, h, m, n, k, d) -> (b, d, n, h)>, affine_map<(b, h, m, n, k, d) -> (d, m, b, h)>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>]} -> tensor<2x5x3x4xf32>
  return %0 : tensor<2x5x3x4xf32>
}

func.func @one_row(%q: tensor<2x3x1x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x1x4xf32>, %a: f32, %b: f32) -> tensor<2x3x1x4xf32> {
  %e = tensor.empty() : tensor<2x3x1x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x1x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x1x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x1x4xf32>) -> tensor<2x3x1x4xf32>
  return %0 : tensor<2x3x1x4xf32>
}

func.func @one_batch_one_head(%q: tensor<1x1x5x8xf32>, %k: tensor<1x1x7x8xf32>, %v: tensor<1x1x7x4xf32>, %x: tensor<1x1x5x4xf32>, %a: f32, %b: f32) -> tensor<1x1x5x4xf32> {
  %e = tensor.empty() : tensor<1x1x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<1x1x5x8xf32>, tensor<1x1x7x8xf32>, tensor<1x1x7x4xf32>, tensor<1x1x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<1x1x5x4xf32>) -> tensor<1x1x5x4xf32>
  return %0 : tensor<1x1x5x4xf32>
}

func.func @one_key(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x1x8xf32>, %v: tensor<2x3x1x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x1x8xf32>, tensor<2x3x1x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @one_channel(%q: tensor<2x3x5x1xf32>, %k: tensor<2x3x7x1xf32>, %v: tensor<2x3x7x1xf32>, %x: tensor<2x3x5x1xf32>, %a: f32, %b: f32) -> tensor<2x3x5x1xf32> {
  %e = tensor.empty() : tensor<2x3x5x1xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x1xf32>, tensor<2x3x7x1xf32>, tensor<2x3x7x1xf32>, tensor<2x3x5x1xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x1xf32>) -> tensor<2x3x5x1xf32>
  return %0 : tensor<2x3x5x1xf32>
}

func.func @schedule(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x8xf32>, %x: tensor<2x3x5x8xf32>, %t: tensor<2xf32>) -> tensor<2x3x5x8xf32> {
  %c = tensor.empty() : tensor<2xf32>
  %a, %b = rcm.skip_coefficients trigflow sigma_data(0.5) ins(%t : tensor<2xf32>) outs(%c, %c : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %e = tensor.empty() : tensor<2x3x5x8xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x5x8xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2x3x5x8xf32>) -> tensor<2x3x5x8xf32>
  return %0 : tensor<2x3x5x8xf32>
}

func.func @schedule_edm(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x8xf32>, %x: tensor<2x3x5x8xf32>, %t: tensor<2xf32>) -> tensor<2x3x5x8xf32> {
  %c = tensor.empty() : tensor<2xf32>
  %a, %b = rcm.skip_coefficients edm sigma_data(0.5) ins(%t : tensor<2xf32>) outs(%c, %c : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %e = tensor.empty() : tensor<2x3x5x8xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x5x8xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2x3x5x8xf32>) -> tensor<2x3x5x8xf32>
  return %0 : tensor<2x3x5x8xf32>
}

func.func @schedule_rectified(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x8xf32>, %x: tensor<2x3x5x8xf32>, %t: tensor<2xf32>) -> tensor<2x3x5x8xf32> {
  %c = tensor.empty() : tensor<2xf32>
  %a, %b = rcm.skip_coefficients rectified_flow_trigflow ins(%t : tensor<2xf32>) outs(%c, %c : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %e = tensor.empty() : tensor<2x3x5x8xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x5x8xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2x3x5x8xf32>) -> tensor<2x3x5x8xf32>
  return %0 : tensor<2x3x5x8xf32>
}

func.func @dynamic(%q: tensor<?x3x?x8xf32>, %k: tensor<?x3x?x8xf32>, %v: tensor<?x3x?x4xf32>, %x: tensor<?x3x?x4xf32>, %a: tensor<?xf32>, %b: f32) -> tensor<?x3x?x4xf32> {
  %c2 = arith.constant 2 : index
  %c0 = arith.constant 0 : index
  %d0 = tensor.dim %x, %c0 : tensor<?x3x?x4xf32>
  %d2 = tensor.dim %x, %c2 : tensor<?x3x?x4xf32>
  %o = tensor.empty(%d0, %d2) : tensor<?x3x?x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<?x3x?x8xf32>, tensor<?x3x?x8xf32>, tensor<?x3x?x4xf32>, tensor<?x3x?x4xf32>)
      coefficients(%a, %b : tensor<?xf32>, f32) outs(%o : tensor<?x3x?x4xf32>) -> tensor<?x3x?x4xf32>
  return %0 : tensor<?x3x?x4xf32>
}

// The number of key heads is open as well: one for each query head, or fewer.
func.func @open_heads(%q: tensor<2x?x5x8xf32>, %k: tensor<2x?x7x8xf32>, %v: tensor<2x?x7x4xf32>, %x: tensor<2x?x5x4xf32>, %a: tensor<?xf32>, %b: f32) -> tensor<2x?x5x4xf32> {
  %c1 = arith.constant 1 : index
  %d1 = tensor.dim %x, %c1 : tensor<2x?x5x4xf32>
  %o = tensor.empty(%d1) : tensor<2x?x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<2x?x5x8xf32>, tensor<2x?x7x8xf32>, tensor<2x?x7x4xf32>, tensor<2x?x5x4xf32>)
      coefficients(%a, %b : tensor<?xf32>, f32) outs(%o : tensor<2x?x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> (h)>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x?x5x4xf32>
  return %0 : tensor<2x?x5x4xf32>
}

func.func @open_heads_bias(%q: tensor<2x?x5x8xf32>, %k: tensor<2x?x7x8xf32>, %v: tensor<2x?x7x4xf32>, %bias: tensor<?x5x7xf32>) -> tensor<2x?x5x4xf32> {
  %c1 = arith.constant 1 : index
  %d1 = tensor.dim %q, %c1 : tensor<2x?x5x8xf32>
  %o = tensor.empty(%d1) : tensor<2x?x5x4xf32>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x?x5x8xf32>, tensor<2x?x7x8xf32>, tensor<2x?x7x4xf32>) bias(%bias : tensor<?x5x7xf32>) outs(%o : tensor<2x?x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (h, m, n)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x?x5x4xf32>
  return %0 : tensor<2x?x5x4xf32>
}

func.func @open_key_heads(%q: tensor<2x6x?x8xf32>, %k: tensor<2x?x?x8xf32>, %v: tensor<2x?x?x4xf32>) -> tensor<2x6x?x4xf32> {
  %c2 = arith.constant 2 : index
  %d2 = tensor.dim %q, %c2 : tensor<2x6x?x8xf32>
  %o = tensor.empty(%d2) : tensor<2x6x?x4xf32>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x6x?x8xf32>, tensor<2x?x?x8xf32>, tensor<2x?x?x4xf32>) outs(%o : tensor<2x6x?x4xf32>) -> tensor<2x6x?x4xf32>
  return %0 : tensor<2x6x?x4xf32>
}
