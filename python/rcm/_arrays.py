"""Views of other libraries' arrays: address, type, sizes and strides.

Nothing is copied. NumPy arrays are read through `__array_interface__`, PyTorch's
tensors through their own methods, everything else through DLPack (CuPy, JAX,
...), and plain objects that export a buffer (memoryview, array.array) through
the buffer protocol. The owner of the memory is kept alive by the view.
"""
import ctypes as C
import math
import sys

from ._libraries import ELEMENT_BYTES

CPU = 1
CUDA = 2
_DEVICE_NAMES = {CPU: "cpu", CUDA: "cuda", 3: "cuda host", 13: "cuda managed"}


class _DLTensor(C.Structure):
    _fields_ = [("data", C.c_void_p), ("device_type", C.c_int32),
                ("device_id", C.c_int32), ("ndim", C.c_int32),
                ("code", C.c_uint8), ("bits", C.c_uint8), ("lanes", C.c_uint16),
                ("shape", C.POINTER(C.c_int64)), ("strides", C.POINTER(C.c_int64)),
                ("byte_offset", C.c_uint64)]


class _ManagedVersioned(C.Structure):
    """The start of what a capsule "dltensor_versioned" (DLPack 1.0) holds."""
    _fields_ = [("major", C.c_uint32), ("minor", C.c_uint32), ("context", C.c_void_p),
                ("deleter", C.c_void_p), ("flags", C.c_uint64), ("tensor", _DLTensor)]


class _PyBuffer(C.Structure):
    """Py_buffer, of which only the address is wanted."""
    _fields_ = [("buf", C.c_void_p), ("obj", C.c_void_p), ("len", C.c_ssize_t),
                ("itemsize", C.c_ssize_t), ("readonly", C.c_int), ("ndim", C.c_int),
                ("format", C.c_char_p), ("shape", C.c_void_p), ("strides", C.c_void_p),
                ("suboffsets", C.c_void_p), ("internal", C.c_void_p)]


_FLAG_READ_ONLY = 1   # DLPACK_FLAG_BITMASK_READ_ONLY
_BUFFER_FORMAT = 0x1C  # PyBUF_RECORDS_RO: strides and format, writable or not

_get_pointer = C.pythonapi.PyCapsule_GetPointer
_get_pointer.restype = C.c_void_p
_get_pointer.argtypes = [C.py_object, C.c_char_p]
_is_capsule = C.pythonapi.PyCapsule_IsValid
_is_capsule.restype = C.c_int
_is_capsule.argtypes = [C.py_object, C.c_char_p]
_get_buffer = C.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [C.py_object, C.POINTER(_PyBuffer), C.c_int]
_release_buffer = C.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [C.POINTER(_PyBuffer)]
_release_buffer.restype = None

# (DLPack type code, bits) and NumPy type strings to our names.
_DLPACK_TYPES = {(2, 16): "float16", (4, 16): "bfloat16", (2, 32): "float32",
                 (2, 64): "float64", (0, 8): "int8", (0, 16): "int16",
                 (0, 32): "int32", (0, 64): "int64", (6, 8): "bool"}
_NUMPY_TYPES = {"<f2": "float16", "<f4": "float32", "<f8": "float64", "|i1": "int8",
                "<i2": "int16", "<i4": "int32", "<i8": "int64", "|b1": "bool"}
_BUFFER_TYPES = {("e", 2): "float16", ("f", 4): "float32", ("d", 8): "float64",
                 ("b", 1): "int8", ("h", 2): "int16", ("i", 4): "int32", ("l", 4): "int32",
                 ("l", 8): "int64", ("q", 8): "int64", ("?", 1): "bool"}
# What memoryview.cast knows in every Python.
_CAST_FORMATS = {"float32": "f", "float64": "d", "int8": "b", "int16": "h", "int32": "i",
                 "int64": "q", "bool": "?"}


class View:
    """An array as the kernels see it. Keeps the owner of the memory alive."""

    __slots__ = ("owner", "address", "dtype", "shape", "strides", "device",
                 "device_id", "read_only")

    def __init__(self, owner, address, dtype, shape, strides, device=CPU,
                 device_id=0, read_only=False):
        self.owner = owner
        self.address = address
        self.dtype = dtype
        self.shape = tuple(shape)
        self.strides = tuple(strides)  # in elements
        self.device = device
        self.device_id = device_id
        self.read_only = read_only

    @property
    def kind(self):
        """The library that the memory belongs to, as kind_of says it."""
        return kind_of(self.owner[0] if isinstance(self.owner, tuple) else self.owner)

    @property
    def is_dense(self):
        return self.strides == dense_strides(self.shape) or 0 in self.shape

    @property
    def is_self_overlapping(self):
        """True if two positions may share an element, as after a broadcast."""
        if self.is_dense:
            return False
        reach = 0
        for stride, size in sorted((abs(stride), size) for stride, size
                                   in zip(self.strides, self.shape) if size > 1):
            if stride <= reach:
                return True
            reach += stride * (size - 1)
        return False

    def extent(self):
        """(first byte, byte after the last); empty arrays end where they start."""
        low = high = 0
        for stride, size in zip(self.strides, self.shape):
            step = stride * (size - 1)
            if size == 0:
                return self.address, self.address
            if step < 0:
                low += step
            else:
                high += step
        size = ELEMENT_BYTES[self.dtype]
        return self.address + size * low, self.address + size * (high + 1)

    def describe(self):
        sizes = "x".join(map(str, self.shape)) or "scalar"
        return f"{sizes} {self.dtype} on {device_name(self.device)}"


