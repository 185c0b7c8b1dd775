"""Repeated calls: what an earlier call of the same kind has checked and packed.

A plan belongs to the types, sizes and strides of all arrays, their device and
the options. A call that finds one asks every array for these and for its
address, fills the addresses in and launches; everything else was done before.
Plans are made by calls that went through every check. Arrays of other classes
than those below, of different ones, or that need DLPack's protocol take the
long way every time.
"""
import sys

from . import _arrays
from ._arrays import View

_MOST_PLANS = 512  # of one kind
_MOST_SPARE = 8    # argument lists that a plan keeps


class Bound:
    """The packed arguments of a kernel. `arrays` are the structures whose `data`
    is an address, `scalars` what numbers are written to, `kept` what both need."""

    __slots__ = ("packed", "arrays", "scalars", "kept")

    def __init__(self, packed):
        self.packed = packed
        self.arrays = []
        self.scalars = []
        self.kept = []


def _read_tensor(value):
    if value.requires_grad or value.is_neg():
        return None
    return (value.dtype, value.device, value.shape, value.stride()), value.data_ptr()


def _read_ndarray(value):
    address, read_only = value.__array_interface__["data"]
    return (value.dtype, value.shape, value.strides, read_only), address


# What reads arrays of a class: a function to (what determines the View but its
# address, the address), or to None for one that takes the long way.
_readers = {}
_KINDS = (("torch", "Tensor", _read_tensor), ("numpy", "ndarray", _read_ndarray))


def _find_reader(kind):
    for module, name, reader in _KINDS:
        # Nobody has arrays of a library that is not loaded.
        if getattr(sys.modules.get(module), name, None) is kind:
            _readers[kind] = reader
            return reader
    return None


def read(arrays):
    """(key, addresses), or None where a plan may not be used: an array of another
    class than the first, or of one that is not known."""
    kind = type(arrays[0])
    reader = _readers.get(kind) or _find_reader(kind)
    if reader is None:
        return None
    key, addresses = [kind], []
    for array in arrays:
        if type(array) is not kind:
            return None
        try:
            found = reader(array)
        except RuntimeError:  # a sparse tensor has no strides
            return None
        if found is None:
            return None
        key.append(found[0])
        addresses.append(found[1])
    return tuple(key), addresses


def address_of(array):
    """The address of an array of a class that `read` knows."""
    return _readers[type(array)](array)[1]


class Plan:
    """All that a call of one kind of a kernel needs, but the addresses. It keeps
    neither arrays nor the kernel, which may keep the plan."""

    __slots__ = ("arguments", "views", "spare", "mask", "spans", "kind", "device_id")

    def __init__(self, kernel, arguments):
        """`arguments`, Views and numbers, as the kernel was called with them; one
        View at least."""
        self.arguments = [
            View(None, 0, a.dtype, a.shape, a.strides, a.device, a.device_id)
            if isinstance(a, View) else a for a in arguments]
        first = next(a for a in arguments if isinstance(a, View))
        self.kind, self.device_id = first.kind, first.device_id
        self.views = [a for a in self.arguments if isinstance(a, View)]
        self.spans = [view.extent() for view in self.views]
        self.mask = max(_arrays.ELEMENT_BYTES[view.dtype] for view in self.views) - 1
        self.spare = [kernel.bind(self.arguments)]

    def is_aligned(self, addresses):
        """True if all are surely multiples of their elements' sizes."""
        bits = 0
        for address in addresses:
            bits |= address
        return not bits & self.mask

    def may_write(self, addresses, residual=None):
        """True if the last array surely shares no memory with another, but for the
        one at position `residual`, which it may be itself."""
        own = self.views[-1]
        low, high = self.spans[-1]
        low, high = low + addresses[-1], high + addresses[-1]
        for position, address in enumerate(addresses[:-1]):
            first, end = self.spans[position]
            if low < address + end and address + first < high:
                view = self.views[position]
                if (position != residual or address != addresses[-1]
                        or view.strides != own.strides or view.dtype != own.dtype):
                    return False
        return True

    def run(self, kernel, addresses, scalars=(), stream=None):
        """Launches on `stream`; None: the current one of the arrays' library."""
        try:
            bound = self.spare.pop()  # nobody else's while it is used
        except IndexError:
            bound = kernel.bind(self.arguments)
        for slot, address in zip(bound.arrays, addresses):
            slot.data = address
        for slot, number in zip(bound.scalars, scalars):
            slot.value = number
        kernel.launch(bound, self.kind, self.device_id, stream)
        if len(self.spare) < _MOST_SPARE:
            self.spare.append(bound)


class Plans:
    """Plans by key; the oldest go when there are many."""

    def __init__(self):
        self._plans = {}
        self.get = self._plans.get
        self.clear = self._plans.clear

    def __len__(self):
        return len(self._plans)

    def keep(self, key, plan):
        plans = self._plans
        while len(plans) >= _MOST_PLANS:
            plans.pop(next(iter(plans)), None)
        plans[key] = plan
