"""Executes a document: what it tells readers to type is typed.

  run_document.py DOCUMENT SCRATCH

Blocks marked ```mlir FILE become files. Blocks marked ```sh run in the scratch
folder and must succeed. Every line of the ```text block that follows must occur
in the output, in this order; numbers match any number, '...' matches anything.
"""
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"\d+(?:\\\.\d+)?(?:e(?:\\?[+-])?\d+)?")


def to_pattern(line):
    parts = []
    for part in line.strip().split("..."):
        escaped = r"\s+".join(re.escape(word) for word in part.split())
        parts.append(NUMBER.sub(lambda _: r"[-+0-9.e]+", escaped))
    return re.compile(r"\s*.*?\s*".join(parts))


def check(expected, output, document):
    lines = iter(output.splitlines())
    for line in filter(str.strip, expected.splitlines()):
        pattern = to_pattern(line)
        if not any(pattern.search(candidate) for candidate in lines):
            sys.exit(f"{document}: expected a line like\n  {line}\nin\n{output}")


def main(document, scratch):
    scratch.mkdir(parents=True, exist_ok=True)
    output, count = "", 0
    for kind, name, body in BLOCK.findall(document.read_text()):
        if kind == "mlir" and name:
            (scratch / name).write_text(body)
        elif kind == "sh":
            result = subprocess.run(["bash", "-euo", "pipefail", "-c", body], cwd=scratch,
                                    text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, check=False)
            output = result.stdout
            count += 1
            if result.returncode:
                sys.exit(f"{document}: exit code {result.returncode} of\n{body}\n{output}")
        elif kind == "text":
            check(body, output, document)
    print(f"{count} blocks of commands ran")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
