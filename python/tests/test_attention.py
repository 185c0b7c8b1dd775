"""Results of rcm.attention_skip on the CPU against NumPy in f64."""
import array
import unittest

import numpy as np

import rcm

# From 2.1 on NumPy exports DLPack 1.
NUMPY_VERSIONS_DLPACK = tuple(map(int, np.__version__.split(".")[:2])) >= (2, 1)
# Documented bound of the f32 path on N(0, 1) data; f16 and bf16 outputs add
# half a unit in the last place of values below 8.
BOUNDS = {"f4": 1e-5, "f8": 1e-12, "f2": 4e-3}


def reference(q, k, v, x, t, scale=None, causal=False, schedule="edm", s=1.0):
    q, k, v, x = (a.astype("f8") for a in (q, k, v, x))
    group = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, group, 1), np.repeat(v, group, 1)
    scores = (q @ k.swapaxes(2, 3)) * (scale or q.shape[-1] ** -0.5)
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    if k.shape[2]:
        p = np.exp(scores - scores.max(-1, keepdims=True))
        o = p / p.sum(-1, keepdims=True) @ v
    else:
        o = np.zeros(q.shape[:-1] + v.shape[-1:])
    t = np.asarray(t, "f8")
    t = t.reshape(-1, 1, 1, 1) if t.ndim else t
    if schedule == "edm":
        return s * s / (t * t + s * s) * x + s * t / np.sqrt(s * s + t * t) * o
    if schedule == "trigflow":
        return np.cos(t) * x - s * np.sin(t) * o
    return (x - np.sin(t) * o) / (np.cos(t) + np.sin(t))


def draw(seed, *shape, dtype="f4"):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def inputs(b=2, h=4, m=33, n=29, d=16, dv=16, kv=None, dtype="f4"):
    kv = kv or h
    return (draw(1, b, h, m, d, dtype=dtype), draw(2, b, kv, n, d, dtype=dtype),
            draw(3, b, kv, n, dv, dtype=dtype), draw(4, b, h, m, dv, dtype=dtype))


def rows_first(a):
    return np.ascontiguousarray(a.swapaxes(1, 2))


