//===- JSON.cpp - writes JSON ---------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "JSON.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

using namespace rcm::tools;
using rcm::reference::Error;
using rcm::reference::Result;

std::string rcm::tools::quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", c);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

JSONObject &JSONObject::raw(std::string_view key, std::string_view value) {
  if (!body.empty())
    body += ", ";
  body += quote(key) + ": ";
  body += value;
  return *this;
}

JSONObject &JSONObject::add(std::string_view key, std::string_view text) {
  return raw(key, quote(text));
}

JSONObject &JSONObject::add(std::string_view key, double number) {
  if (!std::isfinite(number))
    return addNull(key);
  char text[40];
  // Nine digits tell any two f32 apart.
  std::snprintf(text, sizeof(text), "%.9g", number);
  return raw(key, text);
}

JSONObject &JSONObject::add(std::string_view key, int64_t number) {
  return raw(key, std::to_string(number));
}

JSONObject &JSONObject::add(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

JSONObject &JSONObject::addNull(std::string_view key) {
  return raw(key, "null");
}

JSONObject &JSONObject::add(std::string_view key, const JSONObject &object) {
  return raw(key, object.text());
}

JSONObject &JSONObject::add(std::string_view key,
                            const std::vector<JSONObject> &list) {
  std::string text = "[";
  for (size_t index = 0; index < list.size(); ++index)
    text += (index ? ", " : "") + list[index].text();
  return raw(key, text + "]");
}

std::string rcm::tools::toJSON(const std::vector<JSONObject> &list) {
  std::string text = "[";
  for (size_t index = 0; index < list.size(); ++index)
    text += (index ? ",\n " : "\n ") + list[index].text();
  return text + "\n]\n";
}

Result<void> rcm::tools::writeFile(const std::string &path,
                                   const std::string &text) {
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  auto fail = [&] {
    return Error{path + ": expected a writable path, got '" +
                 std::strerror(errno) + "'"};
  };
  std::string temporary = path + ".tmp" + std::to_string(getpid());
  FILE *file = std::fopen(temporary.c_str(), "wb");
  if (!file)
    return fail();
  bool complete = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  complete = std::fclose(file) == 0 && complete;
  if (complete && std::rename(temporary.c_str(), path.c_str()) == 0)
    return {};
  Error error = fail();
  std::remove(temporary.c_str());
  return error;
}
