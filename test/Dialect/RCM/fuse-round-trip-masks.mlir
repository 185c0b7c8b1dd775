// The round trip: what convert-rcm-to-linalg writes is found again as the same
// op: causal masks and biases.
// RUN: rcm-opt %s --canonicalize --cse -o %t.before
// RUN: rcm-opt %s --convert-rcm-to-linalg --rcm-fuse-attention-skip --rcm-fuse-attention --canonicalize --cse -o %t.after
// RUN: diff %t.before %t.after
// RUN: rcm-opt %s --convert-rcm-to-linalg --canonicalize --cse --rcm-fuse-attention-skip --rcm-fuse-attention --canonicalize --cse -o %t.canonical
// RUN: diff %t.before %t.canonical
// RUN: FileCheck %s < %t.before
// CHECK-COUNT-11: rcm.attention

func.func @causal(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @causal_plain(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention scale(0.25) causal ins(%q, %k, %v : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @causal_offset(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %off = arith.constant 2 : index
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal offset(%off) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @causal_negative_offset(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32) -> tensor<2x3x5x4xf32> {
  %off = arith.constant -1 : index
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal offset(%off) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @causal_runtime_offset(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %off: index) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal offset(%off) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_full(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x3x5x7xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x3x5x7xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_f16(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x3x5x7xf16>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x3x5x7xf16>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_per_key(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x7xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x7xf32>)
      outs(%e : tensor<2x3x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> (b, n)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_keepdim(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x1x5x7xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x1x5x7xf32>)
      outs(%e : tensor<2x3x5x4xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (b, h, m, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, k)>, affine_map<(b, h, m, n, k, d) -> (b, h, n, d)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> ()>, affine_map<(b, h, m, n, k, d) -> (b, 0, m, n)>, affine_map<(b, h, m, n, k, d) -> (b, h, m, d)>]} -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_and_causal(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %x: tensor<2x3x5x4xf32>, %a: f32, %b: f32, %bias: tensor<2x3x5x7xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention_skip scale(0.25) causal ins(%q, %k, %v, %x : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>, tensor<2x3x5x4xf32>)
      coefficients(%a, %b : f32, f32)
      bias(%bias : tensor<2x3x5x7xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}

func.func @bias_plain(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x4xf32>, %bias: tensor<2x3x5x7xf32>) -> tensor<2x3x5x4xf32> {
  %e = tensor.empty() : tensor<2x3x5x4xf32>
  %0 = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x4xf32>)
      bias(%bias : tensor<2x3x5x7xf32>)
      outs(%e : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %0 : tensor<2x3x5x4xf32>
}
