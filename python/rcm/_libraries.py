"""Finds and opens the two shared libraries, and declares what is called.

The runtime (`libRCMRuntime.so`) runs kernel objects on GPUs; the compiler
(`libRCMCompiler.so`) is opened only when something must be compiled, so that a
runtime-only install works without it.

A library is looked for in the folder `RCM_LIBRARY_DIR` names, then beside this
package, then by the loader's own path.
"""
import ctypes as C
import os
import threading

from ._errors import LibraryError

INTERFACE = (0, 1)  # major and minor version of both C interfaces
MAX_RANK = 8
DYNAMIC = -(2**63)

# Numbers of rcmType and rcmElement, which are the same.
ELEMENT_NUMBERS = {"float16": 1, "bfloat16": 2, "float32": 3, "float64": 4,
                   "int8": 5, "int16": 6, "int32": 7, "int64": 8, "bool": 10}
ELEMENT_NAMES = {number: name for name, number in ELEMENT_NUMBERS.items()}
ELEMENT_BYTES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8,
                 "int8": 1, "int16": 2, "int32": 4, "int64": 8, "bool": 1}


class ValueInfo(C.Structure):
    """rcmValueInfo: what a compiled function takes or gives."""
    _fields_ = [("kind", C.c_int), ("element", C.c_int), ("rank", C.c_int32),
                ("sizes", C.c_int64 * MAX_RANK), ("dense", C.c_int32),
                ("strides", C.c_int64 * MAX_RANK), ("type", C.c_char_p),
                ("name", C.c_char_p)]


class Value(C.Structure):
    """rcmValue: what a compiled function is given."""
    _fields_ = [("kind", C.c_int), ("element", C.c_int), ("rank", C.c_int32),
                ("data", C.c_void_p), ("sizes", C.c_int64 * MAX_RANK),
                ("strides", C.c_int64 * MAX_RANK)]


class ScalarUnion(C.Union):
    _fields_ = [("f32", C.c_float), ("f64", C.c_double), ("i32", C.c_int32),
                ("i64", C.c_int64)]


class Argument(C.Structure):
    """rcmArgument: what an entry of a kernel object is given."""
    _fields_ = [("kind", C.c_int), ("type", C.c_int), ("rank", C.c_int32),
                ("data", C.c_void_p), ("sizes", C.POINTER(C.c_int64)),
                ("strides", C.POINTER(C.c_int64)), ("scalar", ScalarUnion)]


class ArgumentInfo(C.Structure):
    """rcmArgumentInfo: what an entry of a kernel object takes."""
    _fields_ = [("name", C.c_char_p), ("kind", C.c_int), ("direction", C.c_int),
                ("type", C.c_int), ("rank", C.c_int32),
                ("sizes", C.c_int64 * MAX_RANK), ("strides", C.c_int64 * MAX_RANK),
                ("alignment", C.c_uint32)]


DiagnosticCallback = C.CFUNCTYPE(None, C.c_void_p, C.c_int, C.c_char_p)
TextCallback = C.CFUNCTYPE(None, C.c_void_p, C.c_void_p, C.c_size_t)

