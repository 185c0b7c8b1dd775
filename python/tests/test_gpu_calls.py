"""The way to a GPU, with a driver that only records: which arrays, streams and
coefficients reach a launch, and what becomes of the driver's errors. The
driver is the fake one of the runtime's unit tests, in a process of its own."""
import ctypes as C
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import numpy as np

import rcm
from rcm import _attention, _calls

SHAPE = (2, 4, 33, 16)
OUT_OF_MEMORY = 2  # CUDA_ERROR_OUT_OF_MEMORY
FAKE = pathlib.Path(os.environ.get("RCM_LIBRARY_DIR", "")).resolve() / "libRCMFakeDriver.so"


class Array:
    """An array in "device" memory that only speaks DLPack; notes the stream."""

    def __init__(self, array, device=0):
        self.array, self.device, self.stream = array, device, None

    def __dlpack_device__(self):
        return (2, self.device)

    def __dlpack__(self, *, stream=None, max_version=None):
        self.stream = stream
        return self.array.__dlpack__()


class Control(C.Structure):
    _fields_ = [("clear", C.CFUNCTYPE(None)), ("failAt", C.CFUNCTYPE(None, C.c_int64, C.c_int)),
                ("failedCall", C.CFUNCTYPE(C.c_char_p)), ("callCount", C.CFUNCTYPE(C.c_int64))]


def load_tests(loader, _tests, _pattern):
    """What is found here by default; Calls runs in a child process by its name."""
    return loader.loadTestsFromTestCase(Process)


