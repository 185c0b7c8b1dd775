"""The attention kernels of two modules must compute alike up to the epilogue.

  same_kernel.py ONE.mlir TWO.mlir

Compares the kernel @attention_0 of both: matrix instructions, in order, and the
numbers of conversions to 8 bits and of powers of two. And the pre-pass kernels
must be equal line by line.
"""
import re
import sys


def kernels(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parts = re.split(r"\n    llvm\.func @(\w+)\(", text)
    return dict(zip(parts[1::2], parts[2::2]))


def facts(kernel):
    counts = {word: kernel.count(word) for word in
              ("cvt.rn.satfinite.e4m3", "convert.f32x2.to.f8x2", "ex2.approx")}
    return re.findall(r"wgmma\.mma_async[.\w]+", kernel), counts


one, two = (kernels(path) for path in sys.argv[1:])
products, counts = facts(one["attention_0"])
assert len(products) >= 2 and counts["ex2.approx"], (products, counts)
assert facts(one["attention_0"]) == facts(two["attention_0"]), (
    facts(one["attention_0"]), facts(two["attention_0"]))
prepass = [name for name in one if name.startswith("attention_0_")]
assert prepass, list(one)
for name in prepass:
    # Numbers of values depend on the rest of the module.
    assert one[name].split("\n")[1:-1] == two[name].split("\n")[1:-1], name
