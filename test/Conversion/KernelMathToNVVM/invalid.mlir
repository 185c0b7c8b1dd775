// RUN: rcm-opt %s -split-input-file -verify-diagnostics --pass-pipeline='builtin.module(gpu.module(convert-kernel-math-to-nvvm))'

gpu.module @m {
  func.func @f64_erf(%x: f64) -> f64 {
    // expected-error @below {{expected operations that a GPU kernel can compute without a device library, got math.erf on 'f64'}}
    %0 = math.erf %x : f64
    return %0 : f64
  }
}

// -----

gpu.module @m {
  func.func @remainder(%x: f32) -> f32 {
    // expected-error @below {{expected operations that a GPU kernel can compute without a device library, got arith.remf on 'f32'}}
    %0 = arith.remf %x, %x : f32
    return %0 : f32
  }
}
