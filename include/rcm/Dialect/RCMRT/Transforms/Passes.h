//===- Passes.h - passes on the host side of compiled modules
//--------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_H
#define RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace rcm {

#define GEN_PASS_DECL
#include "rcm/Dialect/RCMRT/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "rcm/Dialect/RCMRT/Transforms/Passes.h.inc"

} // namespace rcm

#endif // RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_H
