//===- main.cpp - rcm-bench: times attention with and without the skip ----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"
#include "GPUMeasure.h"
#include "Report.h"
#include "Traffic.h"
#include "Tune.h"

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

/// Adds what the model counts, where there is a compiler.
static void addTraffic(std::vector<Measurement> &results,
                       const BenchOptions &options) {
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler) {
    std::fprintf(stderr, "no traffic: %s\n", compiler.error().c_str());
    return;
  }
  for (size_t index = 0; index < results.size(); ++index) {
    Result<std::string> traffic = trafficOf(
        **compiler, options.cases[index], results[index].recipe);
    if (traffic)
      results[index].traffic = *traffic;
    else
      std::fprintf(stderr, "no traffic: %s\n", traffic.error().c_str());
  }
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
  if (options.traffic && !options.once)
    addTraffic(results, options);
  return results;
}

static Result<void> emit(const BenchOptions &options) {
  Result<std::unique_ptr<Compiler>> compiler = Compiler::create();
  if (!compiler)
    return Error{compiler.error()};
  return emitObjects(**compiler, options);
}

/// Jobs around tuning tables; false if there is none.
static Result<bool> runTuning(const BenchOptions &options) {
  const TuneOptions &tuning = options.tune;
  if (!tuning.enabled && tuning.merge.empty())
    return false;
  Result<void> done;
  if (auto writable = checkWritable(tuning.table); !writable)
    done = writable;
  else if (!tuning.enabled)
    done = mergeTuningTables(options);
  else if (!options.emitObjects.empty())
    done = emitCandidates(options);
  else
    done = tune(options);
  if (!done)
    return Error{done.error()};
  return true;
}

static Result<void> run(int argc, char **argv) {
  Result<std::optional<BenchOptions>> options = parseOptions(argc, argv);
  if (!options)
    return Error{options.error()};
  if (!*options)
    return {};
  // Drawing files needs no run.
  const ReportOptions &report = (*options)->report;
  if (!report.from.empty())
    return writeReport(report, "");
  if (auto writable = checkWritable((*options)->json); !writable)
    return writable;
  Result<bool> tuned = runTuning(**options);
  if (!tuned)
    return Error{tuned.error()};
  if (*tuned)
    return {};
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
    printRatios(*results, (*options)->rivals);
  }
  std::string text = resultsToJSON(*results, origin);
  if (!json.empty())
    if (auto written = writeFile(json, text); !written)
      return written;
  return report.page.empty() ? Result<void>() : writeReport(report, text);
}

int main(int argc, char **argv) {
  Result<void> done = run(argc, argv);
  if (done)
    return 0;
  std::fprintf(stderr, "error: %s\n", done.error().c_str());
  return 1;
}