class Calls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.environ["RCM_CACHE_DIR"] = folder.name
        fake = C.CDLL(str(FAKE))
        fake.rcmFakeControl.restype = C.POINTER(Control)
        self.control = fake.rcmFakeControl().contents
        self.control.clear()

    def arrays(self, dtype="f4", device=0):
        return [Array(np.ones(SHAPE, dtype), device) for _ in range(5)]

    def launched(self, *arguments, **named):
        """Driver calls that one call of attention_skip makes."""
        before = self.control.callCount()
        rcm.attention_skip(*arguments, **named)
        return self.control.callCount() - before

    def test_numbers_and_arrays_of_t(self):
        q, k, v, x, out = self.arrays()
        times = Array(np.float32([0.3, 0.7]))
        for t in (0.5, times):
            for schedule in ("edm", "trigflow"):
                self.assertGreater(self.launched(q, k, v, x, t, schedule=schedule, out=out,
                                                 recipe="none"), 0)
        # DLPack's number for the default stream.
        self.assertEqual([a.stream for a in (q, x, times, out)], [1] * 4)

    def test_strided_and_narrow(self):
        q, k, v, x, out = self.arrays("f2")
        wide = Array(np.ones(SHAPE[:3] + (32,), "f2")[..., ::2])
        self.assertGreater(self.launched(wide, k, v, x, 0.5, out=out, recipe="none"), 0)
        self.assertGreater(self.launched(q, k, v, x, 0.5, out=out, causal=True,
                                         recipe="none"), 0)

    def test_repeated(self):
        """The short way launches as often, and its errors are seen."""
        def read(array):
            own = (array.array.dtype, array.array.shape, array.array.strides, array.device)
            return own, array.array.ctypes.data

        with mock.patch.dict(_calls._readers, {Array: read}), \
                mock.patch.object(_attention, "_run", wraps=_attention._run) as long_way:
            for t in (0.5, Array(np.float32([0.3, 0.7]))):
                q, k, v, x, out = self.arrays()
                self.launched(q, k, v, x, t, out=out, recipe="none")
                counts = [self.launched(*self.arrays()[:4], t, out=out, recipe="none")
                          for _ in range(3)]
                self.assertEqual(counts, [counts[0]] * 3)
                self.assertGreater(counts[0], 0)
            self.assertEqual(long_way.call_count, 2)
            self.control.failAt(1, OUT_OF_MEMORY)
            with self.assertRaisesRegex(rcm.DeviceError, "expected|memory"):
                rcm.attention_skip(q, k, v, x, 0.5, out=out, recipe="none")
            self.control.failAt(0, 0)
            with self.assertRaisesRegex(ValueError, "expected k on the device of q, cuda 0"):
                rcm.attention_skip(q, Array(k.array, 1), v, x, 0.5, out=out, recipe="none")
            self.assertGreater(self.launched(q, k, v, x, 0.5, out=out, recipe="none"), 0)
            self.assertEqual(long_way.call_count, 2)

    def test_errors_of_the_driver(self):
        q, k, v, x, out = self.arrays()
        self.launched(q, k, v, x, 0.5, out=out, recipe="none")
        self.control.failAt(1, OUT_OF_MEMORY)
        with self.assertRaisesRegex(rcm.DeviceError, "expected|memory"):
            rcm.attention_skip(q, k, v, x, 0.5, out=out, recipe="none")
        self.control.failAt(0, 0)
        self.assertGreater(self.launched(q, k, v, x, 0.5, out=out, recipe="none"), 0)

    def test_wrong_devices(self):
        q, k, v, x, out = self.arrays()
        with self.assertRaisesRegex(ValueError, "expected k on the device of q, cuda 0, got .* 1$"):
            rcm.attention_skip(q, Array(k.array, 1), v, x, 0.5, out=out)
        with self.assertRaisesRegex(ValueError, "expected v on the device of q, cuda 0, got .*cpu"):
            rcm.attention_skip(q, k, v.array, x, 0.5, out=out)
        with self.assertRaisesRegex(ValueError, "expected t on the device of q, cuda 0, got .*cpu"):
            rcm.attention_skip(q, k, v, x, np.float32([0.3, 0.7]), out=out)
        with self.assertRaisesRegex(ValueError, "expected out= for arrays on cuda"):
            rcm.attention_skip(q, k, v, x, 0.5)
        with self.assertRaisesRegex(ValueError, "recipe to be one of none, bf16, f16, int8-e4m3, auto, got 'int3'"):
            rcm.attention_skip(q, k, v, x, 0.5, out=out, recipe="int3")

    def test_loaded_object(self):
        with tempfile.TemporaryDirectory() as folder:
            kernel = rcm.load(rcm.prebuild(folder, dtype="float32", dim=16, recipe="none"))
        q, k, v, x, out = self.arrays()
        kernel(q, k, v, x, Array(np.float32([0.3, 0.7])), out)
        self.assertEqual(len(kernel.parameters), 6)
        with self.assertRaisesRegex(ValueError, "in the memory of a GPU, got 2x4x33x16 float32 on cpu"):
            kernel(q.array, k, v, x, Array(np.float32([0.3, 0.7])), out)
        with self.assertRaisesRegex(TypeError, "expected 6 arguments of attention, got 2"):
            kernel(q, k)


class Process(unittest.TestCase):
    def run_child(self, *command, driver):
        return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False,
                              env={**os.environ, "RCM_DRIVER_LIBRARY": str(driver),
                                   "PATH": "/nonexistent"})  # no ptxas: the fake reads PTX

    def test_with_the_fake_driver(self):
        if not FAKE.exists():
            self.skipTest(f"{FAKE} is not built")
        done = self.run_child(__file__, "Calls", driver=FAKE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"Ran 6 tests(.|\n)*\nOK\n")

    def test_without_a_driver(self):
        code = ("import numpy, rcm\nfrom test_gpu_calls import Array, SHAPE\n"
                "a = [Array(numpy.ones(SHAPE, 'f4')) for _ in range(5)]\n"
                "try:\n rcm.attention_skip(*a[:4], 0.5, out=a[4], recipe='none')\n"
                "except rcm.DeviceError as error: print('DeviceError', error)")
        done = self.run_child("-c", "import sys; sys.path.insert(0, "
                              f"{str(pathlib.Path(__file__).parent)!r})\n{code}",
                              driver="/no/such/libcuda.so")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "^DeviceError expected")


if __name__ == "__main__":
    unittest.main()
