//===- MatrixKernel.cpp - the loops of one matrix product -----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "MatrixKernel.h"

using namespace mlir;
using namespace rcm;

/// Columns and depth of a block of rhs, rows of a block of lhs: in f32 the
/// three buffers take 460 KB, what fits an L2 cache of 512 KiB. Multiples of
/// every panel and every group of rows.
static constexpr int64_t kColumnTile = 256, kDepthTile = 256, kRowTile = 96;
/// Elements between rows of A beyond their length: rows whose distance is a
/// power of two would share the sets of the L1 cache.
static constexpr int64_t kRowPadding = 16;

MatrixKernel::MatrixKernel(CodeBuilder &builder, const Contraction &contraction,
                           const MatrixOptions &options)
    : b(builder), op(contraction), options(options) {
  computeType = cast<MemRefType>(op.out.value.getType()).getElementType();
  tile = RegisterTile(computeType, options.vectorBits);
  panel = tile.getPanel();
  maxGroups = kRowTile / tile.rows;
  depthPitch = kDepthTile + kRowPadding;
  findSizes();
}

Value MatrixKernel::getSize(unsigned dim) {
  // A static size may be known from one operand only.
  Value dynamic;
  for (const MatrixOperand *operand : {&op.out, &op.lhs, &op.rhs})
    for (auto [position, own] : llvm::enumerate(operand->dims)) {
      if (own != dim)
        continue;
      auto type = cast<MemRefType>(operand->value.getType());
      if (!type.isDynamicDim(position))
        return b.index(type.getDimSize(position));
      if (!dynamic)
        dynamic = memref::DimOp::create(b, operand->value, position);
    }
  return dynamic;
}

void MatrixKernel::findSizes() {
  rows = getSize(op.m);
  columns = getSize(op.n);
  depth = getSize(op.k);
  Value points = b.index(1);
  for (unsigned dim : op.outer)
    points = b.mul(points, getSize(dim));
  columnBlocks = b.ceilDiv(columns, kColumnTile);
  Value groups = b.ceilDiv(rows, tile.rows);
  groupsPerTask = b.index(maxGroups);
  if (options.minTasks) {
    Value all = b.mul(b.mul(points, columnBlocks), groups);
    groupsPerTask = b.clamp(b.ceilDiv(all, options.minTasks), b.index(1),
                            groupsPerTask);
  }
  rowBlocks = b.div(b.sub(b.add(groups, groupsPerTask), b.index(1)),
                    groupsPerTask);
  tasks = b.mul(b.mul(points, columnBlocks), rowBlocks);
}

void MatrixKernel::emit() {
  auto parallel = scf::ParallelOp::create(
      b, ValueRange{b.index(0)}, ValueRange{tasks}, ValueRange{b.index(1)});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(parallel.getBody()->getTerminator());
  emitTask(parallel.getInductionVars()[0]);
}

void MatrixKernel::findTask(Value task) {
  taskAt.assign(op.loops, Value());
  // Blocks of rows vary fastest: neighbours in time share columns of rhs.
  Value rowBlock = b.rem(task, rowBlocks);
  Value rest = b.div(task, rowBlocks);
  Value columnBlock = b.rem(rest, columnBlocks);
  rest = b.div(rest, columnBlocks);
  for (unsigned dim : llvm::reverse(op.outer)) {
    Value size = getSize(dim);
    taskAt[dim] = b.rem(rest, size);
    rest = b.div(rest, size);
  }
  Value rowsPerTask = b.mul(groupsPerTask, tile.rows);
  taskAt[op.m] = b.mul(rowBlock, rowsPerTask);
  taskAt[op.n] = b.mul(columnBlock, kColumnTile);
  taskRows = b.min(rowsPerTask, b.sub(rows, taskAt[op.m]));
  taskColumns = b.min(b.index(kColumnTile), b.sub(columns, taskAt[op.n]));
  taskGroups = b.ceilDiv(taskRows, tile.rows);
  taskPanels = b.ceilDiv(taskColumns, panel);
}

