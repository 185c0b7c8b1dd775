#!/usr/bin/env python3
"""One pass against two on a GPU: the same kernels, with and without fusion.

Times `alpha * x + beta * attention(q, k, v)`, bf16 in and out, one coefficient
per batch element, in one kernel and as attention written to memory followed by
a generated skip kernel, in turns, as peers.py does: CUDA events, a 256 MiB
write that empties the L2 before every sample, medians. Both come from
rcm-to-nvvm with the same recipe; both are compared with PyTorch.

Usage:
  passes.py [--shapes=NAME,...] [--recipe=NAME,...] [--repeat=N] [--json=FILE]
  passes.py --prebuild [...]    compiles only: no GPU; fills RCM_CACHE_DIR
  passes.py --once ...          one call of each, for a profiler
  passes.py --equality ...      x, O and the output in f32: one pass against two

--mode=fused or --mode=two-pass leaves the other out. Prebuilt objects are found
through RCM_OBJECT_PATH; see docs/Python.md. The JSON can be drawn by
`rcm-bench --report=page.html --from=FILE`.
"""
import argparse
import json
import statistics
import sys

import peers

RECIPES = ("int8-e4m3", "none")
MOST_ERROR = {"int8-e4m3": 0.02, "none": 0.004}  # relative L1 of the output, bf16
VIDEO = {"video_frames": (16, 8, 1024, 1024, 64), "video_joint": (1, 8, 16384, 16384, 64)}
MODES = ("fused", "two-pass")
MOST_DIFFERENCE = 1e-5  # of one pass from two, relative to the largest output

WIDE_SKIP = """  linalg.generic {{indexing_maps = [#id, #id, #batch, #batch, #id],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}}
      ins(%x, %o, %a, %b : {t}, {t}, memref<?xf32>, memref<?xf32>) outs(%out : {t}) {{
  ^bb0(%xe: f32, %oe: f32, %ae: f32, %be: f32, %init: f32):
    %l = arith.mulf %ae, %xe : f32
    %r = arith.mulf %be, %oe : f32
    %s = arith.addf %l, %r : f32
    linalg.yield %s : f32
  }}
"""
SKIP = """  linalg.generic {{indexing_maps = [#id, #id, #batch, #batch, #id],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}}
      ins(%x, %o, %a, %b : {t}, {t}, memref<?xf32>, memref<?xf32>) outs(%out : {t}) {{
  ^bb0(%xe: bf16, %oe: bf16, %ae: f32, %be: f32, %init: bf16):
    %xw = arith.extf %xe : bf16 to f32
    %ow = arith.extf %oe : bf16 to f32
    %l = arith.mulf %ae, %xw : f32
    %r = arith.mulf %be, %ow : f32
    %s = arith.addf %l, %r : f32
    %n = arith.truncf %s : f32 to bf16
    linalg.yield %n : bf16
  }}
"""


def module(mode, dim, wide=False):
    """@run(q, k, v, x, a, b, out) for dense arrays [B, H, L, dim]: q, k and v in
    bf16, the others too or, if `wide`, in f32."""
    t = f"memref<?x?x?x{dim}xbf16>"
    o = f"memref<?x?x?x{dim}xf32>" if wide else t
    scale = repr(dim ** -0.5)
    head = ("#id = affine_map<(b, h, m, d) -> (b, h, m, d)>\n"
            "#batch = affine_map<(b, h, m, d) -> (b)>\n"
            f"func.func @run(%q: {t}, %k: {t}, %v: {t}, %x: {o}, %a: memref<?xf32>, "
            f"%b: memref<?xf32>, %out: {o}) {{\n")
    if mode == "fused":
        return (head + f"  rcm.attention_skip scale({scale}) ins(%q, %k, %v, %x : {t}, {t}, {t}, {o})\n"
                f"      coefficients(%a, %b : memref<?xf32>, memref<?xf32>) outs(%out : {o})\n"
                "  return\n}\n")
    sizes = "".join(f"  %c{i} = arith.constant {i} : index\n  %d{i} = memref.dim %q, %c{i} : {t}\n"
                    for i in range(3))
    skip = WIDE_SKIP if wide else SKIP
    return (head + sizes + f"  %o = memref.alloc(%d0, %d1, %d2) : {o}\n"
            f"  rcm.attention scale({scale}) ins(%q, %k, %v : {t}, {t}, {t}) outs(%o : {o})\n"
            + skip.format(t=o) + "  return\n}\n")


def prebuild(options):
    from rcm import _cache, _objects
    for recipe in options.recipes:
        for dim in sorted({sizes[4] for _, sizes in options.shapes}):
            for mode in options.modes:
                text = module(mode, dim, options.equality)
                data = _objects.compile_object(text, _objects.CHIP, recipe)
                _cache.write(_objects.object_key(text, recipe), data)
                print(f"compiled {mode}, D = {dim}, {recipe}: {len(data)} bytes")


def relative_l1(got, want):
    return ((got.float() - want).abs().sum() / want.abs().sum()).item()


