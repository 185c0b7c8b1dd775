//===- Errors.h - how far a timed result is from f64 ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_ERRORS_H
#define RCM_TOOLS_RCM_BENCH_ERRORS_H

#include "Cases.h"

#include "support/JSON.h"

#include "rcm/Reference/Attention.h"
#include "rcm/Reference/Metrics.h"

namespace rcm::tools {

/// The arrays of a case in logical order (b, h, row, channel), coefficients
/// [B]; x and the coefficients are null for attention alone.
struct CaseArrays {
  const reference::Array *q, *k, *v, *x, *cSkip, *cOut, *out;
};

/// The case as the reference takes it. The arrays must outlive it.
Result<reference::AttentionProblem> problemOf(const Case &benchmark,
                                              const CaseArrays &arrays);

/// Compares `out`, which the case computed, with the f64 reference on a few
/// query rows of every head, spread evenly.
Result<reference::Metrics> errorOf(const Case &benchmark,
                                   const CaseArrays &arrays);

/// The member `error` of a result.
JSONObject errorToJSON(const reference::Metrics &metrics);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_ERRORS_H
