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

/// The options of a pass over `module`; what they leave open is read from the
/// module, where rcm-select-recipe wrote it.
llvm::FailureOr<LoweringOptions>
readLoweringOptions(mlir::ModuleOp module, llvm::StringRef recipe,
                    llvm::StringRef accumulation);

/// Name of the attribute by which an operation brings its own schedule.
constexpr llvm::StringLiteral kScheduleAttrName = "rcm_tile.schedule";

/// What the type of `op`'s operands says: everything of a spec but its name and
/// its schedule. Refuses, with one error on `op`, what has no kernel.
llvm::FailureOr<AttentionSpec> describeAttention(AttentionOpInterface op);

/// Refuses an operation whose recipe, the given one or that of its types, is
/// not int8-e4m3.
llvm::LogicalResult checkRecipe(AttentionOpInterface op,
                                std::optional<Recipe> given);

/// Sets the spec's schedule: the one that `op` brings, if it can be, or the
/// first of the table that fits.
llvm::LogicalResult chooseSchedule(AttentionOpInterface op,
                                   std::optional<Accumulation> accumulation,
                                   AttentionSpec &spec);

/// Out = alpha * R as a linalg op: what is left of a skip whose attention has
/// the coefficient 0.
void lowerSkipAlone(AttentionOpInterface op);

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
