"""JAX arrays on the CPU. Skipped where JAX is not installed."""
import unittest

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    raise unittest.SkipTest("no JAX")

import numpy as np

import rcm


class Arrays(unittest.TestCase):
    def inputs(self, dtype=jnp.float32):
        keys = jax.random.split(jax.random.PRNGKey(3), 4)
        return [jax.random.normal(key, (2, 4, rows, 16), dtype)
                for key, rows in zip(keys, (33, 29, 29, 33))]

    def reference(self, q, k, v, x, t):
        o = jax.nn.softmax(jnp.einsum("bhmk,bhnk->bhmn", q, k) / 4, axis=-1)
        o = jnp.einsum("bhmn,bhnd->bhmd", o, v)
        t = jnp.asarray(t).reshape(-1, 1, 1, 1)
        return x / (t * t + 1) + t / jnp.sqrt(t * t + 1) * o

    def test_arrays_in_arrays_out(self):
        q, k, v, x = self.inputs()
        t = jnp.asarray([0.3, 1.2], jnp.float32)
        got = rcm.attention_skip(q, k, v, x, t)
        self.assertIsInstance(got, jax.Array)
        np.testing.assert_allclose(got, self.reference(q, k, v, x, t), rtol=0, atol=2e-5)

    def test_bfloat16(self):
        q, k, v, x = self.inputs(jnp.bfloat16)
        got = rcm.attention_skip(q, k, v, x, 0.5)
        self.assertEqual(got.dtype, jnp.bfloat16)
        wide = [a.astype(jnp.float32) for a in (q, k, v, x)]
        # One rounding to 8 bits of values below 4.
        np.testing.assert_allclose(got.astype(jnp.float32), self.reference(*wide, [0.5]), rtol=0,
                                   atol=2 ** -7)

    def test_read_only(self):
        q, k, v, x = self.inputs()
        with self.assertRaisesRegex(ValueError, "expected out to be writable"):
            rcm.attention_skip(q, k, v, x, 0.5, out=jnp.zeros_like(x))
        out = np.zeros(x.shape, "f4")
        rcm.attention_skip(q, k, v, x, 0.5, out=out)
        np.testing.assert_allclose(out, self.reference(q, k, v, x, [0.5]), rtol=0, atol=2e-5)


if __name__ == "__main__":
    unittest.main()
