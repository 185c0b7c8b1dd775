"""Attention in the spellings of frontends: scale, scores, mask, softmax, V.

`plan` holds what was drawn for one attention (generator.draw_plan): the batch
axes, the element types and a choice for each axis of variation. Mutants change
the pieces by `plan.change(point, ...)`.
"""
import numpy as np

from . import numbers
from .expressions import const, leaf
from .structured import (broadcast, cast, compute, elementwise, max_with_index, reduce)


def scaled(f, tensor, factor, element):
    """The tensor times a number, as an op of its own."""
    draw = f.rng.random()
    if draw < 0.15:
        expression = ("div", leaf(tensor), const(1.0 / factor))
    elif draw < 0.3:
        splat = f.fill(factor, tensor.axes, element)
        expression = ("mul", leaf(tensor), leaf(splat))
    elif draw < 0.36 and element in ("f32", "f64"):
        root = f.scalar(("rsqrt", const(factor**-2)), element)
        expression = commuted(f, "mul", leaf(tensor), root)
    else:
        expression = commuted(f, "mul", leaf(tensor), const(factor))
    return elementwise(f, expression, tensor.axes, element)


def commuted(f, operation, left, right):
    return (operation, right, left) if f.rng.random() < 0.5 else (operation, left, right)


def contraction(f, plan, q, k, factor):
    """Scores over batch, m and n; `factor` is what the body multiplies by."""
    left, right = plan.change("query", leaf(q)), plan.change("key", leaf(k))
    if factor != 1.0:
        if f.rng.random() < 0.5:
            left = commuted(f, "mul", left, const(factor))
        else:
            right = commuted(f, "mul", right, const(factor))
    product = commuted(f, "mul", left, right)
    init = plan.change("score_init", None)
    s = reduce(f, "add", product, plan.axes("m", "n"), ["k"], plan.accumulate, init=init)
    return cast(f, s, plan.scores)


def masked(f, plan, u):
    """The scores with what the plan's mask adds or hides."""
    kind = plan.mask
    if kind == "none":
        return u
    if kind in ("bias", "causal_bias", "bool_bias"):
        bias = plan.mask_tensor
        extra = ("select", leaf(bias), const(0.0), const(-np.inf)) if kind == "bool_bias" \
            else leaf(bias)
        if plan.base2 == "early" and kind == "bias" and f.rng.random() < 0.5:
            extra = commuted(f, "mul", extra, const(numbers.LOG2E))
        if kind == "bias" and f.rng.random() < 0.15:
            return ("sub", u, ("neg", extra))
        return commuted(f, "add", u, extra)
    if kind == "bool":
        return ("select", leaf(plan.mask_tensor), u, const(-np.inf))
    # Causal: row m sees the keys n <= m + offset.
    row, key = ("index", "m"), ("index", "n")
    if f.rng.random() < 0.25:
        # Numbered rows and keys as tensors, as StableHLO's iota becomes them.
        row, key = (leaf(elementwise(f, ("number", ("index", a)), [a] if f.rng.random() < 0.5
                                     else ["m", "n"], "i64")) for a in "mn")
        seen = leaf(elementwise(f, ("compare", "sle", key, row), ["m", "n"], "i1", "i64"))
        return ("select", seen, u, const(-np.inf))
    if plan.offset:
        row = ("addi", row, ("int", plan.offset))
    visible = f.rng.choice(["sle", "slt", "sge"])
    if visible == "sle":
        seen = ("compare", "sle", key, row)
    elif visible == "slt":
        return ("select", ("compare", "slt", row, key), const(-np.inf), u)
    else:
        seen = ("compare", "sge", row, key)
    if f.rng.random() < 0.3:
        return commuted(f, "add", u, ("select", seen, const(0.0), const(-np.inf)))
    return ("select", seen, u, const(-np.inf))


def keepdim(f, plan, row):
    """A row statistic with an axis of size 1 where the keys were."""
    axes = plan.axes("m", "n")
    axes = tuple("" if a == "n" else a for a in axes)
    if [a for a in axes if a] != list(row.axes) or not row.axes:
        return row
    return f.reshape(row, axes)


