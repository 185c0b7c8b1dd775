//===- Inputs.cpp - arguments of the function that runs -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"

#include "rcm/Reference/Generators.h"
#include "rcm/Reference/Npy.h"

#include <algorithm>
#include <cmath>

using namespace rcm::tools;
using namespace rcm::reference;

namespace {

/// An argument while its value is being made.
struct Argument {
  size_t index;
  const rcmValueInfo &info;
  ElementType type;
  /// -1 where neither the type nor an option says.
  std::vector<int64_t> shape;

  /// "argument 0 `q`".
  std::string title() const {
    std::string text = "argument " + std::to_string(index);
    if (*info.name)
      text += " `" + std::string(info.name) + "`";
    return text;
  }
  bool isKey(const std::string &key) const {
    return key == std::to_string(index) || (*info.name && key == info.name);
  }
};

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

} // namespace

/// Every key must name an argument, and only one assignment each.
static Result<void> checkKeys(const std::vector<rcmValueInfo> &arguments,
                              const std::vector<Assignment> &list,
                              const char *option) {
  size_t count = arguments.size();
  std::vector<bool> seen(count);
  for (const Assignment &assignment : list) {
    size_t found = count;
    std::string known;
    for (size_t index = 0; index < count; ++index) {
      const char *name = arguments[index].name;
      known += (index ? ", " : "") +
               (*name ? std::string(name) : std::to_string(index));
      if (assignment.key == std::to_string(index) ||
          (*name && assignment.key == name))
        found = index;
    }
    if (found == count)
      return Error{std::string("expected the key of `") + option +
                   "` to be one of the arguments {" + known + "}, got '" +
                   assignment.key + "'"};
    if (seen[found])
      return Error{std::string("expected one `") + option + "` for '" +
                   assignment.key + "', got two"};
    seen[found] = true;
  }
  return {};
}

/// Fills open sizes from --shape.
static Result<void> applyShape(Argument &argument, const std::string &text) {
  std::vector<std::string> parts = split(text, 'x');
  Error mismatch{"expected `--shape` of " + argument.title() + " to fit " +
                 argument.info.type + ", got '" + text + "'"};
  if (parts.size() != argument.shape.size())
    return mismatch;
  for (size_t dim = 0; dim < parts.size(); ++dim) {
    Result<int64_t> size = parseInteger(parts[dim]);
    if (!size || *size < 0 ||
        (argument.shape[dim] >= 0 && argument.shape[dim] != *size))
      return mismatch;
    argument.shape[dim] = *size;
  }
  return {};
}

/// Comma-separated numbers: one fills, otherwise one per element.
static Result<Array> fromNumbers(const Argument &argument,
                                 const std::string &text) {
  std::vector<double> values;
  for (const std::string &part : split(text, ',')) {
    Result<double> value = parseNumber(part);
    if (!value)
      return Error{argument.title() + ": " + value.error()};
    values.push_back(*value);
  }
  int64_t count = 1;
  for (int64_t size : argument.shape)
    count *= size;
  if (values.size() == 1)
    values.assign(static_cast<size_t>(count), values[0]);
  if (static_cast<int64_t>(values.size()) != count)
    return Error{"expected " + std::to_string(count) + " numbers for " +
                 argument.title() + ", which is " + argument.info.type +
                 ", got " + std::to_string(values.size())};
  return Array::fromValues(argument.type, argument.shape, values);
}

/// Roles of the names that attention operands commonly have.
static std::optional<Role> roleOf(std::string_view name) {
  if (name == "q" || name == "query")
    return Role::Query;
  if (name == "k" || name == "key")
    return Role::Key;
  if (name == "v" || name == "value")
    return Role::Value;
  if (name == "x" || name == "r" || name == "residual")
    return Role::Residual;
  return std::nullopt;
}

static Result<Array> fromGenerator(const Argument &argument,
                                   const std::string &text, int64_t seed) {
  Result<GeneratorSpec> spec = parseGenerator(text);
  if (!spec)
    return Error{argument.title() + ": " + spec.error()};
  if (!spec->role)
    spec->role = roleOf(argument.info.name);
  std::vector<int64_t> shape = argument.shape;
  // Generators fill tensors; a scalar is the only element of one.
  if (shape.empty())
    shape.push_back(1);
  Result<Array> array =
      generate(*spec, argument.type, shape, static_cast<uint64_t>(seed),
               static_cast<uint64_t>(argument.index));
  if (!array)
    return Error{argument.title() + ": " + array.error()};
  if (argument.shape.empty())
    return Array::fromValues(argument.type, {}, {array->get(0)});
  return array;
}

