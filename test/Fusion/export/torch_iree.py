#!/usr/bin/env python3
"""Exports torch_modules.py through torch.export and iree-turbine, up to linalg
on tensors (iree-compile --compile-to=input), and records the result.

    python3 -m venv venv
    venv/bin/pip install torch iree-turbine==3.9.0 iree-base-compiler==3.13.0 \\
        iree-base-runtime==3.13.0
    venv/bin/python torch_iree.py ../Inputs/torch-iree-3.13
    (the same with 3.8.0) torch_iree.py ../Inputs/torch-iree-3.8 ../Inputs/torch-iree-3.13.mlir

scaled_dot_product_attention arrives as one op, `iree_linalg_ext.attention`. It is
taken apart by IREE's own passes, in both ways they know: functions `_aggregated`
and `_online`. A third way is PyTorch's: for `_math`, the exported program is
decomposed with the math backend chosen.
"""
import importlib.metadata
import sys

import torch

from recording import ATTENTION_PIPELINES, Recording, ToolFailure, inline_maps, plain_function, run
from torch_modules import decomposed, describe, expected, forms

# The first way divides the sums by the exponentials in the versions recorded
# here: what it prints is not softmax, and must not be fused.
INVERTED = {"_aggregated": "probabilities-modified"}


def torch_text(module, arguments, math):
    """The module in the torch dialect."""
    import iree.turbine.aot as aot
    program = torch.export.export(module, arguments)
    # Older versions of iree-compile do not print the weights: they become
    # constants before.
    return inline_maps(str(aot.export(decomposed(program) if math else program).mlir_module))


def export(recording, name, module, arguments, reason):
    def record(suffix, text, reason=reason):
        recording.add(name + suffix, plain_function(text, name + suffix),
                      describe(arguments),
                      None if reason in INVERTED.values() else expected(module, arguments),
                      reason)
    text = run("iree-compile", "--compile-to=input", "-o", "-",
               text=torch_text(module, arguments, False))
    if "iree_linalg_ext" not in text:
        record("", text)
        return
    for suffix, passes in ATTENTION_PIPELINES.items():
        try:
            taken = run("iree-opt", "--pass-pipeline=builtin.module(util.func("
                        f"{passes},canonicalize,cse))", text=text)
            record(suffix, taken, reason or INVERTED.get(suffix))
        except ToolFailure as error:
            recording.refused(name + suffix, error)
    record("_math", run("iree-compile", "--compile-to=input", "-o", "-",
                        text=torch_text(module, arguments, True)))


def main():
    version = importlib.metadata.version
    tools = (f"PyTorch {torch.__version__}, iree-turbine {version('iree-turbine')}, "
             f"iree-base-compiler {version('iree-base-compiler')}")
    recording = Recording(tools, *sys.argv[2:])
    recording.notes = ["iree-compile --compile-to=input; util.func and hal.tensor.import,",
                       "barrier and export replaced by func.func and its arguments."]
    for name, (module, arguments, fuses) in forms().items():
        try:
            export(recording, name, module, arguments,
                   None if fuses else "projection-between")
        except ToolFailure as error:
            recording.refused(name, error)
    recording.write(sys.argv[1])


if __name__ == "__main__":
    main()
