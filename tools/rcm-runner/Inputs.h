//===- Inputs.h - arguments of the function that runs -----------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_INPUTS_H
#define RCM_TOOLS_RCM_RUNNER_INPUTS_H

#include "Options.h"

#include "support/Compiler.h"

namespace rcm::tools {

/// One array per argument, scalars with rank 0, as the options say.
Result<std::vector<reference::Array>> makeInputs(const CompilerLibrary &library,
                                                 const rcmSignature *signature,
                                                 const RunnerOptions &options);

/// The same for arguments from elsewhere. Those of `written` are only written:
/// they are zeros, or empty (no dimension) if neither their type nor --shape
/// says their sizes.
Result<std::vector<reference::Array>>
makeInputs(const std::vector<rcmValueInfo> &arguments,
           const std::vector<bool> &written, const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_INPUTS_H
