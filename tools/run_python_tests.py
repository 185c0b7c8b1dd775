"""Runs the unittest files of a folder and writes a JUnit file.

  run_python_tests.py FOLDER OUTPUT.xml [--only=NAME,...|--except=NAME,...]

NAME is that of a file, test_NAME.py.
"""
import pathlib
import sys
import unittest
import xml.etree.ElementTree as ElementTree


class Collector(unittest.TextTestResult):
    """Remembers every test, the passed ones too."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.passed = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.append(test)


def write(result, path):
    suite = ElementTree.Element("testsuite", name="python")

    def add(test, kind=None, text=""):
        # Failures of a whole module have no method.
        group, _, name = test.id().rpartition(".")
        case = ElementTree.SubElement(suite, "testcase", classname=group, name=name)
        if kind:
            ElementTree.SubElement(case, kind).text = text

    for test in result.passed:
        add(test)
    for test, text in result.failures + result.errors:
        add(test, "failure", text)
    for test, text in result.skipped:
        add(test, "skipped", text)
    for test in result.unexpectedSuccesses:
        add(test, "failure", "expected to fail")
    ElementTree.ElementTree(suite).write(path)


def select(folder, argument):
    """The suite of the files that the argument leaves."""
    option, _, names = argument.partition("=")
    names = set(filter(None, names.split(",")))
    if option not in ("--only", "--except"):
        sys.exit(f"error: expected --only=NAME,... or --except=NAME,..., got {argument!r}")
    files = {path.stem[len("test_"):]: path.name for path in pathlib.Path(folder).glob("test_*.py")}
    if names - set(files):
        sys.exit(f"error: expected names of files in {folder}, got {sorted(names - set(files))}")
    suite = unittest.TestSuite()
    for name in sorted(files):
        if (name in names) == (option == "--only"):
            suite.addTests(unittest.TestLoader().discover(folder, files[name]))
    return suite


def main(folder, output, argument="--except="):
    suite = select(folder, argument)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Collector).run(suite)
    write(result, output)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
