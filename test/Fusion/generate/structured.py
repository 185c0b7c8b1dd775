"""Elementwise ops, transposes, broadcasts and reductions in every spelling that
linalg has for them. Which one is drawn; what they compute does not depend on
it."""
import numpy as np

from . import numbers
from .expressions import BINARY, UNARY, children, leaf, leaves, loops_of

NAMED_BINARY = {"add": "add", "sub": "sub", "mul": "mul", "div": "div", "max": "max",
                "min": "min"}
NAMED_UNARY = {"exp": "exp", "log": "log", "neg": "negf", "abs": "abs", "tanh": "tanh",
               "sqrt": "sqrt", "rsqrt": "rsqrt"}
COMBINE = {"add": ("arith.addf", np.sum, np.add, 0.0),
           "max": ("arith.maximumf", np.max, np.maximum, -np.inf),
           "maxnum": ("arith.maxnumf", np.max, np.fmax, np.nan),
           "and": ("arith.andi", np.all, np.logical_and, True)}


def shuffled(f, names, chance):
    names = list(names)
    if f.rng.random() < chance:
        f.rng.shuffle(names)
    return names


def transpose(f, tensor, axes):
    """A copy of the tensor with its axes in another order."""
    if tuple(axes) == tensor.axes:
        return tensor
    order = [tensor.axes.index(axis) for axis in axes]
    value = tensor.value.transpose(order)
    kind = f.type(axes, tensor.element)
    init = f.empty(axes, tensor.element)
    if f.rng.random() < 0.6:
        name = f.result(f"linalg.transpose ins({tensor.name} : {tensor.type}) outs({init} : "
                        f"{kind}) permutation = {order}")
    else:
        loops = shuffled(f, [a for a in axes if a], 0.3)
        name = f.generic(loops, (), leaf(tensor), axes, init, tensor.element,
                         tensor.element)
    return f.tensor(name, axes, tensor.element, value)


def broadcast(f, tensor, axes):
    """The tensor with axes added, written out."""
    value = f.read(leaf(tensor), [a for a in axes if a])
    value = np.broadcast_to(value, f.shape([a for a in axes if a])).reshape(f.shape(axes))
    kind = f.type(axes, tensor.element)
    init = f.empty(axes, tensor.element)
    added = [i for i, axis in enumerate(axes) if axis not in tensor.axes]
    in_order = [axis for axis in axes if axis in tensor.axes] == list(tensor.axes)
    if in_order and "" not in tensor.axes and f.rng.random() < 0.5:
        name = f.result(f"linalg.broadcast ins({tensor.name} : {tensor.type}) outs({init} : "
                        f"{kind}) dimensions = {added}")
    else:
        loops = shuffled(f, [a for a in axes if a], 0.2)
        name = f.generic(loops, (), leaf(tensor), axes, init, tensor.element,
                         tensor.element)
    return f.tensor(name, axes, tensor.element, value)


def cast(f, tensor, element):
    """A tensor of another float type: an op of its own."""
    if tensor.element == element:
        return tensor
    kind = f.type(tensor.axes, element)
    narrow = numbers.WIDTH[tensor.element] < numbers.WIDTH[element]
    if numbers.WIDTH[tensor.element] != numbers.WIDTH[element] and f.rng.random() < 0.3:
        name = f.result(f"arith.{'extf' if narrow else 'truncf'} {tensor.name} : {tensor.type} "
                        f"to {kind}")
        return f.tensor(name, tensor.axes, element, tensor.value)
    return elementwise(f, leaf(tensor), tensor.axes, element, compute=element)


def _plain(expression, axes, element):
    """The expression is one named operation of whole tensors."""
    parts = children(expression)
    return parts and (expression[0] in BINARY or expression[0] in UNARY) and all(
        part[0] == "leaf" and part[2] == tuple(axes) and part[1].element == element
        and "" not in axes for part in parts)


