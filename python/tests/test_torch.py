"""The PyTorch operators on the CPU. Skipped where PyTorch is not installed."""
import unittest
from unittest import mock

try:
    import torch
except ImportError:
    raise unittest.SkipTest("no PyTorch")

import rcm
import rcm.torch as rt
from rcm import _attention

sdpa = torch.nn.functional.scaled_dot_product_attention


def inputs(dtype=torch.float32, rows=33, keys=29):
    torch.manual_seed(3)
    return [torch.randn(2, 4, n, 16).to(dtype) for n in (rows, keys, keys, rows)]


def reference(q, k, v, x, t):
    o = sdpa(q.double(), k.double(), v.double())
    t = t.double().reshape(-1, 1, 1, 1)
    return x.double() / (t * t + 1) + t / (t * t + 1).sqrt() * o


def close(got, want, bound=1e-5):
    torch.testing.assert_close(got.double(), want.double(), rtol=0, atol=bound)


class Arrays(unittest.TestCase):
    """rcm.attention_skip itself on tensors."""

    def test_tensors_in_tensors_out_without_copies(self):
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        got = rcm.attention_skip(q, k, v, x, t)
        self.assertIsInstance(got, torch.Tensor)
        close(got, reference(q, k, v, x, t))
        out = torch.full((2, 4, 33, 32), float("nan"))
        rcm.attention_skip(q, k, v, x, t, out=out[..., ::2])
        close(out[..., ::2], got)
        self.assertTrue(out[..., 1::2].isnan().all())

    def test_any_strides_and_types(self):
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        moved = [a.permute(3, 0, 2, 1).contiguous().permute(1, 3, 2, 0) for a in (q, k, v, x)]
        close(rcm.attention_skip(*moved, t), reference(q, k, v, x, t))
        half = q.half(), k.bfloat16(), v.double(), x
        close(rcm.attention_skip(*half, t, out=torch.empty_like(x)),
              reference(*half, t))
        expanded = q[:, :1].expand(-1, 4, -1, -1)
        close(rcm.attention_skip(expanded, k, v, x, t), reference(expanded, k, v, x, t))

    def test_repeated(self):
        """Tensors that need care get it after calls that did not."""
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        out = torch.empty_like(x)
        with mock.patch.object(_attention, "_run", wraps=_attention._run) as long_way:
            for scale in (1.0, 0.5, 2.0):
                close(rcm.attention_skip(q * scale, k, v, x, t), reference(q * scale, k, v, x, t))
                rcm.attention_skip(q * scale, k, v, x, t, out=out)
                close(out, reference(q * scale, k, v, x, t))
                for number in (scale, torch.tensor(scale)):
                    close(rcm.attention_skip(q, k, v, x, number),
                          reference(q, k, v, x, torch.tensor(scale)))
            self.assertEqual(long_way.call_count, 4)
        negative = torch.complex(x, q).conj().imag
        with self.assertRaisesRegex(TypeError, "expected q without the negative bit"):
            rcm.attention_skip(negative, k, v, x, t, out=out)
        close(rt.attention_skip(negative, k, v, x, t), reference(-q, k, v, x, t))
        self.assertIs(rcm.attention_skip(q, k, v, x, t, out=x), x)
        for wrong in (q.clone().requires_grad_(), torch.nn.Parameter(q)):
            with self.assertRaisesRegex(TypeError, "expected q to export DLPack"):
                rcm.attention_skip(wrong, k, v, x, t, out=out)
        with self.assertRaisesRegex(TypeError, "expected t to export DLPack"):
            rcm.attention_skip(q, k, v, x, torch.tensor(0.5, requires_grad=True), out=out)
        with self.assertRaisesRegex(TypeError, "expected k to export DLPack"):
            rcm.attention_skip(q, k.to_sparse(), v, x, t, out=out)
        with self.assertRaisesRegex(TypeError, "expected q to export DLPack"):
            rcm.attention_skip(torch.float32, k, v, x, t, out=out)
        _, long_k, long_v, _ = inputs(keys=33)
        rcm.attention_skip(q, long_k, long_v, x, t, out=out)
        with self.assertRaisesRegex(ValueError, "expected out not to overlap v"):
            rcm.attention_skip(q, long_k, long_v, x, t, out=long_v)

    def test_gradient_and_other_kinds_are_refused(self):
        q, k, v, x = inputs()
        with self.assertRaisesRegex(TypeError, "expected q to export DLPack"):
            rcm.attention_skip(q.requires_grad_(), k, v, x, 0.5)
        with self.assertRaisesRegex(TypeError, "expected k to export DLPack"):
            rcm.attention_skip(q.detach(), k.to_sparse(), v, x, 0.5)
        with self.assertRaisesRegex(TypeError, "expected v to export DLPack"):
            rcm.attention_skip(q.detach(), k, v.to("meta"), x, 0.5)


