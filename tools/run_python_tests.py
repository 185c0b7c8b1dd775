"""Runs the unittest files of a folder and writes a JUnit file.

  run_python_tests.py FOLDER OUTPUT.xml
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


def main(folder, output):
    suite = unittest.defaultTestLoader.discover(folder)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Collector).run(suite)
    write(result, output)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2])))
