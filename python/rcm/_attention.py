"""The ready-made operations: checks of arguments, choice of the kernel."""
import collections
import itertools
import math
import os
import threading
from typing import NamedTuple, Tuple

from . import _arrays, _cache
from ._arrays import CPU, CUDA, is_array, view
from ._calls import Plan, Plans, address_of, read
from ._gpu import current_stream
from ._kernel import CPUKernel, Kernel
from ._modules import (EXPLICIT, FUNCTION, LAYOUTS, MLIR_TYPES, SCHEDULES, Operation, Skip,
                       build_module, evaluate_schedule)
from ._objects import CHIP

_MOST_KERNELS = 64  # compiled CPU kernels kept in memory
_kernels = collections.OrderedDict()
_kernels_lock = threading.Lock()
_gpu_kernels = {}  # as many as get_object_kernel keeps
_plans = Plans()


def _number(name, value):
    """`value` as a float. Text that reads like a number is none."""
    try:
        if isinstance(value, (str, bytes, bytearray)):
            raise TypeError
        return float(value)
    except OverflowError:
        raise ValueError(f"expected {name} to fit into float64, got {value!r}") from None
    except (TypeError, ValueError):
        raise TypeError(f"expected {name} to be a number, got {type(value).__name__}") from None


def _finite(name, number):
    number = _number(name, number)
    if not math.isfinite(number):
        raise ValueError(f"expected {name} to be finite, got {number}")
    return number


def _check_choice(name, value, choices):
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"expected {name} to be one of {', '.join(choices)}, got {value!r}")


def _flag(name, value):
    if isinstance(value, int) and value in (0, 1):  # bool is an int
        return bool(value)
    if type(value).__name__ in ("bool", "bool_"):  # NumPy's
        return bool(value)
    raise TypeError(f"expected {name} to be True or False, got {type(value).__name__}")


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
        return _number("t", t), "float64", None
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
    if target.is_self_overlapping:
        raise ValueError("expected every element of out to have memory of its own, got strides "
                         f"{target.strides} for shape {target.shape}")
    for name in views:
        if name == "out" or not _arrays.overlap(views[name], target):
            continue
        # The residual is read where it is about to be overwritten.
        if name != "x" or (views["x"].address, views["x"].strides, views["x"].dtype) != (
                target.address, target.strides, target.dtype):
            raise ValueError(f"expected out not to overlap {name}, got arrays that share memory")
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
    kernel = CPUKernel(build_module(operation), FUNCTION, "rcm-to-cpu", checked=True)
    with _kernels_lock:
        _kernels[operation] = kernel
        while len(_kernels) > _MOST_KERNELS:
            _kernels.popitem(last=False)
            _plans.clear()  # which keep kernels, too
    return kernel


def _run(operation, views, time, recipe, stream):
    """Runs the operation; the views are those of q, k, v, [x, [t]], out. Returns
    the kernel and its arguments."""
    order = ["q", "k", "v", "x", "t", "out"] if operation.skip else ["q", "k", "v", "out"]
    arguments = {name: (views.get(name, time),) for name in order}
    device = views["q"].device
    if device == CPU:
        if recipe is not None and (not isinstance(recipe, str) or recipe != "none"):
            raise ValueError(f"expected recipe 'none' on the CPU, got {recipe!r}")
        kernel = _get_cpu_kernel(operation)
        named = {}
    elif device == CUDA:
        if operation.skip and operation.skip.t_rank is None:
            arguments["t"] = evaluate_schedule(operation.skip.schedule, time,
                                               operation.skip.sigma_data)
            operation = explicit(operation)
        kernel = _get_gpu_kernel(operation, recipe)
        named = {"stream": stream}
    else:
        raise ValueError("expected q on the CPU or a CUDA device, got "
                         f"{views['q'].describe()}")
    arguments = tuple(itertools.chain(*arguments.values()))
    kernel(*arguments, **named)
    return kernel, arguments


