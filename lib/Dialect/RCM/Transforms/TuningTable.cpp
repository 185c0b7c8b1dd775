//===- TuningTable.cpp - measured schedules, by shape ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/TuningTable.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace rcm;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static constexpr llvm::StringLiteral kFormat = "rcm-tuning-table";
/// The table of lib/Dialect/RCM/Transforms/Tuning-sm_90a.json.
static constexpr llvm::StringLiteral kBuiltInText =
#include "BuiltInTuning.inc"
    ;

static llvm::Error makeError(const Twine &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads members of an object; the first that is missing or of another kind is
/// kept as the problem.
class Members {
public:
  Members(const llvm::json::Object &object, std::string name)
      : object(object), name(std::move(name)) {}

  std::string text(StringRef key) {
    std::optional<StringRef> value = object.getString(key);
    return value ? value->str() : complain(key, "a string");
  }
  int64_t integer(StringRef key) {
    std::optional<int64_t> value = object.getInteger(key);
    if (!value || *value < 0)
      complain(key, "a whole number");
    return value.value_or(0);
  }
  double number(StringRef key) {
    std::optional<double> value = object.getNumber(key);
    if (!value)
      complain(key, "a number");
    return value.value_or(0);
  }
  bool truth(StringRef key) {
    std::optional<bool> value = object.getBoolean(key);
    if (!value)
      complain(key, "true or false");
    return value.value_or(false);
  }
  TuningRange range(StringRef key) {
    const llvm::json::Array *list = object.getArray(key);
    if (list && list->size() == 2) {
      std::optional<int64_t> low = (*list)[0].getAsInteger(),
                             high = (*list)[1].getAsInteger();
      if (low && high && *low >= 0 && *low <= *high)
        return {*low, *high};
    }
    complain(key, "two whole numbers, the smaller first");
    return {};
  }
  const llvm::json::Object *member(StringRef key) {
    const llvm::json::Object *value = object.getObject(key);
    if (!value)
      complain(key, "an object");
    return value;
  }
  std::string complain(StringRef key, StringRef wanted) {
    if (!problem.empty())
      return "";
    llvm::raw_string_ostream stream(problem);
    stream << name << "expected `" << key << "` to be " << wanted << ", got ";
    if (const llvm::json::Value *value = object.get(key))
      stream << *value;
    else
      stream << "none";
    return "";
  }
  std::string problem;

private:
  const llvm::json::Object &object;
  std::string name;
};

} // namespace

static Expected<TuningEntry> parseEntry(const llvm::json::Value &value,
                                        const std::string &name) {
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return makeError(name + "expected an object, got something else");
  Members members(*object, name);
  TuningEntry entry;
  entry.recipe = members.text("recipe");
  entry.depth = members.integer("depth");
  entry.width = members.integer("width");
  entry.causal = members.truth("causal");
  entry.rows = members.range("rows");
  entry.keys = members.range("keys");
  entry.heads = members.range("heads");
  entry.schedule = members.text("schedule");
  entry.milliseconds = members.number("ms");
  if (const llvm::json::Object *measured = members.member("measured")) {
    Members inner(*measured, name + "`measured`: ");
    entry.measuredRows = inner.integer("rows");
    entry.measuredKeys = inner.integer("keys");
    entry.measuredHeads = inner.integer("heads");
    if (members.problem.empty())
      members.problem = inner.problem;
  }
  if (!members.problem.empty())
    return makeError(members.problem);
  return entry;
}

