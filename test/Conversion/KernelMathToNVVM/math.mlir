// No call of a device library is left, and the functions are what they should be.
// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernel-math-to-nvvm))' | FileCheck %s
// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(convert-kernel-math-to-nvvm))' \
// RUN:   | sed -e '1d' -e 's/gpu.module @m {/module {/' | sed -e '$d' | sed -e '$d' | mlir-opt --convert-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main --entry-point-result=f32 | FileCheck %s --check-prefix=VALUE

gpu.module @m {
  // CHECK-LABEL: func.func @instructions
  // CHECK: llvm.call_intrinsic "llvm.sqrt.f32"
  // CHECK: llvm.call_intrinsic "llvm.fma.f64"
  // CHECK: llvm.call_intrinsic "llvm.maxnum.f32"
  // CHECK-NOT: math.
  func.func @instructions(%x: f32, %y: f64) -> (f32, f64, f32) {
    %0 = math.sqrt %x : f32
    %1 = math.fma %y, %y, %y : f64
    %2 = arith.maxnumf %x, %0 : f32
    return %0, %1, %2 : f32, f64, f32
  }

  func.func @error(%got: f64, %expected: f64) -> f64 {
    %d = arith.subf %got, %expected : f64
    %r = arith.divf %d, %expected : f64
    %a = math.absf %r : f64
    return %a : f64
  }

  func.func @sin(%x: f64) -> f64 {
    %0 = math.sin %x : f64
    return %0 : f64
  }
  func.func @cos(%x: f64) -> f64 {
    %0 = math.cos %x : f64
    return %0 : f64
  }
  func.func @exp(%x: f64) -> f64 {
    %0 = math.exp %x : f64
    return %0 : f64
  }
  func.func @log(%x: f64) -> f64 {
    %0 = math.log %x : f64
    return %0 : f64
  }

  // The largest relative error at a few points, against values computed with 40
  // digits: a few units of the last place (2.2e-16) and no more.
  // VALUE: {{^0.0+e\+00$|e-16$|e-17$}}
  func.func @main() -> f32 {
    %x1 = arith.constant 0.7 : f64
    %s1 = func.call @sin(%x1) : (f64) -> f64
    %es1 = arith.constant 0.6442176872376910197067980902 : f64
    %r1 = func.call @error(%s1, %es1) : (f64, f64) -> f64
    %x2 = arith.constant 1000.0 : f64
    %c2 = func.call @cos(%x2) : (f64) -> f64
    %ec2 = arith.constant 0.5623790762907029910782492266 : f64
    %r2 = func.call @error(%c2, %ec2) : (f64, f64) -> f64
    %x3 = arith.constant -50.25 : f64
    %e3 = func.call @exp(%x3) : (f64) -> f64
    %ee3 = arith.constant 1.5021118919431522539e-22 : f64
    %r3 = func.call @error(%e3, %ee3) : (f64, f64) -> f64
    %x4 = arith.constant 1.0e-310 : f64
    %l4 = func.call @log(%x4) : (f64) -> f64
    %el4 = arith.constant -713.80137882815416510 : f64
    %r4 = func.call @error(%l4, %el4) : (f64, f64) -> f64
    %m1 = arith.maximumf %r1, %r2 : f64
    %m2 = arith.maximumf %r3, %r4 : f64
    %m3 = arith.maximumf %m1, %m2 : f64
    %m = arith.truncf %m3 : f64 to f32
    return %m : f32
  }
}
