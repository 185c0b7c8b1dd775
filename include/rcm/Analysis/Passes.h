//===- Passes.h - passes that look and change nothing ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_ANALYSIS_PASSES_H
#define RCM_ANALYSIS_PASSES_H

#include "rcm/Dialect/RCM/Transforms/Traffic.h"

#include "mlir/Pass/Pass.h"

namespace rcm {

/// The form of a report that a pass prints.
enum class ReportFormat { kText, kJson };

#define GEN_PASS_DECL
#include "rcm/Analysis/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "rcm/Analysis/Passes.h.inc"

} // namespace rcm

#endif // RCM_ANALYSIS_PASSES_H
