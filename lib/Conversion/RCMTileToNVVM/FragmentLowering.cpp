//===- FragmentLowering.cpp - Softmax and elementwise work
//------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "mlir/IR/IRMapping.h"
#include "rcm/Dialect/RCMTile/IR/Layouts.h"

using namespace mlir;
using namespace rcm::tile;

/// The row (0 or 1 of the thread's two) of accumulator register `index`.
static int64_t rowOf(int64_t index) { return (index >> 1) & 1; }

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Combines the values of the four threads of a quad.
template <typename Combine>
static Value reduceQuad(Value value, Emitter &e, Combine combine) {
  for (int64_t distance : {1, 2})
    value = combine(
        value, e.shuffle(NVVM::ShflKind::bfly, value, e.constant(distance)));
  return value;
}

/// Reduces with four chains of three-input steps, which the assembler fuses.
template <typename Combine>
static Value reduceChains(ArrayRef<Value> values, Combine combine) {
  SmallVector<Value> chains(values.take_front(4));
  size_t next = chains.size();
  while (next < values.size())
    for (Value &chain : chains)
      for (int64_t i = 0; i < 2 && next < values.size(); ++i)
        chain = combine(chain, values[next++]);
  Value result = chains[0];
  for (Value chain : ArrayRef(chains).drop_front())
    result = combine(result, chain);
  return result;
}

static SmallVector<Value> valuesOfRow(ValueRange registers, int64_t row) {
  SmallVector<Value> values;
  for (auto [index, value] : llvm::enumerate(registers))
    if (rowOf(index) == row)
      values.push_back(value);
  return values;
}

static Lowered lowerRowMax(RowMaxOp op, Operands<RowMaxOp> in, Emitter &e) {
  bool integer = op.getSource().getType().getElementType().isInteger();
  SmallVector<Value> rows;
  auto maxFloat = [&](Value a, Value b) {
    return e.make<LLVM::MaxNumOp>(a, b);
  };
  auto maxInteger = [&](Value a, Value b) {
    return e.make<LLVM::SMaxOp>(a, b);
  };
  for (int64_t row = 0; row < 2; ++row) {
    SmallVector<Value> values = valuesOfRow(in.getSource(), row);
    Value best = integer ? e.toFloat(reduceChains(values, maxInteger))
                         : reduceChains(values, maxFloat);
    best = e.mulDown(best, in.getScale()[0]);
    rows.push_back(reduceQuad(best, e, maxFloat));
  }
  return rows;
}

static Lowered lowerRowSum(RowSumOp op, Operands<RowSumOp> in, Emitter &e) {
  auto sum = [&](Value a, Value b) { return e.make<LLVM::FAddOp>(a, b); };
  bool parts = op.getResult().getType().getLayout() == Layout::WgmmaRowParts;
  SmallVector<Value> rows;
  for (int64_t row = 0; row < 2; ++row) {
    Value part = reduceChains(valuesOfRow(in.getSource(), row), sum);
    rows.push_back(parts ? part : reduceQuad(part, e, sum));
  }
  return rows;
}

static Lowered lowerReduceParts(ReducePartsOp, Operands<ReducePartsOp> in,
                                Emitter &e) {
  auto sum = [&](Value a, Value b) { return e.make<LLVM::FAddOp>(a, b); };
  SmallVector<Value> rows;
  for (Value part : in.getSource())
    rows.push_back(reduceQuad(part, e, sum));
  return rows;
}

static Lowered lowerAsOperand(AsOperandOp, Operands<AsOperandOp> in,
                              Emitter &) {
  return SmallVector<Value>(in.getSource());
}

static Lowered lowerBroadcastRows(BroadcastRowsOp op,
                                  Operands<BroadcastRowsOp> in, Emitter &e) {
  Value leader = e.bitAnd(e.lane(), ~3);
  SmallVector<Value> rows;
  for (Value value : in.getSource())
    rows.push_back(e.shuffle(NVVM::ShflKind::idx, value, leader));
  return rows;
}

static Lowered lowerRowIndex(RowIndexOp, Operands<RowIndexOp>, Emitter &e) {
  Value first = e.add(e.mul(e.warpInGroup(), layouts::kWarpRows), e.quadRow());
  return SmallVector<Value>{first, e.add(first, 8)};
}

//===----------------------------------------------------------------------===//
// Probabilities
//===----------------------------------------------------------------------===//

