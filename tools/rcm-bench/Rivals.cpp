//===- Rivals.cpp - other people's code, timed beside ours ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Measure.h"

#include "rcm/Reference/Random.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

using namespace rcm::tools;

/// The size that libraries publish their rates for.
static constexpr int kMatrix = 2048;

/// cblas.h: row-major, no transposition.
static constexpr int kRowMajor = 101, kNoTranspose = 111;
using SGemm = void (*)(int, int, int, int, int, int, float, const float *, int,
                       const float *, int, float, float *, int);

Result<Measurement> rcm::tools::measureOpenBLAS(const BenchOptions &options) {
  void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  auto sgemm =
      handle ? reinterpret_cast<SGemm>(dlsym(handle, "cblas_sgemm")) : nullptr;
  if (!sgemm)
    return Error{"expected libopenblas.so.0 for `--rival=openblas` (Debian: "
                 "libopenblas0-pthread), got none"};
  constexpr size_t kCount = size_t(kMatrix) * kMatrix;
  std::vector<float> a(kCount), b(kCount), c(kCount);
  rcm::reference::RandomStream random(static_cast<uint64_t>(options.seed), 0);
  for (size_t index = 0; index < kCount; ++index) {
    a[index] = static_cast<float>(random.uniform(2 * index));
    b[index] = static_cast<float>(random.uniform(2 * index + 1));
  }
  Measurement result;
  measure(
      options.warmup, options.repeat,
      [&] {
        sgemm(kRowMajor, kNoTranspose, kNoTranspose, kMatrix, kMatrix, kMatrix,
              1, a.data(), kMatrix, b.data(), kMatrix, 0, c.data(), kMatrix);
        return true;
      },
      result.times);
  result.shape = "2048x2048x2048";
  result.mode = "openblas sgemm";
  result.recipe = "none";
  result.floatOperations = 2.0 * kMatrix * kMatrix * kMatrix;
  result.bytes = 3.0 * kCount * sizeof(float);
  return result;
}

/// Prints one time in milliseconds per line.
static constexpr const char *kTorchScript = R"(
import sys, time, torch
b, hq, hkv, lq, lk, d, warmup, repeat, causal, threads = map(int, sys.argv[2:])
if threads: torch.set_num_threads(threads)
g = torch.Generator().manual_seed(0)
kind = dict(f16=torch.float16, bf16=torch.bfloat16, f32=torch.float32, f64=torch.float64)[sys.argv[1]]
draw = lambda *shape: torch.randn(*shape, generator=g).to(kind)
q, x, k, v = draw(b, hq, lq, d), draw(b, hq, lq, d), draw(b, hkv, lk, d), draw(b, hkv, lk, d)
t = torch.rand(b, 1, 1, 1, generator=g) * 2
c_skip, c_out = 1 / (t * t + 1), t / (t * t + 1).sqrt()
if hq != hkv: k, v = (z.repeat_interleave(hq // hkv, 1) for z in (k, v))
if hasattr(torch.nn.functional, 'scaled_dot_product_attention'):
    attend = lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=bool(causal))
else:
    attend = lambda: torch.softmax(q @ k.transpose(-1, -2) * d ** -0.5, -1) @ v
with torch.inference_mode():
    for i in range(warmup + repeat):
        start = time.perf_counter()
        (c_skip * x + c_out * attend()).to(kind)
        if i >= warmup: print((time.perf_counter() - start) * 1e3)
)";

/// 'text' for the shell.
static std::string shellQuote(const std::string &text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Result<Measurement> rcm::tools::measureTorch(const Case &benchmark,
                                             const BenchOptions &options) {
  const char *python = std::getenv("RCM_TORCH_PYTHON");
  const char *threads = std::getenv("OMP_NUM_THREADS");
  const Shape &s = benchmark.shape;
  std::string command = shellQuote(python ? python : "/usr/bin/python3") +
                        " -c " + shellQuote(kTorchScript) + " " +
                        std::string(rcm::reference::toString(benchmark.type));
  for (int64_t number :
       {s.batch, s.queryHeads, s.keyHeads, s.queries, s.keys, s.depth,
        options.warmup, options.repeat, int64_t(benchmark.causal),
        threads ? int64_t(std::atoi(threads)) : int64_t(0)})
    command += " " + std::to_string(number);
  std::vector<double> milliseconds;
  if (FILE *pipe = popen((command + " 2>/dev/null").c_str(), "r")) {
    char line[64];
    while (std::fgets(line, sizeof(line), pipe))
      milliseconds.push_back(std::atof(line));
    pclose(pipe);
  }
  if (milliseconds.empty())
    return Error{"expected a Python with PyTorch for `--rival=torch` "
                 "(RCM_TORCH_PYTHON), got none"};
  Case fused = benchmark;
  fused.mode = Mode::Fused;
  return Measurement{s.name,
                     benchmark.causal ? "torch, causal" : "torch",
                     "none",
                     summarize(milliseconds),
                     floatOperations(fused),
                     minimumBytes(fused)};
}
