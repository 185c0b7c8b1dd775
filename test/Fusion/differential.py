#!/usr/bin/env python3
"""Differential test of the fusion passes.

Draws random linalg modules, most of them attention + skip in some spelling, the
others mutants that mean something else; fuses them; runs original and fused
module on the CPU; compares both with what NumPy makes of the same expressions
in f64. docs/FusionTesting.md explains the counts.

    differential.py --count=300 --seed=1
    differential.py --count=20000 --keep=failures --jobs=2
    differential.py --seed=1 --first=123 --count=1 --show
    differential.py --only=epsilon --count=50
"""
import argparse
import collections
import multiprocessing
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from generate.generator import draw  # noqa: E402
from generate.mutants import MUTANTS  # noqa: E402
from harness.batch import FINE, VARIANTS, Batch, Outcome  # noqa: E402
from harness.planted import MATCHER_BUGS, PLANTED  # noqa: E402
from harness.tools import Tools  # noqa: E402

PROGRESS_S = 20


def allowance(text):
    """(outcome, number)"""
    name, _, number = text.partition("=")
    if name not in ("round-trip", "no-reason", "unfused-upstream", "schedule") or \
            not number.isdigit():
        raise argparse.ArgumentTypeError(
            "expected round-trip=N, no-reason=N, unfused-upstream=N or schedule=N, "
            f"got '{text}'")
    return name, int(number)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="modules (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="index of the first module")
    parser.add_argument("--only", metavar="KIND", choices=["valid", *MUTANTS],
                        help="valid, or a mutant: " + ", ".join(sorted(MUTANTS)))
    parser.add_argument("--variant", choices=list(VARIANTS),
                        help="upstream passes before fusion; default: every second batch "
                             "none, the others in turn")
    parser.add_argument("--batch", type=int, default=25, help="modules per process")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--bin", metavar="DIR", help="where rcm-opt is; default: on PATH")
    parser.add_argument("--keep", metavar="DIR", help="write modules that fail to files here")
    parser.add_argument("--planted", choices=[*MATCHER_BUGS, *PLANTED],
                        help="a mistake in the matcher; success is to find it")
    parser.add_argument("--allow", metavar="OUTCOME=N", action="append", default=[],
                        type=allowance, help="so many of an outcome are shown, but no failure")
    parser.add_argument("--show", action="store_true", help="print the modules and stop")
    options = parser.parse_args()
    for name in ("count", "batch", "jobs"):
        if getattr(options, name) < 1:
            parser.error(f"expected --{name} to be at least 1, got {getattr(options, name)}")
    return options


def draw_module(options, index):
    return draw(f"f{index}", [options.seed, index], options.only)


def run_batch(task):
    options, first, count, number = task
    variant = options.variant
    if not variant:
        names = [name for name in VARIANTS if name != "none"]
        variant = "none" if number % 2 == 0 else names[number // 2 % len(names)]
    modules, broken = [], []
    for i in range(first, first + count):
        try:
            modules.append(draw_module(options, i))
        except Exception as error:  # pylint: disable=broad-except
            # A long run ends with a report, whatever the generator does.
            broken.append(Outcome(i, "?", "original", f"not drawn: {error!r}", 0, ()))
    tools = Tools(options.bin, MATCHER_BUGS.get(options.planted, 0))
    batch = Batch(tools, modules, variant, options.planted)
    outcomes = batch.run() + broken
    for outcome in outcomes:
        name = f"f{outcome.index}"
        if options.keep and outcome.outcome not in FINE and name in batch.modules:
            keep(options, variant, outcome, batch.modules[name], batch.inputs.get(name),
                 batch.fused.get(name))
    return variant, outcomes


def keep(options, variant, outcome, module, changed, fused):
    """One failure as a file that runs as it is."""
    os.makedirs(options.keep, exist_ok=True)
    path = os.path.join(options.keep, f"{options.seed}-{outcome.index}-{outcome.outcome}.mlir")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"// {outcome.outcome}: {outcome.detail}\n"
                  f"// kind {outcome.kind}, seed {options.seed}, module {outcome.index}, "
                  f"variant {variant}\n")
        for line in module.description:
            out.write(f"// {line}\n")
        out.write("\n" + (changed or module.text))
        if fused:
            out.write("\n" + "".join(f"// FUSED {line}\n" for line in fused.splitlines()))


class Report:
    def __init__(self):
        self.outcomes = collections.Counter()
        self.kinds = collections.defaultdict(collections.Counter)
        self.variants = collections.Counter()
        self.reasons = collections.Counter()
        self.attentions = 0
        self.failures = []

    def add(self, variant, outcomes):
        for o in outcomes:
            self.outcomes[o.outcome] += 1
            self.kinds[o.kind][o.outcome] += 1
            self.variants[variant] += 1
            self.attentions += o.skips
            if o.outcome == "declined":
                self.reasons.update(o.reasons[:1] or ["(generic form)"])
            if o.outcome not in FINE:
                self.failures.append((variant, o))

    def total(self):
        return sum(self.outcomes.values())

    def print(self, options, seconds):
        print(f"seed {options.seed}: {self.total()} modules in {seconds:.0f} s "
              f"({self.total() / max(seconds, 1e-9):.1f}/s)")
        for name, count in sorted(self.outcomes.items()):
            print(f"  {name:16} {count}")
        print(f"  {'(attentions)':16} {self.attentions}")
        print("variants: " + ", ".join(f"{n} {c}" for n, c in sorted(self.variants.items())))
        valid = self.kinds.pop("valid", {})
        print("valid: " + ", ".join(f"{n} {c}" for n, c in sorted(valid.items())))
        for kind, counts in sorted(self.kinds.items()):
            print(f"  mutant {kind:24} "
                  + ", ".join(f"{n} {c}" for n, c in sorted(counts.items())))
        print("reasons: " + ", ".join(f"{n} {c}" for n, c in self.reasons.most_common()))
        for variant, o in self.failures[:40]:
            print(f"FAILED module {o.index} ({o.kind}, {variant}): {o.outcome}: {o.detail}")


def run(options):
    report, started, told = Report(), time.monotonic(), time.monotonic()
    tasks = []
    for number, at in enumerate(range(0, options.count, options.batch)):
        tasks.append((options, options.first + at, min(options.batch, options.count - at),
                      number))
    with multiprocessing.Pool(min(options.jobs, len(tasks)), maxtasksperchild=20) as pool:
        for variant, outcomes in pool.imap_unordered(run_batch, tasks):
            report.add(variant, outcomes)
            if options.planted and any(o.outcome == "wrong" for o in outcomes):
                pool.terminate()
                break
            if time.monotonic() - told > PROGRESS_S:
                told = time.monotonic()
                bad = len(report.failures)
                print(f"... {report.total()} of {options.count}, {bad} failed, "
                      f"{told - started:.0f} s", flush=True)
    report.print(options, time.monotonic() - started)
    return report


def main():
    options = parse()
    if options.show:
        for i in range(options.first, options.first + options.count):
            module = draw_module(options, i)
            print(f"// module {i}, {module.kind}\n" +
                  "".join(f"// {line}\n" for line in module.description) + module.text)
        return 0
    Tools(options.bin)
    report = run(options)
    if options.planted:
        found = report.outcomes["wrong"]
        print(f"planted bug {options.planted}: "
              + (f"found within {report.total()} modules" if found else "not found"))
        return 0 if found else 1
    allowed = dict(options.allow)
    failed = sum(c for n, c in report.outcomes.items()
                 if n not in FINE and c > allowed.get(n, 0))
    print(f"{report.total() - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
