"""PyTorch operators and modules.

    import torch, rcm.torch
    out = rcm.torch.attention_skip(q, k, v, x, t)          # t: tensor of shape [] or [B]

The operators `rcm::attention_skip` and `rcm::attention` are registered with
torch.library: they have fake implementations, so that
torch.compile(fullgraph=True) and dynamic shapes work, they launch on PyTorch's
current stream, and they may be captured in a CUDA graph. They have no gradient
yet: backward raises NotImplementedError. Under autocast q, k and v are cast as
scaled_dot_product_attention casts them; x and t are not. Needs PyTorch 2.4 or
newer.
"""
from typing import List, Optional, Tuple

import torch
from torch import Tensor

from . import _attention

if tuple(int(p) for p in torch.__version__.split("+")[0].split(".")[:2]) < (2, 4):
    raise ImportError(f"expected PyTorch 2.4 or newer, got {torch.__version__}")


def _plain(*tensors: Tensor) -> List[Tensor]:
    """Without the gradient, which is asked for in vain when the operator ran."""
    return [tensor.detach() if tensor.requires_grad else tensor for tensor in tensors]


def _attention_skip(q, k, v, x, t, schedule, sigma_data, scale, causal, layout, recipe):
    out = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    return _attention.attention_skip(
        *_plain(q, k, v, x, t), schedule=schedule, sigma_data=sigma_data, scale=scale,
        causal=causal, layout=layout, recipe=recipe, out=out)


def _fake_attention_skip(q, k, v, x, t, schedule, sigma_data, scale, causal, layout, recipe):
    return torch.empty(x.shape, dtype=x.dtype, device=x.device)


def _plain_attention(q, k, v, scale, causal, layout, recipe):
    out = torch.empty(q.shape[:-1] + v.shape[-1:], dtype=v.dtype, device=v.device)
    return _attention.attention(*_plain(q, k, v), scale=scale, causal=causal, layout=layout,
                                recipe=recipe, out=out)


def _fake_attention(q, k, v, scale, causal, layout, recipe):
    return torch.empty(q.shape[:-1] + v.shape[-1:], dtype=v.dtype, device=v.device)


def _no_gradient(_context, _gradient):
    raise NotImplementedError("expected no gradient to be asked for, because "
                              "rcm has no gradient yet; call it under torch.no_grad() or "
                              "on detached tensors")


def _register(schema, function, fake):
    """An operator of ours. torch.library.custom_op would do the same and make
    every call check again that the output is new."""
    name = "rcm::" + schema.partition("(")[0]
    _library.define(schema, tags=(torch.Tag.pt2_compliant_tag,))
    _library.impl(name, function, "CompositeExplicitAutograd")
    torch.library.register_fake(name, fake, lib=_library)
    torch.library.register_autograd(name, _no_gradient, lib=_library)


_library = torch.library.Library("rcm", "FRAGMENT")  # kept: the operators go with it
_register("attention_skip(Tensor q, Tensor k, Tensor v, Tensor x, Tensor t, str schedule, "
          "float sigma_data, float? scale, bool causal, str layout, str? recipe) -> Tensor",
          _attention_skip, _fake_attention_skip)
_register("attention(Tensor q, Tensor k, Tensor v, float? scale, bool causal, str layout, "
          "str? recipe) -> Tensor", _plain_attention, _fake_attention)


def _autocast(*tensors: Tensor) -> Tuple[Tensor, ...]:
    """The tensors in autocast's type, as its list for lower precision says; f64
    stays."""
    kind = tensors[0].device.type
    if not torch.is_autocast_enabled(kind):
        return tensors
    dtype = torch.get_autocast_dtype(kind)
    return tuple(tensor if tensor.dtype == torch.float64 else tensor.to(dtype)
                 for tensor in tensors)


def attention_skip(q: Tensor, k: Tensor, v: Tensor, x: Tensor, t, *, schedule: str = "edm",
                   sigma_data: float = 1.0, scale: Optional[float] = None,
                   causal: bool = False, layout: str = "BHLD",
                   recipe: Optional[str] = None) -> Tensor:
    """c_skip(t) * x + c_out(t) * attention(q, k, v), of x's shape and type.

    Shapes as in `rcm.attention_skip`; `t` is a number, or a tensor of shape []
    or [B] of float32 or float64 on q's device. Raises what that raises, and
    NotImplementedError if a gradient is asked for.
    """
    if not isinstance(t, Tensor):
        t = torch.tensor(float(t), dtype=torch.float64)
    elif t.dtype not in (torch.float32, torch.float64):
        raise TypeError(f"expected t to be of type float32 or float64, got {t.dtype}")
    q, k, v = _autocast(q, k, v)
    return torch.ops.rcm.attention_skip(q, k, v, x, t, schedule, float(sigma_data),
                                        scale, causal, layout, recipe)


def attention(q: Tensor, k: Tensor, v: Tensor, *, scale: Optional[float] = None,
              causal: bool = False, layout: str = "BHLD",
              recipe: Optional[str] = None) -> Tensor:
    """softmax(scale * q k^T) v, of v's type; arguments as in `rcm.attention`."""
    q, k, v = _autocast(q, k, v)
    return torch.ops.rcm.attention(q, k, v, scale, causal, layout, recipe)


def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor,
                                 attn_mask: Optional[Tensor] = None, dropout_p: float = 0.0,
                                 is_causal: bool = False, scale: Optional[float] = None,
                                 enable_gqa: bool = False, *,
                                 recipe: Optional[str] = None) -> Tensor:
    """Takes the place of torch.nn.functional.scaled_dot_product_attention for
    4-dimensional inputs [B, H, L, D] without mask and dropout; says so otherwise
    (NotImplementedError)."""
    if attn_mask is not None:
        raise NotImplementedError("expected no attn_mask, got one; masks are not passed on yet")
    if dropout_p:
        raise NotImplementedError(f"expected dropout_p to be 0, got {dropout_p}")
    if query.dim() != 4:
        raise NotImplementedError(f"expected 4 dimensions [B, H, L, D], got {query.dim()}")
    if not enable_gqa and query.shape[1] != key.shape[1]:
        raise ValueError(f"expected as many heads in key as in query, {query.shape[1]}, got "
                         f"{key.shape[1]}; enable_gqa=True allows fewer")
    return attention(query, key, value, scale=scale, causal=is_causal, recipe=recipe)


class ScaledDotProductAttention(torch.nn.Module):
    """`scaled_dot_product_attention` as a module, for models that keep their
    attention in one. It has no parameters."""

    def __init__(self, recipe: Optional[str] = None):
        super().__init__()
        self.recipe = recipe

    def forward(self, query: Tensor, key: Tensor, value: Tensor,
                attn_mask: Optional[Tensor] = None, dropout_p: float = 0.0,
                is_causal: bool = False, scale: Optional[float] = None,
                enable_gqa: bool = False) -> Tensor:
        return scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal,
                                            scale, enable_gqa, recipe=self.recipe)


class LocalAttention(torch.nn.Module):
    """Takes the place of `local_attn` in Wan and TurboDiffusion: a callable on
    q, k, v of shape [B, L, H, D] that returns the same shape in v's type; q and k
    may be of another type than v. It has no parameters, so that state
    dictionaries stay as they are."""

    def __init__(self, scale: Optional[float] = None, causal: bool = False,
                 recipe: Optional[str] = None):
        super().__init__()
        self.scale = scale
        self.causal = causal
        self.recipe = recipe

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attention(q, k, v, scale=self.scale, causal=self.causal, layout="BLHD",
                         recipe=self.recipe)
