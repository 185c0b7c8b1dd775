//===- main.cpp - rcm-bench: times attention with and without the skip ----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUMeasure.h"
#include "Report.h"

#include "support/JSON.h"

#include <cstdio>
#include <set>

using namespace rcm::tools;

static std::string titleOf(const Case &benchmark) {
  return benchmark.shape.name + " " + toString(benchmark.mode);
}

static Result<std::vector<Measurement>>
measureOnCPU(const BenchOptions &options) {
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler)
    return Error{compiler.error()};
  std::vector<Measurement> results;
  std::string failure;
  auto keep = [&](const std::string &what, auto &&body) {
    if (!failure.empty())
      return;
    std::fprintf(stderr, "timing %s\n", what.c_str());
    Result<Measurement> result = body();
    if (result)
      results.push_back(*result);
    else
      failure = result.error();
  };
  for (const Case &benchmark : options.cases)
    keep(titleOf(benchmark),
         [&] { return measureCase(**compiler, benchmark, options); });
  // Rivals run every shape once, however many modes ours has; a matrix product
  // has a size of its own.
  std::set<std::string> shapes;
  for (const Case &benchmark : options.cases) {
    bool isFirst = shapes.empty();
    if (!shapes.insert(benchmark.shape.name).second)
      continue;
    for (const std::string &rival : options.rivals) {
      if (rival == "openblas" && !isFirst)
        continue;
      keep(benchmark.shape.name + " " + rival, [&] {
        if (rival == "openblas")
          return measureOpenBLAS(options);
        if (rival == "stock")
          return measureStock(**compiler, benchmark, options);
        return measureTorch(benchmark, options);
      });
    }
  }
  if (!failure.empty())
    return Error{failure};
  return results;
}

/// Adds what the hardware counted; what is missing is said once.
static void count(std::optional<std::string> &profiler, const Case &benchmark,
                  const BenchOptions &options, Measurement &result) {
  if (!profiler)
    return;
  Result<std::vector<KernelTraffic>> traffic =
      countTraffic(*profiler, benchmark, options);
  if (traffic) {
    result.counters = std::move(*traffic);
    return;
  }
  std::fprintf(stderr, "no counters: %s\n", traffic.error().c_str());
  profiler.reset();
}

static Result<std::vector<Measurement>>
measureOnGPU(const BenchOptions &options, Origin &origin) {
  Result<std::unique_ptr<GPUBench>> bench = GPUBench::create(options);
  if (!bench)
    return Error{bench.error()};
  origin = {"gpu", (*bench)->device(), (*bench)->driver(),
            (*bench)->copyGigabytesPerSecond()};
  std::optional<std::string> profiler;
  if (options.counters && !(profiler = findProfiler()))
    std::fprintf(stderr, "no counters: expected Nsight Compute's ncu on PATH, "
                         "got none\n");
  std::vector<Measurement> results;
  for (size_t index = 0; index < options.cases.size(); ++index) {
    const Case &benchmark = options.cases[index];
    std::fprintf(stderr, "[%zu/%zu] timing %s\n", index + 1,
                 options.cases.size(), titleOf(benchmark).c_str());
    if (options.once) {
      if (auto ran = (*bench)->runOnce(benchmark); !ran)
        return Error{titleOf(benchmark) + ": " + ran.error()};
      continue;
    }
    Result<Measurement> result = (*bench)->measure(benchmark);
    if (!result)
      return Error{titleOf(benchmark) + ": " + result.error()};
    count(profiler, benchmark, options, *result);
    results.push_back(std::move(*result));
  }
  return results;
}

static Result<void> emit(const BenchOptions &options) {
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler)
    return Error{compiler.error()};
  return emitObjects(**compiler, options);
}

static Result<void> run(int argc, char **argv) {
  Result<std::optional<BenchOptions>> options = parseOptions(argc, argv);
  if (!options)
    return Error{options.error()};
  if (!*options)
    return {};
  if (auto writable = checkWritable((*options)->json); !writable)
    return writable;
  if (!(*options)->emitObjects.empty())
    return emit(**options);
  Origin origin{"cpu", processorName(), "", 0};
  Result<std::vector<Measurement>> results =
      (*options)->onGPU ? measureOnGPU(**options, origin)
                        : measureOnCPU(**options);
  if (!results)
    return Error{results.error()};
  if ((*options)->once)
    return {};
  const std::string &json = (*options)->json;
  if (json != "-") {
    printTable(*results, origin);
    printRatios(*results, **options);
  }
  if (json.empty())
    return {};
  return writeFile(json, resultsToJSON(*results, origin));
}

int main(int argc, char **argv) {
  Result<void> done = run(argc, argv);
  if (done)
    return 0;
  std::fprintf(stderr, "error: %s\n", done.error().c_str());
  return 1;
}
