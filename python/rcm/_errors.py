"""The exceptions of the package.

Wrong types of arguments raise TypeError, wrong values (shape, size, stride)
ValueError, as Python users expect; everything else is an `rcm.Error`.
"""


class Error(Exception):
    """Anything that went wrong in rcm and is not a wrong argument."""


class LibraryError(Error, ImportError):
    """A shared library is missing, or is of another version."""


class CompileError(Error, ValueError):
    """A module does not parse, verify or compile; the text holds the
    compiler's messages, one per line."""


class ObjectError(Error, ValueError):
    """A kernel object is missing, truncated, corrupt or too new."""


class DeviceError(Error, RuntimeError):
    """No GPU, the wrong GPU, an old driver, no memory, a failed launch."""


_BY_CODE = {1: ValueError, 2: DeviceError, 3: DeviceError, 4: DeviceError,
            5: DeviceError, 6: ObjectError, 7: ObjectError, 8: ObjectError,
            9: ObjectError, 10: ValueError, 11: ValueError, 12: DeviceError,
            13: DeviceError, 14: DeviceError}


_EXPECTED = {ObjectError: "a whole kernel object of a version that this library reads",
             DeviceError: "a usable GPU"}


def from_runtime(code, text):
    """The exception for an rcmResult."""
    kind = _BY_CODE.get(code, Error)
    if kind in _EXPECTED and "expected" not in text:
        text = f"expected {_EXPECTED[kind]}, got: {text}"
    return kind(text)