class Operators(unittest.TestCase):
    def test_result(self):
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        close(rt.attention_skip(q, k, v, x, t), reference(q, k, v, x, t))
        close(rt.attention_skip(q, k, v, x, 0.7), reference(q, k, v, x, torch.tensor(0.7)))

    def test_mixed_types(self):
        q, k, v, x = inputs()
        out = rt.attention_skip(q, k, v.bfloat16(), x.bfloat16(), 0.5)
        self.assertEqual(out.dtype, torch.bfloat16)

    def test_opcheck(self):
        q, k, v, x = inputs()
        for layout, order in (("BHLD", (0, 1, 2, 3)), ("BLHD", (0, 2, 1, 3))):
            a = [tensor.permute(order) for tensor in (q, k, v, x)]
            arguments = (*a, torch.tensor([0.3, 1.2]), "edm", 1.0, None, False, layout, None)
            torch.library.opcheck(torch.ops.rcm.attention_skip.default, arguments)
            torch.library.opcheck(torch.ops.rcm.attention.default,
                                  (*a[:3], None, True, layout, None))

    def compiled(self, function, dynamic=None):
        """The function under torch.compile, and how often it was compiled."""
        from torch._dynamo.testing import CompileCounterWithBackend
        counter = CompileCounterWithBackend("aot_eager")
        return torch.compile(function, fullgraph=True, backend=counter, dynamic=dynamic), counter

    def test_compile_without_break(self):
        torch._dynamo.reset()
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        function, counter = self.compiled(lambda *a: rt.attention_skip(*a) * 2)
        close(function(q, k, v, x, t), rt.attention_skip(q, k, v, x, t) * 2)
        self.assertEqual(counter.frame_count, 1)
        number, _ = self.compiled(lambda *a: rt.attention_skip(*a, 0.7, causal=True))
        close(number(q, k, v, x), rt.attention_skip(q, k, v, x, 0.7, causal=True))

    def test_dynamic_shapes(self):
        torch._dynamo.reset()
        function, counter = self.compiled(lambda *a: rt.attention_skip(*a) + 1, dynamic=True)
        counts = []
        for rows, keys in ((33, 29), (40, 17), (7, 61)):
            q, k, v, x = inputs(rows=rows, keys=keys)
            t = torch.tensor([0.3, 1.2])
            close(function(q, k, v, x, t), reference(q, k, v, x, t) + 1)
            counts.append(counter.frame_count)
        # The first call may compile more than once; other lengths compile nothing.
        self.assertEqual(counts, counts[:1] * 3)

    def test_inductor_where_there_is_a_compiler(self):
        torch._dynamo.reset()
        q, k, v, x = inputs()
        function = torch.compile(lambda *a: rt.attention(*a).sin(), fullgraph=True)
        import torch._inductor.config as config
        try:
            # One kernel is not worth a pool of processes that compile.
            with config.patch(compile_threads=1):
                got = function(q, k, v)
        except torch._dynamo.exc.BackendCompilerFailed as error:
            self.skipTest(f"no compiler for inductor: {error}")
        close(got, sdpa(q, k, v).sin())

    def test_no_gradient_is_said(self):
        q, k, v, x = inputs()
        q.requires_grad_()
        with self.assertRaisesRegex(NotImplementedError, "rcm has no gradient yet"):
            rt.attention_skip(q, k, v, x, 0.5).sum().backward()
        with torch.no_grad():
            close(rt.attention_skip(q, k, v, x, 0.5), reference(q, k, v, x, torch.tensor(0.5)))

    def test_autocast(self):
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = rt.attention_skip(q, k, v, x, t)
            self.assertEqual(out.dtype, torch.float32)  # the residual's
            want = sdpa(q, k, v)
            got = rt.scaled_dot_product_attention(q, k, v)
        # bfloat16 keeps 8 bits; inputs and values are below 8.
        close(out, reference(q, k, v, x, t), 0.05)
        self.assertEqual(got.dtype, want.dtype)
        close(got, want, 0.05)
        function, _ = self.compiled(lambda *a: rt.attention(*a))
        torch._dynamo.reset()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            self.assertEqual(function(q, k, v).dtype, torch.bfloat16)

    def test_bad_input(self):
        q, k, v, x = inputs()
        with self.assertRaisesRegex(TypeError, "got torch.int64"):
            rt.attention_skip(q, k, v, x, torch.tensor([1, 2]))
        with self.assertRaisesRegex(ValueError, r"shape \(2,\)"):
            rt.attention_skip(q, k, v, x, torch.tensor([1.0]))
        with self.assertRaisesRegex(ValueError, "last dimension of k to be 16, got 8"):
            rt.attention_skip(q, k[..., :8], v, x, 0.5)
        with self.assertRaisesRegex(ValueError, "schedule to be one of"):
            rt.attention_skip(q, k, v, x, 0.5, schedule="sde")


