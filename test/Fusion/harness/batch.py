"""Takes one batch of modules through fusion and judges every one of them.

Outcomes that are fine: `fused`, `declined` (a mutant, with a reason),
`stock-skipped` (an upstream pass failed on the module or changed its meaning).
Failures: `wrong`, `crash`, `verifier`, `compile`, `unfused` (an accepted form;
`unfused-upstream` after an upstream pass),
`no-reason` (declined in silence), `not-idempotent`, `round-trip` (through linalg
to another op), `schedule` (a schedule of t not recognized), `original` (the
driver itself: original and expectation differ).
"""
import collections
import itertools
import os
import re
import tempfile

import numpy as np

from generate import numbers

from .execute import run_all
from .planted import PLANTED
from .tools import ToolError, reasons, split

FINE = ("fused", "declined", "stock-skipped")

# Upstream passes that leave meaning alone, or are meant to.
VARIANTS = {
    "none": [],
    "canonicalize": ["--canonicalize"],
    "cse": ["--cse"],
    "generalize-named-ops": ["--linalg-generalize-named-ops"],
    "fold-unit-extent-dims": ["--linalg-fold-unit-extent-dims"],
    "fuse-elementwise-ops": ["--linalg-fuse-elementwise-ops"],
    "generic-form": [],
    "all": ["--canonicalize", "--cse", "--linalg-generalize-named-ops",
            "--linalg-fold-unit-extent-dims", "--linalg-fuse-elementwise-ops",
            "--canonicalize", "--cse"],
}

# Errors in units of the last place of the narrowest type that a module holds,
# relative to 1 + the largest value: sums of up to a dozen rounded products, an
# exponential that turns absolute errors of the scores (up to about 8) into
# relative ones, and one division.
TOLERANCE_ULP = {"f64": 4096, "f32": 160, "f16": 12, "bf16": 10}

Outcome = collections.namedtuple("Outcome", "index kind outcome detail skips reasons")


def tolerance(function):
    """Of the fused result, which may drop roundings but not add any."""
    element = function.narrowest
    return TOLERANCE_ULP[element] * numbers.EPSILON[element]


def difference(expected, got):
    """The largest difference relative to 1 + the largest value; inf where
    something that is no number differs."""
    worst = 0.0
    for want, have in zip(expected, got):
        finite = np.isfinite(want)
        same = (want == have) | (np.isnan(want) & np.isnan(have))
        if not np.all(same | finite):
            return np.inf
        if not np.all(np.isfinite(have[finite])):
            return np.inf
        if finite.any():
            size = 1 + np.abs(want[finite]).max()
            worst = max(worst, float(np.abs(want - have)[finite].max() / size))
    return worst


def isolate(run, names):
    """Runs run(names); if that raises, finds out for which names it does.
    Gives ([(names, result)], {name: error})."""
    if not names:
        return [], {}
    try:
        return [(names, run(names))], {}
    except ToolError as error:
        if len(names) == 1:
            return [], {names[0]: error}
    half = len(names) // 2
    good, bad = isolate(run, names[:half])
    more, worse = isolate(run, names[half:])
    return good + more, {**bad, **worse}


