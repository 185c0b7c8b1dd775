// RUN: rcm-opt %s --rcm-report-traffic -split-input-file -verify-diagnostics
// RUN: not rcm-opt %s -split-input-file --rcm-report-traffic=recipe=fast 2>&1 | FileCheck %s --check-prefix=RECIPE
// RECIPE: fast

func.func @dynamic(%q: tensor<?x64xf32>, %o: tensor<?x64xf32>) -> tensor<?x64xf32> {
  // expected-error @+1 {{expected static sizes to count bytes, got `query` of type 'tensor<?x64xf32>'}}
  %0 = rcm.attention scale(0.125) ins(%q, %q, %q : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>)
      outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// -----

// How often the loop runs is not counted, so neither is what it holds.
func.func @loop(%q: tensor<8x8xf32>, %n: index) -> tensor<8x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %q) -> tensor<8x8xf32> {
    // expected-error @+1 {{expected kernels on tensors to be outside of loops and branches to count bytes}}
    %0 = rcm.attention scale(1.0) ins(%x, %q, %q : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>)
        outs(%q : tensor<8x8xf32>) -> tensor<8x8xf32>
    scf.yield %0 : tensor<8x8xf32>
  }
  return %r : tensor<8x8xf32>
}

// -----

gpu.module @kernels {
  llvm.func @negate(%p: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %0 = llvm.load %p : !llvm.ptr -> f32
    %1 = llvm.fneg %0 : f32
    llvm.store %1, %p : f32, !llvm.ptr
    llvm.return
  }
}
func.func @dynamic_launch(%x: memref<?xf32>) {
  %c1 = arith.constant 1 : index
  %p = rcm_rt.data_pointer %x : memref<?xf32>
  // expected-error @+1 {{expected static sizes to count bytes, got `arg0` of a size that is known at run time only}}
  rcm_rt.launch @kernels::@negate grid(%c1, %c1, %c1) block(%c1, %c1, %c1) args(%p : i64)
  return
}

// -----

// What assembly does with an address can only be read from its text.
gpu.module @kernels {
  llvm.func @secret(%p: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    // expected-error @+1 {{expected a use of a kernel's memory whose effect is known, got operand #0}}
    llvm.inline_asm has_side_effects "trap;", "l" %p : (!llvm.ptr) -> ()
    llvm.return
  }
}
func.func @unknown_use(%x: memref<4xf32>) {
  %c1 = arith.constant 1 : index
  %p = rcm_rt.data_pointer %x : memref<4xf32>
  rcm_rt.launch @kernels::@secret grid(%c1, %c1, %c1) block(%c1, %c1, %c1) args(%p : i64)
  return
}

// -----

gpu.module @kernels {
  llvm.func @read(%p: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    %0 = llvm.load %p : !llvm.ptr -> f32
    llvm.return
  }
}
func.func @unknown_memory(%address: i64) {
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{expected an argument of a tensor or scratch memory for a pointer of the kernel}}
  rcm_rt.launch @kernels::@read grid(%c1, %c1, %c1) block(%c1, %c1, %c1) args(%address : i64)
  return
}
