"""Kernels of the cache and of RCM_OBJECT_PATH, without a compiler."""
import os
import shutil
import tempfile
import unittest
import warnings
from unittest import mock

import torch

import rcm
from rcm import _attention, _cache, _libraries, _objects
from common import DEVICE, ON_GPU, TestCase, inputs, times

if not ON_GPU:
    raise unittest.SkipTest("no GPU")


def forget():
    """As in a new process."""
    _objects._loaded.clear()
    _attention._gpu_kernels.clear()
    _attention._plans.clear()


class Objects(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prebuilt = os.environ["RCM_OBJECT_PATH"].split(os.pathsep)[0]
        patch = mock.patch.dict(os.environ, RCM_CACHE_DIR=folder.name, RCM_CACHE_SIZE="")
        patch.start()
        self.addCleanup(patch.stop)
        self.addCleanup(forget)
        forget()
        # In front of every kernel, the one that is looked for is noted.
        self.keys = []
        original = _objects.object_key
        patch = mock.patch.object(_objects, "object_key", side_effect=lambda *a: (
            self.keys.append(original(*a)) or self.keys[-1]))
        patch.start()
        self.addCleanup(patch.stop)
        self.arguments = inputs(torch.bfloat16)

    def run_once(self):
        got = rcm.attention_skip(*self.arguments, times())
        self.check_skip(got, *self.arguments, times())
        return self.keys[-1]

    def only_cached(self):
        """The kernel in the cache and nowhere else; its path there."""
        key = self.run_once()
        target = os.path.join(_cache.folder(), key + _cache.SUFFIX)
        os.makedirs(_cache.folder(), exist_ok=True)
        shutil.copy(os.path.join(self.prebuilt, key + _cache.SUFFIX), target)
        os.environ["RCM_OBJECT_PATH"] = ""
        forget()
        return target

    def test_prebuilt_is_not_copied_into_the_cache(self):
        self.run_once()
        self.assertFalse(os.path.exists(_cache.folder()))

    def test_cached(self):
        path = self.only_cached()
        os.utime(path, (1, 1))
        self.run_once()
        self.assertGreater(os.stat(path).st_mtime, 1)  # used now

    def test_corrupt_entry(self):
        """One warning and a compilation, which a machine without a compiler
        cannot do and says so."""
        path = self.only_cached()
        with open(path, "r+b") as file:
            file.seek(200)
            file.write(b"xyz")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if _libraries.compiler.identity() is None:
                with self.assertRaisesRegex(rcm.LibraryError, "expected the compiler library"):
                    self.run_once()
            else:
                self.run_once()
        self.assertEqual(len(caught), 1, caught)
        self.assertRegex(str(caught[0].message), "compiling again: expected a kernel object")

    def test_corrupt_prebuilt_object(self):
        key = self.run_once()
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, key + _cache.SUFFIX), "wb") as file:
                file.write(b"junk")
            os.environ["RCM_OBJECT_PATH"] = folder + os.pathsep + self.prebuilt
            forget()
            with self.assertWarnsRegex(UserWarning, "kernel object in RCM_OBJECT_PATH"):
                self.run_once()

    def test_load(self):
        kernel = rcm.load(os.path.join(self.prebuilt, self.run_once() + _cache.SUFFIX))
        q, k, v, x = self.arguments
        out = torch.empty_like(x)
        kernel(q, k, v, x, times(), out)
        self.check_skip(out, q, k, v, x, times())
        with self.assertRaisesRegex(ValueError, r"expected \w+ in the memory of a GPU"):
            kernel(q.cpu(), k, v, x, times(), out)
        with self.assertRaisesRegex(TypeError, r"expected \w+ to be of type bfloat16, got float32"):
            kernel(q.float(), k, v, x, times(), out)
        stream = torch.cuda.Stream()
        torch.cuda.synchronize()
        kernel(q, k, v, x, times(), out.zero_(), stream=stream.cuda_stream)
        torch.cuda.synchronize()
        self.check_skip(out, q, k, v, x, times())


if __name__ == "__main__":
    unittest.main()
