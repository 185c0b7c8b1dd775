//===- Layout.h - variables as the dimensions of attention
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_LAYOUT_H
#define RCM_DIALECT_RCM_UTILS_LAYOUT_H

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Utils/SkipMatch.h"

namespace rcm::match {

/// The numeral of every logical dimension of the attention op. An unused
/// dimension is empty.
struct Layout {
  std::array<Digits, kNumAttentionDims> dims;
  /// What keys and values read of `dims[kHead]`: all of it, or with grouped
  /// queries its leading digits.
  Digits keyHead;
};

/// The ways to assign the variables of `match` to (b, h, m, n, k, d), best
/// first; none if they cannot be told apart. Which of them the operands can be
/// grouped into shows when they are.
llvm::SmallVector<Layout> assignLayouts(ExprReader &reader, Algebra &algebra,
                                        const SkipMatch &match);

/// One dimension of a tensor after reshaping: a logical dimension (or none,
/// for a dimension of size 1 that nobody reads) and the digits it holds.
struct PlannedDim {
  std::optional<unsigned> dim;
  Digits digits;
};

/// How a tensor becomes one whose every dimension is a logical one: split into
/// `fine` dimensions (per source dimension), which are joined as `groups`.
struct ReshapePlan {
  llvm::SmallVector<llvm::SmallVector<PlannedDim>> fine; ///< per source dim
  llvm::SmallVector<PlannedDim> result;
  llvm::SmallVector<unsigned> groupSizes; ///< fine dims per result dim
  bool isIdentity = false;
};

/// What a plan may use.
struct PlanRequest {
  llvm::SmallVector<std::pair<unsigned, Digits>> allowed; ///< dim, numeral
  llvm::SmallVector<unsigned> required; ///< added with size 1 where absent
  bool keepsUnitDims = false; ///< dimensions of size 1 may stay, read at 0
};

/// Nothing if the index does not group into the allowed numerals.
std::optional<ReshapePlan> planReshape(const VarTable &vars,
                                       const IndexTuple &index,
                                       const PlanRequest &request);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_LAYOUT_H