def device_name(device):
    return _DEVICE_NAMES.get(device, f"DLPack device {device}")


def dense_strides(shape):
    """Row-major strides in elements."""
    strides = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def overlap(a, b):
    """True if two views share memory, or may. Views that interleave with a common
    period (two halves of every row, the parts of a packed q, k, v) do not."""
    (first, end), (other_first, other_end) = a.extent(), b.extent()
    if end <= other_first or other_end <= first:
        return False
    if (a.device, a.device_id) != (b.device, b.device_id):
        return False
    steps = [[(stride * ELEMENT_BYTES[array.dtype], size)
              for stride, size in zip(array.strides, array.shape) if size > 1]
             for array in (a, b)]
    for least in {abs(step) for step, _ in steps[0] + steps[1]} - {0}:
        if _apart(a, b, steps, least):
            return False
    return True


def _apart(a, b, steps, least):
    """True if the blocks that steps below `least` span do not meet, whatever
    multiples of the longer steps lie between them."""
    period = 0
    blocks = []
    for array, own in zip((a, b), steps):
        start, length = array.address, ELEMENT_BYTES[array.dtype]
        for step, size in own:
            if abs(step) >= least:
                period = math.gcd(period, abs(step))
            else:
                start += min(0, step * (size - 1))
                length += abs(step) * (size - 1)
        blocks.append((start, length))
    distance = (blocks[1][0] - blocks[0][0]) % period
    return distance >= blocks[0][1] and period - distance >= blocks[1][1]


def is_array(value):
    return (hasattr(value, "__dlpack__") or hasattr(value, "__array_interface__")
            or isinstance(value, (memoryview, bytearray, bytes))
            or type(value).__module__ == "array")


def kind_of(value):
    """The library an array comes from: "numpy", "torch", "cupy", "jax" or ""."""
    root = type(value).__module__.split(".")[0]
    return {"jaxlib": "jax", "jax": "jax", "numpy": "numpy", "torch": "torch",
            "cupy": "cupy"}.get(root, "")


def view(value, name, stream=None):
    """The View of `value`. Raises TypeError with `name` for what is no array.

    `stream` is the CUDA stream the caller will read on, as DLPack's protocol
    wants it; None on the CPU.
    """
    if kind_of(value) == "torch":
        result = _view_torch(value, name, stream)
    elif hasattr(value, "__array_interface__"):
        result = _view_numpy(value, name)
    elif hasattr(value, "__dlpack__"):
        result = _view_dlpack(value, name, stream)
    else:
        try:
            memory = memoryview(value)
        except TypeError:
            raise TypeError(f"expected {name} to be an array with DLPack or the buffer "
                            f"protocol, got {type(value).__name__}") from None
        result = _view_buffer(memory, value, name)
    if result.address % ELEMENT_BYTES[result.dtype]:
        raise ValueError(f"expected {name} at an address that is a multiple of its element size "
                         f"{ELEMENT_BYTES[result.dtype]}, got {result.address:#x}")
    return result


def _element_strides(strides, dtype, name):
    size = ELEMENT_BYTES[dtype]
    if any(stride % size for stride in strides):
        raise ValueError(f"expected {name} to have strides that are multiples of its "
                         f"element size {size}, got {strides} bytes")
    return tuple(stride // size for stride in strides)


def _view_numpy(value, name):
    if kind_of(value) == "numpy" and not hasattr(value, "ctypes"):
        import numpy
        value = numpy.asarray(value)  # a NumPy scalar's address is a temporary's
    interface = value.__array_interface__
    dtype = _NUMPY_TYPES.get(interface["typestr"])
    if str(getattr(value, "dtype", "")) == "bfloat16":
        dtype = "bfloat16"
    if dtype is None:
        raise TypeError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, "
                        f"got {getattr(value, 'dtype', interface['typestr'])}")
    shape = interface["shape"]
    strides = interface.get("strides")
    strides = (dense_strides(shape) if strides is None
               else _element_strides(strides, dtype, name))
    address, read_only = interface["data"]
    return View(value, address, dtype, shape, strides, read_only=read_only)


def _view_torch(value, name, stream):
    """What PyTorch tells itself, several times faster than through DLPack. Tensors
    that DLPack refuses or converts (gradients, conjugates, sparse ones) go there."""
    import torch
    if isinstance(value, torch.Tensor) and value.is_neg():  # of z.conj().imag
        raise TypeError(f"expected {name} without the negative bit, got one; its resolve_neg() has "
                        "none")
    device = {"cpu": CPU, "cuda": CUDA}.get(getattr(value, "device", None) and value.device.type)
    if (device is None or type(value) is not torch.Tensor or value.requires_grad
            or value.layout is not torch.strided or value.is_conj()):
        return _view_dlpack(value, name, stream)
    dtype = str(value.dtype)[len("torch."):]
    if dtype not in ELEMENT_BYTES:
        raise TypeError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, got "
                        f"{dtype}")
    return View(value, value.data_ptr(), dtype, value.shape, value.stride(), device,
                value.device.index or 0)


