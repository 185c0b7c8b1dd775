"""rcm.torch on the GPU: operators under torch.compile, autocast, drop-ins."""
import unittest

import torch

import rcm.torch as rt
from common import DEVICE, ON_GPU, TestCase, inputs, needs_gpu, relative_error, times

sdpa = torch.nn.functional.scaled_dot_product_attention


class Operators(TestCase):
    def test_result(self):
        for dtype in (torch.float32, torch.bfloat16):
            q, k, v, x = inputs(dtype)
            for t in (times(), 0.7):
                self.check_skip(rt.attention_skip(q, k, v, x, t), q, k, v, x, t)

    def test_opcheck(self):
        for dtype in (torch.float32, torch.bfloat16):
            q, k, v, x = inputs(dtype)
            torch.library.opcheck(torch.ops.rcm.attention_skip.default,
                                  (q, k, v, x, times(), "edm", 1.0, None, False, "BHLD", None))
            torch.library.opcheck(torch.ops.rcm.attention.default,
                                  (q, k, v, None, False, "BHLD", None))

    def compiled(self, function, dynamic=None, backend=None):
        """The function under torch.compile, and the counter of compilations."""
        from torch._dynamo.testing import CompileCounterWithBackend
        torch._dynamo.reset()
        counter = CompileCounterWithBackend(backend or ("inductor" if ON_GPU else "aot_eager"))
        return torch.compile(function, fullgraph=True, backend=counter, dynamic=dynamic), counter

    def test_compile_without_break(self):
        for dtype in (torch.float32, torch.bfloat16):
            q, k, v, x = inputs(dtype)
            function, counter = self.compiled(lambda *a: rt.attention_skip(*a) * 2)
            got = function(q, k, v, x, times())
            self.assertEqual(counter.frame_count, 1)
            self.check_skip(got / 2, q, k, v, x, times())

    def test_compile_with_a_number(self):
        q, k, v, x = inputs(torch.bfloat16)
        function, _ = self.compiled(lambda *a: rt.attention_skip(*a, 0.7))
        self.check_skip(function(q, k, v, x), q, k, v, x, 0.7)

    def test_dynamic_shapes(self):
        function, counter = self.compiled(lambda *a: rt.attention_skip(*a) + 1, dynamic=True)
        counts = []
        for rows, keys in ((200, 333), (257, 64), (31, 1025), (512, 129)):
            q, k, v, x = inputs(torch.bfloat16, rows, keys)
            function(q, k, v, x, times())
            got = rt.attention_skip(q, k, v, x, times())
            self.check_skip(got, q, k, v, x, times())
            error = relative_error(function(q, k, v, x, times()), got.double() + 1)
            self.assertLessEqual(error, 3e-3)
            counts.append(counter.frame_count)
        # The first call may compile more than once; other lengths compile nothing.
        self.assertEqual(counts, counts[:1] * 4)

    @needs_gpu
    def test_compile_with_cuda_graphs(self):
        """mode="reduce-overhead" captures the calls itself."""
        torch._dynamo.reset()
        q, k, v, x = inputs(torch.bfloat16)
        function = torch.compile(lambda *a: rt.attention_skip(*a).mul(2), fullgraph=True,
                                 mode="reduce-overhead")
        for seed in range(3, 8):
            a = inputs(torch.bfloat16, seed=seed)
            torch.compiler.cudagraph_mark_step_begin()
            with torch.no_grad():
                got = function(*a, times()).clone()
            self.check_skip(got / 2, *a, times())

    def test_autocast(self):
        q, k, v, x = inputs()
        narrow = [torch.bfloat16, torch.float16] if ON_GPU else [torch.bfloat16]
        for dtype in narrow:
            with torch.autocast(DEVICE, dtype=dtype):
                out = rt.attention_skip(q, k, v, x, times())
                alone = rt.scaled_dot_product_attention(q, k, v, enable_gqa=True)
            self.assertEqual((out.dtype, alone.dtype), (torch.float32, dtype))
            cast = [a.to(dtype) for a in (q, k, v)]
            self.check_skip(out, *cast, x, times())
            self.check_attention(alone, *cast)
        function, _ = self.compiled(lambda *a: rt.attention(*a))
        with torch.autocast(DEVICE, dtype=torch.bfloat16):
            self.assertEqual(function(q, k, v).dtype, torch.bfloat16)

    def test_no_gradient_is_said(self):
        q, k, v, x = inputs()
        q.requires_grad_()
        with self.assertRaisesRegex(NotImplementedError, "rcm has no gradient yet"):
            rt.attention_skip(q, k, v, x, 0.5).sum().backward()

    @needs_gpu
    def test_bad_input(self):
        q, k, v, x = inputs()
        with self.assertRaisesRegex(ValueError, "expected k on the device of q, cuda 0, got .*cpu"):
            rt.attention_skip(q, k.cpu(), v, x, times())
        with self.assertRaisesRegex(ValueError, "expected t on the device of q, cuda 0, got .*cpu"):
            rt.attention_skip(q, k, v, x, times().cpu())
        with self.assertRaisesRegex(ValueError, r"shape \(2,\), got \(1,\)"):
            rt.attention_skip(q, k, v, x, times([0.3]))
        with self.assertRaisesRegex(ValueError, "expected recipe to be one of"):
            rt.attention_skip(q, k, v, x, times(), recipe="int3")


