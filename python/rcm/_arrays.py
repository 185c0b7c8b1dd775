"""Views of other libraries' arrays: address, type, sizes and strides.

Nothing is copied. NumPy arrays are read through `__array_interface__`,
everything else through DLPack (PyTorch, CuPy, JAX, ...), and plain objects
that export a buffer (memoryview, array.array) through the buffer protocol.
"""
import ctypes as C
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


_get_pointer = C.pythonapi.PyCapsule_GetPointer
_get_pointer.restype = C.c_void_p
_get_pointer.argtypes = [C.py_object, C.c_char_p]

# (DLPack type code, bits) and NumPy type strings to our names.
_DLPACK_TYPES = {(2, 16): "float16", (4, 16): "bfloat16", (2, 32): "float32",
                 (2, 64): "float64", (0, 8): "int8", (0, 16): "int16",
                 (0, 32): "int32", (0, 64): "int64", (6, 8): "bool"}
_NUMPY_TYPES = {"<f2": "float16", "<f4": "float32", "<f8": "float64", "|i1": "int8",
                "<i2": "int16", "<i4": "int32", "<i8": "int64", "|b1": "bool"}
_BUFFER_TYPES = {"e": "float16", "f": "float32", "d": "float64", "b": "int8",
                 "h": "int16", "i": "int32", "l": "int64", "q": "int64", "?": "bool"}


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
    def is_dense(self):
        return self.strides == dense_strides(self.shape) or 0 in self.shape

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


def is_array(value):
    return (hasattr(value, "__dlpack__") or hasattr(value, "__array_interface__")
            or isinstance(value, (memoryview, bytearray)) or type(value).__module__ == "array")


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
    if hasattr(value, "__array_interface__"):
        return _view_numpy(value, name)
    if hasattr(value, "__dlpack__"):
        return _view_dlpack(value, name, stream)
    try:
        return _view_buffer(memoryview(value), value, name)
    except TypeError:
        raise TypeError(f"expected {name} to be an array with DLPack or the buffer "
                        f"protocol, got {type(value).__name__}") from None


def _element_strides(strides, dtype, name):
    size = ELEMENT_BYTES[dtype]
    if any(stride % size for stride in strides):
        raise ValueError(f"expected {name} to have strides that are multiples of its "
                         f"element size {size}, got {strides} bytes")
    return tuple(stride // size for stride in strides)


def _view_numpy(value, name):
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


def _view_dlpack(value, name, stream):
    device = tuple(map(int, value.__dlpack_device__()))
    try:
        if device[0] == CUDA and stream is not None:
            # DLPack spells the legacy default stream 1, not 0.
            capsule = value.__dlpack__(stream=int(stream) or 1)
        else:
            capsule = value.__dlpack__()
    except Exception as error:
        raise TypeError(f"expected {name} to export DLPack, got: {error}") from error
    # The managed tensor starts with the tensor; the capsule, kept as the owner,
    # releases it.
    tensor = _DLTensor.from_address(_get_pointer(capsule, b"dltensor"))
    dtype = _DLPACK_TYPES.get((tensor.code, tensor.bits)) if tensor.lanes == 1 else None
    if dtype is None:
        raise TypeError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, got "
                        f"DLPack type code {tensor.code} of {tensor.bits} bits")
    shape = tuple(tensor.shape[i] for i in range(tensor.ndim))
    strides = (tuple(tensor.strides[i] for i in range(tensor.ndim)) if tensor.strides
               else dense_strides(shape))
    address = (tensor.data or 0) + tensor.byte_offset
    read_only = kind_of(value) == "jax"
    return View((value, capsule), address, dtype, shape, strides, device[0], device[1],
                read_only)


def _view_buffer(memory, value, name):
    dtype = _BUFFER_TYPES.get(memory.format.lstrip("@=" + ("<" if sys.byteorder == "little" else ">")))
    if dtype is None or ELEMENT_BYTES[dtype] != memory.itemsize:
        raise ValueError(f"expected {name} to have a type of {', '.join(ELEMENT_BYTES)}, got "
                         f"buffer format {memory.format!r}")
    strides = _element_strides(memory.strides, dtype, name)
    if memory.readonly:
        # A read-only buffer has no address for ctypes; NumPy finds it.
        import numpy
        address = numpy.asarray(memory).__array_interface__["data"][0]
    else:
        flat = (C.c_char * 0).from_buffer(memory)
        address = C.addressof(flat)
    return View((value, memory), address, dtype, memory.shape, strides,
                read_only=memory.readonly)


def empty_like_kind(example, shape, dtype, device_id=0):
    """A new array of `example`'s library: uninitialised, dense, row-major."""
    kind = kind_of(example)
    if kind == "torch":
        import torch
        return torch.empty(shape, dtype=getattr(torch, dtype), device=example.device)
    if kind == "cupy":
        import cupy
        with cupy.cuda.Device(device_id):
            return cupy.empty(shape, dtype=dtype)
    import numpy
    if dtype == "bfloat16":
        import ml_dtypes
        return numpy.empty(shape, dtype=ml_dtypes.bfloat16)
    return numpy.empty(shape, dtype=dtype)


def to_kind(array, example):
    """A result of `empty_like_kind` as the library of `example` has it. JAX
    arrays cannot be written, so that theirs are made from NumPy's memory."""
    if kind_of(example) == "jax":
        import jax
        return jax.numpy.asarray(array)
    return array
