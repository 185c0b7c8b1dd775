// RUN: rcm-opt %s --rcm-rt-verify-stage=stage=host | FileCheck %s
// RUN: not rcm-opt %s --rcm-rt-verify-stage 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: rcm-opt %s --verify-diagnostics --rcm-rt-verify-stage=stage=buffers | FileCheck %s

// NONE: expected `stage` to be buffers, launches, kernels or host, got nothing
// CHECK: func.func @fine
func.func @fine(%x: memref<4xf32>) {
  %p = rcm_rt.data_pointer %x : memref<4xf32>
  return
}
