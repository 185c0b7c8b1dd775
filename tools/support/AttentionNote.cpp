//===- AttentionNote.cpp - what attention an entry computes ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionNote.h"

#include "CommandLine.h"

#include "rcm/Reference/SkipCoefficients.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

using namespace rcm::tools;
using namespace rcm::reference;

namespace {

/// The operands of a description by the words of the text.
struct OperandWord {
  const char *word;
  rcmAttentionOperand rcmAttentionDescription::*operand;
};
constexpr OperandWord kOperands[] = {
    {"q", &rcmAttentionDescription::query},
    {"k", &rcmAttentionDescription::key},
    {"v", &rcmAttentionDescription::value},
    {"x", &rcmAttentionDescription::residual},
    {"alpha", &rcmAttentionDescription::alpha},
    {"beta", &rcmAttentionDescription::beta},
    {"bias", &rcmAttentionDescription::bias},
    {"t", &rcmAttentionDescription::time},
    {"out", &rcmAttentionDescription::out}};

std::string exactNumber(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return text;
}

} // namespace

std::string
rcm::tools::describeAttention(const rcmAttentionDescription &description) {
  std::string text;
  auto add = [&](const std::string &word, const std::string &value) {
    text += (text.empty() ? "" : " ") + word + "=" + value;
  };
  for (const OperandWord &entry : kOperands) {
    const rcmAttentionOperand &operand = description.*entry.operand;
    if (operand.argument >= 0)
      add(entry.word,
          std::to_string(operand.argument) + ":" + std::string(operand.dims));
    else if (operand.isConstant)
      add(entry.word, "const:" + exactNumber(operand.constant));
  }
  add("scale", exactNumber(description.scale));
  if (description.causal)
    add("causal", std::to_string(description.causalOffset));
  if (description.time.argument >= 0) {
    add("schedule", description.schedule);
    add("sigma_data", exactNumber(description.sigmaData));
  }
  return text;
}

/// "3:bhmk" or "const:0.5".
static Result<rcmAttentionOperand> parseOperand(const std::string &text) {
  Error error{"expected an operand ARGUMENT:DIMENSIONS or const:NUMBER, got '" +
              text + "'"};
  size_t colon = text.find(':');
  if (colon == std::string::npos)
    return error;
  rcmAttentionOperand operand = {-1, 0, 0, {}};
  std::string head = text.substr(0, colon), tail = text.substr(colon + 1);
  if (head == "const") {
    Result<double> value = parseNumber(tail);
    if (!value)
      return error;
    operand.isConstant = 1;
    operand.constant = *value;
    return operand;
  }
  Result<int64_t> argument = parseInteger(head);
  if (!argument || *argument < 0 || *argument > INT32_MAX ||
      tail.size() > RCM_COMPILER_MAX_RANK ||
      tail.find_first_not_of("bhmnkd1") != std::string::npos)
    return error;
  operand.argument = static_cast<int32_t>(*argument);
  std::memcpy(operand.dims, tail.c_str(), tail.size() + 1);
  return operand;
}

/// One WORD=VALUE that is no operand.
static Result<void> parseWord(const std::string &word, const std::string &value,
                              rcmAttentionDescription &description) {
  if (word == "scale" || word == "sigma_data") {
    Result<double> number = parseNumber(value);
    if (!number)
      return Error{number.error()};
    (word == "scale" ? description.scale : description.sigmaData) = *number;
    return {};
  }
  if (word == "causal") {
    Result<int64_t> offset = parseInteger(value);
    if (!offset)
      return Error{offset.error()};
    description.causal = 1;
    description.causalOffset = *offset;
    return {};
  }
  if (word == "schedule") {
    std::optional<SkipSchedule> schedule = parseSkipSchedule(value);
    if (!schedule)
      return Error{"expected a schedule, got '" + value + "'"};
    description.schedule = toString(*schedule).data();
    return {};
  }
  return Error{"expected a word that is known, got '" + word + "'"};
}

Result<rcmAttentionDescription>
rcm::tools::parseAttention(const std::string &text) {
  rcmAttentionDescription description = {};
  for (const OperandWord &entry : kOperands)
    (description.*entry.operand).argument = -1;
  for (const std::string &part : split(text, ' ')) {
    size_t equals = part.find('=');
    std::string word = part.substr(0, equals);
    if (equals == std::string::npos)
      return Error{"expected WORD=VALUE, got '" + part + "'"};
    std::string value = part.substr(equals + 1);
    auto known =
        std::find_if(std::begin(kOperands), std::end(kOperands),
                     [&](const OperandWord &entry) { return word == entry.word; });
    if (known == std::end(kOperands)) {
      if (auto parsed = parseWord(word, value, description); !parsed)
        return Error{parsed.error()};
      continue;
    }
    Result<rcmAttentionOperand> operand = parseOperand(value);
    if (!operand)
      return Error{operand.error()};
    description.*known->operand = *operand;
  }
  for (const auto *needed :
       {&description.query, &description.key, &description.value,
        &description.out})
    if (needed->argument < 0)
      return Error{"expected q, k, v and out to be arguments, got '" + text +
                   "'"};
  if (description.time.argument >= 0 && !description.schedule)
    return Error{"expected a schedule for t, got none"};
  return description;
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

/// "a = 1, b = two" as a table.
static std::map<std::string, std::string> parseFields(const std::string &text) {
  std::map<std::string, std::string> fields;
  for (const std::string &part : split(text, ',')) {
    size_t equals = part.find('=');
    if (equals == std::string::npos)
      continue;
    auto trim = [](std::string value) {
      value.erase(0, value.find_first_not_of(' '));
      return value.substr(0, value.find(' '));
    };
    fields[trim(part.substr(0, equals))] = trim(part.substr(equals + 1));
  }
  return fields;
}

Result<RecipeOptions> rcm::tools::recipeOptions(const std::string &recipe,
                                                const std::string &schedule,
                                                ElementType out) {
  RecipeOptions options;
  std::optional<Recipe> parsed = parseRecipe(recipe);
  if (!parsed)
    return Error{"expected a recipe that can be emulated, got '" + recipe +
                 "'"};
  options.recipe = *parsed;
  options.outType = out;
  if (options.recipe == Recipe::None)
    return options;
  std::map<std::string, std::string> fields = parseFields(schedule);
  auto get = [&](const char *name, const char *otherwise) {
    auto found = fields.find(name);
    return found == fields.end() ? std::string(otherwise) : found->second;
  };
  auto number = [&](const char *name, double otherwise) {
    Result<double> value = parseNumber(get(name, ""));
    return value ? *value : otherwise;
  };
  options.accumulation = get("accumulation", "direct") == "promoted"
                             ? Accumulation::Promoted
                             : Accumulation::Direct;
  options.promotionTiles =
      static_cast<int64_t>(number("promotion_tiles", 1));
  options.rowSum =
      get("row_sum", "matrix") == "add" ? RowSum::Add : RowSum::MatrixUnit;
  options.rescaleThreshold =
      static_cast<float>(number("rescale_threshold", 2));
  options.keyTile = static_cast<int64_t>(number("key_tile", 128));
  options.keyGroup = options.keyTile;
  options.queryTile = static_cast<int64_t>(number("query_tile", 0));
  // Of one warp's rows of a matrix product.
  options.queryGroup = 16;
  options.repeatLastQuery = options.repeatLastKey = true;
  options.queryPerThread = options.keyPerThread =
      get("scales", "thread") == "thread";
  return options;
}
