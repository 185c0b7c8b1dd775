//===- CommandLine.h - options of the form --name=value ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_COMMANDLINE_H
#define RCM_TOOLS_SUPPORT_COMMANDLINE_H

#include "rcm/Reference/Result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rcm::tools {

using reference::Error;
using reference::Result;

/// One option a tool knows.
struct OptionInfo {
  /// Without dashes.
  std::string_view name;
  /// How the value is shown by --help; empty for a flag.
  std::string_view value;
  std::string_view help;
  bool repeatable = false;
};

/// A parsed command line: `--name=value`, `--name value`, flags, and the rest.
class CommandLine {
public:
  /// Fails on unknown options, missing values, values of flags and repetition,
  /// with the closest known name where there is one.
  static Result<CommandLine> parse(int argc, char **argv,
                                   const std::vector<OptionInfo> &known);

  bool has(std::string_view name) const { return values.count(name) != 0; }
  /// The value, or `fallback` if the option was not given.
  std::string get(std::string_view name, std::string_view fallback = "") const;
  std::vector<std::string> getAll(std::string_view name) const;
  /// An integer in [low, high].
  Result<int64_t> getInteger(std::string_view name, int64_t fallback,
                             int64_t low, int64_t high) const;
  const std::vector<std::string> &positional() const { return rest; }

private:
  std::map<std::string, std::vector<std::string>, std::less<>> values;
  std::vector<std::string> rest;
};

/// The table of options for --help.
std::string describeOptions(const std::vector<OptionInfo> &known);

/// The whole text as a number.
Result<double> parseNumber(std::string_view text);
Result<int64_t> parseInteger(std::string_view text);
/// Bytes: "1000", "64K", "1.5G" (powers of 1024).
Result<uint64_t> parseBytes(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

/// Bytes as "1.5 GiB".
std::string formatBytes(double bytes);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_COMMANDLINE_H
