"""Assembles the 8-bit attention kernels of a matrix of operations.

    kernel_matrix.py [NAME...]

Every case is one operation on memrefs with open sizes. Its kernels must
assemble without a spilled register and without a C75xx line (a serialised
matrix product), its PTX must hold the matrix instructions that its head
dimensions ask for and no local memory. The last case is a control: the first
kernel with too few registers must be reported. Exit code 1 if anything fails.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

WORKERS = 2
DIMS = "affine_map<(b, h, m, n, k, d) -> ({})>"
LAYOUTS = {"bhld": ("b, h, {}, {}", "?x{h}x?x{d}"), "blhd": ("b, {}, h, {}", "?x?x{h}x{d}"),
           "hld": ("h, {}, {}", "{h}x?x{d}"), "ld": ("{}, {}", "?x{d}")}
COEFFICIENTS = {"scalar": ("", None), "b": ("b", "?"), "bh": ("b, h", "?x{h}"),
                "row": ("b, m", "?x?"), "channel": ("d", "{d}"), "full": ("b, h, m, d", "?x{h}x?x{d}")}
PASSES = ["--rcm-to-nvvm-buffers=recipe=int8-e4m3{}", "--rcm-to-nvvm-launches",
          "--rcm-to-nvvm-kernels", "--gpu-module-to-binary=format=isa"]

CASES = {
    # Head dimensions, types, orders of memory, grouped queries.
    "d128": dict(D=128),
    "d64_f16_causal": dict(D=64, type="f16", causal=True, order="bhld"),
    "d128_causal_grouped": dict(D=128, causal=True, offset=True, keyHeads=2, coefficient="bh"),
    "d8_f16": dict(D=8, type="f16", order="hld", coefficient="scalar"),
    "d40_causal": dict(D=40, causal=True, coefficient="scalar"),
    "d96_f16": dict(D=96, type="f16", keyHeads=1),
    "d192": dict(D=192, coefficient="scalar"),
    "d256_causal": dict(D=256, causal=True, order="bhld"),
    "d256_v64": dict(D=256, Dv=64),
    "d64_v256": dict(D=64, Dv=256, type="f16"),
    "d33_v7_one_head": dict(D=33, Dv=7, order="ld", coefficient="scalar", h=1, keyHeads=1),
    # Bias, coefficients of single rows and columns.
    "d128_bias": dict(D=128, bias="f32"),
    "d256_v128_bias": dict(D=256, Dv=128, bias="f32", causal=True, offset=True),
    "d64_bias": dict(D=64, type="f16", bias="f16", skip=False),
    "d128_row": dict(D=128, coefficient="row"),
    "d256_channel": dict(D=256, coefficient="channel"),
    "d64_full": dict(D=64, coefficient="full"),
    # Strides that only a call knows.
    "d128_any": dict(D=128, strides="any"),
    "d256_any_causal": dict(D=256, strides="any", causal=True),
    # f32 in and out, or out only.
    "d64_f32": dict(D=64, type="f32"),
    "d128_f32": dict(D=128, type="f32"),
    "d128_f32_all": dict(D=128, type="f32", strides="any", bias="f32", causal=True, offset=True,
                         coefficient="full"),
    "d256_f32_full": dict(D=256, type="f32", strides="any", causal=True, coefficient="full"),
    "d128_f32_out": dict(D=128, out="f32", skip=False, lse=True),
    # Sums.
    "d128_direct": dict(D=128, accumulation="direct"),
    "d128_promoted_in_registers": dict(
        D=128, schedule=(2, 4, "promoted", 1, "lazy", "warp")),
    "d64_eager": dict(D=64, schedule=(3, 4, "promoted", 32, "eager", "thread")),
    # Instructions in another order.
    "d128_order": dict(D=128, schedule=(3, 4, "promoted", 32, "lazy", "thread", 53)),
}


def module(D, Dv=None, type="bf16", out=None, order="blhd", h=4, keyHeads=4, strides="dense",
           causal=False, offset=False, bias=None, coefficient="b", lse=False, skip=True,
           schedule=None, accumulation=None):
    """The text of a module with one operation."""
    Dv, out = Dv or D, out or type
    dims, shape = LAYOUTS[order]

    def tensor(heads, size, element):
        layout = ""
        if strides == "any":
            layout = ", strided<[" + ", ".join("?" * (dims.count(",") + 1)) + "], offset: ?>"
        return f"memref<{shape.format(h=heads, d=size)}x{element}{layout}>"

    def access(row, column):
        return DIMS.format(dims.format(row, column))

    operands = [("q", tensor(h, D, type), access("m", "k")),
                ("k", tensor(keyHeads, D, type), access("n", "k")),
                ("v", tensor(keyHeads, Dv, type), access("n", "d"))]
    if skip:
        operands.append(("x", tensor(h, Dv, out), access("m", "d")))
    inputs = list(operands)
    clauses = ""
    if skip:
        dimensions, sizes = COEFFICIENTS[coefficient]
        kind = f"memref<{sizes.format(h=h, d=Dv)}xf32>" if sizes else "f32"
        operands += [(name, kind, DIMS.format(dimensions)) for name in ("alpha", "beta")]
        clauses += f" coefficients(%alpha, %beta : {kind}, {kind})"
    if bias:
        operands.append(("bias", f"memref<{h}x?x?x{bias}>", DIMS.format("h, m, n")))
        clauses += f" bias(%bias : memref<{h}x?x?x{bias}>)"
    results = [("out", tensor(h, Dv, out), access("m", "d"))]
    if lse:
        results.append(("lse", f"memref<?x{h}x?xf32>", DIMS.format("b, h, m")))
    operands += results
    parameters = [f"%{name}: {kind}" for name, kind, _ in operands]
    if offset:
        parameters.append("%offset: index")
    attributes = "indexing_maps = [" + ", ".join(m for _, _, m in operands) + "]"
    if schedule:
        groups, stages, sums, tiles, conversion, scales, *order = schedule
        attributes += (f", rcm_tile.schedule = #rcm_tile.schedule<consumer_warpgroups = {groups}, "
                       f"query_tile = {64 * groups}, key_tile = 128, stages = {stages}, "
                       f"accumulation = {sums}, promotion_tiles = {tiles}, "
                       f"conversion = {conversion}, row_sum = matrix, scales = {scales}, "
                       "rescale_threshold = 2.0 : f64, recipe = int8_e4m3"
                       + "".join(f", order = {seed}" for seed in order) + ">")
    mask = (" causal" + (" offset(%offset)" if offset else "")) if causal else ""

    def named(list_):
        return ", ".join("%" + name for name, *_ in list_) + " : " + ", ".join(t for _, t, _ in list_)
    return (f"func.func @f({', '.join(parameters)}) {{\n"
            f"  rcm.attention{'_skip' if skip else ''} scale({D ** -0.5:.17g}){mask} "
            f"ins({named(inputs)}){clauses} outs({named(results)}) {{{attributes}}}\n  return\n}}\n")


def compile_ptx(text, accumulation):
    options = f" accumulation={accumulation}" if accumulation else ""
    run = subprocess.run(["rcm-opt", "-", PASSES[0].format(options), *PASSES[1:]], input=text,
                         capture_output=True, text=True)
    if run.returncode:
        return None, run.stderr
    found = re.search(r'(?:assembly|bin) = "((?:[^"\\]|\\.)*)"', run.stdout)
    ptx = re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m.group(1), 16)), found.group(1))
    return ptx.rstrip("\0"), ""


def assemble(ptx):
    """What the assembler complains about, as lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "kernels.ptx")
        with open(path, "w") as file:
            file.write(ptx)
        run = subprocess.run([os.environ.get("PTXAS", "ptxas"), "-arch=sm_90a", "-v", path,
                              "-o", path + ".cubin"], capture_output=True, text=True)
    complaints, kernel = [], ""
    for line in (run.stdout + run.stderr).splitlines():
        if entry := re.search(r"Compiling entry function '(\S+)'", line):
            kernel = entry.group(1)
        spill = re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores", line)
        if (spill and spill.group(2) != "0") or re.search(r"\bC75\d\d\b|error|warning", line):
            complaints.append(f"{kernel}: {line.strip()}")
    if run.returncode and not complaints:
        complaints.append(f"ptxas ended with {run.returncode}")
    return complaints


