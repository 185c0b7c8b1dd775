//===- CompileForGPU.h - one module to one GPU artifact ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_PIPELINES_COMPILEFORGPU_H
#define RCM_PIPELINES_COMPILEFORGPU_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include <optional>
#include <string>

namespace rcm {

/// What `compileForGPU` gives.
enum class GPUFormat {
  NVVM,  ///< the module in the llvm and nvvm dialects and rcm_rt, as text
  PTX,   ///< one PTX module that holds every kernel
  Cubin, ///< the same, assembled; needs ptxas
  Object ///< a kernel object: PTX, a cubin if ptxas is found, launch programs
};

/// "nvvm", "ptx", "cubin", "object"; nothing for another name.
std::optional<GPUFormat> parseGPUFormat(llvm::StringRef name);

/// The options of `rcm-to-nvvm` and of the target, as tools pass them on.
struct GPUCompileOptions {
  GPUFormat format = GPUFormat::Object;
  std::string chip = "sm_90a";
  std::string recipe = "default";
  std::string accumulation;
  /// Find attention in linalg first (`rcm-fuse-attention-skip`,
  /// `rcm-fuse-attention`).
  bool findAttention = true;
  /// Of the pipeline: false keeps attention and skip in two kernels.
  bool fuse = true;
  bool wideIntermediate = false;
  /// The assembler; empty: the first `ptxas` on PATH.
  std::string ptxas;
};

/// Compiles `module`, which it changes. Errors are reported as diagnostics of
/// the module's context, the recipe that `default` or `auto` chose as a remark.
mlir::FailureOr<std::string> compileForGPU(mlir::ModuleOp module,
                                           const GPUCompileOptions &options);

} // namespace rcm

#endif // RCM_PIPELINES_COMPILEFORGPU_H
