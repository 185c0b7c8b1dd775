// Everything wrong is refused with one line on stderr and exit code 1.

// RUN: not rcm-runner 2>&1 | FileCheck %s --check-prefix=NOFILE --implicit-check-not=error
// NOFILE: error: expected one FILE.mlir, got 0; see rcm-runner --help
// RUN: not rcm-runner %s --functoin=f 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error: unknown option '--functoin', did you mean '--function'?
// RUN: not rcm-runner %s --function 2>&1 | FileCheck %s --check-prefix=NOVALUE
// NOVALUE: error: expected a value of `--function`, got none
// RUN: not rcm-runner %s --seed=1 --seed=2 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: expected `--seed` once, got it twice
// RUN: not rcm-runner %t.none.mlir 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: none.mlir: expected a readable file, got 'No such file or directory'
// RUN: echo "func.func @f(" > %t.mlir && not rcm-runner %t.mlir 2>&1 | FileCheck %s --check-prefix=MALFORMED
// MALFORMED: error: {{.*}}.mlir:1:14: expected
// RUN: not rcm-runner %s --function=nope 2>&1 | FileCheck %s --check-prefix=FUNCTION
// FUNCTION: error: expected `function` to be one of the module's public functions, {f, dynamic, strided, index, calls, large}, got 'nope'
// RUN: not rcm-runner %s 2>&1 | FileCheck %s --check-prefix=CHOOSE
// CHOOSE: error: expected `--function` to choose among {f, dynamic, strided, index, calls, large}, got none
// RUN: not rcm-runner %s --function=f --target=gpu --pipeline=rcm-stock-to-cpu 2>&1 | FileCheck %s --check-prefix=GPU
// GPU: error: expected `--pipeline` with `--target=cpu`, got gpu
// RUN: not rcm-runner %s --function=f --target=tpu 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: expected `--target` to be cpu, gpu or auto, got 'tpu'
// RUN: not rcm-runner %s --function=f --repeat=0 2>&1 | FileCheck %s --check-prefix=REPEAT
// REPEAT: error: expected `--repeat` to be an integer in [1, 1000000], got '0'
// RUN: not rcm-runner %s --function=f --memory-limit=lots 2>&1 | FileCheck %s --check-prefix=LIMIT
// LIMIT: error: `--memory-limit`: expected a number of bytes such as 512M or 8G, got 'lots'
// RUN: not rcm-runner %s --function=f --pipeline=nonsense 2>&1 | FileCheck %s --check-prefix=PIPELINE
// PIPELINE: error: in pass pipeline 'nonsense': 'nonsense' does not refer to a registered pass or pass pipeline
// RUN: not rcm-runner %s --function=strided 2>&1 | FileCheck %s --check-prefix=STRIDED
// STRIDED: error: expected argument 0 to be a tensor, a dense memref or a scalar of {{.*}}, got memref<2x2xf32, strided<[4, 1]>>

// Values.
// RUN: not rcm-runner %s --function=f --arg=y=1 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: error: expected the key of `--arg` to be one of the arguments {x}, got 'y'
// RUN: not rcm-runner %s --function=f --arg=x 2>&1 | FileCheck %s --check-prefix=ASSIGN
// ASSIGN: error: expected `--arg` to be KEY=VALUE, got 'x'
// RUN: not rcm-runner %s --function=f --arg=x=1,2,3 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: error: expected 4 numbers for argument 0 `x`, which is tensor<2x2xf32>, got 3
// RUN: not rcm-runner %s --function=f --arg=x=gaussian 2>&1 | FileCheck %s --check-prefix=GENERATOR
// GENERATOR: error: argument 0 `x`: {{.*}}'gaussian'
// RUN: not rcm-runner %s --function=dynamic 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: expected `--shape` for argument 0 `x`, which is tensor<?x4xf32>, got none
// RUN: not rcm-runner %s --function=dynamic --shape=x=3x5 2>&1 | FileCheck %s --check-prefix=BADSHAPE
// BADSHAPE: error: expected `--shape` of argument 0 `x` to fit tensor<?x4xf32>, got '3x5'
// RUN: not rcm-runner %s --function=dynamic --shape=x=3x4 --shape=y=2x4 2>&1 | FileCheck %s --check-prefix=MISMATCH
// MISMATCH: error: {{.*}}bad-input.mlir:{{[0-9]+}}:{{[0-9]+}}: {{.*}}

