// A module is made smaller as long as it still holds an attention with a skip.
// RUN: rcm-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has_skip.sh' | FileCheck %s
// CHECK-NOT: @unrelated
// CHECK: func.func @wanted
// CHECK: rcm.attention_skip
// CHECK-NOT: @unrelated

// Our passes are there as well: reduced by one of them, as long as the script
// agrees, which it does not once the skip is gone.
// RUN: rcm-reduce %s -opt-reduction-pass='opt-pass=rcm-split-attention-skip test=%S/Inputs/has_skip.sh' | FileCheck %s --check-prefix=KEPT
// KEPT: rcm.attention_skip

func.func @unrelated_0(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %a, %a : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @wanted(%q: memref<4x16xf32>, %x: memref<4x16xf32>, %c: f32, %o: memref<4x16xf32>) {
  rcm.attention_skip scale(0.25)
      ins(%q, %q, %q, %x : memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>, memref<4x16xf32>)
      coefficients(%c, %c : f32, f32) outs(%o : memref<4x16xf32>)
  return
}
func.func @unrelated_1(%a: f32) -> f32 {
  return %a : f32
}
