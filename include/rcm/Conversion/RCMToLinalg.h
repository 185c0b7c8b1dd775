//===- RCMToLinalg.h - the plain meaning of the rcm ops ---------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOLINALG_H
#define RCM_CONVERSION_RCMTOLINALG_H

#include "mlir/IR/PatternMatch.h"

namespace rcm {

/// Adds the patterns of `convert-rcm-to-linalg`: every rcm op becomes
/// `linalg.generic` and `linalg.fill` ops (arith and math on scalars). They
/// fail only on memrefs whose heads cannot be split because their layout is
/// not strided.
void populateRCMToLinalgPatterns(mlir::RewritePatternSet &patterns);

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOLINALG_H
