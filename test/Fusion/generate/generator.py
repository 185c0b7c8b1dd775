"""Draws a module: one function with one or more attentions, each with a skip,
and what a run of it must give."""
import numpy as np

from . import layouts, mutants
from .attention import attention
from .builder import Function
from .skip import FORMS, skip
from .structured import shuffled

DIVISIONS = (("before", 34), ("reciprocal", 10), ("reciprocal_inline", 8), ("after", 24),
             ("inside", 12), ("skip", 12))
MASKS = (("none", 46), ("bias", 16), ("causal", 14), ("bool", 8), ("bool_bias", 8),
         ("causal_bias", 8))
SCALES = (("scores", 30), ("divide", 10), ("q", 15), ("k", 5), ("both", 12), ("body", 12),
          ("none", 16))
SHIFTS = (("max", 64), ("none", 12), ("global", 10), ("raw", 8), ("constant", 6))


def pick(rng, table):
    weights = np.array([weight for _, weight in table], float)
    return table[int(rng.choice(len(table), p=weights / weights.sum()))][0]


class Plan:
    """What was drawn for one attention."""

    def __init__(self, f, rng, arrangement, hooks):
        self.f, self.hooks = f, hooks
        self.arrangement = arrangement
        self.batch = list(layouts.ARRANGEMENTS[arrangement][0])
        self.order = {}
        self.given_x = self.given_q = self.given_k = None
        self.value_init = self.mask_tensor = self.empty_rows = None
        self.shared = False
        self.schedules, self.seen = [], {}
        self.draw_types(rng)
        self.scale = float(rng.choice([0.5, 0.353553, 0.25, 0.7, 1.2]))
        self.scale_place = pick(rng, SCALES)
        self.mask = pick(rng, MASKS)
        self.offset = int(rng.choice([0, 0, 1, 2]))
        self.base2 = str(rng.choice(["no", "no", "no", "no", "early", "late"]))
        self.shift = pick(rng, SHIFTS)
        self.division = pick(rng, DIVISIONS)
        self.named_softmax = self.base2 == "no" and rng.random() < 0.2
        self.recompute = rng.random() < 0.1
        self.safe = self.division in ("before", "reciprocal", "reciprocal_inline") and \
            rng.random() < 0.06
        self.guard = not self.safe and rng.random() < 0.06
        self.keepdim, self.keepdim_by_map = 0.25, 0.12
        self.explicit_broadcast = 0.0 if self.division in ("after", "skip") else 0.15
        self.transposes = float(rng.choice([0.0, 0.5]))
        self.shuffle = float(rng.choice([0.0, 0.0, 0.6]))
        self.cast_noise = 0.3 if rng.random() < 0.15 else 0.0
        self.split = float(rng.choice([0.0, 0.4, 1.0]))
        self.skip = str(rng.choice(FORMS))
        self.schedule = rng.random() < 0.35
        if self.named_softmax:
            self.safe = self.guard = False
        if self.guard:
            # The sum is compared with 0 row by row.
            self.explicit_broadcast = 0.0
        if self.softmax == "f16" and self.shift in ("global", "raw"):
            # Rows far below such a shift sum up to 0 in f16.
            self.shift = "max"
        if self.scale_place == "none" and self.base2 == "early":
            self.base2 = "late"

    def draw_types(self, rng):
        profile = pick(rng, (("f32", 52), ("wide", 6), ("mixed", 24), ("narrow", 10),
                             ("any", 8)))
        low = str(rng.choice(["f16", "bf16"]))
        self.elements, self.compute = ["f32"] * 3, "f32"
        self.x_element = self.out_element = self.scores = self.softmax = "f32"
        self.probabilities = self.output = "f32"
        self.accumulate = self.coefficients = "f32"
        if profile == "wide":
            for name in ("compute", "x_element", "out_element", "scores", "softmax",
                         "probabilities", "output", "accumulate", "coefficients"):
                setattr(self, name, "f64")
            self.elements = ["f64"] * 3
        elif profile == "mixed":
            self.elements = [low] * 3
            self.x_element = self.out_element = low if rng.random() < 0.8 else "f32"
            self.probabilities = low if rng.random() < 0.5 else "f32"
            self.output = low if rng.random() < 0.5 else "f32"
        elif profile == "narrow":
            for name in ("x_element", "out_element", "scores", "softmax", "probabilities",
                         "output"):
                setattr(self, name, low)
            self.elements, self.compute = [low] * 3, low if rng.random() < 0.5 else "f32"
        elif profile == "any":
            self.elements = [str(rng.choice(["f16", "bf16", "f32"])) for _ in range(3)]
            self.x_element = str(rng.choice(["f16", "bf16", "f32"]))
        if profile != "wide" and rng.random() < 0.15:
            self.coefficients = "f64"

    def axes(self, row, column):
        """The axes of an intermediate; the same each time it is asked for."""
        if (row, column) not in self.order:
            self.order[row, column] = tuple(shuffled(
                self.f, [*self.batch, row, column], self.shuffle))
        return self.order[row, column]

    def change(self, point, value):
        """The value, or what the mutant makes of it."""
        hook = self.hooks.get(point)
        return hook(self.f, self, value) if hook else value


