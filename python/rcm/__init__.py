"""Attention followed by an rCM skip connection, as one kernel.

    import numpy, rcm
    q, k, v, x = (numpy.random.randn(2, 4, 128, 64).astype("f4") for _ in range(4))
    out = rcm.attention_skip(q, k, v, x, t=numpy.float32([0.3, 0.7]))

`attention_skip` is the ready-made operation; `compile` turns any MLIR function
into a `Kernel`, `load` opens one that was compiled before, `prebuild` compiles
for GPUs ahead of time. `rcm.torch` has PyTorch operators and modules.
"""
from ._attention import attention, attention_skip, prebuild
from ._errors import CompileError, DeviceError, Error, LibraryError, ObjectError
from ._gpu import load
from ._kernel import Kernel, compile
from ._objects import VERSION as __version__

__all__ = ["CompileError", "DeviceError", "Error", "Kernel", "LibraryError",
           "ObjectError", "attention", "attention_skip", "compile", "load", "prebuild"]
