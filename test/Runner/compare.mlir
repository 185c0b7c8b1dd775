// The comparison of a module that is fused, as a table and as JSON.
// RUN: rcm-runner %rcm_src/docs/examples/rcm_attention.mlir --function=block_4x128x256 --compare --json=%t.json \
// RUN:   --arg=t=0.0,0.3,0.7,1.0 --arg=wq=normal:scale=0.0625 --arg=wk=normal:scale=0.0625 --arg=wv=normal:scale=0.0625 \
// RUN:   | FileCheck %s --check-prefix=TABLE
// What was fused and where; nothing about the file's other function.
// TABLE: @block_4x128x256, seed 0
// TABLE-NEXT: passed: {{.*}}rcm_attention.mlir:110:10: fused into rcm.attention_skip: b=4 h=4 m=128 n=128 k=64 d=64, f32, schedule edm
// TABLE-NOT: fused into
// TABLE: as written {{ *}}fused {{ *}}f64 reference
// TABLE: against f64 reference
// TABLE-NEXT: max |diff| {{ *[0-9.]+e-0[6-9] *[0-9.]+e-0[6-9]}}
// TABLE-NEXT: 1 - cosine
// TABLE-NEXT: relative L1
// TABLE-NEXT: RMSE
// TABLE-NEXT: against as written
// TABLE: time (median of 3)
// TABLE: memory
// TABLE: allocated temporaries
// TABLE: all differences are within

// RUN: %python -c "import json; o = json.load(open('%t.json')); print(o['passed'], [v['name'] for v in o['variants']], o['fused_to_written']['max_abs_diff'] < 1e-5, [(r['kind'], r['where'].rpartition('/')[2], r['text'][:25]) for r in o['remarks']])" | FileCheck %s --check-prefix=JSON
// JSON: True ['as written', 'fused', 'f64 reference'] True [('passed', 'rcm_attention.mlir:110:10', 'fused into rcm.attention_')]

// Or why nothing was fused.
// RUN: rcm-runner %s --function=product --compare --repeat=1 --warmup=0 | FileCheck %s --check-prefix=NOTHING
// NOTHING: @product, seed 0
// NOTHING-NEXT: nothing fused: no attention found in linalg
// RUN: rcm-runner %s --function=exponentials --compare --repeat=1 --warmup=0 | FileCheck %s --check-prefix=MISSED
// MISSED: @exponentials, seed 0
// MISSED-NEXT: missed: {{.*}}compare.mlir:{{[0-9]+:[0-9]+}}: no-denominator: the exponentials are not divided by the sum
// MISSED-NOT: missed

// Attention without a skip is found too.
// RUN: rcm-runner %s --function=attention_alone --compare --repeat=1 --warmup=0 | FileCheck %s --check-prefix=ALONE
// ALONE: passed: {{.*}}compare.mlir:{{[0-9]+:[0-9]+}}: fused into rcm.attention:
// ALONE: all differences are within

// A tolerance that no rounding can keep is broken, and says so.
// RUN: not rcm-runner %s --function=attention --compare --repeat=1 --warmup=0 --tolerance=1e-30 2>&1 | FileCheck %s --check-prefix=BROKEN
// BROKEN: error: expected max |diff| of `as written` against `f64 reference` to be at most {{.*}}, got

// Columns that would take too much memory are skipped, with the arithmetic.
// RUN: rcm-runner %s --function=attention --compare --repeat=1 --warmup=0 --memory-limit=256K | FileCheck %s --check-prefix=LIMIT
// LIMIT: nothing to fuse: attention is written as 1 rcm op
// LIMIT: time (median of 1) {{ *}}skipped {{ *[0-9]}}
// LIMIT: skipped: as written: temporaries of {{.*}} (memref<4x128x128xf32> alone takes 256.0 KiB) exceed the limit of 256.0 KiB
// LIMIT: skipped: f64 reference: temporaries of {{.*}} (memref<4x128x128xf64> alone takes 512.0 KiB) exceed the limit of 256.0 KiB
// LIMIT-NEXT: f64 reference: 128 of 128 query rows of the fused op

