//===- Layouts.cpp - Which thread holds which element
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMTile/IR/Layouts.h"

namespace rcm::tile::layouts {

Element accumulatorElement(int thread, int index) {
  int warp = thread / kWarp;
  int lane = thread % kWarp;
  int half = (index >> 1) & 1;
  return {kWarpRows * warp + lane / 4 + 8 * half,
          8 * (index >> 2) + 2 * (lane % 4) + (index & 1)};
}

int accumulatorIndex(Element element, int &thread) {
  int warp = element.row / kWarpRows;
  int inWarp = element.row % kWarpRows;
  int inBlock = element.column % 8;
  thread = kWarp * warp + 4 * (inWarp % 8) + inBlock / 2;
  return 4 * (element.column / 8) + 2 * (inWarp / 8) + inBlock % 2;
}

Element operandA8Element(int thread, int byte) {
  int warp = thread / kWarp;
  int lane = thread % kWarp;
  int reg = byte / 4;
  return {kWarpRows * warp + lane / 4 + 8 * (reg & 1),
          16 * (reg >> 1) + 4 * (lane % 4) + byte % 4};
}

Element operandA16Element(int thread, int half) {
  int warp = thread / kWarp;
  int lane = thread % kWarp;
  int reg = half / 2;
  return {kWarpRows * warp + lane / 4 + 8 * (reg & 1),
          8 * (reg >> 1) + 2 * (lane % 4) + half % 2};
}

int tokenOfSlot(int slot) {
  int q = slot >> 2;
  int b = (slot >> 1) & 1;
  return 8 * b + 2 * q + (slot & 1);
}

int slotOfToken(int token) {
  int b = token >> 3;
  int q = (token >> 1) & 3;
  return 4 * q + 2 * b + (token & 1);
}

int accumulatorOfOperandByte(int step, int byte) {
  // Any thread gives the same answer; thread 0 is asked.
  Element slot = operandA8Element(/*thread=*/0, byte);
  int column =
      kStep8 * step + slot.column / 16 * 16 + tokenOfSlot(slot.column % 16);
  int owner;
  return accumulatorIndex({slot.row, column}, owner);
}

int64_t swizzledOffset(int rows, int swizzle, int row, int64_t byte) {
  int64_t panel = byte / swizzle;
  int inRow = static_cast<int>(byte % swizzle);
  int chunk = inRow / 16;
  int chunks = swizzle / 16;
  // The hardware XORs address bits 4.. with bits 7..: a row of the permutation
  // is 128 bytes, which is 128 / swizzle rows of the tile.
  int line = row / (128 / swizzle);
  int permuted = chunk ^ (line % chunks);
  return panel * rows * swizzle + static_cast<int64_t>(row) * swizzle +
         16 * permuted + inRow % 16;
}

Element rowChunkElement(int lane, int index, int columns, int chunk) {
  int lanesPerRow = columns / chunk;
  int access = index / chunk;
  int flat = access * kWarp + lane;
  return {flat / lanesPerRow, flat % lanesPerRow * chunk + index % chunk};
}

int64_t stepOffset(int rows, int swizzle, int step) {
  int64_t byte = static_cast<int64_t>(kStep8) * step;
  return byte / swizzle * rows * swizzle + byte % swizzle;
}

int64_t keyStepOffset(int step) {
  return static_cast<int64_t>(kStep16) * kPanelBytes * step;
}

} // namespace rcm::tile::layouts
