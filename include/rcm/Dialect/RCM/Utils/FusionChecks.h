//===- FusionChecks.h - what a match may not reach across
//------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_FUSIONCHECKS_H
#define RCM_DIALECT_RCM_UTILS_FUSIONCHECKS_H

#include "rcm/Dialect/RCM/Utils/SkipMatch.h"

namespace rcm::match {

/// The values that the fused op will read.
llvm::DenseSet<mlir::Value> collectInputs(const SkipMatch &match);

/// Refuses a match whose coefficients or residual are computed from the
/// attention itself (a norm, a projection): the attention would run twice.
/// Looks at the ops between anchor and result only.
mlir::LogicalResult checkSkipInputs(const SkipMatch &match,
                                    const FunctionFacts &facts,
                                    mlir::Operation *anchor, Refusal &refusal);

/// Refuses a match that reads a tensor over a memory which somebody may write
/// between the first op that is replaced and the last: the fused op reads all
/// operands at the end.
mlir::LogicalResult checkSideEffects(const SkipMatch &match,
                                     const FunctionFacts &facts,
                                     Refusal &refusal);

/// Refuses types that the rcm ops do not have.
mlir::LogicalResult checkTypes(const SkipMatch &match, Refusal &refusal);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_FUSIONCHECKS_H
