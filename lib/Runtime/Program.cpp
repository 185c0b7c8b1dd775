//===- Program.cpp - Running an entry's program ---------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "Error.h"

#include <algorithm>
#include <cinttypes>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// Values are 64 bits: an integer, the bits of an f32 or f64, or the index of a
/// tensor map.
class Interpreter {
public:
  Interpreter(const Entry &entry, const std::vector<ValueType> &types,
              const std::vector<BoundArgument> &arguments,
              int32_t multiprocessors, ProgramHost &host, Plan &plan)
      : entry(entry), types(types), arguments(arguments),
        multiprocessors(multiprocessors), host(host), plan(plan) {}

  rcmResult run();

private:
  rcmResult step(const Instruction &i, uint64_t &value);
  uint64_t readInput(const Instruction &i);
  rcmResult runEffect(const Instruction &i, uint64_t &value);
  rcmResult encode(const TensorMap &map, uint64_t &value);
  rcmResult addMemset(const Instruction &i);
  rcmResult addLaunch(const Launch &launch);
  rcmResult addParameters(const Launch &launch, Command &command);

  bool isOff(uint32_t predicate) const {
    return predicate != kNone && values[predicate] == 0;
  }
  int64_t getInt(uint32_t index) const {
    return static_cast<int64_t>(values[index]);
  }

  const Entry &entry;
  const std::vector<ValueType> &types;
  const std::vector<BoundArgument> &arguments;
  int32_t multiprocessors;
  ProgramHost &host;
  Plan &plan;
  std::vector<uint64_t> values;
  size_t mapCount = 0;
};
} // namespace

uint64_t Interpreter::readInput(const Instruction &i) {
  switch (i.opcode) {
  case Opcode::Size:
    return arguments[i.a].sizes[i.b];
  case Opcode::Stride:
    return arguments[i.a].strides[i.b];
  case Opcode::Data:
    return arguments[i.a].data;
  case Opcode::Scalar:
    return arguments[i.a].scalar;
  case Opcode::Multiprocessors:
    return multiprocessors;
  default: // constants
    return i.immediate;
  }
}

rcmResult Interpreter::encode(const TensorMap &map, uint64_t &value) {
  value = mapCount++;
  CUtensorMap &encoded = plan.maps[value];
  encoded = CUtensorMap();
  uint64_t sizes[kMaxMapRank] = {}, strides[kMaxMapRank] = {};
  bool isEmpty = false;
  for (size_t d = 0; d < map.sizes.size(); ++d) {
    sizes[d] = values[map.sizes[d]];
    isEmpty |= sizes[d] == 0;
  }
  for (size_t d = 0; d < map.strides.size(); ++d)
    strides[d] = values[map.strides[d]];
  if (isEmpty || isOff(map.predicate))
    return RCM_SUCCESS;
  return host.encode(map, values[map.base], sizes, strides, encoded);
}

rcmResult Interpreter::addMemset(const Instruction &i) {
  int64_t bytes = getInt(i.b);
  if (isOff(i.c) || bytes == 0)
    return RCM_SUCCESS;
  if (bytes < 0)
    return fail(RCM_ERROR_REQUIREMENT,
                "expected a memset of 0 or more bytes, got %" PRId64, bytes);
  Command command;
  command.address = values[i.a];
  command.bytes = bytes;
  command.value = i.modifier;
  plan.commands.push_back(std::move(command));
  return RCM_SUCCESS;
}

/// True if `value` is a signed or unsigned number of `bytes` bytes.
static bool fits(int64_t value, size_t bytes) {
  if (bytes >= sizeof(value))
    return true;
  int64_t range = int64_t(1) << (8 * bytes);
  return value >= -(range / 2) && value < range;
}

