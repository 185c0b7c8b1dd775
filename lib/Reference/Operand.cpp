//===- Operand.cpp - Strided operands -------------------------------------===//

#include "rcm/Reference/Attention.h"

#include <algorithm>
#include <cmath>

namespace rcm::reference {

Operand Operand::scalar(double value) {
  Operand operand;
  operand.type = ElementType::F64;
  operand.constant = value;
  return operand;
}

Result<Operand> bindOperand(const Array &array, std::string_view dims,
                            std::string_view space) {
  if (dims.size() != array.shape().size())
    return Error{"expected one letter of '" + std::string(space) +
                 "' per dimension of shape " + shapeToString(array.shape()) +
                 ", got '" + std::string(dims) + "'"};
  Operand operand;
  operand.type = array.elementType();
  operand.data = array.data();
  for (size_t i = 0; i < dims.size(); ++i) {
    int64_t size = array.shape()[i];
    if (dims[i] == '1') {
      if (size != 1)
        return Error{"expected size 1 for '1' in '" + std::string(dims) +
                     "', got shape " + shapeToString(array.shape())};
      continue;
    }
    size_t position = space.substr(0, 4).find(dims[i]);
    if (position == std::string_view::npos ||
        dims.find(dims[i], i + 1) != std::string_view::npos)
      return Error{"expected distinct letters of '" + std::string(space) +
                   "', got '" + std::string(dims) + "'"};
    // A size of 1 broadcasts where the problem's size is another.
    operand.strides[position] = size == 1 ? 0 : array.strides()[i];
  }
  return operand;
}

Result<Operand> bindOperand(const Array &array, std::string_view space) {
  std::string dims;
  switch (array.rank()) {
  case 4:
    dims = space;
    break;
  case 3:
    dims = {space[0], space[2], space[3]};
    break;
  case 2:
    dims = {space[2], space[3]};
    break;
  default:
    return Error{"expected rank 2, 3 or 4, got shape " +
                 shapeToString(array.shape())};
  }
  return bindOperand(array, dims, space);
}

Result<Operand> bindCoefficient(const Array &array) {
  std::string_view space = "bhmd";
  if (array.rank() > 4)
    return Error{"expected a coefficient of rank 0 to 4, got shape " +
                 shapeToString(array.shape())};
  return bindOperand(array, space.substr(0, array.shape().size()), space);
}

int64_t visibleKeys(Causal causal, int64_t row, int64_t queries, int64_t keys) {
  if (causal == Causal::None)
    return keys;
  int64_t last = causal == Causal::TopLeft ? row : row + keys - queries;
  return std::clamp<int64_t>(last + 1, 0, keys);
}

AttentionProblem makeProblem(const AttentionShape &shape,
                             const AttentionInputs &inputs) {
  AttentionProblem problem;
  problem.batch = shape.batch;
  problem.queryHeads = shape.queryHeads;
  problem.keyHeads = problem.valueHeads = shape.keyHeads;
  problem.queries = shape.queries;
  problem.keys = shape.keys;
  problem.depth = shape.depth;
  problem.valueDepth = shape.valueDepth;
  // Rank 4 binds always.
  problem.q = *bindOperand(inputs.q, "bhmk");
  problem.k = *bindOperand(inputs.k, "bhnk");
  problem.v = *bindOperand(inputs.v, "bhnd");
  problem.scale = 1.0 / std::sqrt(static_cast<double>(shape.depth));
  return problem;
}

Result<void> verify(const AttentionProblem &problem) {
  const std::pair<const char *, int64_t> sizes[] = {
      {"batch", problem.batch},           {"query heads", problem.queryHeads},
      {"key heads", problem.keyHeads},    {"value heads", problem.valueHeads},
      {"queries", problem.queries},       {"depth", problem.depth},
      {"value depth", problem.valueDepth}};
  for (auto [name, size] : sizes)
    if (size < 1)
      return Error{std::string("expected ") + name + " of at least 1, got " +
                   std::to_string(size)};
  if (problem.keys < 0)
    return Error{"expected keys of at least 0, got " +
                 std::to_string(problem.keys)};
  for (int64_t heads : {problem.keyHeads, problem.valueHeads})
    if (problem.queryHeads % heads != 0)
      return Error{"expected query heads to be a multiple of key and value "
                   "heads, got " +
                   std::to_string(problem.queryHeads) + " and " +
                   std::to_string(heads)};
  bool needsKeys = problem.keys > 0;
  if (!problem.ignoreAttention &&
      (!problem.q.isPresent() ||
       (needsKeys && (!problem.k.isPresent() || !problem.v.isPresent()))))
    return Error{"expected operands q, k and v, got none for one of them"};
  return {};
}

std::vector<double> gatherRows(const AttentionProblem &problem,
                               const Operand &out, int64_t innermost,
                               const std::vector<int64_t> &rows) {
  int64_t count =
      rows.empty() ? problem.queries : static_cast<int64_t>(rows.size());
  std::vector<double> values;
  values.reserve(problem.batch * problem.queryHeads * count * innermost);
  for (int64_t b = 0; b < problem.batch; ++b)
    for (int64_t h = 0; h < problem.queryHeads; ++h)
      for (int64_t i = 0; i < count; ++i)
        for (int64_t d = 0; d < innermost; ++d)
          values.push_back(out.at(b, h, rows.empty() ? i : rows[i], d));
  return values;
}

std::vector<int64_t> spreadRows(int64_t queries, int64_t count) {
  count = std::min(count, queries);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i)
    rows.push_back(count == 1 ? 0 : i * (queries - 1) / (count - 1));
  return rows;
}

} // namespace rcm::reference
