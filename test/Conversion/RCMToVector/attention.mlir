// RUN: rcm-opt %s --convert-rcm-to-vector | FileCheck %s
// RUN: rcm-opt %s --convert-rcm-to-vector='vector-width=512 key-tile=96' | FileCheck %s --check-prefix=WIDE

// One parallel loop over tasks; the key loop inside it steps by tiles; the
// scores are vectors of queries; no buffer of rows x keys (1000 x 2000).
// CHECK-LABEL: @skip
// CHECK-NOT: rcm.
// CHECK-NOT: memref.alloc
// CHECK: scf.parallel
// CHECK-NOT: 2000000
// CHECK-NOT: memref<1000x2000x
// CHECK: scf.for
// CHECK: vector.shuffle
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %[[TILE:c192[_0-9]*]] {
// CHECK: vector.load {{.*}}, vector<8xf32>
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector<8xf32>
// CHECK: arith.shli {{.*}} : vector<8xi32>
// CHECK: memref.dealloc
// CHECK-NOT: rcm.
// WIDE-LABEL: @skip
// WIDE: step %c192
// WIDE: vector<16xf32>
func.func @skip(%q: memref<2x4x1000x64xf32>, %k: memref<2x2x2000x64xf32>,
                %v: memref<2x2x2000x64xf32>, %x: memref<2x4x1000x64xf32>,
                %a: memref<2xf32>, %b: memref<2xf32>, %o: memref<2x4x1000x64xf32>) {
  rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : memref<2x4x1000x64xf32>, memref<2x2x2000x64xf32>, memref<2x2x2000x64xf32>, memref<2x4x1000x64xf32>)
      coefficients(%a, %b : memref<2xf32>, memref<2xf32>)
      outs(%o : memref<2x4x1000x64xf32>)
  return
}

// f64 operands are computed in f64, f16 operands in f32.
// CHECK-LABEL: @wide
// CHECK: vector<4xf64>
// CHECK-NOT: f32
// CHECK-LABEL: @half
// CHECK: arith.extf {{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: arith.truncf {{.*}} : vector<8xf32> to vector<8xf16>
func.func @wide(%q: memref<8x16xf64>, %k: memref<?x16xf64>, %v: memref<?x16xf64>, %o: memref<8x16xf64>) {
  rcm.attention scale(0.25) ins(%q, %k, %v : memref<8x16xf64>, memref<?x16xf64>, memref<?x16xf64>)
      outs(%o : memref<8x16xf64>)
  return
}
func.func @half(%q: memref<8x16xf16>, %k: memref<?x16xf16>, %v: memref<?x16xf16>, %o: memref<8x16xf16>) {
  rcm.attention scale(0.25) ins(%q, %k, %v : memref<8x16xf16>, memref<?x16xf16>, memref<?x16xf16>)
      outs(%o : memref<8x16xf16>)
  return
}

// A literal coefficient 0: its operands are not read.
// CHECK-LABEL: @no_residual
// CHECK-NOT: memref.load %arg3
// CHECK-NOT: vector.load %arg3
// CHECK-LABEL: @no_attention
// CHECK-NOT: load %arg0
// CHECK-NOT: load %arg1
// CHECK-NOT: load %arg2
// CHECK-NOT: memref.alloc
// CHECK: vector.load %arg3
func.func @no_residual(%q: memref<8x16xf32>, %k: memref<9x16xf32>, %v: memref<9x16xf32>, %x: memref<8x16xf32>, %o: memref<8x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant 2.0 : f32
  rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : memref<8x16xf32>, memref<9x16xf32>, memref<9x16xf32>, memref<8x16xf32>)
      coefficients(%zero, %two : f32, f32) outs(%o : memref<8x16xf32>)
  return
}
func.func @no_attention(%q: memref<8x16xf32>, %k: memref<9x16xf32>, %v: memref<9x16xf32>, %x: memref<8x16xf32>, %o: memref<8x16xf32>) {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant 2.0 : f32
  rcm.attention_skip scale(0.25) ins(%q, %k, %v, %x : memref<8x16xf32>, memref<9x16xf32>, memref<9x16xf32>, memref<8x16xf32>)
      coefficients(%two, %zero : f32, f32) outs(%o : memref<8x16xf32>)
  return
}
