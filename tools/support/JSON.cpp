//===- JSON.cpp - writes JSON ---------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "JSON.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

using namespace rcm::tools;
using rcm::reference::Error;
using rcm::reference::Result;

static std::string quote(std::string_view text) {
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

namespace {

/// Where a file is written before it takes its place.
struct Destination {
  explicit Destination(const std::string &path) : path(path) {
    struct stat status;
    exists = stat(path.c_str(), &status) == 0;
    // A device or a pipe must not be replaced by a file.
    direct = exists && !S_ISREG(status.st_mode);
    target = direct ? path : path + ".partial" + std::to_string(getpid());
  }

  FILE *open() const {
    // A read-only file could still be replaced by one of its name.
    if (exists && access(path.c_str(), W_OK) != 0)
      return nullptr;
    return std::fopen(target.c_str(), "wb");
  }
  void discard() const {
    if (!direct)
      std::remove(target.c_str());
  }
  Error error() const {
    return Error{path + ": expected a writable path, got '" +
                 std::strerror(errno) + "'"};
  }

  std::string path, target;
  bool exists = false, direct = false;
};

} // namespace

Result<void> rcm::tools::checkWritable(const std::string &path) {
  if (path.empty() || path == "-")
    return {};
  Destination destination(path);
  FILE *file = destination.open();
  if (!file)
    return destination.error();
  std::fclose(file);
  destination.discard();
  return {};
}

Result<void> rcm::tools::writeFile(const std::string &path,
                                   const std::string &text) {
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  Destination destination(path);
  FILE *file = destination.open();
  if (!file)
    return destination.error();
  bool complete = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  complete = std::fclose(file) == 0 && complete;
  if (complete && (destination.direct || std::rename(destination.target.c_str(),
                                                     path.c_str()) == 0))
    return {};
  Error error = destination.error();
  destination.discard();
  return error;
}
