//===- AttentionKernel.cpp - tasks, tiles and buffers ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace rcm;

/// Keys of a tile: its K and V then take half of a 512 KiB L2 cache at a depth
/// of 128 in f32. A multiple of every `rows` and `lanes` below.
static constexpr int64_t kDefaultKeyTile = 192;
/// Query rows of a task: enough to pay for the copies of K and V.
static constexpr int64_t kDefaultQueryTile = 128;

AttentionKernel::AttentionKernel(CodeBuilder &builder, AttentionOpInterface op,
                                 const KernelOptions &options)
    : b(builder), op(op), options(options) {
  bindOperands();
  tile = RegisterTile(computeType, options.vectorBits);
  findSizes();
}

void AttentionKernel::bindOperands() {
  AttentionMaps maps = op.getNamedMaps();
  query = OperandView(op.getQuery(), maps.query);
  key = OperandView(op.getKey(), maps.key);
  value = OperandView(op.getValue(), maps.value);
  out = OperandView(op.getOut(), maps.out);
  if (op.getResidual()) {
    residual = OperandView(op.getResidual(), maps.residual);
    alpha = OperandView(op.getAlpha(), maps.alpha);
    beta = OperandView(op.getBeta(), maps.beta);
    // attention_c11
    readsResidual = !isLiteralZero(op.getAlpha());
    readsAttention = !isLiteralZero(op.getBeta());
  }
  if (op.getBias())
    bias = OperandView(op.getBias(), maps.bias);
  if (op.getLse())
    lse = OperandView(op.getLse(), maps.lse);
  needsScores = readsAttention || lse;

  auto isWide = [](const OperandView &view) {
    return view && view.getElementType().isF64();
  };
  bool wide = isWide(query) || isWide(key) || isWide(value);
  computeType = wide ? b.getF64Type() : b.getF32Type();
  sumType = wide || isWide(residual) ? b.getF64Type() : b.getF32Type();
}

void AttentionKernel::findSizes() {
  auto sizeOrOne = [&](const OperandView &view, AttentionDim dim) {
    Value size = view.getSize(b, dim);
    return size ? size : b.index(1);
  };
  batches = sizeOrOne(out, kBatch);
  heads = sizeOrOne(out, kHead);
  queryRows = query.getSize(b, kQueryRow);
  keyRows = key.getSize(b, kKeyRow);
  depth = query.getSize(b, kKeyDim);
  valueDepth = value.getSize(b, kValueDim);
  if (op.isCausal()) {
    causalOffset = op.getCausalOffset() ? op.getCausalOffset() : b.index(0);
    causalOffset =
        b.clamp(causalOffset, b.sub(b.index(0), queryRows), keyRows);
  }

  int64_t panel = tile.getPanel();
  int64_t unit = tile.rows * tile.lanes; // a multiple of both
  keyTile = options.keyTile ? options.keyTile : kDefaultKeyTile;
  keyTile = llvm::divideCeil(keyTile, unit) * unit;
  int64_t rows = options.queryTile ? options.queryTile : kDefaultQueryTile;
  maxPanels = llvm::divideCeil(rows, panel);

  depthPitch = b.roundUp(depth, tile.lanes);
  valuePitch = b.roundUp(valueDepth, tile.lanes);
  if (!getConstantIntValue(valueDepth)) // see emitWeightedValues
    valuePitch = b.max(valuePitch, b.roundUp(valueDepth, tile.rows));
  stagePitch = b.max(depthPitch, valuePitch);
  if (bias)
    stagePitch = b.max(stagePitch, b.index(keyTile));

  Value panelsPerHead = b.ceilDiv(queryRows, panel);
  Value allPanels = b.mul(b.mul(batches, heads), panelsPerHead);
  panelsPerTask = b.index(maxPanels);
  if (options.minTasks)
    panelsPerTask = b.clamp(b.ceilDiv(allPanels, options.minTasks), b.index(1),
                            panelsPerTask);
  tasksPerHead = b.div(b.sub(b.add(panelsPerHead, panelsPerTask), b.index(1)),
                       panelsPerTask);
}

void AttentionKernel::emit() {
  bool hasTwoTerms = residual && readsAttention;
  if (hasTwoTerms && !options.fuse)
    return emitTwoPasses();
  emitTasks();
}

