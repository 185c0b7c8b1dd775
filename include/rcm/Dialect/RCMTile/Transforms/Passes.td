//===- Passes.td - passes on the rcm_tile dialect -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD
#define RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD
