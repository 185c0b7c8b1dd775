//===- Passes.h - conversions between dialects ----------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_PASSES_H
#define RCM_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace rcm {

#define GEN_PASS_DECL
#include "rcm/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "rcm/Conversion/Passes.h.inc"

} // namespace rcm

#endif // RCM_CONVERSION_PASSES_H
