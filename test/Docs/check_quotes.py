"""Checks that a document quotes files of this repository as they are.

  check_quotes.py DOCUMENT ROOT FILE...

A block marked ```LANGUAGE PATH (a path with a folder) must be a piece of ROOT/PATH, line for line.
Every line of each FILE must be in some block, so that nothing of what is
explained is left out.
"""
import pathlib
import re
import sys

BLOCK = re.compile(r"^```\w+ (\S+/\S+)\n(.*?)^```$", re.M | re.S)


def main(document, root, whole):
    quoted = {name: [] for name in whole}
    count = 0
    for name, body in BLOCK.findall(document.read_text()):
        if body not in (root / name).read_text():
            sys.exit(f"{document.name}: expected a piece of {name}, got\n{body}")
        quoted.setdefault(name, []).append(body)
        count += 1
    for name in whole:
        lines = {line for body in quoted[name] for line in body.splitlines()}
        for line in (root / name).read_text().splitlines():
            if line.strip() and line not in lines:
                sys.exit(f"{document.name}: expected to quote all of {name}, lacks\n{line}")
    print(f"{count} quotes are right")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:])
