//===- RCMTileToNVVM.h - block ops as NVVM and PTX --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTILETONVVM_H
#define RCM_CONVERSION_RCMTILETONVVM_H

#include "mlir/Transforms/DialectConversion.h"

namespace rcm {

/// Adds the patterns of `convert-rcm-tile-to-nvvm`, and to `converter` the
/// types of fragments and barriers. The shared-memory symbol that the pass
/// declares must exist, and scf's structural patterns must carry the new types
/// through loops.
void populateRCMTileToNVVMPatterns(mlir::TypeConverter &converter,
                                   mlir::RewritePatternSet &patterns);

} // namespace rcm

#endif // RCM_CONVERSION_RCMTILETONVVM_H
