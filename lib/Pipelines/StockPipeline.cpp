//===- StockPipeline.cpp - modules through upstream passes ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Pipelines/StockPipeline.h"

#include "CPUStages.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/SCFToOpenMP/SCFToOpenMP.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void rcm::buildStockBufferizationPipeline(OpPassManager &manager) {
  // Does nothing to modules without our ops.
  manager.addPass(createConvertRCMToLinalg());
  addBufferization(manager);
}

void rcm::buildStockLoweringPipeline(OpPassManager &manager,
                                     const StockOptions &options) {
  if (options.parallel) {
    manager.addNestedPass<func::FuncOp>(createConvertLinalgToParallelLoopsPass());
    manager.addPass(createConvertSCFToOpenMPPass());
  } else {
    manager.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  }
  // Addresses of strided views become arithmetic before it is lowered.
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  addLoweringToLLVM(manager);
}

void rcm::registerStockPipelines() {
  PassPipelineRegistration<>(
      "rcm-stock-bufferize",
      "Tensors to memrefs, rcm to linalg: shows what a module allocates",
      buildStockBufferizationPipeline);
  PassPipelineRegistration<StockOptions>(
      "rcm-stock-lower", "linalg on memrefs to the LLVM dialect, as loops",
      buildStockLoweringPipeline);
  PassPipelineRegistration<StockOptions>(
      "rcm-stock-to-cpu",
      "A module to the LLVM dialect through upstream's passes, as loops: what "
      "optimised code is compared with",
      [](OpPassManager &manager, const StockOptions &options) {
        buildStockBufferizationPipeline(manager);
        buildStockLoweringPipeline(manager, options);
      });
}
