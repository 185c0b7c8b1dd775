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
  SharedPlan plan() const;
};

/// The head dimension that a kernel computes with.
int64_t padHeadDim(int64_t dim);

/// The kernel's parameters, in order.
KernelParameters attentionParameters(const AttentionSpec &spec,
                                     mlir::MLIRContext *context);

/// Appends the kernel to `module`.
void buildAttentionKernel(mlir::gpu::GPUModuleOp module,
                          const AttentionSpec &spec);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONKERNEL_H
