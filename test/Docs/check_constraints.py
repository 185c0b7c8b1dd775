"""Compares the numbers of constraints in the specification, the code and tests.

  check_constraints.py SOURCE
"""
import pathlib
import re
import sys


def numbers(text, pattern):
    return {int(number) for number in re.findall(pattern, text)}


def main(source):
    spec = (source / "docs/Spec.md").read_text()
    code = "".join(path.read_text() for path in sorted((source / "lib/Dialect/RCM/IR").glob("*.cpp")))
    invalid = (source / "test/Dialect/RCM/invalid.mlir").read_text()
    specified = numbers(spec, r"(?m)^\| C(\d+) \|")
    checked = numbers(code, r"// (?:attention|coefficients)_c(\d+)\b")
    tested = numbers(invalid, r"@(?:attention|coefficients)_c(\d+)_")
    # A rule of evaluation refuses nothing: its row names the tests that run it.
    for number, row in re.findall(r"(?m)^\| C(\d+) \|(.*)$", spec):
        named = re.findall(r"`@(\w+)`", row)
        file = re.search(r"`(test/\S+)`", row)
        if named and file:
            text = (source / file.group(1)).read_text()
            if all(f"@{name}(" in text for name in named):
                tested.add(int(number))
    for what, found in (("check", checked), ("test", tested)):
        if found != specified:
            sys.exit(f"expected a {what} for each of {sorted(specified)}, got {sorted(found)}")
    print(f"{len(specified)} constraints, each with a check and a test")


main(pathlib.Path(sys.argv[1]))
