// RUN: rcm-opt %s --convert-linalg-to-vector | FileCheck %s
// RUN: rcm-opt %s --convert-linalg-to-vector=vector-width=512 | FileCheck %s --check-prefix=WIDE
// RUN: rcm-opt %s --convert-linalg-to-vector=min-tasks=8 | FileCheck %s --check-prefix=TASKS
// RUN: not rcm-opt %s --convert-linalg-to-vector=vector-width=64 2>&1 | FileCheck %s --check-prefix=BAD

// BAD: error: expected `vector-width` to be 128, 256 or 512, got 64

// One parallel loop; operands are copied; 6 x 2 sums stay in registers.
// CHECK-LABEL: @matmul
// CHECK-NOT: linalg.matmul
// CHECK: scf.parallel
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<26112xf32>
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<65536xf32>
// CHECK: memref.alloc() {alignment = 64 : i64} : memref<24576xf32>
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-12: arith.mulf {{.*}} fastmath<contract> : vector<8xf32>
// CHECK: vector.store {{.*}} : memref<512x256xf32>, vector<8xf32>
// CHECK-COUNT-3: memref.dealloc
// WIDE-LABEL: @matmul
// WIDE-COUNT-24: arith.mulf {{.*}} fastmath<contract> : vector<16xf32>
// Six tasks of 96 rows and all columns, or eight of 66.
// CHECK-LABEL: @tasks
// CHECK: scf.parallel {{.*}} to (%c6{{(_[0-9]+)?}}) step
// TASKS-LABEL: @tasks
// TASKS: scf.parallel {{.*}} to (%c8{{(_[0-9]+)?}}) step
func.func @matmul(%a: memref<512x300xf32>, %b: memref<300x256xf32>, %c: memref<512x256xf32>) {
  linalg.matmul ins(%a, %b : memref<512x300xf32>, memref<300x256xf32>) outs(%c : memref<512x256xf32>)
  return
}

func.func @tasks(%a: memref<512x300xf32>, %b: memref<300x256xf32>, %c: memref<512x256xf32>) {
  linalg.matmul ins(%a, %b : memref<512x300xf32>, memref<300x256xf32>) outs(%c : memref<512x256xf32>)
  return
}

// Narrow inputs are widened when they are copied.
// CHECK-LABEL: @narrow
// CHECK: vector.load {{.*}} : memref<64x64xbf16>, vector<8xbf16>
// CHECK: arith.extf {{.*}} : vector<8xbf16> to vector<8xf32>
func.func @narrow(%a: memref<64x64xbf16>, %b: memref<64x64xbf16>, %c: memref<64x64xf32>) {
  linalg.matmul ins(%a, %b : memref<64x64xbf16>, memref<64x64xbf16>) outs(%c : memref<64x64xf32>)
  return
}

// f64 sums have half the lanes.
// CHECK-LABEL: @double
// CHECK-COUNT-12: arith.mulf {{.*}} fastmath<contract> : vector<4xf64>
func.func @double(%a: memref<64x64xf64>, %b: memref<64x64xf64>, %c: memref<64x64xf64>) {
  linalg.matmul ins(%a, %b : memref<64x64xf64>, memref<64x64xf64>) outs(%c : memref<64x64xf64>)
  return
}

// An output whose rows lie side by side: rows and columns change places.
#lhs = affine_map<(b, l, f, c) -> (b, l, c)>
#rhs = affine_map<(b, l, f, c) -> (c, f)>
#out = affine_map<(b, l, f, c) -> (b, f, l)>
// CHECK-LABEL: @projection
// CHECK: vector.store {{.*}} : memref<2x24x40xf32>, vector<8xf32>
func.func @projection(%x: memref<2x40x32xf32>, %w: memref<32x24xf32>, %y: memref<2x24x40xf32>) {
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<2x40x32xf32>, memref<32x24xf32>) outs(%y : memref<2x24x40xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %b, %a : f32
    %s = arith.addf %p, %sum : f32
    linalg.yield %s : f32
  }
  return
}
