"""Fused against unfused at the original proposal's shapes and bound.

  equivalence.py RUNNER SCRATCH

For (B, N, C, heads) it writes attention with an edm skip in plain linalg and
lets rcm-runner compare, for several t. At t = 0 the fused result must be x.
"""
import pathlib
import subprocess
import sys

import numpy

SHAPES = [(1, 16, 128, 4), (4, 64, 256, 8), (8, 128, 512, 8), (2, 256, 512, 16)]

MODULE = """
#bmn = affine_map<(b, m, n) -> (b, m, n)>
#bhmd = affine_map<(b, h, m, d) -> (b, h, m, d)>
#b = affine_map<(b, h, m, d) -> (b)>
#t = affine_map<(b) -> (b)>
func.func @block(%q: tensor<{BH}x{N}x{D}xf32>, %k: tensor<{BH}x{N}x{D}xf32>, %v: tensor<{BH}x{N}x{D}xf32>,
                 %x: tensor<{B}x{H}x{N}x{D}xf32>, %t: tensor<{B}xf32>) -> tensor<{B}x{H}x{N}x{D}xf32> {{
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant {SCALE} : f32
  %kt_e = tensor.empty() : tensor<{BH}x{D}x{N}xf32>
  %kt = linalg.transpose ins(%k : tensor<{BH}x{N}x{D}xf32>) outs(%kt_e : tensor<{BH}x{D}x{N}xf32>) permutation = [0, 2, 1]
  %s_e = tensor.empty() : tensor<{BH}x{N}x{N}xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<{BH}x{N}x{N}xf32>) -> tensor<{BH}x{N}x{N}xf32>
  %s0 = linalg.batch_matmul ins(%q, %kt : tensor<{BH}x{N}x{D}xf32>, tensor<{BH}x{D}x{N}xf32>) outs(%s_z : tensor<{BH}x{N}x{N}xf32>) -> tensor<{BH}x{N}x{N}xf32>
  %s = linalg.generic {{indexing_maps = [#bmn, #bmn], iterator_types = ["parallel", "parallel", "parallel"]}}
      ins(%s0 : tensor<{BH}x{N}x{N}xf32>) outs(%s_e : tensor<{BH}x{N}x{N}xf32>) {{
  ^bb0(%a: f32, %o: f32):
    %m = arith.mulf %a, %scale : f32
    linalg.yield %m : f32
  }} -> tensor<{BH}x{N}x{N}xf32>
  %p = linalg.softmax dimension(2) ins(%s : tensor<{BH}x{N}x{N}xf32>) outs(%s_e : tensor<{BH}x{N}x{N}xf32>) -> tensor<{BH}x{N}x{N}xf32>
  %o_e = tensor.empty() : tensor<{BH}x{N}x{D}xf32>
  %o_z = linalg.fill ins(%zero : f32) outs(%o_e : tensor<{BH}x{N}x{D}xf32>) -> tensor<{BH}x{N}x{D}xf32>
  %o3 = linalg.batch_matmul ins(%p, %v : tensor<{BH}x{N}x{N}xf32>, tensor<{BH}x{N}x{D}xf32>) outs(%o_z : tensor<{BH}x{N}x{D}xf32>) -> tensor<{BH}x{N}x{D}xf32>
  %o4 = tensor.expand_shape %o3 [[0, 1], [2], [3]] output_shape [{B}, {H}, {N}, {D}] : tensor<{BH}x{N}x{D}xf32> into tensor<{B}x{H}x{N}x{D}xf32>
  %t_e = tensor.empty() : tensor<{B}xf32>
  %c_skip, %c_out = linalg.generic {{indexing_maps = [#t, #t, #t], iterator_types = ["parallel"]}}
      ins(%t : tensor<{B}xf32>) outs(%t_e, %t_e : tensor<{B}xf32>, tensor<{B}xf32>) {{
  ^bb0(%time: f32, %o0: f32, %o1: f32):
    %t2 = arith.mulf %time, %time : f32
    %sum = arith.addf %t2, %one : f32
    %skip = arith.divf %one, %sum : f32
    %root = math.sqrt %sum : f32
    %out = arith.divf %time, %root : f32
    linalg.yield %skip, %out : f32, f32
  }} -> (tensor<{B}xf32>, tensor<{B}xf32>)
  %r_e = tensor.empty() : tensor<{B}x{H}x{N}x{D}xf32>
  %r = linalg.generic {{indexing_maps = [#bhmd, #bhmd, #b, #b, #bhmd], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}}
      ins(%x, %o4, %c_skip, %c_out : tensor<{B}x{H}x{N}x{D}xf32>, tensor<{B}x{H}x{N}x{D}xf32>, tensor<{B}xf32>, tensor<{B}xf32>)
      outs(%r_e : tensor<{B}x{H}x{N}x{D}xf32>) {{
  ^bb0(%xv: f32, %ov: f32, %cs: f32, %co: f32, %i: f32):
    %l = arith.mulf %cs, %xv : f32
    %m = arith.mulf %co, %ov : f32
    %n = arith.addf %l, %m : f32
    linalg.yield %n : f32
  }} -> tensor<{B}x{H}x{N}x{D}xf32>
  return %r : tensor<{B}x{H}x{N}x{D}xf32>
}}
"""


def run(*command):
    result = subprocess.run([str(part) for part in command], text=True,
                            capture_output=True, check=False)
    if result.returncode:
        sys.exit(f"{command}: {result.stdout}{result.stderr}")
    return result.stdout


def main(runner, scratch):
    scratch.mkdir(parents=True, exist_ok=True)
    for batch, rows, channels, heads in SHAPES:
        depth = channels // heads
        name = f"{batch},{rows},{channels},{heads}"
        module = scratch / f"block_{name}.mlir"
        module.write_text(MODULE.format(B=batch, H=heads, BH=batch * heads, N=rows,
                                        D=depth, SCALE=repr(depth ** -0.5)))
        if "rcm.attention_skip" not in run("rcm-opt", module, "--rcm-fuse-attention-skip"):
            sys.exit(f"{name}: nothing was fused")
        mixed = ",".join(str([0.0, 0.3, 0.7, 1.0][i % 4]) for i in range(batch))
        for label, time in [("random", "uniform:0:2"), ("mixed", mixed), ("1e4", "1e4")]:
            text = run(runner, module, "--compare", f"--arg=t={time}", "--tolerance=1e-5",
                       "--repeat=1", "--warmup=0", "--seed=3")
            if "against as written" not in text:
                sys.exit(f"{name}: nothing was compared\n{text}")
            print(f"{name} t={label}: within 1e-5")
        x = numpy.random.default_rng(1).standard_normal((batch, heads, rows, depth),
                                                        numpy.float32)
        numpy.save(scratch / "x.npy", x)
        run(runner, module, "--arg=t=0", f"--arg=x={scratch / 'x.npy'}",
            f"--output={scratch / 'out.npy'}")
        # Equal bits except the sign of zero, which == does not see.
        if not numpy.array_equal(numpy.load(scratch / "out.npy"), x):
            sys.exit(f"{name}: t = 0 does not give x")
        print(f"{name} t=0: equal to x")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