class DropIns(unittest.TestCase):
    def test_scaled_dot_product_attention(self):
        q, k, v, _ = inputs()
        close(rt.scaled_dot_product_attention(q, k, v), sdpa(q, k, v))
        close(rt.ScaledDotProductAttention()(q, k, v, scale=0.3), sdpa(q, k, v, scale=0.3))
        square = inputs(rows=29)
        close(rt.scaled_dot_product_attention(*square[:3], is_causal=True),
              sdpa(*square[:3], is_causal=True))
        close(rt.scaled_dot_product_attention(q, k[:, :2], v[:, :2], enable_gqa=True),
              sdpa(q, k[:, :2].repeat_interleave(2, 1), v[:, :2].repeat_interleave(2, 1)))
        for keywords, text in (({"attn_mask": q}, "attn_mask"), ({"dropout_p": 0.1}, "dropout_p")):
            with self.assertRaisesRegex(NotImplementedError, f"expected.*{text}"):
                rt.scaled_dot_product_attention(q, k, v, **keywords)
        with self.assertRaisesRegex(ValueError, "enable_gqa"):
            rt.scaled_dot_product_attention(q, k[:, :2], v[:, :2])
        with self.assertRaisesRegex(NotImplementedError, "4 dimensions"):
            rt.scaled_dot_product_attention(q[0], k[0], v[0])

    def test_local_attention_in_a_model(self):
        """As TurboDiffusion swaps it: the attribute changes, the weights do not."""

        class Block(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.qkv = torch.nn.Linear(64, 192)
                self.local_attn = lambda q, k, v: sdpa(
                    *(a.transpose(1, 2) for a in (q, k, v.to(q.dtype)))).transpose(1, 2).to(v.dtype)

            def forward(self, x):
                q, k, v = self.qkv(x).unflatten(-1, (3, 4, 16)).unbind(2)
                # Rotary embeddings leave q and k in f32.
                return self.local_attn(q, k, v.bfloat16())

        torch.manual_seed(1)
        block, x = Block(), torch.randn(2, 33, 64)
        names = list(block.state_dict())
        with torch.no_grad():
            want = block(x)
            block.local_attn = rt.LocalAttention()
            got = block(x)
        self.assertEqual(list(block.state_dict()), names)
        self.assertEqual((got.shape, got.dtype), (want.shape, torch.bfloat16))
        close(got, want, 2 ** -7)  # one rounding to bfloat16 of values below 2


if __name__ == "__main__":
    unittest.main()
