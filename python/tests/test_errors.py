"""Bad input: an exception of the right type that says expected and got, and
never the end of the interpreter."""
import os
import random
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import rcm

SHAPE = (2, 4, 5, 8)


def good():
    return [np.ones(SHAPE, "f4") for _ in range(4)] + [0.5]


class Messages(unittest.TestCase):
    def check(self, kind, text, position=None, value=None, **keywords):
        arguments = good()
        if position is not None:
            arguments[position] = value
        with self.assertRaisesRegex(kind, text) as caught:
            rcm.attention_skip(*arguments, **keywords)
        self.assertIn("expected", str(caught.exception))

    def test_arguments(self):
        ones = np.ones
        self.check(TypeError, "q to be an array.*got list", 0, [1.0])
        self.check(TypeError, "q to be of type.*got int32", 0, ones(SHAPE, "i4"))
        self.check(ValueError, "k to have 4 dimensions", 1, ones((2, 3), "f4"))
        self.check(ValueError, "batch of k to be 2, got 3", 1, ones((3, 4, 5, 8), "f4"))
        self.check(ValueError, "multiple of those of k, 3", 1, ones((2, 3, 5, 8), "f4"))
        self.check(ValueError, "heads of v to be 4, got 2", 2, ones((2, 2, 5, 8), "f4"))
        self.check(ValueError, "length of v to be 5, got 6", 2, ones((2, 4, 6, 8), "f4"))
        self.check(ValueError, r"x to have shape \(2, 4, 5, 8\)", 3, ones((2, 4, 5, 7), "f4"))
        self.check(TypeError, "t to be of type float32 or float64, got int64", 4, np.int64([1, 2]))
        self.check(TypeError, "t to be a number", 4, "soon")

    def test_time_of_the_wrong_length(self):
        for length in (1, 3):
            self.check(ValueError, r"shape \(2,\), got", 4, np.ones(length, "f4"))

    def test_zero_sizes(self):
        with self.assertRaisesRegex(ValueError, "at least 1"):
            empty = np.ones((2, 0, 5, 8), "f4")
            rcm.attention_skip(empty, empty, empty, empty, 0.5)

    def test_keywords(self):
        self.check(ValueError, "schedule to be one of", schedule="sde")
        self.check(ValueError, "layout to be one of", layout="LHD")
        self.check(ValueError, "sigma_data to be finite", sigma_data=float("nan"))
        self.check(ValueError, "sigma_data to be positive", sigma_data=-1)
        self.check(ValueError, "to be 1, got 0.5", schedule="rectified_flow_trigflow", sigma_data=0.5)
        self.check(ValueError, "scale to be finite", scale=float("inf"))
        self.check(TypeError, "scale to be a number", scale="big")
        self.check(ValueError, "recipe 'none' on the CPU", recipe="int8-e4m3")

    def test_output(self):
        self.check(ValueError, "out to have shape", out=np.ones((2, 4, 5, 7), "f4"))
        self.check(TypeError, "out to be of type", out=np.ones(SHAPE, "i8"))
        frozen = np.ones(SHAPE, "f4")
        frozen.flags.writeable = False
        self.check(ValueError, "out to be writable", out=frozen)

    def test_compile(self):
        with self.assertRaisesRegex(rcm.CompileError, "<python>:1"):
            rcm.compile("func.func @f( {\n")
        with self.assertRaisesRegex(rcm.CompileError, "got 'g'"):
            rcm.compile("func.func @f() {\n return\n}", function="g")
        with self.assertRaisesRegex(rcm.CompileError, "found none"):
            rcm.compile("\nmodule {}")
        with self.assertRaisesRegex(ValueError, "got 'tpu'"):
            rcm.compile("\nmodule {}", target="tpu")
        with self.assertRaisesRegex(rcm.CompileError, "missing.mlir"):
            rcm.compile("missing.mlir")

    def test_objects(self):
        with self.assertRaisesRegex(rcm.ObjectError, "missing.rcmobj"):
            rcm.load("missing.rcmobj")
        with tempfile.NamedTemporaryFile(suffix=".rcmobj") as file:
            file.write(b"not an object")
            file.flush()
            with self.assertRaises(rcm.ObjectError):
                rcm.load(file.name)

    def test_kernel_arguments(self):
        kernel = rcm.compile("func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {\n"
                             " return %a : tensor<4xf32>\n}")
        for bad, kind in ((np.ones(5, "f4"), ValueError), (np.ones(4, "f8"), TypeError),
                          (np.ones((2, 2), "f4"), ValueError), (3.0, TypeError),
                          (np.ones(8, "f4")[::2], ValueError)):
            with self.assertRaises(kind):
                kernel(bad)
        with self.assertRaisesRegex(TypeError, "expected 1 arguments of f, got 2"):
            kernel(np.ones(4, "f4"), 1)


class Libraries(unittest.TestCase):
    def run_python(self, code, **environment):
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              env={**os.environ, **environment}, check=False)

    def test_runtime_only_install(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.run_python("import rcm\ntry:\n rcm.compile('\\nmodule {}')\n"
                                   "except rcm.LibraryError as e: print(e)", RCM_LIBRARY_DIR=folder,
                                   LD_LIBRARY_PATH="")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("expected the compiler library libRCMCompiler.so", done.stdout)


class Fuzz(unittest.TestCase):
    """Random wrong calls, from a seed; each must raise, none may crash."""
    CALLS = 2000

    def random_value(self, rng):
        shapes = (SHAPE, (2, 4, 5, 9), (2, 5, 4, 8), (0, 4, 5, 8), (2, 4), (), (2,), (2, 3, 5, 8))
        dtypes = ("f4", "f2", "f8", "i4", "u1", "c8", "?", "O", "U3")
        return rng.choice((
            lambda: np.ones(rng.choice(shapes), rng.choice(dtypes)),
            lambda: rng.choice((None, "x", [], {}, object(), float("nan"), -1, 1e400, b"abc", np)),
            lambda: np.ones(SHAPE, "f4")[..., ::rng.choice((-1, 2))],
            lambda: np.lib.stride_tricks.as_strided(np.ones(1, "f4"), SHAPE, (0, 0, 0, 0)),
            lambda: memoryview(bytes(16)),
        ))()

    def test_random_calls(self):
        rng = random.Random(7)
        keywords = ("schedule", "sigma_data", "scale", "layout", "recipe", "out")
        raised = 0
        for _ in range(self.CALLS):
            arguments = good()
            for _ in range(rng.randint(1, 3)):
                arguments[rng.randrange(5)] = self.random_value(rng)
            named = {rng.choice(keywords): self.random_value(rng) for _ in range(rng.randint(0, 2))}
            # A call that may be right would only cost a compilation.
            named.setdefault("layout", rng.choice(("BHDL", 3, None)))
            try:
                rcm.attention_skip(*arguments, **named)
            except (TypeError, ValueError):
                raised += 1
        self.assertEqual(raised, self.CALLS)


if __name__ == "__main__":
    unittest.main()
