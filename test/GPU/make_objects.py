#!/usr/bin/env python3
"""Compiles the kernel objects that the tests on a GPU run.

Usage: make_objects.py RCM_RUNNER FOLDER [--keep-going] [NAME...]

Needs the compiler library and ptxas, no GPU. Each object holds one attention
with open sizes; its name says what is special about it. With --keep-going an
object that does not compile is named and left out.
"""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ORDERS = {  # memory order of (batch, head, row, column) as maps of the op
    "bhld": "(b, h, {row}, {column})",
    "blhd": "(b, {row}, h, {column})",
    "hld": "(h, {row}, {column})",
}


def memref(sizes, element, strided=False):
    text = "x".join("?" if s is None else str(s) for s in sizes)
    if strided:
        marks = ", ".join(["?"] * (len(sizes) - 1) + ["1"])
        return f"memref<{text}x{element}, strided<[{marks}], offset: ?>>"
    return f"memref<{text}x{element}>"


class Attention:
    """One module; every keyword is a field of the operation or of its types."""

    def __init__(self, d=64, dv=None, types="bf16", x=None, out=None, order="bhld",
                 strided=False, skip="b", causal=False, bias=None, recipe=None):
        self.d, self.dv = d, dv or d
        self.q = self.k = self.v = types
        self.x, self.out = x or types, out or types
        self.order, self.strided, self.skip = order, strided, skip
        self.causal, self.bias, self.recipe = causal, bias, recipe

    def tensor(self, element, column):
        rank = len(self.order)
        return memref([None] * (rank - 1) + [column], element, self.strided)

    def map(self, row, column):
        return ("affine_map<(b, h, m, n, k, d) -> "
                + ORDERS[self.order].format(row=row, column=column) + ">")

    def text(self):
        q, k = self.tensor(self.q, self.d), self.tensor(self.k, self.d)
        v, out = self.tensor(self.v, self.dv), self.tensor(self.out, self.dv)
        x = self.tensor(self.x, self.dv)
        arguments = [("q", q), ("k", k), ("v", v)]
        inputs, types = ["%q", "%k", "%v"], [q, k, v]
        maps = [self.map("m", "k"), self.map("n", "k"), self.map("n", "d")]
        coefficients = bias = lines = ""
        causal = " causal" if self.causal else ""
        name = "rcm.attention"
        if self.skip:
            name = "rcm.attention_skip"
            arguments.append(("x", x))
            inputs.append("%x")
            types.append(x)
            maps.append(self.map("m", "d"))
            kind, coefficient = self.coefficient()
            arguments += self.coefficient_arguments(kind)
            if self.skip == "t":
                lines = ("    %c0 = arith.constant 0 : index\n"
                         "    %n = memref.dim %t, %c0 : memref<?xf32>\n"
                         "    %a = memref.alloc(%n) : memref<?xf32>\n"
                         "    %b = memref.alloc(%n) : memref<?xf32>\n"
                         "    rcm.skip_coefficients edm ins(%t : memref<?xf32>) "
                         "outs(%a, %b : memref<?xf32>, memref<?xf32>)\n")
            coefficients = f"\n        coefficients(%a, %b : {kind}, {kind})"
            maps += [coefficient, coefficient]
        if self.bias:
            bias_type = memref([None, None, None], self.bias)
            arguments.append(("bias", bias_type))
            bias = f"\n        bias(%bias : {bias_type})"
            maps.append("affine_map<(b, h, m, n, k, d) -> (h, m, n)>")
        maps.append(self.map("m", "d"))
        arguments.append(("out", out))
        signature = ", ".join(f"%{n}: {t}" for n, t in arguments)
        return (f"func.func @run({signature}) {{\n{lines}"
                f"    {name} scale({self.d ** -0.5!r}){causal}\n"
                f"        ins({', '.join(inputs)} : {', '.join(types)}){coefficients}{bias}\n"
                f"        outs(%out : {out}) {{indexing_maps = [{', '.join(maps)}]}}\n"
                f"    return\n}}\n")

    def coefficient(self):
        """(type, map) of alpha and beta."""
        dims = {"b": "b", "t": "b", "s": "", "bh": "b, h", "bhm": "b, h, m", "d": "d"}[self.skip]
        start = f"affine_map<(b, h, m, n, k, d) -> ({dims})>"
        rank = len(dims.split(", ")) if dims else 0
        if not rank:
            return "f32", start
        sizes = [self.dv] if self.skip == "d" else [None] * rank
        return memref(sizes, "f32"), start

    def coefficient_arguments(self, kind):
        if self.skip == "t":
            return [("t", "memref<?xf32>")]
        return [("a", kind), ("b", kind)]


