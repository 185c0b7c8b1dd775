//===- ObjectValidate.cpp - Ranges and names of an object -----------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Runtime/KernelObject.h"

#include <set>

using namespace rcm::object;

namespace {
/// Largest values of the driver's enums and of a tensor map's numbers.
constexpr uint8_t kMaxInterleave = 2, kMaxSwizzle = 3, kMaxL2Promotion = 3,
                  kMaxFill = 1;
constexpr uint32_t kMaxBoxSize = 256, kMaxElementStride = 8;
/// Largest thread block cluster that any device offers.
constexpr uint64_t kMaxClusterBlocks = 16;

bool isPowerOfTwo(uint32_t value) { return value && !(value & (value - 1)); }

bool isIn(uint32_t value, uint32_t least, uint32_t most) {
  return value >= least && value <= most;
}

bool allIn(const std::vector<uint32_t> &values, uint32_t most) {
  for (uint32_t value : values)
    if (!isIn(value, 1, most))
      return false;
  return true;
}

std::string checkProperties(const Properties &properties) {
  for (size_t i = 1; i < properties.size(); ++i)
    if (properties[i - 1].first >= properties[i].first)
      return "expected properties sorted by name, got `" + properties[i].first +
             "` behind `" + properties[i - 1].first + "`";
  return "";
}

bool isValid(const Argument &argument) {
  size_t bytes = getElementBytes(argument.type);
  if (!bytes || argument.name.empty() || argument.kind > ArgumentKind::Scalar ||
      argument.direction < Direction::In ||
      argument.direction > Direction::InOut ||
      argument.sizes.size() > kMaxRank ||
      argument.sizes.size() != argument.strides.size() ||
      !isPowerOfTwo(argument.alignment) || argument.alignment > kMaxAlignment)
    return false;
  for (int64_t size : argument.sizes)
    if (size < 0 && size != kDynamic)
      return false;
  if (argument.kind == ArgumentKind::Tensor)
    return true;
  return argument.sizes.empty() && argument.direction == Direction::In &&
         (argument.type == ElementType::F32 ||
          argument.type == ElementType::F64 ||
          argument.type == ElementType::I32 ||
          argument.type == ElementType::I64);
}

bool isValid(const TensorMap &map) {
  size_t rank = map.sizes.size();
  return isIn(rank, 1, kMaxMapRank) && map.strides.size() == rank - 1 &&
         map.box.size() == rank && map.elementStrides.size() == rank &&
         getMapElementBytes(map.elementType) &&
         map.interleave <= kMaxInterleave && map.swizzle <= kMaxSwizzle &&
         map.l2Promotion <= kMaxL2Promotion && map.fill <= kMaxFill &&
         allIn(map.box, kMaxBoxSize) &&
         allIn(map.elementStrides, kMaxElementStride);
}

bool isValid(const Launch &launch) {
  for (const Parameter &parameter : launch.parameters)
    if (static_cast<uint8_t>(parameter.kind) >= kParameterKinds)
      return false;
  uint64_t blocks = 1;
  bool none = true;
  for (uint32_t size : launch.cluster) {
    if (size > kMaxClusterBlocks)
      return false;
    blocks *= size;
    none &= size == 0;
  }
  return (none || isIn(blocks, 1, kMaxClusterBlocks)) &&
         launch.flags <= kProgrammatic;
}

template <typename Element>
std::string checkAll(const std::vector<Element> &elements, const char *what) {
  for (size_t i = 0; i < elements.size(); ++i)
    if (!isValid(elements[i]))
      return std::string(what) + " " + std::to_string(i) +
             " holds a number out of range";
  return "";
}

std::string checkEntry(const Entry &entry, size_t kernelCount) {
  auto in = [&](std::string text) {
    return text.empty() ? text : "entry `" + entry.name + "`: " + text;
  };
  if (entry.name.empty())
    return "an entry has no name";
  if (std::string text = in(checkProperties(entry.properties)); !text.empty())
    return text;
  if (std::string text = in(checkAll(entry.arguments, "argument"));
      !text.empty())
    return text;
  if (std::string text = in(checkAll(entry.tensorMaps, "tensor map"));
      !text.empty())
    return text;
  if (std::string text = in(checkAll(entry.launches, "launch")); !text.empty())
    return text;
  std::vector<ValueType> types;
  return validateProgram(entry, kernelCount, types);
}
} // namespace

std::string rcm::object::validate(const KernelObject &object) {
  if (object.chip.empty() || object.computeCapability < 10 ||
      object.ptxVersion < 10)
    return "expected a chip, a compute capability and a PTX version";
  if (object.ptx.empty() || object.ptx.find('\0') != std::string::npos)
    return "expected PTX without a null";
  if (object.cubin.empty() != (object.cubinMinimumDriver == 0))
    return "expected a minimum driver of the cubin exactly when there is one";
  if (std::string text = checkProperties(object.properties); !text.empty())
    return text;
  for (const Kernel &kernel : object.kernels)
    if (kernel.name.empty())
      return "a kernel has no name";
  std::set<std::string> names;
  for (const Entry &entry : object.entries) {
    if (!names.insert(entry.name).second)
      return "two entries are named `" + entry.name + "`";
    if (std::string text = checkEntry(entry, object.kernels.size());
        !text.empty())
      return text;
  }
  return "";
}
