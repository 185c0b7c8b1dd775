"""Adds up the JUnit files of a folder: prints 'N passed, N failed[, N skipped]'.

Exits with 1 if a test failed, if a program named in the file `crashed` left no
result, or if there is no result at all.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main(folder):
    passed = failed = skipped = 0
    for path in sorted(folder.glob("*.xml")):
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                print(f"failed: {path.stem}: {case.get('classname')} {case.get('name')}",
                      file=sys.stderr)
            elif case.find("skipped") is not None or case.get("status") == "notrun" \
                    or case.get("result") == "skipped":
                skipped += 1
            else:
                passed += 1
    crashed = folder / "crashed"
    if crashed.exists():
        for name in crashed.read_text().split():
            failed += 1
            print(f"failed: {name} ended without a result", file=sys.stderr)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
