// The kernels of the recipe bf16 assemble without spills and without a product
// that the assembler serialises (its remarks C75xx).
// REQUIRES: ptxas
// RUN: rcm-opt %s --rcm-to-nvvm-buffers=recipe=bf16 --rcm-to-nvvm-launches --rcm-to-nvvm-kernels --gpu-module-to-binary=format=isa | %python %S/Inputs/ptx.py > %t.ptx
// RUN: %ptxas -arch=sm_90a -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s

// CHECK-NOT: {{C75[0-9][0-9]|[1-9][0-9]* bytes spill}}
// CHECK-COUNT-8: 0 bytes spill stores, 0 bytes spill loads
// CHECK-NOT: {{C75[0-9][0-9]|[1-9][0-9]* bytes spill}}

#l = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#lk = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#lv = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#lo = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>
#c = affine_map<(b, h, m, n, k, d) -> (b)>

func.func @d64(%q: memref<?x?x?x64xbf16>, %k: memref<?x?x?x64xbf16>, %x: memref<?x?x?x64xbf16>, %a: memref<?xf32>, %out: memref<?x?x?x64xbf16>) {
  rcm.attention_skip scale(0.125) ins(%q, %k, %k, %x : memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>)
    coefficients(%a, %a : memref<?xf32>, memref<?xf32>) outs(%out : memref<?x?x?x64xbf16>)
  return
}

func.func @d128_causal_blhd(%q: memref<?x?x?x128xbf16>, %k: memref<?x?x?x128xbf16>, %x: memref<?x?x?x128xbf16>, %offset: index, %a: memref<?xf32>, %out: memref<?x?x?x128xbf16>) {
  rcm.attention_skip scale(0.125) causal offset(%offset) ins(%q, %k, %k, %x : memref<?x?x?x128xbf16>, memref<?x?x?x128xbf16>, memref<?x?x?x128xbf16>, memref<?x?x?x128xbf16>)
    coefficients(%a, %a : memref<?xf32>, memref<?xf32>) outs(%out : memref<?x?x?x128xbf16>)
    {indexing_maps = [#l, #lk, #lv, #lo, #c, #c, #lo]}
  return
}

func.func @d256(%q: memref<?x?x?x256xbf16>, %k: memref<?x?x?x256xbf16>, %out: memref<?x?x?x256xf32>, %lse: memref<?x?x?xf32>) {
  rcm.attention scale(0.0625) ins(%q, %k, %k : memref<?x?x?x256xbf16>, memref<?x?x?x256xbf16>, memref<?x?x?x256xbf16>)
    outs(%out, %lse : memref<?x?x?x256xf32>, memref<?x?x?xf32>)
  return
}

// Open strides: no copy engine for the output. A bias.
func.func @strided(%q: memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>, %bias: memref<?x?x?x?xf32>, %a: f32, %out: memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>) {
  rcm.attention_skip scale(-0.125) ins(%q, %q, %q, %q : memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>, memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>, memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>, memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>)
    coefficients(%a, %a : f32, f32) bias(%bias : memref<?x?x?x?xf32>) outs(%out : memref<?x?x?x64xbf16, strided<[?, ?, ?, ?], offset: ?>>)
  return
}
