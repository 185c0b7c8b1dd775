//===- MatrixLowering.cpp - Warpgroup matrix products
//-----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Inline PTX, because upstream's op takes no A operand from registers, and
// because its wait ties no registers: the values of a product could then be
// read before it is complete. A whole product, or one step with its share of
// the accumulator, is one block: instructions between the steps would make the
// assembler serialise them.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

/// Widest n of one wgmma instruction.
static constexpr int64_t kMaxColumns = 256;

/// Descriptor bits of a K-major tile beside its address (PTX ISA, "Matrix
/// Descriptor Format"): leading offset 1 (unused when swizzled), stride between
/// groups of eight rows, swizzle mode.
static int64_t descriptorBits(SharedType tile) {
  int64_t mode = tile.getSwizzle() == 128 ? 1 : tile.getSwizzle() == 64 ? 2 : 3;
  int64_t strideOffset = (8 * tile.getSwizzle()) >> 4;
  uint64_t bits = (uint64_t(1) << 16) | (uint64_t(strideOffset) << 32) |
                  (uint64_t(mode) << 62);
  return static_cast<int64_t>(bits);
}

static Value descriptor(Emitter &e, Value pointer, SharedType tile) {
  // The address field holds bits 4..17.
  Value address = e.bitAnd(e.shr(e.sharedAddress(pointer), 4), 0x3FFF);
  Value wide = e.make<LLVM::ZExtOp>(e.i64(), address);
  return e.make<LLVM::OrOp>(wide, e.constant64(descriptorBits(tile)));
}

/// Descriptor of step `step`: a register declared in the block.
static std::string stepDescriptor(PTXBlock &ptx, const std::string &base,
                                  StringRef name, SharedType tile, int64_t step,
                                  int64_t rowOffsetBytes = 0) {
  int64_t bytes = layouts::stepOffset(tile.getRows(), tile.getSwizzle(), step) +
                  rowOffsetBytes;
  if (bytes == 0)
    return base;
  std::string reg = (name + Twine(step)).str();
  ptx.line(".reg .b64 " + reg + "; add.s64 " + reg + ", " + base + ", " +
           Twine(bytes >> 4) + ";");
  return reg;
}

/// k, result and operand types of a product of f16 or bf16, as in its name.
static StringRef floatShape(Type element) {
  return element.isBF16() ? "k16.f32.bf16.bf16 " : "k16.f32.f16.f16 ";
}

static Lowered lowerQK(QKOp op, Operands<QKOp> in, Emitter &e) {
  SharedType query = op.getQuery().getType(), key = op.getKey().getType();
  FragmentType scores = op.getScores().getType().getFragment();
  Value queryDescriptor = descriptor(e, in.getQuery()[0], query);
  Value keyDescriptor = descriptor(e, in.getKey()[0], key);

  Type element = query.getElementType();
  bool integer = element.isInteger();
  PTXBlock ptx(e.rewriter, e.loc);
  auto accumulator =
      ptx.write(integer ? e.i32() : e.f32(), scores.getRegisters());
  auto a = ptx.read(queryDescriptor), b = ptx.read(keyDescriptor);
  ptx.line("{ .reg .pred first, next; setp.ne.b32 first, 0, 0; "
           "setp.eq.b32 next, 0, 0;");
  // Both families step 32 bytes along a K-major row.
  int64_t steps = query.getRowBytes() / layouts::kStep8;
  // Integer products know no factors and no transposition.
  StringRef shape = integer ? "k32.s32.s8.s8 " : floatShape(element);
  StringRef flags = integer ? ";" : ", 1, 1, 0, 0;";
  SmallVector<std::pair<std::string, std::string>> operands;
  for (int64_t step = 0; step < steps; ++step)
    operands.push_back({stepDescriptor(ptx, a, "da", query, step),
                        stepDescriptor(ptx, b, "db", key, step)});
  ptx.line("wgmma.fence.sync.aligned;");
  for (int64_t step = 0; step < steps; ++step)
    ptx.line("wgmma.mma_async.sync.aligned.m64n" + Twine(scores.getColumns()) +
             shape + PTXBlock::list(accumulator) + ", " + operands[step].first +
             ", " + operands[step].second + ", " + (step ? "next" : "first") +
             flags);
  ptx.line("wgmma.commit_group.sync.aligned; }");
  return ptx.emit();
}

/// Descriptor of an MN-major tile: rows are keys, panels of 128 bytes. Leading
/// offset from panel to panel, stride between groups of eight keys.
static Value keyRowsDescriptor(Emitter &e, Value pointer, SharedType tile) {
  int64_t panel = tile.getRows() * layouts::kPanelBytes;
  int64_t group = 8 * layouts::kPanelBytes;
  uint64_t bits = (uint64_t(panel >> 4) << 16) | (uint64_t(group >> 4) << 32) |
                  (uint64_t(1) << 62);
  Value address = e.bitAnd(e.shr(e.sharedAddress(pointer), 4), 0x3FFF);
  Value wide = e.make<LLVM::ZExtOp>(e.i64(), address);
  return e.make<LLVM::OrOp>(wide, e.constant64(static_cast<int64_t>(bits)));
}

