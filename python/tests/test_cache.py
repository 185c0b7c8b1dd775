"""The cache of kernel objects: no half files, a limit, stale entries."""
import multiprocessing
import os
import tempfile
import unittest
import warnings
from unittest import mock

from rcm import _cache


def _write_many(folder, seed):
    os.environ["RCM_CACHE_DIR"] = folder
    for index in range(50):
        _cache.write(_cache.key_of("shared", str(index % 5)), bytes([seed]) * 4096)


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
            path = os.path.join(self.folder, key + ".rcmobj")
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
        self.assertEqual(os.listdir(self.folder), [])

    def test_processes_at_the_same_time(self):
        workers = [multiprocessing.Process(target=_write_many, args=(self.folder, seed))
                   for seed in (1, 2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            self.assertEqual(worker.exitcode, 0)
        self.assertEqual(len(os.listdir(self.folder)), 5)
        for index in range(5):
            data = _cache.read(_cache.key_of("shared", str(index)))
            self.assertIn(data, (b"\1" * 4096, b"\2" * 4096))


if __name__ == "__main__":
    unittest.main()
