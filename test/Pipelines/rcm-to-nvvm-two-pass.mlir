// The two-pass baseline on a GPU: the same attention kernel under the same
// recipe writes O, a generated kernel reads it. Fusion is the only difference.
// RUN: rcm-opt %s --rcm-to-nvvm=recipe=int8-e4m3 2>/dev/null | FileCheck %s --check-prefix=ONE
// RUN: rcm-opt %s --rcm-to-nvvm='recipe=int8-e4m3 fuse=false' 2>/dev/null | FileCheck %s --check-prefixes=TWO,NARROW
// RUN: rcm-opt %s --rcm-to-nvvm='recipe=int8-e4m3 fuse=false wide-intermediate' 2>/dev/null | FileCheck %s --check-prefixes=TWO,WIDE

// ONE-LABEL: func.func @attention
// ONE-COUNT-1: rcm_rt.launch @kernels::@attention_0 grid
// ONE-NOT: rcm_rt.launch

// O is scratch memory: 2 * 4 * 512 * 64 elements in the output's type for
// timing, in f32 for the comparison with one pass.
// TWO-LABEL: func.func @attention
// NARROW-DAG: %[[BYTES:.*]] = arith.constant 524288 : index
// WIDE-DAG: %[[BYTES:.*]] = arith.constant 1048576 : index
// TWO-DAG: %[[O:.*]] = rcm_rt.scratch %[[BYTES]]
// NARROW: rcm_rt.encode_tensor_map %[[O]] bf16
// TWO: rcm_rt.launch @kernels::@attention_0 grid
// WIDE-SAME: %[[O]]
// TWO: rcm_rt.launch @kernels::@attention_kernel grid
// TWO-SAME: %[[O]]
// TWO-NOT: rcm_rt.launch

// The kernel's matrix products and conversions are those of one pass.
// RUN: rcm-opt %s --rcm-to-nvvm=recipe=int8-e4m3 -o %t.one.mlir 2>/dev/null
// RUN: rcm-opt %s --rcm-to-nvvm='recipe=int8-e4m3 fuse=false' -o %t.two.mlir 2>/dev/null
// RUN: %python %S/Inputs/same_kernel.py %t.one.mlir %t.two.mlir

func.func @attention(%q: tensor<2x4x512x64xbf16>, %k: tensor<2x4x512x64xbf16>, %v: tensor<2x4x512x64xbf16>,
    %x: tensor<2x4x512x64xbf16>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x4x512x64xbf16> {
  %o = tensor.empty() : tensor<2x4x512x64xbf16>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%o : tensor<2x4x512x64xbf16>) -> tensor<2x4x512x64xbf16>
  return %0 : tensor<2x4x512x64xbf16>
}
