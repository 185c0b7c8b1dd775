"""Compares the tables of docs/Fusion.md with the examples that they name.

  check_fusion.py SOURCE RCM_OPT

Every accepted form and every reason has an example; each exists; refused ones
give the reason that their row says; no reason of the matcher lacks a row.
"""
import collections
import pathlib
import re
import subprocess
import sys

SOURCE, RCM_OPT = pathlib.Path(sys.argv[1]), sys.argv[2]
TESTS = SOURCE / "test/Dialect/RCM"
sys.dont_write_bytecode = True
sys.path.insert(0, str(TESTS / "Inputs/variants"))

# pylint: disable=wrong-import-position
import accepted  # noqa: E402
import refused  # noqa: E402

FUNCTION = re.compile(r"func\.func (?:private )?@(\w+)")


def rows(text, heading):
    """(first cell, last cell) of the table under a heading."""
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("|") and cells[1] not in ("part", "reason") and not cells[1].startswith("-"):
            yield cells[1].strip("`"), cells[-2]


def refusals():
    """{function: reasons} of what the test files say about their functions."""
    found = collections.defaultdict(set)
    for file in sorted(TESTS.glob("fuse*.mlir")):
        option = "=keep-intermediate-rounding" if file.name == "fuse-rounding.mlir" else ""
        done = subprocess.run(
            [RCM_OPT, str(file), "--split-input-file", f"--rcm-fuse-attention-skip{option}",
             "--remarks-filter=rcm-fuse-attention-skip", "-o", "/dev/null"],
            capture_output=True, text=True, check=True)
        owners, owner = [], None
        for line in file.read_text().splitlines():
            match = FUNCTION.search(line)
            owner = match[1] if match else owner
            owners.append(owner)
        remarks = re.findall(r'([\w.-]+):(\d+):\d+: remark: \[Missed\].*Remark="([a-z-]+)', done.stderr)
        for place, line, reason in remarks:
            # A function whose ops have a location of their own is named there.
            own = pathlib.Path(place).stem.replace("-", "_")
            found[owners[int(line) - 1] if place == file.name else own].add(reason)
    return found


def main():
    text = (SOURCE / "docs/Fusion.md").read_text()
    known = {name for file in TESTS.glob("fuse*.mlir") for name in FUNCTION.findall(file.read_text())}
    wrong, named, said = [], set(), refusals()
    for _, cell in rows(text, "Accepted forms"):
        examples = re.findall(r"`(@?\w+)`", cell)
        if not examples:
            wrong.append(f"expected an example in the row that ends with '{cell}', got none")
        for name in examples:
            named.add(name)
            if name[0] == "@" and name[1:] not in known or name[0] != "@" and name not in accepted.VARIANTS:
                wrong.append(f"expected an example {name} that is fused, got none")
    for reason, cell in rows(text, "Reasons"):
        examples = re.findall(r"`(@?\w+)`", cell)
        if not examples:
            wrong.append(f"expected an example of {reason}, got none")
        for name in examples:
            variant = refused.VARIANTS.get(name)
            got = said.get(name[1:], set()) if name[0] == "@" else {variant.reason} if variant else set()
            if reason not in got:
                wrong.append(f"expected {name} to be refused for {reason}, got {sorted(got) or 'nothing'}")
    unnamed = sorted(set(accepted.VARIANTS) - named)
    if unnamed:
        wrong.append(f"expected every accepted variant in a row, got none for {unnamed}")
    code = (SOURCE / "lib/Dialect/RCM/Utils/Reasons.cpp").read_text()
    # The first reason means that there is nothing to remark on.
    reasons = set(re.findall(r'Reason::\w+, "([a-z-]+)"', code)) - {"not-attention"}
    documented = {reason for reason, _ in rows(text, "Reasons")}
    if reasons != documented:
        wrong.append(f"expected rows for {sorted(reasons - documented)} and none for {sorted(documented - reasons)}")
    print("\n".join(wrong + [f"{len(named)} accepted examples, {len(documented)} reasons, {len(wrong)} wrong"]))
    return 1 if wrong else 0


sys.exit(main())