// Files of the wrong shape or type, cut short, or not there.
// RUN: %python -c "import numpy; numpy.save('%t.shape.npy', numpy.zeros((2, 3), 'f4')); numpy.save('%t.type.npy', numpy.zeros((2, 2), 'f8')); numpy.save('%t.good.npy', numpy.zeros((2, 2), 'f4')); data = open('%t.good.npy', 'rb').read(); open('%t.short.npy', 'wb').write(data[:-1])"
// RUN: not rcm-runner %s --function=f --arg=x=%t.shape.npy 2>&1 | FileCheck %s --check-prefix=NPYSHAPE
// NPYSHAPE: error: argument 0 `x`: {{.*}}.shape.npy: {{.*}}2x2{{.*}}2x3
// RUN: not rcm-runner %s --function=f --arg=x=%t.type.npy 2>&1 | FileCheck %s --check-prefix=NPYTYPE
// NPYTYPE: error: argument 0 `x`: {{.*}}.type.npy: {{.*}}f32{{.*}}f64
// RUN: not rcm-runner %s --function=f --arg=x=%t.short.npy 2>&1 | FileCheck %s --check-prefix=NPYSHORT
// NPYSHORT: error: argument 0 `x`: {{.*}}.short.npy: expected {{.*}}
// RUN: not rcm-runner %s --function=f --arg=x=%t.nothere.npy 2>&1 | FileCheck %s --check-prefix=NPYMISSING
// NPYMISSING: error: argument 0 `x`: {{.*}}.nothere.npy: {{.*}}No such file or directory

// Outputs that cannot be written leave nothing behind.
// RUN: rm -rf %t.dir && mkdir %t.dir && not rcm-runner %s --function=f --pipeline=rcm-stock-to-cpu --output=%t.dir/no/out.npy 2>&1 | FileCheck %s --check-prefix=OUTPUT
// OUTPUT: error: {{.*}}out.npy: {{.*}}
// RUN: ls %t.dir | count 0
// RUN: not rcm-runner %s --function=f --pipeline=rcm-stock-to-cpu --output=1=%t.out.npy 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: error: expected the index of `--output` to be below 1, got 1
// RUN: not rcm-runner %s --function=f --output=%t.dir 2>&1 | FileCheck %s --check-prefix=FOLDER --implicit-check-not=error
// FOLDER: error: {{.*}}.dir: expected a writable path, got: Is a directory
// RUN: not rcm-runner %s --function=f --output=/dev/full 2>&1 | FileCheck %s --check-prefix=FULL --implicit-check-not=error
// FULL: error: /dev/full: expected to write 16 bytes, got: No space left on device
// RUN: not rcm-runner %s --function=f --compare --json=/dev/full 2>&1 | FileCheck %s --check-prefix=FULLJSON --implicit-check-not=error
// FULLJSON: error: /dev/full: expected a writable path, got 'No space left on device'
// A device stays one.
// RUN: test -c /dev/full

// Functions that cannot run: no body to call, no memory.
// RUN: not rcm-runner %s --function=calls 2>&1 | FileCheck %s --check-prefix=CALLS --implicit-check-not=error
// CALLS: error: expected called functions to have a body, got a declaration of 'elsewhere'
// RUN: not rcm-runner %s --function=large --memory-limit=1G 2>&1 | FileCheck %s --check-prefix=LARGE --implicit-check-not=error
// LARGE: error: expected the function to allocate at most 1.0 GiB (--memory-limit), got 120.7 GiB, 120.7 GiB of them for memref<60000x60000x9xf32>

