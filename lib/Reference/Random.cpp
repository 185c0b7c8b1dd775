//===- Random.cpp - Counter-based random numbers --------------------------===//

#include "rcm/Reference/Random.h"

#include <algorithm>
#include <cmath>

namespace rcm::reference {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

/// Draws per Philox block: four words make two Box-Muller pairs.
constexpr uint64_t kDrawsPerBlock = 4;

/// Constants of Philox 4x32: two multipliers, and the key's Weyl increments
/// (golden ratio and sqrt(3) - 1).
constexpr uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

std::array<uint32_t, 4> block(uint64_t seed, uint64_t stream, uint64_t number) {
  return philox(
      {static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32),
       static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)},
      {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
}

/// (0, 1], so that its logarithm is finite.
double toUnit(uint32_t word) { return (word + 1.0) * 0x1p-32; }

void normalBlock(const std::array<uint32_t, 4> &words, double *out) {
  for (int pair = 0; pair < 2; ++pair) {
    double radius = std::sqrt(-2.0 * std::log(toUnit(words[2 * pair])));
    double angle = kTwoPi * toUnit(words[2 * pair + 1]);
    out[2 * pair] = radius * std::cos(angle);
    out[2 * pair + 1] = radius * std::sin(angle);
  }
}

} // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter,
                               std::array<uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round) {
    uint64_t product0 = kMultiplier0 * counter[0];
    uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

double RandomStream::normal(uint64_t index) const {
  double draws[kDrawsPerBlock];
  normalBlock(block(seed, stream, index / kDrawsPerBlock), draws);
  return draws[index % kDrawsPerBlock];
}

double RandomStream::uniform(uint64_t index) const {
  std::array<uint32_t, 4> words = block(seed, stream, index);
  uint64_t bits = static_cast<uint64_t>(words[0]) << 32 | words[1];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

void RandomStream::normals(uint64_t first, int64_t count, double *out) const {
  uint64_t index = first, end = first + static_cast<uint64_t>(count);
  while (index < end) {
    double draws[kDrawsPerBlock];
    uint64_t number = index / kDrawsPerBlock;
    normalBlock(block(seed, stream, number), draws);
    uint64_t stop = std::min(end, (number + 1) * kDrawsPerBlock);
    for (; index < stop; ++index)
      *out++ = draws[index % kDrawsPerBlock];
  }
}

} // namespace rcm::reference
