#!/usr/bin/env python3
"""Exports attention with an rCM skip from JAX: StableHLO, then IREE's input
conversion up to linalg on tensors (iree-compile --compile-to=input), and
records the result.

    python3 -m venv venv
    venv/bin/pip install jax==0.10.2 jaxlib==0.10.2 iree-base-compiler==3.13.0
    venv/bin/python jax_iree.py ../Inputs/jax-iree-3.13 [EARLIER.mlir]
"""
import importlib.metadata
import math
import sys

import jax
import jax.numpy as jnp
import numpy as np

from recording import Recording, ToolFailure, plain_function, run

ELEMENTS = {"float32": "f32", "float16": "f16", "bfloat16": "bf16"}
SIGMA = 0.5


def coefficients(t, rank):
    """The edm schedule, shaped for a result of `rank` dimensions."""
    skip = SIGMA**2 / (t**2 + SIGMA**2)
    out = SIGMA * t / jnp.sqrt(t**2 + SIGMA**2)
    if t.ndim == 1:
        skip, out = (c.reshape(-1, *[1] * (rank - 1)) for c in (skip, out))
    return skip, out


def skipped(o, x, t):
    skip, out = coefficients(t, x.ndim)
    return (skip * x + out * o).astype(x.dtype)


def library(q, k, v, x, t, causal=False):
    """jax.nn.dot_product_attention: [B, N, H, D]."""
    return skipped(jax.nn.dot_product_attention(q, k, v, is_causal=causal), x, t)


def causal_library(q, k, v, x, t):
    return library(q, k, v, x, t, True)


def einsum(q, k, v, x, t):
    """[B, N, H, D] with einsum and softmax."""
    s = jnp.einsum("bmhd,bnhd->bhmn", q, k) / math.sqrt(q.shape[-1])
    p = jax.nn.softmax(s, axis=-1)
    return skipped(jnp.einsum("bhmn,bnhd->bmhd", p, v), x, t)


def matmul(q, k, v, x, t):
    """[..., N, D] with matmul; softmax in f32."""
    s = jnp.matmul(q, jnp.swapaxes(k, -1, -2)).astype(jnp.float32) * q.shape[-1]**-0.5
    p = jax.nn.softmax(s, axis=-1).astype(v.dtype)
    return skipped(jnp.matmul(p, v), x, t)


def masked(q, k, v, x, t):
    """[B, H, N, D], causal by where."""
    s = jnp.einsum("bhmd,bhnd->bhmn", q, k) * q.shape[-1]**-0.5
    rows, keys = (jax.lax.broadcasted_iota(jnp.int32, s.shape[-2:], i) for i in (0, 1))
    p = jax.nn.softmax(jnp.where(keys <= rows, s, -jnp.inf), axis=-1)
    return skipped(jnp.einsum("bhmn,bhnd->bhmd", p, v), x, t)


def residual(q, k, v, x, t):
    """A gate per batch element and a plain residual instead of a schedule."""
    p = jax.nn.softmax(jnp.einsum("bhmd,bhnd->bhmn", q, k) * 0.5, axis=-1)
    return x + t.reshape(-1, 1, 1, 1) * jnp.einsum("bhmn,bhnd->bhmd", p, v)


def projected(x, w, t):
    """Self-attention with a projection behind it: not attention + skip."""
    s = jnp.einsum("bmd,bnd->bmn", x, x) * x.shape[-1]**-0.5
    o = jnp.einsum("bmn,bnd->bmd", jax.nn.softmax(s, axis=-1), x) @ w
    return skipped(o, x, t)


# jax.nn hides keys behind -0.7 times the largest float, which is not -inf.
REFUSED = {"projected": "projection-between", "library_causal": "mask-not-infinite"}

FORMS = {
    # name: (function, shapes of q, k, v, x, t, element)
    "library_4d": (library, [(2, 5, 2, 4)] * 4 + [(2,)], "float32"),
    "library_causal": (causal_library, [(1, 5, 2, 4)] * 4 + [(1, 1, 1, 1)], "float32"),
    "library_grouped": (library, [(1, 3, 4, 4), (1, 5, 2, 4), (1, 5, 2, 4), (1, 3, 4, 4), (1,)],
                        "float32"),
    "library_bf16": (library, [(2, 3, 2, 4)] * 4 + [(2,)], "bfloat16"),
    "einsum_cross": (einsum, [(1, 3, 2, 4), (1, 6, 2, 4), (1, 6, 2, 5), (1, 3, 2, 5), (1,)],
                     "float32"),
    "matmul_3d": (matmul, [(3, 5, 4)] * 4 + [(3, 1, 1)], "float32"),
    "matmul_scalar_t": (matmul, [(3, 5, 4)] * 4 + [()], "float32"),
    "matmul_f16": (matmul, [(2, 2, 3, 4)] * 4 + [(2,)], "float16"),
    "matmul_bf16": (matmul, [(2, 2, 3, 4)] * 4 + [(2,)], "bfloat16"),
    "masked_causal": (masked, [(1, 2, 5, 4)] * 4 + [(1,)], "float32"),
    "residual": (residual, [(2, 2, 5, 4)] * 4 + [(2,)], "float32"),
    "projected": (projected, [(2, 5, 4), (4, 4), (2, 1, 1)], "float32"),
}


def wave(shape, number):
    """The same numbers as recorded.py's."""
    i = np.arange(math.prod(shape), dtype=np.float64)
    return np.sin(i * 0.7 + 1.3 * number + 0.1 * i * i % 3).astype(np.float32).reshape(shape)


def record(recording, name):
    function, shapes, element = FORMS[name]
    values, described = [], []
    for i, shape in enumerate(shapes):
        last = i == len(shapes) - 1
        value = np.linspace(0.3, 1.1, max(1, math.prod(shape)), dtype=np.float32) \
            .reshape(shape) if last else wave(shape, i)
        values.append(jnp.asarray(value, jnp.float32 if last else element))
        described.append({"shape": list(shape), "element": "f32" if last else ELEMENTS[element],
                          **({"formula": "times"} if last else
                             {"formula": "wave", "number": i})})
    result = function(*values)
    expected = {"shape": list(result.shape), "element": ELEMENTS[str(result.dtype)],
                "values": [float(v) for v in np.asarray(result, np.float32).flatten()]}
    stablehlo = jax.jit(function, keep_unused=True).lower(*values).as_text()
    text = run("iree-compile", "--iree-input-type=stablehlo", "--compile-to=input", "-o", "-",
               text=stablehlo)
    recording.add(name, plain_function(text, name), described, expected,
                  REFUSED.get(name))


def main():
    version = importlib.metadata.version
    recording = Recording(f"JAX {version('jax')}, iree-base-compiler "
                          f"{version('iree-base-compiler')}", *sys.argv[2:])
    recording.notes = ["iree-compile --iree-input-type=stablehlo --compile-to=input; util.func",
                       "and hal.tensor.import, barrier and export replaced by func.func."]
    for name in FORMS:
        try:
            record(recording, name)
        except ToolFailure as error:
            recording.refused(name, error)
    recording.write(sys.argv[1])


if __name__ == "__main__":
    main()
