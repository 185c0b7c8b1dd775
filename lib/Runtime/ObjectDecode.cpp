//===- ObjectDecode.cpp - Bytes to kernel object --------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Every read is checked against the end of its section. A failed read makes the
// reader fail for good and return zeros, so that the callers need one check
// after each list instead of one after each number.
//
//===----------------------------------------------------------------------===//

#include "ObjectLayout.h"
#include "rcm/Runtime/KernelObject.h"

#include <cstring>

using namespace rcm::object;

namespace {
class Reader {
public:
  Reader(const unsigned char *data, size_t size) : next(data), left(size) {}

  bool failed = false;

  size_t remaining() const { return left; }
  uint8_t u8() { return number(1); }
  uint16_t u16() { return number(2); }
  uint32_t u32() { return number(4); }
  uint64_t u64() { return number(8); }

  std::string string() {
    uint32_t size = u32();
    if (failed || size > left)
      return fail(), std::string();
    std::string text(reinterpret_cast<const char *>(next), size);
    if (std::memchr(next, 0, size))
      fail();
    skip(size);
    return text;
  }

  /// Reads a count, at most `limit` and at most what could still follow when an
  /// element takes `elementBytes` or more, and then the elements.
  template <typename List, typename Read>
  void list(List &elements, uint32_t limit, size_t elementBytes, Read read) {
    uint32_t count = u32();
    if (failed || count > limit || count > left / elementBytes)
      return fail();
    elements.reserve(count);
    for (uint32_t i = 0; i < count && !failed; ++i)
      elements.push_back(read());
  }

  Properties properties() {
    Properties result;
    list(result, kMaxListLength, 8, [&] {
      std::string name = string();
      return std::make_pair(std::move(name), string());
    });
    return result;
  }

  std::vector<uint32_t> numbers(size_t count) {
    std::vector<uint32_t> result(count);
    for (uint32_t &value : result)
      value = u32();
    return result;
  }

private:
  void fail() {
    failed = true;
    left = 0;
  }
  void skip(size_t bytes) {
    next += bytes;
    left -= bytes;
  }
  uint64_t number(size_t bytes) {
    if (failed || left < bytes)
      return fail(), 0;
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i)
      value |= uint64_t(next[i]) << (8 * i);
    skip(bytes);
    return value;
  }

  const unsigned char *next;
  size_t left;
};

Argument readArgument(Reader &in) {
  Argument argument;
  argument.name = in.string();
  argument.kind = static_cast<ArgumentKind>(in.u8());
  argument.direction = static_cast<Direction>(in.u8());
  argument.type = static_cast<ElementType>(in.u8());
  uint8_t rank = in.u8();
  argument.alignment = in.u32();
  for (auto *numbers : {&argument.sizes, &argument.strides})
    for (uint8_t i = 0; i < rank; ++i)
      numbers->push_back(static_cast<int64_t>(in.u64()));
  return argument;
}

TensorMap readTensorMap(Reader &in) {
  TensorMap map;
  map.elementType = in.u8();
  size_t rank = in.u8();
  map.interleave = in.u8();
  map.swizzle = in.u8();
  map.l2Promotion = in.u8();
  map.fill = in.u8();
  map.predicate = in.u32();
  map.base = in.u32();
  map.sizes = in.numbers(rank);
  map.strides = in.numbers(rank ? rank - 1 : 0);
  map.box = in.numbers(rank);
  map.elementStrides = in.numbers(rank);
  return map;
}

Launch readLaunch(Reader &in) {
  Launch launch;
  launch.kernel = in.u32();
  for (uint32_t &value : launch.grid)
    value = in.u32();
  for (uint32_t &value : launch.block)
    value = in.u32();
  launch.sharedBytes = in.u32();
  launch.predicate = in.u32();
  for (uint32_t &number : launch.cluster)
    number = in.u32();
  launch.flags = in.u32();
  in.list(launch.parameters, kMaxListLength, 5, [&] {
    Parameter parameter;
    parameter.kind = static_cast<ParameterKind>(in.u8());
    parameter.value = in.u32();
    return parameter;
  });
  return launch;
}

Instruction readInstruction(Reader &in) {
  Instruction instruction;
  instruction.opcode = static_cast<Opcode>(in.u16());
  instruction.modifier = in.u16();
  instruction.a = in.u32();
  instruction.b = in.u32();
  instruction.c = in.u32();
  instruction.immediate = in.u64();
  return instruction;
}

Entry readEntry(Reader &in) {
  Entry entry;
  entry.name = in.string();
  entry.properties = in.properties();
  // The sizes are those of the shortest possible element.
  in.list(entry.arguments, kMaxListLength, 12,
          [&] { return readArgument(in); });
  in.list(entry.strings, kMaxListLength, 4, [&] { return in.string(); });
  in.list(entry.tensorMaps, kMaxListLength, 14,
          [&] { return readTensorMap(in); });
  in.list(entry.launches, kMaxListLength, 56, [&] { return readLaunch(in); });
  in.list(entry.program, kMaxInstructions, kInstructionBytes,
          [&] { return readInstruction(in); });
  return entry;
}