// Where neither runs, rows of the fused op are checked in f64.
// RUN: rcm-runner %s --function=attention_alone --compare --repeat=1 --warmup=0 --memory-limit=500 | FileCheck %s --check-prefix=ROWS
// ROWS: against f64 reference
// ROWS-NEXT: max |diff| {{ *[0-9.]+e-0[6-9]$}}
// ROWS: skipped: as written: temporaries of {{.*}} exceed the limit of 500 B
// ROWS-NEXT: skipped: f64 reference: temporaries of {{.*}} exceed the limit of 500 B
// ROWS-NEXT: f64 reference: 8 of 8 query rows of the fused op
// ROWS: all differences are within

func.func @attention(%q: tensor<4x128x32xf32>, %k: tensor<4x128x32xf32>, %v: tensor<4x128x32xf32>) -> tensor<4x128x32xf32> {
  %e = tensor.empty() : tensor<4x128x32xf32>
  %0 = rcm.attention scale(0.17677669529663687) ins(%q, %k, %v : tensor<4x128x32xf32>, tensor<4x128x32xf32>, tensor<4x128x32xf32>)
      outs(%e : tensor<4x128x32xf32>) -> tensor<4x128x32xf32>
  return %0 : tensor<4x128x32xf32>
}

func.func @product(%a: tensor<8x8xf32>, %b: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<8x8xf32>, tensor<8x8xf32>) outs(%z : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// An attention whose weights nobody divides by their sum.
func.func @exponentials(%q: tensor<8x4xf32>, %k: tensor<4x8xf32>, %v: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %zero = arith.constant 0.0 : f32
  %se = tensor.empty() : tensor<8x8xf32>
  %sz = linalg.fill ins(%zero : f32) outs(%se : tensor<8x8xf32>) -> tensor<8x8xf32>
  %s = linalg.matmul ins(%q, %k : tensor<8x4xf32>, tensor<4x8xf32>) outs(%sz : tensor<8x8xf32>) -> tensor<8x8xf32>
  %p = linalg.exp ins(%s : tensor<8x8xf32>) outs(%se : tensor<8x8xf32>) -> tensor<8x8xf32>
  %oe = tensor.empty() : tensor<8x4xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<8x4xf32>) -> tensor<8x4xf32>
  %o = linalg.matmul ins(%p, %v : tensor<8x8xf32>, tensor<8x4xf32>) outs(%oz : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %o : tensor<8x4xf32>
}

func.func @attention_alone(%q: tensor<2x8x4xf32>, %k: tensor<2x4x8xf32>, %v: tensor<2x8x4xf32>) -> tensor<2x8x4xf32> {
  %zero = arith.constant 0.0 : f32
  %se = tensor.empty() : tensor<2x8x8xf32>
  %sz = linalg.fill ins(%zero : f32) outs(%se : tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %s = linalg.batch_matmul ins(%q, %k : tensor<2x8x4xf32>, tensor<2x4x8xf32>) outs(%sz : tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<2x8x8xf32>) outs(%se : tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %oe = tensor.empty() : tensor<2x8x4xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  %o = linalg.batch_matmul ins(%p, %v : tensor<2x8x8xf32>, tensor<2x8x4xf32>) outs(%oz : tensor<2x8x4xf32>) -> tensor<2x8x4xf32>
  return %o : tensor<2x8x4xf32>
}

// Arithmetic on whole tensors runs as written, too.
// RUN: rcm-runner %s --function=whole_tensors --compare --repeat=1 --warmup=0 | FileCheck %s --check-prefix=WHOLE
// WHOLE: all differences are within
func.func @whole_tensors(%x: tensor<5x8xf32>, %g: tensor<5x8xf32>) -> tensor<5x8xf32> {
  %0 = arith.mulf %x, %g : tensor<5x8xf32>
  %1 = arith.addf %0, %x : tensor<5x8xf32>
  return %1 : tensor<5x8xf32>
}