void MatrixKernel::emitTask(Value task) {
  findTask(task);
  auto allocate = [&](int64_t count) -> Value {
    // Buffers start on a cache line.
    return memref::AllocOp::create(b, MemRefType::get({count}, computeType),
                                   b.getI64IntegerAttr(64));
  };
  int64_t lhsCount = kRowTile * depthPitch, rhsCount = kColumnTile * kDepthTile,
          outCount = kRowTile * kColumnTile;
  lhsBuffer = allocate(lhsCount);
  rhsBuffer = allocate(rhsCount);
  outBuffer = allocate(outCount);
  // Groups and panels at the edge are computed whole: what no copy writes is 0.
  Value ragged = b.add(b.rem(taskRows, b.index(tile.rows)),
                       b.rem(taskColumns, b.index(panel)));
  b.ifThen(b.less(b.index(0), ragged), [&] {
    clear(lhsBuffer, lhsCount);
    clear(rhsBuffer, rhsCount);
    clear(outBuffer, outCount);
  });
  loadOut();
  b.loop(b.index(0), depth, kDepthTile, [&](Value firstK) {
    Value count = b.min(b.index(kDepthTile), b.sub(depth, firstK));
    packLhs(firstK, count);
    packRhs(firstK, count);
    emitProducts(count);
  });
  storeOut();
  for (Value buffer : {lhsBuffer, rhsBuffer, outBuffer})
    memref::DeallocOp::create(b, buffer);
}

void MatrixKernel::clear(Value buffer, int64_t count) {
  Value zero = b.constant(tile.vector, 0.0);
  b.loop(b.index(0), b.index(count), tile.lanes,
         [&](Value i) { b.store(zero, buffer, i); });
}

MatrixKernel::Values MatrixKernel::getIndices(const MatrixOperand &operand,
                                              const Values &at) {
  Values indices;
  for (unsigned dim : operand.dims)
    indices.push_back(at[dim]);
  return indices;
}

bool MatrixKernel::isContiguous(const MatrixOperand &operand, unsigned dim) {
  return operand.dims.back() == dim &&
         cast<MemRefType>(operand.value.getType()).isLastDimUnitStride();
}

/// buffer[place(i)] = from[at + i along `dim`], i < count, in the compute type.
/// `place` of a multiple of a vector's lanes starts a vector in the buffer.
void MatrixKernel::copyRow(const MatrixOperand &from, const Values &at,
                           unsigned dim, Value count, Value buffer,
                           Place place) {
  Values next = at;
  auto element = [&](Value i) {
    next[dim] = b.add(at[dim], i);
    Value scalar =
        memref::LoadOp::create(b, from.value, getIndices(from, next));
    b.store(b.convert(scalar, computeType), buffer, place(i));
  };
  if (!isContiguous(from, dim))
    return b.loop(b.index(0), count, 1, element);
  Value vectorEnd = b.sub(count, b.rem(count, b.index(tile.lanes)));
  auto type = VectorType::get(
      tile.lanes, cast<MemRefType>(from.value.getType()).getElementType());
  b.loop(b.index(0), vectorEnd, tile.lanes, [&](Value i) {
    next[dim] = b.add(at[dim], i);
    Value vector = vector::LoadOp::create(b, type, from.value,
                                          getIndices(from, next));
    b.store(b.convert(vector, computeType), buffer, place(i));
  });
  b.loop(vectorEnd, count, 1, element);
}

void MatrixKernel::packLhs(Value firstK, Value count) {
  Values at = taskAt;
  b.loop(b.index(0), taskRows, 1, [&](Value row) {
    at[op.m] = b.add(taskAt[op.m], row);
    at[op.k] = firstK;
    copyRow(op.lhs, at, op.k, count, lhsBuffer, [&](Value k) {
      return b.add(b.mul(row, depthPitch), k);
    });
  });
}

/// Where column `column` of row `k` lies in B.
Value MatrixKernel::getRhsPlace(Value k, Value column) {
  Value within = b.add(b.mul(k, panel), b.rem(column, b.index(panel)));
  return b.add(b.mul(b.div(column, b.index(panel)), kDepthTile * panel),
               within);
}

void MatrixKernel::packRhs(Value firstK, Value count) {
  if (isContiguous(op.rhs, op.k))
    return packTransposedRhs(firstK, count);
  Values at = taskAt;
  b.loop(b.index(0), count, 1, [&](Value k) {
    at[op.k] = b.add(firstK, k);
    copyRow(op.rhs, at, op.n, taskColumns, rhsBuffer,
            [&](Value column) { return getRhsPlace(k, column); });
  });
}

