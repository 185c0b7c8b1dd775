//===- BoundAttention.cpp - an entry's arguments as a problem -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionNote.h"

#include "rcm/Reference/SkipCoefficients.h"

#include <algorithm>
#include <cstring>

using namespace rcm::tools;
using namespace rcm::reference;

namespace rcm::tools {
class AttentionBinder {
public:
  AttentionBinder(const rcmAttentionDescription &description,
                  const std::vector<const Array *> &arguments)
      : description(description), arguments(arguments) {}

  Result<BoundAttention> bind() {
    bindSizes();
    AttentionProblem &problem = bound.problem;
    problem.q = operand(description.query, "bhmk");
    problem.k = operand(description.key, "bhnk");
    problem.v = operand(description.value, "bhnd");
    problem.x = operand(description.residual, "bhmd");
    problem.bias = operand(description.bias, "bhmn");
    if (description.time.argument >= 0) {
      bindSchedule();
    } else {
      problem.alpha = operand(description.alpha, "bhmd");
      problem.beta = operand(description.beta, "bhmd");
    }
    problem.ignoreAttention =
        description.beta.isConstant && description.beta.constant == 0;
    bindMask();
    bound.outDims = description.out.dims;
    if (error.empty())
      if (auto valid = verify(problem); !valid)
        error = valid.error();
    if (!error.empty())
      return Error{error};
    return std::move(bound);
  }

private:
  const Array *argument(const rcmAttentionOperand &operand) {
    auto index = static_cast<size_t>(operand.argument);
    if (index < arguments.size() && arguments[index])
      return arguments[index];
    error = "expected the attention's arguments to exist, got number " +
            std::to_string(operand.argument);
    return nullptr;
  }

  Operand operand(const rcmAttentionOperand &operand, const char *space) {
    if (operand.isConstant)
      return Operand::scalar(operand.constant);
    if (operand.argument < 0)
      return Operand();
    const Array *array = argument(operand);
    if (!array)
      return Operand();
    if (array->rank() == 0)
      return Operand::scalar(array->get(0));
    Result<Operand> bound = bindOperand(*array, operand.dims, space);
    if (!bound)
      error = bound.error();
    return bound ? *bound : Operand();
  }

  int64_t sizeOf(const rcmAttentionOperand &operand, char dim) {
    const char *at = std::strchr(operand.dims, dim);
    const Array *array = argument(operand);
    auto index = static_cast<size_t>(at ? at - operand.dims : 0);
    return at && array && index < array->shape().size() ? array->shape()[index]
                                                        : 1;
  }

  void bindSizes() {
    AttentionProblem &problem = bound.problem;
    problem.batch = sizeOf(description.query, 'b');
    problem.queryHeads = sizeOf(description.query, 'h');
    problem.keyHeads = sizeOf(description.key, 'h');
    problem.valueHeads = sizeOf(description.value, 'h');
    problem.queries = sizeOf(description.query, 'm');
    problem.keys = sizeOf(description.key, 'n');
    problem.depth = sizeOf(description.key, 'k');
    problem.valueDepth = sizeOf(description.value, 'd');
  }

  void bindSchedule() {
    const Array *time = argument(description.time);
    std::optional<SkipSchedule> schedule =
        parseSkipSchedule(description.schedule);
    if (!schedule)
      error = "expected a schedule's name, got '" +
              std::string(description.schedule) + "'";
    if (!time || !schedule)
      return;
    std::vector<double> skips, outs;
    for (double t : time->toF64()) {
      auto [skip, out] = skipCoefficients(*schedule, t, description.sigmaData);
      skips.push_back(skip);
      outs.push_back(out);
    }
    bound.problem.alpha = stored(skips, *time);
    bound.problem.beta = stored(outs, *time);
  }

  Operand stored(const std::vector<double> &values, const Array &time) {
    if (values.empty())
      return Operand::scalar(0);
    if (time.rank() == 0)
      return Operand::scalar(values.front());
    Result<Array> array =
        Array::fromValues(ElementType::F64, time.shape(), values);
    if (!array) {
      error = array.error();
      return Operand();
    }
    bound.storage.push_back(std::make_unique<Array>(std::move(*array)));
    Result<Operand> operand =
        bindOperand(*bound.storage.back(), description.time.dims, "bhmd");
    if (!operand)
      error = operand.error();
    return operand ? *operand : Operand();
  }

  void bindMask() {
    AttentionProblem &problem = bound.problem;
    problem.scale = description.scale;
    if (!description.causal)
      return;
    if (description.causalOffset == 0)
      problem.causal = Causal::TopLeft;
    else if (description.causalOffset == problem.keys - problem.queries)
      problem.causal = Causal::BottomRight;
    else
      error = "expected a causal offset of 0 or Lk - Lq, got " +
              std::to_string(description.causalOffset);
  }

  const rcmAttentionDescription &description;
  const std::vector<const Array *> &arguments;
  BoundAttention bound;
  std::string error;
};
} // namespace rcm::tools

Result<BoundAttention>
BoundAttention::bind(const rcmAttentionDescription &description,
                     const std::vector<const Array *> &arguments) {
  return AttentionBinder(description, arguments).bind();
}

double BoundAttention::floatOperations() const {
  return 2.0 * static_cast<double>(problem.batch * problem.queryHeads) *
         static_cast<double>(problem.queries) *
         static_cast<double>(problem.keys) *
         static_cast<double>(problem.depth + problem.valueDepth);
}

std::vector<int64_t> BoundAttention::affordableRows(double operations) const {
  double all = floatOperations();
  int64_t count = problem.queries;
  if (all > operations)
    count = std::max<int64_t>(
        1, static_cast<int64_t>(static_cast<double>(count) * operations / all));
  return spreadRows(problem.queries, count);
}

Result<std::vector<double>>
BoundAttention::gather(const Array &out,
                       const std::vector<int64_t> &rows) const {
  Result<Operand> operand = bindOperand(out, outDims, "bhmd");
  if (!operand)
    return Error{operand.error()};
  return gatherRows(problem, *operand, problem.valueDepth, rows);
}

std::vector<int64_t>
rcm::tools::outputShape(const rcmAttentionDescription &description,
                        const std::vector<std::vector<int64_t>> &shapes) {
  std::vector<int64_t> shape;
  for (const char *dim = description.out.dims; *dim; ++dim) {
    int64_t size = *dim == '1' ? 1 : -1;
    for (const auto *operand : {&description.query, &description.value}) {
      const char *at = std::strchr(operand->dims, *dim);
      auto index = static_cast<size_t>(operand->argument);
      // Heads of V may be fewer.
      if (size < 0 && at && index < shapes.size() &&
          !(*dim == 'h' && operand == &description.value))
        if (auto place = static_cast<size_t>(at - operand->dims);
            place < shapes[index].size())
          size = shapes[index][place];
    }
    shape.push_back(size);
  }
  return shape;
}
