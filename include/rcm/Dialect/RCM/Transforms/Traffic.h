//===- Traffic.h - bytes that kernels read and write ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_TRAFFIC_H
#define RCM_DIALECT_RCM_TRANSFORMS_TRAFFIC_H

#include "rcm/Dialect/RCM/IR/RCM.h"

#include <string>
#include <vector>

namespace rcm {

/// How the kernels of an attention op treat their operands.
enum class TrafficRecipe {
  kNone,     ///< operands are read in their own types
  kInt8E4M3, ///< a pre-pass writes K as int8 and V as e4m3
};

/// The bytes one kernel moves for one of its tensors. Each tensor is counted
/// once per kernel: what a kernel reads again it is taken to find in a cache.
struct TrafficRow {
  std::string kernel;
  std::string tensor;
  int64_t bytesRead = 0;
  int64_t bytesWritten = 0;
  /// The residual of a fused kernel, when something else reads the same
  /// tensor (the queries, a projection), so that a warm cache saves the read.
  bool mayBeCached = false;
  /// Grows with the tokens: not weights, coefficients, masks or scales.
  bool isActivation = false;
};

/// Appends the rows of an attention op: one kernel if `fused`, else attention
/// that writes its output O (in the type of the destination) and a skip that
/// reads it. Fails, with a diagnostic on the op, if a size is not static.
mlir::LogicalResult appendAttentionTraffic(AttentionOpInterface op,
                                           TrafficRecipe recipe, bool fused,
                                           std::vector<TrafficRow> &rows);

/// Appends the rows of an op in destination style that is a kernel of its own.
/// Destinations count as read only where their contents matter.
mlir::LogicalResult
appendKernelTraffic(mlir::Operation *op, llvm::StringRef kernel,
                    llvm::function_ref<bool(mlir::Value)> isActivation,
                    std::vector<TrafficRow> &rows);

/// The size of a shaped type in bytes; fails on a dynamic size.
mlir::FailureOr<int64_t> getNumBytes(mlir::Type type);

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_TRAFFIC_H
