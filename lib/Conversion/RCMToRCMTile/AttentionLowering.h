//===- AttentionLowering.h - Host side of one attention ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONLOWERING_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONLOWERING_H

#include "AttentionKernel.h"
#include "HostBuilder.h"
#include "PrepassKernels.h"

#include <optional>

namespace rcm::tile {

/// What the pass was told; unset fields are chosen here.
struct LoweringOptions {
  std::optional<Recipe> recipe;
  std::optional<Accumulation> accumulation;
};

/// Writes the host side of `op` before it and its kernels into `module`.
/// Refuses, with one error on `op`, what has no kernel.
llvm::LogicalResult lowerAttention(AttentionOpInterface op,
                                   mlir::gpu::GPUModuleOp module,
                                   llvm::StringRef prefix,
                                   const LoweringOptions &options);

/// The same for the recipes bf16 and f16: one launch, operands as they are.
llvm::LogicalResult lowerHalfAttention(AttentionOpInterface op,
                                       mlir::gpu::GPUModuleOp module,
                                       llvm::StringRef prefix, Recipe recipe);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONLOWERING_H
