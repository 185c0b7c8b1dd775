//===- AttentionKernel.h - The attention kernel's contract ------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONKERNEL_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONKERNEL_H

#include "KernelBuilder.h"

namespace rcm::tile {

/// What one attention kernel is compiled for. Everything else (lengths, heads,
/// strides) is a parameter.
struct AttentionSpec {
  std::string name;
  ScheduleAttr schedule;
  /// D and Dv of the operation.
  int64_t depth, width;
  double scale;
  mlir::Type query, residual, out;
  /// Types of the coefficients: a memref's element type, or null for a scalar.
  mlir::Type alpha, beta;
  bool hasSkip = true;
  /// The coefficient of R is a literal 0, so R is not read.
  bool ignoresResidual = false;
  /// Coefficients depend on the row or the column, not only on (b, h).
  bool fineCoefficients = false;
  /// Q rows start at multiples of 16 bytes.
  bool alignedQuery = true;
  /// R and Out go through shared memory and the copy engine.
  bool staged = true;
  bool causal = false;
  mlir::Type bias, lse; // null when absent

  int64_t paddedDepth() const;
  int64_t paddedWidth() const;
  /// Rows of the transposed V in memory: the columns of V, the row of ones,
  /// and what fills the last copy box.
  int64_t valueRows() const;
  int64_t valueBoxRows() const;
  int64_t threads() const;
  KernelTraits traits() const;
  SharedPlan plan() const;
  bool readsResidual() const { return hasSkip && !ignoresResidual; }
  /// Sums are promoted to f32 in global memory, and how many elements of it
  /// one consumer warpgroup needs.
  bool keepsSums() const;
  int64_t keptElements() const;
};

/// The head dimension that a kernel computes with.
int64_t padHeadDim(int64_t dim);

/// The kernel's parameters, in order.
KernelParameters attentionParameters(const AttentionSpec &spec,
                                     mlir::MLIRContext *context);

/// Appends the kernel to `module`.
void buildAttentionKernel(mlir::gpu::GPUModuleOp module,
                          const AttentionSpec &spec);

/// What smoothing K took from every score of a row, `scale * q . mean of K`,
/// for the log-sum-exp: one f32 per (batch, head, row). A block of
/// `kShiftThreads` threads does `kShiftRows` rows; grid (row blocks, batches *
/// heads).
constexpr int64_t kShiftThreads = 256, kShiftRows = 64;
KernelParameters shiftParameters(const AttentionSpec &spec,
                                 mlir::MLIRContext *context);
void buildShiftKernel(mlir::gpu::GPUModuleOp module, const AttentionSpec &spec);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONKERNEL_H
