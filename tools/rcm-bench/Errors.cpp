//===- Errors.cpp - how far a timed result is from f64 --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Errors.h"

#include <cmath>

using namespace rcm::tools;
using namespace rcm::reference;

/// Query rows per head: every head is looked at, and the reference of
/// proposal_large takes a second or two.
static constexpr int64_t kRows = 16;

Result<AttentionProblem> rcm::tools::problemOf(const Case &benchmark,
                                               const CaseArrays &arrays) {
  const Shape &s = benchmark.shape;
  AttentionProblem problem;
  problem.batch = s.batch;
  problem.queryHeads = s.queryHeads;
  problem.keyHeads = problem.valueHeads = s.keyHeads;
  problem.queries = s.queries;
  problem.keys = s.keys;
  problem.depth = problem.valueDepth = s.depth;
  problem.scale = 1 / std::sqrt(static_cast<double>(s.depth));
  problem.causal = benchmark.causal ? Causal::TopLeft : Causal::None;
  std::string failure;
  auto bind = [&](Operand &operand, Result<Operand> bound) {
    if (bound)
      operand = *bound;
    else
      failure = bound.error();
  };
  bind(problem.q, bindOperand(*arrays.q, "bhmk"));
  bind(problem.k, bindOperand(*arrays.k, "bhnk"));
  bind(problem.v, bindOperand(*arrays.v, "bhnd"));
  if (benchmark.mode != Mode::Attention) {
    bind(problem.x, bindOperand(*arrays.x, "bhmd"));
    bind(problem.alpha, bindCoefficient(*arrays.cSkip));
    bind(problem.beta, bindCoefficient(*arrays.cOut));
  }
  if (!failure.empty())
    return Error{failure};
  return problem;
}

Result<Metrics> rcm::tools::errorOf(const Case &benchmark,
                                    const CaseArrays &arrays) {
  if (benchmark.mode == Mode::Skip)
    return Error{"expected a mode with attention to compare with f64, got "
                 "skip"};
  Result<AttentionProblem> problem = problemOf(benchmark, arrays);
  if (!problem)
    return Error{problem.error()};
  std::vector<int64_t> rows = spreadRows(benchmark.shape.queries, kRows);
  Result<AttentionResult> expected = referenceAttention(*problem, rows);
  if (!expected)
    return Error{expected.error()};
  Result<Operand> view = bindOperand(*arrays.out, "bhmd");
  if (!view)
    return Error{view.error()};
  return compare(gatherRows(*problem, *view, benchmark.shape.depth, rows),
                 expected->out);
}

JSONObject rcm::tools::errorToJSON(const Metrics &metrics) {
  return JSONObject()
      .add("max_abs_diff", metrics.maxAbsDiff)
      .add("one_minus_cosine", metrics.oneMinusCosine)
      .add("relative_l1", metrics.relativeL1)
      .add("rmse", metrics.rmse);
}
