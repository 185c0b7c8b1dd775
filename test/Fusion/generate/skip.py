"""Coefficients, formulas of t, and the skip in its algebraic forms."""
from .attention import commuted
from .expressions import const, leaf
from .structured import compute, elementwise

FORMS = ("one", "sub", "fma", "common", "lerp", "plain", "gate", "residual", "divided",
         "twice", "minus_part", "in_place", "negated")


def coefficient_tensor(f, name, axes, element, positive=False):
    """A tensor argument over some of the axes, with or without axes of size 1
    for the others."""
    chosen = f.rng.random()
    if chosen < 0.5 and axes[0] not in ("m", "d"):
        kept = [axes[0]]
    elif chosen < 0.6:
        kept = [a for a in axes if a in ("d", "e")]
    elif chosen < 0.7:
        kept = [a for a in axes if a == "m"]
    else:
        kept = [a for a in axes if f.rng.random() < 0.4]
    if f.rng.random() < 0.3 and kept:
        shape = ["" if a not in kept else a for a in axes]
    else:
        shape = kept
        if len(kept) == 2 and f.rng.random() < 0.2:
            shape = kept[::-1]
    value = f.rng.uniform(0.3, 1.2, f.shape(shape))
    if not positive:
        value = value * f.rng.choice([-1.0, 1.0], f.shape(shape))
    return leaf(f.argument(name, shape, element, value))


def coefficient(f, plan, name, axes):
    """An expression without the attention."""
    draw = f.rng.random()
    element = plan.coefficients
    if draw < 0.1:
        return const(float(f.rng.choice([0.5, 0.75, -1.25, 2.0])))
    if draw < 0.2:
        return f.scalar_argument(name, element, f.rng.uniform(0.3, 1.5))
    if draw < 0.3:
        shape = [] if f.rng.random() < 0.5 else [""] * int(f.rng.integers(1, 3))
        t = f.argument(name, shape, element, f.rng.uniform(0.3, 1.5, f.shape(shape)))
        return leaf(t) if f.rng.random() < 0.5 else f.extract(t)
    if draw < 0.42:
        # Computed in the module, in any way that arithmetic allows.
        one = coefficient_tensor(f, name, axes, element)
        how = f.rng.choice(["gate", "product", "tanh"])
        if how == "gate":
            return ("sub", const(1.0), one)
        if how == "tanh":
            return ("tanh", one)
        return commuted(f, "mul", one, coefficient_tensor(f, name + "_b", axes, element))
    return coefficient_tensor(f, name, axes, element)


def formula(kind, t, sigma, rng):
    """(c_skip, c_out) as expressions of t."""
    def square(e):
        how = rng.choice(["mul", "mul", "pow", "powi"])
        if how == "mul":
            return ("mul", e, e)
        return ("pow", e, const(2.0)) if how == "pow" else ("powi", e, ("int", 2))
    def plus(a, b):
        return ("add", b, a) if rng.random() < 0.5 else ("add", a, b)
    def times(a, b):
        return ("mul", b, a) if rng.random() < 0.5 else ("mul", a, b)
    if kind == "edm":
        s = const(sigma)
        s2 = const(sigma * sigma) if rng.random() < 0.7 else ("mul", s, s)
        skip = ("div", s2, plus(square(t), s2))
        root = plus(square(t), s2)
        if rng.random() < 0.5:
            return skip, times(times(s, t), ("rsqrt", root))
        return skip, ("div", times(s, t), ("sqrt", root))
    if kind == "trigflow":
        out = ("mul", const(-sigma), ("sin", t)) if rng.random() < 0.5 else \
            ("neg", times(const(sigma), ("sin", t)))
        if sigma == 1.0 and rng.random() < 0.5:
            out = ("neg", ("sin", t))
        return ("cos", t), out
    if kind == "rectified_flow_trigflow":
        total = plus(("cos", t), ("sin", t))
        return ("div", const(1.0), total), ("div", ("neg", ("sin", t)), total)
    return ("add", times(const(0.5), t), const(1.0)), ("div", t, plus(const(1.0), square(t)))