rcmResult Interpreter::addParameters(const Launch &launch, Command &command) {
  // No reallocation below: the parameters point into `scalars`.
  command.scalars.reserve(launch.parameters.size());
  command.parameters.reserve(launch.parameters.size());
  for (const Parameter &parameter : launch.parameters) {
    uint64_t value = values[parameter.value];
    if (parameter.kind == ParameterKind::Map) {
      command.parameters.push_back(&plan.maps[value]);
      continue;
    }
    bool isFloat = parameter.kind == ParameterKind::F32 ||
                   parameter.kind == ParameterKind::F64;
    if (!isFloat && !fits(value, getParameterBytes(parameter.kind)))
      return fail(RCM_ERROR_REQUIREMENT,
                  "expected parameter %zu of a launch to fit %zu bits, got "
                  "%" PRId64,
                  command.parameters.size(),
                  8 * getParameterBytes(parameter.kind),
                  static_cast<int64_t>(value));
    command.scalars.push_back(value);
    command.parameters.push_back(&command.scalars.back());
  }
  return RCM_SUCCESS;
}

rcmResult Interpreter::addLaunch(const Launch &launch) {
  Command command;
  command.launch = &launch;
  bool isEmpty = isOff(launch.predicate);
  for (int d = 0; d < 3; ++d) {
    command.grid[d] = getInt(launch.grid[d]);
    command.block[d] = getInt(launch.block[d]);
    isEmpty |= command.grid[d] == 0;
  }
  if (isEmpty)
    return RCM_SUCCESS;
  command.sharedBytes = getInt(launch.sharedBytes);
  if (rcmResult result = addParameters(launch, command))
    return result;
  // Moving a command moves its vectors' buffers: the pointers stay valid.
  plan.commands.push_back(std::move(command));
  return RCM_SUCCESS;
}

rcmResult Interpreter::runEffect(const Instruction &i, uint64_t &value) {
  switch (i.opcode) {
  case Opcode::Require:
    if (values[i.a] == 0)
      return fail(RCM_ERROR_REQUIREMENT, "%s", entry.strings[i.b].c_str());
    return RCM_SUCCESS;
  case Opcode::Scratch: {
    int64_t bytes = getInt(i.a);
    if (bytes < 0)
      return fail(RCM_ERROR_REQUIREMENT,
                  "expected 0 or more bytes of scratch memory, got %" PRId64,
                  bytes);
    return bytes ? host.allocate(bytes, i.immediate, value) : RCM_SUCCESS;
  }
  case Opcode::TensorMap:
    return encode(entry.tensorMaps[i.a], value);
  case Opcode::Memset:
    return addMemset(i);
  default: // Launch
    return addLaunch(entry.launches[i.a]);
  }
}

rcmResult Interpreter::step(const Instruction &i, uint64_t &value) {
  if (i.opcode <= Opcode::Multiprocessors) {
    value = readInput(i);
    return RCM_SUCCESS;
  }
  if (i.opcode >= Opcode::Require)
    return runEffect(i, value);
  if (i.opcode == Opcode::Select) {
    value = values[i.a] ? values[i.b] : values[i.c];
    return RCM_SUCCESS;
  }
  if (i.opcode < Opcode::FAdd)
    return evaluateInt(i, values[i.a], values[i.b], value);
  value =
      evaluateFloat(i, types[i.a] == ValueType::F64, values[i.a], values[i.b]);
  return RCM_SUCCESS;
}

rcmResult Interpreter::run() {
  size_t maps = std::count(types.begin(), types.end(), ValueType::Map);
  plan.maps = std::make_unique<CUtensorMap[]>(maps);
  values.assign(entry.program.size(), 0);
  for (size_t index = 0; index < entry.program.size(); ++index)
    if (rcmResult result = step(entry.program[index], values[index])) {
      if (entry.program[index].opcode != Opcode::Require)
        addContext(entry.name.c_str());
      return result;
    }
  return RCM_SUCCESS;
}

rcmResult rcm::runtime::runProgram(const Entry &entry,
                                   const std::vector<ValueType> &types,
                                   const std::vector<BoundArgument> &arguments,
                                   int32_t multiprocessors, ProgramHost &host,
                                   Plan &plan) {
  return Interpreter(entry, types, arguments, multiprocessors, host, plan)
      .run();
}