def draw_mask(f, plan, suffix):
    """The tensor of the plan's mask. Every row keeps a key that it sees, unless
    the module is written for rows without."""
    rng = f.rng
    if plan.mask == "causal" or plan.mask == "none":
        return
    batch = [a for a in plan.batch if rng.random() < 0.5]
    if plan.mask == "causal_bias":
        rows, keys = f.sizes["m"], f.sizes["n"]
        visible = np.arange(keys)[None] <= np.arange(rows)[:, None] + plan.offset
        plan.mask_tensor = f.argument(f"bias{suffix}", ["m", "n"], plan.scores,
                                      np.where(visible, 0.0, -np.inf))
        return
    axes = batch + (["m"] if rng.random() < 0.6 else []) + ["n"]
    if rng.random() < 0.15:
        rng.shuffle(axes)
    if rng.random() < 0.3:
        axes = ["" if a not in axes else a for a in [*plan.batch, "m", "n"]]
    if plan.mask == "bias":
        plan.mask_tensor = f.argument(f"bias{suffix}", axes, plan.scores)
        return
    keep = rng.random(f.shape(axes)) < 0.6
    allowed = plan.safe or (plan.guard and plan.shift in ("none", "constant"))
    if not allowed:
        at = axes.index("n")
        first = [slice(None)] * len(axes)
        first[at] = 0
        keep[tuple(first)] = True
    plan.mask_tensor = f.argument(f"keep{suffix}", axes, "i1", keep)


class Module:
    """A drawn module: text, arguments, expected results, what must fuse."""

    def __init__(self, f, kind, skips, schedules, description, feeds):
        self.name, self.function, self.kind = f.name, f, kind
        self.text, self.skips = f.text(), skips
        self.schedules, self.description = schedules, description
        self.feeds = feeds  # a skip is the queries of another attention
        mutant = mutants.MUTANTS.get(kind, mutants.NONE)
        self.silent, self.alone = mutant.silent, mutant.alone


