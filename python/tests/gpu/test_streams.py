"""Streams, threads, CUDA graphs, and what a call costs on the host."""
import threading
import unittest

import torch

import rcm
import rcm.torch as rt
from common import DEVICE, TestCase, inputs, needs_gpu, times

if DEVICE == "cpu":
    raise unittest.SkipTest("no GPU")

CYCLES = 20_000_000  # about 10 ms: longer than a call takes on the host


def operations():
    """Ways to call the same operation."""
    return (("array", lambda *a, **n: rcm.attention_skip(*a, **n)),
            ("operator", lambda *a, **n: rt.attention_skip(*a, **n)))


@needs_gpu
class Streams(TestCase):
    def test_side_stream(self):
        """The call waits for what its stream does and for nothing else."""
        q, k, v, x = inputs(torch.bfloat16)
        for name, call in operations():
            with self.subTest(name):
                t, late = times(), torch.zeros_like(q)
                side, other = torch.cuda.Stream(), torch.cuda.Stream()
                torch.cuda.synchronize()
                with torch.cuda.stream(side):
                    call(late, k, v, x, t)  # takes what memory it needs
                torch.cuda.synchronize()
                with torch.cuda.stream(other):
                    torch.cuda._sleep(50 * CYCLES)
                with torch.cuda.stream(side):
                    torch.cuda._sleep(CYCLES)
                    late.copy_(q)
                    got = call(late, k, v, x, t)
                    done = torch.cuda.Event()
                    done.record()
                done.synchronize()
                self.assertFalse(other.query())  # still asleep
                torch.cuda.synchronize()
                self.check_skip(got, q, k, v, x, t)

    def test_nothing_waits(self):
        q, k, v, x = inputs(torch.bfloat16)
        t = times()
        rcm.attention_skip(q, k, v, x, t)
        torch.cuda.synchronize()
        torch.cuda._sleep(20 * CYCLES)
        rcm.attention_skip(q, k, v, x, t)
        self.assertFalse(torch.cuda.current_stream().query())
        torch.cuda.synchronize()

    def test_threads_with_streams_of_their_own(self):
        problems = []
        arguments = [inputs(torch.bfloat16, rows=100 + 30 * i, seed=i) for i in range(4)]
        torch.cuda.synchronize()

        def work(index):
            try:
                with torch.cuda.stream(torch.cuda.Stream()):
                    for _ in range(25):
                        t = times([0.2 + index, 0.5])
                        got = rcm.attention_skip(*arguments[index], t)
                        torch.cuda.current_stream().synchronize()
                        self.check_skip(got, *arguments[index], t)
            except BaseException as error:  # shown by the test
                problems.append(f"thread {index}: {error!r}")

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])


@needs_gpu
class Graphs(TestCase):
    def capture(self, call, dtype, recipe=None, first=False):
        """Captures a call, then replays it with other data in the same memory."""
        q, k, v, x = inputs(dtype)
        t = times()
        if not first:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                call(q, k, v, x, t, recipe=recipe)
            torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            got = call(q, k, v, x, t, recipe=recipe)
        for seed in (3, 4):
            for target, source in zip((q, k, v, x), inputs(dtype, seed=seed)):
                target.copy_(source)
            t.fill_(0.1 * seed)
            got.zero_()
            graph.replay()
            torch.cuda.synchronize()
            self.check_skip(got, q, k, v, x, t, recipe)

    def test_capture(self):
        for name, call in operations():
            for dtype, recipe in ((torch.bfloat16, None), (torch.bfloat16, "bf16"),
                                  (torch.float32, None)):
                with self.subTest(name, dtype=dtype, recipe=recipe):
                    self.capture(call, dtype, recipe)

    def test_capture_of_the_first_call(self):
        """The kernel's code is loaded while the stream is captured."""
        from rcm import _attention, _objects
        _objects._loaded.clear()
        _attention._gpu_kernels.clear()
        _attention._plans.clear()
        self.capture(rcm.attention_skip, torch.float16, "f16", first=True)

    def test_capture_of_a_model(self):
        """Two layers and PyTorch's own kernels between them in one graph."""
        q, k, v, x = inputs(torch.bfloat16)
        t = times()

        def model():
            first = rt.attention_skip(q, k, v, x, t)
            return rt.scaled_dot_product_attention(first.sin(), k, v, enable_gqa=True) + x

        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side), torch.no_grad():
            model()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(graph):
            got = model()
        for a, b in zip((q, k, v, x), inputs(torch.bfloat16, seed=9)):
            a.copy_(b)
        graph.replay()
        with torch.no_grad():
            want = model()
        self.assertTrue(torch.equal(got, want))


if __name__ == "__main__":
    unittest.main()
