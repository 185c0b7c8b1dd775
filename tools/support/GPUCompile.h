//===- GPUCompile.h - modules to PTX, cubins, kernel objects ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_GPUCOMPILE_H
#define RCM_TOOLS_SUPPORT_GPUCOMPILE_H

#include "support/Compiler.h"

namespace rcm::tools {

enum class GPUFormat { NVVM, PTX, Cubin, Object };

/// "nvvm", "ptx", "cubin", "object".
std::optional<GPUFormat> parseGPUFormat(std::string_view text);

struct GPUCompileOptions {
  std::string chip = "sm_90a";
  /// Empty: the pipeline chooses and says so.
  std::string recipe;
  /// Measured schedules (docs/Tuning.md); empty: the built-in table.
  std::string tuningTable;
  /// Other options of the pipeline, "fuse=false" say.
  std::string extra;
  /// The assembler; empty: the first ptxas on PATH.
  std::string ptxas;
};

/// Finds attention in linalg, lowers the module, which it changes, and emits
/// it. Objects also say, per entry, what the arguments are called, which
/// attention it computes and by which schedule: enough to check its results on
/// a machine without a compiler. What the compiler says about choices is left
/// in the compiler's remarks.
Result<std::string> compileForGPU(Compiler &compiler, const Module &module,
                                  GPUFormat format,
                                  const GPUCompileOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_GPUCOMPILE_H
