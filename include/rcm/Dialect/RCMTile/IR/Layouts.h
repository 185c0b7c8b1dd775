//===- Layouts.h - Which thread holds which element
//------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Pure functions from (thread, register) to (row, column) for the register
// fragments of the tile dialect, and from (row, byte) to a shared-memory
// offset for its tiles. No MLIR type appears here, so the maps can be checked
// exhaustively by a unit test. Sources: PTX ISA, "Asynchronous Warpgroup Level
// Matrix Instructions", register fragments and shared-memory matrix layout.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_LAYOUTS_H
#define RCM_DIALECT_RCMTILE_IR_LAYOUTS_H

#include <cstdint>

namespace rcm::tile::layouts {

/// Threads of one warp and of one warpgroup.
constexpr int kWarp = 32;
constexpr int kWarpgroup = 128;
/// Rows of one warpgroup's matrix product, and of one warp's share of it.
constexpr int kGroupRows = 64;
constexpr int kWarpRows = 16;
/// Keys per matrix step of an 8-bit and of a 16-bit product; both are 32 bytes
/// of a K-major row.
constexpr int kStep8 = 32;
constexpr int kStep16 = 16;
/// Bytes of a swizzled panel's row and of its groups of eight rows.
constexpr int kPanelBytes = 128;

/// A position in a tile.
struct Element {
  int row;
  int column;
};

/// Element held in register `index` of `thread` (0..127) by the accumulator of
/// a 64 x n warpgroup product; n / 2 registers per thread, 32 bits each.
Element accumulatorElement(int thread, int index);

/// Register of the accumulator's owner of (row, column); the inverse of
/// accumulatorElement. The owning thread is returned through `thread`.
int accumulatorIndex(Element element, int &thread);

/// Element held in byte `byte` (0..15) of the four registers of `thread` by the
/// 8-bit A operand of one 64 x 32 step.
Element operandA8Element(int thread, int byte);

/// Element held in 16-bit half `half` (0..7) of the four registers of `thread`
/// by the A operand of one 64 x 16 step. The accumulator holds the same
/// elements in the same order.
Element operandA16Element(int thread, int half);

/// Column of the accumulator that byte slot `slot` (0..15) of a 16-column
/// group carries, so that accumulators become the A operand by conversion
/// alone: slot 4q + 2b + e holds column 8b + 2q + e (q < 4; b, e < 2).
/// Values are stored in memory in slot order.
int tokenOfSlot(int slot);
/// The inverse of tokenOfSlot.
int slotOfToken(int token);

/// Accumulator register whose value goes into byte `byte` of the A operand of
/// step `step`: the same for every thread.
int accumulatorOfOperandByte(int step, int byte);

/// Byte offset of (row, byte column) in a shared tile of `rows` rows: panels of
/// `swizzle` bytes (32, 64 or 128), each `rows` x `swizzle`, 16-byte chunks
/// permuted inside groups of eight rows as the copy engine and the matrix unit
/// expect.
int64_t swizzledOffset(int rows, int swizzle, int row, int64_t byte);

/// Chunk layout of a warp's 16 rows: `chunk` elements per access, consecutive
/// lanes hold consecutive chunks of a row. Element of register-element `index`
/// (counted over accesses, then inside the chunk) in a row of `columns`.
Element rowChunkElement(int lane, int index, int columns, int chunk);

/// Bytes of one row of a K-major 8-bit tile that the matrix unit reads from
/// the panel of step `step`, as a byte offset from the tile's start.
int64_t stepOffset(int rows, int swizzle, int step);

/// Byte offset of 16-bit step `step` of an MN-major tile (rows are keys, panels
/// of 128 bytes): sixteen rows of the first panel.
int64_t keyStepOffset(int step);

} // namespace rcm::tile::layouts

#endif // RCM_DIALECT_RCMTILE_IR_LAYOUTS_H