Expected<TuningTable> TuningTable::parse(StringRef text, StringRef name) {
  std::string prefix = (name + ": ").str();
  Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value)
    return makeError(prefix + "expected JSON, got " +
                     llvm::toString(value.takeError()));
  const llvm::json::Object *object = value->getAsObject();
  std::optional<StringRef> format =
      object ? object->getString("format") : std::nullopt;
  if (format != StringRef(kFormat))
    return makeError(prefix + "expected `format` to be \"" + kFormat +
                     "\", got " + (format ? "\"" + *format + "\"" : "none"));
  Members members(*object, prefix);
  TuningTable table;
  table.tableName = name.str();
  int64_t version = members.integer("version");
  if (members.problem.empty() && version != kTuningTableVersion)
    return makeError(prefix + "expected a tuning table of version " +
                     Twine(kTuningTableVersion) + ", got version " +
                     Twine(version) + "; measure again with rcm-bench --tune");
  table.tableChip = members.text("chip");
  const llvm::json::Array *entries = object->getArray("entries");
  if (!entries)
    members.complain("entries", "a list");
  if (!members.problem.empty())
    return makeError(members.problem);
  for (size_t index = 0; index < entries->size(); ++index) {
    Expected<TuningEntry> entry =
        parseEntry((*entries)[index],
                   prefix + "entry " + std::to_string(index) + ": ");
    if (!entry)
      return entry.takeError();
    table.list.push_back(std::move(*entry));
  }
  return table;
}

Expected<TuningTable> TuningTable::open(StringRef option, StringRef chip) {
  TuningTable table;
  table.tableName = "none";
  if (option == "none")
    return table;
  std::unique_ptr<llvm::MemoryBuffer> file;
  if (!option.empty()) {
    auto opened = llvm::MemoryBuffer::getFile(option, /*IsText=*/true);
    if (!opened)
      return makeError(option + ": expected a tuning table, got '" +
                       opened.getError().message() + "'");
    file = std::move(*opened);
  }
  Expected<TuningTable> read =
      file ? parse(file->getBuffer(), option)
           : parse(kBuiltInText, "the built-in tuning table");
  if (read && read->chip() != chip) {
    // Another chip has no built-in table.
    if (!file)
      return table;
    return makeError(option + ": expected a tuning table of the chip " + chip +
                     ", got one of " + read->chip());
  }
  return read;
}

//===----------------------------------------------------------------------===//
// Looking up
//===----------------------------------------------------------------------===//

std::string TuningTable::nameOf(const TuningEntry &entry) const {
  return tableName + ": entry " + std::to_string(&entry - list.data());
}

/// The columns that a kernel computes with.
static int64_t padded(int64_t columns) {
  return columns <= 64 ? 64 : columns <= 128 ? 128 : 256;
}

static bool sameKernels(StringRef one, StringRef two) {
  auto isHalf = [](StringRef recipe) {
    return recipe == "bf16" || recipe == "f16";
  };
  return one == two || (isHalf(one) && isHalf(two));
}

/// How far apart two sizes are, as a factor's logarithm.
static double distance(int64_t one, int64_t two) {
  return std::abs(std::log1p(static_cast<double>(one)) -
                  std::log1p(static_cast<double>(two)));
}

const TuningEntry *TuningTable::find(StringRef recipe,
                                     const AttentionShape &shape) const {
  int64_t heads = shape.batches * shape.heads;
  const TuningEntry *nearest = nullptr;
  double least = 0;
  for (const TuningEntry &entry : list) {
    if (!sameKernels(entry.recipe, recipe) ||
        padded(entry.depth) != padded(shape.depth) ||
        padded(entry.width) != padded(shape.width) ||
        entry.causal != shape.causal || !entry.rows.contains(shape.rows) ||
        !entry.keys.contains(shape.keys) || !entry.heads.contains(heads))
      continue;
    double far = distance(entry.measuredRows, shape.rows) +
                 distance(entry.measuredKeys, shape.keys) +
                 distance(entry.measuredHeads, heads);
    if (!nearest || far < least) {
      nearest = &entry;
      least = far;
    }
  }
  return nearest;
}

std::optional<double>
TuningTable::estimate(StringRef recipe, const AttentionShape &shape) const {
  const TuningEntry *entry = find(recipe, shape);
  if (!entry)
    return std::nullopt;
  KernelFamily family = recipe == "int8-e4m3" ? KernelFamily::kInt8E4M3
                                              : KernelFamily::kHalf;
  AttentionShape measured = shape;
  measured.batches = 1;
  measured.heads = measured.keyHeads = entry->measuredHeads;
  measured.rows = entry->measuredRows;
  measured.keys = entry->measuredKeys;
  measured.depth = entry->depth;
  measured.width = entry->width;
  return 1e3 * entry->milliseconds * estimateCost(family, shape).total /
         estimateCost(family, measured).total;
}
