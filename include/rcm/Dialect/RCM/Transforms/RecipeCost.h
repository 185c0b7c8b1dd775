//===- RecipeCost.h - what a recipe costs on a shape ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// docs/CostModel.md explains the model and says what it was compared with.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_RECIPECOST_H
#define RCM_DIALECT_RCM_TRANSFORMS_RECIPECOST_H

#include <cstdint>
#include <optional>

namespace rcm {

class AttentionOpInterface;

/// Families of kernels that the model tells apart.
enum class KernelFamily {
  kHalf,     ///< bf16 or f16: one launch, operands as they are
  kInt8E4M3, ///< a pre-pass over K and V, then 8-bit products
};

/// The sizes of one attention, with or without a skip.
struct AttentionShape {
  int64_t batches, heads, keyHeads, rows, keys, depth, width;
  bool causal, skip;
};

/// The sizes of `op` if all are static.
std::optional<AttentionShape> staticShapeOf(AttentionOpInterface op);

/// Where the time goes, in microseconds; `total` is not their sum: memory and
/// arithmetic of one launch overlap.
struct RecipeCost {
  double launches, prepass, memory, arithmetic, total;
};

RecipeCost estimateCost(KernelFamily family, const AttentionShape &shape);

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_RECIPECOST_H
