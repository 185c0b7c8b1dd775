"""The ready-made operations: checks of arguments, choice of the kernel."""
import collections
import math
import threading

from . import _arrays
from ._arrays import CPU, CUDA, is_array, view
from ._kernel import CPUKernel, current_stream
from ._modules import (FUNCTION, LAYOUTS, MLIR_TYPES, SCHEDULES, Operation, Skip,
                       build_module)

_MOST_KERNELS = 64  # compiled CPU kernels kept in memory
_kernels = collections.OrderedDict()
_kernels_lock = threading.Lock()


def _finite(name, number):
    try:
        number = float(number)
    except (TypeError, ValueError):
        raise TypeError(f"expected {name} to be a number, got {type(number).__name__}") from None
    if not math.isfinite(number):
        raise ValueError(f"expected {name} to be finite, got {number}")
    return number


def _check_choice(name, value, choices):
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"expected {name} to be one of {', '.join(choices)}, got {value!r}")


def _check_schedule(schedule, sigma_data):
    _check_choice("schedule", schedule, SCHEDULES)
    sigma_data = _finite("sigma_data", sigma_data)
    if sigma_data <= 0:
        raise ValueError(f"expected sigma_data to be positive, got {sigma_data}")
    if schedule == "rectified_flow_trigflow" and sigma_data != 1.0:
        raise ValueError(f"expected sigma_data of rectified_flow_trigflow to be 1, got {sigma_data}")
    return sigma_data


def _sizes(array, layout):
    """(B, H, L, D) of a View."""
    return tuple(array.shape[layout.index(c)] for c in "BHLD")


def _check_inputs(views, layout):
    """Raises unless q, k and v belong together. Returns the output's shape and
    (D, Dv)."""
    for name, array in views.items():
        if array.dtype not in MLIR_TYPES:
            raise TypeError(f"expected {name} to be of type {', '.join(MLIR_TYPES)}, "
                            f"got {array.dtype}")
        if len(array.shape) != 4:
            raise ValueError(f"expected {name} to have 4 dimensions {layout}, got "
                             f"{array.describe()}")
    (b, h, m, d), (kb, kh, n, kd), (vb, vh, vn, dv) = (
        _sizes(views[name], layout) for name in "qkv")
    if min(b, h, m, d, dv) == 0:
        raise ValueError("expected batch, heads, queries and dimensions of at least 1, got "
                         f"q {views['q'].shape} and v {views['v'].shape}")
    if kh == 0 or h % kh:
        raise ValueError(f"expected the heads of q to be a multiple of those of k, {kh}, got {h}")
    for what, got, expected in (("batch of k", kb, b), ("batch of v", vb, b),
                                ("last dimension of k", kd, d), ("heads of v", vh, kh),
                                ("length of v", vn, n)):
        if got != expected:
            raise ValueError(f"expected {what} to be {expected}, got {got}")
    shape = (b, h, m, dv) if layout == "BHLD" else (b, m, h, dv)
    if "x" in views and views["x"].shape != shape:
        raise ValueError(f"expected x to have shape {shape}, got {views['x'].shape}")
    return shape, (d, dv)


def _read_time(t, batch, stream):
    """t as (number or View, dtype, rank); the rank of a number is None."""
    if not is_array(t):
        try:
            return float(t), "float64", None
        except (TypeError, ValueError):
            raise TypeError(f"expected t to be a number or an array, got "
                            f"{type(t).__name__}") from None
    time = view(t, "t", stream)
    if time.dtype not in ("float32", "float64"):
        raise TypeError(f"expected t to be of type float32 or float64, got {time.dtype}")
    if time.shape not in ((), (batch,)):
        raise ValueError(f"expected t to be a scalar or to have shape ({batch},), got {time.shape}")
    if time.shape == () and time.device == CPU:
        return float(t), time.dtype, None  # a number, wherever the rest is
    return time, time.dtype, len(time.shape)


def _check_output(views, shape):
    target = views["out"]
    if target.dtype not in MLIR_TYPES:
        raise TypeError(f"expected out to be of type {', '.join(MLIR_TYPES)}, got {target.dtype}")
    if target.shape != shape:
        raise ValueError(f"expected out to have shape {shape}, got {target.shape}")
    if target.read_only:
        raise ValueError("expected out to be writable, got a read-only array")
    first = views["q"]
    for name, array in views.items():
        if (array.device, array.device_id) != (first.device, first.device_id):
            raise ValueError(f"expected {name} on the device of q, "
                             f"{_arrays.device_name(first.device)} {first.device_id}, got "
                             f"{array.describe()} {array.device_id}")