def _named(f, expression, axes, element):
    """A spelling without a body, or None."""
    kind, out = expression[0], f.type(axes, element)
    parts = children(expression)
    names = ", ".join(part[1].name for part in parts)
    types = ", ".join(part[1].type for part in parts)
    operation = (BINARY.get(kind) or UNARY[kind])[0]
    draw = f.rng.random()
    if draw < 0.3 and operation.split(".")[1] not in ("powf",):
        return f.result(f"{operation} {names} : {out}")
    init = f.empty(axes, element)
    if draw < 0.55 and (kind in NAMED_BINARY or kind in NAMED_UNARY):
        name = NAMED_BINARY.get(kind) or NAMED_UNARY[kind]
        return f.result(f"linalg.{name} ins({names} : {types}) outs({init} : {out}) -> {out}")
    if draw < 0.7 and (kind in NAMED_BINARY or kind in NAMED_UNARY):
        enum = {"max": "max_signed", "min": "min_signed"}.get(kind) or \
            NAMED_BINARY.get(kind) or NAMED_UNARY[kind]
        return f.result(f"linalg.elementwise kind=#linalg.elementwise_kind<{enum}> "
                        f"ins({names} : {types}) outs({init} : {out}) -> {out}")
    if draw < 0.85:
        return f.result(f"linalg.map {{ {operation} }} ins({names} : {types}) "
                        f"outs({init} : {out})")
    return None


def _mapped(f, expression, axes, element):
    """linalg.elementwise with maps, or None if it cannot say this."""
    kind, parts = expression[0], children(expression)
    if kind not in NAMED_BINARY or "" in axes or not all(
            part[0] == "leaf" and part[1].element == element and "" not in part[2]
            for part in parts):
        return None
    enum = {"max": "max_signed", "min": "min_signed"}.get(kind, kind)
    maps = ", ".join(f.map(axes, a) for a in (parts[0][2], parts[1][2], axes))
    out = f.type(axes, element)
    names = ", ".join(part[1].name for part in parts)
    types = ", ".join(part[1].type for part in parts)
    init = f.empty(axes, element)
    return f.result(f"linalg.elementwise kind=#linalg.elementwise_kind<{enum}> indexing_maps = "
                    f"[{maps}] ins({names} : {types}) outs({init} : {out}) -> {out}")


def elementwise(f, expression, axes, element, compute=None, in_place=None):
    """One elementwise op over `axes`."""
    compute = compute or element
    f.note_type(compute)
    loops = [axis for axis in axes if axis]
    value = f.value_of(expression, loops, compute).reshape(f.shape(axes))
    if compute == element and len(axes) and not in_place and \
            _plain(expression, axes, element) and f.rng.random() < 0.6:
        name = _named(f, expression, axes, element)
        if name:
            return f.tensor(name, axes, element, value)
    if compute == element and len(axes) and not in_place and f.rng.random() < 0.15:
        name = _mapped(f, expression, axes, element)
        if name:
            return f.tensor(name, axes, element, value)
    if in_place is None and f.rng.random() < 0.08:
        # The destination is an operand that nobody else needs to be kept.
        for e in leaves(expression):
            if e[2] == tuple(axes) and "" not in axes and e[1].element == element:
                in_place = e
    init = in_place[1].name if in_place else f.empty(axes, element)
    name = f.generic(shuffled(f, loops, 0.15), (), expression, axes, init, element, compute,
                     in_place=in_place)
    return f.tensor(name, axes, element, value)


def compute(f, expression, axes, element, ct=None, split=0.4, full=0.4):
    """The expression over `axes` as one or more elementwise ops: inner parts
    become tensors of their own with probability `split`, with probability
    `full` over all axes instead of those they vary with."""
    ct = ct or element
    order = list(axes)

    def visit(node, root):
        if node[0] in ("leaf", "const", "scalar", "index", "int"):
            return node
        parts = [visit(part, False) if isinstance(part, tuple) and part and
                 isinstance(part[0], str) else part for part in node[1:]]
        node = (node[0], *parts)
        if root or f.rng.random() >= split or node[0] in ("compare", "addi", "round"):
            return node
        if node[0] in ("andi", "ori"):
            return node
        used = loops_of(node)
        inner = [a for a in order if a in used] if f.rng.random() >= full \
            else [a for a in order if a]
        if not inner:
            return node
        return leaf(elementwise(f, node, inner, ct, ct))

    return elementwise(f, visit(expression, True), axes, element, ct)


def _as_contraction(expression):
    if expression[0] == "mul" and all(e[0] == "leaf" and "" not in e[2] and e[2] == e[1].axes
                                      for e in expression[1:]):
        return expression[1], expression[2]
    return None


