"""Memory of attention at two lengths.

  growth.py RUNNER MODULE SHORT LONG
"""
import re
import subprocess
import sys

UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def memory(runner, module, rows):
    shapes = [f"--shape={name}=1x2x{rows}x64" for name in "qkvx"]
    text = subprocess.run([runner, module, "--arg=t=0.5", *shapes], text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    number, unit = re.search(r"^memory: ([0-9.]+) (\w+) ", text, re.M).groups()
    return float(number) * UNITS[unit]


def main(runner, module, short, long):
    ratio = memory(runner, module, long) / memory(runner, module, short)
    # Buffers of fixed size make it less; one decimal of MiB may round it up.
    if not ratio <= 1.05 * int(long) / int(short):
        sys.exit(f"expected memory in proportion to rows, got {ratio:.2f} times")
    print(f"{long} rows take {ratio:.2f} times the memory of {short}")


main(*sys.argv[1:])