/// What an argument without assignment gets.
static std::string defaultValue(const Argument &argument,
                                const RunnerOptions &options) {
  std::string_view name = argument.info.name;
  if (!isFloat(argument.type))
    return "0";
  if (name == "t" || name == "time")
    return "uniform:0:2";
  // What only operands of an attention can be filled with leaves out the rest.
  if (Result<GeneratorSpec> spec = parseGenerator(options.defaultGenerator);
      spec && !spec->role && !roleOf(name) &&
      (spec->distribution == Distribution::Video ||
       spec->distribution == Distribution::Sink))
    return "normal";
  return options.defaultGenerator;
}

static Result<void> applyShapes(Argument &argument,
                                const RunnerOptions &options) {
  for (const Assignment &assignment : options.shapes)
    if (argument.isKey(assignment.key))
      if (auto applied = applyShape(argument, assignment.value); !applied)
        return applied;
  return {};
}

static Result<Array> makeInput(Argument &argument,
                               const RunnerOptions &options) {
  std::string value = defaultValue(argument, options);
  for (const Assignment &assignment : options.arguments)
    if (argument.isKey(assignment.key))
      value = assignment.value;
  if (endsWith(value, ".npy")) {
    Result<Array> array = readNpy(value, {argument.type, argument.shape});
    if (!array)
      return Error{argument.title() + ": " + array.error()};
    return array;
  }
  if (std::count(argument.shape.begin(), argument.shape.end(), -1))
    return Error{"expected `--shape` for " + argument.title() + ", which is " +
                 argument.info.type + ", got none"};
  if (!value.empty() &&
      (value.find(',') != std::string::npos || parseNumber(value)))
    return fromNumbers(argument, value);
  return fromGenerator(argument, value, options.seed);
}

Result<std::vector<Array>>
rcm::tools::makeInputs(const std::vector<rcmValueInfo> &arguments,
                       const std::vector<bool> &written,
                       const RunnerOptions &options) {
  if (auto keys = checkKeys(arguments, options.arguments, "--arg"); !keys)
    return Error{keys.error()};
  if (auto keys = checkKeys(arguments, options.shapes, "--shape"); !keys)
    return Error{keys.error()};
  std::vector<Array> inputs;
  for (size_t index = 0; index < arguments.size(); ++index) {
    const rcmValueInfo &info = arguments[index];
    std::optional<ElementType> type = toElementType(info.element);
    bool isStrided = info.kind == RCM_VALUE_MEMREF && !info.dense;
    if (info.kind == RCM_VALUE_OTHER || isStrided || !type)
      return Error{"expected argument " + std::to_string(index) +
                   " to be a tensor, a dense memref or a scalar of f16, bf16, "
                   "f32, f64, i1, i8, i32, i64 or index, got " +
                   info.type};
    Argument argument{index, info, *type, {}};
    for (int32_t dim = 0; dim < info.rank; ++dim)
      argument.shape.push_back(
          info.sizes[dim] == RCM_COMPILER_DYNAMIC ? -1 : info.sizes[dim]);
    if (auto applied = applyShapes(argument, options); !applied)
      return Error{applied.error()};
    bool isOpen =
        std::count(argument.shape.begin(), argument.shape.end(), -1) > 0;
    Result<Array> array =
        !written[index] ? makeInput(argument, options)
        : isOpen        ? Result<Array>(Array())
                        : Array::create(argument.type, argument.shape);
    if (!array)
      return Error{array.error()};
    inputs.push_back(std::move(*array));
  }
  return inputs;
}

Result<std::vector<Array>>
rcm::tools::makeInputs(const CompilerLibrary &library,
                       const rcmSignature *signature,
                       const RunnerOptions &options) {
  std::vector<rcmValueInfo> arguments;
  for (size_t index = 0; index < library.signatureArgumentCount(signature);
       ++index)
    arguments.push_back(*library.signatureArgument(signature, index));
  return makeInputs(arguments, std::vector<bool>(arguments.size()), options);
}