def _get_cpu_kernel(operation):
    """The compiled kernel of an operation, made once per process."""
    with _kernels_lock:
        if operation in _kernels:
            _kernels.move_to_end(operation)
            return _kernels[operation]
    kernel = CPUKernel(build_module(operation), FUNCTION, "rcm-to-cpu")
    with _kernels_lock:
        _kernels[operation] = kernel
        while len(_kernels) > _MOST_KERNELS:
            _kernels.popitem(last=False)
    return kernel


def _run(operation, views, time, recipe, stream):
    """Runs the operation; the views are those of q, k, v, [x, [t]], out."""
    order = ["q", "k", "v", "x", "t", "out"] if operation.skip else ["q", "k", "v", "out"]
    arguments = [views.get(name, time) for name in order]
    device = views["q"].device
    if device == CPU:
        if recipe is not None and (not isinstance(recipe, str) or recipe != "none"):
            raise ValueError(f"expected recipe 'none' on the CPU, got {recipe!r}")
        _get_cpu_kernel(operation)(*arguments)
        return
    if device != CUDA:
        raise ValueError("expected arrays on the CPU or a CUDA device, got "
                         f"{views['q'].describe()}")
    from ._objects import get_object_kernel
    get_object_kernel(build_module(operation), recipe)(*arguments, stream=stream)


def attention_skip(q, k, v, x, t, *, schedule="edm", sigma_data=1.0, scale=None,
                   causal=False, layout="BHLD", recipe=None, out=None):
    """c_skip(t) * x + c_out(t) * softmax(scale * q k^T) v

    q           [B, Hq, Lq, D], or [B, Lq, Hq, D] with layout="BLHD"
    k, v        [B, Hkv, Lk, D] and [B, Hkv, Lk, Dv] in the same order; Hq must be a
                multiple of Hkv. Lk may be 0.
    x           [B, Hq, Lq, Dv], the residual
    t           the time: a number, or an array of shape [] or [B], float32 or float64
    schedule    "edm", "trigflow" or "rectified_flow_trigflow"
    sigma_data  s of the schedule, positive and finite
    scale       factor of the scores; None is 1 / sqrt(D)
    causal      query m sees keys n <= m
    recipe      number recipe on GPUs; None takes the compiler's default. On the CPU
                only "none" exists.
    out         array to write to, of x's shape; None: a new one of q's library and type

    Arrays may be of any library with DLPack or the buffer protocol, of types
    float16, bfloat16, float32 or float64 in any mixture, with any strides; they
    are not copied. All must be on one device. Returns the output.

    Raises TypeError and ValueError for arguments that do not fit together,
    rcm.Error for everything else.
    """
    _check_choice("layout", layout, LAYOUTS)
    sigma_data = _check_schedule(schedule, sigma_data)
    stream = current_stream((q,))
    views = {name: view(value, name, stream) for name, value in
             (("q", q), ("k", k), ("v", v), ("x", x))}
    shape, dims = _check_inputs(views, layout)
    time, t_dtype, t_rank = _read_time(t, shape[0], stream)
    skip = Skip(views["x"].dtype, t_dtype, t_rank, schedule, sigma_data)
    if t_rank is not None:
        views["t"] = time
    return _finish(q, views, shape, dims, layout, scale, causal, skip, time, recipe, out, stream)


def attention(q, k, v, *, scale=None, causal=False, layout="BHLD", recipe=None, out=None):
    """softmax(scale * q k^T) v; arguments as in `attention_skip`."""
    _check_choice("layout", layout, LAYOUTS)
    stream = current_stream((q,))
    views = {name: view(value, name, stream) for name, value in
             (("q", q), ("k", k), ("v", v))}
    shape, dims = _check_inputs(views, layout)
    return _finish(q, views, shape, dims, layout, scale, causal, None, None, recipe, out, stream)


def _finish(q, views, shape, dims, layout, scale, causal, skip, time, recipe, out, stream):
    if out is None:
        out = _arrays.empty_like_kind(q, shape, views["q"].dtype, views["q"].device_id)
    views["out"] = view(out, "out", stream)
    _check_output(views, shape)
    scale = 1.0 / math.sqrt(dims[0]) if scale is None else _finite("scale", scale)
    dtypes = tuple(views[name].dtype for name in ("q", "k", "v", "out"))
    # Known strides make rows aligned: wide instructions and copy engines.
    dense = all(views[name].is_dense for name in ("q", "k", "v", "x", "out") if name in views)
    operation = Operation(dtypes, dims, layout, scale, bool(causal), skip, dense)
    _run(operation, views, time, recipe, stream)
    return _arrays.to_kind(out, q)
