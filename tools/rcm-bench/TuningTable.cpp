//===- TuningTable.cpp - files of measured schedules ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "TuningTable.h"

#include "support/JSON.h"
#include "support/JSONReader.h"

#include <algorithm>
#include <cmath>

using namespace rcm::tools;

static constexpr const char *kFormat = "rcm-tuning-table";
/// Keys up to which 8-bit sums stay in the matrix unit.
static constexpr int64_t kDirectKeys = 4096;

static std::string toText(const TuningRange &range) {
  return "[" + std::to_string(range.low) + ", " + std::to_string(range.high) +
         "]";
}

std::string TuningEntry::key() const {
  return recipe + " d" + std::to_string(depth) + " dv" +
         std::to_string(width) + (causal ? " causal" : "") + " rows " +
         ::toText(rows) + " keys " + ::toText(keys) + " heads " +
         ::toText(heads);
}

void rcm::tools::setRanges(TuningEntry &entry) {
  auto around = [](int64_t size, double factor) {
    auto measured = static_cast<double>(size);
    return TuningRange{static_cast<int64_t>(std::ceil(measured / factor)),
                       static_cast<int64_t>(std::floor(measured * factor))};
  };
  entry.rows = around(entry.measuredRows, 1.4);
  entry.heads = around(entry.measuredHeads, 1.4);
  entry.keys = around(entry.measuredKeys, 2);
  if (entry.measuredKeys <= kDirectKeys)
    entry.keys.high = std::min(entry.keys.high, kDirectKeys);
  else
    entry.keys.low = std::max(entry.keys.low, kDirectKeys + 1);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string toText(const TuningEntry &entry) {
  JSONObject measured;
  measured.add("rows", entry.measuredRows)
      .add("keys", entry.measuredKeys)
      .add("heads", entry.measuredHeads)
      .add("type", entry.type);
  return JSONObject()
      .add("recipe", entry.recipe)
      .add("depth", entry.depth)
      .add("width", entry.width)
      .add("causal", entry.causal)
      .addJSON("rows", ::toText(entry.rows))
      .addJSON("keys", ::toText(entry.keys))
      .addJSON("heads", ::toText(entry.heads))
      .add("schedule", entry.schedule)
      .add("ms", entry.milliseconds)
      .add("measured", measured)
      .add("device", entry.device)
      .add("driver", entry.driver)
      .add("compiler", entry.compiler)
      .add("date", entry.date)
      .text();
}

std::string rcm::tools::toText(const TuningTable &table) {
  std::string text = std::string("{\"format\": \"") + kFormat +
                     "\", \"version\": " + std::to_string(kTuningTableVersion) +
                     ", \"chip\": " + quote(table.chip) + ",\n \"entries\": [";
  for (size_t index = 0; index < table.entries.size(); ++index)
    text += (index ? ",\n  " : "\n  ") + ::toText(table.entries[index]);
  return text + "\n]}\n";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads members of one object; the first that is missing or of another kind is
/// kept as the failure.
class MemberReader {
public:
  MemberReader(const JSONValue &object, std::string name)
      : object(object), name(std::move(name)) {}

  std::string text(const char *key) {
    const JSONValue *value = get(key, JSONValue::Kind::Text, "a string");
    return value ? value->text : "";
  }
  double number(const char *key) {
    const JSONValue *value = get(key, JSONValue::Kind::Number, "a number");
    return value ? value->number : 0;
  }
  int64_t integer(const char *key) {
    double value = number(key);
    if (value != std::floor(value) || value < 0 || value > 1e15)
      fail(key, "a whole number");
    return static_cast<int64_t>(value);
  }
  bool truth(const char *key) {
    const JSONValue *value = get(key, JSONValue::Kind::Bool, "true or false");
    return value && value->truth;
  }
  TuningRange range(const char *key) {
    const JSONValue *value =
        get(key, JSONValue::Kind::List, "two whole numbers");
    TuningRange range;
    if (value && value->list.size() == 2) {
      range = {static_cast<int64_t>(value->list[0].number),
               static_cast<int64_t>(value->list[1].number)};
      if (range.low >= 0 && range.low <= range.high)
        return range;
    }
    fail(key, "two whole numbers, the smaller first");
    return range;
  }
  const JSONValue *member(const char *key) {
    return get(key, JSONValue::Kind::Object, "an object");
  }
  std::string failure;

private:
  const JSONValue *get(const char *key, JSONValue::Kind kind,
                       const char *wanted) {
    const JSONValue *value = object.find(key);
    if (value && value->kind == kind)
      return value;
    fail(key, wanted);
    return nullptr;
  }
  void fail(const char *key, const char *wanted) {
    const JSONValue *value = object.find(key);
    if (failure.empty())
      failure = name + "expected `" + key + "` to be " + wanted + ", got " +
                (value ? rcm::tools::toText(*value) : "none");
  }

  const JSONValue &object;
  std::string name;
};

} // namespace

static Result<TuningEntry> parseEntry(const JSONValue &value,
                                      const std::string &name) {
  MemberReader reader(value, name);
  TuningEntry entry;
  entry.recipe = reader.text("recipe");
  entry.depth = reader.integer("depth");
  entry.width = reader.integer("width");
  entry.causal = reader.truth("causal");
  entry.rows = reader.range("rows");
  entry.keys = reader.range("keys");
  entry.heads = reader.range("heads");
  entry.schedule = reader.text("schedule");
  entry.milliseconds = reader.number("ms");
  entry.device = reader.text("device");
  entry.driver = reader.text("driver");
  entry.compiler = reader.text("compiler");
  entry.date = reader.text("date");
  if (const JSONValue *measured = reader.member("measured")) {
    MemberReader inner(*measured, name + "`measured`: ");
    entry.measuredRows = inner.integer("rows");
    entry.measuredKeys = inner.integer("keys");
    entry.measuredHeads = inner.integer("heads");
    entry.type = inner.text("type");
    if (!inner.failure.empty())
      return Error{inner.failure};
  }
  if (!reader.failure.empty())
    return Error{reader.failure};
  return entry;
}

Result<TuningTable> rcm::tools::parseTuningTable(const std::string &text) {
  Result<JSONValue> value = parseJSON(text);
  if (!value)
    return Error{value.error()};
  if (value->textOf("format") != kFormat)
    return Error{std::string("expected `format` to be \"") + kFormat +
                 "\", got " +
                 (value->find("format") ? quote(value->textOf("format"))
                                        : "none")};
  MemberReader reader(*value, "");
  TuningTable table;
  int64_t version = reader.integer("version");
  if (reader.failure.empty() && version != kTuningTableVersion)
    return Error{"expected a tuning table of version " +
                 std::to_string(kTuningTableVersion) + ", got version " +
                 std::to_string(version)};
  table.chip = reader.text("chip");
  if (!reader.failure.empty())
    return Error{reader.failure};
  const JSONValue *entries = value->find("entries");
  if (!entries || !entries->isList())
    return Error{"expected `entries` to be a list, got none"};
  for (size_t index = 0; index < entries->list.size(); ++index) {
    Result<TuningEntry> entry = parseEntry(
        entries->list[index], "entry " + std::to_string(index) + ": ");
    if (!entry)
      return Error{entry.error()};
    table.entries.push_back(std::move(*entry));
  }
  return table;
}

Result<TuningTable> rcm::tools::readTuningTable(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text)
    return Error{text.error()};
  Result<TuningTable> table = parseTuningTable(*text);
  if (!table)
    return Error{path + ": " + table.error()};
  return table;
}

Result<void> rcm::tools::mergeTables(TuningTable &table,
                                     const TuningTable &more) {
  if (table.chip != more.chip)
    return Error{"expected a tuning table of the chip " + table.chip +
                 ", got one of " + more.chip};
  for (const TuningEntry &entry : more.entries) {
    auto same = std::find_if(table.entries.begin(), table.entries.end(),
                             [&](const TuningEntry &known) {
                               return known.key() == entry.key();
                             });
    if (same == table.entries.end())
      table.entries.push_back(entry);
    else if (same->date <= entry.date)
      *same = entry;
  }
  return {};
}
