//===- StashLowering.cpp - Sums kept in memory ----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Branch, loads, sums and stores are one block each: accumulators that pass
// through a branch of the compiler's would be copied at the join, which
// serialises the matrix products.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

/// Registers of one access, and accesses in flight together: more would need
/// registers that the widest accumulators do not leave.
static constexpr int64_t kVector = 4, kBatch = 8;
static constexpr int64_t kFloatBytes = 4;

namespace {
/// The text of one thread's part of a stash. Names live in the block's scope.
class StashText {
public:
  StashText(PTXBlock &ptx, ArrayRef<std::string> registers,
            ArrayRef<std::string> maximum, std::string base, std::string held)
      : ptx(ptx), registers(registers), maximum(maximum) {
    ptx.line(".reg .pred held; .reg .b64 mine, maxima; "
             ".reg .b32 thread, block, threads, group; "
             ".reg .f32 low, high, kept<" +
             Twine(kVector * kBatch) + ">;");
    ptx.line("setp.ne.b32 held, " + held + ", 0;");
    // Positions are read here, so that no address lives outside the block.
    int64_t bytes =
        StashOp::stashElements(registers.size()) * kFloatBytes;
    ptx.line("mov.u32 thread, %tid.x; mov.u32 block, %ctaid.x; "
             "mov.u32 threads, %ntid.x;");
    ptx.line("mad.lo.u32 group, block, threads, thread; shr.u32 group, group, " +
             Twine(llvm::Log2_64(layouts::kWarpgroup)) +
             "; and.b32 thread, thread, " + Twine(layouts::kWarpgroup - 1) +
             ";");
    ptx.line("mad.wide.u32 maxima, group, " + Twine(bytes) + ", " + base +
             "; mad.wide.u32 mine, thread, " + Twine(kVector * kFloatBytes) +
             ", maxima; mad.wide.u32 maxima, thread, " +
             Twine(2 * kFloatBytes) + ", maxima;");
  }

  /// What is held must be multiplied by 2^(its maximum - the new one).
  void loadFactors() {
    ptx.line("mov.f32 low, " + maximum[0] + "; mov.f32 high, " + maximum[1] +
             "; @held ld.global.v2.f32 {low, high}, [maxima+" +
             Twine(offsetOf(registers.size())) + "];");
    ptx.line("sub.f32 low, low, " + maximum[0] + "; sub.f32 high, high, " +
             maximum[1] +
             "; ex2.approx.ftz.f32 low, low; ex2.approx.ftz.f32 high, high;");
  }
  void storeMaxima() {
    ptx.line("st.global.v2.f32 [maxima+" + Twine(offsetOf(registers.size())) +
             "], {" + maximum[0] + ", " + maximum[1] + "};");
  }
  /// Adds what is held to the registers; with `exchange`, the sum goes to
  /// memory and the registers become zero.
  void addHeld(bool exchange) {
    int64_t count = registers.size();
    for (int64_t first = 0; first < count; first += kVector * kBatch) {
      int64_t end = std::min(first + kVector * kBatch, count);
      for (int64_t i = first; i < end; i += kVector)
        load(i, i - first);
      for (int64_t i = first; i < end; ++i)
        ptx.line("fma.rn.f32 " + registers[i] + ", kept" + Twine(i - first) +
                 ", " + (i & 2 ? "high" : "low") + ", " + registers[i] + ";");
      if (!exchange)
        continue;
      for (int64_t i = first; i < end; i += kVector)
        ptx.line("st.global.v4.f32 [mine+" + Twine(offsetOf(i)) + "], " +
                 PTXBlock::list(registers.slice(i, kVector)) + ";");
      for (int64_t i = first; i < end; ++i)
        ptx.line("mov.f32 " + registers[i] + ", 0f00000000;");
    }
  }

private:
  /// Byte offset of register `i` of thread 0.
  static int64_t offsetOf(int64_t i) {
    return i * layouts::kWarpgroup * kFloatBytes;
  }
  void load(int64_t i, int64_t slot) {
    SmallVector<std::string> kept;
    for (int64_t j = 0; j < kVector; ++j) {
      kept.push_back(("kept" + Twine(slot + j)).str());
      ptx.line("mov.f32 " + kept.back() + ", 0f00000000;");
    }
    ptx.line("@held ld.global.v4.f32 " + PTXBlock::list(kept) + ", [mine+" +
             Twine(offsetOf(i)) + "];");
  }

  PTXBlock &ptx;
  ArrayRef<std::string> registers, maximum;
};
} // namespace

/// Address of element `offset`, as a number.
static Value addressOf(Value memory, Value offset, Emitter &e) {
  Value start = LLVM::GEPOp::create(e.rewriter, e.loc, memory.getType(),
                                    e.f32(), memory,
                                    ArrayRef<LLVM::GEPArg>{offset});
  return e.make<LLVM::PtrToIntOp>(e.i64(), start);
}

static Value asNumber(Value condition, Emitter &e) {
  return e.make<LLVM::ZExtOp>(e.i32(), condition);
}

static Lowered lowerStash(StashOp op, Operands<StashOp> in, Emitter &e) {
  Value address = addressOf(in.getMemory()[0], in.getOffset()[0], e);
  PTXBlock ptx(e.rewriter, e.loc);
  auto registers = ptx.readWrite(in.getSource());
  auto maximum = ptx.read(in.getMaximum());
  auto base = ptx.read(address);
  auto active = ptx.read(asNumber(in.getActive()[0], e));
  auto held = ptx.read(asNumber(in.getHeld()[0], e));
  ptx.line("{ .reg .pred active; setp.ne.b32 active, " + active +
           ", 0; @!active bra.uni STASHED;");
  StashText text(ptx, registers, maximum, base, held);
  text.loadFactors();
  text.storeMaxima();
  text.addHeld(/*exchange=*/true);
  ptx.line("STASHED: }");
  ptx.clobbersMemory();
  return ptx.emit();
}

static Lowered lowerUnstash(UnstashOp op, Operands<UnstashOp> in, Emitter &e) {
  Value address = addressOf(in.getMemory()[0], in.getOffset()[0], e);
  PTXBlock ptx(e.rewriter, e.loc);
  auto registers = ptx.readWrite(in.getSource());
  auto maximum = ptx.read(in.getMaximum());
  auto base = ptx.read(address);
  auto held = ptx.read(asNumber(in.getHeld()[0], e));
  ptx.line("{");
  StashText text(ptx, registers, maximum, base, held);
  ptx.line("@!held bra.uni UNSTASHED;");
  text.loadFactors();
  text.addHeld(/*exchange=*/false);
  ptx.line("UNSTASHED: }");
  ptx.clobbersMemory();
  return ptx.emit();
}

void rcm::tile::populateStashLowerings(const TypeConverter &converter,
                                       RewritePatternSet &patterns) {
  addLowering<StashOp>(converter, patterns, lowerStash);
  addLowering<UnstashOp>(converter, patterns, lowerUnstash);
}
