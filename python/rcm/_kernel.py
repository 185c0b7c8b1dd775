"""Compiled functions and kernel objects as Python callables."""
import contextlib
import ctypes as C
import os
import threading

from . import _arrays
from ._arrays import CPU, CUDA, View, view
from ._errors import CompileError, Error, ObjectError
from ._libraries import (DYNAMIC, ELEMENT_NAMES, ELEMENT_NUMBERS, MAX_RANK, Argument,
                         ArgumentInfo, DiagnosticCallback, Value, check_runtime,
                         compiler, runtime)
from ._parameters import SCALAR_CTYPES, Parameter, to_scalar

_SCALAR, _MEMREF = 0, 2  # of rcmValueKind
_thread = threading.local()
_SEVERITIES = {0: "error", 1: "warning", 2: "remark", 3: "note"}


class Kernel:
    """A compiled function. Call it with one array or number per parameter.

    Attributes: `parameters` and `results` (lists of Parameter), `target`
    ("cpu" or a chip), `name`. Arrays are used where they are; nothing is
    copied. Functions with results return them as arrays of the first array
    argument's library; destinations among the parameters are written in place.

    Raises TypeError and ValueError for arguments that do not match.
    """

    name = ""
    target = ""
    parameters = ()
    results = ()

    def __call__(self, *arguments):
        raise NotImplementedError

    def __repr__(self):
        return f"<rcm.Kernel {self.name}({', '.join(map(repr, self.parameters))}) on {self.target}>"

    def _check_count(self, arguments):
        if len(arguments) != len(self.parameters):
            raise TypeError(f"expected {len(self.parameters)} arguments of {self.name}, got "
                            f"{len(arguments)}")


class Diagnostics:
    """Collects a compiler context's messages."""

    def __init__(self):
        self.messages = []
        self.callback = DiagnosticCallback(self._receive)

    def _receive(self, _user, severity, text):
        self.messages.append((_SEVERITIES.get(severity, "note"),
                              (text or b"").decode(errors="replace")))

    def errors(self, otherwise):
        lines = [f"{kind}: {text}" for kind, text in self.messages if kind in ("error", "note")]
        self.messages.clear()
        return "\n".join(lines) or otherwise


class CPUKernel(Kernel):
    """A function compiled for this machine's processor. Calls from several
    threads run one after the other. Memrefs are taken to be written unless the
    caller, with `checked`, has looked after that."""

    def __init__(self, text, function=None, pipeline="rcm-to-cpu", checked=False):
        self._checked = checked
        self._library = compiler.get()
        self._diagnostics = Diagnostics()
        self._lock = threading.Lock()
        self._context = self._executable = self._signature = None
        self.target = "cpu"
        lib = self._library
        self._context = lib.rcmContextCreate(self._diagnostics.callback, None)
        if not self._context:
            raise Error("the compiler context could not be created")
        raw = text.encode()
        module = lib.rcmModuleParse(self._context, raw, len(raw), b"<python>")
        if not module:
            raise CompileError(self._diagnostics.errors("the module could not be parsed"))
        try:
            self._compile(module, function, pipeline)
        finally:
            lib.rcmModuleDestroy(module)

    def _compile(self, module, function, pipeline):
        lib = self._library
        self.name = function or _only_function(lib, module)
        name = self.name.encode()
        self._signature = lib.rcmModuleGetSignature(module, name)
        if not self._signature:
            raise CompileError(self._diagnostics.errors(f"no function {self.name}"))
        self._executable = lib.rcmModuleCompile(module, name, pipeline.encode())
        if not self._executable:
            raise CompileError(self._diagnostics.errors("the module could not be compiled"))
        get = lib.rcmSignatureArgument
        count = lib.rcmSignatureArgumentCount(self._signature)
        self.parameters = [_parameter(get(self._signature, i).contents, f"argument {i}",
                                      self._checked) for i in range(count)]
        get = lib.rcmSignatureResult
        count = lib.rcmSignatureResultCount(self._signature)
        self.results = [_parameter(get(self._signature, i).contents, f"result {i}", True)
                        for i in range(count)]

    def __del__(self):
        lib = getattr(self, "_library", None)
        if lib is None:
            return
        if self._executable:
            lib.rcmExecutableDestroy(self._executable)
        if self._signature:
            lib.rcmSignatureDestroy(self._signature)
        if self._context:
            lib.rcmContextDestroy(self._context)

    def __call__(self, *arguments):
        self._check_count(arguments)
        values = (Value * max(1, len(arguments)))()
        kept = []
        example = None
        for value, argument, parameter in zip(values, arguments, self.parameters):
            if parameter.is_scalar:
                scalar = to_scalar(argument, parameter)
                kept.append(scalar)
                value.kind, value.data = _SCALAR, C.addressof(scalar)
            else:
                array = argument if isinstance(argument, View) else view(argument, parameter.name)
                if array.device != CPU:
                    raise ValueError(f"expected {parameter.name} in the memory of the CPU, got "
                                     f"{array.describe()}")
                parameter.check(array)
                kept.append(array)
                example = argument if example is None else example
                _fill_value(value, array)
            value.element = ELEMENT_NUMBERS[parameter.dtype]
        with self._lock:
            return self._invoke(values, len(arguments), example)

    def _invoke(self, values, count, example):
        results = (Value * max(1, len(self.results)))()
        scalars = []
        for result, info in zip(results, self.results):
            if info.is_scalar:
                scalars.append(SCALAR_CTYPES[info.dtype]())
                result.data = C.addressof(scalars[-1])
        if self._library.rcmExecutableInvoke(self._executable, values, count, results,
                                             len(self.results)):
            raise Error(self._diagnostics.errors(f"{self.name} could not be run"))
        outputs = []
        for result, info in zip(results, self.results):
            outputs.append(scalars.pop(0).value if info.is_scalar
                           else _copy_result(result, info, example))
        return outputs[0] if len(outputs) == 1 else tuple(outputs) or None


