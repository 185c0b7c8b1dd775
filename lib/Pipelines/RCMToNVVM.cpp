//===- RCMToNVVM.cpp - modules to GPU kernels and host code ---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Pipelines/RCMToNVVM.h"

#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Dialect/RCMRT/Transforms/Passes.h"
#include "rcm/Dialect/RCMTile/Transforms/Passes.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/SCFToGPU/SCFToGPUPass.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace rcm;

static void addCleanUp(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void addStageCheck(OpPassManager &manager, StringRef stage) {
  VerifyGPUStageOptions options;
  options.stage = stage.str();
  manager.addPass(createVerifyGPUStage(options));
}

void rcm::buildRCMToNVVMBuffers(OpPassManager &manager,
                                const RCMToNVVMOptions &options) {
  SelectRecipeOptions recipe;
  recipe.chip = options.chip;
  recipe.recipe = options.recipe;
  recipe.accumulation = options.accumulation;
  recipe.table = options.tuningTable;
  manager.addPass(createSelectRecipe(recipe));
  // One host function per function of the module: calls would need a second
  // calling convention.
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  // linalg.softmax has no form as loops.
  manager.addPass(createDecomposeSoftmax());
  if (!options.fuse) {
    SplitAttentionSkipOptions split;
    split.wideIntermediate = options.wideIntermediate;
    manager.addPass(createSplitAttentionSkip(split));
  }
  manager.addPass(createResultsToDestinations());
  // Sizes of results become sizes of arguments, so that the checks on
  // destinations need no result.
  manager.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
  addCleanUp(manager);
  // What is computed right before it is returned is computed in the
  // destination.
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::FullyDynamicLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  addCleanUp(manager);
  addStageCheck(manager, "buffers");
}

void rcm::buildRCMToNVVMLaunches(OpPassManager &manager,
                                 const RCMToNVVMOptions &options) {
  // The recipe is written on the module by now; each conversion takes the ops
  // of its own recipe.
  SelectScheduleOptions schedule;
  schedule.chip = options.chip;
  schedule.table = options.tuningTable;
  manager.addPass(createSelectSchedule(schedule));
  manager.addPass(createConvertRCMToRCMTile());
  // At once: the modules of kernels that come later hold no tile ops, and tile
  // ops are still in the order their schedule wants.
  manager.nest<gpu::GPUModuleOp>().addPass(createConvertRCMTileToNVVM());
  manager.addPass(createConvertRCMToGPU());
  // What is left of rcm: the skip coefficients.
  manager.addPass(createConvertRCMToLinalg());
  manager.addPass(createStageHostAccesses());
  manager.addPass(createConvertLinalgToGPULoops());
  // No clean-up in between: it would merge the loops over blocks and threads.
  manager.addNestedPass<func::FuncOp>(createGpuMapParallelLoopsPass());
  manager.addPass(createConvertParallelLoopToGpuPass());
  manager.addPass(createLowerAffinePass());
  addCleanUp(manager);
  // Constants go back into the kernels; as parameters they would cost loads.
  manager.addPass(createGpuLaunchSinkIndexComputationsPass());
  manager.addPass(createGpuKernelOutliningPass());
  addStageCheck(manager, "launches");
}

void rcm::buildRCMToNVVMKernels(OpPassManager &manager,
                                const RCMToNVVMOptions &options) {
  OpPassManager &kernels = manager.nest<gpu::GPUModuleOp>();
  addCleanUp(kernels);
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  // Functions of f16 and bf16 in f32, then all of them without libdevice.
  kernels.addPass(math::createMathExtendToSupportedTypes());
  kernels.addPass(createConvertKernelMathToNVVM());
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(createConvertGpuOpsToNVVMOps());
  addCleanUp(kernels);
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createConvertNVVMToLLVMPass());
  kernels.addPass(createOrderInstructions());
  manager.addPass(createMergeKernels());
  GpuNVVMAttachTargetOptions target;
  target.chip = options.chip;
  // The tensor-map forms of PTX ISA 8.6.
  target.features = "+ptx86";
  target.optLevel = 3;
  manager.addPass(createGpuNVVMAttachTarget(target));
  addStageCheck(manager, "kernels");
}

void rcm::buildRCMToNVVMHost(OpPassManager &manager,
                             const RCMToNVVMOptions &options) {
  // Views become base, offset, sizes and strides, all of them arithmetic.
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  addCleanUp(manager);
  manager.addPass(createConvertHostToRCMRT());
  addCleanUp(manager);
  addStageCheck(manager, "host");
}

void rcm::buildRCMToNVVMPipeline(OpPassManager &manager,
                                 const RCMToNVVMOptions &options) {
  buildRCMToNVVMBuffers(manager, options);
  buildRCMToNVVMLaunches(manager, options);
  buildRCMToNVVMKernels(manager, options);
  buildRCMToNVVMHost(manager, options);
}

void rcm::registerRCMToNVVMPipelines() {
  PassPipelineRegistration<RCMToNVVMOptions>(
      "rcm-to-nvvm",
      "Modules of linalg and rcm to GPU kernels (llvm, nvvm) and host code "
      "(rcm_rt)",
      buildRCMToNVVMPipeline);
  PassPipelineRegistration<RCMToNVVMOptions>(
      "rcm-to-nvvm-buffers",
      "First stage of rcm-to-nvvm: recipe chosen, tensors to memrefs",
      buildRCMToNVVMBuffers);
  PassPipelineRegistration<RCMToNVVMOptions>(
      "rcm-to-nvvm-launches",
      "Second stage of rcm-to-nvvm: every op is a launch of a kernel",
      buildRCMToNVVMLaunches);
  PassPipelineRegistration<RCMToNVVMOptions>(
      "rcm-to-nvvm-kernels",
      "Third stage of rcm-to-nvvm: kernels in llvm and nvvm, in one module",
      buildRCMToNVVMKernels);
  PassPipelineRegistration<RCMToNVVMOptions>(
      "rcm-to-nvvm-host", "Last stage of rcm-to-nvvm: host code in rcm_rt",
      buildRCMToNVVMHost);
}
