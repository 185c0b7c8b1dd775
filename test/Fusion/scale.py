#!/usr/bin/env python3
"""How the time of fusion grows with the size of a module.

Two shapes: many functions with one attention + skip each, and one function of
many chained blocks (15 ops each, with the attention of a block reading the
result of the one before). For each size the time of the pass, as MLIR measures
it, and of the whole run of rcm-opt. docs/FusionTesting.md has a measured curve.

    scale.py                          the whole curve
    scale.py --blocks=1000 --functions=1000 --limit=60
"""
import argparse
import re
import shutil
import subprocess
import sys
import time

HEAD = """#q = affine_map<(b, m, n, k) -> (b, m, k)>
#k = affine_map<(b, m, n, k) -> (b, n, k)>
#s = affine_map<(b, m, n, k) -> (b, m, n)>
#id = affine_map<(b, m, n) -> (b, m, n)>
#row = affine_map<(b, m, n) -> (b, m)>
#batch = affine_map<(b, m, n) -> (b)>
"""

X = "tensor<4x16x32xf32>"
S = "tensor<4x16x16xf32>"
ROW = "tensor<4x16xf32>"
BATCH = "tensor<4xf32>"
PARALLEL = 'iterator_types = ["parallel", "parallel", "parallel"]'


def block(i, x):
    """One attention with its skip on x: 15 ops."""
    return f"""  %se{i} = tensor.empty() : {S}
  %sz{i} = linalg.fill ins(%zero : f32) outs(%se{i} : {S}) -> {S}
  %s{i} = linalg.generic {{indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}}
      ins({x}, {x} : {X}, {X}) outs(%sz{i} : {S}) {{
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %p = arith.mulf %a, %b : f32
    %r = arith.addf %p, %acc : f32
    linalg.yield %r : f32
  }} -> {S}
  %u{i} = linalg.generic {{indexing_maps = [#id, #id], {PARALLEL}}} ins(%s{i} : {S}) outs(%se{i} : {S}) {{
  ^bb0(%a: f32, %o: f32):
    %r = arith.mulf %a, %scale : f32
    linalg.yield %r : f32
  }} -> {S}
  %re{i} = tensor.empty() : {ROW}
  %mz{i} = linalg.fill ins(%ninf : f32) outs(%re{i} : {ROW}) -> {ROW}
  %m{i} = linalg.reduce {{ arith.maximumf }} ins(%u{i} : {S}) outs(%mz{i} : {ROW}) dimensions = [2]
  %e{i} = linalg.generic {{indexing_maps = [#id, #row, #id], {PARALLEL}}}
      ins(%u{i}, %m{i} : {S}, {ROW}) outs(%se{i} : {S}) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.subf %a, %b : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  }} -> {S}
  %lz{i} = linalg.fill ins(%zero : f32) outs(%re{i} : {ROW}) -> {ROW}
  %l{i} = linalg.reduce {{ arith.addf }} ins(%e{i} : {S}) outs(%lz{i} : {ROW}) dimensions = [2]
  %p{i} = linalg.generic {{indexing_maps = [#id, #row, #id], {PARALLEL}}}
      ins(%e{i}, %l{i} : {S}, {ROW}) outs(%se{i} : {S}) {{
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.divf %a, %b : f32
    linalg.yield %r : f32
  }} -> {S}
  %xe{i} = tensor.empty() : {X}
  %oz{i} = linalg.fill ins(%zero : f32) outs(%xe{i} : {X}) -> {X}
  %o{i} = linalg.batch_matmul ins(%p{i}, {x} : {S}, {X}) outs(%oz{i} : {X}) -> {X}
  %x{i} = linalg.generic {{indexing_maps = [#id, #id, #batch, #batch, #id], {PARALLEL}}}
      ins({x}, %o{i}, %cs, %co : {X}, {X}, {BATCH}, {BATCH}) outs(%xe{i} : {X}) {{
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32, %o: f32):
    %y = arith.mulf %c, %a : f32
    %z = arith.mulf %d, %b : f32
    %r = arith.addf %y, %z : f32
    linalg.yield %r : f32
  }} -> {X}
"""


def function(name, blocks):
    body = "".join(block(i, f"%x{i - 1}" if i else "%x") for i in range(blocks))
    return f"""func.func @{name}(%x: {X}, %cs: {BATCH}, %co: {BATCH}) -> {X} {{
  %zero = arith.constant 0.0 : f32
  %ninf = arith.constant 0xFF800000 : f32
  %scale = arith.constant 0.25 : f32
{body}  return %x{blocks - 1} : {X}
}}
"""


def module(shape, size):
    if shape == "functions":
        return HEAD + "".join(function(f"f{i}", 1) for i in range(size))
    return HEAD + function("chain", size)


def measure(opt, shape, size):
    """(seconds of the pass, seconds of the whole run) of the better of two."""
    best = None
    for _ in range(2):
        started = time.monotonic()
        done = subprocess.run(
            [opt, "-", "--rcm-fuse-attention-skip", "--remarks-filter=none", "--mlir-timing",
             "--mlir-timing-display=list"],
            input=module(shape, size), text=True, check=False, capture_output=True)
        whole = time.monotonic() - started
        if done.returncode:
            sys.exit(f"error: rcm-opt ended with {done.returncode}: {done.stderr[:500]}")
        found = done.stdout.count("rcm.attention_skip")
        if found != size:
            sys.exit(f"error: expected {size} rcm.attention_skip for {size} {shape}, got {found}")
        fusion = float(re.search(r"([0-9.]+) \(.*FuseAttentionSkip", done.stderr).group(1))
        best = min(best or (fusion, whole), (fusion, whole))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=4000, help="largest chain")
    parser.add_argument("--functions", type=int, default=1000, help="most functions")
    parser.add_argument("--limit", type=float, metavar="SECONDS",
                        help="fail if a run takes longer, or grows faster than 8 times for "
                             "4 times the size")
    parser.add_argument("--bin", metavar="DIR", help="where rcm-opt is; default: on PATH")
    options = parser.parse_args()
    for name in ("blocks", "functions"):
        if getattr(options, name) < 16:
            parser.error(f"expected --{name} to be at least 16, got {getattr(options, name)}")
    opt = shutil.which("rcm-opt", path=options.bin)
    if not opt:
        sys.exit(f"error: expected rcm-opt in {options.bin or 'PATH'}, found none")
    failed = False
    for shape, largest in (("functions", options.functions), ("blocks", options.blocks)):
        before = None
        for size in (largest // 16, largest // 4, largest):
            fusion, whole = measure(opt, shape, size)
            growth = "" if before is None else f", {fusion / max(before, 0.01):.1f} times as long"
            print(f"{size:6} {shape:9} fusion {fusion:7.2f} s, the whole run "
                  f"{whole:7.2f} s{growth}", flush=True)
            if options.limit:
                failed |= whole > options.limit
                # Small times are noise.
                failed |= before is not None and fusion > 8 * max(before, 0.25)
            before = fusion
    if failed:
        sys.exit(f"error: expected every run within {options.limit} s and growth in proportion")


if __name__ == "__main__":
    main()
