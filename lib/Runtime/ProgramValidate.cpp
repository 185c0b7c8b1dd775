//===- ProgramValidate.cpp - Types and order of a program -----------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Runtime/KernelObject.h"

using namespace rcm::object;

namespace {
/// Stages of a launch; the effects of a program come in this order.
enum Stage { kCheckStage, kScratchStage, kMapStage, kEnqueueStage };

class Validator {
public:
  Validator(const Entry &entry, size_t kernelCount,
            std::vector<ValueType> &types)
      : entry(entry), kernelCount(kernelCount), types(types) {}

  std::string run();

private:
  bool fail(std::string text) {
    if (error.empty())
      error = "instruction " + std::to_string(types.size()) + " of `" +
              entry.name + "`: " + text;
    return false;
  }

  /// Operand `index` is a value defined before, of this type.
  bool operand(uint32_t index, ValueType type) {
    if (index >= types.size())
      return fail("operand " + std::to_string(index) + " is not defined yet");
    return types[index] == type ||
           fail("operand " + std::to_string(index) + " has the wrong type");
  }
  bool optional(uint32_t index) {
    return index == kNone || operand(index, ValueType::Int);
  }
  bool define(ValueType type) {
    result = type;
    return true;
  }
  bool unused(uint64_t a, uint64_t b = 0, uint64_t c = 0, uint64_t d = 0) {
    return !(a | b | c | d) || fail("a field without a meaning is not 0");
  }
  bool inTable(uint32_t index, size_t size) {
    return index < size ||
           fail("index " + std::to_string(index) + " is outside its table");
  }
  /// Effects of a stage may not follow those of a later one.
  bool enter(Stage next) {
    if (stage > next)
      return fail("it stands behind a later stage's instruction");
    stage = next;
    return true;
  }

  bool check(const Instruction &i);
  bool checkInput(const Instruction &i);
  bool checkInt(const Instruction &i);
  bool checkFloat(const Instruction &i);
  bool checkEffect(const Instruction &i);
  bool checkMap(const TensorMap &map);
  bool checkLaunch(const Launch &launch);

  const Entry &entry;
  size_t kernelCount;
  std::vector<ValueType> &types;
  std::string error;
  ValueType result = ValueType::None;
  Stage stage = kCheckStage;
  bool hasScratch = false;
};

bool between(const Instruction &i, Opcode first, Opcode last) {
  return i.opcode >= first && i.opcode <= last;
}
} // namespace

bool Validator::checkInput(const Instruction &i) {
  switch (i.opcode) {
  case Opcode::ConstInt:
    return unused(i.modifier, i.a, i.b, i.c) && define(ValueType::Int);
  case Opcode::ConstF32:
    return unused(i.modifier, i.a, i.b, i.c) && unused(i.immediate >> 32) &&
           define(ValueType::F32);
  case Opcode::ConstF64:
    return unused(i.modifier, i.a, i.b, i.c) && define(ValueType::F64);
  case Opcode::Multiprocessors:
    return unused(i.modifier, i.a, i.b, i.c) && unused(i.immediate) &&
           define(ValueType::Int);
  default:
    break;
  }
  if (!inTable(i.a, entry.arguments.size()) ||
      !unused(i.modifier, i.c, i.immediate))
    return false;
  const Argument &argument = entry.arguments[i.a];
  bool isScalar = argument.kind == ArgumentKind::Scalar;
  if (isScalar != (i.opcode == Opcode::Scalar))
    return fail("argument " + std::to_string(i.a) + " is of the other kind");
  if (i.opcode == Opcode::Size || i.opcode == Opcode::Stride)
    return inTable(i.b, argument.sizes.size()) && define(ValueType::Int);
  if (isScalar && argument.type == ElementType::F32)
    return unused(i.b) && define(ValueType::F32);
  if (isScalar && argument.type == ElementType::F64)
    return unused(i.b) && define(ValueType::F64);
  return unused(i.b) && define(ValueType::Int);
}

bool Validator::checkInt(const Instruction &i) {
  if (i.opcode == Opcode::Select) {
    if (!operand(i.a, ValueType::Int) || !inTable(i.b, types.size()))
      return false;
    ValueType type = types[i.b];
    if (type == ValueType::None || type == ValueType::Map)
      return fail("operand " + std::to_string(i.b) + " has the wrong type");
    return operand(i.c, type) && unused(i.modifier, i.immediate) &&
           define(type);
  }
  if (!operand(i.a, ValueType::Int) || !unused(i.c, i.immediate))
    return false;
  if (i.opcode == Opcode::ExtS || i.opcode == Opcode::ExtU)
    return unused(i.b) &&
           ((i.modifier >= 1 && i.modifier <= 63) ||
            fail("expected a width of 1 to 63")) &&
           define(ValueType::Int);
  if (i.opcode == Opcode::CmpInt && i.modifier >= kIntPredicates)
    return fail("unknown predicate");
  if (i.opcode != Opcode::CmpInt && !unused(i.modifier))
    return false;
  return operand(i.b, ValueType::Int) && define(ValueType::Int);
}