class Batch:
    def __init__(self, tools, modules, variant="none", planted=None, folder=None):
        self.tools, self.variant, self.planted = tools, variant, planted
        self.modules = {m.name: m for m in modules}
        self.folder = folder
        self.inputs, self.fused, self.reasons = {}, {}, {}
        self.outcomes, self.details = {}, {}

    def settle(self, name, outcome, detail=""):
        if name not in self.outcomes:
            self.outcomes[name], self.details[name] = outcome, str(detail)

    def open(self):
        return [name for name in self.modules if name not in self.outcomes]

    # The steps.

    def prepare(self):
        """Verifies the modules and takes them through the variant's passes."""
        def passes(names):
            text = "".join(self.modules[n].text for n in names)
            return self.tools.passes(text, VARIANTS[self.variant])[0]
        if not VARIANTS[self.variant]:
            self.inputs = {n: m.text for n, m in self.modules.items()}
            return
        good, bad = isolate(passes, self.open())
        for names, text in good:
            self.share(names, text, self.inputs)
        for name, error in bad.items():
            self.settle(name, "stock-skipped", f"{self.variant}: {error.first}")

    def share(self, names, text, into):
        """Distributes a printed module over its functions, each a module."""
        before, functions = split(text)
        for name in names:
            mine = [line for owner in (name + "_seen", name) for line in functions.get(owner, ())]
            used = set(re.findall(r"#map\w*", "\n".join(mine)))
            head = [line for line in before if line.split(" ")[0] in used]
            into[name] = "\n".join(head + mine) + "\n"

    def fuse(self):
        def fusion(names):
            text = join([self.inputs[name] for name in names])
            if self.variant == "generic-form":
                text, _ = self.tools.passes(text, ["--mlir-print-op-generic"])
            out, said = self.tools.fuse(text)
            return out, reasons(said, text)
        good, bad = isolate(fusion, self.open())
        for names, (text, why) in good:
            if self.planted in PLANTED:
                text = PLANTED[self.planted](text)
            self.share(names, text, self.fused)
            self.reasons.update(why)
        for name, error in bad.items():
            self.settle(name, "crash" if error.crashed else "verifier", error.first)

    def again(self):
        """A second run changes nothing."""
        names = [n for n in self.open() if "rcm." in self.fused[n]]
        if self.planted or not names:
            return
        def fusion(part):
            return self.tools.fuse(join([self.fused[name] for name in part]))[0]
        good, bad = isolate(fusion, names)
        for part, text in good:
            twice = {}
            self.share(part, text, twice)
            for name in part:
                changed = first_change(canonical(self.fused[name]), canonical(twice[name]))
                if changed:
                    self.settle(name, "not-idempotent", changed)
        for name, error in bad.items():
            self.settle(name, "crash" if error.crashed else "verifier",
                        f"second run: {error.first}")

    def round_trip(self):
        """Written out in linalg and fused again, the ops are the same."""
        names = [n for n in self.open() if "rcm.attention" in self.fused[n]]
        if self.planted or self.variant != "none" or not names:
            return

        def there_and_back(part):
            text = join([self.fused[name] for name in part])
            out, _ = self.tools.passes(text, ["--convert-rcm-to-linalg"])
            return self.tools.fuse(out)[0]
        good, bad = isolate(there_and_back, names)
        for part, text in good:
            back = {}
            self.share(part, text, back)
            for name in part:
                changed = first_change("\n".join(signatures(self.fused[name])),
                                       "\n".join(signatures(back[name])))
                if changed:
                    self.settle(name, "round-trip", changed)
        for name, error in bad.items():
            self.settle(name, "crash" if error.crashed else "verifier",
                        f"round trip: {error.first}")

    def execute(self, texts):
        """{name: results} of compiled functions, and what did not compile."""
        values, errors = {}, {}
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            path = os.path.join(folder, "batch.so")
            def build(names):
                library = f"{path}.{names[0]}.so"
                self.tools.compile(join([texts[n] for n in names]), library)
                return library
            good, bad = isolate(build, list(texts))
            for names, library in good:
                calls = [(n, self.modules["f" + n[1:]].function) for n in names]
                some, failed = run_all(library, calls)
                values.update(some)
                errors.update(failed)
        return values, errors, bad

    def judge(self):
        """Runs what was fused, and the originals, and compares."""
        texts = {}
        for name in self.open():
            if self.variant == "none":
                texts[name] = self.modules[name].text
            if "rcm." in self.fused[name]:
                texts["g" + name[1:]] = renamed(self.fused[name])
        values, errors, bad = self.execute(texts)
        doubtful = []
        for name in self.open():
            module = self.modules[name]
            expected = [r.value for r in module.function.results]
            other = "g" + name[1:]
            if self.variant == "none":
                self.check_original(name, values, errors, bad, expected)
            if other in bad:
                self.settle(name, "crash" if bad[other].crashed else "compile",
                            f"fused: {bad[other].first}")
            elif other in errors:
                self.settle(name, "wrong", f"fused: {errors[other]}")
            elif other in values:
                error = difference(expected, values[other])
                if error > tolerance(module.function):
                    doubtful.append((name, error))
        self.doubt(doubtful)

    def check_original(self, name, values, errors, bad, expected):
        # A narrow type rounds every intermediate of the original.
        function = self.modules[name].function
        limit = tolerance(function) * 4
        if name in bad:
            self.settle(name, "original", f"does not compile: {bad[name].first}")
        elif name in errors:
            self.settle(name, "original", errors[name])
        elif difference(expected, values[name]) > limit:
            self.settle(name, "original", f"differs from NumPy by "
                                          f"{difference(expected, values[name]):.3g} > {limit:.3g}")

    def upstream_errors(self, names):
        """How far modules are from the expectation before they are fused."""
        values, errors, bad = self.execute({n: self.inputs[n] for n in names})
        return {n: np.inf if n in bad or n in errors else
                difference([r.value for r in self.modules[n].function.results], values[n])
                for n in names}

    def doubt(self, names):
        """A wrong result is the matcher's unless what was fused is as wrong: then
        an upstream pass made it, or the generator."""
        if names:
            before = self.upstream_errors([n for n, _ in names])
            for name, error in names:
                if error <= 1.5 * before[name] and VARIANTS[self.variant]:
                    self.settle(name, "stock-skipped", f"{self.variant} changes the result")
                elif error <= 1.5 * before[name]:
                    self.settle(name, "original", f"differs from NumPy by {before[name]:.3g}")
        for name, error in names:
            self.settle(name, "wrong", f"differs by {error:.3g} > "
                                       f"{tolerance(self.modules[name].function):.3g}")

    def skip_changed(self, names):
        """What did not fuse is no attention any more if an upstream pass changed
        what it computes, or took the sum over the keys away."""
        if not VARIANTS[self.variant] or not names:
            return
        for name, error in self.upstream_errors(names).items():
            if error > 4 * tolerance(self.modules[name].function):
                self.settle(name, "stock-skipped", f"{self.variant} changes the result")
            elif self.lost_sum(name):
                self.settle(name, "stock-skipped", f"{self.variant} removes the sum over the keys")

    def lost_sum(self, name):
        """True if upstream passes folded a sum over the only key or the only
        channel of the keys away, or made one op of the sum over the keys and the
        probabilities, which then are divided as often as there are channels."""
        function = self.modules[name].function
        folds = self.variant in ("fold-unit-extent-dims", "all") and any(
            function.sizes[axis] == 1 and axis not in function.dynamic for axis in "nk")
        return folds or "several-results" in self.reasons.get(name, ())

    def unfused(self, names):
        self.skip_changed([name for name, _ in names])
        for name, why in names:
            self.settle(name, "unfused-upstream" if VARIANTS[self.variant] else "unfused", why)

    def expect(self):
        """Accepted forms fuse; everything else is told why not."""
        unfused = []
        for name in self.open():
            module, text = self.modules[name], self.fused[name]
            why = ", ".join(sorted(set(self.reasons.get(name, ["?"]))))
            skips = len(re.findall(r"rcm\.attention_skip", text))
            wanted, inlined = module.skips, self.variant in ("fuse-elementwise-ops", "all")
            if inlined:
                # One skip may have become part of the next, whose residual or
                # queries then hold an attention too; formulas of t part of the
                # skip.
                wanted = 0 if module.feeds else min(1, wanted)
            if module.kind == "valid" and skips < wanted:
                unfused.append((name, f"{skips} of {wanted} fused: {why}"))
                continue
            if module.alone and skips:
                self.settle(name, "wrong", "a skip behind something else was fused")
            if module.alone and "rcm.attention" not in text:
                unfused.append((name, f"attention alone: {why}"))
                continue
            wanted = collections.Counter(s for s in module.schedules if s != "explicit")
            found = collections.Counter(re.findall(r"rcm\.skip_coefficients (\w+)", text))
            if module.kind == "valid" and wanted - found and not inlined:
                self.settle(name, "schedule", f"expected {dict(wanted)}, got {dict(found)}")
            elif module.kind != "valid" and wanted and found - wanted:
                self.settle(name, "wrong", f"schedule {dict(found)} of different times")
            elif "rcm." not in text and name not in self.reasons and \
                    not module.silent and self.variant != "generic-form":
                self.skip_changed([name])
                self.settle(name, "no-reason")
            self.settle(name, "fused" if "rcm.attention" in text else "declined")
        self.unfused(unfused)

    def run(self):
        self.prepare()
        self.fuse()
        self.again()
        self.judge()
        self.round_trip()
        self.expect()
        return [Outcome(int(name[1:]), m.kind, self.outcomes[name], self.details[name],
                        len(re.findall(r"rcm\.attention", str(self.fused.get(name, "")))),
                        tuple(sorted(set(self.reasons.get(name, ())))))
                for name, m in self.modules.items()]


