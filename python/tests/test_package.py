"""The package as others install it: from the tree and as a wheel, offline, in
virtual environments; with the compiler library and without it."""
import ast
import importlib.util
import inspect
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import rcm
from rcm import _libraries

PYTHON = pathlib.Path(__file__).resolve().parent.parent
LIBRARIES = os.path.abspath(os.environ.get("RCM_LIBRARY_DIR", PYTHON.parent / "build" / "lib"))

USE = """
import os, numpy, rcm
assert "site-packages" in rcm.__file__, rcm.__file__
q = numpy.ones((1, 2, 3, 4), "f4")
try:
    print("result", rcm.attention_skip(q, q, q, q, 0.0).sum())
except rcm.LibraryError as error:
    print("LibraryError", error)
try:
    rcm.load("missing.rcmobj")
except rcm.ObjectError:
    print("runtime works")
"""


def clean_environment(**more):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("PYTHONPATH", "RCM_LIBRARY_DIR", "LD_LIBRARY_PATH")}
    return {**environment, **more}


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import ensurepip  # Debian has it in python3-venv
        except ImportError:
            raise unittest.SkipTest("no ensurepip to make a virtual environment with")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.python = cls.folder / "venv" / "bin" / "python3"
        cls.run_checked([sys.executable, "-m", "venv", "--system-site-packages",
                         cls.folder / "venv"])
        # NumPy is that of this interpreter, which may be a virtual environment's,
        # too: nothing may be downloaded.
        packages, = (cls.folder / "venv").glob("lib/python*/site-packages")
        numpy = pathlib.Path(importlib.util.find_spec("numpy").origin)
        (packages / "numpy-of-the-tests.pth").write_text(f"{numpy.parents[1]}\n")

    @classmethod
    def run_checked(cls, command, **environment):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              env=clean_environment(**environment), cwd=cls.folder, check=False)
        if done.returncode:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def pip(self, *arguments, **environment):
        # --no-index: what is not here cannot be had.
        return self.run_checked([self.python, "-m", "pip", *arguments[:1], "--no-index",
                                 "--no-deps", *arguments[1:]],
                                RCM_LIBRARY_DIR=LIBRARIES, **environment)

    def test_from_the_tree_then_runtime_only_wheel(self):
        self.pip("install", PYTHON)
        self.assertIn("result 24.0", self.run_checked([self.python, "-c", USE]))
        self.pip("wheel", "-w", self.folder / "dist", PYTHON, RCM_WHEEL_COMPILER="no")
        wheel, = (self.folder / "dist").glob("*.whl")
        self.assertRegex(wheel.name, r"^rcm-[\d.]+-py3-none-linux_\w+\.whl$")
        names = zipfile.ZipFile(wheel).namelist()
        self.assertIn("rcm/libRCMRuntime.so", names)
        self.assertNotIn("rcm/libRCMCompiler.so", names)
        self.assertIn("rcm/py.typed", names)
        self.pip("install", "--force-reinstall", wheel)
        output = self.run_checked([self.python, "-c", USE])
        self.assertIn("LibraryError expected the compiler library", output)
        self.assertIn("runtime works", output)


class Lookup(unittest.TestCase):
    """RCM_LIBRARY_DIR, then the package's own folder, then the loader's path."""

    def opened(self, **environment):
        """The file that is opened as the compiler library, straight from the tree."""
        code = ("import rcm\nfrom rcm._libraries import compiler\n"
                "try:\n print(compiler.get()._name)\nexcept rcm.LibraryError as e: print(e)")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                              env=clean_environment(PYTHONPATH=str(PYTHON), **environment))
        return done.stdout.strip()

    def test_order(self):
        name = "libRCMCompiler.so"
        inside = os.path.join(LIBRARIES, name)
        self.assertEqual(self.opened(RCM_LIBRARY_DIR=LIBRARIES), inside)
        self.assertEqual(self.opened(LD_LIBRARY_PATH=LIBRARIES), name)
        self.assertEqual(self.opened(RCM_LIBRARY_DIR="/nonexistent", LD_LIBRARY_PATH=LIBRARIES), name)
        missing = self.opened()
        self.assertIn(f"expected the compiler library {name} in RCM_LIBRARY_DIR, beside the package "
                      "or on the loader's path, found none", missing)


class Build(unittest.TestCase):
    def test_without_libraries(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, str(PYTHON / "rcm_build.py"),
                                   f"--library-dir={folder}"], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("expected libRCMRuntime.so in", done.stderr)

    def test_wrong_setting(self):
        done = subprocess.run([sys.executable, str(PYTHON / "rcm_build.py"), "--compiler=maybe"],
                              capture_output=True, text=True, check=False)
        self.assertIn("expected compiler to be yes or no, got 'maybe'", done.stderr)


class Interface(unittest.TestCase):
    """Stubs, docstrings and versions say what the code says."""

    def test_stub_agrees(self):
        stub = ast.parse((PYTHON / "rcm" / "__init__.pyi").read_text())
        names = {node.name: node for node in stub.body
                 if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for name in rcm.__all__:
            self.assertIn(name, names, "the stub lacks it")
            value = getattr(rcm, name)
            if inspect.isfunction(value):
                arguments = names[name].args
                want = [a.arg for a in arguments.posonlyargs + arguments.args
                        + arguments.kwonlyargs]
                self.assertEqual(list(inspect.signature(value).parameters), want, name)

    def test_everything_is_documented(self):
        for name in rcm.__all__:
            self.assertTrue(inspect.getdoc(getattr(rcm, name)), name)
        for name in ("attention_skip", "compile", "load", "prebuild"):
            self.assertIn("Raises", getattr(rcm, name).__doc__, name)

    def test_python_3_9_reads_it(self):
        for path in (PYTHON / "rcm").glob("*.py*"):
            if path.suffix in (".py", ".pyi"):
                ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))

    def test_versions(self):
        text = _libraries.compiler.get().rcmCompilerDescription().decode()
        self.assertTrue(text.startswith(f"rcm {rcm.__version__}, LLVM "), text)


if __name__ == "__main__":
    unittest.main()
