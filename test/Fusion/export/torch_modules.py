"""Attention with an rCM skip as people write it in PyTorch, and the inputs that
each form is exported with. Used by the export scripts only."""
import math

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

ELEMENTS = {torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16"}


def coefficients(t, sigma, rank):
    """The edm schedule, shaped for a result of `rank` dimensions."""
    skip = sigma**2 / (t**2 + sigma**2)
    out = sigma * t / torch.sqrt(t**2 + sigma**2)
    if t.dim() == 1:
        skip, out = (c.view(-1, *[1] * (rank - 1)) for c in (skip, out))
    return skip, out


class Sdpa(torch.nn.Module):
    """torch.nn.functional.scaled_dot_product_attention and the skip."""

    def __init__(self, causal=False, grouped=False, sigma=0.5):
        super().__init__()
        self.causal, self.grouped, self.sigma = causal, grouped, sigma

    def forward(self, q, k, v, x, t):
        kinds = {"enable_gqa": True} if self.grouped else {}
        o = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal, **kinds)
        skip, out = coefficients(t, self.sigma, x.dim())
        return (skip * x + out * o).to(x.dtype)


class Written(torch.nn.Module):
    """The same with softmax written out."""

    def __init__(self, causal=False, repeat=1, sigma=0.5):
        super().__init__()
        self.causal, self.repeat, self.sigma = causal, repeat, sigma

    def forward(self, q, k, v, x, t):
        if self.repeat > 1:
            k, v = (e.repeat_interleave(self.repeat, dim=1) for e in (k, v))
        s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if self.causal:
            hidden = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).triu(1)
            s = s.masked_fill(hidden, float("-inf"))
        o = torch.softmax(s.float(), dim=-1).to(v.dtype) @ v
        skip, out = coefficients(t, self.sigma, x.dim())
        return (skip * x + out * o).to(x.dtype)


class Block(torch.nn.Module):
    """Projections in front; behind the attention too if `project` is set."""

    def __init__(self, width, heads, project, sigma=0.5):
        super().__init__()
        self.heads, self.sigma = heads, sigma
        self.qkv = torch.nn.ModuleList(torch.nn.Linear(width, width, bias=False)
                                       for _ in range(3))
        self.out = torch.nn.Linear(width, width, bias=False) if project else None
        for i, layer in enumerate(self.parameters()):
            layer.data = values(layer.shape, 7 + i) * 0.3

    def forward(self, x, t):
        b, length, width = x.shape
        q, k, v = (layer(x).view(b, length, self.heads, -1).transpose(1, 2)
                   for layer in self.qkv)
        s = q @ k.transpose(-2, -1) * q.shape[-1]**-0.5
        o = (torch.softmax(s, dim=-1) @ v).transpose(1, 2).reshape(b, length, width)
        if self.out is not None:
            o = self.out(o)
        skip, out = coefficients(t, self.sigma, 3)
        return skip * x + out * o


def values(shape, number):
    """Numbers that need no file: element i of argument `number`."""
    size = math.prod(shape)
    i = torch.arange(size, dtype=torch.float64)
    return torch.sin(i * 0.7 + 1.3 * number + 0.1 * i * i % 3).float().reshape(shape)


def times(shape):
    return torch.linspace(0.3, 1.1, max(1, math.prod(shape))).reshape(shape)


def describe(arguments):
    """Arguments as recorded.py makes them again."""
    described = []
    for i, a in enumerate(arguments):
        last = i == len(arguments) - 1
        number = i if len(arguments) == 5 else 3
        described.append({"shape": list(a.shape), "element": ELEMENTS[a.dtype],
                          **({"formula": "times"} if last else
                             {"formula": "wave", "number": number})})
    return described


def expected(module, arguments):
    """What PyTorch computes."""
    result = module(*arguments)
    return {"shape": list(result.shape), "element": ELEMENTS[result.dtype],
            "values": [float(v) for v in result.float().detach().flatten()]}


def decomposed(program):
    """The exported program with scaled_dot_product_attention taken apart by
    PyTorch."""
    with sdpa_kernel([SDPBackend.MATH]):
        return program.run_decompositions()


def forms():
    """{name: (module, arguments, fuses)}"""
    made = {}

    def add(name, module, q, kv, d, t, element=torch.float32, x=None):
        shapes = [q, kv, (*kv[:-1], d), x or (*q[:-1], d)]
        arguments = [values(s, i).to(element) for i, s in enumerate(shapes)]
        made[name] = (module, (*arguments, times(t)), True)

    add("sdpa_4d", Sdpa(), (2, 2, 5, 4), (2, 2, 5, 4), 4, (2,))
    add("sdpa_causal", Sdpa(causal=True), (1, 2, 5, 4), (1, 2, 5, 4), 4, (1, 1, 1))
    add("sdpa_bf16", Sdpa(), (2, 2, 3, 4), (2, 2, 3, 4), 4, (2, 1, 1, 1), torch.bfloat16)
    add("written_4d", Written(), (2, 2, 5, 4), (2, 2, 5, 4), 4, (2,))
    add("written_3d", Written(), (3, 5, 4), (3, 5, 4), 4, (3, 1, 1))
    add("written_scalar_t", Written(), (3, 5, 4), (3, 5, 4), 4, ())
    add("written_causal", Written(causal=True), (1, 2, 5, 4), (1, 2, 5, 4), 4, (1,))
    add("written_cross", Written(), (1, 2, 3, 4), (1, 2, 6, 4), 5, (1,))
    add("written_f16", Written(), (2, 2, 3, 4), (2, 2, 3, 4), 4, (2,), torch.float16)
    add("written_bf16", Written(), (2, 2, 3, 4), (2, 2, 3, 4), 4, (2,), torch.bfloat16)
    add("written_grouped", Written(repeat=2), (1, 4, 3, 4), (1, 2, 3, 4), 4, (1,))
    x = values((2, 4, 6), 3)
    made["projections_before"] = (Block(6, 2, False), (x, times((2, 1, 1))), True)
    made["projections_around"] = (Block(6, 2, True), (x, times((2, 1, 1))), False)
    return made
