// RUN: split-file %s %t
// RUN: rcm-opt %t/f16.mlir --rcm-select-recipe 2>&1 | FileCheck %s --check-prefix=F16
// RUN: rcm-opt %t/f32.mlir --rcm-select-recipe 2>&1 | FileCheck %s --check-prefix=F32
// RUN: rcm-opt %t/f16.mlir --rcm-select-recipe=recipe=none 2>&1 | FileCheck %s --check-prefix=ASKED
// RUN: rcm-opt %t/f32.mlir --rcm-select-recipe=recipe=int8-e4m3 2>&1 | FileCheck %s --check-prefix=ASKED8
// RUN: not rcm-opt %t/f64.mlir --rcm-select-recipe=recipe=int8-e4m3 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not rcm-opt %t/f32.mlir --rcm-select-recipe=recipe=int4 2>&1 | FileCheck %s --check-prefix=RECIPE
// RUN: not rcm-opt %t/f32.mlir --rcm-select-recipe=chip=sm_80 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not rcm-opt %t/f32.mlir --rcm-select-recipe=accumulation=f16 2>&1 | FileCheck %s --check-prefix=ACCUMULATION

// F16: remark: recipe int8-e4m3: attention is computed from 8-bit operands; recipe=none computes it in f32
// F16: rcm_rt.properties = {chip = "sm_90a", recipe = "int8-e4m3"}
// F32: remark: recipe none: attention is computed in f32
// F32: rcm_rt.properties = {chip = "sm_90a", recipe = "none"}
// ASKED-NOT: remark
// ASKED: rcm_rt.properties = {chip = "sm_90a", recipe = "none"}
// f32 operands lose much, so they are quantized only on request.
// ASKED8: rcm_rt.properties = {chip = "sm_90a", recipe = "int8-e4m3"}
// TYPE: error: {{.*}}expected element types of `query`, `key` and `value` to be f16, bf16 or f32 for recipe int8-e4m3, got 'f64', 'f64' and 'f64'
// RECIPE: error: expected `recipe` to be auto, none or int8-e4m3, got int4
// CHIP: error: expected `chip` to be sm_90a, got sm_80
// ACCUMULATION: error: expected `accumulation` to be direct or promoted, got f16

//--- f16.mlir
func.func @f(%q: tensor<8x16xf16>) -> tensor<8x16xf16> {
  %0 = rcm.attention scale(0.25) ins(%q, %q, %q : tensor<8x16xf16>, tensor<8x16xf16>, tensor<8x16xf16>) outs(%q : tensor<8x16xf16>) -> tensor<8x16xf16>
  return %0 : tensor<8x16xf16>
}
//--- f32.mlir
func.func @f(%q: tensor<8x16xf32>) -> tensor<8x16xf32> {
  %0 = rcm.attention scale(0.25) ins(%q, %q, %q : tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) outs(%q : tensor<8x16xf32>) -> tensor<8x16xf32>
  return %0 : tensor<8x16xf32>
}
//--- f64.mlir
func.func @f(%q: tensor<8x16xf64>) -> tensor<8x16xf64> {
  %0 = rcm.attention scale(0.25) ins(%q, %q, %q : tensor<8x16xf64>, tensor<8x16xf64>, tensor<8x16xf64>) outs(%q : tensor<8x16xf64>) -> tensor<8x16xf64>
  return %0 : tensor<8x16xf64>
}
