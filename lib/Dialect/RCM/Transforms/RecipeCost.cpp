//===- RecipeCost.cpp - what a recipe costs on a shape --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// A launch takes a fixed time and then the longer of its bytes over the
// bandwidth and its arithmetic. Arithmetic is counted in clocks of one
// multiprocessor per 64 rows and 128 keys: those of the matrix unit, of the
// exponentials and of 8-bit conversions together, since what was measured is
// near their sum and not the longest of them. Blocks come in whole waves.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/RecipeCost.h"

#include <algorithm>

using namespace rcm;

namespace {
/// The machine: one H200.
constexpr double kMultiprocessors = 132;
constexpr double kClocksPerMicrosecond = 1755; // sustained under load
constexpr double kBytesPerMicrosecond = 3.7e6; // of the pre-pass and of copies
/// Multiply-adds per clock and multiprocessor, and exponentials.
constexpr double kHalfRate = 2048, kByteRate = 4096, kExp2Rate = 16;
/// Scores that become f32 and e4m3 per clock.
constexpr double kConversionRate = 64;
/// What is left of the sum of all clocks; the rest runs side by side.
constexpr double kOverlap = 0.93;
/// The first launch with its event, and each further one behind it.
constexpr double kFirstLaunch = 3.0, kNextLaunch = 2.0;
/// Start and end of a block that nothing hides: barriers, first copies, output.
constexpr double kBlockMicroseconds = 4.0;
/// Rows of a block, and keys of a tile that are computed in any case.
constexpr int64_t kGroupRows = 64, kInt8BlockRows = 192, kKeyTile = 128;
constexpr double kHalfBytes = 2;

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// What the kernel computes with for a head dimension.
double padded(int64_t dim) { return dim <= 64 ? 64 : dim <= 128 ? 128 : 256; }
} // namespace

/// Microseconds of arithmetic of the attention kernel.
static double arithmeticOf(KernelFamily family, const AttentionShape &s) {
  bool half = family == KernelFamily::kHalf;
  double rate = half ? kHalfRate : kByteRate;
  double products = padded(s.depth) + padded(s.width);
  double scores = kGroupRows * kKeyTile;
  double tileClocks = scores * products / rate + scores / kExp2Rate +
                      (half ? 0 : scores / kConversionRate);
  tileClocks *= kOverlap;
  double keyTiles = divideUp(s.keys, kKeyTile);
  if (s.causal)
    keyTiles = (keyTiles + 1) / 2;
  // Blocks of as many rows as keep the device busy; the last wave counts whole.
  int64_t heads = s.batches * s.heads;
  bool pairs = half && padded(s.width) <= 64;
  int64_t wide = pairs ? 4 * kGroupRows : kInt8BlockRows;
  bool narrow =
      half && heads * divideUp(s.rows, kGroupRows) <= kMultiprocessors;
  int64_t blockRows = narrow ? kGroupRows : wide;
  int64_t blocks = heads * divideUp(s.rows, blockRows);
  double waves = divideUp(blocks, kMultiprocessors);
  double perBlock = keyTiles * tileClocks * blockRows / kGroupRows;
  return waves * perBlock / kClocksPerMicrosecond + kBlockMicroseconds;
}

RecipeCost rcm::estimateCost(KernelFamily family, const AttentionShape &s) {
  bool half = family == KernelFamily::kHalf;
  double rows = double(s.batches) * s.heads * s.rows;
  double keys = double(s.batches) * s.keyHeads * s.keys;
  double output = rows * s.width * kHalfBytes * (s.skip ? 2 : 1);
  double keyBytes = keys * (s.depth + s.width) * kHalfBytes;
  double quantized = keys * (padded(s.depth) + padded(s.width));

  RecipeCost cost;
  cost.launches = kFirstLaunch + (half ? 0 : 2 * kNextLaunch);
  // Statistics read K and V, quantization reads them again and writes.
  cost.prepass =
      half ? 0 : (2 * keyBytes + quantized) / kBytesPerMicrosecond;
  double kernelBytes =
      rows * s.depth * kHalfBytes + output + (half ? keyBytes : quantized);
  cost.memory = kernelBytes / kBytesPerMicrosecond;
  cost.arithmetic = arithmeticOf(family, s);
  cost.total =
      cost.launches + cost.prepass + std::max(cost.memory, cost.arithmetic);
  return cost;
}
