func.func @run(%q: memref<?x?x?x64xbf16>, %k: memref<?x?x?x64xbf16>, %v: memref<?x?x?x64xbf16>, %x: memref<?x?x?x64xbf16>,
               %a: memref<?xf32>, %b: memref<?xf32>, %out: memref<?x?x?x64xbf16>) {
  rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>)
      coefficients(%a, %b : memref<?xf32>, memref<?xf32>)
      outs(%out : memref<?x?x?x64xbf16>)
  return
}
