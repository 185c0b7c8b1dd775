//===- HalfKernel.h - The 16-bit attention kernel's contract ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_HALFKERNEL_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_HALFKERNEL_H

#include "KernelBuilder.h"

#include "rcm/Dialect/RCM/IR/RCM.h"

#include <optional>

namespace rcm::tile {

/// Where a block keeps what in shared memory, in bytes.
struct HalfPlan {
  int64_t query, residual, key, value, barriers, total;
  int64_t queryStride, residualStride, keyStride, valueStride;
};

/// What one attention kernel without quantization is compiled for. Lengths,
/// heads and strides are parameters or part of the tensor maps.
struct HalfSpec {
  std::string name;
  ScheduleAttr schedule;
  /// D and Dv of the operation.
  int64_t depth, width;
  double scale;
  /// f16 or bf16: the type of Q, K and V.
  mlir::Type element;
  mlir::Type residual, out;
  /// Types of the coefficients: a memref's element type, or null for a scalar.
  mlir::Type alpha, beta;
  bool hasSkip = true;
  /// The residual's coefficient is the literal 0: it is not read.
  bool ignoresResidual = false;
  /// Coefficients depend on the row or the column, not only on (b, h).
  bool fineCoefficients = false;
  /// Set if the kernel computes the coefficients itself, from the time: the
  /// schedule, its sigma and the element type of the times.
  std::optional<SkipSchedule> times;
  double sigma = 1.0;
  mlir::Type time;
  /// R and Out go through shared memory and the copy engine.
  bool staged = true;
  bool causal = false;
  mlir::Type bias, lse; // null when absent

  bool readsResidual() const { return hasSkip && !ignoresResidual; }
  int64_t paddedDepth() const;
  int64_t paddedWidth() const;
  int64_t threads() const;
  HalfPlan plan() const;
  /// Registers that a thread needs: fragments and what lives beside them.
  int64_t registers() const;
  int64_t otherRegisters() const;
  /// Blocks that fit on a multiprocessor together, at most kMaxBlocks.
  int64_t blocks() const;
};

/// Refuses a schedule that needs more registers or shared memory than there
/// is, with the arithmetic in the message.
llvm::LogicalResult
checkResources(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
               const HalfSpec &spec);

/// The kernel's parameters, in order. Tensor maps are named after operands.
KernelParameters halfParameters(const HalfSpec &spec,
                                mlir::MLIRContext *context);

/// Appends the kernel to `module`. Grid: (query tiles, heads, batches).
void buildHalfKernel(mlir::gpu::GPUModuleOp module, const HalfSpec &spec);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_HALFKERNEL_H
