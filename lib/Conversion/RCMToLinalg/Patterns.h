//===- Patterns.h - one pattern per kind of op ----------------------------*-
// C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOLINALG_PATTERNS_H
#define RCM_CONVERSION_RCMTOLINALG_PATTERNS_H

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/PatternMatch.h"

namespace rcm {

/// rcm.skip_coefficients -> scalar code, or one linalg.generic around it.
struct SkipCoefficientsLowering : mlir::OpRewritePattern<SkipCoefficientsOp> {
  using OpRewritePattern::OpRewritePattern;

  mlir::LogicalResult
  matchAndRewrite(SkipCoefficientsOp op,
                  mlir::PatternRewriter &rewriter) const override;
};

/// rcm.attention and rcm.attention_skip -> linalg.generic and linalg.fill.
struct AttentionLoweringPattern
    : mlir::OpInterfaceRewritePattern<AttentionOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  mlir::LogicalResult
  matchAndRewrite(AttentionOpInterface op,
                  mlir::PatternRewriter &rewriter) const override;
};

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOLINALG_PATTERNS_H