def padded(size):
    return 64 if size <= 64 else 128 if size <= 128 else 256


def missing(ptx, D, Dv=None, **_):
    """Expected instructions that the PTX lacks, and forbidden ones it has."""
    columns = padded(Dv or D)
    parts = [columns + 8] if columns < 256 else [256, 8]
    wanted = ["m64n128k32.s32.s8.s8"] + [f"m64n{n}k32.f32.e4m3.e4m3" for n in parts]
    complaints = [f"expected {w} in the PTX, found none" for w in wanted if w not in ptx]
    if ".local" in ptx:
        complaints.append("expected no .local in the PTX, found one")
    return complaints


def check(name):
    case = CASES[name]
    ptx, error = compile_ptx(module(**case), case.get("accumulation"))
    if ptx is None:
        return [error.strip()]
    return missing(ptx, **case) + assemble(ptx)


def control():
    ptx, error = compile_ptx(module(**CASES["d128"]), None)
    if ptx is None:
        return [error.strip()]
    found = assemble(re.sub(r"(setmaxnreg\.inc\S*\s+)160", r"\g<1>136", ptx))
    return [] if any("spill" in line for line in found) else ["expected spills with 136 registers"]


def main():
    names = sys.argv[1:] or list(CASES)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        results = list(zip(names, workers.map(check, names))) + [("control", control())]
    for name, complaints in results:
        for complaint in complaints:
            print(f"{name}: {complaint}")
    failed = sum(bool(complaints) for _, complaints in results)
    print(f"{len(results) - failed} of {len(results)} cases are clean")
    sys.exit(failed > 0)


main()
