//===- Errors.h - how far a timed result is from f64 ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_ERRORS_H
#define RCM_TOOLS_RCM_BENCH_ERRORS_H

#include "Cases.h"

#include "support/JSON.h"

#include "rcm/Reference/Metrics.h"

namespace rcm::tools {

/// Compares `out`, which the case computed, with the f64 reference on a few
/// query rows of every head, spread evenly. All arrays are in logical order
/// (b, h, row, channel), coefficients [B].
Result<reference::Metrics> errorOf(const Case &benchmark,
                                   const reference::AttentionInputs &inputs,
                                   const reference::Array &cSkip,
                                   const reference::Array &cOut,
                                   const reference::Array &out);

/// The member `error` of a result.
JSONObject errorToJSON(const reference::Metrics &metrics);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_ERRORS_H
