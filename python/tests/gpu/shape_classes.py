#!/usr/bin/env python3
"""The kernels that the tests of this folder call, compiled without a GPU.

    shape_classes.py FOLDER

writes one kernel object per shape class and recipe, for RCM_OBJECT_PATH. Needs
the compiler library and ptxas.
"""
import sys
from concurrent.futures import ThreadPoolExecutor

BF16, F16, F32 = "bfloat16", "float16", "float32"
MIXED = (F32, F32, BF16)  # q, k, v after rotary embeddings

# Keywords of rcm.prebuild beside these. t_rank: 1 for a t of shape [B], 0 for
# one of shape [] on the GPU, None for a number.
DEFAULTS = {"dim": 64}


def _every(recipes, **keywords):
    return [{**DEFAULTS, **keywords, "recipe": recipe} for recipe in recipes]


CLASSES = [
    # Attention and skip of dense arrays, every recipe.
    *_every((None, "int8-e4m3", "bf16", "none"), dtype=BF16),
    *_every((None, "f16"), dtype=F16),
    *_every((None,), dtype=F32),
    *_every((None, "int8-e4m3"), dtype=BF16, dim=128),
    # t as a number, and as one element on the GPU; other schedules.
    *_every((None,), dtype=BF16, t_rank=None),
    *_every((None,), dtype=F32, t_rank=None),
    *_every((None,), dtype=F32, t_rank=0),
    *_every((None,), dtype=F32, schedule="trigflow"),
    *_every((None,), dtype=F32, schedule="rectified_flow_trigflow"),
    *_every((None, "int8-e4m3"), dtype=BF16, dim=128, t_rank=None),
    # Strides, masks, memory orders.
    *_every((None,), dtype=F32, dense=False),
    *_every((None,), dtype=BF16, dense=False),
    *_every((None,), dtype=BF16, causal=True),
    *_every((None,), dtype=BF16, layout="BLHD"),
    # Autocast: the residual and the result stay f32.
    *_every((None,), dtype=BF16, x_dtype=F32, out_dtype=F32),
    *_every((None,), dtype=F16, x_dtype=F32, out_dtype=F32),
    # Attention alone: drop-in modules.
    *_every((None, "bf16"), dtype=BF16, skip=False),
    *_every((None,), dtype=BF16, skip=False, causal=True),
    *_every((None,), dtype=BF16, skip=False, dense=False),
    *_every((None,), dtype=F16, skip=False),
    *_every((None,), dtype=F32, skip=False),
    *_every((None,), dtype=F32, skip=False, scale=0.3),
    *_every((None,), dtype=BF16, skip=False, layout="BLHD"),
    *_every((None,), dtype=BF16, skip=False, layout="BLHD", dense=False),
    *_every((None, "int8-e4m3"), dtype=MIXED, out_dtype=BF16, skip=False, layout="BLHD"),
    *_every((None, "int8-e4m3"), dtype=MIXED, out_dtype=BF16, skip=False, layout="BLHD",
            dense=False),
]


def main(folder):
    import rcm
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda keywords: rcm.prebuild(folder, **keywords), CLASSES))
    print(f"{len(set(paths))} objects in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
