"""Calls compiled functions on known arguments, in a process that may crash."""
import ctypes
import os
import pickle
import signal
import tempfile
import traceback

import numpy as np

from generate import numbers

LIMIT_S = 60  # for the calls of one batch


def descriptor(rank):
    class Descriptor(ctypes.Structure):
        _fields_ = [("allocated", ctypes.c_void_p), ("aligned", ctypes.c_void_p),
                    ("offset", ctypes.c_int64)] + (
                        [("sizes", ctypes.c_int64 * rank), ("strides", ctypes.c_int64 * rank)]
                        if rank else [])
    return Descriptor


def describe(array):
    value = descriptor(array.ndim)()
    value.allocated = value.aligned = array.ctypes.data
    if array.ndim:
        value.sizes[:] = array.shape
        value.strides[:] = [s // array.itemsize for s in array.strides]
    return value


def read(value, tensor):
    """The array that a returned descriptor points to, as f64."""
    shape = tuple(value.sizes) if tensor.value.ndim else ()
    if shape != tensor.value.shape:
        raise ValueError(f"expected a result of shape {tensor.value.shape}, got {shape}")
    kind = numbers.storage(tensor.element)
    if not tensor.value.size:
        return np.zeros(shape)
    strides = [s * kind.itemsize for s in value.strides] if shape else []
    span = sum((n - 1) * s for n, s in zip(shape, strides)) + kind.itemsize
    raw = (ctypes.c_char * span).from_address(value.aligned + value.offset * kind.itemsize)
    view = np.ndarray(shape, kind, raw, 0, strides)
    return numbers.unpack(np.ascontiguousarray(view).reshape(shape), tensor.element)


def call(library, name, function):
    """The results of one function on its arguments."""
    ctypes.c_int64.in_dll(library, "arena_top").value = 0
    results = type("Results", (ctypes.Structure,), {"_fields_": [
        (f"r{i}", descriptor(r.value.ndim)) for i, r in enumerate(function.results)]})()
    keep, arguments = [], [ctypes.byref(results)]
    for argument in function.arguments:
        if not argument.type.startswith("tensor"):
            kind = {"f32": ctypes.c_float, "f64": ctypes.c_double}[argument.element]
            arguments.append(kind(float(argument.value)))
            continue
        array = numbers.pack(argument.value, argument.element).reshape(argument.value.shape)
        # Dimensions of size 1 must have dense strides too.
        array = np.array(array, order="C", copy=True)
        keep += [array, describe(array)]
        arguments.append(ctypes.byref(keep[-1]))
    getattr(library, f"_mlir_ciface_{name}")(*arguments)
    return [read(getattr(results, f"r{i}"), r) for i, r in enumerate(function.results)]


def run_all(path, calls):
    """Runs [(name, function), ...] of a library in a child. Gives {name: arrays}
    and, for what is missing, {name: error}."""
    with tempfile.TemporaryFile() as pipe:
        child = os.fork()
        if child == 0:
            # Whatever happens, the child ends here.
            try:
                signal.alarm(LIMIT_S)
                library = ctypes.CDLL(path)
                for name, function in calls:
                    try:
                        record = (name, call(library, name, function), None)
                    except (ValueError, AttributeError) as error:
                        record = (name, None, str(error))
                    pipe.write(pickle.dumps(record))
                    pipe.flush()
            except BaseException:  # pylint: disable=broad-except
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        pipe.seek(0)
        values, errors = {}, {}
        while True:
            try:
                name, arrays, error = pickle.load(pipe)
            except EOFError:
                break
            if error is None:
                values[name] = arrays
            else:
                errors[name] = error
    if status:
        for name, _ in calls:
            if name not in values and name not in errors:
                # The first one missing is the one that crashed; run the rest.
                errors[name] = f"the code crashed (status {status})"
                rest = [c for c in calls if c[0] not in values and c[0] not in errors]
                if rest:
                    more, other = run_all(path, rest)
                    values.update(more)
                    errors.update(other)
                break
    return values, errors