static Lowered lowerExpPack(ExpPackOp op, Operands<ExpPackOp> in, Emitter &e) {
  bool integer = op.getScores().getType().getElementType().isInteger();
  int64_t step = op.getStep();
  // Sixteen accumulator registers per step, by the layout.
  llvm::SmallDenseMap<int64_t, Value> exponentials;
  auto exponential = [&](int64_t index) {
    Value &value = exponentials[index];
    if (value)
      return value;
    Value score = in.getScores()[index];
    if (integer)
      score = e.toFloat(score);
    Value exponent =
        e.fma(score, in.getScale()[0], in.getOffset()[rowOf(index)]);
    value = e.unaryIntrinsic("llvm.nvvm.ex2.approx.ftz.f", exponent);
    return value;
  };
  constexpr int64_t kPerStep = 16;
  for (int64_t i = 0; i < kPerStep; ++i)
    exponential(kPerStep * step + i);
  SmallVector<Value> registers;
  for (int64_t byte = 0; byte < kPerStep; byte += 4) {
    SmallVector<Value> p;
    for (int64_t i = 0; i < 4; ++i)
      p.push_back(
          exponential(layouts::accumulatorOfOperandByte(step, byte + i)));
    registers.push_back(
        joinHalves(packE4M3(p[0], p[1], e), packE4M3(p[2], p[3], e), e));
  }
  return registers;
}

static Lowered lowerRescaleIf(RescaleIfOp op, Operands<RescaleIfOp> in,
                              Emitter &e) {
  // Branch and multiplications in one block: with the branch outside, the
  // accumulator would be copied at the join, which serialises the products.
  PTXBlock ptx(e.rewriter, e.loc);
  auto registers = ptx.readWrite(in.getSource());
  auto factor = ptx.read(in.getFactor());
  ptx.line("{ .reg .pred p, q; setp.neu.f32 p, " + factor[0] +
           ", 0f3F800000; setp.neu.f32 q, " + factor[1] +
           ", 0f3F800000; or.pred p, p, q; vote.sync.any.pred p, p, -1; "
           "@!p bra.uni RESCALED;");
  for (auto [index, reg] : llvm::enumerate(registers))
    ptx.line("mul.rn.f32 " + reg + ", " + reg + ", " + factor[rowOf(index)] +
             ";");
  ptx.line("RESCALED: }");
  return ptx.emit();
}

static Lowered lowerMaskColumns(MaskColumnsOp op, Operands<MaskColumnsOp> in,
                                Emitter &e) {
  // Limits relative to this thread's first column.
  Value first = e.shl(e.quadColumn(), 1);
  Value low = e.make<LLVM::SubOp>(in.getLimit()[0], first);
  Value high = e.make<LLVM::SubOp>(in.getLimit()[1], first);
  int64_t columns = op.getSource().getType().getColumns();
  PTXBlock ptx(e.rewriter, e.loc);
  auto registers = ptx.readWrite(in.getSource());
  std::string limit[2] = {ptx.read(low), ptx.read(high)};
  auto masked = ptx.read(in.getMasked()[0]);
  ptx.line("{ .reg .pred p, q; setp.lt.s32 p, " + limit[0] + ", " +
           Twine(columns) + "; setp.lt.s32 q, " + limit[1] + ", " +
           Twine(columns) +
           "; or.pred p, p, q; vote.sync.any.pred p, p, -1; "
           "@!p bra.uni MASKED;");
  for (auto [index, reg] : llvm::enumerate(registers))
    ptx.line("setp.le.s32 q, " + limit[rowOf(index)] + ", " +
             Twine(8 * (index >> 2) + (index & 1)) + "; @q mov.b32 " + reg +
             ", " + masked + ";");
  ptx.line("MASKED: }");
  return ptx.emit();
}

//===----------------------------------------------------------------------===//
// Shape and element type
//===----------------------------------------------------------------------===//

static Lowered lowerSlice(SliceOp op, Operands<SliceOp> in, Emitter &) {
  FragmentType type = op.getResult().getType();
  int64_t perColumn =
      type.getRegisters() * 8 / type.getColumns(); // registers of 8 columns
  return SmallVector<Value>(in.getSource().slice(op.getColumn() / 8 * perColumn,
                                                 type.getRegisters()));
}

static Lowered lowerJoin(JoinOp op, Operands<JoinOp> in, Emitter &) {
  SmallVector<Value> registers(in.getLeft());
  registers.append(in.getRight().begin(), in.getRight().end());
  return registers;
}

static Lowered lowerFirstColumn(FirstColumnOp op, Operands<FirstColumnOp> in,
                                Emitter &) {
  // Column 0 is register 0 of each row; rows alternate every two registers.
  return SmallVector<Value>{in.getSource()[0], in.getSource()[2]};
}

