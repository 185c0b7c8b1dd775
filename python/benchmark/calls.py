#!/usr/bin/env python3
"""Measures what one call costs on the host.

Usage:
  calls.py [--calls=N]

Times rounds of calls on a shape so small that the GPU is done sooner than the
host (1 x 1 x 64 x 64, bf16, recipe int8-e4m3 unless said otherwise), waits for
the GPU between rounds, and prints the median and the fastest round in
microseconds per call. `runtime` is the C function alone with prepared
arguments; what the other rows have above it is Python. Needs a GPU, PyTorch
and, where there is no compiler, the kernels of python/tests/gpu/shape_classes.py
in RCM_OBJECT_PATH.
"""
import argparse
import ctypes
import datetime
import os
import statistics
import sys
import time

ROUNDS = 40


def measure(call, calls, wait):
    """(median, least) in microseconds per call."""
    for _ in range(calls):
        call()
    wait()
    results = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        results.append((time.perf_counter() - start) / calls * 1e6)
        wait()
    return statistics.median(results), min(results)


def runtime_call(kernel, arrays):
    """The C function alone: its arguments are packed before."""
    from rcm import _libraries
    library = _libraries.runtime.get()
    packed = (_libraries.Argument * len(arrays))()
    kept = []
    for slot, array, parameter in zip(packed, arrays, kernel.parameters):
        sizes = (ctypes.c_int64 * 8)(*array.shape)
        strides = (ctypes.c_int64 * 8)(*array.stride())
        kept.append((sizes, strides))
        slot.kind, slot.type = 0, _libraries.ELEMENT_NUMBERS[parameter.dtype]
        slot.rank, slot.data = array.dim(), array.data_ptr()
        slot.sizes, slot.strides = sizes, strides
    entry = kernel._entry

    def call(_kept=kept):
        library.rcmEntryLaunch(entry, packed, len(packed), None, None)
    return call


def cases(torch, rcm, rt):
    """(name, function) of everything that is measured."""
    q, k, v, x = (torch.randn(1, 1, 64, 64, device="cuda").bfloat16() for _ in range(4))
    t = torch.tensor([0.3], device="cuda")
    out = torch.empty_like(x)
    rcm.attention_skip(q, k, v, x, t, out=out)
    from rcm import _modules, _objects
    skip = _modules.Skip("bfloat16", "float32", 1, "edm", 1.0)
    operation = _modules.Operation(("bfloat16",) * 4, (64, 64), "BHLD", 0.125, False, skip, True)
    kernel = _objects.get_object_kernel(_modules.build_module(operation), None)
    sdpa = torch.nn.functional.scaled_dot_product_attention
    yield "runtime: rcmEntryLaunch", runtime_call(kernel, (q, k, v, x, t, out))
    yield "kernel(q, k, v, x, t, out)", lambda: kernel(q, k, v, x, t, out)
    yield "attention_skip(..., t, out=out)", lambda: rcm.attention_skip(q, k, v, x, t, out=out)
    yield "attention_skip(..., t)", lambda: rcm.attention_skip(q, k, v, x, t)
    yield "attention_skip(..., 0.3)", lambda: rcm.attention_skip(q, k, v, x, 0.3)
    yield ("attention_skip(..., t, recipe='bf16')",
           lambda: rcm.attention_skip(q, k, v, x, t, recipe="bf16"))
    yield "rcm.torch.attention_skip(..., t)", lambda: rt.attention_skip(q, k, v, x, t)
    with torch.no_grad():
        yield "sdpa of PyTorch, no skip", lambda: sdpa(q, k, v)
        yield "x + 0.3 * sdpa of PyTorch", lambda: torch.add(x, sdpa(q, k, v), alpha=0.3)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        rcm.attention_skip(q, k, v, x, t, out=out)
    yield "graph of one call", graph.replay


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    options = parser.parse_args()
    try:
        import torch
        import rcm
        import rcm.torch as rt
    except ImportError as error:
        sys.exit(f"error: expected PyTorch and rcm, got: {error}")
    if not torch.cuda.is_available():
        sys.exit("error: expected a GPU, got none")
    print(f"{datetime.datetime.now(datetime.timezone.utc):%F}, {torch.cuda.get_device_name()}, "
          f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    print(f"{'':40} median, fastest of {ROUNDS} rounds of {options.calls} calls, us")
    for name, call in cases(torch, rcm, rt):
        median, least = measure(call, options.calls, torch.cuda.synchronize)
        print(f"{name:40} {median:8.1f} {least:8.1f}", flush=True)


if __name__ == "__main__":
    main()
