//===- RowReference.h - f64 attention on some rows --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H
#define RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H

#include "Variants.h"

#include "support/AttentionNote.h"

#include <optional>

namespace rcm::tools {

/// The f64 reference of a function that is one attention, on as many query
/// rows as are affordable.
class RowReference {
public:
  /// Nothing if the job's function is anything else in `module`: as written, or
  /// fused. The job's inputs must outlive the result.
  static std::optional<RowReference> create(const Job &job,
                                            const Module &module);

  /// Computes the rows.
  Result<void> run();
  /// The same rows of an output of the function.
  std::vector<double>
  rowsOf(const std::vector<reference::Array> &outputs) const;

  /// Operations of all rows: 2 B Hq Lq Lk (D + Dv).
  double floatOperations() const { return attention.floatOperations(); }
  const std::vector<double> &values() const { return result; }
  /// "64 of 32760 query rows".
  std::string text() const;

private:
  RowReference(BoundAttention attention, size_t outIndex)
      : attention(std::move(attention)), outIndex(outIndex) {}

  BoundAttention attention;
  /// Which of the job's outputs is the attention's.
  size_t outIndex;
  std::vector<int64_t> rows;
  std::vector<double> result;
};

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_ROWREFERENCE_H
