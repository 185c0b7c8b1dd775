//===- Passes.h - passes on the rcm_tile dialect --------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_H
#define RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace rcm {

/// On functions of kernels: the seed of rcm-tile-order-instructions.
constexpr llvm::StringLiteral kInstructionOrderAttrName = "rcm_tile.order";

#define GEN_PASS_DECL
#include "rcm/Dialect/RCMTile/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "rcm/Dialect/RCMTile/Transforms/Passes.h.inc"

} // namespace rcm

#endif // RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_H
