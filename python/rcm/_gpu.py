"""Kernel objects: opened, and launched on the GPU that holds the arguments."""
import contextlib
import ctypes as C
import os
import threading

from . import _arrays
from ._arrays import CUDA, View
from ._calls import Bound
from ._errors import ObjectError
from ._kernel import Kernel
from ._libraries import (DYNAMIC, ELEMENT_NAMES, ELEMENT_NUMBERS, MAX_RANK, Argument,
                         ArgumentInfo, check_runtime, runtime)
from ._parameters import SCALAR_CTYPES, Parameter, to_scalar

_thread = threading.local()
_SCALAR = 1  # of rcmArgumentKind


class ObjectKernel(Kernel):
    """An entry of a kernel object, on the GPU that holds the arguments.

    Launches on the caller's current stream (PyTorch's and CuPy's are asked
    for; `stream=` chooses another) and returns without waiting.
    """

    def __init__(self, object_, entry, owner_text):
        super().__init__()
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
        done, key = self._repeat(arguments, stream)
        if done:
            return
        self._check_count(arguments)
        if stream is None:
            stream = current_stream(arguments)
        views = self._views(arguments, stream)
        bound = self.bind(views)
        first = next((a for a in views if isinstance(a, View)), None)
        if first is None:
            self._launch(bound, stream)
        else:
            self.launch(bound, first.kind, first.device_id, stream)
            self._keep(key, views)

    def bind(self, arguments):
        """The arguments, Views and numbers, checked and packed."""
        bound = Bound((Argument * max(1, len(arguments)))())
        for index, (argument, parameter) in enumerate(zip(arguments, self.parameters)):
            slot = bound.packed[index]
            slot.type = ELEMENT_NUMBERS[parameter.dtype]
            if parameter.is_scalar:
                slot.kind = _SCALAR
                scalar = SCALAR_CTYPES[parameter.dtype].from_buffer(
                    bound.packed, index * C.sizeof(Argument) + Argument.scalar.offset)
                scalar.value = to_scalar(argument, parameter).value
                bound.scalars.append(scalar)
                continue
            if argument.device != CUDA:
                raise ValueError(f"expected {parameter.name} in the memory of a GPU, got "
                                 f"{argument.describe()}")
            parameter.check(argument)
            if bound.kept and argument.device_id != bound.kept[0][0].device_id:
                raise ValueError(f"expected {parameter.name} on GPU "
                                 f"{bound.kept[0][0].device_id}, as the arguments before it, got "
                                 f"GPU {argument.device_id}")
            sizes = (C.c_int64 * MAX_RANK)(*argument.shape)
            strides = (C.c_int64 * MAX_RANK)(*argument.strides)
            slot.kind, slot.rank, slot.data = 0, len(argument.shape), argument.address
            slot.sizes, slot.strides = sizes, strides
            bound.arrays.append(slot)
            bound.kept.append((argument, sizes, strides))
        return bound

    def launch(self, bound, kind, device_id, stream):
        """Launches packed arguments; `stream` None: the current one of the library
        `kind` on that GPU."""
        if stream is None:
            stream = stream_of(kind, device_id)
        if kind == "torch":
            import torch
            if (torch.cuda.current_device() == device_id
                    and getattr(_thread, "device", None) == device_id):
                self._launch(bound, stream)
                return
        with _current_device(kind, device_id):
            self._launch(bound, stream)

    def _launch(self, bound, stream):
        code = self._library.rcmEntryLaunch(self._entry, bound.packed, len(self.parameters),
                                            stream or None, None)
        if code:
            check_runtime(code)


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


def stream_of(kind, device_id):
    """The current CUDA stream of a library on a GPU; 0, the default stream, for
    libraries that have none or are not known."""
    if kind == "torch":
        import torch
        # What torch.cuda.current_stream(...).cuda_stream is, without the object.
        raw = getattr(torch._C, "_cuda_getCurrentRawStream", None)
        return raw(device_id) if raw else torch.cuda.current_stream(device_id).cuda_stream
    if kind == "cupy":
        import cupy
        return cupy.cuda.get_current_stream().ptr
    return 0


def current_stream(arguments):
    """The CUDA stream that the library of the first GPU array works on."""
    for argument in arguments:
        kind = _arrays.kind_of(argument)
        if kind == "torch" and getattr(argument, "is_cuda", False):
            return stream_of(kind, argument.device.index)
        if kind == "cupy":
            return stream_of(kind, None)
    return 0


def _current_device(kind, device_id):
    """Makes a GPU the calling thread's, where the default stream is looked up, in
    the way of the library that the arrays come from."""
    if kind == "cupy":
        import cupy
        return cupy.cuda.Device(device_id)
    if kind == "torch":
        import torch
        if torch.cuda.current_device() != device_id:
            return torch.cuda.device(device_id)
    # A thread that has not used the GPU yet has no context. This is the one that
    # every library shares.
    check_runtime(runtime.get().rcmDeviceMakeCurrent(device_id))
    _thread.device = device_id
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
