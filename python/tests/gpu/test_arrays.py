"""rcm.attention_skip on arrays in the memory of a GPU: PyTorch, CuPy, JAX, and
NumPy where it is refused."""
import unittest

import numpy as np
import torch

import rcm
from common import DEVICE, ON_GPU, TestCase, inputs, needs_gpu, times


class Torch(TestCase):
    def test_every_recipe(self):
        for dtype, recipes in ((torch.bfloat16, (None, "int8-e4m3", "bf16", "none")),
                               (torch.float16, (None, "f16")), (torch.float32, (None,))):
            for recipe in recipes:
                with self.subTest(dtype=dtype, recipe=recipe):
                    q, k, v, x = inputs(dtype)
                    got = rcm.attention_skip(q, k, v, x, times(), recipe=recipe)
                    self.assertEqual((got.dtype, got.device), (dtype, x.device))
                    self.check_skip(got, q, k, v, x, times(), recipe)

    def test_head_dimension_128(self):
        q, k, v, x = inputs(torch.bfloat16, dim=128, rows=1000, keys=777)
        for recipe in (None, "int8-e4m3"):
            self.check_skip(rcm.attention_skip(q, k, v, x, times(), recipe=recipe), q, k, v, x,
                            times(), recipe)

    def test_batches_heads_and_lengths_share_a_kernel(self):
        for batch, heads, kv_heads, rows, keys in ((1, 1, 1, 1, 1), (3, 6, 3, 129, 65),
                                                   (1, 8, 1, 64, 1025)):
            q, k, v, x = inputs(torch.bfloat16, rows, keys, heads=heads, kv_heads=kv_heads,
                                batch=batch)
            t = times([0.1 + 0.4 * i for i in range(batch)])
            self.check_skip(rcm.attention_skip(q, k, v, x, t), q, k, v, x, t)

    def test_no_key_leaves_the_residual(self):
        q, k, v, x = inputs(torch.float32, keys=0)
        got = rcm.attention_skip(q, k, v, x, times())
        torch.testing.assert_close(got, x / (times() ** 2 + 1).view(-1, 1, 1, 1))

    def test_time(self):
        """A number, NumPy's too, one element on the GPU, one per batch element."""
        q, k, v, x = inputs()
        for t in (0.7, np.float64(0.7), np.array(0.7), torch.tensor(0.7)):
            self.check_skip(rcm.attention_skip(q, k, v, x, t), q, k, v, x, 0.7)
        zero = torch.tensor(0.7, device=DEVICE)
        self.check_skip(rcm.attention_skip(q, k, v, x, zero), q, k, v, x, zero)
        q, k, v, x = inputs(torch.bfloat16)
        self.check_skip(rcm.attention_skip(q, k, v, x, 0.7), q, k, v, x, 0.7)

    def test_schedules(self):
        q, k, v, x = inputs()
        for schedule in ("edm", "trigflow", "rectified_flow_trigflow"):
            for t in (0.4, times()):
                got = rcm.attention_skip(q, k, v, x, t, schedule=schedule)
                self.check_skip(got, q, k, v, x, t, schedule=schedule)

    def test_any_strides_without_copies(self):
        for dtype in (torch.float32, torch.bfloat16):
            q, k, v, x = inputs(dtype)
            packed = torch.cat((k, v), -1)
            k, v = packed[..., :64], packed[..., 64:]
            x = x.transpose(0, 2).contiguous().transpose(0, 2)
            out = torch.full((*x.shape[:3], 128), float("nan"), dtype=dtype, device=DEVICE)
            got = rcm.attention_skip(q, k, v, x, times(), out=out[..., ::2])
            self.assertEqual(got.data_ptr(), out.data_ptr())
            self.check_skip(got, q, k, v, x, times())
            self.assertTrue(out[..., 1::2].isnan().all().item())

    def test_rows_before_heads(self):
        q, k, v, x = inputs(torch.bfloat16)
        rows = [a.transpose(1, 2).contiguous() for a in (q, k, v, x)]
        got = rcm.attention_skip(*rows, times(), layout="BLHD")
        self.check_skip(got.transpose(1, 2), q, k, v, x, times())

    def test_causal(self):
        q, k, v, x = inputs(torch.bfloat16)
        got = rcm.attention_skip(q, k, v, x, times(), causal=True)
        self.check_skip(got, q, k, v, x, times(), causal=True)

    def test_in_place(self):
        q, k, v, x = inputs(torch.bfloat16)
        before = x.clone()
        got = rcm.attention_skip(q, k, v, x, times(), out=x)
        self.assertIs(got, x)
        self.check_skip(x, q, k, v, before, times())

    def test_equal_bits_every_time(self):
        q, k, v, x = inputs(torch.bfloat16)
        first = rcm.attention_skip(q, k, v, x, times())
        for _ in range(50):
            self.assertTrue(torch.equal(first, rcm.attention_skip(q, k, v, x, times())))


