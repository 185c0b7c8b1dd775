//===- GeneratorSpec.cpp - Generators as text -----------------------------===//

#include "rcm/Reference/Generators.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>

namespace rcm::reference {
namespace {

struct Name {
  std::string_view text;
  Distribution distribution;
  double scale;
  /// Values that must follow the name.
  int positional;
};

constexpr Name kNames[] = {
    {"normal", Distribution::Normal, 1.0, 0},
    {"video", Distribution::Video, 1.0, 0},
    {"outlier", Distribution::Outlier, 1.0, 0},
    {"sink", Distribution::Sink, 1.0, 0},
    {"constant-rows", Distribution::ConstantRows, 1.0, 0},
    {"const", Distribution::Constant, 1.0, 1},
    {"uniform", Distribution::Uniform, 1.0, 2},
    {"tiny", Distribution::Normal, 1e-6, 0},
    {"huge", Distribution::Normal, 3e4, 0}};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// A whole finite decimal number.
std::optional<double> parseNumber(const std::string &text) {
  if (text.empty() || text[0] == ' ')
    return std::nullopt;
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<Role> parseRole(std::string_view text) {
  if (text == "q")
    return Role::Query;
  if (text == "k")
    return Role::Key;
  if (text == "v")
    return Role::Value;
  if (text == "x")
    return Role::Residual;
  return std::nullopt;
}

/// Whether `part` is an argument that the distribution knows; sets it.
bool setArgument(GeneratorSpec &spec, const std::string &part) {
  bool hasRole = spec.distribution == Distribution::Video ||
                 spec.distribution == Distribution::Sink;
  if (std::optional<Role> role = parseRole(part); role && hasRole) {
    spec.role = role;
    return true;
  }
  size_t equals = part.find('=');
  if (equals == std::string::npos)
    return false;
  std::string key = part.substr(0, equals);
  std::optional<double> value = parseNumber(part.substr(equals + 1));
  if (!value)
    return false;
  if (key == "scale")
    spec.scale *= *value;
  else if (key == "offset")
    spec.offset = *value;
  else if (key == "gap" && spec.distribution == Distribution::Sink)
    spec.gap = *value;
  else if (key == "keys" && spec.distribution == Distribution::Video &&
           *value >= 1 && *value < 0x1p53 && *value == std::floor(*value))
    spec.keys = static_cast<int64_t>(*value);
  else
    return false;
  return true;
}

} // namespace

std::string_view generatorSyntax() {
  return "normal, outlier, video[:q|k|v|x][:keys=N], sink[:q|k|v|x][:gap=X], "
         "constant-rows, const:VALUE, uniform:LO:HI, tiny or huge, each with "
         "[:scale=X][:offset=X]";
}

Result<GeneratorSpec> parseGenerator(std::string_view text) {
  std::vector<std::string> parts = split(text);
  const Name *name = nullptr;
  for (const Name &candidate : kNames)
    if (candidate.text == parts[0])
      name = &candidate;
  if (!name)
    return Error{"expected a generator: " + std::string(generatorSyntax()) +
                 "; got '" + std::string(text) + "'"};
  GeneratorSpec spec;
  spec.distribution = name->distribution;
  spec.scale = name->scale;
  size_t next = 1;
  for (int i = 0; i < name->positional; ++i, ++next) {
    std::optional<double> value =
        next < parts.size() ? parseNumber(parts[next]) : std::nullopt;
    if (!value)
      return Error{"expected " + std::to_string(name->positional) +
                   " finite number(s) after '" + parts[0] + "', got '" +
                   std::string(text) + "'"};
    (i == 0 ? spec.low : spec.high) = *value;
  }
  for (; next < parts.size(); ++next)
    if (!setArgument(spec, parts[next]))
      return Error{"expected an argument of '" + parts[0] + "' in " +
                   std::string(generatorSyntax()) + "; got '" + parts[next] +
                   "'"};
  if (spec.distribution == Distribution::Uniform && spec.low > spec.high)
    return Error{"expected LO <= HI in 'uniform:LO:HI', got '" +
                 std::string(text) + "'"};
  return spec;
}

} // namespace rcm::reference
