"""Prints the runs of eight or more printable characters of a file."""
import re
import sys

with open(sys.argv[1], "rb") as file:
    for text in re.findall(rb"[ -~]{8,}", file.read()):
        print(text.decode())
