//===- Report.cpp - tables, summaries, JSON -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "rcm/Reference/Npy.h"
#include "support/JSON.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <functional>
#include <set>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::Metrics;

/// Width of the first column and of the others.
static constexpr int kTitleWidth = 26, kCellWidth = 20;

static void printRow(const std::string &title,
                     const std::vector<std::string> &cells) {
  std::string line = title;
  line.resize(std::max<size_t>(line.size(), kTitleWidth), ' ');
  for (const std::string &cell : cells) {
    std::string padded = cell;
    padded.resize(std::max<size_t>(padded.size() + 1, kCellWidth), ' ');
    line += padded;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  std::printf("%s\n", line.c_str());
}

static std::string scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2e", value);
  return text;
}

/// Four rows of differences for the first two columns.
static void printMetrics(const std::string &against,
                         const std::optional<Metrics> &written,
                         const std::optional<Metrics> &fused) {
  if (!written && !fused)
    return;
  using Getter = std::function<double(const Metrics &)>;
  const std::pair<const char *, Getter> rows[] = {
      {"max |diff|", [](auto &m) { return m.maxAbsDiff; }},
      {"1 - cosine", [](auto &m) { return m.oneMinusCosine; }},
      {"relative L1", [](auto &m) { return m.relativeL1; }},
      {"RMSE", [](auto &m) { return m.rmse; }}};
  std::printf("against %s\n", against.c_str());
  for (const auto &[title, get] : rows)
    printRow(std::string("  ") + title,
             {written ? scientific(get(*written)) : "",
              fused ? scientific(get(*fused)) : ""});
}

/// The values of `| Key="text"` parts, without the category.
static std::string remarkText(std::string_view parts) {
  std::string text;
  for (const std::string &part : split(parts, '|')) {
    size_t open = part.find("=\""), close = part.rfind('"');
    if (open == std::string::npos || close < open + 2)
      continue;
    text += (text.empty() ? "" : "; ") +
            part.substr(open + 2, close - open - 2);
  }
  return text;
}

namespace {

/// What upstream's engine writes as
/// "FILE:1:2: [Passed] name | Category:pass | Remark="text"".
struct Remark {
  explicit Remark(const std::string &line) : text(line) {
    size_t open = line.find(": ["), close = line.find("] ", open);
    if (open == std::string::npos || close == std::string::npos)
      return;
    std::string parts = remarkText(std::string_view(line).substr(close));
    if (parts.empty())
      return;
    kind = line.substr(open + 3, close - open - 3);
    kind[0] = static_cast<char>(std::tolower(kind[0]));
    where = line.substr(0, open);
    text = parts;
  }
  std::string kind = "remark", where, text;
};

} // namespace

/// The remarks, each once: both fusion passes speak of what neither could fuse.
static std::vector<Remark> readRemarks(const Comparison &comparison) {
  std::vector<Remark> remarks;
  std::set<std::string> seen;
  for (const std::string &line : comparison.remarks)
    if (Remark remark(line); seen.insert(remark.where + remark.text).second)
      remarks.push_back(std::move(remark));
  return remarks;
}

/// What was fused and where, or why nothing was.
static void printFusion(const Comparison &comparison) {
  for (const Remark &remark : readRemarks(comparison))
    std::printf("%s: %s%s%s\n", remark.kind.c_str(), remark.where.c_str(),
                remark.where.empty() ? "" : ": ", remark.text.c_str());
  if (!comparison.remarks.empty() || !comparison.attentionOps)
    return;
  size_t count = *comparison.attentionOps;
  if (count == 0)
    std::printf("nothing fused: no attention found in linalg\n");
  else
    std::printf("nothing to fuse: attention is written as %zu rcm op%s\n",
                count, count == 1 ? "" : "s");
}

void rcm::tools::printComparison(const std::string &function,
                                 const Comparison &comparison,
                                 const RunnerOptions &options) {
  const Column *columns[] = {&comparison.written, &comparison.fused,
                             &comparison.reference};
  std::printf("@%s, seed %lld\n", function.c_str(),
              static_cast<long long>(options.seed));
  printFusion(comparison);
  std::printf("\n");
  auto row = [&](const std::string &title,
                 const std::function<std::string(const RunResult &)> &cell) {
    std::vector<std::string> cells;
    for (const Column *column : columns)
      cells.push_back(column->run            ? cell(*column->run)
                      : column->part.empty() ? "skipped"
                                             : "");
    printRow(title, cells);
  };
  printRow("", {columns[0]->title, columns[1]->title, columns[2]->title});
  printMetrics("f64 reference", comparison.writtenToReference,
               comparison.fusedToReference);
  printMetrics(comparison.written.title, std::nullopt, comparison.fusedToWritten);
  row("time (median of " + std::to_string(options.repeat) + ")",
      [](const RunResult &run) {
        return formatMilliseconds(run.times.median);
      });
  row("memory", [](const RunResult &run) { return formatBytes(run.memory); });
  row("allocated temporaries", [](const RunResult &run) {
    return std::to_string(run.allocations.temporaryCount) + " (" +
           formatBytes(static_cast<double>(run.allocations.temporaryBytes)) +
           ")";
  });
  std::printf("\n");
  for (const Column *column : columns)
    if (!column->skipped.empty())
      std::printf("skipped: %s: %s\n", column->title.c_str(),
                  column->skipped.c_str());
  if (!comparison.reference.part.empty())
    std::printf("f64 reference: %s\n", comparison.reference.part.c_str());
  if (comparison.failures.empty() && !comparison.verdict.empty())
    std::printf("%s\n", comparison.verdict.c_str());
  else if (comparison.failures.empty())
    std::printf("all differences are within %.3g\n", comparison.tolerance);
}

