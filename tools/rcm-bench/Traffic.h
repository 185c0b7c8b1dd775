//===- Traffic.h - bytes that a case should move ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_TRAFFIC_H
#define RCM_TOOLS_RCM_BENCH_TRAFFIC_H

#include "Cases.h"

#include "support/Compiler.h"

namespace rcm::tools {

/// What `rcm-report-traffic` computes for the case's module in the form of its
/// mode, as the text of a JSON object. `recipe` as in the pass.
Result<std::string> trafficOf(Compiler &compiler, const Case &benchmark,
                              const std::string &recipe);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_TRAFFIC_H