bool Validator::checkFloat(const Instruction &i) {
  if (!inTable(i.a, types.size()) || !unused(i.c, i.immediate))
    return false;
  if (i.opcode != Opcode::CmpFloat && !unused(i.modifier))
    return false;
  switch (i.opcode) {
  case Opcode::F32ToF64:
    return unused(i.b) && operand(i.a, ValueType::F32) &&
           define(ValueType::F64);
  case Opcode::F64ToF32:
    return unused(i.b) && operand(i.a, ValueType::F64) &&
           define(ValueType::F32);
  case Opcode::IntToF32:
    return unused(i.b) && operand(i.a, ValueType::Int) &&
           define(ValueType::F32);
  case Opcode::IntToF64:
    return unused(i.b) && operand(i.a, ValueType::Int) &&
           define(ValueType::F64);
  default:
    break;
  }
  ValueType type = types[i.a];
  if (type != ValueType::F32 && type != ValueType::F64)
    return fail("operand " + std::to_string(i.a) + " has the wrong type");
  if (between(i, Opcode::FNeg, Opcode::FCos))
    return unused(i.b) && define(type);
  if (i.opcode == Opcode::CmpFloat && i.modifier >= kFloatPredicates)
    return fail("unknown predicate");
  return operand(i.b, type) &&
         define(i.opcode == Opcode::CmpFloat ? ValueType::Int : type);
}

bool Validator::checkMap(const TensorMap &map) {
  if (!optional(map.predicate) || !operand(map.base, ValueType::Int))
    return false;
  for (const auto *values : {&map.sizes, &map.strides})
    for (uint32_t value : *values)
      if (!operand(value, ValueType::Int))
        return false;
  return true;
}

bool Validator::checkLaunch(const Launch &launch) {
  if (!inTable(launch.kernel, kernelCount) || !optional(launch.predicate) ||
      !operand(launch.sharedBytes, ValueType::Int))
    return false;
  for (const auto *values : {&launch.grid, &launch.block})
    for (uint32_t value : *values)
      if (!operand(value, ValueType::Int))
        return false;
  for (const Parameter &parameter : launch.parameters) {
    ValueType type = ValueType::Int;
    if (parameter.kind == ParameterKind::F32)
      type = ValueType::F32;
    if (parameter.kind == ParameterKind::F64)
      type = ValueType::F64;
    if (parameter.kind == ParameterKind::Map)
      type = ValueType::Map;
    if (!operand(parameter.value, type))
      return false;
  }
  return true;
}

bool Validator::checkEffect(const Instruction &i) {
  define(ValueType::None);
  switch (i.opcode) {
  case Opcode::Require:
    return enter(kCheckStage) && operand(i.a, ValueType::Int) &&
           inTable(i.b, entry.strings.size()) &&
           unused(i.modifier, i.c, i.immediate);
  case Opcode::Scratch:
    if (hasScratch)
      return fail("there is more than one scratch");
    hasScratch = true;
    if (i.immediate == 0 || i.immediate > kMaxAlignment ||
        (i.immediate & (i.immediate - 1)))
      return fail("expected an alignment that is a power of two, at most " +
                  std::to_string(kMaxAlignment));
    return enter(kScratchStage) && operand(i.a, ValueType::Int) &&
           unused(i.modifier, i.b, i.c) && define(ValueType::Int);
  case Opcode::TensorMap:
    return enter(kMapStage) && inTable(i.a, entry.tensorMaps.size()) &&
           checkMap(entry.tensorMaps[i.a]) &&
           unused(i.modifier, i.b, i.c, i.immediate) && define(ValueType::Map);
  case Opcode::Memset:
    return enter(kEnqueueStage) && operand(i.a, ValueType::Int) &&
           operand(i.b, ValueType::Int) && optional(i.c) &&
           unused(i.modifier >> 8, i.immediate);
  default:
    return enter(kEnqueueStage) && inTable(i.a, entry.launches.size()) &&
           checkLaunch(entry.launches[i.a]) &&
           unused(i.modifier, i.b, i.c, i.immediate);
  }
}

bool Validator::check(const Instruction &i) {
  if (between(i, Opcode::ConstInt, Opcode::Multiprocessors))
    return checkInput(i);
  if (between(i, Opcode::Add, Opcode::Select))
    return checkInt(i);
  if (between(i, Opcode::FAdd, Opcode::IntToF64))
    return checkFloat(i);
  if (between(i, Opcode::Require, Opcode::Launch))
    return checkEffect(i);
  return fail("unknown opcode " +
              std::to_string(static_cast<unsigned>(i.opcode)));
}

std::string Validator::run() {
  types.clear();
  types.reserve(entry.program.size());
  for (const Instruction &instruction : entry.program) {
    if (!check(instruction))
      return error;
    types.push_back(result);
  }
  return "";
}

std::string rcm::object::validateProgram(const Entry &entry, size_t kernelCount,
                                         std::vector<ValueType> &types) {
  return Validator(entry, kernelCount, types).run();
}
