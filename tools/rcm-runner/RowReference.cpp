//===- RowReference.cpp - f64 attention on some rows ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RowReference.h"

using namespace rcm::tools;
using namespace rcm::reference;

/// What the reference may cost; about ten seconds on two cores.
static constexpr double kAffordable = 2e10;

/// On memrefs the outputs are the memref arguments, in order; scalars are the
/// only others.
static size_t outputIndex(const Job &job,
                          const rcmAttentionDescription &description) {
  size_t outIndex = 0;
  for (int32_t index = 0; index < description.out.argument; ++index)
    outIndex += job.inputs[static_cast<size_t>(index)].rank() > 0 ? 1 : 0;
  return outIndex;
}

std::optional<RowReference> RowReference::create(const Job &job,
                                                 const Module &module) {
  rcmAttentionDescription description;
  if (job.compiler.library().moduleDescribeAttention(
          module.get(), job.function.c_str(), &description) !=
      RCM_STATUS_SUCCESS)
    return std::nullopt;
  std::vector<const Array *> arguments;
  for (const Array &input : job.inputs)
    arguments.push_back(&input);
  Result<BoundAttention> bound = BoundAttention::bind(description, arguments);
  if (!bound)
    return std::nullopt;
  RowReference reference(std::move(*bound), outputIndex(job, description));
  reference.rows = reference.attention.affordableRows(kAffordable);
  return reference;
}

Result<void> RowReference::run() {
  Result<AttentionResult> computed = referenceAttention(attention.get(), rows);
  if (!computed)
    return Error{computed.error()};
  result = std::move(computed->out);
  return {};
}

std::vector<double>
RowReference::rowsOf(const std::vector<Array> &outputs) const {
  Result<std::vector<double>> found =
      attention.gather(outputs[outIndex], rows);
  return found ? *found : std::vector<double>();
}

std::string RowReference::text() const {
  return std::to_string(rows.size()) + " of " +
         std::to_string(attention.get().queries) + " query rows";
}