_P = C.c_void_p
_S = C.c_char_p
_COMPILER_FUNCTIONS = {
    "rcmCompilerVersion": (C.c_uint32, []),
    "rcmCompilerDescription": (_S, []),
    "rcmContextCreate": (_P, [DiagnosticCallback, _P]),
    "rcmContextDestroy": (None, [_P]),
    "rcmContextEnableRemarks": (C.c_int, [_P, _S]),
    "rcmModuleParse": (_P, [_P, _S, C.c_size_t, _S]),
    "rcmModuleDestroy": (None, [_P]),
    "rcmModulePrint": (None, [_P, TextCallback, _P]),
    "rcmModuleRunPasses": (C.c_int, [_P, _S]),
    "rcmModuleFunctionName": (_S, [_P, C.c_size_t]),
    "rcmModuleGetSignature": (_P, [_P, _S]),
    "rcmSignatureDestroy": (None, [_P]),
    "rcmSignatureArgumentCount": (C.c_size_t, [_P]),
    "rcmSignatureResultCount": (C.c_size_t, [_P]),
    "rcmSignatureArgument": (C.POINTER(ValueInfo), [_P, C.c_size_t]),
    "rcmSignatureResult": (C.POINTER(ValueInfo), [_P, C.c_size_t]),
    "rcmModuleCompile": (_P, [_P, _S, _S]),
    "rcmModuleEmit": (C.c_int, [_P, C.c_int, _S, TextCallback, _P]),
    "rcmExecutableDestroy": (None, [_P]),
    "rcmExecutableInvoke": (C.c_int, [_P, C.POINTER(Value), C.c_size_t,
                                      C.POINTER(Value), C.c_size_t]),
}
_RUNTIME_FUNCTIONS = {
    "rcmRuntimeVersion": (C.c_uint32, []),
    "rcmGetLastErrorText": (_S, []),
    "rcmInit": (C.c_int, []),
    "rcmDeviceMakeCurrent": (C.c_int, [C.c_int32]),
    "rcmObjectLoadFile": (C.c_int, [_S, C.POINTER(_P)]),
    "rcmObjectLoadMemory": (C.c_int, [_S, C.c_size_t, C.POINTER(_P)]),
    "rcmObjectDestroy": (C.c_int, [_P]),
    "rcmObjectProperty": (_S, [_P, _S]),
    "rcmObjectEntryAt": (_P, [_P, C.c_size_t]),
    "rcmObjectFindEntry": (C.c_int, [_P, _S, C.POINTER(_P)]),
    "rcmEntryName": (_S, [_P]),
    "rcmEntryArgumentCount": (C.c_size_t, [_P]),
    "rcmEntryGetArgument": (C.c_int, [_P, C.c_size_t, C.POINTER(ArgumentInfo)]),
    "rcmEntryPrepare": (C.c_int, [_P]),
    "rcmEntryLaunch": (C.c_int, [_P, C.POINTER(Argument), C.c_size_t, _P, _P]),
}


class _Library:
    """One shared library, opened at the first use, checked for its version."""

    def __init__(self, file_name, functions, version_function, what):
        self._file_name = file_name
        self._functions = functions
        self._version_function = version_function
        self._what = what
        self._lock = threading.Lock()
        self._handle = None

    def get(self):
        """The opened library. Raises LibraryError."""
        with self._lock:
            if self._handle is None:
                self._handle = self._open()
            return self._handle

    def _candidates(self):
        folder = os.environ.get("RCM_LIBRARY_DIR")
        if folder:
            yield os.path.join(folder, self._file_name)
        yield os.path.join(os.path.dirname(os.path.abspath(__file__)), self._file_name)
        yield self._file_name

    def _open(self):
        reasons = []
        for path in self._candidates():
            if os.path.isabs(path) and not os.path.exists(path):
                reasons.append(f"{path}: no such file")
                continue
            try:
                library = C.CDLL(path)
            except OSError as error:
                reasons.append(str(error))
                continue
            return self._declare(library, path)
        raise LibraryError(f"expected {self._what} {self._file_name} in RCM_LIBRARY_DIR, "
                           f"beside the package or on the loader's path, found none: "
                           + "; ".join(reasons))

    def _declare(self, library, path):
        for name, (result, arguments) in self._functions.items():
            try:
                function = getattr(library, name)
            except AttributeError:
                raise LibraryError(f"expected {path} to have the function {name}; "
                                   "it is of another version") from None
            function.restype = result
            function.argtypes = arguments
        version = getattr(library, self._version_function)()
        # docs/Compatibility.md: before 1.0 the minor number counts.
        if version // 100 != INTERFACE[0] * 100 + INTERFACE[1]:
            raise LibraryError(f"expected {path} to have version "
                               f"{INTERFACE[0]}.{INTERFACE[1]} of the interface, got "
                               f"{version // 10000}.{version // 100 % 100}")
        return library

    def identity(self):
        """What changes when the library is another build, without opening it;
        None if there is none where files are looked for."""
        for path in self._candidates():
            try:
                status = os.stat(path)
            except OSError:
                continue
            return f"{status.st_size} {status.st_mtime_ns}"
        return None


compiler = _Library("libRCMCompiler.so", _COMPILER_FUNCTIONS, "rcmCompilerVersion",
                    "the compiler library")
runtime = _Library("libRCMRuntime.so", _RUNTIME_FUNCTIONS, "rcmRuntimeVersion",
                   "the runtime library")


def check_runtime(code):
    """Raises the exception that belongs to an rcmResult other than success."""
    if code == 0:
        return
    from . import _errors
    text = runtime.get().rcmGetLastErrorText().decode(errors="replace")
    raise _errors.from_runtime(code, text)
