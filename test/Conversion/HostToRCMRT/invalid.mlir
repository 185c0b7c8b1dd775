// RUN: rcm-opt %s -split-input-file -verify-diagnostics --convert-host-to-rcm-rt

// expected-error @below {{expected results to have become arguments, got a function type}}
func.func @result() -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}

// -----

func.func @loop(%n: index, %x: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{expected host functions to hold arithmetic, buffers and kernel launches only}}
  scf.for %i = %c0 to %n step %c1 {
  }
  return
}

// -----

// expected-error @below {{expected straight-line host code, got 3 blocks}}
func.func @blocks(%c: i1) {
  cf.cond_br %c, ^bb1, ^bb2
^bb1:
  cf.br ^bb2
^bb2:
  return
}
