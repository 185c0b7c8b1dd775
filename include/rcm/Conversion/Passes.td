//===- Passes.td - conversions between dialects ---------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_PASSES_TD
#define RCM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif // RCM_CONVERSION_PASSES_TD