class Case:
    """The arrays of one shape and the calls that compute it."""

    def __init__(self, torch, sizes, recipe, modes, seed, wide=False):
        from rcm._objects import get_object_kernel
        batch, heads, queries, keys, dim = sizes
        generator = torch.Generator(device="cuda").manual_seed(seed)

        def draw(length):
            return torch.randn(batch, heads, length, dim, generator=generator,
                               device="cuda").to(torch.bfloat16)
        q, k, v, x = draw(queries), draw(keys), draw(keys), draw(queries)
        a, b = (torch.rand(batch, generator=generator, device="cuda") + 0.25 for _ in range(2))
        if wide:
            x = x.float()
        self.outs = {mode: torch.full_like(x, float("nan")) for mode in modes}
        self.calls = {}
        for mode in modes:
            kernel = get_object_kernel(module(mode, dim, wide), recipe)
            self.calls[mode] = (lambda kernel=kernel, out=self.outs[mode]:
                                kernel(q, k, v, x, a, b, out))
        plain = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        wide = [c.view(-1, 1, 1, 1) for c in (a, b)]
        self.want = wide[0] * x.float() + wide[1] * plain.float()
        # What the kernels must read and write at least, for the roofline.
        tensor = q.numel() * q.element_size()
        self.bytes = {"fused": 3 * tensor + 2 * k.numel() * 2, "two-pass": 5 * tensor + 2 * k.numel() * 2}
        self.operations = 4 * batch * heads * queries * keys * dim

    def check(self, torch, recipe):
        for mode, call in self.calls.items():
            call()
            torch.cuda.synchronize()
            error = relative_l1(self.outs[mode], self.want)
            if not error < MOST_ERROR[recipe]:
                peers.fail(f"expected relative L1 of {mode} below {MOST_ERROR[recipe]}, "
                           f"got {error:.3g}")


def check_equality(torch, options):
    """One pass against two where no rounding to bf16 hides a difference."""
    for name, sizes in options.shapes:
        for recipe in options.recipes:
            case = Case(torch, sizes, recipe, MODES, seed=1, wide=True)
            case.check(torch, recipe)
            one, two = (case.outs[mode].double() for mode in MODES)
            difference = ((one - two).abs().max() / two.abs().max()).item()
            print(f"{name:16} {recipe:10} max |difference| / max |output| = {difference:.2e}",
                  flush=True)
            if not difference <= MOST_DIFFERENCE:
                peers.fail(f"expected at most {MOST_DIFFERENCE}, got {difference:.3g}")


class Interleaved(peers.Timer):
    """Times several calls in turns; name -> list of milliseconds."""

    def turns(self, calls):
        torch, times = self.torch, {name: [] for name in calls}
        for call in calls.values():
            for _ in range(3):
                call()
        torch.cuda.synchronize()
        repeat = self.repeat
        while len(next(iter(times.values()))) < repeat:
            for name, call in calls.items():
                start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
                for _ in range(peers.FLUSHES):
                    self.flush.zero_()
                start.record()
                call()
                stop.record()
                stop.synchronize()
                times[name].append(start.elapsed_time(stop))
                if times[name][0] > peers.SLOW_MS:
                    repeat = min(repeat, 7)
        return times


def record_of(common, case, name, recipe, mode, times):
    deciles = statistics.quantiles(times, n=10) if len(times) > 1 else times * 9
    median = statistics.median(times)
    return {"shape": name, "mode": mode, "target": "gpu", "recipe": recipe,
            "median_ms": median, "p10_ms": deciles[0], "p90_ms": deciles[-1],
            "tflops": case.operations / median / 1e9,
            "gbytes_per_s": case.bytes[mode] / median / 1e6, **common}


def run(torch, options):
    timer = Interleaved(torch, options.repeat)
    common, rows = peers.describe_run(torch), []
    print(f"{'shape':16} {'recipe':10} {'two passes ms':>14} {'one pass ms':>12} {'ratio':>7}  p10 to p90 of the ratio")
    for name, sizes in options.shapes:
        for recipe in options.recipes:
            case = Case(torch, sizes, recipe, options.modes, seed=1)
            case.check(torch, recipe)
            if options.once:
                continue
            times = timer.turns(case.calls)
            rows += [record_of(common, case, name, recipe, mode, times[mode]) for mode in times]
            medians = [f"{statistics.median(times[mode]):.4f}" if mode in times else ""
                       for mode in ("two-pass", "fused")]
            line = f"{name:16} {recipe:10} {medians[0]:>14} {medians[1]:>12}"
            if len(times) == 2:
                ratios = [two / one for one, two in zip(times["fused"], times["two-pass"])]
                deciles = statistics.quantiles(ratios, n=10)
                line += f" {statistics.median(ratios):7.3f}  {deciles[0]:.3f} to {deciles[-1]:.3f}"
            print(line, flush=True)
            del case
            torch.cuda.empty_cache()
    return rows


def parse():
    peers.SHAPES.update(VIDEO)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", default=",".join(peers.SHAPES), help="names, or B,H,Lq,Lk,D")
    parser.add_argument("--recipe", default="int8-e4m3", help=f"of {', '.join(RECIPES)}")
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--equality", action="store_true")
    parser.add_argument("--prebuild", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    if options.repeat < 2:
        peers.fail(f"expected --repeat to be at least 2, got {options.repeat}")
    options.shapes = peers.parse_shapes(options.shapes)
    options.recipes = options.recipe.split(",")
    for recipe in options.recipes:
        if recipe not in RECIPES:
            peers.fail(f"expected --recipe to be of {', '.join(RECIPES)}, got {recipe}")
    options.modes = [options.mode] if options.mode else list(MODES)
    return options


def main():
    options = parse()
    if options.prebuild:
        return prebuild(options)
    try:
        import torch
    except ImportError:
        peers.fail("expected PyTorch to be importable; pip install torch")
    if not torch.cuda.is_available():
        peers.fail("expected an NVIDIA GPU, found none")
    if options.equality:
        return check_equality(torch, options)
    rows = run(torch, options)
    if options.json:
        try:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(rows, file, indent=1)
        except OSError as error:
            peers.fail(f"expected to write {options.json}, got {error.strerror}")


if __name__ == "__main__":
    sys.exit(main())
