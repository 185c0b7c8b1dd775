"""Compiles modules to kernel objects, loads them and names what is inside.

  objects.py SOURCES SCRATCH
"""
import pathlib
import re
import sys

from rcm import _objects

sources = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(sources / "python" / "benchmark"))
import passes  # noqa: E402: found through the line above


def describe(name, data):
    path = pathlib.Path(sys.argv[2] + ".rcmobj")
    path.write_bytes(data)
    # The runtime checks the file; no GPU is needed for that.
    from rcm._gpu import Object
    kernel = Object(path=str(path)).kernel()
    assert len(kernel.parameters) in (7, 8), kernel
    names = {found.decode() for found in re.findall(rb"[A-Za-z_][A-Za-z0-9_]{3,60}", data)}
    parts = []
    if any(re.fullmatch(r"attention_\d+|\w+_attention", found) for found in names):
        parts.append("attention kernel")
    if any(re.fullmatch(r"\w+_kernel(_\d+)?", found) for found in names):
        parts.append("skip kernel")
    if "attention_0_quantize" in names or any("quantize" in found for found in names):
        parts.append("8-bit")
    print(f"{name}: {', '.join(parts)}")


for file in ("rcm_projections.mlir", "rcm_projections_bf16.mlir"):
    text = (sources / "docs" / "examples" / file).read_text()
    describe(file, _objects.compile_object(text, _objects.CHIP, None))
for mode, recipe in (("two-pass", "int8-e4m3"), ("two-pass", "none"), ("fused", "int8-e4m3")):
    text = passes.module(mode, 64)
    describe(f"{mode}, {recipe}", _objects.compile_object(text, _objects.CHIP, recipe))
