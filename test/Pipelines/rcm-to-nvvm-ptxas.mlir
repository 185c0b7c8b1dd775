// Every kind of operand of the recipe none assembles without spills.
// REQUIRES: ptxas
// RUN: rcm-opt %s --rcm-to-nvvm-buffers=recipe=none --rcm-to-nvvm-launches --rcm-to-nvvm-kernels --gpu-module-to-binary=format=isa | %python %S/Inputs/ptx.py > %t.ptx
// RUN: %ptxas -arch=sm_90a -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s

// CHECK-NOT: {{[1-9][0-9]*}} bytes spill
// CHECK-COUNT-4: 0 bytes spill stores, 0 bytes spill loads
// CHECK-NOT: {{[1-9][0-9]*}} bytes spill

#q = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#k = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#v = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#o = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>
#l = affine_map<(b, h, m, n, k, d) -> (b, h, m)>
#bias = affine_map<(b, h, m, n, k, d) -> (h, m, n)>

// All sizes open: 64 outputs per thread, the most registers.
func.func @dynamic(%q: memref<?x?x?x?xbf16>, %k: memref<?x?x?x?xbf16>, %v: memref<?x?x?x?xbf16>, %bias: memref<?x?x?xf16>, %offset: index, %out: memref<?x?x?x?xbf16>, %lse: memref<?x?x?xf32>) {
  rcm.attention scale(0.125) causal offset(%offset)
      ins(%q, %k, %v : memref<?x?x?x?xbf16>, memref<?x?x?x?xbf16>, memref<?x?x?x?xbf16>) bias(%bias : memref<?x?x?xf16>)
      outs(%out, %lse : memref<?x?x?x?xbf16>, memref<?x?x?xf32>) {indexing_maps = [#q, #k, #v, #bias, #o, #l]}
  return
}

func.func @wan(%q: memref<1x12x?x128xf32>, %x: memref<1x12x?x128xf32>, %alpha: memref<1x12x?x128xf32>, %beta: f32, %out: memref<1x12x?x128xf32>) {
  rcm.attention_skip scale(0.08838834764831845) ins(%q, %q, %q, %x : memref<1x12x?x128xf32>, memref<1x12x?x128xf32>, memref<1x12x?x128xf32>, memref<1x12x?x128xf32>)
      coefficients(%alpha, %beta : memref<1x12x?x128xf32>, f32) outs(%out : memref<1x12x?x128xf32>)
  return
}

func.func @small(%q: memref<1x1xf16>, %out: memref<1x1xf32>) {
  rcm.attention scale(1.0) ins(%q, %q, %q : memref<1x1xf16>, memref<1x1xf16>, memref<1x1xf16>) outs(%out : memref<1x1xf32>)
  return
}

// The separate kernel of every math function.
func.func @math(%x: memref<?xf32>, %y: memref<?xf64>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%y : memref<?xf64>) outs(%x : memref<?xf32>) {
  ^bb0(%a: f64, %b: f32):
    %0 = math.exp %a : f64
    %1 = math.log %0 : f64
    %2 = math.sin %1 : f64
    %3 = math.rsqrt %2 : f64
    %4 = arith.truncf %3 : f64 to f32
    %5 = math.tanh %4 : f32
    %6 = math.erf %5 : f32
    %7 = math.powf %6, %b : f32
    %8 = math.log1p %7 : f32
    %9 = arith.truncf %8 : f32 to bf16
    %10 = math.exp %9 : bf16
    %11 = arith.extf %10 : bf16 to f32
    linalg.yield %11 : f32
  }
  return
}
