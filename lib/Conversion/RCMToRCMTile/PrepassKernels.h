//===- PrepassKernels.h - Kernels that quantize K and V ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSKERNELS_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSKERNELS_H

#include "KernelBuilder.h"

namespace rcm::tile {

/// Threads of a pre-pass block, keys of one quantization tile.
constexpr int64_t kPrepassThreads = 256;
constexpr int64_t kPrepassTile = 128;
/// Scales of K per tile: keys n with equal (n / 2) mod 4 share one, which are
/// the columns that one thread of the attention kernel holds.
constexpr int64_t kKeyClasses = 4;
/// A head has at most so many blocks of the statistics kernel. Up to the second
/// number, every block of the quantize kernel combines their results itself,
/// one launch less; more are combined by a kernel of their own first.
constexpr int64_t kMaxChunks = 16;
constexpr int64_t kDirectChunks = 4;
/// Blocks of the statistics kernel to aim for where there are more tiles: two
/// waves of four per multiprocessor.
constexpr int64_t kStatisticsBlocks = 1056;

/// One operand (K or V) of the pre-pass.
struct PrepassOperand {
  mlir::Type element;
  /// Columns in memory, and in the quantized copy.
  int64_t columns, paddedColumns;
  /// Rows start at multiples of 16 bytes and columns are consecutive.
  bool aligned;
};

struct PrepassSpec {
  std::string prefix; // of the kernels' names
  /// Classes of keys have their own scales; otherwise all are the tile's.
  bool keyClasses = true;
  PrepassOperand key, value;
  /// Rows of a head in the transposed V (AttentionSpec::valueRows).
  int64_t valueRows;
};

/// Sums over keys of K; sums, maxima and minima of V: one partial result per
/// (head, chunk of keys). Grid (chunks, heads, 2): z = 0 is K.
KernelParameters statisticsParameters(const PrepassSpec &, mlir::MLIRContext *);
void buildStatisticsKernel(mlir::gpu::GPUModuleOp, const PrepassSpec &);
/// Combines up to kMaxChunks partial results of a head into one of the same
/// form. Grid (1, heads, 2).
KernelParameters combineParameters(const PrepassSpec &, mlir::MLIRContext *);
void buildCombineKernel(mlir::gpu::GPUModuleOp, const PrepassSpec &);
/// From at most kDirectChunks partial results, writes int8 K with its scales and
/// its means, e4m3 V transposed and permuted with its row of ones, and per
/// column of V its scale and its correction: the mean of V minus the mean of
/// what was stored. Grid (tiles, at least 1; heads, 2).
KernelParameters quantizeParameters(const PrepassSpec &, mlir::MLIRContext *);
void buildQuantizeKernel(mlir::gpu::GPUModuleOp, const PrepassSpec &);

/// Dynamic shared memory of the statistics and of the quantize kernel.
int64_t statisticsSharedBytes(const PrepassSpec &);
int64_t quantizeSharedBytes(const PrepassSpec &);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_PREPASSKERNELS_H
