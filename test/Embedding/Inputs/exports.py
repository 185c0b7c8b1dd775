"""Checks that the library has every function that users are told to call.

  exports.py LIBRARY HEADER_DIRECTORY

Those are the populate...Patterns, build...Pipeline and registerAll... functions
of the C++ headers and all functions of the C headers.
"""
import pathlib
import re
import subprocess
import sys

CPP = re.compile(r"^void\s+((?:populate|build|registerAll)\w+)\(", re.M)
C = re.compile(r"RCM_COMPILER_EXPORT[^;(]*?\b(rcm\w+)\(", re.S)


def main(library, headers):
    symbols = subprocess.run(["llvm-nm", "-D", "-C", "--defined-only", library], text=True,
                             capture_output=True, check=True).stdout
    exported = set(re.findall(r" T (?:rcm::)?(\w+)", symbols))
    headers = pathlib.Path(headers)
    wanted = set()
    for path in headers.glob("rcm/**/*.h"):
        if "Runtime" not in path.parts and "Reference" not in path.parts:
            wanted |= set(CPP.findall(path.read_text()))
    cpp = len(wanted)
    for path in headers.glob("rcm-c/*.h"):
        wanted |= set(C.findall(path.read_text()))
    if wanted - exported:
        sys.exit(f"expected {library} to export {sorted(wanted - exported)}")
    print(f"{cpp} C++ and {len(wanted) - cpp} C functions are there:", *sorted(wanted))


main(sys.argv[1], sys.argv[2])