static JSONObject metricsJSON(const Metrics &metrics) {
  return JSONObject()
      .add("max_abs_diff", metrics.maxAbsDiff)
      .add("cosine", metrics.cosine())
      .add("one_minus_cosine", metrics.oneMinusCosine)
      .add("relative_l1", metrics.relativeL1)
      .add("rmse", metrics.rmse);
}

static JSONObject columnJSON(const Column &column) {
  JSONObject object;
  object.add("name", column.title);
  if (!column.part.empty())
    return object.add("part", column.part);
  if (!column.run)
    return object.add("skipped", column.skipped);
  const RunResult &run = *column.run;
  auto integer = [](uint64_t value) { return static_cast<int64_t>(value); };
  return object.add("median_ms", run.times.median)
      .add("p10_ms", run.times.p10)
      .add("p90_ms", run.times.p90)
      .add("memory_bytes", static_cast<int64_t>(run.memory))
      .add("temporary_count", integer(run.allocations.temporaryCount))
      .add("temporary_bytes", integer(run.allocations.temporaryBytes));
}

std::string rcm::tools::comparisonToJSON(const std::string &function,
                                         const Comparison &comparison,
                                         const RunnerOptions &options) {
  std::vector<JSONObject> remarks;
  for (const Remark &remark : readRemarks(comparison))
    remarks.push_back(JSONObject()
                          .add("kind", remark.kind)
                          .add("where", remark.where)
                          .add("text", remark.text));
  JSONObject object;
  object.add("function", function)
      .add("target", comparison.target)
      .add("seed", options.seed)
      .add("tolerance", comparison.tolerance)
      .add("passed", comparison.failures.empty())
      .add("remarks", remarks)
      .add("variants",
           std::vector<JSONObject>{columnJSON(comparison.written),
                                   columnJSON(comparison.fused),
                                   columnJSON(comparison.reference)});
  auto add = [&](const char *key, const std::optional<Metrics> &metrics) {
    if (metrics)
      object.add(key, metricsJSON(*metrics));
    else
      object.addNull(key);
  };
  add("written_to_f64", comparison.writtenToReference);
  add("fused_to_f64", comparison.fusedToReference);
  add("fused_to_written", comparison.fusedToWritten);
  return object.text() + "\n";
}

void rcm::tools::printSummary(const RunResult &run,
                              const RunnerOptions &options) {
  for (size_t index = 0; index < run.outputs.size(); ++index) {
    if (!run.changed[index])
      continue;
    const Array &output = run.outputs[index];
    double low = INFINITY, high = -INFINITY, sum = 0;
    int64_t finite = 0;
    for (double value : output.toF64())
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
        sum += value;
        ++finite;
      }
    std::string shape = reference::shapeToString(output.shape());
    std::printf("result %zu: %s%s%s", index, shape.c_str(),
                shape.empty() ? "" : "x",
                std::string(reference::toString(output.elementType())).c_str());
    if (finite)
      std::printf(", min %.6g, max %.6g, mean %.6g", low, high,
                  sum / static_cast<double>(finite));
    if (finite != output.numElements())
      std::printf(", %lld non-finite",
                  static_cast<long long>(output.numElements() - finite));
    std::printf("\n");
  }
  std::printf("time: %s (median of %lld, p10 %s, p90 %s)\n",
              formatMilliseconds(run.times.median).c_str(),
              static_cast<long long>(options.repeat),
              formatMilliseconds(run.times.p10).c_str(),
              formatMilliseconds(run.times.p90).c_str());
  std::printf("memory: %s (arguments, results and temporaries at their peak)\n",
              formatBytes(run.memory).c_str());
}

Result<void> rcm::tools::writeOutputs(const RunResult &run,
                                      const RunnerOptions &options) {
  // First all checks, then all files.
  std::vector<std::pair<size_t, std::string>> files;
  for (const Assignment &output : options.outputs) {
    size_t index = 0;
    if (output.key.empty() && run.outputs.size() != 1)
      return Error{
          "expected `--output` to be INDEX=FILE.npy for a function of " +
          std::to_string(run.outputs.size()) + " results, got '" +
          output.value + "'"};
    if (!output.key.empty())
      index = static_cast<size_t>(std::stoull(output.key));
    if (index >= run.outputs.size())
      return Error{"expected the index of `--output` to be below " +
                   std::to_string(run.outputs.size()) + ", got " + output.key};
    files.emplace_back(index, output.value);
  }
  for (const auto &[index, path] : files)
    if (auto written = reference::writeNpy(path, run.outputs[index]); !written)
      return written;
  return {};
}
