//===- JSON.h - writes JSON -------------------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_JSON_H
#define RCM_TOOLS_SUPPORT_JSON_H

#include "rcm/Reference/Result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rcm::tools {

/// An object under construction; keys keep their order.
class JSONObject {
public:
  JSONObject &add(std::string_view key, std::string_view text);
  /// A literal would otherwise prefer the conversion to bool.
  JSONObject &add(std::string_view key, const char *text) {
    return add(key, std::string_view(text));
  }
  /// Non-finite numbers become null.
  JSONObject &add(std::string_view key, double number);
  JSONObject &add(std::string_view key, int64_t number);
  JSONObject &add(std::string_view key, bool value);
  JSONObject &addNull(std::string_view key);
  JSONObject &add(std::string_view key, const JSONObject &object);
  JSONObject &add(std::string_view key, const std::vector<JSONObject> &list);
  std::string text() const { return "{" + body + "}"; }

private:
  JSONObject &raw(std::string_view key, std::string_view value);
  std::string body;
};

/// Every object on a line of its own.
std::string toJSON(const std::vector<JSONObject> &list);

/// Says early that `writeFile` would fail.
reference::Result<void> checkWritable(const std::string &path);

/// The file appears complete or not at all; "-" is standard output.
reference::Result<void> writeFile(const std::string &path,
                                  const std::string &text);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_JSON_H