static Lowered lowerSplat(SplatOp op, Operands<SplatOp> in, Emitter &) {
  return SmallVector<Value>(op.getResult().getType().getRegisters(),
                            in.getValue()[0]);
}

static Lowered lowerConvert(ConvertOp op, Operands<ConvertOp> in, Emitter &e) {
  Type from = op.getSource().getType().getElementType();
  Type to = op.getResult().getType().getElementType();
  SmallVector<Value> registers;
  if (from.isInteger()) {
    for (Value value : in.getSource())
      registers.push_back(e.toFloat(value));
    return registers;
  }
  if (to.isF32()) {
    for (Value packed : in.getSource()) {
      if (from.isBF16()) {
        registers.push_back(e.bitcast(e.shl(packed, 16), e.f32()));
        registers.push_back(e.bitcast(e.bitAnd(packed, 0xFFFF0000), e.f32()));
        continue;
      }
      Value pair = e.bitcast(packed, VectorType::get(2, from));
      for (int64_t i = 0; i < 2; ++i)
        registers.push_back(e.make<LLVM::FPExtOp>(
            e.f32(), e.make<LLVM::ExtractElementOp>(pair, e.constant(i))));
    }
    return registers;
  }
  for (size_t i = 0; i < in.getSource().size(); i += 2) {
    PTXBlock ptx(e.rewriter, e.loc);
    auto result = ptx.write(e.i32());
    auto low = ptx.read(in.getSource()[i]);
    auto high = ptx.read(in.getSource()[i + 1]);
    ptx.line("cvt.rn." + Twine(to.isBF16() ? "bf16x2" : "f16x2") + ".f32 " +
             result + ", " + high + ", " + low + ";");
    registers.push_back(ptx.emit(/*sideEffects=*/false)[0]);
  }
  return registers;
}

//===----------------------------------------------------------------------===//
// Scalar functions
//===----------------------------------------------------------------------===//

/// The register of `input` that belongs to register `index` of a result in
/// `layout`.
static Value broadcastElement(Type type, ValueRange input, int64_t index,
                              Layout layout) {
  auto fragment = dyn_cast<FragmentType>(type);
  if (!fragment)
    return input[0];
  if (fragment.getLayout() == layout || layout != Layout::WgmmaAccumulator)
    return input[index];
  if (fragment.getLayout() == Layout::WgmmaRows)
    return input[rowOf(index)];
  return input[2 * (index >> 2) + (index & 1)]; // columns
}

static Lowered lowerMap(MapOp op, Operands<MapOp> in, Emitter &e) {
  FragmentType type = op.getResult().getType();
  Block &body = op.getBody().front();
  SmallVector<Value> registers;
  for (int64_t index = 0; index < type.getRegisters(); ++index) {
    IRMapping mapping;
    for (auto [argument, input, source] :
         llvm::zip(body.getArguments(), in.getInputs(), op.getInputs()))
      mapping.map(argument, broadcastElement(source.getType(), input, index,
                                             type.getLayout()));
    for (Operation &inner : body.without_terminator())
      e.rewriter.clone(inner, mapping);
    auto yield = cast<YieldOp>(body.getTerminator());
    registers.push_back(mapping.lookupOrDefault(yield.getValues()[0]));
  }
  return registers;
}

void rcm::tile::populateFragmentLowerings(const TypeConverter &converter,
                                          RewritePatternSet &patterns) {
  addLowering<RowMaxOp>(converter, patterns, lowerRowMax);
  addLowering<RowSumOp>(converter, patterns, lowerRowSum);
  addLowering<ReducePartsOp>(converter, patterns, lowerReduceParts);
  addLowering<AsOperandOp>(converter, patterns, lowerAsOperand);
  addLowering<BroadcastRowsOp>(converter, patterns, lowerBroadcastRows);
  addLowering<RowIndexOp>(converter, patterns, lowerRowIndex);
  addLowering<ExpPackOp>(converter, patterns, lowerExpPack);
  addLowering<RescaleIfOp>(converter, patterns, lowerRescaleIf);
  addLowering<MaskColumnsOp>(converter, patterns, lowerMaskColumns);
  addLowering<SliceOp>(converter, patterns, lowerSlice);
  addLowering<JoinOp>(converter, patterns, lowerJoin);
  addLowering<FirstColumnOp>(converter, patterns, lowerFirstColumn);
  addLowering<SplatOp>(converter, patterns, lowerSplat);
  addLowering<ConvertOp>(converter, patterns, lowerConvert);
  addLowering<MapOp>(converter, patterns, lowerMap);
}
