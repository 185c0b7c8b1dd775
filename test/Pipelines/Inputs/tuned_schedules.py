"""Compiles every schedule of a tuning table.

    tuned_schedules.py TABLE.json

Each entry, at the shape it was measured at, must be what the compiler takes from
the table, and its kernels must assemble without a spilled register and without
serialised matrix products (C75xx), which the object writer refuses. Entries that
differ in lengths only share kernels and are assembled once, for bf16; the first
schedule of every recipe and head dimension also for f16.
Exit code 1 if anything fails.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

WORKERS = 2
PTXAS = os.environ.get("PTXAS", "ptxas")


def module(entry, element, number):
    """One operation of the entry's measured sizes."""
    at = entry["measured"]

    def tensor(rows, columns):
        return f"memref<{at['heads']}x{rows}x{columns}x{element}>"
    q, k = tensor(at["rows"], entry["depth"]), tensor(at["keys"], entry["depth"])
    v, x = tensor(at["keys"], entry["width"]), tensor(at["rows"], entry["width"])
    maps = ", ".join(f"affine_map<(b, h, m, n, k, d) -> ({dims})>"
                     for dims in ("h, m, k", "h, n, k", "h, n, d", "h, m, d", "h", "h", "h, m, d"))
    t = f"memref<{at['heads']}xf32>"
    causal = " causal" if entry["causal"] else ""
    return (f"func.func @entry{number}(%q: {q}, %k: {k}, %v: {v}, %x: {x}, %a: {t}, %b: {t}, %out: {x}) {{\n"
            f"  rcm.attention_skip scale(0.125){causal} ins(%q, %k, %v, %x : {q}, {k}, {v}, {x})\n"
            f"      coefficients(%a, %b : {t}, {t}) outs(%out : {x}) {{indexing_maps = [{maps}]}}\n"
            "  return\n}\n")


def fields(schedule):
    """A schedule's fields; numbers are written in more than one way."""
    pairs = (part.split(" = ") for part in schedule.replace(" : f64", "").split(", "))
    return {name: float(value) if name == "rescale_threshold" else value for name, value in pairs}


def wrong_choices(path, entries):
    """Entries that the compiler does not take at their own shape."""
    complaints = []
    for recipe in sorted({entry["recipe"] for entry in entries}):
        element = "f16" if recipe == "f16" else "bf16"
        own = [(n, entry) for n, entry in enumerate(entries) if entry["recipe"] == recipe]
        text = "".join(module(entry, element, n) for n, entry in own)
        run = subprocess.run(["rcm-opt", "-", f"--rcm-select-schedule=table={path} recipe={recipe}"],
                             input=text, capture_output=True, text=True)
        if run.returncode:
            return [run.stderr.strip().splitlines()[0]]
        for (n, entry), function in zip(own, run.stdout.split("func.func @entry")[1:]):
            # Operations share attributes by aliases only if they are long.
            found = re.search(r"#rcm_tile\.schedule<([^>]*)>", function)
            if not found or fields(found.group(1)) != fields(entry["schedule"]):
                complaints.append(f"entry {n}: expected its schedule at its own shape, got "
                                  f"{found.group(1) if found else 'none'}")
    return complaints


def kernel_of(entry):
    def padded(size):
        return 64 if size <= 64 else 128 if size <= 128 else 256
    return (entry["recipe"], padded(entry["depth"]), padded(entry["width"]), entry["causal"],
            entry["schedule"])


def assemble(job):
    """What is wrong with the kernels of one entry in one type, as lines."""
    path, number, entry, element = job
    recipe = element if entry["recipe"] in ("bf16", "f16") else entry["recipe"]
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "entry.mlir")
        with open(source, "w", encoding="utf-8") as file:
            file.write(module(entry, element, number))
        target = os.path.join(folder, "entry.rcmobj")
        run = subprocess.run(["rcm-runner", source, "--emit=object", f"--recipe={recipe}",
                              f"--tuning-table={path}", f"--ptxas={PTXAS}", "-o", target],
                             capture_output=True, text=True)
        if run.returncode:
            return [f"entry {number}, {element}: {run.stderr.strip().splitlines()[-1]}"]
        with open(target, "rb") as file:
            if b"\x7fELF" not in file.read():
                return [f"entry {number}, {element}: expected assembled kernels, got none"]
    return []


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)["entries"]
    kernels = {}
    for number, entry in enumerate(entries):
        kernels.setdefault(kernel_of(entry), (number, entry))
    jobs = [(path, *one, "bf16") for one in kernels.values()]
    first = {kernel[:4]: one for kernel, one in reversed(kernels.items())}
    jobs += [(path, *one, "f16") for one in first.values()]
    complaints = wrong_choices(path, entries)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        for lines in workers.map(assemble, jobs):
            complaints += lines
    print("\n".join(complaints + [f"{len(entries)} entries, {len(jobs)} kernels assembled"]))
    sys.exit(bool(complaints))


main()