/// Memory for the attention, of the output's shape and in its memory order.
Value AttentionKernel::allocateIntermediate() {
  auto type = cast<MemRefType>(op.getOut().getType());
  SmallVector<Value> dynamicSizes;
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    if (ShapedType::isDynamic(size))
      dynamicSizes.push_back(memref::DimOp::create(b, op.getOut(), dim));
  Type element = options.wideIntermediate ? sumType : type.getElementType();
  return memref::AllocOp::create(b, MemRefType::get(type.getShape(), element),
                                 dynamicSizes, b.getI64IntegerAttr(64));
}

/// The baseline of fusion: the attention to memory, then a loop of its own for
/// the skip. Everything else is as in one pass.
void AttentionKernel::emitTwoPasses() {
  Value memory = allocateIntermediate();
  OperandView attention(memory, op.getNamedMaps().out);
  bool wantsResidual = readsResidual;
  OperandView skipBeta = beta, finalOut = out;
  readsResidual = false;
  beta = OperandView();
  out = attention;
  emitTasks();

  readsResidual = wantsResidual;
  needsScores = false;
  lse = OperandView();
  beta = skipBeta;
  out = finalOut;
  intermediate = attention;
  emitTasks();
  memref::DeallocOp::create(b, memory);
}

void AttentionKernel::emitTasks() {
  Value tasks = b.mul(b.mul(batches, heads), tasksPerHead);
  auto parallel = scf::ParallelOp::create(b, ValueRange{b.index(0)},
                                          ValueRange{tasks},
                                          ValueRange{b.index(1)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(parallel.getBody()->getTerminator());
  emitTask(parallel.getInductionVars()[0]);
}

void AttentionKernel::findTask(Value task) {
  Value head = b.div(task, tasksPerHead);
  Value rowsPerTask = b.mul(panelsPerTask, tile.getPanel());
  taskAt = {};
  taskAt[kBatch] = b.div(head, heads);
  taskAt[kHead] = b.rem(head, heads);
  taskAt[kQueryRow] = b.mul(b.rem(task, tasksPerHead), rowsPerTask);
  for (OperandView *view : {&key, &value})
    if (Value own = view->getSize(b, kHead))
      view->setHead(b.div(taskAt[kHead], b.div(heads, own)));
  taskRows = b.min(rowsPerTask, b.sub(queryRows, taskAt[kQueryRow]));
  taskPanels = b.ceilDiv(taskRows, tile.getPanel());
}

void AttentionKernel::emitTask(Value task) {
  findTask(task);
  allocateScratch();
  if (needsScores) {
    packQueries();
    initializeState();
    Value keysEnd = keyRows;
    if (causalOffset) {
      Value seen = b.add(b.add(taskAt[kQueryRow], taskRows), causalOffset);
      keysEnd = b.clamp(seen, b.index(0), keyRows);
    }
    b.loop(b.index(0), keysEnd, keyTile,
           [&](Value firstKey) { emitKeyTile(firstKey, keysEnd); });
  }
  b.loop(b.index(0), taskPanels, 1,
         [&](Value panel) { emitPanelOutput(panel); });
  freeScratch();
}

void AttentionKernel::allocateScratch() {
  scratch = {};
  int64_t panel = tile.getPanel();
  auto allocate = [&](Value count) -> Value {
    SmallVector<OpFoldResult> size = {getAsOpFoldResult(count)};
    SmallVector<Value> dynamicSizes;
    SmallVector<int64_t> staticSizes;
    dispatchIndexOpFoldResults(size, dynamicSizes, staticSizes);
    auto type = MemRefType::get(staticSizes, computeType);
    // Buffers start on a cache line.
    return memref::AllocOp::create(b, type, dynamicSizes,
                                   b.getI64IntegerAttr(64));
  };
  if (!needsScores)
    return;
  Value panels = b.mul(panelsPerTask, panel);
  scratch.queries = allocate(b.mul(panels, depthPitch));
  scratch.keys = allocate(b.mul(depthPitch, keyTile));
  scratch.scores = allocate(b.index(keyTile * panel));
  scratch.maxima = allocate(panels);
  scratch.sums = allocate(panels);
  scratch.stage = allocate(b.mul(stagePitch, panel));
  if (!readsAttention)
    return;
  scratch.values = allocate(b.mul(valuePitch, keyTile));
  scratch.result = allocate(b.mul(panels, valuePitch));
}

void AttentionKernel::freeScratch() {
  for (Value buffer :
       {scratch.queries, scratch.keys, scratch.values, scratch.scores,
        scratch.result, scratch.maxima, scratch.sums, scratch.stage})
    if (buffer)
      memref::DeallocOp::create(b, buffer);
}

void AttentionKernel::emitKeyTile(Value firstKey, Value keysEnd) {
  Value count = b.min(b.index(keyTile), b.sub(keysEnd, firstKey));
  packRows(key, kKeyDim, depth, firstKey, count, scratch.keys, depthPitch);
  if (readsAttention)
    packRows(value, kValueDim, valueDepth, firstKey, count, scratch.values,
             valuePitch);
  Value finite;
  if (causalOffset && readsAttention)
    finite = isFinite(firstKey, count);
  b.loop(b.index(0), taskPanels, 1, [&](Value panel) {
    Step step = makeStep(panel, firstKey, count);
    step.plain = step.full;
    if (finite)
      step.plain = arith::SelectOp::create(b, finite, step.end, step.full);
    if (!causalOffset)
      return emitStep(step);
    b.ifThen(b.less(b.index(0), step.end), [&] { emitStep(step); });
  });
}

/// True if no V of the tile that is hidden from some row is infinite or NaN:
/// then the weight 0 of a hidden key hides it, without a mask. Reads the packed
/// rows from the first hidden one on; in most tiles there is none.
Value AttentionKernel::isFinite(Value firstKey, Value count) {
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(tile.intVector));
  Value vectorEnd =
      b.sub(valueDepth, b.rem(valueDepth, b.index(tile.lanes)));
  // x - x is 0, whose bits are 0, or NaN.
  auto gather = [&](Value bits, Value element) -> Value {
    Value test = arith::BitcastOp::create(b, tile.intVector,
                                          b.subf(element, element));
    return arith::OrIOp::create(b, bits, test);
  };
  Value start = countFullKeys(taskAt[kQueryRow], firstKey, count);
  Values bits =
      b.loop(start, count, 1, zero, [&](Value row, ValueRange carried) {
        Value base = b.mul(row, valuePitch);
        Values seen = b.loop(
            b.index(0), vectorEnd, tile.lanes, carried,
            [&](Value column, ValueRange inner) -> Values {
              return {gather(inner[0],
                             b.loadVector(tile.vector, scratch.values,
                                          b.add(base, column)))};
            });
        return b.loop(vectorEnd, valueDepth, 1, seen,
                      [&](Value column, ValueRange inner) -> Values {
                        return {gather(inner[0],
                                       b.loadSplat(tile.vector, scratch.values,
                                                   b.add(base, column)))};
                      });
      });
  Value any = vector::ReductionOp::create(b, vector::CombiningKind::OR, bits[0]);
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(any.getType()));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, any, none);
}

