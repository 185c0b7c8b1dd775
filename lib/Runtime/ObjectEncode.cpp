//===- ObjectEncode.cpp - Kernel object to bytes --------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ObjectLayout.h"
#include "rcm/Runtime/KernelObject.h"

using namespace rcm::object;

namespace {
/// Appends little-endian numbers.
class Writer {
public:
  std::string bytes;

  void u8(uint8_t value) { number(value, 1); }
  void u16(uint16_t value) { number(value, 2); }
  void u32(uint32_t value) { number(value, 4); }
  void u64(uint64_t value) { number(value, 8); }

  void string(const std::string &text) {
    u32(text.size());
    bytes += text;
  }

  /// A count and what `write` makes of each element.
  template <typename List, typename Write>
  void list(const List &elements, Write write) {
    u32(elements.size());
    for (const auto &element : elements)
      write(element);
  }

  void properties(const Properties &properties) {
    list(properties, [&](const auto &property) {
      string(property.first);
      string(property.second);
    });
  }

private:
  void number(uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
      bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
};

void write(Writer &out, const Argument &argument) {
  out.string(argument.name);
  out.u8(static_cast<uint8_t>(argument.kind));
  out.u8(static_cast<uint8_t>(argument.direction));
  out.u8(static_cast<uint8_t>(argument.type));
  out.u8(argument.sizes.size());
  out.u32(argument.alignment);
  for (int64_t size : argument.sizes)
    out.u64(size);
  for (int64_t stride : argument.strides)
    out.u64(stride);
}

void write(Writer &out, const TensorMap &map) {
  out.u8(map.elementType);
  out.u8(map.sizes.size());
  out.u8(map.interleave);
  out.u8(map.swizzle);
  out.u8(map.l2Promotion);
  out.u8(map.fill);
  out.u32(map.predicate);
  out.u32(map.base);
  for (const auto *numbers :
       {&map.sizes, &map.strides, &map.box, &map.elementStrides})
    for (uint32_t number : *numbers)
      out.u32(number);
}

void write(Writer &out, const Launch &launch) {
  out.u32(launch.kernel);
  for (uint32_t value : launch.grid)
    out.u32(value);
  for (uint32_t value : launch.block)
    out.u32(value);
  out.u32(launch.sharedBytes);
  out.u32(launch.predicate);
  for (uint32_t number : launch.cluster)
    out.u32(number);
  out.u32(launch.flags);
  out.list(launch.parameters, [&](const Parameter &parameter) {
    out.u8(static_cast<uint8_t>(parameter.kind));
    out.u32(parameter.value);
  });
}

void write(Writer &out, const Instruction &instruction) {
  out.u16(static_cast<uint16_t>(instruction.opcode));
  out.u16(instruction.modifier);
  out.u32(instruction.a);
  out.u32(instruction.b);
  out.u32(instruction.c);
  out.u64(instruction.immediate);
}

void write(Writer &out, const Entry &entry) {
  auto each = [&](const auto &element) { write(out, element); };
  out.string(entry.name);
  out.properties(entry.properties);
  out.list(entry.arguments, each);
  out.list(entry.strings, [&](const std::string &text) { out.string(text); });
  out.list(entry.tensorMaps, each);
  out.list(entry.launches, each);
  out.list(entry.program, each);
}

std::string encodeMetadata(const KernelObject &object) {
  Writer out;
  out.string(object.producer);
  out.string(object.chip);
  out.u32(object.computeCapability);
  out.u32(object.exactComputeCapability);
  out.u32(object.ptxVersion);
  out.u32(object.ptxMinimumDriver);
  out.u32(object.cubinMinimumDriver);
  out.properties(object.properties);
  out.list(object.kernels, [&](const Kernel &kernel) {
    out.string(kernel.name);
    out.u32(kernel.registers);
    out.u32(kernel.staticSharedBytes);
  });
  out.list(object.entries, [&](const Entry &entry) { write(out, entry); });
  return std::move(out.bytes);
}
} // namespace

std::string rcm::object::encode(const KernelObject &object) {
  std::vector<std::pair<uint32_t, std::string>> sections;
  sections.emplace_back(kMetadataSection, encodeMetadata(object));
  sections.emplace_back(kPtxSection, object.ptx);
  if (!object.cubin.empty())
    sections.emplace_back(kCubinSection, object.cubin);

  uint64_t offset = kHeaderBytes + kSectionRowBytes * sections.size();
  Writer table;
  std::string contents;
  for (const auto &[kind, bytes] : sections) {
    uint64_t start = alignSection(offset);
    contents.append(start - offset, '\0');
    contents += bytes;
    offset = start + bytes.size();
    table.u32(kind);
    table.u32(crc32(bytes.data(), bytes.size()));
    table.u64(start);
    table.u64(bytes.size());
    table.u64(0);
  }

  Writer file;
  file.bytes.assign(reinterpret_cast<const char *>(kMagic), sizeof(kMagic));
  file.u32(object.formatVersion);
  file.u32(sections.size());
  file.u64(offset);
  file.u64(0); // CRC and padding
  file.bytes += table.bytes;
  Writer crc;
  crc.u32(crc32(file.bytes.data(), file.bytes.size()));
  file.bytes.replace(kCrcOffset, crc.bytes.size(), crc.bytes);
  return file.bytes + contents;
}
