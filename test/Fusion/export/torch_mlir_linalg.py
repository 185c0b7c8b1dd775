#!/usr/bin/env python3
"""Exports torch_modules.py through torch.export and torch-mlir's importer, to
linalg on tensors, and records the result.

    python3 -m venv venv
    venv/bin/pip install torch torch-mlir
    venv/bin/python torch_mlir_linalg.py ../Inputs/torch-mlir-20261001

scaled_dot_product_attention arrives as one op, `tm_tensor.attention`; functions
`_math` are exported with PyTorch's own decomposition of it.
"""
import importlib.metadata
import sys

import torch
from torch_mlir import fx

from recording import Recording, inline_maps
from torch_modules import decomposed, describe, expected, forms


# The others are written as iree-turbine's are, whose importer is the same.
RECORDED = ("sdpa_4d", "sdpa_causal", "written_3d", "written_bf16", "written_grouped",
            "projections_before", "projections_around")


def functions_only(text):
    """The functions of a module."""
    lines = inline_maps(text).splitlines()
    first = next(i for i, line in enumerate(lines) if "func.func @" in line)
    last = next(i for i, line in enumerate(lines) if line == "  }" and i > first)
    return "\n".join(line[2:] for line in lines[first:last + 1]) + "\n"


def main():
    tools = f"PyTorch {torch.__version__}, torch-mlir {importlib.metadata.version('torch-mlir')}"
    recording = Recording(tools, *sys.argv[2:])
    recording.notes = ["torch_mlir.fx.export_and_import(output_type=\"linalg-on-tensors\")."]
    for name, (module, arguments, fuses) in forms().items():
        if name not in RECORDED:
            continue
        math = "sdpa" in name
        program = torch.export.export(module, arguments)
        text = str(fx.export_and_import(decomposed(program) if math else program,
                                        output_type="linalg-on-tensors",
                                        func_name=name + "_math" * math))
        recording.add(name + "_math" * math, functions_only(text), describe(arguments),
                      expected(module, arguments), None if fuses else "projection-between")
    recording.write(sys.argv[1])


if __name__ == "__main__":
    main()