class _Ready(NamedTuple):
    """What a repeated call needs: _calls.Plan has the rest."""
    kernel: Kernel
    plan: Plan
    shape: Tuple[int, ...]  # of the output
    dtype: str
    on_gpu: bool


_RESIDUAL = 3  # position of x among q, k, v, x, [t,] out
_PLAIN = frozenset((bool, float, str, type(None)))


def _repeat(arrays, t, out, options):
    """(key, output) of a call like an earlier one. The output is None if there was
    none; the key is None for calls that must be checked every time.

    `options` are causal, scale, layout, recipe and, with a skip, schedule and
    sigma_data."""
    if type(options[0]) is not bool or any(type(o) not in _PLAIN for o in options):
        return None, None
    kind = None
    arrays = list(arrays)
    if type(t) is float:
        kind = float
    elif (type(t) is type(arrays[0]) and getattr(t, "shape", None) == ()
          and str(getattr(t, "device", "cpu")) == "cpu" and not getattr(t, "requires_grad", False)):
        kind = t.dtype  # a number, wherever the rest is
    elif t is not None:
        arrays.append(t)
    if out is not None:
        arrays.append(out)
    found = read(arrays)
    if found is None:
        return None, None
    own, addresses = found
    key = (options, kind, out is None, own)
    ready = _plans.get(key)
    if ready is None or not ready.plan.is_aligned(addresses):
        return key, None
    if out is None:
        out = _arrays.empty_like_kind(arrays[0], ready.shape, ready.dtype)
        addresses.append(address_of(out))
    elif not ready.plan.may_write(addresses, _RESIDUAL if len(options) > 4 else None):
        return key, None
    scalars = ()
    if kind is not None:
        scalars = ((float(t),) if not ready.on_gpu else
                   evaluate_schedule(options[4], float(t), options[5]))
    ready.plan.run(ready.kernel, addresses, scalars)
    return key, out


def _get_gpu_kernel(operation, recipe):
    """The opened kernel of an operation; its text is written once only."""
    from ._objects import check_recipe, get_object_kernel
    check_recipe(recipe)
    kernel = _gpu_kernels.get((operation, recipe))
    if kernel is None:
        kernel = get_object_kernel(build_module(operation), recipe)
        _gpu_kernels[operation, recipe] = kernel
    return kernel