def _contraction_name(f, pair, axes, reduced, init, element):
    """linalg.matmul, batch_matmul or contract, if the operands fit."""
    left, right = pair[0][2], pair[1][2]
    names = f"ins({pair[0][1].name}, {pair[1][1].name} : {pair[0][1].type}, {pair[1][1].type})"
    out = f.type(axes, element)
    tail = f"{names} outs({init} : {out}) -> {out}"
    batch = [a for a in axes if a in left and a in right]
    rows = [a for a in axes if a in left and a not in right]
    columns = [a for a in axes if a in right and a not in left]
    loops = batch + rows + columns + list(reduced)
    maps = ", ".join(f.map(loops, a) for a in (left, right, axes))
    exact = len(batch) < 2 and len(rows) == 1 and len(columns) == 1 and len(reduced) == 1 \
        and tuple(axes) == tuple(batch + rows + columns)
    if exact and left == tuple(batch + rows) + tuple(reduced) and f.rng.random() < 0.6:
        op = "linalg.batch_matmul" if batch else "linalg.matmul"
        if right == tuple(batch) + tuple(reduced) + tuple(columns):
            return f.result(f"{op} {tail}")
        if right == tuple(batch + columns) + tuple(reduced):
            return f.result(f"{op} indexing_maps = [{maps}] {tail}")
    # Maps of linalg.contract hold no constants.
    if f.rng.random() < 0.35 and "" not in axes:
        return f.result(f"linalg.contract indexing_maps = [{maps}] {tail}")
    return None


def reduce(f, kind, expression, axes, reduced, element, init=None, compute=None, spell=True):
    """Reduces the expression over the loops `reduced` to a tensor over `axes`.
    `init` is a start value or a tensor; `spell` allows ops without a body."""
    compute = compute or element
    f.note_type(compute)
    operation, total, combine, identity = COMBINE[kind]
    loops = [axis for axis in axes if axis] + list(reduced)
    value = f.value_of(expression, loops, compute)
    with np.errstate(all="ignore"):
        value = total(value, axis=tuple(range(len(loops) - len(reduced), len(loops))))
    start = init if hasattr(init, "axes") else f.fill(identity if init is None else init,
                                                      axes, element)
    with np.errstate(all="ignore"):
        value = combine(value.reshape(f.shape(axes)), start.value)
    name = None
    pair = _as_contraction(expression) if kind == "add" and spell else None
    if pair and pair[0][1].element == pair[1][1].element and f.rng.random() < 0.6:
        name = _contraction_name(f, pair, axes, reduced, start.name, element)
    if not name and spell and expression[0] == "leaf" and "" not in axes and \
            expression[1].element == element and "" not in expression[2] and \
            [a for a in expression[2] if a not in reduced] == list(axes) and \
            f.rng.random() < 0.4:
        dims = sorted(expression[2].index(a) for a in reduced)
        name = f.result(f"linalg.reduce {{ {operation} }} ins({expression[1].name} : "
                        f"{expression[1].type}) outs({start.name} : {start.type}) "
                        f"dimensions = {dims}")
    if not name:
        order = shuffled(f, loops, 0.3)
        name = f.generic(order, reduced, expression, axes, start.name, element, compute,
                         combine=operation, swap=f.rng.random() < 0.5)
    return f.tensor(name, axes, element, value)


def max_with_index(f, tensor, axes, reduced, element):
    """What an argmax leaves behind: a reduction with a second result that
    nobody reads."""
    value = tensor.value.max(axis=tensor.axes.index(reduced), keepdims=False)
    rest = [a for a in tensor.axes if a != reduced]
    value = value.transpose([rest.index(a) for a in axes])
    best = f.fill(-np.inf, axes, element)
    at = f.fill(0, axes, "i64")
    loops = list(axes) + [reduced]
    maps = ", ".join([f.map(loops, tensor.axes), f.map(loops, axes), f.map(loops, axes)])
    kinds = ", ".join(['"parallel"'] * len(axes) + ['"reduction"'])
    pair = f.fresh()
    for text in (
            f"{pair}:2 = linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}} "
            f"ins({tensor.name} : {tensor.type}) outs({best.name}, {at.name} : {best.type}, "
            f"{at.type}) {{",
            f"^bb0(%s: {element}, %best: {element}, %at: i64):",
            f"  %here = linalg.index {len(axes)} : index",
            "  %here64 = arith.index_cast %here : index to i64",
            f"  %new = arith.maximumf %s, %best : {element}",
            f"  %more = arith.cmpf ogt, %s, %best : {element}",
            "  %which = arith.select %more, %here64, %at : i64",
            f"  linalg.yield %new, %which : {element}, i64",
            f"}} -> ({best.type}, {at.type})"):
        f.line(text)
    return f.tensor(f"{pair}#0", axes, element, value)
