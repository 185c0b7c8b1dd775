//===- ObjectLayout.h - Numbers of the file layout --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Offsets and numbers of docs/KernelObject.md that the encoder and the decoder
// share and nobody else needs.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_OBJECTLAYOUT_H
#define RCM_LIB_RUNTIME_OBJECTLAYOUT_H

#include <cstddef>
#include <cstdint>

namespace rcm::object {

inline constexpr size_t kHeaderBytes = 32;
inline constexpr size_t kCrcOffset = 24;
inline constexpr size_t kSectionRowBytes = 32;
inline constexpr size_t kSectionAlignment = 16;
inline constexpr uint32_t kMaxSections = 16;
inline constexpr size_t kInstructionBytes = 24;

enum SectionKind : uint32_t {
  kMetadataSection = 1,
  kPtxSection = 2,
  kCubinSection = 3
};

/// The first multiple of the section alignment that is not below `offset`.
inline uint64_t alignSection(uint64_t offset) {
  return (offset + kSectionAlignment - 1) / kSectionAlignment *
         kSectionAlignment;
}

} // namespace rcm::object

#endif // RCM_LIB_RUNTIME_OBJECTLAYOUT_H