@needs_gpu
class Devices(TestCase):
    """Arrays that are not all on the GPU of q."""

    def test_wrong_devices(self):
        q, k, v, x = inputs()
        host = [a.cpu() for a in (q, k, v, x)]
        for wrong, arguments in (("k", (q, host[1], v, x)), ("v", (q, k, host[2], x)),
                                 ("x", (q, k, v, host[3])), ("v", (q, k, host[2].numpy(), x))):
            with self.assertRaisesRegex(ValueError, f"expected {wrong} on the device of q, "
                                        "cuda 0, got .* on cpu 0$"):
                rcm.attention_skip(*arguments, times())
        for t in (times().cpu(), times().cpu().numpy()):
            with self.assertRaisesRegex(ValueError, "expected t on the device of q, cuda 0, got "
                                        ".* on cpu 0$"):
                rcm.attention_skip(q, k, v, x, t)
        with self.assertRaisesRegex(ValueError, "expected out on the device of q"):
            rcm.attention_skip(q, k, v, x, times(), out=torch.empty_like(host[3]))
        with self.assertRaisesRegex(ValueError, "expected k on the device of q, cpu 0, got .* on "
                                    "cuda 0$"):
            rcm.attention_skip(host[0], k, v, x, 0.5)

    @unittest.skipUnless(ON_GPU and torch.cuda.device_count() > 1, "one GPU only")
    def test_second_gpu(self):
        q, k, v, x = inputs(device="cuda:1")
        with self.assertRaisesRegex(ValueError, "expected x on the device of q, cuda 1, got .* 0$"):
            rcm.attention_skip(q, k, v, x.to("cuda:0"), 0.5)
        got = rcm.attention_skip(q, k, v, x, 0.5)
        self.check_skip(got.to(DEVICE), *(a.to(DEVICE) for a in (q, k, v, x)), 0.5)

    def test_numpy_needs_the_compiler(self):
        """Arrays of the host run on the CPU, whose kernels are compiled."""
        arrays = [a.cpu().numpy() for a in inputs()]
        try:
            got = rcm.attention_skip(*arrays, 0.7)
        except rcm.LibraryError as error:
            self.assertRegex(str(error), "^expected the compiler library libRCMCompiler.so")
        else:
            self.assertIsInstance(got, np.ndarray)
            self.check_skip(torch.from_numpy(got).cuda(), *inputs(), 0.7)

    def test_other_errors(self):
        q, k, v, x = inputs()
        for t, text in ((times([0.3]), r"shape \(2,\), got \(1,\)"),
                        (times([0.1] * 3), r"shape \(2,\), got \(3,\)")):
            with self.assertRaisesRegex(ValueError, text):
                rcm.attention_skip(q, k, v, x, t)
        with self.assertRaisesRegex(TypeError, "expected t to be of type float32 or float64"):
            rcm.attention_skip(q, k, v, x, torch.ones(2, dtype=torch.int64, device=DEVICE))
        with self.assertRaisesRegex(ValueError, "expected out not to overlap q"):
            rcm.attention_skip(q, q, q, x, times(), out=q)
        with self.assertRaisesRegex(ValueError, "expected batch of k to be 2, got 1"):
            rcm.attention_skip(q, k[:1], v, x, times())
        with self.assertRaisesRegex(TypeError, "expected q to be of type .*, got int32"):
            rcm.attention_skip(q.int(), k, v, x, times())

    def test_kernel_that_is_not_there(self):
        """Without a compiler: one error that names it."""
        from rcm import _libraries
        if _libraries.compiler.identity() is not None:
            self.skipTest("there is a compiler")
        q, k, v, x = inputs(dim=72)
        with self.assertRaisesRegex(rcm.LibraryError, "expected the compiler library"):
            rcm.attention_skip(q, k, v, x, 0.5)


