#!/usr/bin/env python3
"""The kernels that the tests of this folder call, compiled without a GPU.

    shape_classes.py FOLDER

writes one kernel object per shape class and recipe, for RCM_OBJECT_PATH. Needs
the compiler library and ptxas.
"""
import os
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


# One pass against two: type of q, k and v, recipe. O, x and the output are f32,
# so that no rounding hides a difference.
PASSES = [(F32, "none"), (BF16, "int8-e4m3"), (BF16, "bf16"), (F16, "f16")]


def passes_path(folder, recipe, fuse):
    return os.path.join(folder, f"{'one-pass' if fuse else 'two-passes'}-{recipe}.rcmobj")


def build_passes(folder, dtype, recipe, fuse):
    """Compiles @attention(q, k, v, x, t, out) into one kernel or two."""
    from rcm import _modules, _objects
    skip = _modules.Skip(F32, F32, 1, "edm", 1.0)
    operation = _modules.Operation((dtype, dtype, dtype, F32), (64, 64), "BHLD", 0.125, False,
                                   skip, True)
    data = _objects.compile_object(_modules.build_module(operation), _objects.CHIP, recipe, fuse)
    with open(passes_path(folder, recipe, fuse), "wb") as file:
        file.write(data)


def main(folder):
    import rcm
    os.makedirs(folder, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda keywords: rcm.prebuild(folder, **keywords), CLASSES))
        jobs = [(folder, *case, fuse) for case in PASSES for fuse in (True, False)]
        list(pool.map(lambda job: build_passes(*job), jobs))
    print(f"{len(set(paths)) + len(jobs)} objects in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
