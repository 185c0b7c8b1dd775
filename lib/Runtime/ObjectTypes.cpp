//===- ObjectTypes.cpp - Sizes, names and the checksum of the format ------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Runtime/KernelObject.h"

#include <array>

using namespace rcm::object;

namespace {
struct ElementInfo {
  const char *name;
  size_t bytes;
};

/// By ElementType; 0 is no type.
constexpr ElementInfo kElements[kElementTypes + 1] = {
    {"?", 0},   {"f16", 2}, {"bf16", 2}, {"f32", 4},    {"f64", 8}, {"i8", 1},
    {"i16", 2}, {"i32", 4}, {"i64", 8},  {"f8e4m3", 1}, {"i1", 1}};

/// By the driver's number of a tensor map's element type.
constexpr uint8_t kMapElementBytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2, 4, 4, 4};

/// By ParameterKind.
constexpr uint8_t kParameterBytes[kParameterKinds] = {8, 4, 4, 8, 128, 1, 2};

constexpr std::array<uint32_t, 256> makeCrcTable() {
  // The reflected polynomial of zlib and PNG.
  constexpr uint32_t kPolynomial = 0xEDB88320u;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit)
      value = value & 1 ? (value >> 1) ^ kPolynomial : value >> 1;
    table[byte] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = makeCrcTable();

const ElementInfo &getInfo(ElementType type) {
  auto number = static_cast<uint8_t>(type);
  return kElements[number <= kElementTypes ? number : 0];
}
} // namespace

size_t rcm::object::getElementBytes(ElementType type) {
  return getInfo(type).bytes;
}

const char *rcm::object::getElementTypeName(ElementType type) {
  return getInfo(type).name;
}

size_t rcm::object::getParameterBytes(ParameterKind kind) {
  auto number = static_cast<uint8_t>(kind);
  return number < kParameterKinds ? kParameterBytes[number] : 0;
}

size_t rcm::object::getMapElementBytes(uint8_t elementType) {
  return elementType < sizeof(kMapElementBytes) ? kMapElementBytes[elementType]
                                                : 0;
}

uint32_t rcm::object::crc32(const void *data, size_t size) {
  const auto *bytes = static_cast<const unsigned char *>(data);
  uint32_t value = 0xFFFFFFFFu;
  for (size_t i = 0; i < size; ++i)
    value = (value >> 8) ^ kCrcTable[(value ^ bytes[i]) & 0xFF];
  return value ^ 0xFFFFFFFFu;
}
