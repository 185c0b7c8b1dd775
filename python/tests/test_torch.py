"""The PyTorch operators on the CPU. Skipped where PyTorch is not installed."""
import unittest

try:
    import torch
except ImportError:
    raise unittest.SkipTest("no PyTorch")

import rcm.torch as rt


def inputs(dtype=torch.float32):
    torch.manual_seed(3)
    return [torch.randn(2, 4, n, 16).to(dtype) for n in (33, 29, 29, 33)]


def reference(q, k, v, x, t):
    o = torch.nn.functional.scaled_dot_product_attention(q.double(), k.double(), v.double())
    t = t.double().reshape(-1, 1, 1, 1)
    return x.double() / (t * t + 1) + t / (t * t + 1).sqrt() * o


class Operators(unittest.TestCase):
    def test_result(self):
        q, k, v, x = inputs()
        t = torch.tensor([0.3, 1.2])
        torch.testing.assert_close(rt.attention_skip(q, k, v, x, t).double(),
                                   reference(q, k, v, x, t), rtol=0, atol=1e-5)

    def test_mixed_types(self):
        q, k, v, x = inputs()
        out = rt.attention_skip(q, k, v.bfloat16(), x.bfloat16(), 0.5)
        self.assertEqual(out.dtype, torch.bfloat16)

    def test_opcheck(self):
        q, k, v, x = inputs()
        arguments = (q, k, v, x, torch.tensor([0.3, 1.2]), "edm", 1.0, None, False, "BHLD", None)
        torch.library.opcheck(torch.ops.rcm.attention_skip.default, arguments)
        torch.library.opcheck(torch.ops.rcm.attention.default, (q, k, v, None, False, "BHLD", None))

    def test_compile_without_break(self):
        q, k, v, x = inputs()
        function = torch.compile(lambda *a: rt.attention_skip(*a) * 2, fullgraph=True,
                                 backend="aot_eager")
        t = torch.tensor([0.3, 1.2])
        torch.testing.assert_close(function(q, k, v, x, t), rt.attention_skip(q, k, v, x, t) * 2)

    def test_no_gradient_is_said(self):
        q, k, v, x = inputs()
        q.requires_grad_()
        with self.assertRaisesRegex(NotImplementedError, "no gradient yet"):
            rt.attention_skip(q, k, v, x, 0.5).sum().backward()

    def test_drop_in_modules(self):
        q, k, v, _ = inputs()
        want = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        torch.testing.assert_close(rt.scaled_dot_product_attention(q, k, v), want,
                                   rtol=0, atol=1e-5)
        module = rt.LocalAttention()
        self.assertEqual(len(module.state_dict()), 0)
        got = module(*(a.transpose(1, 2) for a in (q, k, v))).transpose(1, 2)
        torch.testing.assert_close(got, want, rtol=0, atol=1e-5)

    def test_bad_time(self):
        q, k, v, x = inputs()
        with self.assertRaisesRegex(TypeError, "got torch.int64"):
            rt.attention_skip(q, k, v, x, torch.tensor([1, 2]))
        with self.assertRaisesRegex(ValueError, r"shape \(2,\)"):
            rt.attention_skip(q, k, v, x, torch.tensor([1.0]))


if __name__ == "__main__":
    unittest.main()
