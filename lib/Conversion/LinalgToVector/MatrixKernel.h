//===- MatrixKernel.h - the loops of one matrix product ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

// What is emitted for out[m, n] += sum_k lhs[m, k] rhs[k, n]:
//
//   parallel over tasks = outer dimensions x blocks of rows x blocks of columns
//     C = the task's part of out, in panels of a few vectors of columns
//     for each block of k
//       A = lhs's rows as they lie, B = rhs in panels
//       for each panel and each group of rows: products kept in registers
//     out's part = C
//
// Memory order, strides and element types of the operands end at the copies.
// Every element of out is summed in the order of k, as plain loops do.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_LINALGTOVECTOR_MATRIXKERNEL_H
#define RCM_LIB_CONVERSION_LINALGTOVECTOR_MATRIXKERNEL_H

#include "rcm/Conversion/Utils/CodeBuilder.h"
#include "rcm/Conversion/Utils/RegisterTile.h"

namespace rcm {

/// Sizes that the pass options set.
struct MatrixOptions {
  int64_t vectorBits = 256; ///< of one register
  int64_t minTasks = 0;     ///< tasks to make if there are rows enough
};

/// A memref and the loop dimension of each of its own.
struct MatrixOperand {
  mlir::Value value;
  llvm::SmallVector<unsigned> dims;
};

/// A product of matrices for every point of the outer dimensions.
struct Contraction {
  MatrixOperand lhs, rhs, out;
  unsigned loops = 0; ///< number of loop dimensions
  unsigned m = 0, n = 0, k = 0;
  llvm::SmallVector<unsigned> outer; ///< all others
};

class MatrixKernel {
public:
  MatrixKernel(CodeBuilder &builder, const Contraction &contraction,
               const MatrixOptions &options);

  /// Emits the loops at the builder's position; the op stays.
  void emit();

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;

  Value getSize(unsigned dim);
  void findSizes();
  void findTask(Value task);
  void emitTask(Value task);
  void clear(Value buffer, int64_t count);
  Values getIndices(const MatrixOperand &operand, const Values &at);
  bool isContiguous(const MatrixOperand &operand, unsigned dim);

  using Place = llvm::function_ref<Value(Value)>;
  void copyRow(const MatrixOperand &from, const Values &at, unsigned dim,
               Value count, Value buffer, Place place);
  void packLhs(Value firstK, Value count);
  void packRhs(Value firstK, Value count);
  void packTransposedRhs(Value firstK, Value count);
  void loadOut();
  void storeOut();
  void emitProducts(Value count);
  void emitTile(Value panel, Value group, Value count);
  Value getRhsPlace(Value k, Value column);
  /// Where column `column` of row `row` lies in C.
  Value getOutPlace(Value row, Value column);

  CodeBuilder &b;
  const Contraction &op;
  MatrixOptions options;
  mlir::Type computeType;
  RegisterTile tile;
  int64_t panel = 0;     ///< columns of a panel
  int64_t maxGroups = 0; ///< groups of rows of a task
  int64_t depthPitch = 0;

  Value rows, columns, depth;
  Value groupsPerTask, rowBlocks, columnBlocks, tasks;

  // The task.
  Values taskAt; ///< by loop dimension: first of m, n; the outer point
  Value taskRows, taskColumns, taskGroups, taskPanels;
  Value lhsBuffer, rhsBuffer, outBuffer;
};

} // namespace rcm

#endif // RCM_LIB_CONVERSION_LINALGTOVECTOR_MATRIXKERNEL_H
