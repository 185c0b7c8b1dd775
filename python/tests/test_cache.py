"""The cache of kernel objects: no half files, a limit, stale entries."""
import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import warnings
from unittest import mock

import rcm
from rcm import _cache, _libraries, _objects

PACKAGE = str(pathlib.Path(__file__).resolve().parent.parent)


def _write_many(folder, seed):
    os.environ["RCM_CACHE_DIR"] = folder
    os.environ["RCM_CACHE_SIZE"] = "20000"  # four of five entries fit
    for index in range(50):
        _cache.write(_cache.key_of("shared", str(index % 5)), bytes([seed]) * 4096)
        data = _cache.read(_cache.key_of("shared", str(index * 3 % 5)))
        assert data is None or data in (b"\1" * 4096, b"\2" * 4096, b"\3" * 4096)


class Cache(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        patch = mock.patch.dict(os.environ, RCM_CACHE_DIR=self.folder, RCM_CACHE_SIZE="")
        patch.start()
        self.addCleanup(patch.stop)

    def test_keys_separate_their_parts(self):
        self.assertNotEqual(_cache.key_of("ab", "c"), _cache.key_of("a", "bc"))
        self.assertEqual(_cache.key_of("a", "b"), _cache.key_of("a", "b"))

    def test_round_trip(self):
        self.assertIsNone(_cache.read("k"))
        _cache.write("k", b"data")
        self.assertEqual(_cache.read("k"), b"data")

    def test_limit_removes_what_was_used_longest_ago(self):
        os.environ["RCM_CACHE_SIZE"] = "1000"
        for index, key in enumerate("abc"):
            _cache.write(key, bytes(400))
            path = os.path.join(_cache.folder(), key + ".rcmobj")
            if os.path.exists(path):
                os.utime(path, (index, index))
            if key == "b":
                _cache.read("a")  # used again: b is now the oldest
        self.assertIsNone(_cache.read("b"))
        self.assertIsNotNone(_cache.read("a"))
        self.assertIsNotNone(_cache.read("c"))

    def test_off(self):
        os.environ["RCM_CACHE_SIZE"] = "0"
        _cache.write("k", b"data")
        self.assertIsNone(_cache.read("k"))

    def test_unwritable_folder_is_a_warning(self):
        blocked = os.path.join(self.folder, "file")
        open(blocked, "w").close()
        os.environ["RCM_CACHE_DIR"] = os.path.join(blocked, "below")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            _cache.write("k", b"data")
        self.assertEqual(len(caught), 1)

    def test_interrupted_write_leaves_nothing(self):
        with mock.patch("os.replace", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                _cache.write("k", b"data")
        self.assertEqual(os.listdir(_cache.folder()), [])

    def test_killed_writer_leaves_nothing_behind_for_long(self):
        """A process that dies while it writes is no half entry."""
        code = ("import os, signal\nfrom unittest import mock\nfrom rcm import _cache\n"
                "with mock.patch('os.replace', lambda *_: os.kill(os.getpid(), signal.SIGKILL)):\n"
                " _cache.write('k', b'data')\n")
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": PACKAGE},
                              check=False)
        self.assertEqual(done.returncode, -signal.SIGKILL)
        part, = os.listdir(_cache.folder())
        self.assertIsNone(_cache.read("k"))
        _cache.write("k", b"other")
        self.assertEqual(_cache.read("k"), b"other")
        # Its file may be another's that is at work; an old one is not.
        path = os.path.join(_cache.folder(), part)
        self.assertTrue(os.path.exists(path))
        os.utime(path, (0, 0))
        _cache.write("l", b"data")
        self.assertFalse(os.path.exists(path))

    def test_processes_at_the_same_time(self):
        workers = [multiprocessing.Process(target=_write_many, args=(self.folder, seed))
                   for seed in (1, 2, 3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            self.assertEqual(worker.exitcode, 0)
        left = os.listdir(_cache.folder())
        self.assertEqual(len(left), 4)
        self.assertTrue(all(name.endswith(".rcmobj") for name in left))


TEXT = """
func.func @f(%a: memref<?xf32>, %o: memref<?xf32>) {
  linalg.map { arith.negf } ins(%a : memref<?xf32>) outs(%o : memref<?xf32>)
  return
}
"""


class Objects(unittest.TestCase):
    """Compiled once, found again, compiled again when an entry is no good."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for patch in (mock.patch.dict(os.environ, RCM_CACHE_DIR=self.folder, RCM_CACHE_SIZE="",
                                      RCM_OBJECT_PATH=""),
                      mock.patch.dict(_objects._loaded, clear=True)):
            patch.start()
            self.addCleanup(patch.stop)

    def get(self):
        """The kernel, the number of compilations and the warnings."""
        _objects._loaded.clear()
        compile_object = _objects.compile_object
        with mock.patch.object(_objects, "compile_object", side_effect=compile_object) as counted, \
                warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kernel = _objects.get_object_kernel(TEXT, "none")
        self.assertEqual(kernel.name, "f")
        return counted.call_count, [str(warning.message) for warning in caught]

    def entry(self):
        return os.path.join(_cache.folder(), _objects.object_key(TEXT, "none") + ".rcmobj")

    def test_compiled_once_and_again_when_corrupt_or_stale(self):
        self.assertEqual(self.get(), (1, []))
        self.assertEqual(self.get(), (0, []))
        with open(self.entry(), "rb") as file:
            good = file.read()
        newer = good[:8] + (99).to_bytes(4, "little") + good[12:]
        for bad in (b"", good[:100], good[:200] + b"x" + good[201:], b"junk" * 999, newer):
            with open(self.entry(), "wb") as file:
                file.write(bad)
            compiled, messages = self.get()
            self.assertEqual((compiled, len(messages)), (1, 1), messages)
            self.assertRegex(messages[0], "compiling again: expected a kernel object in the cache, got")
            self.assertEqual(self.get(), (0, []))  # mended
        with open(self.entry(), "rb") as file:
            self.assertEqual(file.read(), good)

    def test_another_build_of_the_compiler_has_its_own_entries(self):
        self.assertEqual(self.get(), (1, []))
        with mock.patch.object(_libraries.compiler, "identity", lambda: "another build"):
            self.assertEqual(self.get(), (1, []))
        self.assertEqual(self.get(), (0, []))

    def test_object_path_needs_no_compiler(self):
        from rcm import _modules
        path = rcm.prebuild(self.folder, dtype="float32", dim=16, recipe="none", t_rank=None)
        skip = _modules.Skip("float32", "float64", None, _modules.EXPLICIT, 1.0)
        text = _modules.build_module(_modules.Operation(("float32",) * 4, (16, 16), "BHLD", 0.25,
                                                        False, skip, True))
        os.environ["RCM_OBJECT_PATH"] = os.pathsep.join(["/nonexistent", self.folder])
        failing = mock.Mock(side_effect=rcm.LibraryError("no compiler here"))
        with mock.patch.object(_objects, "compile_object", failing):
            kernel = _objects.get_object_kernel(text, "none")
            self.assertEqual(len(kernel.parameters), 7)  # q, k, v, x, c_skip, c_out, out
            _objects._loaded.clear()
            # A file that is no good is skipped with a warning.
            with open(path, "wb") as file:
                file.write(b"junk")
            with self.assertWarnsRegex(UserWarning, "kernel object in RCM_OBJECT_PATH"), \
                    self.assertRaisesRegex(rcm.LibraryError, "no compiler here"):
                _objects.get_object_kernel(text, "none")

    def test_prebuild_of_every_recipe(self):
        for recipe in ("none", "int8-e4m3"):
            path = rcm.prebuild(self.folder, recipe=recipe)
            with open(path, "rb") as file:
                self.assertGreater(len(file.read()), 10000)
            self.assertEqual(rcm.load(path).name, "attention")

    def test_prebuild_says_what_is_wrong(self):
        for keywords, text in (({"dtype": "int8"}, "dtype to be one of"), ({"dim": 0}, "positive"),
                               ({"layout": "LBHD"}, "layout to be one of"),
                               ({"t_rank": 2}, "t_rank to be None, 0 or 1"),
                               ({"dtype": ("float32",) * 2}, "one dtype or three"),
                               ({"recipe": "int3"}, "recipe to be one of")):
            with self.assertRaisesRegex(ValueError, text):
                rcm.prebuild(self.folder, **keywords)


if __name__ == "__main__":
    unittest.main()
