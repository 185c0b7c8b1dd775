"""Gives every pass and pipeline of ours to the stock mlir-opt.

  all_passes.py LIBRARY SOURCE_DIR

The names come from what `rcm-opt --help` lists and `mlir-opt --help` does not,
and from the Passes.td files; both lists must agree. Each way of loading the
library must accept all of them, by name, and run them on an empty module.
"""
import pathlib
import re
import subprocess
import sys

LOADED = {"dialect": ["--load-dialect-plugin={}"], "pass": ["--load-pass-plugin={}"],
          "both": ["--load-dialect-plugin={}", "--load-pass-plugin={}"]}
# Options without a default.
OPTIONS = {"rcm-rt-verify-stage": "{stage=buffers}"}


def listed(tool):
    text = subprocess.run([tool, "--help"], capture_output=True, text=True, check=True).stdout
    text = text[text.index("Passes:"):]
    return set(re.findall(r"^      --([\w-]+) ", text, re.M))


def declared(source):
    """Pass name to the op it is anchored on, from tablegen."""
    found = {}
    for path in source.glob("include/rcm/**/Passes.td"):
        for name, anchor in re.findall(r'Pass<"([\w-]+)"(?:,\s*"([\w:]+)")?', path.read_text()):
            found[name] = anchor
    return found


def main(library, source):
    ours = listed("rcm-opt") - listed("mlir-opt")
    passes = declared(pathlib.Path(source))
    if not set(passes) <= ours:
        sys.exit(f"expected rcm-opt to list {sorted(set(passes) - ours)}")
    pipelines = sorted(ours - set(passes))
    for way, options in LOADED.items():
        base = ["mlir-opt", *(option.format(library) for option in options)]
        entries = []
        for name in sorted(ours):
            nested = passes.get(name, "").endswith("GPUModuleOp")
            entry = name + OPTIONS.get(name, "")
            entries.append(f"gpu.module({entry})" if nested else entry)
        command = [*base, f"--pass-pipeline=builtin.module({','.join(entries)})",
                   "--dump-pass-pipeline"]
        done = subprocess.run(command, input="module {}\n", capture_output=True, text=True,
                              check=False)
        if done.returncode:
            sys.exit(f"{way}: {done.stderr}")
        missing = [name for name in passes if name not in done.stderr]
        if missing:
            sys.exit(f"{way}: expected the pipeline to hold {missing}")
        wrong = subprocess.run([*base, "--pass-pipeline=builtin.module(rcm-no-such-pass)"],
                               input="module {}\n", capture_output=True, text=True, check=False)
        if not wrong.returncode:
            sys.exit(f"{way}: expected an unknown pass to be refused")
        print(f"{way} plugin: {len(passes)} passes and {len(pipelines)} pipelines accepted")
    print("pipelines:", *pipelines)


main(sys.argv[1], sys.argv[2])