@needs_gpu
class CuPy(TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import cupy
        except ImportError:
            raise unittest.SkipTest("no CuPy")
        cls.cupy = cupy

    def arrays(self, dtype):
        return [self.cupy.from_dlpack(a) for a in inputs(dtype)]

    def test_arrays_in_arrays_out(self):
        for dtype in (torch.float32, torch.float16):
            q, k, v, x = self.arrays(dtype)
            for t in (0.7, self.cupy.asarray([0.3, 1.2], "f4")):
                if dtype == torch.float16 and isinstance(t, float):
                    continue
                got = rcm.attention_skip(q, k, v, x, t)
                self.assertIsInstance(got, self.cupy.ndarray)
                self.assertEqual(got.dtype, x.dtype)
                want_t = t if isinstance(t, float) else torch.from_dlpack(t)
                self.check_skip(torch.from_dlpack(got), *inputs(dtype), want_t)

    def test_strides_and_out(self):
        q, k, v, x = self.arrays(torch.float32)
        out = self.cupy.zeros((*x.shape[:3], 128), "f4")
        rcm.attention_skip(q, k, v, x, self.cupy.asarray([0.3, 1.2], "f4"), out=out[..., ::2])
        self.check_skip(torch.from_dlpack(out)[..., ::2], *inputs(), times())
        self.assertFalse(bool(out[..., 1::2].any()))

    def test_stream(self):
        q, k, v, x = self.arrays(torch.float32)
        t = self.cupy.asarray([0.3, 1.2], "f4")
        self.cupy.cuda.get_current_stream().synchronize()
        stream = self.cupy.cuda.Stream(non_blocking=True)
        with stream:
            shifted = q * 2
            got = rcm.attention_skip(shifted, k, v, x, t)
            done = got + 0
        stream.synchronize()
        qt, kt, vt, xt = inputs()
        self.check_skip(torch.from_dlpack(done), qt * 2, kt, vt, xt, times())


@needs_gpu
class JAX(TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import jax
            cls.device = jax.devices("gpu")[0]
        except (ImportError, RuntimeError) as error:
            raise unittest.SkipTest(f"no JAX for a GPU: {str(error)[:80]}")
        cls.jax = jax

    def test_into_a_tensor(self):
        numpy = self.jax.numpy
        for dtype, kind in ((torch.float32, numpy.float32), (torch.bfloat16, numpy.bfloat16)):
            tensors = inputs(dtype)
            q, k, v, x = (self.jax.device_put(a.float().cpu().numpy(), self.device).astype(kind)
                          for a in tensors)
            t = self.jax.device_put(np.float32([0.3, 1.2]), self.device)
            out = torch.empty_like(tensors[3])
            self.assertIs(rcm.attention_skip(q, k, v, x, t, out=out), out)
            self.check_skip(out, *tensors, times())

    def test_result_needs_out(self):
        q, k, v, x = (self.jax.device_put(a.cpu().numpy(), self.device) for a in inputs())
        with self.assertRaisesRegex(ValueError, "expected JAX arrays on the CPU, or out="):
            rcm.attention_skip(q, k, v, x, 0.5)
        with self.assertRaisesRegex(ValueError, "expected out to be writable"):
            rcm.attention_skip(q, k, v, x, 0.5, out=self.jax.numpy.zeros_like(x))


if __name__ == "__main__":
    unittest.main()