def schedule(f, plan, name, axes):
    """Coefficients that are formulas of one time."""
    kind = str(f.rng.choice(["edm", "edm", "trigflow", "rectified_flow_trigflow", "other"]))
    sigma = 1.0 if kind == "rectified_flow_trigflow" else float(f.rng.choice([0.5, 1.0, 0.25]))
    element = plan.coefficients
    where = f.rng.choice(["scalar", "batch", "batch", "unit"])
    batch = [a for a in axes if a in ("b", "p")]
    if where == "scalar" or not batch:
        t = f.scalar_argument(name, element, f.rng.uniform(0.1, 1.4))
    else:
        shape = batch if where == "batch" else ["" if a not in batch else a for a in axes]
        t = leaf(f.argument(name, shape, element, f.rng.uniform(0.1, 1.4, f.shape(shape))))
    other = plan.change("other_time", t)
    a, _ = formula(kind, t, sigma, f.rng)
    _, b = formula(kind, other, plan.change("other_sigma", sigma), f.rng)
    ct = "f64" if element == "f64" else plan.compute
    if f.rng.random() < 0.6:
        if t[0] == "scalar":
            a, b = f.scalar(a, ct), f.scalar(b, ct)
        else:
            a, b = (leaf(compute(f, e, t[1].axes, ct, split=0.5)) for e in (a, b))
    known = kind != "other"
    plan.schedules.append(kind if known and other is t and
                          plan.change("other_sigma", sigma) == sigma else "explicit")
    return a, b


def residual(f, plan, name, axes):
    """What the skip adds, as an expression over the result's axes."""
    x = plan.given_x
    if x is None:
        x = f.argument(name, axes, plan.x_element)
    if f.rng.random() < 0.08:
        y = f.argument(name + "_y", axes, plan.x_element)
        mixed = ("add", ("tanh", leaf(x)), commuted(f, "mul", leaf(y), leaf(y)))
        return leaf(elementwise(f, mixed, axes, plan.x_element, plan.compute))
    return leaf(x)


def combine(f, plan, o, name, axes):
    """(form, expression) of alpha * x + beta * attention. `o` is an
    expression; the coefficients are drawn here."""
    form = plan.skip
    x = residual(f, plan, f"x{name}", axes)
    def c(stem):
        return coefficient(f, plan, stem + name, axes)
    def times(a, b):
        return commuted(f, "mul", a, b)
    def plus(a, b):
        return commuted(f, "add", a, b)
    if form == "plain":
        return plus(x, o)
    if form == "in_place":
        return ("add", o, x)
    if form == "gate":
        return plus(x, times(c("g"), o))
    if form == "residual":
        return plus(times(c("a"), x), o)
    if form == "lerp":
        return plus(x, times(c("r"), ("sub", o, x)))
    if form == "common":
        return times(c("c"), plus(x, times(c("r"), o)))
    if plan.schedule:
        a, b = schedule(f, plan, f"t{name}", axes)
    else:
        a, b = c("a"), c("b")
    if form == "fma":
        return ("fma", a, x, times(b, o)) if f.rng.random() < 0.5 else \
            ("fma", b, o, times(a, x))
    if form == "sub":
        return ("sub", times(a, x), times(b, o))
    if form == "negated":
        return ("sub", times(b, o), ("neg", times(a, x)))
    if form == "divided":
        return ("div", plus(times(a, x), times(b, o)), const(1.5))
    if form == "twice":
        return plus(plus(times(a, x), times(b, o)), times(const(0.5), o))
    if form == "minus_part":
        # No coefficient that is drawn is cancelled by this.
        return ("sub", plus(times(a, x), times(b, o)), times(const(0.375), x))
    return plus(times(a, x), times(b, o))


def skip(f, plan, o, late, name):
    """The result of the skip, over the axes of `o`."""
    axes = list(o.axes)
    plan.result = o
    attention = leaf(o) if late is None else ("div", leaf(o), late)
    attention = plan.change("attention", attention)
    expression = plan.change("result", combine(f, plan, attention, name, axes))
    if plan.skip == "in_place" and late is None and expression[0] == "add" and \
            expression[2][0] == "leaf" and expression[2][1].element == plan.out_element and \
            expression[2][2] == o.axes:
        return elementwise(f, expression, axes, plan.out_element, plan.compute,
                           in_place=expression[2])
    # A coefficient spread over the result could as well be the residual: which
    # one is c_skip could not be told, and with it the schedule.
    full = 0.0 if plan.schedules else 0.4
    return compute(f, expression, axes, plan.out_element, plan.compute, split=plan.split,
                   full=full)
