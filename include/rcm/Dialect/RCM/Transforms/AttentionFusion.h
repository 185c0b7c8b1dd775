//===- AttentionFusion.h - the two fusion passes' common part
//-------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_ATTENTIONFUSION_H
#define RCM_DIALECT_RCM_TRANSFORMS_ATTENTIONFUSION_H

#include "mlir/IR/Operation.h"

namespace rcm {

struct AttentionFusionOptions {
  /// Look for attention with a skip, or for attention alone.
  bool withSkip = true;
  /// Refuse to drop the rounding of an intermediate to a narrower type.
  bool keepIntermediateRounding = false;
  /// For tests of the tests: see match::PlantedBug.
  unsigned plantedBug = 0;
  /// Category of the remarks: the name of the pass.
  llvm::StringRef remarkCategory;
};

/// Fuses in every function in or at `root`. Work is linear in the number of
/// ops: one walk finds the candidates, each is looked at within a fixed bound.
void fuseAttention(mlir::Operation *root,
                   const AttentionFusionOptions &options);

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_ATTENTIONFUSION_H
