//===- Passes.h - passes on the rcm dialect -------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_PASSES_H
#define RCM_DIALECT_RCM_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace rcm {

#define GEN_PASS_DECL
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_PASSES_H
