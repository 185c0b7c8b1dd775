"""What is changed so that a module's meaning is not attention + skip.

A mutant may still fuse, if what it means can be written as attention + skip in
another way. Its results must be right in any case.
"""
import numpy as np

from .expressions import const, leaf, leaves
from .structured import elementwise, reduce


class Mutant:
    """`hooks` change pieces of the module (Plan.change); `equal` axes get equal
    sizes; `fixed` attributes of the plan are not drawn. `silent`: the softmax is
    out of sight, so that there is nothing to give a reason for. `alone`: the
    attention has to fuse, without a skip."""

    def __init__(self, hooks, equal=(), arrangements=(), silent=False, alone=False, **fixed):
        self.hooks, self.equal, self.arrangements = hooks, equal, arrangements
        self.silent, self.alone, self.fixed = silent, alone, fixed

    def prepare(self, plan):
        for name, value in self.fixed.items():
            setattr(plan, name, value)


NONE = Mutant({})
CHAIN = {"named_softmax": False, "safe": False, "guard": False}
PLAIN_AXES = ("flat2", "flat3", "four")


def _unary(name):
    return lambda f, plan, e: (name, e)


def _times_keys(f, plan, e):
    t = f.argument("temperature", ["n"], plan.scores, f.rng.uniform(0.3, 2.0, f.shape(["n"])))
    return ("mul", e, leaf(t))


def _times_rows(f, plan, e):
    t = f.argument("temperature", ["m"], plan.scores, f.rng.uniform(0.3, 2.0, f.shape(["m"])))
    return ("mul", e, leaf(t))


def _dropout(f, plan, e):
    keep = f.rng.random(f.shape(plan.axes("m", "n"))) < 0.5
    t = f.argument("drop", plan.axes("m", "n"), plan.softmax, np.where(keep, 2.0, 0.0))
    return ("mul", e, leaf(t))


def _finite_mask(f, plan, e):
    seen = ("compare", "sle", ("index", "n"), ("index", "m"))
    return ("select", seen, e, const(-1.5))


def _anti_causal(f, plan, e):
    """Shows what causal hides: rows see the keys from theirs on."""
    seen = ("compare", "sge", ("index", "n"), ("index", "m"))
    return ("select", seen, e, const(-np.inf))


def _keyed_shift(f, plan, e):
    """Subtracts what varies with the keys: the maximum over the rows, or
    numbers."""
    both = [one for one in leaves(e) if {"m", "n"} <= set(one[2])
            and one[1].element == plan.scores]
    if not both:
        return ("sub", e, leaf(f.argument("shift", ["n"], plan.scores)))
    t = reduce(f, "max", both[0], [a for a in plan.axes("m", "n") if a != "m"], ["m"],
               plan.scores)
    return ("sub", e, leaf(t))


def _other_denominator(f, plan, l):
    """The sum of something else of the same form."""
    t = f.argument("other_sum", [a for a in l[2] if a], plan.softmax,
                   f.rng.uniform(1.0, 5.0, f.shape([a for a in l[2] if a])))
    return leaf(t)


def _other_exponent(change):
    """The sum runs over exponentials of something else than the numerators'."""
    def hook(f, plan, e):
        return (e[0], change(f, plan, e[1]))
    return hook


def _other_mask(f, plan, e):
    hidden = ("compare", "slt", ("index", "m"), ("index", "n"))
    return ("select", hidden, ("sub", e, const(1.5)), e)


def _projection(f, plan, o):
    """A matrix product between attention and skip. Its columns are called d
    again, so that the skip fits."""
    t = o[1]
    out = ["z" if a == "d" else a for a in t.axes]
    f.sizes["z"] = f.sizes["d"]
    if "d" in f.dynamic:
        f.dynamic.add("z")
        f.dims["z"] = f.dim("d")
    w = f.argument("w", ["d", "z"], plan.output)
    made = reduce(f, "add", ("mul", o, leaf(w)), out, ["d"], plan.output)
    return leaf(f.renamed(made, t.axes))


