"""Element types: rounding, literals, and the bytes of arrays."""
import struct

import numpy as np

FLOATS = ("bf16", "f16", "f32", "f64")
WIDTH = {"bf16": 16, "f16": 16, "f32": 32, "f64": 64}
# Distance from 1 to the next number.
EPSILON = {"bf16": 2.0**-7, "f16": 2.0**-10, "f32": 2.0**-23, "f64": 2.0**-52}
LOWEST = {"bf16": -3.3895313892515355e38, "f16": -65504.0,
          "f32": -3.4028234663852886e38, "f64": -1.7976931348623157e308}
LOG2E = 1.4426950408889634


def is_float(element):
    return element in WIDTH


def _bf16_bits(values):
    bits = np.asarray(values, np.float32).view(np.uint32)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    quiet = (bits >> 16) | 0x40
    return np.where(np.isnan(values), quiet, rounded).astype(np.uint16)


def pack(values, element):
    """Values as the bytes of a dense array of `element`."""
    values = np.asarray(values)
    if element == "bf16":
        return np.ascontiguousarray(_bf16_bits(np.ascontiguousarray(values, np.float32)))
    kinds = {"f16": np.float16, "f32": np.float32, "f64": np.float64, "i1": np.uint8,
             "i8": np.int8, "i32": np.int32, "i64": np.int64}
    return np.ascontiguousarray(values.astype(kinds[element]))


def storage(element):
    """NumPy's type of an element in memory."""
    return pack(np.zeros(1), element).dtype


def unpack(raw, element):
    """The f64 values of an array in memory."""
    if element == "bf16":
        return (raw.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return raw.astype(np.float64)


def rounded(values, element):
    """Values rounded to `element`, as f64."""
    with np.errstate(over="ignore", invalid="ignore"):
        if element == "bf16":
            return unpack(pack(np.atleast_1d(np.asarray(values, np.float64)), element),
                          element).reshape(np.shape(values))
        return np.asarray(values, np.float64).astype(storage(element)).astype(np.float64)


def literal(value, element):
    """A number in MLIR's text form."""
    if not is_float(element):
        return {True: "true", False: "false"}[bool(value)] if element == "i1" else str(int(value))
    if np.isfinite(value):
        text = repr(float(value))
        mantissa, _, exponent = text.partition("e")
        mantissa += "" if "." in mantissa else ".0"
        return mantissa + (f"e{exponent}" if exponent else "")
    if element == "bf16":
        return f"0x{int(_bf16_bits(np.array([value], np.float32))[0]):04X}"
    code = {"f16": ("<e", "<H"), "f32": ("<f", "<I"), "f64": ("<d", "<Q")}[element]
    bits = struct.unpack(code[1], struct.pack(code[0], value))[0]
    return f"0x{bits:0{WIDTH[element] // 4}X}"
