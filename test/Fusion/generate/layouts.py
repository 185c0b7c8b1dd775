"""Where batch, heads, rows and channels lie in memory, and how a module gets
from there to the form it computes in.

`operands` makes the arguments of one attention and returns q, k, v ready for
use; `results` takes the attention's result to where the skip is.
"""
from .expressions import leaf
from .structured import broadcast, elementwise, transpose

# Arrangement: (batch axes in which attention is computed, their weight).
ARRANGEMENTS = {
    "flat2": ((), 8), "flat3": (("p",), 18), "four": (("b", "h"), 34),
    "collapse": (("p",), 10), "merged": (("b", "h"), 12),
    "repeat": (("b", "h"), 8), "grouped": (("b", "j", "g"), 5), "mqa": (("b", "h"), 5)}


def sizes(rng, arrangement, mutant_equal=(), shared=False):
    """Sizes of all axes; small, often equal so that only maps tell, often
    different so that wrong maps do not fit."""
    def draw(low, high):
        return int(rng.integers(low, high + 1))
    s = {"m": draw(2, 6), "n": draw(2, 7), "k": draw(2, 6), "d": draw(2, 6), "b": draw(1, 3),
         "h": draw(1, 4), "j": draw(1, 2), "g": draw(2, 3)}
    if rng.random() < 0.5:
        s["n"] = s["m"]
    if rng.random() < 0.55:
        s["d"] = s["k"]
    if rng.random() < 0.25:
        s["h"] = s["b"] = 2
    if rng.random() < 0.15:
        s["d"] = s["k"] = s["m"] = s["n"]
    if rng.random() < 0.06:
        s[str(rng.choice(["m", "b", "h", "k", "d", "n"]))] = 1
    for group in mutant_equal:
        value = max(2, s[group[0]])
        for axis in group:
            s[axis] = value
    if shared:
        s["n"], s["d"] = s["m"], s["k"]
    if arrangement in ("repeat", "grouped"):
        s["h"] = s["j"] * s["g"]
    if arrangement == "flat3":
        s["p"] = s["b"] * s["h"]
    return s


def declare(f, arrangement):
    """Axes that are others merged."""
    if arrangement == "collapse":
        f.merge("p", "b", "h")
    if arrangement == "merged":
        f.merge("c", "h", "k")
        f.merge("e", "h", "d")
    if arrangement in ("repeat", "grouped"):
        f.merge("h", "j", "g")


def _order(f, batch, row, column, weight=0.7):
    """An order of the axes: rows and columns last, rows before heads, any."""
    axes = [*batch, row, column]
    draw = f.rng.random()
    if draw < weight or len(axes) < 3:
        return axes if draw < 0.92 else axes[:-2] + [column, row]
    if len(batch) == 2 and draw < 0.92:
        return [batch[0], row, batch[1], column]
    f.rng.shuffle(axes)
    return axes


def _argument(f, plan, name, batch, row, column, element):
    """An argument in some order; in canonical order afterwards if the plan
    wants explicit transposes."""
    t = f.argument(name, _order(f, batch, row, column), element)
    canonical = [*batch, row, column]
    if name[0] == "k" and f.rng.random() < 0.3:
        canonical = [*batch, column, row]
    return transpose(f, t, canonical) if f.rng.random() < plan.transposes else t


def _merged(f, plan, name, row, whole, column, element):
    t = f.reshape(f.argument(name, ["b", row, whole], element), ["b", row, "h", column])
    if f.rng.random() < 0.5:
        t = transpose(f, t, ["b", "h", row, column])
    return t


def _repeated(f, name, row, column, element):
    """Keys or values of a few heads, repeated for all of them."""
    t = f.argument(name, ["b", "j", row, column], element)
    if f.rng.random() < 0.5:
        unit = f.reshape(t, ["b", "j", "", row, column])
        t = elementwise(f, leaf(unit), ["b", "j", "g", row, column], element)
    else:
        t = broadcast(f, t, ["b", "j", "g", row, column])
    return f.reshape(t, ["b", "h", row, column])


def operands(f, plan, suffix):
    """q, k and v over the plan's batch axes."""
    names = [f"{stem}{suffix}" for stem in "qkv"]
    kinds = plan.elements
    how, batch = plan.arrangement, plan.batch
    if plan.shared:
        # Self-attention on one tensor, which may be the residual too.
        q = f.argument(names[0], [*batch, "m", "k"], kinds[0])
        if plan.x_element == kinds[0] and f.rng.random() < 0.5:
            plan.given_x = f.renamed(q, [*batch, "m", "d"])
        return (q, f.renamed(q, [*batch, "n", "k"]), f.renamed(q, [*batch, "n", "d"]))
    if how == "merged":
        q = _merged(f, plan, names[0], "m", "c", "k", kinds[0])
        return (plan.given_q or q, _merged(f, plan, names[1], "n", "c", "k", kinds[1]),
                _merged(f, plan, names[2], "n", "e", "d", kinds[2]))
    if how == "collapse":
        made = [f.reshape(f.argument(n, ["b", "h", r, c], e), ["p", r, c])
                for n, r, c, e in zip(names, "mnn", "kkd", kinds)]
        if f.rng.random() < 0.5:
            made[1] = transpose(f, made[1], ["p", "k", "n"])
        return (plan.given_q or made[0], made[1], made[2])
    if how == "repeat":
        q = _argument(f, plan, names[0], batch, "m", "k", kinds[0])
        return (plan.given_q or q, _repeated(f, names[1], "n", "k", kinds[1]),
                _repeated(f, names[2], "n", "d", kinds[2]))
    if how == "grouped":
        q = f.reshape(f.argument(names[0], ["b", "h", "m", "k"], kinds[0]),
                      ["b", "j", "g", "m", "k"])
        return (q, f.argument(names[1], ["b", "j", "n", "k"], kinds[1]),
                f.argument(names[2], ["b", "j", "n", "d"], kinds[2]))
    kv = [a for a in batch if a != "h"] if how == "mqa" else batch
    q = plan.given_q or _argument(f, plan, names[0], batch, "m", "k", kinds[0])
    k = plan.given_k or _argument(f, plan, names[1], kv, "n", "k", kinds[1])
    v = _argument(f, plan, names[2], kv, "n", "d", kinds[2])
    return q, k, v


def results(f, plan, o):
    """The attention where the skip reads it: heads given back or merged."""
    how = plan.arrangement
    if how == "grouped":
        if list(o.axes) != ["b", "j", "g", "m", "d"]:
            o = transpose(f, o, ["b", "j", "g", "m", "d"])
        return f.reshape(o, ["b", "h", "m", "d"])
    if how == "collapse" and f.rng.random() < 0.7:
        if list(o.axes) != ["p", "m", "d"]:
            o = transpose(f, o, ["p", "m", "d"])
        return f.reshape(o, ["b", "h", "m", "d"])
    if how == "merged" and f.rng.random() < 0.7:
        if list(o.axes) != ["b", "m", "h", "d"]:
            o = transpose(f, o, ["b", "m", "h", "d"])
        return f.reshape(o, ["b", "m", "e"])
    if f.rng.random() < plan.transposes * 0.5:
        axes = list(o.axes)
        f.rng.shuffle(axes)
        return transpose(f, o, axes)
    return o
