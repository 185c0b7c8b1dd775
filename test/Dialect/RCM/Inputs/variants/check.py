#!/usr/bin/env python3
"""Runs the fusion pass on every variant and compares what it does with the tables.

    check.py rcm-opt            all variants: fused as said, or refused for the reason
    check.py rcm-opt --open     the same with sizes that are known at run time only
    check.py rcm-opt --round-trip   fused ops written out as linalg are found again
    check.py --print=NAME       the module of one variant; with --open, with open sizes
    check.py --list             names and what is expected
"""

import argparse
import re
import subprocess
import sys
import tempfile

import accepted
import refused
import template

VARIANTS = {**accepted.VARIANTS, **refused.VARIANTS}


def read_remarks(text, names_of_lines):
    """The first remark of each function."""
    remarks = {}
    for line in text.splitlines():
        found = re.match(r'.*?:(\d+):\d+: remark: .*Remark="([^"]*)"', line)
        if found:
            remarks.setdefault(names_of_lines[int(found[1]) - 1], found[2])
    return remarks


def write(name, is_open):
    text = template.write(name, VARIANTS[name].changes)
    return template.open_sizes(text) if is_open else text


def run(rcm_opt, names, is_open):
    """Function name to its text after the pass and its remark."""
    modules = [write(name, is_open) for name in names]
    text = "// -----\n".join(modules)
    names_of_lines, current = [], None
    for line in text.splitlines():
        found = re.match(r"func\.func @(\w+)", line)
        current = found[1] if found else current
        names_of_lines.append(current)
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write(text)
        file.flush()
        command = [rcm_opt, file.name, "--split-input-file", "--rcm-fuse-attention-skip"]
        done = subprocess.run(command + ["--remarks-filter=rcm.*"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: expected rcm-opt to succeed, got\n{done.stderr}")
    remarks = read_remarks(done.stderr, names_of_lines)
    found = {}
    for text in done.stdout.split("// -----\n"):
        name = re.search(r"func\.func @(\w+)", text)[1]
        found[name] = (text, remarks.get(name, ""))
    return found


def get_ops(text):
    """The rcm ops of a module in order, maps in full and operands without names."""
    maps = dict(re.findall(r"^(#map\w*) = (.*)$", text, re.M))
    ops = re.findall(r"rcm\.(?:attention_skip|attention|skip_coefficients) .*", text)
    ops = [re.sub(r"#map\w*", lambda m: maps[m[0]], op) for op in ops]
    # The scale comes back from a constant in the type of the scores.
    ops = [re.sub(r"scale\(([^)]*)\)", lambda m: f"scale({float(m[1]):.6g})", op) for op in ops]
    return [re.sub(r"%[\w#]+", "%", op) for op in ops]


def check_round_trip(rcm_opt, modules):
    """Names of variants whose fused op, written out, is not found again."""
    names = [name for name in modules if VARIANTS[name].reason is None]
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write("// -----\n".join(modules[name][0] for name in names))
        file.flush()
        done = subprocess.run([rcm_opt, file.name, "--split-input-file", "--convert-rcm-to-linalg",
                               "--rcm-fuse-attention-skip"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: expected rcm-opt to succeed, got\n{done.stderr}")
    changed, texts = [], done.stdout.split("// -----\n")
    if len(texts) != len(names):
        sys.exit(f"error: expected {len(names)} modules after the round trip, got {len(texts)}")
    for name, text in zip(names, texts):
        before, after = get_ops(modules[name][0]), get_ops(text)
        if before != after:
            changed.append(f"{name}: expected\n  " + "\n  ".join(before)
                           + "\nafter the round trip, got\n  " + "\n  ".join(after))
    return changed


def judge(variant, text, remark, is_open):
    """What is wrong with a result; empty if nothing is."""
    is_fused = "rcm.attention_skip" in text
    if variant.reason is None:
        if not is_fused:
            return f"expected it to be fused, got: {remark or 'no remark'}"
        contains = [template.open_type(part) if is_open else part for part in variant.contains]
        missing = [part for part in contains if part not in text]
        return f"expected {missing[0]!r} in the result, got:\n{text}" if missing else ""
    if is_fused:
        return f"expected {variant.reason!r}, got: {remark}"
    if not remark.startswith(variant.reason + ":"):
        return f"expected {variant.reason!r}, got: {remark or 'no remark'}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rcm_opt", nargs="?", default="rcm-opt")
    parser.add_argument("--print", metavar="NAME", choices=VARIANTS)
    parser.add_argument("--open", action="store_true", help="with open sizes")
    parser.add_argument("--round-trip", action="store_true", help="check the fused ops only")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.print:
        print(write(arguments.print, arguments.open), end="")
        return
    if arguments.list:
        for name, variant in VARIANTS.items():
            print(f"{name}: {variant.reason or 'fused'}")
        return
    results = run(arguments.rcm_opt, list(VARIANTS), arguments.open)
    if arguments.round_trip:
        changed = check_round_trip(arguments.rcm_opt, results)
        print("\n".join(changed + [f"{len(accepted.VARIANTS)} fused ops, {len(changed)} changed"]))
        sys.exit(bool(changed))
    wrong = 0
    for name, variant in VARIANTS.items():
        message = judge(variant, *results[name], arguments.open)
        wrong += bool(message)
        if message:
            print(f"{name}: {message}")
    print(f"{len(accepted.VARIANTS)} accepted forms, {len(refused.VARIANTS)} refused ones, {wrong} wrong")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
