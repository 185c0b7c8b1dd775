#!/usr/bin/env python3
"""Runs the fusion pass on every variant and compares what it does with the tables.

    check.py rcm-opt            all variants: fused as said, or refused for the reason
    check.py --print=NAME       the module of one variant
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


def run(rcm_opt, names):
    """Function name to its text after the pass and its remark."""
    modules = [template.write(name, VARIANTS[name].changes) for name in names]
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


def judge(variant, text, remark):
    """What is wrong with a result; empty if nothing is."""
    is_fused = "rcm.attention_skip" in text
    if variant.reason is None:
        if not is_fused:
            return f"expected it to be fused, got: {remark or 'no remark'}"
        missing = [part for part in variant.contains if part not in text]
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
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.print:
        print(template.write(arguments.print, VARIANTS[arguments.print].changes), end="")
        return
    if arguments.list:
        for name, variant in VARIANTS.items():
            print(f"{name}: {variant.reason or 'fused'}")
        return
    results = run(arguments.rcm_opt, list(VARIANTS))
    wrong = 0
    for name, variant in VARIANTS.items():
        message = judge(variant, *results[name])
        wrong += bool(message)
        if message:
            print(f"{name}: {message}")
    print(f"{len(accepted.VARIANTS)} accepted forms, {len(refused.VARIANTS)} refused ones, {wrong} wrong")
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
