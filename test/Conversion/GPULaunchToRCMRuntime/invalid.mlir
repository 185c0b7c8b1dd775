// RUN: rcm-opt %s -convert-gpu-launch-to-rcm-runtime -split-input-file -verify-diagnostics

// expected-error @+1 {{expected gpu.binary @kernels for the kernels that are launched; run gpu-module-to-binary{format=isa} first}}
module {
  gpu.module @kernels {
    llvm.func @k() attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @not_compiled(%n: index) {
    rcm_rt.launch @kernels::@k grid(%n, %n, %n) block(%n, %n, %n) args()
    return
  }
}

// -----

// expected-error @+1 {{expected one object of PTX, as gpu-module-to-binary{format=isa} makes it}}
gpu.binary @kernels [#gpu.object<#nvvm.target<chip = "sm_90a">, bin = "cubin">]

// -----

func.func @strided(%a: memref<4xf32, strided<[2]>>, %b: memref<4xf32>) {
  // expected-error @+1 {{expected a copy of dense memory, got 'memref<4xf32>' to 'memref<4xf32, strided<[2]>>'}}
  gpu.memcpy %a, %b : memref<4xf32, strided<[2]>>, memref<4xf32>
  return
}

// -----

func.func @unknown(%a: memref<4xf32>, %v: f32) {
  // expected-error @+1 {{expected an operation that the runtime can do}}
  gpu.memset %a, %v : memref<4xf32>, f32
  return
}

// -----

func.func @escaping_token(%n: index) -> !gpu.async.token {
  // expected-error @+1 {{expected operations of the gpu dialect alone to use a token, got func.return}}
  %t = gpu.wait async
  return %t : !gpu.async.token
}
