#!/usr/bin/env python3
"""Times other people's attention kernels followed by a compiled skip kernel.

The companion of `rcm-bench --target=gpu`: the same shapes, the same kind of
random data, the same way of timing (CUDA events, a 256 MiB write that empties
the L2 before every sample, medians), so that both can run one after the other
on one machine and be put into one table.

What is timed, per shape, attention and skip together:
  cudnn   torch's scaled_dot_product_attention, cuDNN back end, then the skip
  flash   the same with the FlashAttention-2 back end
  fa3     flash_attn_interface.flash_attn_func (FlashAttention-3), if importable
  sage    sageattention.sageattn, if importable
  rcm     rcm.attention_skip of this project with recipe int8-e4m3, in one call,
          if its package finds its libraries (PYTHONPATH, RCM_LIBRARY_DIR,
          RCM_OBJECT_PATH); its output is checked against cuDNN's
The skip is `alpha * x + beta * o` with one coefficient per batch element,
compiled by torch.compile. A peer that cannot be imported is listed as absent.

Usage:
  peers.py [--shapes=NAME,...] [--repeat=N] [--seed=N] [--json=FILE]

Shapes are the names of rcm-bench or B,H,Lq,Lk,D. Exit code 1, with one line
on stderr, for an unknown shape, a missing GPU or an unwritable file.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys

# B, H, Lq, Lk, D
SHAPES = {
    "wan1.3b_480p": (1, 12, 32760, 32760, 128),
    "wan14b_480p": (1, 40, 32760, 32760, 128),
    "wan14b_720p": (1, 40, 75600, 75600, 128),
    "b2h16_8k": (2, 16, 8192, 8192, 128),
    "b4h16_4k": (4, 16, 4096, 4096, 128),
    "b8h16_2k": (8, 16, 2048, 2048, 128),
    "cross_512": (1, 12, 32760, 512, 128),
    "proposal_large": (16, 12, 2048, 2048, 64),
    "proposal_medium": (8, 8, 512, 512, 64),
    "proposal_small": (4, 4, 128, 128, 64),
}
FLUSH_BYTES = 256 << 20  # several times the L2 of any GPU so far
FLUSHES = 4  # long enough to enqueue what is timed while they run
MOST_ERROR = 0.02  # of an output that holds the residual too
SLOW_MS = 20.0  # above it, fewer samples


def fail(message):
    print(f"peers.py: {message}", file=sys.stderr)
    raise SystemExit(1)


def parse_shapes(text):
    """`NAME,...` or numbers `B,H,Lq,Lk,D` as a list of (name, 5 sizes)."""
    parts = text.split(",")
    if all(p.isdigit() for p in parts):
        if len(parts) != 5:
            fail(f"expected a shape B,H,Lq,Lk,D of 5 numbers, got {len(parts)}: {text}")
        return [(text, tuple(int(p) for p in parts))]
    for name in parts:
        if name not in SHAPES:
            fail(f"expected a shape name of {', '.join(SHAPES)}, got {name}")
    return [(name, SHAPES[name]) for name in parts]


class Timer:
    """Median and 10th and 90th percentile of CUDA-event times in milliseconds."""

    def __init__(self, torch, repeat):
        self.torch = torch
        self.repeat = repeat
        self.flush = torch.empty(FLUSH_BYTES, dtype=torch.uint8, device="cuda")

    def __call__(self, run):
        torch = self.torch
        for _ in range(3):
            run()
        torch.cuda.synchronize()
        times = []
        repeat = self.repeat
        while len(times) < repeat:
            start = torch.cuda.Event(enable_timing=True)
            stop = torch.cuda.Event(enable_timing=True)
            for _ in range(FLUSHES):
                self.flush.zero_()
            start.record()
            run()
            stop.record()
            stop.synchronize()
            times.append(start.elapsed_time(stop))
            if times[0] > SLOW_MS:
                repeat = min(repeat, 7)
        deciles = statistics.quantiles(times, n=10) if len(times) > 1 else times * 9
        return statistics.median(times), deciles[0], deciles[-1]


def make_attentions(torch):
    """Name -> attention on (q, k, v) in BHLD, or the reason why it is absent."""
    from torch.nn.attention import SDPBackend, sdpa_kernel

    def sdpa(backend):
        def run(q, k, v):
            with sdpa_kernel(backend):
                return torch.nn.functional.scaled_dot_product_attention(q, k, v)
        return run

    peers = {"cudnn": sdpa(SDPBackend.CUDNN_ATTENTION),
             "flash": sdpa(SDPBackend.FLASH_ATTENTION)}
    try:
        from flash_attn_interface import flash_attn_func

        def fa3(q, k, v):
            out = flash_attn_func(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
            return (out[0] if isinstance(out, tuple) else out).transpose(1, 2)
        peers["fa3"] = fa3
    except ImportError as error:
        peers["fa3"] = f"absent: {error}"
    try:
        from sageattention import sageattn
        peers["sage"] = lambda q, k, v: sageattn(q, k, v, tensor_layout="HND")
    except ImportError as error:
        peers["sage"] = f"absent: {error}"
    return peers


def make_rcm():
    """rcm.attention_skip, or the reason why it is absent."""
    try:
        import rcm
        from rcm._libraries import runtime
        runtime.get()
        return rcm.attention_skip
    except ImportError as error:
        return f"absent: {error}"


def run_rcm(torch, timer, attention_skip, q, k, v, x):
    """Times the fused kernel, after a check against PyTorch: relative L1 of the
    output below MOST_ERROR."""
    t = torch.linspace(0.3, 1.0, q.shape[0], device="cuda")
    out = torch.full_like(x, float("nan"))
    run = lambda: attention_skip(q, k, v, x, t, recipe="int8-e4m3", out=out)
    run()
    scale = t.double().view(-1, 1, 1, 1)
    plain = torch.nn.functional.scaled_dot_product_attention(q, k, v)
    want = (x / (scale**2 + 1) + scale / (scale**2 + 1).sqrt() * plain).float()
    error = ((out.float() - want).abs().sum() / want.abs().sum()).item()
    if not error < MOST_ERROR:
        return f"wrong: relative L1 {error:.3g}, expected below {MOST_ERROR}"
    return timer(run)


def ceilings(torch, timer):
    """Copy bandwidth in GB/s (read + written) and matrix rates in TFLOP/s."""
    source = torch.randn(1 << 29, device="cuda")
    target = torch.empty_like(source)
    copy_ms = timer(lambda: target.copy_(source))[0]
    size = 8192
    a = torch.randn(size, size, device="cuda", dtype=torch.bfloat16)
    b = torch.randn(size, size, device="cuda", dtype=torch.bfloat16)
    rates = {"copy_gbytes_per_s": 2 * source.numel() * 4 / copy_ms / 1e6,
             "bf16_tflops": 2 * size**3 / timer(lambda: a @ b)[0] / 1e9}
    try:
        one = torch.ones((), device="cuda")
        a8, b8 = a.to(torch.float8_e4m3fn), b.to(torch.float8_e4m3fn).t()
        product = lambda: torch._scaled_mm(a8, b8, one, one, out_dtype=torch.bfloat16)
        rates["e4m3_tflops"] = 2 * size**3 / timer(product)[0] / 1e9
    except (AttributeError, RuntimeError, TypeError) as error:
        print(f"no e4m3 ceiling: {error}", file=sys.stderr)
    return rates


def run_shape(torch, timer, peers, skip, sizes, seed):
    """Yields (mode, peer, times or reason) of one shape."""
    batch, heads, queries, keys, dim = sizes
    generator = torch.Generator(device="cuda").manual_seed(seed)

    def draw(length):
        return torch.randn(batch, heads, length, dim, generator=generator,
                           device="cuda").to(torch.bfloat16)
    q, k, v, x = draw(queries), draw(keys), draw(keys), draw(queries)
    alpha, beta = (torch.rand(batch, 1, 1, 1, generator=generator, device="cuda")
                   for _ in range(2))
    fused = make_rcm()
    if not isinstance(fused, str):
        try:
            fused = run_rcm(torch, timer, fused, q, k, v, x)
        except Exception as error:  # a failing peer must not end the run
            fused = f"failed: {error}"
    yield "fused", "rcm", fused
    yield "skip", "torch.compile", timer(lambda: skip(x, q, alpha, beta))
    for name, attention in peers.items():
        if isinstance(attention, str):
            yield "two-pass", name, attention
            continue
        try:
            yield "attention", name, timer(lambda: attention(q, k, v))
            yield "two-pass", name, timer(
                lambda: skip(x, attention(q, k, v), alpha, beta))
        except RuntimeError as error:
            yield "two-pass", name, f"absent: {str(error).splitlines()[0]}"


def describe_run(torch):
    def output(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True,
                                  check=True).stdout.strip().splitlines()[0]
        except (OSError, subprocess.CalledProcessError, IndexError):
            return "unknown"
    here = os.path.dirname(os.path.abspath(__file__))
    return {"device": torch.cuda.get_device_name(),
            "driver": output("nvidia-smi", "--query-gpu=driver_version",
                             "--format=csv,noheader"),
            "commit": os.environ.get("RCM_COMMIT") or output("git", "-C", here, "rev-parse", "--short", "HEAD"),
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "torch": torch.__version__,
            "cudnn": torch.backends.cudnn.version()}


def make_rows(torch, args):
    timer = Timer(torch, args.repeat)
    peers = make_attentions(torch)
    skip = torch.compile(lambda x, o, alpha, beta: (alpha * x + beta * o).to(x.dtype),
                         dynamic=False)
    torch._dynamo.config.cache_size_limit = 64
    common = describe_run(torch)
    rates = ceilings(torch, timer)
    print("ceilings: " + ", ".join(f"{k} {v:.0f}" for k, v in rates.items()))
    print(f"{'shape':18} {'mode':10} {'peer':14} {'median ms':>10} {'p10':>9} {'p90':>9} {'TFLOP/s':>8}")
    rows = []
    for index, (name, sizes) in enumerate(args.shapes):
        print(f"[{index + 1}/{len(args.shapes)}] {name}", file=sys.stderr)
        batch, heads, queries, keys, dim = sizes
        flops = 4 * batch * heads * queries * keys * dim
        for mode, peer, times in run_shape(torch, timer, peers, skip, sizes, args.seed):
            row = {"shape": name, "mode": mode, "target": "gpu", "recipe": peer, **common}
            if isinstance(times, str):
                row["absent"] = times
                print(f"{name:18} {mode:10} {peer:14} {times}")
            else:
                row.update(median_ms=times[0], p10_ms=times[1], p90_ms=times[2],
                           tflops=flops / times[0] / 1e9 if mode != "skip" else None,
                           **{"ceilings": rates})
                rate = f"{row['tflops']:8.0f}" if row["tflops"] else f"{'':8}"
                print(f"{name:18} {mode:10} {peer:14} {times[0]:10.4f} {times[1]:9.4f} {times[2]:9.4f} {rate}")
            rows.append(row)
        torch.cuda.empty_cache()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", default=",".join(SHAPES), help="names, or B,H,Lq,Lk,D")
    parser.add_argument("--repeat", type=int, default=30, help="samples per figure (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="write the rows as a JSON array")
    args = parser.parse_args()
    if args.repeat < 1:
        fail(f"expected --repeat to be at least 1, got {args.repeat}")
    args.shapes = parse_shapes(args.shapes)
    try:
        import torch
    except ImportError:
        fail("expected PyTorch to be importable; pip install torch")
    if not torch.cuda.is_available():
        fail("expected an NVIDIA GPU, found none")
    rows = make_rows(torch, args)
    if args.json:
        temporary = args.json + ".part"
        try:
            with open(temporary, "w") as file:
                json.dump(rows, file, indent=1)
            os.replace(temporary, args.json)
        except OSError as error:
            fail(f"expected to write {args.json}, got {error.strerror}")


if __name__ == "__main__":
    main()
