//===- ShowPipeline.h - what a pipeline expands to --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_OPT_SHOWPIPELINE_H
#define RCM_TOOLS_RCM_OPT_SHOWPIPELINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace rcm::tools {

/// The value of `--show-pipeline=PIPELINE` or `--show-pipeline PIPELINE` among
/// the arguments; empty if the value is missing, nothing without the option.
std::optional<llvm::StringRef>
findShownPipeline(llvm::ArrayRef<const char *> arguments);

/// Prints the passes that `pipeline` (a name with or without options, or a
/// list) stands for, one per line, as --pass-pipeline takes them. Returns the
/// program's exit code.
int showPipeline(llvm::StringRef pipeline);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_OPT_SHOWPIPELINE_H