def _normalised(f, plan, o):
    """Divided by its own mean square along the channels."""
    t = o[1]
    row = [a for a in t.axes if a and a not in ("d", "e")]
    channel = [a for a in t.axes if a in ("d", "e")]
    square = reduce(f, "add", ("mul", o, o), row, channel, plan.output)
    return ("mul", o, ("rsqrt", ("add", leaf(square), const(0.5))))


def _transposed(f, plan, o):
    """Also read with rows and channels exchanged."""
    swap = {"m": "d", "d": "m"}
    return ("add", o, leaf(o[1], [swap.get(a, a) for a in o[2]]))


def _heads_exchanged(f, plan, o):
    swap = {"b": "h", "h": "b"}
    return leaf(o[1], [swap.get(a, a) for a in o[2]])


def _through_call(f, plan, out):
    """Goes through a function call that fusion cannot see into."""
    kind = out.type
    f.helpers.append(f"func.func private @{f.name}_seen(%a: {kind}) -> {kind} {{\n"
                     f"  return %a : {kind}\n}}")
    name = f.result(f"func.call @{f.name}_seen({out.name}) : ({kind}) -> {kind}")
    return f.tensor(name, out.axes, out.element, out.value)


def _probabilities_called(f, plan, p):
    t = p[1] if p[0] == "leaf" else elementwise(f, p, plan.axes("m", "n"), plan.softmax)
    return leaf(_through_call(f, plan, t))


def _rolled_values(f, plan, v):
    """V read at the row's index instead of the key's."""
    return leaf(v[1], ["m" if a == "n" else a for a in v[2]])


def _two_softmax(f, plan, e):
    """Numerators that are themselves divided: a softmax of probabilities."""
    t = elementwise(f, e, plan.axes("m", "n"), plan.scores)
    total = reduce(f, "add", ("exp", leaf(t)), [a for a in plan.axes("m", "n") if a != "n"],
                   ["n"], plan.scores)
    return ("div", ("exp", leaf(t)), leaf(total))


def _nonzero_scores(f, plan, init):
    """Scores that start from a tensor: legal, and then a bias."""
    return f.argument("start", plan.axes("m", "n"), plan.accumulate)


def _scores_start_at_two(f, plan, init):
    return 2.0


def _values_start_at(f, plan, e):
    plan.value_init = 0.75
    return e


def _without_skip(f, plan, result):
    """The attention itself; arguments of the skip are left over."""
    return leaf(plan.result)


def _logarithm(f, plan, e):
    return ("abs", ("log", ("add", e, const(1.5))))


def _lorentz(f, plan, o):
    return ("div", const(1.0), ("add", ("mul", o, o), const(1.0)))


def _other_time(f, plan, t):
    if t[0] == "leaf":
        axes = t[2]
        return leaf(f.argument("other_t", axes, t[1].element,
                               f.rng.uniform(0.1, 1.4, f.shape(axes))))
    return f.scalar_argument("other_t", t[2], 0.9)


def _eight_bit(f, plan, q):
    """Keys or queries of integers, converted in the body."""
    t = f.argument(q[1].name[1:].replace("%", "") + "_i8", [a for a in q[2]], "i8",
                   f.rng.integers(-2, 3, f.shape(q[2])))
    return ("to_float", leaf(t))


