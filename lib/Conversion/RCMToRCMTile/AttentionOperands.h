//===- AttentionOperands.h - What the host knows of one attention -*- C++ -*-=//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONOPERANDS_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONOPERANDS_H

#include "HostBuilder.h"

#include <optional>

namespace rcm::tile {

/// The memrefs of one operation and the sizes that they agree on.
struct AttentionOperands {
  HostOperand query, key, value, residual, out;
  std::optional<HostOperand> bias, lse, alpha, beta;
  mlir::Value batches, heads, rows, keys;
  /// The residual is part of the result, not multiplied by a literal 0.
  bool readsResidual = false;

  /// Reads sizes, strides and addresses at `b`'s insertion point; those of the
  /// coefficients only if asked to, the residual's unless nobody needs it.
  void read(HostBuilder &b, AttentionOpInterface op, bool coefficients = true);
  /// Sizes that the verifier could not compare are compared before the launch.
  void requireSizes(HostBuilder &b, AttentionOpInterface op);
};

/// An operand, if there is one, is a strided memref of f16, bf16 or f32, or an
/// error on `op`.
llvm::LogicalResult checkOperandType(AttentionOpInterface op,
                                     llvm::StringRef name,
                                     mlir::Value operand);

/// The static extent of `dim` in `operand` (1 if it lacks it), or an error on
/// `op` if it is dynamic or not 1 to 256.
llvm::FailureOr<int64_t> staticHeadDim(AttentionOpInterface op,
                                       llvm::StringRef name,
                                       mlir::Value operand, mlir::AffineMap map,
                                       AttentionDim dim);

/// The rcm.skip_coefficients that writes the coefficients of `op` into buffers
/// of their own right before it: a kernel can compute them itself, one launch
/// less. Null if there is none, if anything in between could write the times,
/// if something else reads the buffers or if the two have different maps.
SkipCoefficientsOp findTimes(AttentionOpInterface op);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONOPERANDS_H