def _only_function(lib, module):
    first = lib.rcmModuleFunctionName(module, 0)
    if not first:
        raise CompileError("expected a public function in the module, found none")
    second = lib.rcmModuleFunctionName(module, 1)
    if second:
        raise CompileError("expected `function` to choose one of the module's functions "
                           f"{first.decode()}, {second.decode()}, ...")
    return first.decode()


def _parameter(info, fallback, checked):
    name = (info.name or b"").decode() or fallback
    dtype = ELEMENT_NAMES.get(info.element)
    if dtype is None:
        raise CompileError(f"expected {name} to be a number or an array of numbers, got "
                           f"{info.type.decode()}")
    shape = tuple(None if s == DYNAMIC else s for s in info.sizes[:info.rank])
    strides = None if info.dense else tuple(info.strides[:info.rank])
    return Parameter(name, dtype, shape, strides, info.kind == _SCALAR, False,
                     info.kind == _MEMREF and not checked)


def _fill_value(value, array):
    value.kind, value.rank, value.data = _MEMREF, len(array.shape), array.address
    for position, (size, stride) in enumerate(zip(array.shape, array.strides)):
        value.sizes[position] = size
        value.strides[position] = stride


def _copy_result(result, info, example):
    """The executable owns a result's memory until its next call: copied out."""
    shape = tuple(result.sizes[:result.rank])
    # From scalars alone, or arrays of no library in particular, NumPy's.
    array = _arrays.empty_like_kind(example, shape, info.dtype)
    target = view(array, "result")
    count = 1
    for size in shape:
        count *= size
    if count:
        C.memmove(target.address, result.data, count * _arrays.ELEMENT_BYTES[info.dtype])
    return _arrays.to_kind(array, example)


class ObjectKernel(Kernel):
    """An entry of a kernel object, on the GPU that holds the arguments.

    Launches on the caller's current stream (PyTorch's and CuPy's are asked
    for; `stream=` chooses another) and returns without waiting.
    """

    def __init__(self, object_, entry, owner_text):
        self._object = object_
        self._entry = entry
        self._library = runtime.get()
        lib = self._library
        self.name = lib.rcmEntryName(entry).decode()
        self.target = owner_text
        self.parameters = []
        for index in range(lib.rcmEntryArgumentCount(entry)):
            info = ArgumentInfo()
            check_runtime(lib.rcmEntryGetArgument(entry, index, C.byref(info)))
            rank = info.rank
            self.parameters.append(Parameter(
                info.name.decode(), ELEMENT_NAMES[info.type],
                tuple(None if s == DYNAMIC else s for s in info.sizes[:rank]), (),
                info.kind == 1, info.direction != 1))

    def __call__(self, *arguments, stream=None):
        self._check_count(arguments)
        if stream is None:
            stream = current_stream(arguments)
        packed = (Argument * max(1, len(arguments)))()
        kept = []
        for slot, argument, parameter in zip(packed, arguments, self.parameters):
            slot.type = ELEMENT_NUMBERS[parameter.dtype]
            if parameter.is_scalar:
                slot.kind = 1
                scalar = to_scalar(argument, parameter)
                C.memmove(C.byref(slot.scalar), C.byref(scalar), C.sizeof(scalar))
                continue
            array = (argument if isinstance(argument, View)
                     else view(argument, parameter.name, stream))
            if array.device != CUDA:
                raise ValueError(f"expected {parameter.name} in the memory of a GPU, got "
                                 f"{array.describe()}")
            parameter.check(array)
            if kept and array.device_id != kept[0][0].device_id:
                raise ValueError(f"expected {parameter.name} on GPU {kept[0][0].device_id}, as the "
                                 f"arguments before it, got GPU {array.device_id}")
            sizes = (C.c_int64 * MAX_RANK)(*array.shape)
            strides = (C.c_int64 * MAX_RANK)(*array.strides)
            kept.append((array, sizes, strides))
            slot.kind, slot.rank, slot.data = 0, len(array.shape), array.address
            slot.sizes, slot.strides = sizes, strides
        with _current_device(kept[0][0] if kept else None):
            check_runtime(self._library.rcmEntryLaunch(self._entry, packed, len(arguments),
                                                       stream or None, None))


