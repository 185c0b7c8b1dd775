// A function on memrefs is compared by what it writes; a reference that would
// take too long covers some rows only.
// RUN: rcm-runner %s --function=small --compare --repeat=1 --warmup=0 | FileCheck %s --check-prefix=SMALL
// SMALL: max |diff| {{.*}}e-0{{[67].*}}e-0{{[67]}}
// SMALL: all differences are within
// RUN: rcm-runner %s --function=large --compare --repeat=1 --warmup=0 --memory-limit=100M | FileCheck %s --check-prefix=LARGE
// LARGE: skipped: as written: temporaries of 1.0 GiB (memref<1x1x16384x16384xf32> alone takes 1.0 GiB) exceed the limit of 100.0 MiB
// LARGE: f64 reference: {{[0-9]+}} of 16384 query rows
// LARGE: all differences are within

func.func @small(%q: memref<1x2x33x16xf32>, %k: memref<1x1x40x16xf32>, %v: memref<1x1x40x8xf32>,
                 %x: memref<1x2x33x8xf32>, %a: memref<1xf32>, %o: memref<1x2x33x8xf32>) {
  %b = arith.constant 0.5 : f32
  rcm.attention_skip scale(0.25) causal
      ins(%q, %k, %v, %x : memref<1x2x33x16xf32>, memref<1x1x40x16xf32>, memref<1x1x40x8xf32>, memref<1x2x33x8xf32>)
      coefficients(%a, %b : memref<1xf32>, f32)
      outs(%o : memref<1x2x33x8xf32>)
  return
}

func.func @large(%q: memref<1x1x16384x64xf32>, %k: memref<1x1x16384x64xf32>, %v: memref<1x1x16384x64xf32>,
                 %x: memref<1x1x16384x64xf32>, %a: memref<1xf32>, %o: memref<1x1x16384x64xf32>) {
  %b = arith.constant 0.5 : f32
  rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : memref<1x1x16384x64xf32>, memref<1x1x16384x64xf32>, memref<1x1x16384x64xf32>, memref<1x1x16384x64xf32>)
      coefficients(%a, %b : memref<1xf32>, f32)
      outs(%o : memref<1x1x16384x64xf32>)
  return
}
