"""Repeated calls take a short way: the results are those of the long way, and
whatever the long way refuses is still refused after a call that was right."""
import threading
import unittest
from unittest import mock

import numpy as np

import rcm
from rcm import _attention, _calls

from test_attention import draw, inputs, reference


class LongWay:
    """Counts the calls that were checked and packed in full."""

    def __enter__(self):
        self._patch = mock.patch.object(_attention, "_run", wraps=_attention._run)
        self._mock = self._patch.__enter__()
        return self

    def __exit__(self, *arguments):
        self._patch.__exit__(*arguments)

    @property
    def count(self):
        return self._mock.call_count


def close(got, want, bound=1e-5):
    np.testing.assert_allclose(got, want, rtol=0, atol=bound)


class Repeated(unittest.TestCase):
    def setUp(self):
        _attention._plans.clear()
        self.q, self.k, self.v, self.x = inputs()
        self.t = np.float32([0.3, 1.2])
        self.out = np.empty_like(self.x)

    def call(self, t=None, **named):
        return rcm.attention_skip(self.q, self.k, self.v, self.x,
                                  self.t if t is None else t, **named)

    def test_other_data_same_kind(self):
        with LongWay() as long_way:
            for seed in range(4):
                self.q, self.x = draw(10 + seed, 2, 4, 33, 16), draw(20 + seed, 2, 4, 33, 16)
                self.t = np.float32([0.1 * seed, 1.0])
                want = reference(self.q, self.k, self.v, self.x, self.t)
                close(self.call(), want)
                self.assertIs(self.call(out=self.out), self.out)
                close(self.out, want)
        self.assertEqual(long_way.count, 2)  # with out and without

    def test_numbers(self):
        with LongWay() as long_way:
            for t in (0.3, 1.2, -0.5):
                for given in (t, np.array(t), np.array(t, "f4")):
                    close(self.call(given), reference(self.q, self.k, self.v, self.x, t))
        self.assertEqual(long_way.count, 3)  # a float, f64 and f32

    def test_every_option_counts(self):
        options = [{}, {"causal": True}, {"scale": 0.5}, {"schedule": "trigflow"},
                   {"sigma_data": 0.5}]
        names = {"sigma_data": "s"}
        with LongWay() as long_way:
            for _ in range(3):
                for named in options:
                    want = reference(self.q, self.k, self.v, self.x, self.t,
                                     **{names.get(n, n): value for n, value in named.items()})
                    close(self.call(**named), want)
        self.assertEqual(long_way.count, len(options))

    def test_every_property_counts(self):
        """Sizes, strides and types that were not seen before are checked."""
        self.call(out=self.out)
        wide = np.repeat(self.k, 2, axis=3)[..., ::2]
        half = self.v.astype("f2")
        short = self.k[:, :, :20], self.v[:, :, :20]
        for k, v in ((wide, self.v), (self.k, half), short):
            for _ in range(2):
                got = rcm.attention_skip(self.q, k, v, self.x, self.t, out=self.out)
                close(got, reference(self.q, k, v, self.x, self.t), 2e-3)

    def test_attention(self):
        with LongWay() as long_way:
            for _ in range(3):
                want = reference(self.q, self.k, self.v, self.x, -np.pi / 2, schedule="trigflow")
                close(rcm.attention(self.q, self.k, self.v), want)
        self.assertEqual(long_way.count, 1)

    def test_in_place_of_the_residual(self):
        for _ in range(3):
            x = self.x.copy()
            rcm.attention_skip(self.q, self.k, self.v, x, self.t, out=x)
            close(x, reference(self.q, self.k, self.v, self.x, self.t))

    def refused(self, kind, text, *arguments, **named):
        with self.assertRaisesRegex(kind, text):
            rcm.attention_skip(*arguments, **named)

    def test_what_is_wrong_is_still_refused(self):
        q, k, v, x, t, out = self.q, self.k, self.v, self.x, self.t, self.out
        for _ in range(3):
            self.call(out=out)
            self.call(out=out, causal=True)
            self.call(0.5, out=out)
            self.call()
            rcm.attention(q, q, q, out=out)
        self.refused(ValueError, "not to overlap q", q, k, v, x, t, out=q)
        with self.assertRaisesRegex(ValueError, "not to overlap q"):
            rcm.attention(q, q, q, out=q)
        self.refused(TypeError, "causal to be True or False", q, k, v, x, t, causal=1.0, out=out)
        self.refused(ValueError, "to have shape", q, k, v, x, t[:1], out=out)
        self.refused(ValueError, "k to be 4|heads of q|batch", q, k[:1], v, x, t, out=out)
        self.refused(ValueError, "recipe 'none' on the CPU", q, k, v, x, t, out=out, recipe="bf16")
        self.refused(ValueError, "schedule to be one of", q, k, v, x, t, out=out, schedule="x")
        self.refused(ValueError, "sigma_data to be finite", q, k, v, x, t, sigma_data=np.inf)
        self.refused(TypeError, "t to be a number", q, k, v, x, "0.5", out=out)
        self.refused(TypeError, "t to be a number|t to export", q, k, v, x, None, out=out)
        out.flags.writeable = False
        self.refused(ValueError, "out to be writable", q, k, v, x, t, out=out)
        part = np.empty(2 * x.size, "f4")
        for start in (0, 16):  # x and out share memory in part
            whole = part[start:start + x.size].reshape(x.shape)
            whole[...] = x
            moved = part[8:8 + x.size].reshape(x.shape)
            self.refused(ValueError, "not to overlap x", q, k, v, whole, t, out=moved)

    def test_address_of_odd_bytes(self):
        raw = np.zeros(self.q.nbytes + 1, "i1")
        odd = raw[1:].view("f4").reshape(self.q.shape)
        self.call()
        self.refused(ValueError, "expected q at an address that is a multiple", odd, self.k, self.v,
                     self.x, self.t)

    def test_subclasses_and_mixtures_take_the_long_way(self):
        class Mine(np.ndarray):
            pass

        self.call()
        with LongWay() as long_way:
            for q in (self.q.view(Mine), memoryview(self.q)):
                close(rcm.attention_skip(q, self.k, self.v, self.x, self.t, out=self.out),
                      reference(self.q, self.k, self.v, self.x, self.t))
        self.assertEqual(long_way.count, 2)

    def test_threads(self):
        want = [reference(self.q * s, self.k, self.v, self.x, self.t) for s in range(4)]
        problems = []

        def work(scale):
            q = self.q * np.float32(scale)
            try:
                for _ in range(50):
                    close(rcm.attention_skip(q, self.k, self.v, self.x, self.t), want[scale])
            except BaseException as error:  # shown by the test
                problems.append(error)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])

    def test_as_many_plans_as_allowed(self):
        with mock.patch.object(_calls, "_MOST_PLANS", 3):
            for rows in range(1, 8):
                rcm.attention(self.q[:, :, :rows].copy(), self.k, self.v)
                self.assertLessEqual(len(_attention._plans), 3)
            with LongWay() as long_way:
                rcm.attention(self.q[:, :, :7].copy(), self.k, self.v)
                rcm.attention(self.q[:, :, :1].copy(), self.k, self.v)
        self.assertEqual(long_way.count, 1)

    def test_arrays_are_let_go(self):
        import weakref
        q = self.q.copy()
        gone = weakref.ref(q)
        for _ in range(3):
            rcm.attention(q, self.k, self.v)
        del q
        self.assertIsNone(gone())


class KernelCalls(unittest.TestCase):
    TEXT = """func.func @twice(%a: memref<?xf32>, %b: memref<?xf32>) {
      linalg.map { arith.addf } ins(%a, %a : memref<?xf32>, memref<?xf32>)
                                outs(%b : memref<?xf32>)
      return
    }"""

    def test_repeated(self):
        kernel = rcm.compile(self.TEXT)
        for size in (3, 4):
            for seed in range(3):
                a, b = draw(seed, size), np.zeros(size, "f4")
                kernel(a, b)
                np.testing.assert_array_equal(b, a + a)
        self.assertEqual(len(kernel._plans), 2)
        with self.assertRaisesRegex(TypeError, "expected 2 arguments of twice, got 1"):
            kernel(draw(1, 3))
        with self.assertRaisesRegex(TypeError, "to be of type float32, got float64"):
            kernel(draw(1, 3), np.zeros(3))
        with self.assertRaisesRegex(TypeError, "expected a to be an array"):
            kernel(1.5, draw(1, 3))


if __name__ == "__main__":
    unittest.main()
