"""Two parts of tools/demo.sh that need arithmetic on results.

  demo_steps.py coefficients RUNNER SCRATCH
  demo_steps.py loop RUNNER SCRATCH MODULE [RUNNER OPTIONS...]
"""
import pathlib
import subprocess
import sys

import numpy

TIMES = [0.0, 0.5, 1.0, 10.0]
STEPS = [1.0, 0.7, 0.4, 0.1]
PIPELINES = {"fused": [], "unfused": ["--pipeline=rcm-stock-to-cpu"]}

COEFFICIENTS = """
func.func @coefficients(%t: tensor<{n}xf32>) -> (tensor<{n}xf32>, tensor<{n}xf32>) {{
  %e = tensor.empty() : tensor<{n}xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : tensor<{n}xf32>)
      outs(%e, %e : tensor<{n}xf32>, tensor<{n}xf32>) -> tensor<{n}xf32>, tensor<{n}xf32>
  return %c_skip, %c_out : tensor<{n}xf32>, tensor<{n}xf32>
}}
"""


def run(command):
    result = subprocess.run([str(part) for part in command], text=True,
                            capture_output=True, check=False)
    if result.returncode:
        sys.exit(result.stderr.strip())


def coefficients(runner, scratch):
    module = scratch / "coefficients.mlir"
    module.write_text(COEFFICIENTS.format(n=len(TIMES)))
    files = [scratch / "c_skip.npy", scratch / "c_out.npy"]
    run([runner, module, "--arg=t=" + ",".join(map(str, TIMES)),
         f"--output=0={files[0]}", f"--output=1={files[1]}"])
    c_skip, c_out = map(numpy.load, files)
    print(f"{'t':>6} {'c_skip':>10} {'c_out':>10}")
    for time, skip, out in zip(TIMES, c_skip, c_out):
        print(f"{time:6.1f} {skip:10.6f} {out:10.6f}")


def loop(runner, scratch, module, options):
    start = numpy.random.default_rng(0).standard_normal((4, 128, 256), numpy.float32)
    final = {}
    for name, pipeline in PIPELINES.items():
        state = scratch / f"state_{name}.npy"
        numpy.save(state, start)
        for time in STEPS:
            run([runner, module, "--function=block_4x128x256", f"--arg=x={state}",
                 f"--arg=t={time}", f"--output={state}", *pipeline, *options])
        final[name] = numpy.load(state)
        print(f"{name:>8}: mean {final[name].mean():+.6f}, standard deviation "
              f"{final[name].std():.6f}")
    difference = float(numpy.abs(final["fused"] - final["unfused"]).max())
    print(f"max |fused - unfused| after {len(STEPS)} steps: {difference:.2e}")
    # Each step is within 1e-5; the block does not amplify by more than 2.
    if not difference <= 1e-4:
        sys.exit(f"error: expected at most 1e-4, got {difference:.2e}")


def main(arguments):
    part, runner, scratch = arguments[0], arguments[1], pathlib.Path(arguments[2])
    if part == "coefficients":
        coefficients(runner, scratch)
    else:
        loop(runner, scratch, arguments[3], arguments[4:])


if __name__ == "__main__":
    main(sys.argv[1:])