/// As many rows as a vector has lanes at a time, in registers.
void MatrixKernel::packTransposedRhs(Value firstK, Value count) {
  Values at = taskAt;
  auto columnsEnd =
      b.sub(taskColumns, b.rem(taskColumns, b.index(tile.lanes)));
  auto end = b.sub(count, b.rem(count, b.index(tile.lanes)));
  auto type = VectorType::get(
      tile.lanes, cast<MemRefType>(op.rhs.value.getType()).getElementType());
  b.loop(b.index(0), columnsEnd, tile.lanes, [&](Value column) {
    b.loop(b.index(0), end, tile.lanes, [&](Value k) {
      Values lines;
      at[op.k] = b.add(firstK, k);
      for (int64_t lane = 0; lane < tile.lanes; ++lane) {
        at[op.n] = b.add(b.add(taskAt[op.n], column), lane);
        Value line = vector::LoadOp::create(b, type, op.rhs.value,
                                            getIndices(op.rhs, at));
        lines.push_back(b.convert(line, computeType));
      }
      for (auto [i, line] : llvm::enumerate(b.transpose(lines)))
        b.store(line, rhsBuffer, getRhsPlace(b.add(k, i), column));
    });
  });
  // What fills no square: the last rows of those columns, the last columns.
  auto copyElements = [&](Value column, Value from) {
    b.loop(from, count, 1, [&](Value k) {
      at[op.k] = b.add(firstK, k);
      at[op.n] = b.add(taskAt[op.n], column);
      Value element =
          memref::LoadOp::create(b, op.rhs.value, getIndices(op.rhs, at));
      b.store(b.convert(element, computeType), rhsBuffer,
              getRhsPlace(k, column));
    });
  };
  b.loop(b.index(0), columnsEnd, 1,
         [&](Value column) { copyElements(column, end); });
  b.loop(columnsEnd, taskColumns, 1,
         [&](Value column) { copyElements(column, b.index(0)); });
}

Value MatrixKernel::getOutPlace(Value row, Value column) {
  Value line = b.add(b.mul(b.div(column, b.index(panel)), kRowTile), row);
  return b.add(b.mul(line, panel), b.rem(column, b.index(panel)));
}

void MatrixKernel::loadOut() {
  Values at = taskAt;
  b.loop(b.index(0), taskRows, 1, [&](Value row) {
    at[op.m] = b.add(taskAt[op.m], row);
    copyRow(op.out, at, op.n, taskColumns, outBuffer,
            [&](Value column) { return getOutPlace(row, column); });
  });
}

void MatrixKernel::storeOut() {
  Values at = taskAt;
  b.loop(b.index(0), taskRows, 1, [&](Value row) {
    at[op.m] = b.add(taskAt[op.m], row);
    auto element = [&](Value column) {
      at[op.n] = b.add(taskAt[op.n], column);
      memref::StoreOp::create(b, b.load(outBuffer, getOutPlace(row, column)),
                              op.out.value, getIndices(op.out, at));
    };
    if (!isContiguous(op.out, op.n))
      return b.loop(b.index(0), taskColumns, 1, element);
    Value vectorEnd =
        b.sub(taskColumns, b.rem(taskColumns, b.index(tile.lanes)));
    b.loop(b.index(0), vectorEnd, tile.lanes, [&](Value column) {
      at[op.n] = b.add(taskAt[op.n], column);
      vector::StoreOp::create(
          b, b.loadVector(tile.vector, outBuffer, getOutPlace(row, column)),
          op.out.value, getIndices(op.out, at));
    });
    b.loop(vectorEnd, taskColumns, 1, element);
  });
}

void MatrixKernel::emitProducts(Value count) {
  b.loop(b.index(0), taskPanels, 1, [&](Value p) {
    b.loop(b.index(0), taskGroups, 1,
           [&](Value group) { emitTile(p, group, count); });
  });
}

/// The products of one group of rows and one panel of columns.
void MatrixKernel::emitTile(Value p, Value group, Value count) {
  Value firstRow = b.mul(group, tile.rows);
  Value out = b.mul(b.add(b.mul(p, kRowTile), firstRow), panel);
  auto place = [&](int64_t row, int64_t v) {
    return b.add(out, row * panel + v * tile.lanes);
  };
  Values sums;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v)
      sums.push_back(b.loadVector(tile.vector, outBuffer, place(row, v)));
  Value lhs = b.mul(firstRow, depthPitch);
  Value rhs = b.mul(p, kDepthTile * panel);
  sums = b.loop(b.index(0), count, 1, sums, [&](Value k, ValueRange carried) {
    Values lines, next;
    for (int64_t v = 0; v < tile.vectors; ++v)
      lines.push_back(b.loadVector(
          tile.vector, rhsBuffer,
          b.add(rhs, b.add(b.mul(k, panel), v * tile.lanes))));
    for (int64_t row = 0; row < tile.rows; ++row) {
      Value factor = b.loadSplat(tile.vector, lhsBuffer,
                                 b.add(b.add(lhs, row * depthPitch), k));
      for (int64_t v = 0; v < tile.vectors; ++v)
        next.push_back(
            b.fma(factor, lines[v], carried[row * tile.vectors + v]));
    }
    return next;
  });
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t v = 0; v < tile.vectors; ++v)
      b.store(sums[row * tile.vectors + v], outBuffer, place(row, v));
}
