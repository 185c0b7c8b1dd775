#!/usr/bin/env python3
"""Exports torch_modules.py through torch.export and iree-turbine, up to linalg
on tensors (iree-compile --compile-to=input), and records the result.

    python3 -m venv venv
    venv/bin/pip install torch iree-turbine==3.9.0 iree-base-compiler==3.13.0 \\
        iree-base-runtime==3.13.0
    venv/bin/python torch_iree.py ../Inputs/torch-iree-3.13

scaled_dot_product_attention arrives as one op, `iree_linalg_ext.attention`. It is
taken apart by IREE's own passes, in both ways they know: functions `_aggregated`
and `_online`. A third way is PyTorch's: for `_math`, the exported program is
decomposed with the math backend chosen.
"""
import importlib.metadata
import os
import subprocess
import sys

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from recording import ATTENTION_PIPELINES, Recording, plain_function
from torch_modules import forms

ELEMENTS = {torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16"}


def run(tool, *arguments, text):
    path = os.path.join(os.path.dirname(sys.executable), tool)
    return subprocess.run([path, "-", *arguments], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def describe(arguments):
    described = []
    for i, a in enumerate(arguments):
        last = i == len(arguments) - 1
        number = i if len(arguments) == 5 else 3
        described.append({"shape": list(a.shape), "element": ELEMENTS[a.dtype],
                          **({"formula": "times"} if last else
                             {"formula": "wave", "number": number})})
    return described


def torch_text(module, arguments, math):
    """The module in the torch dialect."""
    import iree.turbine.aot as aot
    program = torch.export.export(module, arguments)
    if math:
        with sdpa_kernel([SDPBackend.MATH]):
            program = program.run_decompositions()
    return str(aot.export(program).mlir_module)


def main():
    version = importlib.metadata.version
    tools = (f"PyTorch {torch.__version__}, iree-turbine {version('iree-turbine')}, "
             f"iree-base-compiler {version('iree-base-compiler')}")
    recording = Recording(tools)
    recording.notes = ["iree-compile --compile-to=input; util.func and hal.tensor.import,",
                       "barrier and export replaced by func.func and its arguments."]
    for name, (module, arguments, fuses) in forms().items():
        result = module(*arguments)
        expected = {"shape": list(result.shape), "element": ELEMENTS[result.dtype],
                    "values": [float(v) for v in result.float().detach().flatten()]}
        reason = None if fuses else "projection-between"
        def record(suffix, text):
            recording.add(name + suffix, plain_function(text, name + suffix),
                          describe(arguments), expected, fuses, reason)
        try:
            text = run("iree-compile", "--compile-to=input", "-o", "-",
                       text=torch_text(module, arguments, False))
            if "iree_linalg_ext" not in text:
                record("", text)
                continue
            for suffix, passes in zip(("_aggregated", "_online"), ATTENTION_PIPELINES):
                record(suffix, run("iree-opt", "--pass-pipeline=builtin.module(util.func("
                                   f"{passes},canonicalize,cse))", text=text))
        except Exception as error:  # pylint: disable=broad-except
            print(f"{name}: {error}", file=sys.stderr)
        try:
            record("_math", run("iree-compile", "--compile-to=input", "-o", "-",
                                text=torch_text(module, arguments, True)))
        except Exception as error:  # pylint: disable=broad-except
            print(f"{name}_math: {error}", file=sys.stderr)
    recording.write(sys.argv[1])


if __name__ == "__main__":
    main()