/// The keys of a tile that the row `firstRow` sees, with a causal mask.
Value AttentionKernel::countFullKeys(Value firstRow, Value firstKey,
                                     Value count) {
  Value seen = b.sub(b.add(b.add(firstRow, causalOffset), 1), firstKey);
  return b.clamp(seen, b.index(0), count);
}

AttentionKernel::Step AttentionKernel::makeStep(Value panel, Value firstKey,
                                                Value count) {
  Step step;
  step.panel = panel;
  step.firstKey = firstKey;
  step.full = step.end = count;
  step.at = taskAt;
  step.at[kQueryRow] =
      b.add(taskAt[kQueryRow], b.mul(panel, tile.getPanel()));
  Value zero = b.index(0);
  Value lastKey = b.sub(keyRows, b.index(1));
  // The last key that the panel's first row sees, as if keys went on.
  Value base = lastKey;
  if (causalOffset) {
    base = b.clamp(b.add(step.at[kQueryRow], causalOffset),
                   b.index(-tile.getPanel()), lastKey);
    Value seen = b.sub(base, firstKey);
    step.full = countFullKeys(step.at[kQueryRow], firstKey, count);
    step.end = b.clamp(b.add(seen, tile.getPanel()), zero, count);
  }
  Type intType = tile.intVector.getElementType();
  auto asInt = [&](Value index) {
    Value number = arith::IndexCastOp::create(b, intType, index);
    return b.splat(number, tile.intVector);
  };
  for (int64_t v = 0; v < tile.vectors; ++v) {
    Value limit = asInt(base);
    if (causalOffset) {
      SmallVector<Attribute> lanes;
      for (int64_t lane = 0; lane < tile.lanes; ++lane)
        lanes.push_back(b.getIntegerAttr(intType, v * tile.lanes + lane));
      Value iota = arith::ConstantOp::create(
          b, DenseElementsAttr::get(tile.intVector, lanes));
      limit = arith::AddIOp::create(b, limit, iota);
      limit = arith::MinSIOp::create(b, limit, asInt(lastKey));
    }
    step.limits.push_back(limit);
  }
  return step;
}
