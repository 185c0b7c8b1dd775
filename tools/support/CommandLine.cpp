//===- CommandLine.cpp - options of the form --name=value -----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace rcm::tools;

/// Edits (insert, delete, replace) between two texts.
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1,
                         diagonal + (a[i - 1] != b[j - 1] ? 1 : 0)});
      diagonal = above;
    }
  }
  return row.back();
}

static Error unknownOption(std::string_view name,
                           const std::vector<OptionInfo> &known) {
  // Three edits still look like a typing error.
  size_t best = 4;
  std::string_view closest;
  for (const OptionInfo &option : known)
    if (size_t distance = editDistance(name, option.name); distance < best) {
      best = distance;
      closest = option.name;
    }
  std::string text = "unknown option '--" + std::string(name) + "'";
  if (!closest.empty())
    text += ", did you mean '--" + std::string(closest) + "'?";
  else
    text += ", see --help";
  return {text};
}

Result<CommandLine> CommandLine::parse(int argc, char **argv,
                                       const std::vector<OptionInfo> &known) {
  CommandLine line;
  for (int index = 1; index < argc; ++index) {
    std::string_view argument = argv[index];
    if (argument.size() < 2 || argument[0] != '-' || argument == "-") {
      line.rest.emplace_back(argument);
      continue;
    }
    argument.remove_prefix(argument[1] == '-' ? 2 : 1);
    size_t equals = argument.find('=');
    std::string_view name = argument.substr(0, equals);
    auto option = std::find_if(known.begin(), known.end(),
                               [&](auto &info) { return info.name == name; });
    if (option == known.end())
      return unknownOption(name, known);
    std::string title = "`--" + std::string(name) + "`";
    std::string value;
    if (equals != std::string_view::npos) {
      if (option->value.empty())
        return Error{"expected no value of " + title + ", got '" +
                     std::string(argument.substr(equals + 1)) + "'"};
      value = argument.substr(equals + 1);
    } else if (!option->value.empty()) {
      if (index + 1 == argc)
        return Error{"expected a value of " + title + ", got none"};
      value = argv[++index];
    }
    std::vector<std::string> &list = line.values[std::string(name)];
    if (!list.empty() && !option->repeatable)
      return Error{"expected " + title + " once, got it twice"};
    list.push_back(value);
  }
  return line;
}

std::string CommandLine::get(std::string_view name,
                             std::string_view fallback) const {
  auto found = values.find(name);
  return found == values.end() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> CommandLine::getAll(std::string_view name) const {
  auto found = values.find(name);
  return found == values.end() ? std::vector<std::string>() : found->second;
}

Result<int64_t> CommandLine::getInteger(std::string_view name, int64_t fallback,
                                        int64_t low, int64_t high) const {
  if (!has(name))
    return fallback;
  Result<int64_t> value = parseInteger(get(name));
  if (!value || *value < low || *value > high)
    return Error{"expected `--" + std::string(name) +
                 "` to be an integer in [" + std::to_string(low) + ", " +
                 std::to_string(high) + "], got '" + get(name) + "'"};
  return *value;
}

std::string rcm::tools::describeOptions(const std::vector<OptionInfo> &known) {
  std::string text;
  for (const OptionInfo &option : known) {
    std::string left = "  --" + std::string(option.name);
    if (!option.value.empty())
      left += "=" + std::string(option.value);
    // Column of the explanation; longer options get a line of their own.
    constexpr size_t kColumn = 30;
    left.resize(std::max(left.size() + 1, kColumn), ' ');
    std::string help(option.help);
    for (size_t at = help.find('\n'); at != std::string::npos;
         at = help.find('\n', at + 1))
      help.insert(at + 1, std::string(kColumn, ' '));
    text += left + help + "\n";
  }
  return text;
}

Result<double> rcm::tools::parseNumber(std::string_view text) {
  std::string copy(text);
  char *end = nullptr;
  double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end)
    return Error{"expected a number, got '" + copy + "'"};
  return value;
}

Result<int64_t> rcm::tools::parseInteger(std::string_view text) {
  std::string copy(text);
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(copy.c_str(), &end, 10);
  if (copy.empty() || *end || errno)
    return Error{"expected an integer, got '" + copy + "'"};
  return static_cast<int64_t>(value);
}

Result<uint64_t> rcm::tools::parseBytes(std::string_view text) {
  static constexpr std::string_view kUnits = "KMGT";
  double factor = 1;
  std::string_view digits = text;
  if (!text.empty())
    if (size_t unit = kUnits.find(text.back());
        unit != std::string_view::npos) {
      factor = std::pow(1024.0, static_cast<double>(unit + 1));
      digits.remove_suffix(1);
    }
  Result<double> value = parseNumber(digits);
  if (!value || !(*value >= 0) || *value * factor > 9e18)
    return Error{"expected a number of bytes such as 512M or 8G, got '" +
                 std::string(text) + "'"};
  return static_cast<uint64_t>(*value * factor);
}

std::vector<std::string> rcm::tools::split(std::string_view text,
                                           char separator) {
  std::vector<std::string> parts;
  while (true) {
    size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos)
      return parts;
    text.remove_prefix(at + 1);
  }
}

std::string rcm::tools::formatBytes(double bytes) {
  static const char *const kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), unit ? "%.1f %s" : "%.0f %s", bytes,
                kUnits[unit]);
  return text;
}
