//===- JSONReader.h - reads JSON --------------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_JSONREADER_H
#define RCM_TOOLS_SUPPORT_JSONREADER_H

#include "rcm/Reference/Result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rcm::tools {

/// A parsed value. Objects keep the order of their keys.
struct JSONValue {
  enum class Kind { Null, Bool, Number, Text, List, Object };
  Kind kind = Kind::Null;
  bool truth = false;
  double number = 0;
  std::string text;
  std::vector<JSONValue> list;
  std::vector<std::pair<std::string, JSONValue>> members;

  bool isObject() const { return kind == Kind::Object; }
  bool isList() const { return kind == Kind::List; }
  /// The member, or a null pointer.
  const JSONValue *find(std::string_view key) const;
  /// The member's text or number; empty or `fallback` if it is something else.
  std::string textOf(std::string_view key) const;
  double numberOf(std::string_view key, double fallback = 0) const;
};

/// The whole text as one value; errors name line and column.
reference::Result<JSONValue> parseJSON(std::string_view text);

/// The value as JSON again, on one line.
std::string toText(const JSONValue &value);

/// A whole file.
reference::Result<std::string> readFile(const std::string &path);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_JSONREADER_H
