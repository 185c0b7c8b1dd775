"""Bad input: an exception of the right type that says expected and got, and
never the end of the interpreter."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import rcm
from rcm import _libraries

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
        same = np.lib.stride_tricks.as_strided(np.ones(1, "f4"), SHAPE, (0, 0, 0, 0))
        self.check(ValueError, "every element of out to have memory of its own", out=same)

    def test_output_that_is_an_input(self):
        arguments = good()
        for position, name in enumerate("qkv"):
            with self.assertRaisesRegex(ValueError, f"out not to overlap {name}"):
                rcm.attention_skip(*arguments, out=arguments[position])
        both = np.ones((2, 4, 6, 8), "f4")
        with self.assertRaisesRegex(ValueError, "out not to overlap x"):
            rcm.attention_skip(*arguments[:3], both[:, :, :5], 0.5, out=both[:, :, 1:])
        # The residual itself, and the other half of every row, are fine.
        rcm.attention_skip(*arguments, out=arguments[3])
        rows = np.ones((2, 4, 5, 16), "f4")
        rcm.attention_skip(rows[..., :8], *arguments[1:], out=rows[..., 8:])
        packed = np.ones((2, 5, 3, 4, 8), "f4")
        q, k, out = (packed[:, :, part] for part in range(3))
        rcm.attention_skip(q, k, k, np.ones_like(q), 0.5, layout="BLHD", out=out)
        with self.assertRaisesRegex(ValueError, "out not to overlap q"):
            rcm.attention_skip(rows[..., :8], *arguments[1:], out=rows[..., 4:12])

    def test_memory(self):
        raw = np.zeros(4 * 2 * 4 * 5 * 8 + 1, "u1")
        self.check(ValueError, "multiple of its element size 4", 0,
                   raw[1:].view("f4").reshape(SHAPE))
        self.check(TypeError, "q to have a type of", 0, np.ones(SHAPE, ">f4"))
        bytes_ = np.zeros((2, 4, 5, 8), [("pad", "u1"), ("value", "f4")])["value"]
        self.check(ValueError, "strides that are multiples", 0, bytes_)

    def test_device(self):
        class Elsewhere:  # an array in the memory of some accelerator
            def __init__(self, device, array=None):
                self.device, self.array = device, array

            def __dlpack_device__(self):
                return self.device

            def __dlpack__(self, **_):
                if self.array is None:
                    raise BufferError("this memory cannot be exported")
                return self.array.__dlpack__()

        ones = np.ones(SHAPE, "f4")
        self.check(TypeError, "expected q to export DLPack, got: this memory", 0, Elsewhere((8, 0)))
        self.check(ValueError, "expected k on the device of q, cpu 0, got 2x4x5x8 float32 on cuda 1",
                   1, Elsewhere((2, 1), ones))
        other = [Elsewhere((8, 0), ones.copy()) for _ in range(5)]
        with self.assertRaisesRegex(ValueError, "expected q on the CPU or a CUDA device, got "
                                                "2x4x5x8 float32 on DLPack device 8"):
            rcm.attention_skip(*other[:4], 0.5, out=other[4])
        kernel = rcm.compile("func.func @f(%a: memref<2x4x5x8xf32>) {\n return\n}")
        with self.assertRaisesRegex(ValueError, "expected a in the memory of the CPU, got"):
            kernel(Elsewhere((2, 0), ones))

    def test_flags_and_text(self):
        self.check(TypeError, "causal to be True or False, got str", causal="yes")
        self.check(TypeError, "causal to be True or False, got ndarray", causal=np.ones(2))
        self.check(TypeError, "scale to be a number, got str", scale="0.5")
        self.check(TypeError, "t to be a number, got str", 4, "0.5")
        self.check(ValueError, "t to fit into float64", 4, 10 ** 400)

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

    def test_wrong_kinds(self):
        with self.assertRaisesRegex(TypeError, "expected MLIR text or the path of a file, got int"):
            rcm.compile(3)
        with self.assertRaisesRegex(TypeError, "expected function to be a name, got int"):
            rcm.compile("\nmodule {}", function=3)
        with self.assertRaisesRegex(ValueError, "recipe to be one of none, bf16, f16, int8-e4m3, auto, got 'int3'"):
            rcm.compile("\nmodule {}", target="sm_90a", recipe="int3")
        with self.assertRaisesRegex(rcm.CompileError, "sm_20"):
            rcm.compile("func.func @f(%a: memref<4xf32>) {\n return\n}", target="sm_20")
        with self.assertRaisesRegex(TypeError, "expected the path of a kernel object, got int"):
            rcm.load(3)

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

    def test_memrefs_may_be_written(self):
        kernel = rcm.compile("func.func @f(%a: memref<4xf32>, %n: i32) {\n"
                             " %c = arith.constant 0 : index\n %f = arith.sitofp %n : i32 to f32\n"
                             " memref.store %f, %a[%c] : memref<4xf32>\n return\n}")
        array = np.zeros(4, "f4")
        kernel(array, 3)
        self.assertEqual(array.tolist(), [3, 0, 0, 0])
        array.flags.writeable = False
        with self.assertRaisesRegex(ValueError, "expected a to be writable, got a read-only"):
            kernel(array, 3)
        with self.assertRaisesRegex(ValueError, "expected n to fit into int32, got 4294967296"):
            kernel(np.zeros(4, "f4"), 1 << 32)
        with self.assertRaisesRegex(TypeError, "expected n to be a number, got str"):
            kernel(np.zeros(4, "f4"), "1")


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

    def test_library_of_another_version(self):
        compiler = shutil.which("cc")
        if not compiler:
            self.skipTest("no C compiler")
        names = sorted(_libraries._COMPILER_FUNCTIONS)
        for version, want in (("20300", "version 0.1 of the interface, got 2.3"),
                              ("200", "version 0.1 of the interface, got 0.2"),
                              (None, "to have the function rcmCompilerDescription; it is of "
                                     "another version")):
            with tempfile.TemporaryDirectory() as folder, self.subTest(version=version):
                functions = "".join(f"int {name}(void) {{ return {version}; }}\n"
                                    for name in names) if version else ""
                source = os.path.join(folder, "other.c")
                with open(source, "w") as file:
                    file.write(functions or "int rcmCompilerVersion(void) { return 100; }\n")
                subprocess.run([compiler, "-shared", "-fPIC", "-o",
                                os.path.join(folder, "libRCMCompiler.so"), source], check=True)
                done = self.run_python("import rcm\ntry:\n rcm.compile('\\nmodule {}')\n"
                                       "except rcm.LibraryError as e: print(e)",
                                       RCM_LIBRARY_DIR=folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(want, done.stdout)


if __name__ == "__main__":
    unittest.main()
