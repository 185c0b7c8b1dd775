//===- ReportData.cpp - what a report page shows --------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ReportData.h"

#include "support/JSONReader.h"

#include <algorithm>
#include <cmath>

using namespace rcm::tools;
using rcm::reference::Error;
using rcm::reference::Result;

std::string ReportTiming::label() const {
  return recipe.empty() || recipe == "none" ? mode : mode + ", " + recipe;
}

std::vector<std::string> ReportData::shapes() const {
  std::vector<std::string> names;
  for (const ReportTiming &timing : timings)
    if (std::find(names.begin(), names.end(), timing.shape) == names.end())
      names.push_back(timing.shape);
  return names;
}

namespace {

/// Fills a ReportData from values of several files.
class Reader {
public:
  Result<void> readFile(const std::string &name, const std::string &text);
  ReportData data;

private:
  Result<void> readRecord(const JSONValue &record);
  Result<void> readTiming(const JSONValue &record);
  Result<void> checkOrigin(const JSONValue &record);
  void readTraffic(const JSONValue &record, const std::string &title,
                   const std::string &mode, const JSONValue *counters);
  void readError(const JSONValue &record, const ReportTiming &timing);
};

} // namespace

/// Every figure belongs to one device and one commit, and has a date.
Result<void> Reader::checkOrigin(const JSONValue &record) {
  for (const char *key : {"device", "date", "commit"})
    if (record.textOf(key).empty() || record.textOf(key) == "unknown")
      return Error{std::string("expected every result to have `") + key +
                   "`, got one of shape '" + record.textOf("shape") +
                   "' without"};
  std::string device = record.textOf("device"), date = record.textOf("date"),
              commit = record.textOf("commit");
  bool isFirst = data.timings.empty();
  if (!isFirst && (device != data.device || commit != data.commit))
    return Error{"expected results of one run on one device at one commit, "
                 "got '" +
                 data.device + "' at " + data.commit + " and '" + device +
                 "' at " + commit};
  data.device = device;
  data.commit = commit;
  if (data.driver.empty())
    data.driver = record.textOf("driver");
  // ISO dates sort as text.
  data.firstDate = isFirst ? date : std::min(data.firstDate, date);
  data.lastDate = isFirst ? date : std::max(data.lastDate, date);
  return {};
}

Result<void> Reader::readTiming(const JSONValue &record) {
  if (auto origin = checkOrigin(record); !origin)
    return origin;
  ReportTiming timing;
  timing.shape = record.textOf("shape");
  timing.mode = record.textOf("mode");
  timing.recipe = record.textOf("recipe");
  timing.target = record.textOf("target");
  timing.median = record.numberOf("median_ms");
  timing.p10 = record.numberOf("p10_ms", timing.median);
  timing.p90 = record.numberOf("p90_ms", timing.median);
  timing.teraflops = record.numberOf("tflops");
  timing.gigabytesPerSecond = record.numberOf("gbytes_per_s");
  if (timing.shape.empty() || timing.mode.empty() || !(timing.median > 0))
    return Error{"expected every result to have `shape`, `mode` and a positive "
                 "`median_ms`, got shape '" +
                 timing.shape + "', mode '" + timing.mode + "'"};
  data.copyGigabytesPerSecond = std::max(
      data.copyGigabytesPerSecond, record.numberOf("copy_gbytes_per_s"));
  if (const JSONValue *error = record.find("error"))
    readError(*error, timing);
  if (const JSONValue *traffic = record.find("traffic");
      traffic && traffic->isObject())
    readTraffic(*traffic, timing.recipe == "none"
                              ? timing.shape
                              : timing.shape + ", " + timing.recipe,
                timing.mode, record.find("counters"));
  data.timings.push_back(timing);
  return {};
}

void Reader::readError(const JSONValue &record, const ReportTiming &timing) {
  if (!record.isObject())
    return;
  ReportError error;
  error.shape = timing.shape;
  error.label = timing.label();
  error.oneMinusCosine = record.numberOf("one_minus_cosine");
  error.relativeL1 = record.numberOf("relative_l1");
  error.rmse = record.numberOf("rmse");
  error.maxAbsDiff = record.numberOf("max_abs_diff");
  data.errors.push_back(error);
}

void Reader::readTraffic(const JSONValue &record, const std::string &title,
                         const std::string &mode, const JSONValue *counters) {
  ReportTraffic traffic;
  traffic.title = title;
  traffic.form = record.textOf("form");
  // A mode without a choice has its own name.
  if (traffic.form == "as-is" && !mode.empty())
    traffic.form = mode;
  traffic.bytes = record.numberOf("bytes");
  traffic.unitBytes = record.numberOf("unit_bytes");
  traffic.units = record.numberOf("units_of_activations", -1);
  traffic.unitsWithCachedResidual =
      record.numberOf("units_of_activations_with_cached_residual", -1);
  if (const JSONValue *rows = record.find("rows"))
    for (const JSONValue &row : rows->list)
      traffic.parts.push_back({row.textOf("kernel"), row.textOf("tensor"),
                               row.numberOf("bytes_read"),
                               row.numberOf("bytes_written")});
  if (counters)
    for (const JSONValue &kernel : counters->list)
      traffic.counted = std::max(traffic.counted, 0.0) +
                        kernel.numberOf("read_bytes") +
                        kernel.numberOf("written_bytes");
  // The same case timed twice moves the same bytes.
  for (const ReportTraffic &known : data.traffic)
    if (known.title == traffic.title && known.form == traffic.form)
      return;
  data.traffic.push_back(traffic);
}

Result<void> Reader::readRecord(const JSONValue &record) {
  if (!record.isObject())
    return Error{"expected a list of objects"};
  if (record.find("median_ms"))
    return readTiming(record);
  if (record.find("rows") && record.find("form")) {
    std::string recipe = record.textOf("recipe");
    readTraffic(record, record.textOf("function") +
                            (recipe.empty() ? "" : ", " + recipe),
                "", nullptr);
    return {};
  }
  return Error{"expected results of rcm-bench --json or of "
               "rcm-report-traffic, got an object of another kind"};
}

Result<void> Reader::readFile(const std::string &name,
                              const std::string &text) {
  Result<JSONValue> value = parseJSON(text);
  if (!value)
    return Error{name + ": " + value.error()};
  std::vector<JSONValue> records =
      value->isList() ? value->list : std::vector<JSONValue>{*value};
  for (const JSONValue &record : records)
    if (auto read = readRecord(record); !read)
      return Error{name + ": " + read.error()};
  return {};
}

Result<ReportData> rcm::tools::readReportData(
    const std::vector<std::pair<std::string, std::string>> &texts) {
  Reader reader;
  for (const auto &[name, text] : texts)
    if (auto read = reader.readFile(name, text); !read)
      return Error{read.error()};
  if (reader.data.timings.empty())
    return Error{"expected at least one timed result for a report, got none"};
  return std::move(reader.data);
}