// Modules that mean nothing: each one line, where and what was expected.
// RUN: echo "func.func @g(%%q: tensor<8x16xi32>, %%o: tensor<8x16xf32>) -> tensor<8x16xf32> { %%0 = rcm.attention scale(0.25) ins(%%q, %%q, %%q : tensor<8x16xi32>, tensor<8x16xi32>, tensor<8x16xi32>) outs(%%o : tensor<8x16xf32>) -> tensor<8x16xf32> return %%0 : tensor<8x16xf32> }" > %t.int.mlir
// RUN: not rcm-runner %t.int.mlir 2>&1 | FileCheck %s --check-prefix=INTEGER --implicit-check-not=error
// INTEGER: error: {{.*}}.int.mlir:1:{{[0-9]+}}: 'rcm.attention' op operand #0 must be ranked tensor or memref of f16, bf16, f32 or f64 values, but got 'tensor<8x16xi32>'
// RUN: echo "func.func @g(%%q: tensor<8x16xf32>, %%k: tensor<8x15xf32>, %%o: tensor<8x16xf32>) -> tensor<8x16xf32> { %%0 = rcm.attention scale(0.25) ins(%%q, %%k, %%q : tensor<8x16xf32>, tensor<8x15xf32>, tensor<8x16xf32>) outs(%%o : tensor<8x16xf32>) -> tensor<8x16xf32> return %%0 : tensor<8x16xf32> }" > %t.sizes.mlir
// RUN: not rcm-runner %t.sizes.mlir 2>&1 | FileCheck %s --check-prefix=SIZES --implicit-check-not=error
// SIZES: error: {{.*}}.sizes.mlir:1:{{[0-9]+}}: 'rcm.attention' op expected size of dimension k of `key` to be 16 as in `query`, got 15
// RUN: echo "func.func @g(%%q: tensor<16xf32>, %%o: tensor<8x16xf32>) -> tensor<8x16xf32> { %%0 = rcm.attention scale(0.25) ins(%%q, %%o, %%o : tensor<16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) outs(%%o : tensor<8x16xf32>) -> tensor<8x16xf32> return %%0 : tensor<8x16xf32> }" > %t.rank.mlir
// RUN: not rcm-runner %t.rank.mlir 2>&1 | FileCheck %s --check-prefix=RANK --implicit-check-not=error
// RANK: error: {{.*}}.rank.mlir:1:{{[0-9]+}}: 'rcm.attention' op expected rank of `query` to have a default indexing map
// Sizes that are open in the module and 0 in the call.
// RUN: not rcm-runner %rcm_src/docs/examples/any_size.mlir --arg=t=1 --shape=q=1x2x0x64 --shape=x=1x2x0x64 --shape=k=1x2x8x64 --shape=v=1x2x8x64 2>&1 | FileCheck %s --check-prefix=NOROWS --implicit-check-not=error
// NOROWS: error: {{.*}}any_size.mlir:{{[0-9]+:[0-9]+}}: 'rcm.attention_skip' op expected size of dimension m of `query` to be at least 1, got 0

func.func @f(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  return %x : tensor<2x2xf32>
}

func.func @dynamic(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = linalg.add ins(%x, %y : tensor<?x4xf32>, tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

func.func @strided(%x: memref<2x2xf32, strided<[4, 1]>>) {
  return
}

func.func @index(%i: index) -> index {
  return %i : index
}

func.func private @elsewhere(tensor<2xf32>) -> tensor<2xf32>
func.func @calls(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = call @elsewhere(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

func.func @large(%x: f32) -> tensor<60000x60000x9xf32> {
  %e = tensor.empty() : tensor<60000x60000x9xf32>
  %0 = linalg.fill ins(%x : f32) outs(%e : tensor<60000x60000x9xf32>) -> tensor<60000x60000x9xf32>
  return %0 : tensor<60000x60000x9xf32>
}