def statistic(f, plan, tensor_or_expression, kind):
    """The maximum or the sum over the keys, as a leaf over the rows."""
    over = plan.change(f"{kind}_over", "n")
    kept = "m" if over == "n" else "n"
    axes = [a for a in plan.axes("m", "n") if a != over]
    element = plan.softmax
    expression = tensor_or_expression
    unit = f.rng.random() < plan.keepdim_by_map and over == "n"
    if unit:
        axes = ["" if a == "n" else a for a in plan.axes("m", "n")]
    if kind == "sum":
        init = plan.change("sum_init", -0.0 if f.rng.random() < 0.15 else 0.0)
        t = reduce(f, "add", expression, axes, [over], element, init=init)
    else:
        draw = f.rng.random()
        if draw < 0.15 and expression[0] == "leaf" and not unit and over == "n" and \
                expression[1].element == element:
            t = max_with_index(f, expression[1], axes, over, element)
        elif draw < 0.3:
            t = reduce(f, "maxnum", expression, axes, [over], element)
        else:
            init = numbers.LOWEST[element] if draw < 0.5 else -np.inf
            t = reduce(f, "max", expression, axes, [over], element, init=init)
    read = plan.change(f"{kind}_read", None)
    if not unit and over == "n" and f.rng.random() < plan.keepdim:
        t = keepdim(f, plan, t)
    if f.rng.random() < plan.cast_noise:
        t = f.cast_noise(t)
    if f.rng.random() < plan.explicit_broadcast and over == "n" and not read:
        t = broadcast(f, t, plan.axes("m", "n"))
    return leaf(t, [read if read and axis == kept else axis for axis in t.axes])


def shift(f, plan, u, raw):
    """What is subtracted from the scores: anything constant along the keys."""
    kind = plan.shift
    if kind == "none":
        return None
    if kind == "constant":
        return const(1.5)
    if kind == "global":
        axes = [a for a in plan.axes("m", "n") if a not in ("m", "n")]
        t = reduce(f, "max", u, axes, ["m", "n"], plan.softmax)
        return leaf(t)
    if kind == "raw":
        return statistic(f, plan, leaf(raw), "max")
    return statistic(f, plan, u, "max")


def softmax(f, plan, u, raw):
    """(numerators, denominators as leaf or None). `u` is an expression."""
    axes = plan.axes("m", "n")
    base2 = plan.base2
    if u[0] != "leaf" and f.rng.random() < 0.8:
        u = leaf(compute(f, u, axes, plan.scores, split=plan.split))
    if u[0] == "leaf" and f.rng.random() < plan.cast_noise:
        u = leaf(f.cast_noise(u[1]))
    if plan.named_softmax and u[0] == "leaf" and u[1].element == plan.softmax:
        return named_softmax(f, plan, u[1]), None
    m = shift(f, plan, u, raw)
    exponent = u if m is None else ("sub", u, m)
    if base2 == "late":
        exponent = commuted(f, "mul", exponent, const(numbers.LOG2E))
    exponent = plan.change("exponent", exponent)
    e = ("exp2" if base2 != "no" else "exp", exponent)
    if plan.safe:
        hidden = ("compare", "oeq", u, const(-np.inf))
        empty = reduce(f, "and", hidden, [a for a in axes if a != "n"], ["n"], "i1",
                       compute=plan.scores)
        plan.empty_rows = leaf(empty)
    numerators = compute(f, e, axes, plan.softmax, split=plan.split)
    summand = leaf(numerators)
    if plan.recompute:
        summand = e
    summand = plan.change("summand", summand)
    l = statistic(f, plan, summand, "sum")
    l = plan.change("denominator", l)
    return numerators, l


