//===- AttentionNote.h - what attention an entry computes -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_ATTENTIONNOTE_H
#define RCM_TOOLS_SUPPORT_ATTENTIONNOTE_H

#include "rcm-c/RCMCompiler.h"
#include "rcm/Reference/Recipe.h"

#include <memory>
#include <string>
#include <vector>

namespace rcm::tools {

using reference::Error;
using reference::Result;

/// Names of the properties of an entry.
inline constexpr const char *kAttentionProperty = "attention";
inline constexpr const char *kScheduleProperty = "schedule";
inline constexpr const char *kRecipeProperty = "recipe";

/// A description as one line of WORD=VALUE, and back:
///
///   q=0:bhmk k=1:bhnk v=2:bhnd x=3:bhmd alpha=4:b beta=const:0.5 out=6:bhmd
///   scale=0.125 causal=0
///
/// An operand is the entry's argument and its dimensions. With `t=4:b
/// schedule=edm sigma_data=1` alpha and beta are what the schedule makes of it.
std::string describeAttention(const rcmAttentionDescription &description);
Result<rcmAttentionDescription> parseAttention(const std::string &text);

/// A problem that reads an entry's arguments, and arrays it made itself.
class BoundAttention {
public:
  /// `arguments` must outlive the result; those that are only written may be
  /// empty. Fails with what does not fit.
  static Result<BoundAttention>
  bind(const rcmAttentionDescription &description,
       const std::vector<const reference::Array *> &arguments);

  const reference::AttentionProblem &get() const { return problem; }
  double floatOperations() const;
  /// As many rows as `operations` allow, spread over all.
  std::vector<int64_t> affordableRows(double operations) const;
  /// Rows of the output in logical order.
  Result<std::vector<double>> gather(const reference::Array &out,
                                     const std::vector<int64_t> &rows) const;

private:
  reference::AttentionProblem problem;
  std::string outDims;
  std::vector<std::unique_ptr<reference::Array>> storage;

  friend class AttentionBinder;
};

/// The shape of the output, from the sizes of the other arguments; -1 where
/// they do not say.
std::vector<int64_t>
outputShape(const rcmAttentionDescription &description,
            const std::vector<std::vector<int64_t>> &shapes);

/// The emulation's options for a kernel: its recipe, and its schedule in the
/// form "consumer_warpgroups = 3, ..., recipe = int8_e4m3" (empty: not known,
/// the defaults of the schedule table).
Result<reference::RecipeOptions> recipeOptions(const std::string &recipe,
                                               const std::string &schedule,
                                               reference::ElementType out);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_ATTENTIONNOTE_H