class Object:
    """An open kernel object; closed with the last kernel that uses it."""

    def __init__(self, data=None, path=None):
        self._library = runtime.get()
        self.handle = C.c_void_p()
        if path is not None:
            check_runtime(self._library.rcmObjectLoadFile(os.fsencode(path), C.byref(self.handle)))
        else:
            check_runtime(self._library.rcmObjectLoadMemory(data, len(data), C.byref(self.handle)))

    def __del__(self):
        if getattr(self, "handle", None):
            self._library.rcmObjectDestroy(self.handle)

    def kernel(self, function=None):
        lib = self._library
        entry = C.c_void_p()
        if function is not None:
            check_runtime(lib.rcmObjectFindEntry(self.handle, function.encode(), C.byref(entry)))
        else:
            entry.value = lib.rcmObjectEntryAt(self.handle, 0)
            if not entry:
                raise ObjectError("expected the object to have an entry, found none")
            if lib.rcmObjectEntryAt(self.handle, 1):
                raise ObjectError("expected `function` to choose one of the object's entries")
        return ObjectKernel(self, entry, "gpu")


def current_stream(arguments):
    """The CUDA stream that the library of the first GPU array works on."""
    for argument in arguments:
        kind = _arrays.kind_of(argument)
        if kind == "torch" and argument.is_cuda:
            import torch
            return torch.cuda.current_stream(argument.device).cuda_stream
        if kind == "cupy":
            import cupy
            return cupy.cuda.get_current_stream().ptr
    return 0


def _current_device(array):
    """Makes the GPU of a View the calling thread's, where the default stream is
    looked up, in the way of the library that the array comes from."""
    if array is None:
        return contextlib.nullcontext()
    kind = array.kind
    if kind == "cupy":
        import cupy
        return cupy.cuda.Device(array.device_id)
    if kind == "torch":
        import torch
        if torch.cuda.current_device() != array.device_id:
            return torch.cuda.device(array.device_id)
        if getattr(_thread, "device", None) == array.device_id:
            return contextlib.nullcontext()
    # A thread that has not used the GPU yet has no context. This is the one that
    # every library shares.
    check_runtime(runtime.get().rcmDeviceMakeCurrent(array.device_id))
    _thread.device = array.device_id
    return contextlib.nullcontext()


def load(path, function=None):
    """Opens a kernel object (`.rcmobj`).

    `function` chooses an entry; it may be left out if there is one only. No GPU
    is needed until the kernel is called. Raises ObjectError for a file that is
    missing, truncated, corrupt or newer than this library.
    """
    try:
        path = os.fspath(path)
    except TypeError:
        raise TypeError(f"expected the path of a kernel object, got "
                        f"{type(path).__name__}") from None
    if function is not None and not isinstance(function, str):
        raise TypeError(f"expected function to be a name, got {type(function).__name__}")
    if b"\0" in os.fsencode(path):
        raise ValueError(f"expected a path without null characters, got {path!r}")
    return Object(path=path).kernel(function)


def read_source(source):
    """MLIR text from text, or from the file that a path names."""
    if isinstance(source, os.PathLike) or (
            isinstance(source, str) and "\n" not in source and source.endswith(".mlir")):
        try:
            with open(source, encoding="utf-8") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise CompileError(f"expected to read MLIR from {source}, got: {error}") from error
    if not isinstance(source, str):
        raise TypeError(f"expected MLIR text or the path of a file, got {type(source).__name__}")
    return source


def compile(source, target="cpu", recipe=None, function=None):
    """Compiles a function of an MLIR module.

    source    MLIR text, or the path of a file ending in .mlir
    target    "cpu" (this machine's processor) or a GPU chip, "sm_90a"
    recipe    number recipe of attention on GPUs: "none", "int8-e4m3", ...;
              None takes the pipeline's default
    function  which function; may be left out if the module has one public one

    Returns a Kernel. Raises CompileError with the compiler's messages,
    LibraryError if the compiler library is not installed, ValueError for an
    unknown target.
    """
    text = read_source(source)
    if function is not None and not isinstance(function, str):
        raise TypeError(f"expected function to be a name, got {type(function).__name__}")
    if target == "cpu":
        if recipe not in (None, "none"):
            raise ValueError(f"expected recipe 'none' on the CPU, got {recipe!r}")
        return CPUKernel(text, function,
                         "rcm-fuse-attention-skip,rcm-fuse-attention,rcm-to-cpu")
    if not (isinstance(target, str) and target.startswith("sm_")):
        raise ValueError(f"expected target to be 'cpu' or a chip such as 'sm_90a', got {target!r}")
    from ._objects import compile_object
    return Object(data=compile_object(text, target, recipe)).kernel(function)
