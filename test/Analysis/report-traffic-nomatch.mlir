// What is not counted: functions without kernels, operands behind literal
// zeros, memory that never leaves the core, code after the llvm conversion.
// RUN: rcm-opt %s --rcm-report-traffic -o /dev/null 2>&1 | FileCheck %s --implicit-check-not='traffic of @no_kernel' --implicit-check-not=inner
// RUN: rcm-opt %s --pass-pipeline='builtin.module(convert-func-to-llvm,rcm-report-traffic)' -o /dev/null 2>&1 | FileCheck %s --check-prefix=LLVM
// LLVM: warning: expected functions before their conversion to the llvm dialect: traffic is not counted

// CHECK-NOT: traffic of
// CHECK: warning: expected calls to be inlined, got one: its traffic is not counted

func.func @no_kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

func.func @no_kernel_call(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @no_kernel(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// x is not read; nor are q, k and v in the second op.
// CHECK-LABEL: traffic of @zeros, fused
// CHECK-NOT: attention_skip#0 {{ *}}residual
// CHECK: attention_skip#0 {{ *}}out
// CHECK-NOT: attention_skip#1 {{ *}}query
// CHECK: attention_skip#1 {{ *}}residual
func.func @zeros(%q: tensor<8x8xf32>, %x: tensor<8x8xf32>, %a: f32) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = rcm.attention_skip scale(1.0) ins(%q, %q, %q, %x : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>)
      coefficients(%zero, %a : f32, f32) outs(%q : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = rcm.attention_skip scale(1.0) ins(%q, %q, %q, %x : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>)
      coefficients(%a, %zero : f32, f32) outs(%q : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0, %1 : tensor<8x8xf32>, tensor<8x8xf32>
}

// CHECK-LABEL: traffic of @stack, as-is
// CHECK: scf.for#0 {{ *}}arg0 {{ *}}0 {{ *}}32{{$}}
// CHECK-NEXT: total
func.func @stack(%out: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %f = arith.constant 1.0 : f32
  %inner = memref.alloca() : memref<8xf32>
  scf.for %i = %c0 to %c8 step %c1 {
    memref.store %f, %inner[%i] : memref<8xf32>
    %v = memref.load %inner[%i] : memref<8xf32>
    memref.store %v, %out[%i] : memref<8xf32>
  }
  return
}
