// What cannot be compiled is refused with one line and no output.
// RUN: split-file %s %t
// RUN: not rcm-opt %t/size.mlir --rcm-to-nvvm 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not rcm-opt %t/loop.mlir --rcm-to-nvvm 2>&1 | FileCheck %s --check-prefix=LOOP
// RUN: not rcm-opt %t/size.mlir --rcm-to-nvvm=chip=sm_100a 2>&1 | FileCheck %s --check-prefix=CHIP

// SIZE: error: 'memref.load' op expected sizes and other host values not to depend on elements of device memory
// SIZE-NOT: module
//--- size.mlir
func.func @size(%n: tensor<index>, %x: tensor<f32>) -> tensor<?xf32> {
  %size = tensor.extract %n[] : tensor<index>
  %value = tensor.extract %x[] : tensor<f32>
  %0 = tensor.empty(%size) : tensor<?xf32>
  %1 = linalg.fill ins(%value : f32) outs(%0 : tensor<?xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// LOOP: error: 'scf.for' op expected
//--- loop.mlir
func.func @loop(%n: index, %x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> tensor<4xf32> {
    %e = tensor.empty() : tensor<4xf32>
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// CHIP: error: expected `chip` to be sm_90a, got sm_100a
