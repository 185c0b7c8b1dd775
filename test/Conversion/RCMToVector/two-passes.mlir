// RUN: rcm-opt %s --convert-rcm-to-vector='fuse=false' | FileCheck %s --check-prefixes=CHECK,NARROW
// RUN: rcm-opt %s --convert-rcm-to-vector='fuse=false wide-intermediate' | FileCheck %s --check-prefixes=CHECK,WIDE

// The attention is written to memory of the output's shape, x is read in the
// second loop only.
// CHECK-LABEL: @skip
// NARROW: %[[O:.*]] = memref.alloc() {alignment = 64 : i64} : memref<40x16xf16>
// WIDE: %[[O:.*]] = memref.alloc() {alignment = 64 : i64} : memref<40x16xf32>
// CHECK: scf.parallel
// CHECK-NOT: vector.load %arg3
// CHECK: vector.store %{{.*}}, %[[O]]
// CHECK-NOT: vector.load %arg3
// CHECK: scf.parallel
// CHECK-NOT: vector.load %arg0
// CHECK: vector.load %[[O]]
// CHECK: vector.load %arg3
// CHECK: vector.store %{{.*}}, %arg4
// CHECK: memref.dealloc %[[O]]
func.func @skip(%q: memref<40x16xf16>, %k: memref<50x16xf16>, %v: memref<50x16xf16>,
                %x: memref<40x16xf16>, %o: memref<40x16xf16>, %a: f32, %b: f32) {
  rcm.attention_skip scale(0.25)
      ins(%q, %k, %v, %x : memref<40x16xf16>, memref<50x16xf16>, memref<50x16xf16>, memref<40x16xf16>)
      coefficients(%a, %b : f32, f32) outs(%o : memref<40x16xf16>)
  return
}

// Without a residual there is nothing to split.
// CHECK-LABEL: @attention
// CHECK-COUNT-1: scf.parallel
// CHECK-NOT: scf.parallel
func.func @attention(%q: memref<40x16xf32>, %k: memref<50x16xf32>, %o: memref<40x16xf32>) {
  rcm.attention scale(0.25) ins(%q, %k, %k : memref<40x16xf32>, memref<50x16xf32>, memref<50x16xf32>)
      outs(%o : memref<40x16xf32>)
  return
}
