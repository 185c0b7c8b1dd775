from os import PathLike
from typing import Any, List, Optional, Sequence, Tuple, Union

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
    def __call__(self, *arguments: Any) -> Any: ...

def compile(source: Union[str, PathLike[str]], target: str = ..., recipe: Optional[str] = ...,
            function: Optional[str] = ...) -> Kernel: ...
def load(path: Union[str, PathLike[str]], function: Optional[str] = ...) -> Kernel: ...
def attention(q: Any, k: Any, v: Any, *, scale: Optional[float] = ..., causal: bool = ...,
              layout: str = ..., recipe: Optional[str] = ..., out: Any = ...) -> Any: ...
def attention_skip(q: Any, k: Any, v: Any, x: Any, t: Any, *, schedule: str = ...,
                   sigma_data: float = ..., scale: Optional[float] = ..., causal: bool = ...,
                   layout: str = ..., recipe: Optional[str] = ..., out: Any = ...) -> Any: ...
