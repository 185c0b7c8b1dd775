//===- Patterns.h - patterns on the rcm dialect -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_PATTERNS_H
#define RCM_DIALECT_RCM_TRANSFORMS_PATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace rcm {

/// Adds the pattern of `rcm-split-attention-skip`: rcm.attention_skip becomes
/// rcm.attention and a linalg.generic that adds the residual. With
/// `wideIntermediate` the attention between the two is not rounded to the
/// output's type.
void populateSplitAttentionSkipPatterns(mlir::RewritePatternSet &patterns,
                                        bool wideIntermediate = false);

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_PATTERNS_H
