//===- RowReference.h - f64 attention on some rows --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H
#define RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H

#include "Variants.h"

#include "rcm/Reference/Attention.h"

namespace rcm::tools {

/// The f64 reference of a function that is one attention, on as many query
/// rows as are affordable.
class RowReference {
public:
  /// Nothing if the job's function is anything else in `module`: as written, or
  /// fused.
  static std::optional<RowReference> create(Job &job, const Module &module);

  /// Computes the rows.
  Result<void> run();
  /// The same rows of an output of the function.
  std::vector<double>
  rowsOf(const std::vector<reference::Array> &outputs) const;

  /// Operations of all rows: 4 B Hq Lq Lk D.
  double floatOperations() const;
  const std::vector<double> &values() const { return result; }
  /// "64 of 32760 query rows".
  std::string text() const;

private:
  reference::AttentionProblem problem;
  std::string outDims;
  /// Which of the job's outputs is the attention's.
  size_t outIndex = 0;
  std::vector<int64_t> rows;
  std::vector<double> result;
  /// Coefficients computed from a time; the problem refers to them.
  std::vector<std::unique_ptr<reference::Array>> storage;

  friend struct RowReferenceBuilder;
};

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H
