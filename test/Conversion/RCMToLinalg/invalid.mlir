// RUN: rcm-opt %s --convert-rcm-to-linalg -verify-diagnostics

// Heads in a layout that no strides describe cannot be split into groups.
func.func @grouped_heads_of_tiled_layout(
    %q: memref<1x4x8x8xf32, affine_map<(b, h, m, k) -> (b, m floordiv 2, h, m mod 2, k)>>,
    %k: memref<1x2x8x8xf32>, %v: memref<1x2x8x8xf32>, %o: memref<1x4x8x8xf32>) {
  // expected-error @below {{expected strided memrefs, to split their heads into groups, got another layout}}
  rcm.attention scale(1.0)
      ins(%q, %k, %v : memref<1x4x8x8xf32, affine_map<(b, h, m, k) -> (b, m floordiv 2, h, m mod 2, k)>>,
                       memref<1x2x8x8xf32>, memref<1x2x8x8xf32>)
      outs(%o : memref<1x4x8x8xf32>)
  return
}