MUTANTS = {
    "abs_query": Mutant({"query": _unary("abs")}),
    "abs_key": Mutant({"key": _unary("abs")}),
    "abs_value": Mutant({"value": _unary("abs")}),
    "square_query": Mutant({"query": lambda f, p, e: ("mul", e, e)}),
    "eight_bit_query": Mutant({"query": _eight_bit}),
    "capped_scores": Mutant({"scores": _unary("tanh")}),
    "relu_scores": Mutant({"scores": lambda f, p, e: ("max", e, const(0.0))}),
    "squared_scores": Mutant({"scores": lambda f, p, e: ("mul", e, e)}),
    "key_temperature": Mutant({"scores": _times_keys}),
    "row_temperature": Mutant({"scores": _times_rows}),
    "finite_mask": Mutant({"scores": _finite_mask}),
    "anti_causal": Mutant({"scores": _anti_causal}, mask="none", equal=(("m", "n"),)),
    "softmax_twice": Mutant({"scores": _two_softmax}),
    "keyed_shift": Mutant({"exponent": _keyed_shift}, recompute=True, **CHAIN),
    "shift_in_numerator": Mutant({"summand": lambda f, p, e: ("mul", e, const(0.5))}, **CHAIN),
    "exponent_scaled": Mutant({"exponent": lambda f, p, e: ("mul", e, const(0.5))},
                              **CHAIN, recompute=False),
    "softmax_over_rows": Mutant({"softmax_over": lambda f, p, e: "m"}, base2="no",
                                named_softmax=True, safe=False, guard=False),
    "sum_over_rows": Mutant({"sum_over": lambda f, p, e: "m"}, **CHAIN, division="before"),
    "max_over_rows": Mutant({"max_over": lambda f, p, e: "m"}, **CHAIN, shift="max"),
    "sum_read_by_key": Mutant({"sum_read": lambda f, p, e: "n"}, equal=(("m", "n"),), **CHAIN,
                              division="before"),
    "max_read_by_key": Mutant({"max_read": lambda f, p, e: "n"}, equal=(("m", "n"),), **CHAIN,
                              shift="max"),
    "sum_starts_at_one": Mutant({"sum_init": lambda f, p, e: 1.0}, **CHAIN),
    "scores_start_at_two": Mutant({"score_init": _scores_start_at_two}),
    "scores_start_at_tensor": Mutant({"score_init": _nonzero_scores}),
    "values_start_at": Mutant({"value": _values_start_at}),
    "epsilon": Mutant({"denominator": lambda f, p, e: ("add", e, const(0.5))}, **CHAIN,
                      division="inside"),
    "other_denominator": Mutant({"denominator": _other_denominator}, **CHAIN),
    "sum_of_squares": Mutant({"summand": lambda f, p, e: ("mul", e, e)}, **CHAIN),
    "sum_of_other_scale": Mutant(
        {"summand": _other_exponent(lambda f, p, e: ("mul", e, const(0.5)))},
        **CHAIN, recompute=True),
    "sum_of_other_mask": Mutant({"summand": _other_exponent(_other_mask)}, **CHAIN,
                                recompute=True),
    "no_exponential_in_sum": Mutant({"summand": _logarithm}, **CHAIN),
    "dropout": Mutant({"probabilities": _dropout}),
    "squared_probabilities": Mutant({"probabilities": lambda f, p, e: ("mul", e, e)}),
    "probabilities_plus": Mutant({"probabilities": lambda f, p, e: ("add", e, const(0.125))}),
    "probabilities_called": Mutant({"probabilities": _probabilities_called}, silent=True),
    "values_by_row": Mutant({"value": _rolled_values}, equal=(("m", "n"),)),
    "projection": Mutant({"attention": _projection}, arrangements=PLAIN_AXES, division="before",
                         alone=True),
    "normalised": Mutant({"attention": _normalised}, division="before", alone=True),
    "activation": Mutant({"attention": _unary("tanh")}),
    "no_skip": Mutant({"result": _without_skip}, division="before", alone=True),
    "attention_squared": Mutant({"attention": lambda f, p, e: ("mul", e, e)}),
    "reciprocal_attention": Mutant({"attention": _lorentz}),
    "attention_transposed": Mutant({"attention": _transposed}, equal=(("m", "d"),),
                                   arrangements=PLAIN_AXES, division="before"),
    "heads_exchanged": Mutant({"attention": _heads_exchanged}, equal=(("b", "h"),),
                              arrangements=("four",), division="before"),
    "result_activation": Mutant({"result": _unary("tanh")}),
    "result_clamped": Mutant({"result": lambda f, p, e: ("max", e, const(0.0))}),
    "called": Mutant({"output": _through_call}),
    "other_time": Mutant({"other_time": _other_time}, schedule=True, skip="one"),
    "other_sigma": Mutant({"other_sigma": lambda f, p, e: e + 0.5}, schedule=True, skip="one"),
}
