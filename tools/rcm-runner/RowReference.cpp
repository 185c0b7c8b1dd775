//===- RowReference.cpp - f64 attention on some rows ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RowReference.h"

#include "rcm/Reference/SkipCoefficients.h"

#include <algorithm>
#include <cstring>

using namespace rcm::tools;
using namespace rcm::reference;

/// What the reference may cost; about ten seconds on two cores.
static constexpr double kAffordable = 2e10;

/// Translates the compiler's description into a problem.
namespace rcm::tools {
struct RowReferenceBuilder {
  Job &job;
  const rcmAttentionDescription &description;
  RowReference reference;
  bool failed = false;

  const Array &argument(const rcmAttentionOperand &operand) const {
    return job.inputs[static_cast<size_t>(operand.argument)];
  }

  Operand bind(const rcmAttentionOperand &operand, const char *space) {
    if (operand.isConstant)
      return Operand::scalar(operand.constant);
    if (operand.argument < 0)
      return Operand();
    const Array &array = argument(operand);
    if (array.rank() == 0)
      return Operand::scalar(array.get(0));
    Result<Operand> bound = bindOperand(array, operand.dims, space);
    failed |= !bound;
    return bound ? *bound : Operand();
  }

  /// The size of a dimension of an operand; 1 if it has none.
  int64_t sizeOf(const rcmAttentionOperand &operand, char dim) const {
    const char *at = std::strchr(operand.dims, dim);
    return at ? argument(operand)
                    .shape()[static_cast<size_t>(at - operand.dims)]
              : 1;
  }

  void bindSchedule() {
    AttentionProblem &problem = reference.problem;
    std::optional<SkipSchedule> schedule =
        parseSkipSchedule(description.schedule);
    if (!schedule) {
      failed = true;
      return;
    }
    const Array &time = argument(description.time);
    std::vector<double> skips, outs;
    for (double t : time.toF64()) {
      auto [skip, out] = skipCoefficients(*schedule, t, description.sigmaData);
      skips.push_back(skip);
      outs.push_back(out);
    }
    for (auto [values, operand] :
         {std::pair(&skips, &problem.alpha), std::pair(&outs, &problem.beta)}) {
      Result<Array> array =
          Array::fromValues(ElementType::F64, time.shape(), *values);
      if (!array || time.rank() == 0) {
        *operand = Operand::scalar(values->front());
        continue;
      }
      reference.storage.push_back(std::make_unique<Array>(std::move(*array)));
      Result<Operand> bound =
          bindOperand(*reference.storage.back(), description.time.dims, "bhmd");
      failed |= !bound;
      if (bound)
        *operand = *bound;
    }
  }

  void bindSizes() {
    AttentionProblem &problem = reference.problem;
    for (const auto *operand :
         {&description.query, &description.key, &description.value})
      failed |= operand->argument < 0;
    if (failed)
      return;
    problem.batch = sizeOf(description.query, 'b');
    problem.queryHeads = sizeOf(description.query, 'h');
    problem.keyHeads = sizeOf(description.key, 'h');
    problem.valueHeads = sizeOf(description.value, 'h');
    problem.queries = sizeOf(description.query, 'm');
    problem.keys = sizeOf(description.key, 'n');
    problem.depth = sizeOf(description.key, 'k');
    problem.valueDepth = sizeOf(description.value, 'd');
  }

  void bindMask() {
    AttentionProblem &problem = reference.problem;
    problem.scale = description.scale;
    if (!description.causal)
      return;
    int64_t bottomRight = problem.keys - problem.queries;
    if (description.causalOffset == 0)
      problem.causal = Causal::TopLeft;
    else if (description.causalOffset == bottomRight)
      problem.causal = Causal::BottomRight;
    else
      failed = true;
  }

  void build() {
    bindSizes();
    if (failed)
      return;
    AttentionProblem &problem = reference.problem;
    problem.q = bind(description.query, "bhmk");
    problem.k = bind(description.key, "bhnk");
    problem.v = bind(description.value, "bhnd");
    problem.x = bind(description.residual, "bhmd");
    problem.bias = bind(description.bias, "bhmn");
    if (description.time.argument >= 0) {
      bindSchedule();
    } else {
      problem.alpha = bind(description.alpha, "bhmd");
      problem.beta = bind(description.beta, "bhmd");
    }
    problem.ignoreAttention =
        description.beta.isConstant && description.beta.constant == 0;
    bindMask();
    reference.outDims = description.out.dims;
    // On memrefs the outputs are the memref arguments, in order; scalars are
    // the only others.
    for (int32_t index = 0; index < description.out.argument; ++index)
      reference.outIndex +=
          job.inputs[static_cast<size_t>(index)].rank() > 0 ? 1 : 0;
    double all = reference.floatOperations();
    int64_t count = problem.queries;
    if (all > kAffordable)
      count = std::max<int64_t>(
          1, static_cast<int64_t>(static_cast<double>(problem.queries) *
                                  (kAffordable / all)));
    reference.rows = spreadRows(problem.queries, count);
  }
};
} // namespace rcm::tools

std::optional<RowReference> RowReference::create(Job &job,
                                                 const Module &module) {
  rcmAttentionDescription description;
  if (job.compiler.library().moduleDescribeAttention(
          module.get(), job.function.c_str(), &description) !=
      RCM_STATUS_SUCCESS)
    return std::nullopt;
  RowReferenceBuilder builder{job, description, RowReference()};
  builder.build();
  if (builder.failed || !verify(builder.reference.problem))
    return std::nullopt;
  return std::move(builder.reference);
}

double RowReference::floatOperations() const {
  return 4.0 * static_cast<double>(problem.batch * problem.queryHeads) *
         static_cast<double>(problem.queries) *
         static_cast<double>(problem.keys) * static_cast<double>(problem.depth);
}

Result<void> RowReference::run() {
  Result<AttentionResult> computed = referenceAttention(problem, rows);
  if (!computed)
    return Error{computed.error()};
  result = std::move(computed->out);
  return {};
}

std::vector<double>
RowReference::rowsOf(const std::vector<Array> &outputs) const {
  Result<Operand> out = bindOperand(outputs[outIndex], outDims, "bhmd");
  return out ? gatherRows(problem, *out, problem.valueDepth, rows)
             : std::vector<double>();
}

std::string RowReference::text() const {
  return std::to_string(rows.size()) + " of " +
         std::to_string(problem.queries) + " query rows";
}
