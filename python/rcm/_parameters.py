"""What kernels take and give, and the checks of what they are given."""
import ctypes as C

SCALAR_CTYPES = {"float32": C.c_float, "float64": C.c_double, "int32": C.c_int32,
                 "int64": C.c_int64, "int8": C.c_int8, "int16": C.c_int16, "bool": C.c_bool}


class Parameter:
    """What a kernel takes or gives: name, dtype and sizes (None where any is
    right). `strides` is None if only dense row-major arrays are."""

    __slots__ = ("name", "dtype", "shape", "strides", "is_scalar", "is_output",
                 "may_be_written")

    def __init__(self, name, dtype, shape, strides, is_scalar, is_output,
                 may_be_written=False):
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.strides = strides
        self.is_scalar = is_scalar
        self.is_output = is_output
        self.may_be_written = may_be_written or is_output

    def __repr__(self):
        if self.is_scalar:
            return f"{self.name}: {self.dtype}"
        sizes = "x".join("?" if s is None else str(s) for s in self.shape)
        return f"{self.name}: {sizes} {self.dtype}"

    def check(self, array):
        """Raises TypeError or ValueError if the View does not match."""
        if array.dtype != self.dtype:
            raise TypeError(f"expected {self.name} to be of type {self.dtype}, got {array.dtype}")
        if len(array.shape) != len(self.shape):
            raise ValueError(f"expected {self.name} to have {len(self.shape)} dimensions, "
                             f"got {len(array.shape)}: {array.describe()}")
        for position, (want, got) in enumerate(zip(self.shape, array.shape)):
            if want is not None and want != got:
                raise ValueError(f"expected dimension {position} of {self.name} to have size "
                                 f"{want}, got {got}")
        if self.strides is None and not array.is_dense:
            raise ValueError(f"expected {self.name} to be dense and row-major, got strides "
                             f"{array.strides} for {array.describe()}")
        if self.may_be_written and array.read_only:
            raise ValueError(f"expected {self.name} to be writable, got a read-only array")


def to_scalar(value, parameter):
    """`value` as a ctypes scalar of the parameter's type."""
    make = SCALAR_CTYPES.get(parameter.dtype)
    if make is None:
        raise TypeError(f"expected {parameter.name} of a type that can be passed by value, "
                        f"got {parameter.dtype}")
    convert = float if parameter.dtype.startswith("float") else int
    try:
        if isinstance(value, (str, bytes, bytearray)):
            raise TypeError
        number = convert(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"expected {parameter.name} to be a number, got "
                        f"{type(value).__name__}") from None
    scalar = make(number)
    if convert is int and scalar.value != number:
        raise ValueError(f"expected {parameter.name} to fit into {parameter.dtype}, got {number}")
    return scalar
