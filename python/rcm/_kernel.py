"""Compiled functions as Python callables."""
import ctypes as C
import os
import threading

from . import _arrays
from ._arrays import CPU, View, view
from ._calls import Bound, Plan, Plans, read
from ._errors import CompileError, Error
from ._libraries import (DYNAMIC, ELEMENT_NAMES, ELEMENT_NUMBERS, DiagnosticCallback, Value,
                         compiler)
from ._parameters import SCALAR_CTYPES, Parameter, to_scalar

_SCALAR, _MEMREF = 0, 2  # of rcmValueKind
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

    def __init__(self):
        self._plans = Plans()

    def __call__(self, *arguments):
        raise NotImplementedError

    def __repr__(self):
        return f"<rcm.Kernel {self.name}({', '.join(map(repr, self.parameters))}) on {self.target}>"

    def _repeat(self, arguments, stream=None):
        """(True, None) after a call that a plan was there for; otherwise False and
        the key for a plan, or None where there cannot be one."""
        found = read(arguments) if arguments else None
        if found is None:
            return False, None
        key, addresses = found
        plan = self._plans.get(key)
        if plan is None or not plan.is_aligned(addresses):
            return False, key
        plan.run(self, addresses, stream=stream)
        return True, None

    def _keep(self, key, views):
        if key is not None:
            self._plans.keep(key, Plan(self, views))

    def _views(self, arguments, stream=None):
        return [argument if parameter.is_scalar or isinstance(argument, View)
                else view(argument, parameter.name, stream)
                for argument, parameter in zip(arguments, self.parameters)]

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
        super().__init__()
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
        key = None
        if not self.results:
            done, key = self._repeat(arguments)
            if done:
                return None
        self._check_count(arguments)
        views = self._views(arguments)
        bound = self.bind(views)
        example = next((a for a, p in zip(arguments, self.parameters) if not p.is_scalar), None)
        with self._lock:
            result = self._invoke(bound.packed, len(views), example)
        self._keep(key, views)
        return result

    def bind(self, arguments):
        """The arguments, Views and numbers, checked and packed."""
        bound = Bound((Value * max(1, len(arguments)))())
        for value, argument, parameter in zip(bound.packed, arguments, self.parameters):
            if parameter.is_scalar:
                scalar = to_scalar(argument, parameter)
                bound.scalars.append(scalar)
                value.kind, value.data = _SCALAR, C.addressof(scalar)
            else:
                if argument.device != CPU:
                    raise ValueError(f"expected {parameter.name} in the memory of the CPU, got "
                                     f"{argument.describe()}")
                parameter.check(argument)
                bound.arrays.append(value)
                bound.kept.append(argument)
                _fill_value(value, argument)
            value.element = ELEMENT_NUMBERS[parameter.dtype]
        return bound

    def launch(self, bound, _kind, _device_id, _stream):
        """Runs on packed arguments, without results."""
        with self._lock:
            self._invoke(bound.packed, len(self.parameters), None)

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
    from ._gpu import Object
    from ._objects import compile_object
    return Object(data=compile_object(text, target, recipe)).kernel(function)
