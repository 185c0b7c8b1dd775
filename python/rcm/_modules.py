"""MLIR text of the ready-made operations."""
import math
from typing import NamedTuple, Optional, Tuple

MLIR_TYPES = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64"}
SCHEDULES = ("edm", "trigflow", "rectified_flow_trigflow")
EXPLICIT = "explicit"  # the coefficients are arguments, f64 by value
LAYOUTS = ("BHLD", "BLHD")
FUNCTION = "attention"


class Skip(NamedTuple):
    """The skip of an operation. `t_rank` is None for a t passed by value, 0 or
    1 for one in memory. With the schedule "explicit" two coefficients take t's
    place; what else determines t does not matter then."""
    x_dtype: str
    t_dtype: str
    t_rank: Optional[int]
    schedule: str
    sigma_data: float


class Operation(NamedTuple):
    """What determines the module: one compiled kernel serves every batch,
    length, number of heads and stride."""
    dtypes: Tuple[str, str, str, str]  # q, k, v, out
    dims: Tuple[int, int]              # D, Dv
    layout: str
    scale: float
    causal: bool
    skip: Optional[Skip]
    dense: bool  # q, k, v, x and out are all row-major without gaps


def evaluate_schedule(schedule, t, sigma_data):
    """(c_skip, c_out) of a number, in f64 and with the limits of rcm.skip_coefficients."""
    t, s = float(t), float(sigma_data)
    if schedule == "edm":
        if math.isnan(t):
            return t, t
        largest = max(abs(t), s)
        if math.isinf(largest):
            return 0.0, math.copysign(s, t)
        a, b = t / largest, s / largest  # their squares cannot overflow
        square = a * a + b * b
        return b * b / square, s * a / math.sqrt(square)
    if not math.isfinite(t):
        return math.nan, math.nan
    if schedule == "trigflow":
        return math.cos(t), -s * math.sin(t)
    total = math.cos(t) + math.sin(t)
    return 1.0 / total, -math.sin(t) / total


def _literal(number):
    """A float as MLIR reads it, which wants a point before the exponent."""
    mantissa, e, exponent = repr(number).partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + e + exponent


def _memref(dtype, sizes, dense=False):
    """A memref type open in all strides, or dense and row-major."""
    shape = "".join(f"{size}x" for size in sizes)
    if dense:
        return f"memref<{shape}{MLIR_TYPES[dtype]}>"
    return (f"memref<{shape}{MLIR_TYPES[dtype]}, "
            f"strided<[{', '.join('?' * len(sizes))}], offset: ?>>")


def _map(layout, row, column):
    dims = {"B": "b", "H": "h", "L": row, "D": column}
    return f"affine_map<(b, h, m, n, k, d) -> ({', '.join(dims[c] for c in layout)})>"


def _coefficients(skip):
    """(lines, type of t, type of the coefficients)."""
    element = MLIR_TYPES[skip.t_dtype]
    sigma = f" sigma_data({_literal(skip.sigma_data)})" if skip.sigma_data != 1.0 else ""
    head = f"rcm.skip_coefficients {skip.schedule}{sigma} ins(%t : "
    if skip.t_rank is None:
        return (f"  %c_skip, %c_out = {head}{element}) -> {element}, {element}\n",
                element, element)
    t_type = _memref(skip.t_dtype, "?" * skip.t_rank)
    kind = f"memref<{'?x' * skip.t_rank}{element}>"
    size = ""
    lines = ""
    if skip.t_rank:
        lines = ("  %c0 = arith.constant 0 : index\n"
                 f"  %batch = memref.dim %t, %c0 : {t_type}\n")
        size = "%batch"
    lines += (f"  %c_skip = memref.alloc({size}) : {kind}\n"
              f"  %c_out = memref.alloc({size}) : {kind}\n"
              f"  {head}{t_type})\n      outs(%c_skip, %c_out : {kind}, {kind})\n")
    return lines, t_type, kind


def build_module(operation):
    """Text of a function @attention(q, k, v, [x, t,] out); with explicit
    coefficients @attention(q, k, v, x, c_skip, c_out, out)."""
    layout, skip = operation.layout, operation.skip
    dim, value_dim = operation.dims
    q, k, v, out = (_memref(dtype, ("?", "?", "?", last), operation.dense) for dtype, last in
                    zip(operation.dtypes, (dim, dim, value_dim, value_dim)))
    maps = [_map(layout, "m", "k"), _map(layout, "n", "k"), _map(layout, "n", "d")]
    parameters = f"%q: {q}, %k: {k}, %v: {v}"
    inputs, types, lines, coefficients = "%q, %k, %v", f"{q}, {k}, {v}", "", ""
    if skip:
        x = _memref(skip.x_dtype, ("?", "?", "?", value_dim), operation.dense)
        parameters += f", %x: {x}"
        if skip.schedule == EXPLICIT:
            kind = "f64"
            parameters += ", %c_skip: f64, %c_out: f64"
        else:
            lines, t, kind = _coefficients(skip)
            parameters += f", %t: {t}"
        inputs, types = inputs + ", %x", f"{types}, {x}"
        coefficients = f"\n      coefficients(%c_skip, %c_out : {kind}, {kind})"
        one = f"affine_map<(b, h, m, n, k, d) -> ({'b' if skip.t_rank else ''})>"
        maps += [_map(layout, "m", "d"), one, one]
    maps.append(_map(layout, "m", "d"))
    separator = ",\n        "
    name = f"rcm.attention{'_skip' if skip else ''} scale({_literal(operation.scale)})"
    return f"""func.func @{FUNCTION}({parameters}, %out: {out}) {{
{lines}  {name}{' causal' if operation.causal else ''}
      ins({inputs} : {types}){coefficients}
      outs(%out : {out})
      {{indexing_maps = [
        {separator.join(maps)}]}}
  return
}}
"""
