// The comparison of a module that is fused, as a table and as JSON.
// RUN: rcm-runner %rcm_src/docs/examples/rcm_attention.mlir --function=block_4x128x256 --compare --json=%t.json \
// RUN:   --arg=t=0.0,0.3,0.7,1.0 --arg=wq=normal:scale=0.0625 --arg=wk=normal:scale=0.0625 --arg=wv=normal:scale=0.0625 \
// RUN:   | FileCheck %s --check-prefix=TABLE
// TABLE: @block_4x128x256, seed 0
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

// RUN: %python -c "import json; o = json.load(open('%t.json')); print(o['passed'], [v['name'] for v in o['variants']], o['fused_to_written']['max_abs_diff'] < 1e-5)" | FileCheck %s --check-prefix=JSON
// JSON: True ['as written', 'fused', 'f64 reference'] True

// A tolerance that no rounding can keep is broken, and says so.
// RUN: not rcm-runner %s --compare --repeat=1 --warmup=0 --tolerance=1e-30 2>&1 | FileCheck %s --check-prefix=BROKEN
// BROKEN: error: expected max |diff| of `as written` against `f64 reference` to be at most {{.*}}, got

// Columns that would take too much memory are skipped, with the arithmetic.
// RUN: rcm-runner %s --compare --repeat=1 --warmup=0 --memory-limit=256K | FileCheck %s --check-prefix=LIMIT
// LIMIT: time {{.*}} skipped {{.*}} skipped
// LIMIT: skipped: as written: temporaries of {{.*}} (memref<4x128x128xf32> alone takes 256.0 KiB) exceed the limit of 256.0 KiB
// LIMIT: skipped: f64 reference: temporaries of {{.*}} (memref<4x128x128xf64> alone takes 512.0 KiB) exceed the limit of 256.0 KiB

func.func @attention(%q: tensor<4x128x32xf32>, %k: tensor<4x128x32xf32>, %v: tensor<4x128x32xf32>) -> tensor<4x128x32xf32> {
  %e = tensor.empty() : tensor<4x128x32xf32>
  %0 = rcm.attention scale(0.17677669529663687) ins(%q, %k, %v : tensor<4x128x32xf32>, tensor<4x128x32xf32>, tensor<4x128x32xf32>)
      outs(%e : tensor<4x128x32xf32>) -> tensor<4x128x32xf32>
  return %0 : tensor<4x128x32xf32>
}
