"""From MLIR text to kernel objects, through prebuilt files and the cache."""
import ctypes as C
import os
import threading
import warnings

from . import _cache
from ._errors import CompileError, Error
from ._libraries import TextCallback, compiler

CHIP = "sm_90a"
RECIPES = ("none", "bf16", "f16", "int8-e4m3", "auto")
_EMIT_OBJECT = 2
VERSION = "0.1.0"  # of the package and its kernels; part of every key

_loaded = {}
_lock = threading.Lock()


def check_recipe(recipe):
    """Raises ValueError for a recipe that is neither None nor a known name."""
    if recipe is not None and (not isinstance(recipe, str) or recipe not in RECIPES):
        raise ValueError(f"expected recipe to be one of {', '.join(RECIPES)}, got {recipe!r}")


def compile_object(text, chip, recipe, fuse=True):
    """The bytes of the kernel object of a module. Without `fuse` an attention with
    a skip is two kernels. Raises CompileError."""
    check_recipe(recipe)
    from ._kernel import Diagnostics
    library = compiler.get()
    diagnostics = Diagnostics()
    context = library.rcmContextCreate(diagnostics.callback, None)
    if not context:
        raise Error("the compiler context could not be created")
    module = None
    pieces = []
    sink = TextCallback(lambda _user, data, size: pieces.append(C.string_at(data, size)))
    options = (f"chip={chip}" + (f" recipe={recipe}" if recipe else "")
               + ("" if fuse else " fuse=false"))
    pipeline = f"rcm-fuse-attention-skip,rcm-fuse-attention,rcm-to-nvvm{{{options}}}"
    try:
        raw = text.encode()
        module = library.rcmModuleParse(context, raw, len(raw), b"<python>")
        if not module:
            raise CompileError(diagnostics.errors("the module could not be parsed"))
        if library.rcmModuleRunPasses(module, pipeline.encode()):
            raise CompileError(diagnostics.errors("the module could not be compiled"))
        if library.rcmModuleEmit(module, _EMIT_OBJECT, None, sink, None):
            raise CompileError(diagnostics.errors("the kernels could not be emitted"))
        return b"".join(pieces)
    finally:
        library.rcmModuleDestroy(module)
        library.rcmContextDestroy(context)


def _prebuilt(key):
    """The kernel from a folder of RCM_OBJECT_PATH, or None."""
    from ._gpu import Object
    for folder in filter(None, os.environ.get("RCM_OBJECT_PATH", "").split(os.pathsep)):
        path = os.path.join(folder, key + _cache.SUFFIX)
        if not os.path.exists(path):
            continue
        try:
            return Object(path=path).kernel()
        except Error as error:
            warnings.warn(f"expected a kernel object in RCM_OBJECT_PATH, got: {error} ({path})",
                          stacklevel=2)
    return None


def _cached(key):
    from ._gpu import Object
    data = _cache.read(key)
    if data is None:
        return None
    try:
        return Object(data=data).kernel()
    except (Error, ValueError) as error:
        _cache.discard(key, error)
        return None


def object_key(text, recipe, chip=CHIP):
    """The name, without suffix, of a module's file in the cache and in folders
    of RCM_OBJECT_PATH. Two modules of one shape class have the same text."""
    return _cache.key_of(VERSION, chip, recipe or "", text)


def get_object_kernel(text, recipe, chip=CHIP):
    """The kernel of a module of one function: prebuilt, cached or compiled.

    Objects of RCM_OBJECT_PATH are tried first, so that a machine with a GPU
    needs no compiler; `rcm.prebuild` makes them.
    """
    from ._gpu import Object
    check_recipe(recipe)
    key = object_key(text, recipe, chip)
    with _lock:
        kernel = _loaded.get(key) or _prebuilt(key) or _cached(key)
        if kernel is None:
            data = compile_object(text, chip, recipe)
            kernel = Object(data=data).kernel()
            _cache.write(key, data)
        _loaded[key] = kernel
        return kernel