/// P and V of 16 bits: V is read as it lies in memory, the unit transposes.
static Lowered lowerPV16(PVOp op, Operands<PVOp> in, Emitter &e) {
  SharedType value = op.getValue().getType();
  FragmentType result = op.getResult().getType().getFragment();
  Value valueDescriptor = keyRowsDescriptor(e, in.getValue()[0], value);
  bool fromZero = !op.getAccumulator();
  int64_t steps =
      op.getProbabilities().getType().getColumns() / layouts::kStep16;

  PTXBlock ptx(e.rewriter, e.loc);
  SmallVector<std::string> accumulator;
  if (fromZero)
    accumulator = ptx.write(e.f32(), result.getRegisters());
  else
    accumulator = ptx.readWrite(in.getAccumulator());
  auto b = ptx.read(valueDescriptor);
  auto a = ptx.read(in.getProbabilities());
  ptx.line("{ .reg .pred first, next; setp." + Twine(fromZero ? "ne" : "eq") +
           ".b32 first, 0, 0; setp.eq.b32 next, 0, 0;");
  SmallVector<std::string> descriptors;
  for (int64_t i = 0; i < steps; ++i) {
    int64_t bytes = layouts::keyStepOffset(op.getStep() * steps + i);
    descriptors.push_back("db" + std::to_string(i));
    ptx.line(".reg .b64 " + descriptors.back() + "; add.s64 " +
             descriptors.back() + ", " + b + ", " + Twine(bytes >> 4) + ";");
  }
  ptx.line("wgmma.fence.sync.aligned;");
  for (int64_t i = 0; i < steps; ++i)
    ptx.line("wgmma.mma_async.sync.aligned.m64n" + Twine(result.getColumns()) +
             floatShape(value.getElementType()) +
             PTXBlock::list(accumulator) + ", " +
             PTXBlock::list(ArrayRef(a).slice(4 * i, 4)) + ", " +
             descriptors[i] + ", " + (i ? "next" : "first") + ", 1, 1, 1;");
  ptx.line(op.getCommit() ? "wgmma.commit_group.sync.aligned; }" : "}");
  return ptx.emit();
}

static Lowered lowerPV(PVOp op, Operands<PVOp> in, Emitter &e) {
  SharedType value = op.getValue().getType();
  if (value.getElementType().getIntOrFloatBitWidth() == 16)
    return lowerPV16(op, in, e);
  FragmentType result = op.getResult().getType().getFragment();
  Value valueDescriptor = descriptor(e, in.getValue()[0], value);
  bool fromZero = !op.getAccumulator();

  PTXBlock ptx(e.rewriter, e.loc);
  SmallVector<std::string> accumulator;
  if (fromZero)
    accumulator = ptx.write(e.f32(), result.getRegisters());
  else
    accumulator = ptx.readWrite(in.getAccumulator());
  auto b = ptx.read(valueDescriptor);
  auto a = ptx.read(in.getProbabilities());
  ptx.line("{ .reg .pred keep; setp." + Twine(fromZero ? "ne" : "eq") +
           ".b32 keep, 0, 0;");
  // A tile with more rows than one instruction takes is cut; the descriptor
  // moves down by whole rows.
  struct Part {
    int64_t first, columns;
    std::string descriptor;
  };
  SmallVector<Part> parts;
  for (int64_t first = 0; first < result.getColumns(); first += kMaxColumns)
    parts.push_back({first, std::min(kMaxColumns, result.getColumns() - first),
                     stepDescriptor(ptx, b, first ? "dc" : "db", value,
                                    op.getStep(), first * value.getSwizzle())});
  ptx.line("wgmma.fence.sync.aligned;");
  for (const Part &part : parts)
    ptx.line(
        "wgmma.mma_async.sync.aligned.m64n" + Twine(part.columns) +
        "k32.f32.e4m3.e4m3 " +
        PTXBlock::list(
            ArrayRef(accumulator).slice(part.first / 2, part.columns / 2)) +
        ", " + PTXBlock::list(a) + ", " + part.descriptor + ", keep, 1, 1;");
  ptx.line(op.getCommit() ? "wgmma.commit_group.sync.aligned; }" : "}");
  return ptx.emit();
}

static Lowered lowerWait(WaitOp op, Operands<WaitOp> in, Emitter &e) {
  PTXBlock ptx(e.rewriter, e.loc);
  ptx.readWrite(in.getProduct());
  ptx.line("wgmma.wait_group.sync.aligned " + Twine(op.getPending()) + ";");
  return ptx.emit();
}

void rcm::tile::populateMatrixLowerings(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  addLowering<QKOp>(converter, patterns, lowerQK);
  addLowering<PVOp>(converter, patterns, lowerPV);
  addLowering<WaitOp>(converter, patterns, lowerWait);
}
