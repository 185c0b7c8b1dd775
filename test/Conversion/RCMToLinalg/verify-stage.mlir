// RUN: rcm-opt %s --convert-rcm-to-linalg --rcm-verify-linalg-stage -o /dev/null
// RUN: not rcm-opt %s --rcm-verify-linalg-stage 2>&1 | FileCheck %s

// CHECK: error: 'rcm.skip_coefficients' op expected no rcm operation after the lowering to linalg
func.func @coefficients(%t: f32) -> (f32, f32) {
  %0:2 = rcm.skip_coefficients edm ins(%t : f32) -> f32, f32
  return %0#0, %0#1 : f32, f32
}
