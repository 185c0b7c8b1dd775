//===- Reasons.h - why a fusion was refused
//-------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The complete list; docs/Fusion.md has an example of each.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_REASONS_H
#define RCM_DIALECT_RCM_UTILS_REASONS_H

#include "mlir/IR/Operation.h"

namespace rcm::match {

enum class Reason {
  NotAttention, ///< nothing looks like attention: no remark
  NoDenominator,
  ProbabilitiesModified,
  ValueModified,
  ValueWithoutKeys,
  ScoresNotContraction,
  ScoresModified,
  ScaleNotConstant,
  ShiftNotFinite,
  MaskNotInfinite,
  ContractionModified,
  NotFloat,
  NoSkip,
  ProjectionBetween,
  SkipNotLinear,
  SkipMixesElements,
  SkipReadsAttention,
  SideEffectsBetween,
  ResidualNotFullRank,
  CoefficientNotRowwise,
  UnsupportedLayout,
  RoundingKept,
  TooLarge,
  SeveralResults,
};

/// A reason and the op that broke the match.
struct Refusal {
  Reason reason = Reason::NotAttention;
  mlir::Operation *op = nullptr;
};

/// The reason's name in kebab-case, as documented.
llvm::StringRef getReasonName(Reason reason);

/// One sentence without a final period.
llvm::StringRef getReasonText(Reason reason);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_REASONS_H
