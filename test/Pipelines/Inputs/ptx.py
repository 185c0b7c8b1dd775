"""Prints the PTX text inside the gpu.binary op of a module on standard input."""
import re
import sys

module = sys.stdin.read()
found = re.search(r'(?:assembly|bin) = "((?:[^"\\]|\\.)*)"', module)
if not found:
    sys.exit("expected a gpu.binary with assembly")
text = re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m.group(1), 16)), found.group(1))
sys.stdout.write(text.rstrip("\0"))
