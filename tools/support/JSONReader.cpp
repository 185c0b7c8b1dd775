//===- JSONReader.cpp - reads JSON ----------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "JSONReader.h"

#include "JSON.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace rcm::tools;
using rcm::reference::Error;
using rcm::reference::Result;

/// Deeper nesting is no result of ours, and would exhaust the stack.
static constexpr int kDeepest = 64;

const JSONValue *JSONValue::find(std::string_view key) const {
  for (const auto &[name, value] : members)
    if (name == key)
      return &value;
  return nullptr;
}

std::string JSONValue::textOf(std::string_view key) const {
  const JSONValue *value = find(key);
  return value && value->kind == Kind::Text ? value->text : "";
}

double JSONValue::numberOf(std::string_view key, double fallback) const {
  const JSONValue *value = find(key);
  return value && value->kind == Kind::Number ? value->number : fallback;
}

namespace {

/// Recursive descent; the first error stays.
class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}
  Result<JSONValue> run();

private:
  bool parseValue(JSONValue &value, int depth);
  bool parseString(std::string &out);
  bool parseEscape(std::string &out);
  bool parseNumber(JSONValue &value);
  bool parseList(JSONValue &value, int depth);
  bool parseObject(JSONValue &value, int depth);
  void skipSpace() {
    while (at < text.size() && std::string_view(" \t\r\n").find(text[at]) !=
                                   std::string_view::npos)
      ++at;
  }
  bool take(char c) {
    skipSpace();
    if (at >= text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }
  bool takeWord(std::string_view word) {
    if (text.substr(at, word.size()) != word)
      return false;
    at += word.size();
    return true;
  }
  bool fail(const char *expected) {
    if (message.empty())
      message = expected;
    return false;
  }

  std::string_view text;
  size_t at = 0;
  std::string message;
};

} // namespace

Result<JSONValue> Parser::run() {
  JSONValue value;
  bool good = parseValue(value, 0);
  skipSpace();
  if (good && at != text.size())
    good = fail("the end of the text");
  if (good)
    return value;
  size_t line = 1, column = 1;
  for (size_t i = 0; i < at && i < text.size(); ++i) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n';
  }
  return Error{"expected " + message + " at line " + std::to_string(line) +
               ", column " + std::to_string(column) + " of the JSON"};
}

bool Parser::parseValue(JSONValue &value, int depth) {
  skipSpace();
  if (depth > kDeepest)
    return fail("at most 64 levels of nesting");
  if (at >= text.size())
    return fail("a value");
  switch (text[at]) {
  case '{':
    return parseObject(value, depth);
  case '[':
    return parseList(value, depth);
  case '"':
    value.kind = JSONValue::Kind::Text;
    return parseString(value.text);
  default:
    break;
  }
  if (takeWord("null"))
    return true;
  if (takeWord("true") || takeWord("false")) {
    value.kind = JSONValue::Kind::Bool;
    value.truth = text[at - 2] == 'u';
    return true;
  }
  return parseNumber(value);
}

bool Parser::parseNumber(JSONValue &value) {
  size_t end = at;
  while (end < text.size() && std::string_view("+-.0123456789eE").find(
                                  text[end]) != std::string_view::npos)
    ++end;
  std::string digits(text.substr(at, end - at));
  char *stop = nullptr;
  value.number = std::strtod(digits.c_str(), &stop);
  if (digits.empty() || *stop)
    return fail("a value");
  value.kind = JSONValue::Kind::Number;
  at = end;
  return true;
}

/// Text is passed on as UTF-8; pairs of surrogates do not occur in our files.
bool Parser::parseEscape(std::string &out) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt",
                                    kMeanings = "\"\\/\b\f\n\r\t";
  if (at >= text.size())
    return fail("an escape");
  char c = text[at++];
  if (size_t i = kLetters.find(c); i != std::string_view::npos) {
    out += kMeanings[i];
    return true;
  }
  std::string digits(text.substr(at, 4));
  char *stop = nullptr;
  unsigned long code = std::strtoul(digits.c_str(), &stop, 16);
  if (c != 'u' || digits.size() != 4 || *stop)
    return fail("an escape");
  at += 4;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
  return true;
}

bool Parser::parseString(std::string &out) {
  if (!take('"'))
    return fail("a string");
  while (at < text.size() && text[at] != '"') {
    if (text[at] != '\\')
      out += text[at++];
    else if (++at, !parseEscape(out))
      return false;
  }
  return at++ < text.size() || fail("the end of a string");
}

bool Parser::parseList(JSONValue &value, int depth) {
  value.kind = JSONValue::Kind::List;
  take('[');
  if (take(']'))
    return true;
  do {
    value.list.emplace_back();
    if (!parseValue(value.list.back(), depth + 1))
      return false;
  } while (take(','));
  return take(']') || fail("',' or ']'");
}

bool Parser::parseObject(JSONValue &value, int depth) {
  value.kind = JSONValue::Kind::Object;
  take('{');
  if (take('}'))
    return true;
  do {
    skipSpace();
    std::string key;
    if (!parseString(key))
      return false;
    if (!take(':'))
      return fail("':'");
    value.members.emplace_back(std::move(key), JSONValue());
    if (!parseValue(value.members.back().second, depth + 1))
      return false;
  } while (take(','));
  return take('}') || fail("',' or '}'");
}

Result<JSONValue> rcm::tools::parseJSON(std::string_view text) {
  return Parser(text).run();
}

std::string rcm::tools::toText(const JSONValue &value) {
  // Integers up to this are exact in a double.
  constexpr double kExact = 9007199254740992.0;
  char digits[40];
  std::string text;
  switch (value.kind) {
  case JSONValue::Kind::Null:
    return "null";
  case JSONValue::Kind::Bool:
    return value.truth ? "true" : "false";
  case JSONValue::Kind::Text:
    return quote(value.text);
  case JSONValue::Kind::Number: {
    bool isInteger = std::floor(value.number) == value.number &&
                     std::fabs(value.number) <= kExact;
    std::snprintf(digits, sizeof(digits), isInteger ? "%.0f" : "%.17g",
                  value.number);
    return digits;
  }
  case JSONValue::Kind::List:
    for (const JSONValue &element : value.list)
      text += (text.empty() ? "" : ", ") + toText(element);
    return "[" + text + "]";
  case JSONValue::Kind::Object:
    break;
  }
  for (const auto &[key, member] : value.members)
    text += (text.empty() ? "" : ", ") + quote(key) + ": " + toText(member);
  return "{" + text + "}";
}

Result<std::string> rcm::tools::readFile(const std::string &path) {
  FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return Error{path + ": expected a readable file"};
  std::string text;
  char buffer[65536];
  while (size_t count = std::fread(buffer, 1, sizeof(buffer), file))
    text.append(buffer, count);
  bool good = !std::ferror(file);
  std::fclose(file);
  if (!good)
    return Error{path + ": expected a readable file"};
  return text;
}
