// Kernels leave rcm-runner in every form, without a GPU, from rcm ops and from
// linalg; what cannot be made leaves no file.

// RUN: rcm-runner %s --emit=nvvm 2>%t.err | FileCheck %s --check-prefix=NVVM
// RUN: FileCheck %s --check-prefix=REMARK < %t.err
// REMARK: remark: recipe int8-e4m3: attention is computed from 8-bit operands
// NVVM: module attributes {rcm_rt.properties = {chip = "sm_90a", recipe = "int8-e4m3"}}
// NVVM: rcm_rt.launch @kernels::@attention_0
// NVVM: llvm.func @attention_0
// NVVM: wgmma

// All functions are in one PTX module; the recipe is the user's choice.
// RUN: rcm-runner %s --emit=ptx --recipe=none -o %t.ptx && FileCheck %s --check-prefix=PTX --input-file=%t.ptx
// PTX: .target sm_90a
// PTX-NOT: .target
// PTX-NOT: wgmma
// PTX-COUNT-2: .visible .entry {{.*}}attention

// An object has the names of the text, and knows what it computes and how.
// RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir && rcm-runner %s --emit=object
// RUN: %python %S/Inputs/strings.py %t.dir/emit.rcmobj | FileCheck %s --check-prefix=OBJECT
// OBJECT-DAG: q=0:bhmk k=1:bhnk v=2:bhnd x=3:bhmd alpha=4:b beta=5:b out=6:bhmd scale=0.125 causal=0
// OBJECT-DAG: consumer_warpgroups = 3, query_tile = 192, key_tile = 128
// OBJECT-DAG: residual
// OBJECT-DAG: q=0:bmk k=1:bnk v=2:bnd out=3:bmd scale=1

// Errors: one line, exit code 1, no file.
// RUN: rm -rf %t.dir && mkdir %t.dir
// RUN: not rcm-runner %s --emit=cubin --ptxas=%t.no/ptxas -o %t.dir/x 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: error: expected ptxas of the CUDA toolkit at {{.*}}/ptxas to make a cubin, got: No such file or directory
// RUN: not rcm-runner %s --emit=object --chip=sm_80 -o %t.dir/x 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: expected `chip` to be sm_90a, got sm_80
// RUN: not rcm-runner %s --emit=ptx --recipe=int4 -o %t.dir/x 2>&1 | FileCheck %s --check-prefix=RECIPE
// RECIPE: error: expected `recipe` to be default, auto, none, bf16, f16 or int8-e4m3{{.*}}, got int4
// RUN: not rcm-runner %s --emit=elf -o %t.dir/x 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: expected `--emit` to be nvvm, ptx, cubin or object, got 'elf'
// RUN: not rcm-runner %s --emit=ptx --compare 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: error: expected `--emit` or `--compare`, got both
// RUN: not rcm-runner %s -o %t.dir/x 2>&1 | FileCheck %s --check-prefix=ALONE
// ALONE: error: expected `-o` together with `--emit`, got it alone
// RUN: not rcm-runner %s --emit=ptx -o %t.dir/no/x 2>&1 | FileCheck %s --check-prefix=PATH
// PATH: error: {{.*}}/no/x: expected a writable path, got 'No such file or directory'
// RUN: ls %t.dir | count 0

func.func @causal(%q: memref<?x?x?x64xbf16>, %k: memref<?x?x?x64xbf16>, %v: memref<?x?x?x64xbf16>,
                  %residual: memref<?x?x?x64xbf16>, %a: memref<?xf32>, %b: memref<?xf32>, %out: memref<?x?x?x64xbf16>) {
  rcm.attention_skip scale(0.125) causal
      ins(%q, %k, %v, %residual : memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>, memref<?x?x?x64xbf16>)
      coefficients(%a, %b : memref<?xf32>, memref<?xf32>)
      outs(%out : memref<?x?x?x64xbf16>)
  return
}

func.func @linalg(%q: tensor<2x8x16xbf16>, %k: tensor<2x8x16xbf16>, %v: tensor<2x8x16xbf16>) -> tensor<2x8x16xbf16> {
  %zero = arith.constant 0.0 : f32
  %se = tensor.empty() : tensor<2x8x8xf32>
  %sz = linalg.fill ins(%zero : f32) outs(%se : tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>, affine_map<(b, m, n, k) -> (b, m, n)>],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x8x16xbf16>, tensor<2x8x16xbf16>) outs(%sz : tensor<2x8x8xf32>) {
  ^bb0(%a: bf16, %b: bf16, %c: f32):
    %aw = arith.extf %a : bf16 to f32
    %bw = arith.extf %b : bf16 to f32
    %m = arith.mulf %aw, %bw : f32
    %r = arith.addf %c, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x8x8xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<2x8x8xf32>) outs(%se : tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %oe = tensor.empty() : tensor<2x8x16xf32>
  %oz = linalg.fill ins(%zero : f32) outs(%oe : tensor<2x8x16xf32>) -> tensor<2x8x16xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(b, m, n, d) -> (b, m, n)>, affine_map<(b, m, n, d) -> (b, n, d)>, affine_map<(b, m, n, d) -> (b, m, d)>],
                       iterator_types = ["parallel", "parallel", "reduction", "parallel"]}
      ins(%p, %v : tensor<2x8x8xf32>, tensor<2x8x16xbf16>) outs(%oz : tensor<2x8x16xf32>) {
  ^bb0(%a: f32, %b: bf16, %c: f32):
    %bw = arith.extf %b : bf16 to f32
    %m = arith.mulf %a, %bw : f32
    %r = arith.addf %c, %m : f32
    linalg.yield %r : f32
  } -> tensor<2x8x16xf32>
  %ne = tensor.empty() : tensor<2x8x16xbf16>
  %n = linalg.generic {indexing_maps = [affine_map<(b, m, d) -> (b, m, d)>, affine_map<(b, m, d) -> (b, m, d)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%o : tensor<2x8x16xf32>) outs(%ne : tensor<2x8x16xbf16>) {
  ^bb0(%a: f32, %b: bf16):
    %r = arith.truncf %a : f32 to bf16
    linalg.yield %r : bf16
  } -> tensor<2x8x16xbf16>
  return %n : tensor<2x8x16xbf16>
}