def renamed(text):
    """A fused module's functions beside the originals."""
    return re.sub(r"@f(\d+)\b", r"@g\1", re.sub(r"@f(\d+)_seen", r"@g\1_seen", text))


def join(texts):
    """Modules in one: aliases of maps are renamed, one number per module."""
    heads, bodies = [], []
    for i, text in enumerate(texts):
        text = re.sub(r"#(map\d*)\b", rf"#\1_{i}x", text)
        for line in text.splitlines():
            (heads if line.startswith("#") else bodies).append(line)
    return "\n".join(heads + bodies) + "\n"


def signatures(text):
    """The rcm ops of a function without the names of their operands, sorted: an op
    stands where the last of what it replaces stood."""
    ops = re.findall(r"rcm\.(?:attention|attention_skip|skip_coefficients) .*", canonical(text))
    # The factor of the scores is written out in the type of the scores.
    ops = [re.sub(r"scale\(([^)]*)\)", lambda m: f"scale({np.float32(m.group(1))})", op)
           for op in ops]
    return sorted(re.sub(r"%[\w#]+", "%", op) for op in ops)


def first_change(before, after):
    """The first line that differs, in both forms, or an empty text."""
    for old, new in itertools.zip_longest(before.splitlines(), after.splitlines(), fillvalue=""):
        if old != new:
            return f"{old.strip()[:160]} became {new.strip()[:160]}"
    return ""


def canonical(text):
    """Text with the maps written out, since aliases depend on the module."""
    maps = dict(re.findall(r"^(#map\w*) = (affine_map<.*>)$", text, re.M))
    body = re.sub(r"^#.*\n", "", text, flags=re.M)
    return re.sub(r"#map\w*", lambda m: maps.get(m.group(0), m.group(0)), body)
