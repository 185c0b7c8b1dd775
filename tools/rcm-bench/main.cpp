//===- main.cpp - rcm-bench: times attention with and without the skip ----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Errors.h"
#include "Measure.h"

#include "support/JSON.h"

#include <cstdio>
#include <set>

using namespace rcm::tools;

static constexpr const char *kCommit =
#include "Commit.inc"
    ;

static void printTable(const std::vector<Measurement> &list) {
  std::printf("%-18s %-18s %10s %10s %10s %9s %8s\n", "shape", "mode",
              "median ms", "p10 ms", "p90 ms", "TFLOP/s", "GB/s");
  for (const Measurement &line : list)
    std::printf("%-18s %-18s %10.3f %10.3f %10.3f %9.4f %8.2f\n",
                line.shape.c_str(), line.mode.c_str(), line.times.median,
                line.times.p10, line.times.p90, line.teraflops(),
                line.gigabytesPerSecond());
}

/// How the fused cases compare with each rival of the same shape; OpenBLAS is
/// compared by its rate.
static void printRatios(const std::vector<Measurement> &list,
                        const BenchOptions &options) {
  if (options.rivals.empty())
    return;
  std::printf("\n");
  for (const Measurement &ours : list) {
    if (ours.mode.rfind("fused", 0) != 0)
      continue;
    for (const Measurement &other : list) {
      bool isMatrix = other.mode.rfind("openblas", 0) == 0;
      bool isRival = isMatrix || other.mode.rfind("torch", 0) == 0 ||
                     other.mode.rfind("stock", 0) == 0;
      if (!isRival || (!isMatrix && other.shape != ours.shape))
        continue;
      std::printf("%s: %s is %.2f times as fast as %s\n", ours.shape.c_str(),
                  ours.mode.c_str(),
                  isMatrix ? ours.teraflops() / other.teraflops()
                           : other.times.median / ours.times.median,
                  other.mode.c_str());
    }
  }
}

static std::string resultsToJSON(const std::vector<Measurement> &list) {
  std::vector<JSONObject> objects;
  std::string device = processorName(), now = utcNow();
  for (const Measurement &line : list) {
    objects.push_back(JSONObject()
                          .add("shape", line.shape)
                          .add("mode", line.mode)
                          .add("target", "cpu")
                          .add("recipe", line.recipe)
                          .add("median_ms", line.times.median)
                          .add("p10_ms", line.times.p10)
                          .add("p90_ms", line.times.p90)
                          .add("tflops", line.teraflops())
                          .add("gbytes_per_s", line.gigabytesPerSecond())
                          .add("device", device)
                          .addNull("driver")
                          .add("commit", kCommit)
                          .add("date", now));
    if (line.error)
      objects.back().add("error", errorToJSON(*line.error));
    if (!line.traffic.empty())
      objects.back().addJSON("traffic", line.traffic);
  }
  return toJSON(objects);
}

static Result<std::vector<Measurement>>
measureAll(const BenchOptions &options) {
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
    keep(benchmark.shape.name + " " + toString(benchmark.mode),
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
  Result<std::vector<Measurement>> results = measureAll(**options);
  if (!results)
    return Error{results.error()};
  const std::string &json = (*options)->json;
  if (json != "-") {
    printTable(*results);
    printRatios(*results, **options);
  }
  std::string text = resultsToJSON(*results);
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
