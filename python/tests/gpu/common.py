"""What the tests on a GPU share: inputs, the truth in f64, bounds.

They run from prebuilt kernels (shape_classes.py). With RCM_TEST_DEVICE=cpu
everything that needs no GPU runs on the CPU instead, and a kernel that a GPU
would miss in RCM_OBJECT_PATH is an error: a rehearsal on a machine without one.
"""
import os
import unittest

import torch

import rcm
from rcm import _attention, _modules, _objects

DEVICE = os.environ.get("RCM_TEST_DEVICE", "cuda")
ON_GPU = DEVICE.startswith("cuda")
if ON_GPU and not torch.cuda.is_available():
    raise unittest.SkipTest("no GPU")
needs_gpu = unittest.skipUnless(ON_GPU, "no GPU")

BATCH, HEADS, KV_HEADS, ROWS, KEYS, DIM = 2, 4, 2, 200, 333, 64

# Largest relative L2 error of softmax(q k^T) v against f64, by recipe: a few
# roundings of the operands' type; for int8-e4m3 twice what its emulation has
# on normal data (docs/KernelDiary.md: 0.045).
BOUNDS = {"none": 2e-6, "f16": 1e-3, "bf16": 8e-3, "int8-e4m3": 0.09}
# What rounding the result to its type adds.
ROUNDING = {torch.float32: 2e-6, torch.float16: 4e-4, torch.bfloat16: 3e-3}

if not ON_GPU:
    _run = _attention._run

    def _rehearse(operation, views, time, recipe, stream):
        """Runs on the CPU, after a look for the kernel that a GPU would get."""
        _objects.check_recipe(recipe)
        wanted = operation
        if operation.skip and operation.skip.t_rank is None:
            wanted = _attention.explicit(operation)
        name = _objects.object_key(_modules.build_module(wanted), recipe) + ".rcmobj"
        folder = os.environ.get("RCM_OBJECT_PATH")
        if folder and not os.path.exists(os.path.join(folder, name)):
            raise AssertionError(f"expected a kernel for {wanted}, recipe {recipe}, in {folder}, "
                                 "got none")
        return _run(operation, views, time, None, stream)

    _attention._run = _rehearse


def recipe_of(q, k, v, recipe):
    """What the compiler's default takes for these tensors."""
    if recipe:
        return recipe
    narrow = (torch.float16, torch.bfloat16)
    return "int8-e4m3" if all(a.dtype in narrow for a in (q, k, v)) else "none"


def inputs(dtype=torch.float32, rows=ROWS, keys=KEYS, dim=DIM, heads=HEADS, kv_heads=KV_HEADS,
           batch=BATCH, seed=3, device=DEVICE):
    """q, k, v, x of shape [B, H, L, D], normal."""
    generator = torch.Generator().manual_seed(seed)
    sizes = ((heads, rows), (kv_heads, keys), (kv_heads, keys), (heads, rows))
    return [torch.randn(batch, *size, dim, generator=generator).to(dtype).to(device)
            for size in sizes]


def times(values=(0.3, 1.2), dtype=torch.float32):
    return torch.tensor(values, dtype=dtype, device=DEVICE)


def attention(q, k, v, causal=False, scale=None):
    """The truth in f64, of [B, H, L, D]."""
    q, k, v = (a.double() for a in (q, k, v))
    groups = q.shape[1] // k.shape[1]
    k, v = (a.repeat_interleave(groups, 1) for a in (k, v))
    scores = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if causal:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, -1) @ v


def coefficients(t, schedule="edm"):
    """c_skip and c_out in f64, ready to be multiplied."""
    t = torch.as_tensor(t, dtype=torch.float64, device=DEVICE).reshape(-1, 1, 1, 1)
    if schedule == "edm":
        return 1 / (t * t + 1), t / (t * t + 1).sqrt()
    if schedule == "trigflow":
        return t.cos(), -t.sin()
    total = t.cos() + t.sin()
    return 1 / total, -t.sin() / total


def relative_error(got, want):
    return ((got.double() - want).norm() / want.norm()).item()


class TestCase(unittest.TestCase):
    def check_attention(self, got, q, k, v, recipe=None, causal=False, scale=None):
        """Against f64, [B, H, L, D]."""
        want = attention(q, k, v, causal, scale)
        self.assertEqual(got.shape, want.shape)
        bound = BOUNDS[recipe_of(q, k, v, recipe)] + ROUNDING[got.dtype]
        self.assertLessEqual(relative_error(got, want), bound)

    def check_skip(self, got, q, k, v, x, t, recipe=None, schedule="edm", causal=False):
        """Against f64: the attention's error, weighed by c_out, and one rounding."""
        c_skip, c_out = coefficients(t, schedule)
        part = c_out * attention(q, k, v, causal)
        want = c_skip * x.double() + part
        self.assertEqual(got.shape, want.shape)
        error = (got.double() - want).norm().item()
        bound = (BOUNDS[recipe_of(q, k, v, recipe)] * part.norm()
                 + (ROUNDING[got.dtype] + 1e-6) * want.norm()).item()
        self.assertLessEqual(error, bound)
