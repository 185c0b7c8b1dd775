// RUN: rcm-opt %s -split-input-file -verify-diagnostics --rcm-rt-results-to-destinations

// expected-error @below {{expected results to be ranked tensors, got 'f32'}}
func.func @scalar(%x: f32) -> f32 {
  return %x : f32
}

// -----

// expected-error @below {{expected one block, got 2}}
func.func @blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}