class DropIns(TestCase):
    def test_scaled_dot_product_attention(self):
        """Beside PyTorch's, which rounds probabilities to the operands' type."""
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            q, k, v, _ = inputs(dtype)
            got = rt.scaled_dot_product_attention(q, k, v, enable_gqa=True)
            self.assertEqual(got.dtype, dtype)
            self.check_attention(got, q, k, v)
        q, k, v, _ = inputs(torch.bfloat16)
        got = rt.scaled_dot_product_attention(q, k, v, enable_gqa=True, recipe="bf16")
        self.check_attention(got, q, k, v, "bf16")
        wide = [a.repeat_interleave(a.shape[1] == 2 and 2 or 1, 1) for a in (q, k, v)]
        self.assertLessEqual(relative_error(got, sdpa(*wide).double()), 1e-2)
        square = inputs(torch.bfloat16, rows=333)[:3]
        got = rt.scaled_dot_product_attention(*square, is_causal=True, enable_gqa=True)
        self.check_attention(got, *square, causal=True)
        q, k, v, _ = inputs()
        got = rt.ScaledDotProductAttention()(q, k, v, scale=0.3, enable_gqa=True)
        self.check_attention(got, q, k, v, scale=0.3)

    def test_transposed_projections(self):
        """What models pass: views of [B, L, H, D]."""
        q, k, v, _ = (a.transpose(1, 2).contiguous().transpose(1, 2)
                      for a in inputs(torch.bfloat16))
        got = rt.scaled_dot_product_attention(q, k, v, enable_gqa=True)
        self.check_attention(got, q, k, v)

    def local(self, attention, dtypes, packed, recipe=None):
        q, k, v, _ = inputs(torch.float32, kv_heads=4, rows=333)
        q, k, v = (a.transpose(1, 2).to(dtype) for a, dtype in zip((q, k, v), dtypes))
        if packed:  # rows of one projection of all three
            q, k, v = (torch.stack((a, a, a), 2)[:, :, 1] for a in (q, k, v))
        else:
            q, k, v = (a.contiguous() for a in (q, k, v))
        got = attention(q, k, v)
        self.assertEqual((got.shape, got.dtype), (q.shape, v.dtype))
        self.check_attention(got.transpose(1, 2), *(a.transpose(1, 2) for a in (q, k, v)), recipe)

    def test_local_attention(self):
        same, mixed = (torch.bfloat16,) * 3, (torch.float32, torch.float32, torch.bfloat16)
        for packed in (False, True):
            for dtypes, recipe in ((same, None), (mixed, None), (mixed, "int8-e4m3")):
                with self.subTest(dtypes=dtypes, packed=packed, recipe=recipe):
                    self.local(rt.LocalAttention(recipe=recipe), dtypes, packed, recipe)

    def block(self):
        class Block(torch.nn.Module):
            """As in Wan: projections, then q and k in f32 after rotary embeddings."""

            def __init__(self):
                super().__init__()
                self.qkv = torch.nn.Linear(256, 768)
                self.o = torch.nn.Linear(256, 256)
                self.local_attn = lambda q, k, v: sdpa(
                    *(a.transpose(1, 2).to(v.dtype) for a in (q, k, v))).transpose(1, 2)

            def forward(self, x):
                q, k, v = self.qkv(x).unflatten(-1, (3, 4, 64)).unbind(2)
                return self.o(self.local_attn(q.float(), k.float(), v).flatten(2))

        torch.manual_seed(1)
        return Block().to(DEVICE, torch.bfloat16)

    def test_local_attention_in_a_model(self):
        """The attribute changes, the weights do not; eagerly and compiled."""
        block = self.block()
        x = torch.randn(2, 333, 256, device=DEVICE, dtype=torch.bfloat16)
        names = list(block.state_dict())
        with torch.no_grad():
            want = block(x).double()
            block.local_attn = rt.LocalAttention()
            self.assertEqual(list(block.state_dict()), names)
            got = block(x)
            self.assertEqual(got.dtype, torch.bfloat16)
            self.assertLessEqual(relative_error(got, want), 2e-2)
            torch._dynamo.reset()
            function = torch.compile(block, fullgraph=True,
                                     backend="inductor" if ON_GPU else "aot_eager")
            self.assertLessEqual(relative_error(function(x), want), 2e-2)


if __name__ == "__main__":
    unittest.main()