class Results(unittest.TestCase):
    def check(self, got, want, bound=1e-5):
        self.assertIsInstance(got, np.ndarray)
        self.assertEqual(got.shape, want.shape)
        self.assertTrue(np.isfinite(got).all())
        self.assertLess(np.abs(got.astype("f8") - want).max(), bound)

    def test_schedules_and_times(self):
        q, k, v, x = inputs()
        for schedule in ("edm", "trigflow", "rectified_flow_trigflow"):
            for t in (0.7, np.float32([0.3, 1.1]), np.float64([0.2, 0.9])):
                with self.subTest(schedule=schedule, t=t):
                    self.check(rcm.attention_skip(q, k, v, x, t, schedule=schedule),
                               reference(q, k, v, x, t, schedule=schedule))

    def test_schedules_in_python_are_those_of_the_compiler(self):
        from rcm import _modules
        kernels = {}
        for schedule in _modules.SCHEDULES:
            kernels[schedule] = rcm.compile(
                "func.func @f(%t: f64) -> (f64, f64) {\n %a, %b = rcm.skip_coefficients "
                f"{schedule} ins(%t : f64) -> f64, f64\n return %a, %b : f64, f64\n}}")
        for schedule, kernel in kernels.items():
            for t in (0.0, -0.0, 0.3, -1.7, 1e-300, 1e300, -1e19, np.inf, -np.inf, np.nan):
                got = _modules.evaluate_schedule(schedule, t, 1.0)
                np.testing.assert_allclose(got, kernel(t), rtol=1e-14, err_msg=f"{schedule} {t}")
        self.assertEqual(_modules.evaluate_schedule("edm", -np.inf, 0.5), (0.0, -0.5))

    def test_time_zero_is_the_residual(self):
        q, k, v, x = inputs()
        self.assertTrue(np.array_equal(rcm.attention_skip(q, k, v, x, 0.0), x))

    def test_causal_scale_sigma(self):
        q, k, v, x = inputs()
        self.check(rcm.attention_skip(q, k, v, x, 0.5, causal=True, scale=0.3, sigma_data=0.5),
                   reference(q, k, v, x, 0.5, 0.3, True, s=0.5))

    def test_small_and_large_numbers(self):
        q, k, v, x = inputs()
        for scale, s in ((1e-5, 1e-6), (1e-300, 1e16), (0.0, 1e22), (-0.25, 1.0)):
            got = rcm.attention_skip(q, k, v, x, 0.5, scale=scale, sigma_data=s)
            # With scale 0 all keys count alike, as with a tiny one.
            self.check(got, reference(q, k, v, x, 0.5, scale or 1e-300, s=s))

    def test_grouped_queries_and_other_value_dimension(self):
        q, k, v, x = inputs(kv=2, dv=24)
        self.check(rcm.attention_skip(q, k, v, x, 0.5), reference(q, k, v, x, 0.5))

    def test_rows_before_heads(self):
        q, k, v, x = inputs()
        got = rcm.attention_skip(*map(rows_first, (q, k, v, x)), 0.5, layout="BLHD")
        self.check(rows_first(got), reference(q, k, v, x, 0.5))

    def test_strides_are_not_copied(self):
        q, k, v, x = inputs(m=40)
        views = q[:, :, ::-2], k[:, :, ::3], v[:, :, ::3], rows_first(x).swapaxes(1, 2)[:, :, ::2]
        out = np.full((2, 4, 20, 32), np.nan, "f4")
        rcm.attention_skip(*views, 0.5, out=out[..., ::2])
        self.check(np.ascontiguousarray(out[..., ::2]), reference(*views, 0.5))
        self.assertTrue(np.isnan(out[..., 1::2]).all())

    def test_in_place_of_the_residual(self):
        q, k, v, x = inputs()
        want = reference(q, k, v, x, 0.5)
        self.assertIs(rcm.attention_skip(q, k, v, x, 0.5, out=x), x)
        self.check(x, want)

    def test_types(self):
        for dtype, bound in BOUNDS.items():
            q, k, v, x = inputs(dtype=dtype)
            got = rcm.attention_skip(q, k, v, x, 0.5)
            self.assertEqual(got.dtype, q.dtype)
            self.check(got, reference(q, k, v, x, 0.5), bound)

    def test_no_keys(self):
        q, k, v, x = inputs(n=0)
        self.check(rcm.attention_skip(q, k, v, x, 0.5), reference(q, k, v, x, 0.5))

    def test_attention_alone(self):
        q, k, v, x = inputs()
        zero = np.zeros_like(x)
        want = reference(q, k, v, zero, 1.0) * np.sqrt(2.0)
        self.check(rcm.attention(q, k, v), want)

    def test_buffer_protocol(self):
        q, k, v, x = inputs(1, 1, 3, 3, 4, 4)
        wrap = lambda a: memoryview(array.array("f", a.ravel())).cast("B").cast("f", a.shape)
        got = rcm.attention_skip(*map(wrap, (q, k, v, x)), 0.5)
        self.assertIsInstance(got, memoryview)  # of the caller's kind
        self.check(np.asarray(got), reference(q, k, v, x, 0.5))
        # Memory that may only be read is read where it is.
        fixed = lambda a: memoryview(a.tobytes()).cast("f", a.shape)
        out = np.empty_like(x)
        rcm.attention_skip(*map(fixed, (q, k, v, x)), 0.5, out=out)
        self.check(out, reference(q, k, v, x, 0.5))

    def test_dlpack_objects(self):
        """A library that only speaks DLPack, of the old kind and of version 1."""
        class Exporter:
            def __init__(self, array, versions):
                self.array, self.versions = array, versions

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

            def __dlpack__(self, *, stream=None, max_version=None):
                if max_version is not None and not self.versions:
                    raise TypeError("unexpected keyword max_version")
                named = {"max_version": max_version} if NUMPY_VERSIONS_DLPACK else {}
                return self.array.__dlpack__(**named)

        q, k, v, x = inputs()
        for versions in (False, True):
            wrapped = [Exporter(a[:, ::-1], versions) for a in (q, k, v, x)]
            out = np.empty_like(x)
            rcm.attention_skip(*wrapped, 0.5, out=out)
            self.check(out[:, ::-1], reference(q, k, v, x, 0.5))


class Compile(unittest.TestCase):
    TEXT = """
      func.func @negate(%a: tensor<?xf32>, %n: i64) -> (tensor<?xf32>, i64) {
        %0 = linalg.map { arith.negf } ins(%a : tensor<?xf32>) outs(%a : tensor<?xf32>)
        return %0, %n : tensor<?xf32>, i64
      }
    """

    def test_function(self):
        kernel = rcm.compile(self.TEXT)
        self.assertEqual(kernel.name, "negate")
        self.assertEqual([p.name for p in kernel.parameters], ["a", "n"])
        array_, number = kernel(np.arange(5, dtype="f4"), 7)
        self.assertEqual(array_.tolist(), [-0.0, -1.0, -2.0, -3.0, -4.0])
        self.assertEqual(number, 7)

    def test_results_do_not_change_later(self):
        kernel = rcm.compile(self.TEXT)
        first, _ = kernel(np.float32([1, 2]), 0)
        kernel(np.float32([3, 4]), 0)
        self.assertEqual(first.tolist(), [-1.0, -2.0])


if __name__ == "__main__":
    unittest.main()
