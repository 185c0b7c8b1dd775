//===- PrepassWriter.h - What the pre-pass kernels share --------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSWRITER_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSWRITER_H

#include "PrepassKernels.h"

namespace rcm::tile {

/// Columns that one thread handles: 16 bytes of 16-bit elements.
constexpr int64_t kChunk = 8;

/// How the threads of a block share the rows and columns of one operand:
/// thread t has chunk t % chunks of row t / chunks, and of every rows-th row
/// after it.
struct ThreadGrid {
  explicit ThreadGrid(int64_t paddedColumns)
      : chunks(paddedColumns / kChunk), rows(kPrepassThreads / chunks) {}
  int64_t chunks, rows;
};

/// What is known of a column before it is quantized: for K the mean; for V the
/// mean and the scale of e4m3.
struct ColumnStatistics {
  mlir::Value mean, scale;
};
/// Combines the partial results of column `column` of `head`, in order of the
/// chunks, so that every block that does so gets the same bits.
ColumnStatistics combineKeyChunks(KernelBuilder &b, const PrepassSpec &spec,
                                  mlir::Value head, mlir::Value column);
ColumnStatistics combineValueChunks(KernelBuilder &b, const PrepassSpec &spec,
                                    mlir::Value head, mlir::Value column);

/// Shared memory of the quantize kernel for `count` f32 of its columns, behind
/// V's words or its column sums; K needs one word per row there.
mlir::Value statisticsBuffer(KernelBuilder &b, const PrepassSpec &spec,
                             int64_t count);
/// The elements of the thread's columns, from `first`.
KernelBuilder::Values loadColumns(KernelBuilder &b, mlir::Value buffer,
                                  mlir::Value first);
/// The part of the quantize kernel that works on V, and what is left of it
/// without keys.
void writeValues(KernelBuilder &b, const PrepassSpec &spec);
void writeEmptyTable(KernelBuilder &b, const PrepassSpec &spec);

/// Reads operand `name` ("key" or "value") of the current kernel.
class OperandReader {
public:
  using Value = mlir::Value;
  using Values = KernelBuilder::Values;

  OperandReader(KernelBuilder &b, llvm::StringRef name,
                const PrepassOperand &operand, Value head);
  /// The thread's eight columns of `row` as they are in memory, and such
  /// columns as f32, zero outside the operand's columns. What is loaded before
  /// a wait should be widened behind it: it takes half the registers.
  Values load(Value row);
  Values widen(const Values &loaded);
  Values chunk(Value row) { return widen(load(row)); }
  /// Number of the thread's first column, and of its first row.
  Value firstColumn, firstRow;

private:
  int64_t perLoad() const;
  Value toF32(Value value);

  KernelBuilder &b;
  std::string name;
  const PrepassOperand &operand;
  Value base;
};

/// Parameters "<name>", "<name>_stride_{b,h,n,d}" and "<name>_heads".
void addOperandParameters(KernelParameters &list, llvm::StringRef name,
                          const PrepassOperand &operand,
                          mlir::MLIRContext *context);

/// The elements of a vector.
KernelBuilder::Values elementsOf(KernelBuilder &b, mlir::Value vector);
/// |value| as an integer: NaN is larger than infinity, and that than the rest.
mlir::Value magnitude(KernelBuilder &b, mlir::Value value);
mlir::Value asFloat(KernelBuilder &b, mlir::Value bits);
mlir::Value maxUnsigned(KernelBuilder &b, mlir::Value a, mlir::Value b2);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSWRITER_H