def block(f, plan, suffix, previous=None):
    """One attention with its skip. `previous` is an earlier result."""
    rng = f.rng
    if previous is not None:
        same = f.sizes["k"] == f.sizes["d"] and ("k" in f.dynamic) == ("d" in f.dynamic)
        over = [*plan.batch, "m", "d"]
        if sorted(previous.axes) == sorted(over):
            if same and previous.element == plan.elements[0] and rng.random() < 0.6 and \
                    plan.arrangement not in ("merged", "grouped"):
                plan.given_q = f.renamed(previous, ["k" if a == "d" else a
                                                    for a in previous.axes])
    q, k, v = layouts.operands(f, plan, suffix)
    draw_mask(f, plan, suffix)
    if plan.division == "skip" and plan.arrangement in ("collapse", "merged", "grouped"):
        plan.division = "after"
    if rng.random() < 0.05 and plan.skip == "plain" and plan.division not in ("skip", "after") \
            and not plan.guard and not {"attention", "result"} & set(plan.hooks):
        # The product with V starts from the residual. A mutant's change would be
        # between the two.
        plan.value_init = f.argument(f"x{suffix}", plan.axes("m", "d"), plan.accumulate)
        o, _ = attention(f, plan, q, k, v)
        return o
    o, late = attention(f, plan, q, k, v)
    if late is None:
        o = layouts.results(f, plan, o)
    if previous is not None and sorted(previous.axes) == sorted(o.axes) and rng.random() < 0.5:
        plan.given_x = previous
    return skip(f, plan, o, late, suffix)


def draw(name, seed, only=None, chance=0.35):
    """The module with this seed. `only` is a mutant's kind, "valid" or None."""
    rng = np.random.default_rng(seed)
    kind = "valid"
    if only != "valid" and (only or rng.random() < chance):
        kind = only or str(rng.choice(sorted(mutants.MUTANTS)))
    mutant = mutants.MUTANTS.get(kind, mutants.NONE)
    table = [(key, value[1]) for key, value in layouts.ARRANGEMENTS.items()
             if not mutant.arrangements or key in mutant.arrangements]
    arrangement = pick(rng, table)
    shared = arrangement in ("flat2", "flat3", "four") and rng.random() < 0.08 \
        and not mutant.equal
    sizes = layouts.sizes(rng, arrangement, mutant.equal, shared)
    dynamic = set()
    if rng.random() < 0.25:
        dynamic = {a for a in ("b", "p", "m", "n") if a in sizes and rng.random() < 0.7}
        if rng.random() < 0.2:
            dynamic |= {a for a in ("h", "k", "d") if rng.random() < 0.5}
        if arrangement in ("repeat", "grouped", "collapse"):
            # Upstream's lowering crashes on a split into two open sizes.
            dynamic -= {"h"}
        if arrangement == "merged":
            dynamic -= {"h", "k", "d"}
        for group in (*mutant.equal, *((("m", "n"), ("k", "d")) if shared else ())):
            # Read in place of each other: not some open, some known.
            if dynamic & set(group):
                dynamic -= set(group)
    f = Function(name, rng, sizes, dynamic)
    layouts.declare(f, arrangement)
    f.dynamic &= set(f.sizes)
    count = 1 if kind != "valid" else int(rng.choice([1, 1, 1, 1, 1, 2, 2, 3]))
    schedules, out, described, mark, feeds = [], None, [], 0, False
    for i in range(count):
        plan = Plan(f, rng, arrangement, mutant.hooks)
        if plan.shift == "none" or plan.shift == "constant":
            plan.scale = min(plan.scale, 0.5)
        plan.shared = shared
        if shared:
            plan.elements = plan.elements[:1] * 3
        mutant.prepare(plan)
        before = out
        out = block(f, plan, f"_{i}" if count > 1 else "_", before)
        feeds |= plan.given_q is not None
        if before is not None and (f"{before.name} " not in "\n".join(f.lines[mark:]) + " " or
                                   rng.random() < 0.3):
            f.give(before)  # otherwise it would be dead code
        mark = len(f.lines)
        out = plan.change("output", out)
        schedules += plan.schedules if plan.skip in ("one", "fma", "negated") else []
        if rng.random() < 0.1 and plan.seen:
            f.give(plan.seen[str(rng.choice(sorted(plan.seen)))])
        described.append(", ".join(f"{key}={value}" for key, value in sorted(vars(plan).items())
                                   if isinstance(value, (str, int, float, bool))))
    f.give(out)
    return Module(f, kind, count if kind == "valid" else 0, schedules, described, feeds)