def named_softmax(f, plan, u):
    over = plan.change("softmax_over", "n")
    at = u.axes.index(over)
    init = f.empty(u.axes, u.element)
    name = f.result(f"linalg.softmax dimension({at}) ins({u.name} : {u.type}) "
                    f"outs({init} : {u.type}) -> {u.type}")
    with np.errstate(all="ignore"):
        e = np.exp(u.value - u.value.max(axis=at, keepdims=True))
        value = e / e.sum(axis=at, keepdims=True)
    return f.tensor(name, u.axes, u.element, value)


def divided(f, plan, numerators, l, where):
    """Numerators over denominators, where the plan divides before V."""
    axes = plan.axes("m", "n")
    if where == "reciprocal":
        row = [a for a in axes if a in l[2]]
        r = elementwise(f, ("div", const(1.0), l), row, plan.softmax)
        p = commuted(f, "mul", leaf(numerators), leaf(r))
    elif where == "reciprocal_inline":
        p = commuted(f, "mul", leaf(numerators), ("div", const(1.0), l))
    else:
        p = ("div", leaf(numerators), l)
    if plan.safe:
        p = ("select", plan.empty_rows, const(0.0), p)
    p = plan.change("probabilities", p)
    return compute(f, p, axes, plan.softmax, split=plan.split)


def scores(f, plan, q, k):
    """(scores as an expression, the product of q and k): the scale where the
    plan wants it, and the mask."""
    on_scores, body = plan.scale, 1.0
    total = plan.scale * (numbers.LOG2E if plan.base2 == "early" else 1.0)
    place = plan.scale_place
    if place == "q":
        q, on_scores = scaled(f, q, total, q.element), 1.0
    elif place == "k":
        k, on_scores = scaled(f, k, total, k.element), 1.0
    elif place == "both":
        root = float(np.sqrt(total))
        q, k, on_scores = scaled(f, q, root, q.element), scaled(f, k, root, k.element), 1.0
    elif place == "body":
        body, on_scores = total, 1.0
    elif place == "none":
        on_scores = 1.0
    else:
        on_scores = total
    s = contraction(f, plan, q, k, body)
    u = leaf(s)
    if on_scores != 1.0:
        u = ("div", u, const(1.0 / on_scores)) if place == "divide" else \
            commuted(f, "mul", u, const(on_scores))
    return masked(f, plan, plan.change("scores", u)), s


def attention(f, plan, q, k, v):
    """softmax(scale q k^T + mask) v over the plan's batch axes, m and d."""
    u, s = scores(f, plan, q, k)
    numerators, l = softmax(f, plan, u, s)
    plan.seen = {"scores": s, "numerators": numerators}
    p, late = numerators, None
    where = plan.division
    if l is None:
        changed = plan.change("probabilities", leaf(p))
        if changed != leaf(p):
            p = compute(f, changed, plan.axes("m", "n"), plan.softmax)
    elif where in ("after", "inside", "skip"):
        late = l
        changed = plan.change("probabilities", leaf(p))
        if changed != leaf(p):
            p = compute(f, changed, plan.axes("m", "n"), plan.softmax)
    else:
        p = divided(f, plan, p, l, where)
    plan.seen["probabilities"] = p
    p = cast(f, p, plan.probabilities)
    weight = leaf(p)
    if late is not None and where == "inside":
        weight, late = ("div", weight, late), None
    product = commuted(f, "mul", weight, plan.change("value", leaf(v)))
    init = plan.value_init
    o = reduce(f, "add", product, plan.axes("m", "d"), ["n"], plan.accumulate, init=init)
    plan.seen["product"] = o
    if late is not None and where == "after":
        quotient = ("div", leaf(o), late)
        if f.rng.random() < 0.3:
            quotient = commuted(f, "mul", leaf(o), ("div", const(1.0), late))
        o = compute(f, quotient, o.axes, plan.output, plan.accumulate, split=0.2)
        late = None
    if late is None:
        o = cast(f, o, plan.output)
    if plan.guard and l is not None and "n" not in l[2]:
        zero = ("compare", "oeq", l, const(0.0))
        o = compute(f, ("select", zero, const(0.0), leaf(o)), o.axes, o.element, split=0)
    return o, late
