//===- Emit.h - compiles a module for a GPU into a file ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_RUNNER_EMIT_H
#define RCM_TOOLS_RCM_RUNNER_EMIT_H

#include "Options.h"

#include "support/Compiler.h"

namespace rcm::tools {

/// Writes what --emit names, of all functions of the module or the one that
/// --function names, to the file of -o or where its help says. Needs no GPU.
Result<void> emitModule(Compiler &compiler, const RunnerOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_RUNNER_EMIT_H
