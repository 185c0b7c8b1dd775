#!/usr/bin/env python3
"""The original proposal's cases: one pass against two, with the page and table.

  proposal_bench.py [--bin=build/bin] [--target=cpu|gpu] [--out=FOLDER]
      [--rounds=5] [--repeat=3] [--shape=NAME ...] [-- options of rcm-bench]
  proposal_bench.py --prebuild=FOLDER [--bin=...] [--shape=NAME ...]

--prebuild compiles the GPU's kernels and runs nothing; on a machine without a
compiler, the first form then ends in `--target=gpu -- --objects=FOLDER`.

Every round runs rcm-bench once per shape and recipe, one pass and two in the
same process, in an order that changes from round to round. The speed-up is the
median over rounds of the ratio within a round, so that slow drift of a shared
machine cancels. Writes into FOLDER (default: proposal-TARGET):

  results.json   rcm-bench's results, medians over rounds
  traffic.json   bytes per kernel from the IR (needs rcm-opt)
  report.html    the page of rcm-bench --report
  table.md       the table beside what the proposal expected
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

# name: (B, heads, tokens, head dimension), rcm-bench's --shape, what the
# proposal expected: two passes and one in ms, speed-up.
SHAPES = {
    "small": ((4, 4, 128, 64), "proposal_small", (0.8, 0.7, 1.14)),
    "medium": ((8, 8, 512, 64), "proposal_medium", (5.2, 4.3, 1.21)),
    "large": ((16, 12, 2048, 64), "proposal_large", (42.1, 33.6, 1.25)),
    # 16 frames of 32 x 32 tokens, C = 512: attention within a frame, and over
    # all tokens of the clip.
    "video_frames": ((16, 8, 1024, 64), "16,8,8,1024,1024,64", None),
    "video_joint": ((1, 8, 16384, 64), "1,8,8,16384,16384,64", None),
}
# Per target: data type and recipe; the CPU computes without quantization.
VARIANTS = {"cpu": [("f32", None)],
            "gpu": [("bf16", "int8-e4m3"), ("bf16", "none")]}
MODES = ["fused", "two-pass"]

CHAIN = """func.func @NAME(%x: tensor<MxCxTYPE>, %w: tensor<CxOxTYPE>, %a: tensor<Bxf32>) -> tensor<BxLxHxDxTYPE> {
  %zero = arith.constant 0.0 : TYPE
  %e = tensor.empty() : tensor<MxOxTYPE>
  %init = linalg.fill ins(%zero : TYPE) outs(%e : tensor<MxOxTYPE>) -> tensor<MxOxTYPE>
  %qkv = linalg.matmul ins(%x, %w : tensor<MxCxTYPE>, tensor<CxOxTYPE>) outs(%init : tensor<MxOxTYPE>) -> tensor<MxOxTYPE>
  %heads = tensor.expand_shape %qkv [[0, 1], [2, 3]] output_shape [B, L, HHH, D] : tensor<MxOxTYPE> into tensor<BxLxHHHxDxTYPE>
  %q = tensor.extract_slice %heads[0, 0, 0, 0] [B, L, H, D] [1, 1, 1, 1] : tensor<BxLxHHHxDxTYPE> to tensor<BxLxHxDxTYPE>
  %k = tensor.extract_slice %heads[0, 0, H, 0] [B, L, H, D] [1, 1, 1, 1] : tensor<BxLxHHHxDxTYPE> to tensor<BxLxHxDxTYPE>
  %v = tensor.extract_slice %heads[0, 0, HH, 0] [B, L, H, D] [1, 1, 1, 1] : tensor<BxLxHHHxDxTYPE> to tensor<BxLxHxDxTYPE>
  %x4 = tensor.expand_shape %x [[0, 1], [2, 3]] output_shape [B, L, H, D] : tensor<MxCxTYPE> into tensor<BxLxHxDxTYPE>
  %o = tensor.empty() : tensor<BxLxHxDxTYPE>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x4 : tensor<BxLxHxDxTYPE>, tensor<BxLxHxDxTYPE>, tensor<BxLxHxDxTYPE>, tensor<BxLxHxDxTYPE>)
      coefficients(%a, %a : tensor<Bxf32>, tensor<Bxf32>) outs(%o : tensor<BxLxHxDxTYPE>)
      {indexing_maps = [#q, #k, #v, #o, #b, #b, #o]} -> tensor<BxLxHxDxTYPE>
  return %0 : tensor<BxLxHxDxTYPE>
}
"""
MAPS = """#q = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#k = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#v = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#o = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>
#b = affine_map<(b, h, m, n, k, d) -> (b)>
"""


def fail(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def run(command):
    try:
        result = subprocess.run([str(part) for part in command], text=True,
                                capture_output=True, check=False)
    except OSError as error:
        fail(f"expected to run {command[0]}, got: {error.strerror}")
    if result.returncode:
        fail(f"{' '.join(map(str, command))}: {result.stderr.strip()}")


def chain(name, element):
    """x -> QKV -> attention -> skip of a shape, as the proposal counts it."""
    (batch, heads, tokens, depth), _, _ = SHAPES[name]
    channels = heads * depth
    words = {"NAME": name, "TYPE": element, "HHH": 3 * heads, "HH": 2 * heads,
             "MxC": f"{batch * tokens}x{channels}", "CxO": f"{channels}x{3 * channels}",
             "MxO": f"{batch * tokens}x{3 * channels}", "BxLx": f"{batch}x{tokens}x",
             "Bxf32": f"{batch}xf32", "[B, L,": f"[{batch}, {tokens},",
             "HxD": f"{heads}x{depth}", ", H, D]": f", {heads}, {depth}]", "0, H, 0]": f"0, {heads}, 0]",
             "xDx": f"x{depth}x", ", D]": f", {depth}]"}
    text = CHAIN
    for word, value in words.items():
        text = text.replace(word, str(value))
    return text


def write_traffic(options, names, out):
    """Traffic of every shape, in f32 without and in bf16 with the 8-bit recipe."""
    opt = options.bin / "rcm-opt"
    if not opt.exists():
        print(f"no {opt}: the traffic is left out", file=sys.stderr)
        return None
    reports = []
    for element, recipe in [("f32", "none"), ("bf16", "int8-e4m3")]:
        module, part = out / f"chain-{element}.mlir", out / f"traffic-{element}.json"
        module.write_text(MAPS + "".join(chain(name, element) for name in names))
        run([opt, module, f"--rcm-report-traffic=recipe={recipe} format=json file={part}",
             "-o", os.devnull])
        for report in json.loads(part.read_text()):
            report["function"] += f", chain in {element}"
            reports.append(report)
        part.unlink()
    path = out / "traffic.json"
    path.write_text(json.dumps(reports, indent=1) + "\n")
    return path


def prebuild(options, names):
    """The kernel objects of all cases, without a GPU."""
    for element, recipe in VARIANTS["gpu"]:
        run([options.bin / "rcm-bench", f"--emit-objects={options.prebuild}",
             f"--dtype={element}", f"--recipe={recipe}"]
            + [f"--shape={SHAPES[name][1]}" for name in names]
            + [f"--mode={mode}" for mode in MODES])


def measure(options, names, out):
    """Results per (shape, mode, recipe): one record per round."""
    rounds = {}
    part = out / "round.json"
    for number in range(options.rounds):
        for name in names:
            for element, recipe in VARIANTS[options.target]:
                modes = MODES if number % 2 == 0 else MODES[::-1]
                command = [options.bin / "rcm-bench", f"--shape={SHAPES[name][1]}",
                           f"--target={options.target}", f"--dtype={element}",
                           f"--repeat={options.repeat}", "--warmup=1", f"--json={part}"]
                command += [f"--recipe={recipe}"] if recipe else []
                command += ["--errors"] if number == 0 else []
                command += [f"--mode={mode}" for mode in modes] + options.rest
                print(f"round {number + 1} of {options.rounds}: {name}, {element}"
                      + (f", {recipe}" if recipe else ""), file=sys.stderr)
                run(command)
                for record in json.loads(part.read_text()):
                    key = (name, element, record["recipe"], record["mode"])
                    rounds.setdefault(key, []).append(record)
    part.unlink(missing_ok=True)
    return rounds


def summarize(rounds):
    """One record per key: medians over rounds; spreads are the widest."""
    results = []
    for (name, element, _, _), records in rounds.items():
        record = dict(records[0])
        ratio = record["median_ms"]
        record["median_ms"] = statistics.median(r["median_ms"] for r in records)
        ratio /= record["median_ms"]
        record["p10_ms"] = min(r["p10_ms"] for r in records)
        record["p90_ms"] = max(r["p90_ms"] for r in records)
        record["tflops"] *= ratio
        record["gbytes_per_s"] *= ratio
        record["shape"] = f"{name}, {element}"
        record["rounds"] = len(records)
        results.append(record)
    return results


def speed_ups(rounds):
    """(shape, element, recipe) -> ratios two-pass / one-pass, one per round."""
    ratios = {}
    for (name, element, recipe, mode), records in rounds.items():
        if mode == "fused":
            two = rounds[name, element, recipe, "two-pass"]
            ratios[name, element, recipe] = [b["median_ms"] / a["median_ms"]
                                             for a, b in zip(records, two)]
    return ratios


def saved_bytes(path):
    """Shape -> (units of two passes, of one, and of one with x in a cache)."""
    units = {}
    for report in json.loads(path.read_text()) if path else []:
        if report["recipe"] == "none":
            name = report["function"].split(",")[0]
            entry = units.setdefault(name, {})
            entry[report["form"]] = report["units_of_activations"]
            if report["form"] == "fused":
                entry["cached"] = report["units_of_activations_with_cached_residual"]
    return units


def make_table(results, rounds, traffic):
    first = results[0]
    lines = [f"{first['device']}, commit {first['commit']}, {first['date']}", "",
             "| case | types, recipe | two passes ms | one pass ms | speed-up (spread) | "
             "expected ms, speed-up | units 2 / 1 / 1 cached |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    units = saved_bytes(traffic)
    medians = {key: statistics.median(r["median_ms"] for r in records)
               for key, records in rounds.items()}
    for (name, element, recipe), ratios in speed_ups(rounds).items():
        expected = SHAPES[name][2]
        text = f"{expected[0]} / {expected[1]}, {expected[2]}x" if expected else "none given"
        unit = units.get(name)
        counted = (f"{unit['two-pass']:g} / {unit['fused']:g} / {unit['cached']:g}"
                   if unit else "")
        lines.append(f"| {name} | {element}, {recipe} | "
                     f"{medians[name, element, recipe, 'two-pass']:.4g} | "
                     f"{medians[name, element, recipe, 'fused']:.4g} | "
                     f"{statistics.median(ratios):.3f}x ({min(ratios):.3f} to {max(ratios):.3f}) | "
                     f"{text} | {counted} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/bin"))
    parser.add_argument("--target", choices=sorted(VARIANTS), default="cpu")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--prebuild", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--shape", action="append", choices=list(SHAPES))
    parser.add_argument("rest", nargs="*", help="options of rcm-bench, after --")
    options = parser.parse_args()
    if options.rounds < 1 or options.repeat < 1:
        fail("expected --rounds and --repeat to be at least 1")
    names = options.shape or list(SHAPES)
    if options.prebuild:
        return prebuild(options, names)
    out = options.out or pathlib.Path(f"proposal-{options.target}")
    out.mkdir(parents=True, exist_ok=True)
    traffic = write_traffic(options, names, out)
    rounds = measure(options, names, out)
    results = summarize(rounds)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    command = [options.bin / "rcm-bench", f"--report={out / 'report.html'}",
               f"--from={out / 'results.json'}"]
    run(command + ([f"--from={traffic}"] if traffic else []))
    table = make_table(results, rounds, traffic)
    (out / "table.md").write_text(table)
    print(table, end="")


if __name__ == "__main__":
    main()