def explicit(operation):
    """The operation of a GPU for a t that is a number: a launch takes the two
    coefficients by value, and one kernel serves every schedule."""
    skip = Skip(operation.skip.x_dtype, "float64", None, EXPLICIT, 1.0)
    return operation._replace(skip=skip)


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
    out         array to write to, of x's shape; None: a new one of q's library and type.
                It may be x itself and must not share memory with anything else.

    Arrays may be of any library with DLPack or the buffer protocol, of types
    float16, bfloat16, float32 or float64 in any mixture, with any strides; they
    are not copied. All must be on one device. Returns the output.

    Raises TypeError and ValueError for arguments that do not fit together,
    rcm.Error for everything else.
    """
    key, result = _repeat((q, k, v, x), t, out,
                          (causal, scale, layout, recipe, schedule, sigma_data))
    if result is not None:
        return result
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
    return _finish(q, views, shape, dims, layout, scale, causal, skip, time, recipe, out, stream,
                   key)


def attention(q, k, v, *, scale=None, causal=False, layout="BHLD", recipe=None, out=None):
    """softmax(scale * q k^T) v; arguments as in `attention_skip`."""
    key, result = _repeat((q, k, v), None, out, (causal, scale, layout, recipe))
    if result is not None:
        return result
    _check_choice("layout", layout, LAYOUTS)
    stream = current_stream((q,))
    views = {name: view(value, name, stream) for name, value in
             (("q", q), ("k", k), ("v", v))}
    shape, dims = _check_inputs(views, layout)
    return _finish(q, views, shape, dims, layout, scale, causal, None, None, recipe, out, stream,
                   key)


def _finish(q, views, shape, dims, layout, scale, causal, skip, time, recipe, out, stream,
            key):
    if out is None:
        out = _arrays.empty_like_kind(q, shape, views["q"].dtype, views["q"].device,
                                      views["q"].device_id)
    views["out"] = view(out, "out", stream)
    _check_output(views, shape)
    scale = 1.0 / math.sqrt(dims[0]) if scale is None else _finite("scale", scale)
    dtypes = tuple(views[name].dtype for name in ("q", "k", "v", "out"))
    # Known strides make rows aligned: wide instructions and copy engines.
    dense = all(views[name].is_dense for name in ("q", "k", "v", "x", "out") if name in views)
    operation = Operation(dtypes, dims, layout, scale, _flag("causal", causal), skip, dense)
    kernel, arguments = _run(operation, views, time, recipe, stream)
    if key is not None:
        _plans.keep(key, _Ready(kernel, Plan(kernel, arguments), shape, views["out"].dtype,
                                views["q"].device == CUDA))
    return _arrays.to_kind(out, q)


def _check_dtype(name, dtype):
    if dtype not in MLIR_TYPES:
        raise ValueError(f"expected {name} to be one of {', '.join(MLIR_TYPES)}, got {dtype!r}")


def prebuild(folder, *, dtype="bfloat16", dim=128, value_dim=None, layout="BHLD", scale=None,
             causal=False, skip=True, schedule="edm", sigma_data=1.0, x_dtype=None,
             out_dtype=None, t_dtype="float32", t_rank=1, dense=True, recipe=None,
             chip=CHIP):
    """Compiles the kernel of a shape class for a GPU into a file of `folder`.

    On a machine whose RCM_OBJECT_PATH names the folder, `attention_skip` and,
    with skip=False, `attention` find it and need no compiler.

    dtype        of q, k and v: one name, or three
    dim          D; value_dim is Dv, None: the same
    x_dtype      of the residual, out_dtype of the output; None: q's
    t_dtype      float32 or float64
    t_rank       1 for a t of shape [B], 0 for one of shape [] on the GPU, None for
                 a Python number
    dense        q, k, v, x and out are row-major without gaps
    Everything else as in `attention_skip`. Returns the file's path.

    Raises ValueError and TypeError for wrong arguments, CompileError, OSError.
    """
    from ._objects import compile_object, object_key
    dtypes = (dtype,) * 3 if isinstance(dtype, str) else tuple(dtype)
    if len(dtypes) != 3:
        raise ValueError(f"expected one dtype or three, of q, k and v, got {len(dtypes)}")
    for name, value in (("dtype", dtypes[0]), ("dtype", dtypes[1]), ("dtype", dtypes[2]),
                        ("x_dtype", x_dtype or dtypes[0]), ("out_dtype", out_dtype or dtypes[0])):
        _check_dtype(name, value)
    _check_choice("layout", layout, LAYOUTS)
    _check_choice("t_dtype", t_dtype, ("float32", "float64"))
    if t_rank not in (None, 0, 1):
        raise ValueError(f"expected t_rank to be None, 0 or 1, got {t_rank!r}")
    dims = (dim, dim if value_dim is None else value_dim)
    if any(not isinstance(size, int) or size < 1 for size in dims):
        raise ValueError(f"expected dim and value_dim to be positive integers, got {dims}")
    description = None
    if _flag("skip", skip):
        sigma_data = _check_schedule(schedule, sigma_data)
        description = Skip(x_dtype or dtypes[0], "float64" if t_rank is None else t_dtype, t_rank,
                           schedule, sigma_data)
    scale = 1.0 / math.sqrt(dim) if scale is None else _finite("scale", scale)
    operation = Operation((*dtypes, out_dtype or dtypes[0]), dims, layout, scale,
                          _flag("causal", causal), description, _flag("dense", dense))
    if description and t_rank is None:
        operation = explicit(operation)
    text = build_module(operation)
    data = compile_object(text, chip, recipe)
    name = object_key(text, recipe, chip) + _cache.SUFFIX
    _cache.write_file(os.fspath(folder), name, data)
    return os.path.join(os.fspath(folder), name)
