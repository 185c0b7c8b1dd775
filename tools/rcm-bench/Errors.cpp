//===- Errors.cpp - how far a timed result is from f64 --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Errors.h"

#include "rcm/Reference/Attention.h"

using namespace rcm::tools;
using namespace rcm::reference;

/// Query rows per head: every head is looked at, and the reference of
/// proposal_large takes a second or two.
static constexpr int64_t kRows = 16;

Result<Metrics> rcm::tools::errorOf(const Case &benchmark,
                                    const AttentionInputs &inputs,
                                    const Array &cSkip, const Array &cOut,
                                    const Array &out) {
  const Shape &s = benchmark.shape;
  if (benchmark.mode == Mode::Skip)
    return Error{"expected a mode with attention to compare with f64, got "
                 "skip"};
  AttentionShape shape;
  shape.batch = s.batch;
  shape.queryHeads = s.queryHeads;
  shape.keyHeads = s.keyHeads;
  shape.queries = s.queries;
  shape.keys = s.keys;
  shape.depth = shape.valueDepth = s.depth;
  AttentionProblem problem = makeProblem(shape, inputs);
  if (benchmark.causal)
    problem.causal = Causal::TopLeft;
  if (benchmark.mode != Mode::Attention) {
    Result<Operand> x = bindOperand(inputs.x, "bhmd");
    Result<Operand> alpha = bindCoefficient(cSkip);
    Result<Operand> beta = bindCoefficient(cOut);
    for (const auto *operand : {&x, &alpha, &beta})
      if (!*operand)
        return Error{operand->error()};
    problem.x = *x;
    problem.alpha = *alpha;
    problem.beta = *beta;
  }
  std::vector<int64_t> rows = spreadRows(s.queries, kRows);
  Result<AttentionResult> expected = referenceAttention(problem, rows);
  if (!expected)
    return Error{expected.error()};
  Result<Operand> view = bindOperand(out, "bhmd");
  if (!view)
    return Error{view.error()};
  return compare(gatherRows(problem, *view, s.depth, rows), expected->out);
}

JSONObject rcm::tools::errorToJSON(const Metrics &metrics) {
  return JSONObject()
      .add("max_abs_diff", metrics.maxAbsDiff)
      .add("one_minus_cosine", metrics.oneMinusCosine)
      .add("relative_l1", metrics.relativeL1)
      .add("rmse", metrics.rmse);
}
