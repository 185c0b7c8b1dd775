"""Attention with the skip in one kernel against two: fusion adds nothing."""
import os
import unittest

import torch

import rcm
from common import DEVICE, TestCase, inputs, needs_gpu, times
from shape_classes import PASSES, passes_path

MOST_DIFFERENCE = 1e-5  # relative to the largest output; docs/Spec.md
SHAPES = {"ragged": {}, "proposal_small": {"batch": 4, "heads": 4, "kv_heads": 4, "rows": 128,
                                           "keys": 128},
          "proposal_medium": {"batch": 8, "heads": 8, "kv_heads": 8, "rows": 512, "keys": 512},
          "one key": {"rows": 77, "keys": 1}, "cross": {"rows": 1000, "keys": 257}}

if DEVICE == "cpu":
    raise unittest.SkipTest("no GPU")


@needs_gpu
class Passes(TestCase):
    def check_shape(self, kernels, dtype, recipe, sizes):
        q, k, v, x = inputs(dtype, **sizes)
        x = x.float()
        t = times([0.3 + 0.4 * i for i in range(q.shape[0])])
        one, two = (torch.full_like(x, float("nan")) for _ in kernels)
        for kernel, out in zip(kernels, (one, two)):
            kernel(q, k, v, x, t, out)
            self.check_skip(out, q, k, v, x, t, recipe)
        difference = (one - two).abs().max() / two.abs().max()
        self.assertLessEqual(difference.item(), MOST_DIFFERENCE)
        return difference.item()

    def test_one_pass_equals_two(self):
        folder = os.environ["RCM_OBJECT_PATH"].split(os.pathsep)[0]
        for dtype, recipe in PASSES:
            kernels = [rcm.load(passes_path(folder, recipe, fuse)) for fuse in (True, False)]
            worst = 0.0
            for name, sizes in SHAPES.items():
                with self.subTest(recipe=recipe, shape=name):
                    worst = max(worst, self.check_shape(kernels, getattr(torch, dtype), recipe,
                                                        sizes))
            print(f"{recipe}: at most {worst:.2e}", flush=True)


if __name__ == "__main__":
    unittest.main()
