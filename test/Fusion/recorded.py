#!/usr/bin/env python3
"""Modules as exporters wrote them: fused, run, and compared with what the
exporting framework computed.

    recorded.py Inputs/FILE.mlir ...

Beside FILE.mlir, FILE.json holds for each function its arguments (as formulas),
the framework's result, and whether its meaning is attention + skip; if not, the
reason that fusion must give. export/ has the scripts that wrote both.
"""
import argparse
import json
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from generate import numbers  # noqa: E402
from generate.builder import Tensor  # noqa: E402
from harness.batch import difference  # noqa: E402
from harness.execute import run_all  # noqa: E402
from harness.tools import Tools, ToolError, reasons, split  # noqa: E402

# Frameworks round at other places than the module does, and sum in another
# order: units in the last place of the narrowest type, relative to 1 + the
# largest value.
TOLERANCE_ULP = 8


def wave(shape, number):
    """Element i of argument `number`; export/ computes the same."""
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return np.sin(i * 0.7 + 1.3 * number + 0.1 * i * i % 3).astype(np.float32).reshape(shape)


def times(shape):
    count = max(1, int(np.prod(shape)))
    return np.linspace(0.3, 1.1, count).astype(np.float32).reshape(shape)


class Recorded:
    """A recorded function, in the form that harness.execute calls."""

    def __init__(self, entry):
        self.arguments = []
        for argument in entry["arguments"]:
            shape, element = tuple(argument["shape"]), argument["element"]
            value = times(shape) if argument["formula"] == "times" else \
                wave(shape, argument["number"])
            self.arguments.append(tensor(shape, element, numbers.rounded(value, element)))
        result = entry["result"]
        self.results, self.narrowest = [], "f32"
        if not result:
            return  # the exporter got it wrong: refused is all there is to see
        shape = tuple(result["shape"])
        self.results = [tensor(shape, result["element"], np.reshape(result["values"], shape))]
        self.narrowest = max([a.element for a in self.arguments] + [result["element"]],
                             key=lambda e: numbers.EPSILON[e])


def tensor(shape, element, value):
    made = Tensor("", (), element, np.asarray(value, np.float64), "tensor")
    assert made.value.shape == shape, (made.value.shape, shape)
    return made


def check(tools, path):
    """Yields one line for each thing that is wrong."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(os.path.splitext(path)[0] + ".json", encoding="utf-8") as file:
        entries = json.load(file)["functions"]
    fused, said = tools.fuse(text)
    why = reasons(said, text)
    _, functions = split(fused)
    recorded = {name: Recorded(entry) for name, entry in entries.items()}
    for name, entry in entries.items():
        found = "\n".join(functions.get(name, ())).count("rcm.attention_skip")
        if entry["fuses"] and found != 1:
            yield f"{name}: expected one rcm.attention_skip, got {found}: {why.get(name)}"
        if not entry["fuses"] and (found or entry["reason"] not in why.get(name, ())):
            yield f"{name}: expected the reason {entry['reason']}, got {why.get(name)}"
    with tempfile.TemporaryDirectory() as folder:
        for what, module in (("as exported", text), ("fused", fused)):
            library = os.path.join(folder, what.replace(" ", "") + ".so")
            tools.compile(module, library)
            calls = [(n, f) for n, f in recorded.items() if f.results]
            values, errors = run_all(library, calls)
            for name, function in calls:
                limit = TOLERANCE_ULP * numbers.EPSILON[function.narrowest]
                if name in errors:
                    yield f"{name}, {what}: {errors[name]}"
                    continue
                error = difference([function.results[0].value], values[name])
                if not error <= limit:
                    yield f"{name}, {what}: differs by {error:.3g}, expected {limit:.3g}"
    print(f"{os.path.basename(path)}: {len(recorded)} modules, "
          f"{sum(e['fuses'] for e in entries.values())} to be fused")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.mlir")
    parser.add_argument("--bin", metavar="DIR", help="where rcm-opt is; default: on PATH")
    options = parser.parse_args()
    tools, wrong = Tools(options.bin), []
    for path in options.files:
        try:
            wrong += [f"{os.path.basename(path)}: {line}" for line in check(tools, path)]
        except ToolError as error:
            wrong.append(f"{os.path.basename(path)}: {error.first}")
        except (OSError, KeyError, ValueError) as error:
            wrong.append(f"{path}: {error!r}")
    for line in wrong:
        print(f"FAILED {line}")
    print(f"{len(options.files)} files, {len(wrong)} failures")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