bool readMetadata(Reader in, KernelObject &object) {
  object.producer = in.string();
  object.chip = in.string();
  object.computeCapability = in.u32();
  uint32_t exact = in.u32();
  object.exactComputeCapability = exact == 1;
  object.ptxVersion = in.u32();
  object.ptxMinimumDriver = in.u32();
  object.cubinMinimumDriver = in.u32();
  object.properties = in.properties();
  in.list(object.kernels, kMaxListLength, 12, [&] {
    Kernel kernel;
    kernel.name = in.string();
    kernel.registers = in.u32();
    kernel.staticSharedBytes = in.u32();
    return kernel;
  });
  in.list(object.entries, kMaxListLength, 28, [&] { return readEntry(in); });
  return !in.failed && in.remaining() == 0 && exact <= 1;
}

struct Section {
  uint32_t kind;
  const unsigned char *data;
  uint64_t size;
};

/// Reads the section table and checks places, padding and checksums.
std::string readSections(const unsigned char *bytes, size_t size,
                         uint32_t count, std::vector<Section> &sections) {
  Reader table(bytes + kHeaderBytes, size - kHeaderBytes);
  uint64_t end = kHeaderBytes + kSectionRowBytes * uint64_t(count);
  for (uint32_t i = 0; i < count; ++i) {
    std::string name = "section " + std::to_string(i);
    uint32_t kind = table.u32(), crc = table.u32();
    uint64_t offset = table.u64(), length = table.u64(), zero = table.u64();
    if (zero != 0 || offset != alignSection(end) || offset > size ||
        length > size - offset)
      return name + " lies outside the file";
    for (uint64_t at = end; at < offset; ++at)
      if (bytes[at] != 0)
        return "the bytes before " + name + " are not zero";
    if (crc32(bytes + offset, length) != crc)
      return "the checksum of " + name + " does not match";
    sections.push_back({kind, bytes + offset, length});
    end = offset + length;
  }
  return end == size ? "" : "the sections do not fill the file";
}

/// Checks the header; the section count is the result.
DecodeResult readHeader(const unsigned char *bytes, size_t size,
                        uint32_t &sectionCount, std::string &error) {
  auto corrupt = [&](std::string text) {
    error = std::move(text);
    return DecodeResult::Corrupt;
  };
  if (size < sizeof(kMagic) || std::memcmp(bytes, kMagic, sizeof(kMagic)))
    return corrupt("not a kernel object");
  if (size < kHeaderBytes)
    return corrupt("expected a header of " + std::to_string(kHeaderBytes) +
                   " bytes, got a file of " + std::to_string(size));
  Reader in(bytes + sizeof(kMagic), kHeaderBytes - sizeof(kMagic));
  uint32_t version = in.u32();
  sectionCount = in.u32();
  uint64_t fileSize = in.u64();
  uint32_t crc = in.u32(), zero = in.u32();
  if (version > kFormatVersion) {
    error = "expected format version " + std::to_string(kFormatVersion) +
            " or older, got " + std::to_string(version);
    return DecodeResult::Newer;
  }
  if (version == 0)
    return corrupt("expected a format version of 1 or more, got 0");
  if (fileSize != size)
    return corrupt("expected a file of " + std::to_string(fileSize) +
                   " bytes, got " + std::to_string(size));
  if (sectionCount == 0 || sectionCount > kMaxSections || zero != 0 ||
      size > kMaxFileBytes ||
      size < kHeaderBytes + kSectionRowBytes * sectionCount)
    return corrupt("the header is damaged");
  std::string table(reinterpret_cast<const char *>(bytes),
                    kHeaderBytes + kSectionRowBytes * sectionCount);
  table.replace(kCrcOffset, sizeof(crc), sizeof(crc), '\0');
  if (crc32(table.data(), table.size()) != crc)
    return corrupt("the checksum of the header does not match");
  return DecodeResult::Success;
}
} // namespace

DecodeResult rcm::object::decode(const void *data, size_t size,
                                 KernelObject &object, std::string &error) {
  const auto *bytes = static_cast<const unsigned char *>(data);
  uint32_t count = 0;
  DecodeResult result = readHeader(bytes, size, count, error);
  if (result != DecodeResult::Success)
    return result;
  std::vector<Section> sections;
  error = readSections(bytes, size, count, sections);
  if (!error.empty())
    return DecodeResult::Corrupt;

  uint32_t seen = 0;
  for (const Section &section : sections) {
    if (section.kind < kMetadataSection || section.kind > kCubinSection ||
        (seen & (1u << section.kind))) {
      error = "unexpected section of kind " + std::to_string(section.kind);
      return DecodeResult::Corrupt;
    }
    seen |= 1u << section.kind;
    if (section.kind == kMetadataSection) {
      if (!readMetadata(Reader(section.data, section.size), object)) {
        error = "the metadata is damaged";
        return DecodeResult::Corrupt;
      }
      continue;
    }
    std::string &code = section.kind == kPtxSection ? object.ptx : object.cubin;
    code.assign(reinterpret_cast<const char *>(section.data), section.size);
  }
  if (!(seen & (1u << kMetadataSection)) || !(seen & (1u << kPtxSection))) {
    error = "expected a metadata and a PTX section";
    return DecodeResult::Corrupt;
  }
  error = validate(object);
  return error.empty() ? DecodeResult::Success : DecodeResult::Corrupt;
}