OBJECTS = {
    # Quantized, row-major, the lengths people run.
    "dense64": Attention(d=64),
    "dense128": Attention(d=128),
    "plain64": Attention(d=64, skip=None),
    "plain128": Attention(d=128, skip=None),
    "causal64": Attention(d=64, causal=True),
    "causal128": Attention(d=128, causal=True, skip=None),
    # Memory orders and strides.
    "strided64": Attention(d=64, strided=True),
    "strided128": Attention(d=128, strided=True),
    "blhd128": Attention(d=128, order="blhd"),
    "blhd-strided64": Attention(d=64, order="blhd", strided=True, skip=None),
    "hld64": Attention(d=64, order="hld", skip="s"),
    # Element types.
    "f16-64": Attention(d=64, types="f16"),
    "mixed64": Attention(d=64, x="f32", out="f32"),
    "mixed128": Attention(d=128, x="f16", out="f32", strided=True),
    # Head dimensions.
    "d40-72": Attention(d=40, dv=72),
    "d96": Attention(d=96),
    "d80-128": Attention(d=80, dv=128, strided=True, skip=None),
    "d1-3": Attention(d=1, dv=3),
    "d256": Attention(d=256),
    "d192-128": Attention(d=192, dv=128, causal=True),
    # Coefficients and bias.
    "scalar64": Attention(d=64, skip="s"),
    "per-head64": Attention(d=64, skip="bh"),
    "per-row64": Attention(d=64, skip="bhm"),
    "per-channel128": Attention(d=128, skip="d"),
    "bias64": Attention(d=64, bias="bf16"),
    "bias128": Attention(d=128, bias="f32", skip=None),
    # Recipe none.
    "none-f32": Attention(d=None, types="f32", recipe="none"),
    "none-causal": Attention(d=72, types="f32", causal=True, strided=True, recipe="none"),
    "none-bf16": Attention(d=128, types="bf16", recipe="none"),
    "none-bias": Attention(d=64, types="f32", bias="f32", skip=None, recipe="none"),
}
OBJECTS["none-f32"].d = OBJECTS["none-f32"].dv = 100


def build(runner, folder, name):
    """None, or what went wrong."""
    source = os.path.join(folder, name + ".mlir")
    with open(source, "w", encoding="utf-8") as file:
        file.write(OBJECTS[name].text())
    command = [runner, source, "--emit=object", "-o", os.path.join(folder, name + ".rcmobj")]
    if OBJECTS[name].recipe:
        command.append("--recipe=" + OBJECTS[name].recipe)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return f"{name}: {done.stderr.strip().splitlines()[-1]}"
    os.remove(source)
    return None


def main():
    arguments = [a for a in sys.argv[1:] if a != "--keep-going"]
    if len(arguments) < 2:
        sys.exit(__doc__.strip())
    runner, folder, names = arguments[0], arguments[1], arguments[2:] or list(OBJECTS)
    for name in names:
        if name not in OBJECTS:
            sys.exit(f"error: expected an object of {{{', '.join(OBJECTS)}}}, got '{name}'")
    os.makedirs(folder, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(lambda n: build(runner, folder, n), names) if p]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(names) - len(problems)} of {len(names)} objects in {folder}")
    if problems and "--keep-going" not in sys.argv:
        sys.exit(1)


if __name__ == "__main__":
    main()
