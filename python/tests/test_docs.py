"""Runs the examples of docs/Python.md, one after the other."""
import pathlib
import re
import unittest

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "Python.md"
BLOCK = re.compile(r"^```python ?(\w*)\n(.*?)^```$", re.M | re.S)

try:
    import torch
except ImportError:
    torch = None


class Examples(unittest.TestCase):
    def test_examples(self):
        names = {}
        count = skipped = 0
        for needs, code in BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
            if needs == "torch" and torch is None:
                compile(code, str(DOCUMENT), "exec")  # its syntax at least
                skipped += 1
                continue
            exec(compile(code, str(DOCUMENT), "exec"), names)  # the documentation's own text
            count += 1
        self.assertGreaterEqual(count, 5)
        self.assertEqual(skipped + count, len(re.findall("^```python", DOCUMENT.read_text(
            encoding="utf-8"), re.M)))


if __name__ == "__main__":
    unittest.main()
