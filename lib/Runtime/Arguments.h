//===- Arguments.h - Matching a call's arguments ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_ARGUMENTS_H
#define RCM_LIB_RUNTIME_ARGUMENTS_H

#include "rcm/Runtime/KernelObject.h"
#include "rcm/Runtime/RCMRuntime.h"

namespace rcm::runtime {

/// An argument whose type, rank, sizes and strides were found to match.
struct BoundArgument {
  uint64_t data = 0;
  int64_t sizes[RCM_MAX_RANK] = {};
  /// In elements.
  int64_t strides[RCM_MAX_RANK] = {};
  /// The bits of a scalar; integers are sign-extended.
  uint64_t scalar = 0;
};

/// Checks `count` arguments against what the entry takes. The text of a
/// mismatch names the argument, what was expected and what was found.
rcmResult bindArguments(const object::Entry &entry,
                        const rcmArgument *arguments, size_t count,
                        std::vector<BoundArgument> &bound);

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_ARGUMENTS_H
