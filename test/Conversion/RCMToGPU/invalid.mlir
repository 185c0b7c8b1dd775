// RUN: rcm-opt %s -split-input-file -verify-diagnostics --convert-rcm-to-gpu

func.func @f64(%q: memref<8x16xf64>, %out: memref<8x16xf64>) {
  // expected-error @below {{expected element type of `out` to be f16, bf16 or f32 for a GPU, got 'f64'}}
  rcm.attention scale(0.25) ins(%q, %q, %q : memref<8x16xf64>, memref<8x16xf64>, memref<8x16xf64>) outs(%out : memref<8x16xf64>)
  return
}

// -----

func.func @wide(%q: memref<8x257xf32>, %out: memref<8x257xf32>) {
  // expected-error @below {{expected size of dimension k to be at most 256, got 257}}
  rcm.attention scale(0.25) ins(%q, %q, %q : memref<8x257xf32>, memref<8x257xf32>, memref<8x257xf32>) outs(%out : memref<8x257xf32>)
  return
}

// -----

func.func @tensors(%q: tensor<8x16xf32>) -> tensor<8x16xf32> {
  // expected-error @below {{expected memrefs, got tensors; bufferize first}}
  %0 = rcm.attention scale(0.25) ins(%q, %q, %q : tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) outs(%q : tensor<8x16xf32>) -> tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}

// -----

module attributes {rcm_rt.properties = {recipe = "int8-e4m3"}} {
  func.func @recipe(%q: memref<8x16xf16>, %out: memref<8x16xf16>) {
    // expected-error @below {{expected recipe `none` when lowered to plain arithmetic, got int8-e4m3}}
    rcm.attention scale(0.25) ins(%q, %q, %q : memref<8x16xf16>, memref<8x16xf16>, memref<8x16xf16>) outs(%out : memref<8x16xf16>)
    return
  }
}