def _export(value, stream):
    """A DLPack capsule and the device; of version 1 where the library has it."""
    device = tuple(map(int, value.__dlpack_device__()))
    named = {}
    if device[0] == CUDA and stream is not None:
        # DLPack spells the legacy default stream 1, not 0.
        named["stream"] = int(stream) or 1
    try:
        return value.__dlpack__(max_version=(1, 0), **named), device
    except TypeError:  # older than version 1, or no tensor for export
        return value.__dlpack__(**named), device


def _view_dlpack(value, name, stream):
    try:
        capsule, device = _export(value, stream)
    except Exception as error:
        raise TypeError(f"expected {name} to export DLPack, got: {error}") from error
    # The capsule, kept as the owner, releases what it holds.
    read_only = kind_of(value) == "jax"
    if _is_capsule(capsule, b"dltensor_versioned"):
        managed = _ManagedVersioned.from_address(_get_pointer(capsule, b"dltensor_versioned"))
        if managed.major != 1:
            raise TypeError(f"expected {name} to export DLPack 1, got version {managed.major}")
        tensor = managed.tensor
        read_only = read_only or bool(managed.flags & _FLAG_READ_ONLY)
    elif _is_capsule(capsule, b"dltensor"):
        tensor = _DLTensor.from_address(_get_pointer(capsule, b"dltensor"))
    else:
        raise TypeError(f"expected {name} to export DLPack, got: a capsule of another kind")
    dtype = _DLPACK_TYPES.get((tensor.code, tensor.bits)) if tensor.lanes == 1 else None
    if dtype is None:
        raise TypeError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, got "
                        f"DLPack type code {tensor.code} of {tensor.bits} bits")
    shape = tuple(tensor.shape[i] for i in range(tensor.ndim))
    strides = (tuple(tensor.strides[i] for i in range(tensor.ndim)) if tensor.strides
               else dense_strides(shape))
    address = (tensor.data or 0) + tensor.byte_offset
    return View((value, capsule), address, dtype, shape, strides, device[0], device[1],
                read_only)


def _view_buffer(memory, value, name):
    order = "@=" + ("<" if sys.byteorder == "little" else ">")
    dtype = _BUFFER_TYPES.get((memory.format.lstrip(order), memory.itemsize))
    if dtype is None:
        raise TypeError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, got "
                        f"buffer format {memory.format!r}")
    if memory.suboffsets:
        raise ValueError(f"expected {name} to have strides, got a buffer of pointers")
    buffer = _PyBuffer()
    # `memory`, kept as the owner, holds the export; this is for the address.
    _get_buffer(memory, C.byref(buffer), _BUFFER_FORMAT)
    address = buffer.buf or 0
    _release_buffer(C.byref(buffer))
    strides = _element_strides(memory.strides, dtype, name)
    return View((value, memory), address, dtype, memory.shape, strides,
                read_only=memory.readonly)


def empty_like_kind(example, shape, dtype, device=CPU, device_id=0):
    """A new array of `example`'s library, dense and row-major: a memoryview for
    objects that only export a buffer, NumPy's without an example."""
    kind = kind_of(example)
    if kind == "torch":
        import torch
        return torch.empty(shape, dtype=getattr(torch, dtype), device=example.device)
    if kind == "cupy":
        import cupy
        with cupy.cuda.Device(device_id):
            return cupy.empty(shape, dtype=dtype)
    if kind == "jax" and device != CPU:
        raise ValueError("expected JAX arrays on the CPU, or out= of another library, got one "
                         f"on {device_name(device)}: JAX has no array to write to")
    if kind == "" and device != CPU:
        raise ValueError(f"expected out= for arrays on {device_name(device)} of a library that "
                         f"is not known here, got none for {type(example).__name__}")
    if kind == "" and example is not None and dtype in _CAST_FORMATS and 0 not in shape:
        raw = bytearray(ELEMENT_BYTES[dtype] * math.prod(shape))
        return memoryview(raw).cast(_CAST_FORMATS[dtype], tuple(shape))
    try:
        import numpy
    except ImportError:
        raise ValueError(f"expected NumPy, or out=, for a result of type {dtype}") from None
    if dtype == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise ValueError("expected ml_dtypes, which gives NumPy a bfloat16, or out=") from None
        return numpy.empty(shape, dtype=ml_dtypes.bfloat16)
    return numpy.empty(shape, dtype=dtype)


def to_kind(array, example):
    """A result of `empty_like_kind` as the library of `example` has it. JAX
    arrays cannot be written, so that theirs are made from NumPy's memory."""
    if kind_of(example) == "jax" and kind_of(array) == "numpy":
        import jax
        return jax.numpy.asarray(array)
    return array
