//===- RCMToVector.h - attention as vectorized loops ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOVECTOR_H
#define RCM_CONVERSION_RCMTOVECTOR_H

#include "rcm/Conversion/Passes.h"

#include "mlir/IR/PatternMatch.h"

namespace rcm {

/// Adds the patterns of `convert-rcm-to-vector`: attention ops on memrefs
/// become tiled loops of vectors, with the pass's options. The vector width must
/// be 128, 256 or 512. They fail on tensors.
void populateRCMToVectorPatterns(mlir::RewritePatternSet &patterns,
                                 const ConvertRCMToVectorOptions &options);

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOVECTOR_H
