//===- RCMToNVVM.h - from modules to GPU kernels ----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_PIPELINES_RCMTONVVM_H
#define RCM_PIPELINES_RCMTONVVM_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace rcm {

/// Options of the pipeline `rcm-to-nvvm`.
struct RCMToNVVMOptions : public mlir::PassPipelineOptions<RCMToNVVMOptions> {
  PassOptions::Option<std::string> chip{
      *this, "chip", llvm::cl::desc("The GPU to compile for: sm_90a"),
      llvm::cl::init("sm_90a")};
  PassOptions::Option<std::string> recipe{
      *this, "recipe",
      llvm::cl::desc("Number formats of attention: none (f32 throughout), "
                     "bf16 or f16 (operands of that type as they are), "
                     "int8-e4m3 (Q and K in int8, P and V in e4m3), auto (the "
                     "fastest by docs/CostModel.md) or default: int8-e4m3 if "
                     "all attention ops take f16 or bf16, else none. auto and "
                     "default say what they chose"),
      llvm::cl::init("default")};
  PassOptions::Option<std::string> accumulation{
      *this, "accumulation",
      llvm::cl::desc("How products with V are summed: direct or promoted; "
                     "empty: the schedule table decides"),
      llvm::cl::init("")};
  PassOptions::Option<std::string> tuningTable{
      *this, "tuning-table",
      llvm::cl::desc("Measured schedules, a JSON file of rcm-bench --tune "
                     "(docs/Tuning.md); empty: the built-in table; none: rules "
                     "and cost model only"),
      llvm::cl::init("")};
  PassOptions::Option<bool> fuse{
      *this, "fuse",
      llvm::cl::desc("Compute rcm.attention_skip in one kernel; false writes "
                     "the attention to memory and reads it in a kernel of its "
                     "own"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> wideIntermediate{
      *this, "wide-intermediate",
      llvm::cl::desc("With fuse=false, keep the attention between the two "
                     "kernels in f32 and not in the output's type"),
      llvm::cl::init(false)};
};

/// From modules of linalg, rcm and their friends on tensors or memrefs to
/// kernels in one gpu.module of the llvm and nvvm dialects and, per public
/// function, straight-line host code of the form that the rcm_rt dialect
/// describes. Tensor results become arguments (rcm-rt-results-to-destinations);
/// buffers of any strides are taken. What is not attention becomes plain
/// kernels, one thread per element, and an `analysis` remark of the category
/// `rcm-to-nvvm` says so. Needs neither a GPU nor the CUDA toolkit.
void buildRCMToNVVMPipeline(mlir::OpPassManager &manager,
                            const RCMToNVVMOptions &options);

/// The stages of the pipeline, in order, for tools that show the module between
/// them.
void buildRCMToNVVMBuffers(mlir::OpPassManager &manager,
                           const RCMToNVVMOptions &options);
void buildRCMToNVVMLaunches(mlir::OpPassManager &manager,
                            const RCMToNVVMOptions &options);
void buildRCMToNVVMKernels(mlir::OpPassManager &manager,
                           const RCMToNVVMOptions &options);
void buildRCMToNVVMHost(mlir::OpPassManager &manager,
                        const RCMToNVVMOptions &options);

/// Registers `rcm-to-nvvm` and its stages as `rcm-to-nvvm-buffers`,
/// `-launches`, `-kernels` and `-host`.
void registerRCMToNVVMPipelines();

} // namespace rcm

#endif // RCM_PIPELINES_RCMTONVVM_H
