//===- Passes.td - passes on the rcm_tile dialect -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD
#define RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def OrderInstructions
    : Pass<"rcm-tile-order-instructions", "::mlir::gpu::GPUModuleOp"> {
  let summary = "permutes independent instructions by the schedule's seed";
  let description = [{
    The assembler's own order of a long block depends on the order in which it
    gets the instructions, and with it how the warpgroups of a block fall into
    step: kernels of the same instructions differ by up to 9 % (measured,
    docs/KernelDiary.md). No model of that is known, so the order is one more
    field of the kernel schedule that is chosen by measurement.

    Every function with the attribute `rcm_tile.order` = N > 0, which the
    conversion to NVVM takes from the schedule, is permuted block by block and
    loses the attribute: operations without side effects move by about 64 places at
    most (seeded by N), behind what they use and before what uses them; all
    others keep their order among each other. The same N gives the same order on
    every host. Runs after the conversion to LLVM, so that nothing merges the
    instructions again.
  }];
}

#endif // RCM_DIALECT_RCMTILE_TRANSFORMS_PASSES_TD
