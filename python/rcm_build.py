"""Build back end of the package (PEP 517), without requirements.

A wheel holds the Python files, the runtime library and, unless it is left out,
the compiler library, all from a built tree:

  pip install ./python                             from a checkout after the build
  pip wheel ./python -w dist                       a wheel
  python3 python/rcm_build.py                      the same into python/dist, without pip
  ... --config-settings=compiler=no                the runtime only (RCM_WHEEL_COMPILER=no)
  ... --config-settings=library-dir=/where/lib     other libraries (RCM_LIBRARY_DIR)

The compiler library finds LLVM's and MLIR's shared libraries where they were
when it was built, or on the loader's path.
"""
import base64
import hashlib
import io
import os
import re
import sys
import sysconfig
import tarfile
import zipfile

_HERE = os.path.dirname(os.path.abspath(__file__))
_RUNTIME = "libRCMRuntime.so"
_COMPILER = "libRCMCompiler.so"
_TIME = (2020, 1, 1, 0, 0, 0)  # of every file in a wheel: same input, same bytes
_SUMMARY = "Attention followed by an rCM skip connection, as one kernel"


def _version():
    with open(os.path.join(_HERE, "rcm", "_objects.py"), encoding="utf-8") as file:
        return re.search(r'^VERSION = "([^"]+)"', file.read(), re.M).group(1)


def _sources():
    """Pairs of name in the archive and path of the package's Python files."""
    folder = os.path.join(_HERE, "rcm")
    return [(f"rcm/{name}", os.path.join(folder, name)) for name in sorted(os.listdir(folder))
            if name.endswith((".py", ".pyi", ".typed"))]


def _licence():
    """Beside this file in a source archive, above it in the repository."""
    beside = os.path.join(_HERE, "LICENSE")
    return beside if os.path.exists(beside) else os.path.join(_HERE, os.pardir, "LICENSE")


def _setting(settings, name, variable, default):
    value = (settings or {}).get(name) or os.environ.get(variable) or default
    return value[-1] if isinstance(value, list) else value


def _libraries(settings):
    """Pairs of name in the wheel and path. Raises SystemExit if one is missing."""
    folder = _setting(settings, "library-dir", "RCM_LIBRARY_DIR",
                      os.path.join(_HERE, os.pardir, "build", "lib"))
    wanted = _setting(settings, "compiler", "RCM_WHEEL_COMPILER", "yes")
    if wanted not in ("yes", "no"):
        raise SystemExit(f"rcm_build: expected compiler to be yes or no, got {wanted!r}")
    names = [_RUNTIME] + ([_COMPILER] if wanted == "yes" else [])
    found = []
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            raise SystemExit(f"rcm_build: expected {name} in {os.path.abspath(folder)}, found "
                             "none; build the project first (cmake --preset release && "
                             "cmake --build build) or name the folder in RCM_LIBRARY_DIR")
        found.append((f"rcm/{name}", path))
    return found


def _metadata():
    return (f"Metadata-Version: 2.1\nName: rcm\nVersion: {_version()}\nSummary: {_SUMMARY}\n"
            "License: MIT\nRequires-Python: >=3.9\n").encode()


def _tag():
    """ctypes over C libraries: any Python 3, one platform."""
    platform = re.sub(r"[^\w]", "_", sysconfig.get_platform())
    return f"py3-none-{platform}"


class _Wheel:
    """A zip file that keeps the list of its contents."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._record = []

    def add(self, name, data, mode=0o644):
        info = zipfile.ZipInfo(name, _TIME)
        info.external_attr = (0o100000 | mode) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def close(self, record):
        text = "\n".join(self._record + [f"{record},,"]) + "\n"
        self._zip.writestr(zipfile.ZipInfo(record, _TIME), text)
        self._zip.close()


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    libraries = _libraries(config_settings)
    name = f"rcm-{_version()}-{_tag()}.whl"
    info = f"rcm-{_version()}.dist-info"
    os.makedirs(wheel_directory, exist_ok=True)
    path = os.path.join(wheel_directory, name)
    wheel = _Wheel(path + ".part")
    for member, source in _sources():
        wheel.add(member, _read(source))
    for member, source in libraries:
        wheel.add(member, _read(source), 0o755)
    wheel.add(f"{info}/LICENSE", _read(_licence()))
    wheel.add(f"{info}/METADATA", _metadata())
    wheel.add(f"{info}/WHEEL", (f"Wheel-Version: 1.0\nGenerator: rcm_build\n"
                                f"Root-Is-Purelib: false\nTag: {_tag()}\n").encode())
    wheel.close(f"{info}/RECORD")
    os.replace(path + ".part", path)
    return name


def build_sdist(sdist_directory, config_settings=None):
    """The Python files; a wheel made from it needs RCM_LIBRARY_DIR."""
    base = f"rcm-{_version()}"
    members = _sources() + [(name, os.path.join(_HERE, name))
                            for name in ("pyproject.toml", "rcm_build.py")]
    members.append(("LICENSE", _licence()))
    os.makedirs(sdist_directory, exist_ok=True)
    with tarfile.open(os.path.join(sdist_directory, base + ".tar.gz"), "w:gz") as archive:
        for member, path in members:
            archive.add(path, f"{base}/{member}")
        info = tarfile.TarInfo(f"{base}/PKG-INFO")
        info.size = len(_metadata())
        archive.addfile(info, io.BytesIO(_metadata()))
    return base + ".tar.gz"


if __name__ == "__main__":
    print(os.path.join(_HERE, "dist", build_wheel(os.path.join(_HERE, "dist"), dict(
        argument.lstrip("-").split("=", 1) for argument in sys.argv[1:] if "=" in argument))))
