from os import PathLike
from typing import Any, Optional, Sequence, Tuple, Union

__version__: str

class Error(Exception): ...
class LibraryError(Error, ImportError): ...
class CompileError(Error, ValueError): ...
class ObjectError(Error, ValueError): ...
class DeviceError(Error, RuntimeError): ...

class Parameter:
    name: str
    dtype: str
    shape: Tuple[Optional[int], ...]
    strides: Optional[Tuple[int, ...]]
    is_scalar: bool
    is_output: bool

class Kernel:
    name: str
    target: str
    parameters: Sequence[Parameter]
    results: Sequence[Parameter]
    # Kernels of GPUs also take `stream`, a CUDA stream's address.
    def __call__(self, *arguments: Any, stream: Optional[int] = ...) -> Any: ...

def compile(source: Union[str, PathLike[str]], target: str = ..., recipe: Optional[str] = ...,
            function: Optional[str] = ...) -> Kernel: ...
def load(path: Union[str, PathLike[str]], function: Optional[str] = ...) -> Kernel: ...
def attention(q: Any, k: Any, v: Any, *, scale: Optional[float] = ..., causal: bool = ...,
              layout: str = ..., recipe: Optional[str] = ..., out: Any = ...) -> Any: ...
def attention_skip(q: Any, k: Any, v: Any, x: Any, t: Any, *, schedule: str = ...,
                   sigma_data: float = ..., scale: Optional[float] = ..., causal: bool = ...,
                   layout: str = ..., recipe: Optional[str] = ..., out: Any = ...) -> Any: ...
def prebuild(folder: Union[str, PathLike[str]], *,
             dtype: Union[str, Tuple[str, str, str]] = ..., dim: int = ...,
             value_dim: Optional[int] = ..., layout: str = ..., scale: Optional[float] = ...,
             causal: bool = ..., skip: bool = ..., schedule: str = ..., sigma_data: float = ...,
             x_dtype: Optional[str] = ..., out_dtype: Optional[str] = ..., t_dtype: str = ...,
             t_rank: Optional[int] = ..., dense: bool = ..., recipe: Optional[str] = ...,
             chip: str = ...) -> str: ...
