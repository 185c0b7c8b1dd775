//===- RCMToCPU.cpp - modules to threaded, vectorized CPU code ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "CPUStages.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Pipelines/Pipelines.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/SCFToOpenMP/SCFToOpenMP.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/Transforms/RequestCWrappers.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace rcm;

/// The widest vector register of this machine in bits.
static unsigned getHostVectorWidth() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  if (features.lookup("avx512f"))
    return 512;
  return features.lookup("avx2") ? 256 : 128;
}

void rcm::buildRCMToCPUBufferizationPipeline(OpPassManager &manager,
                                             const RCMToCPUOptions &options) {
  addBufferization(manager);
}

/// rcm and linalg on memrefs to loops, vectors and OpenMP.
static void buildLoops(OpPassManager &manager, const RCMToCPUOptions &options) {
  ConvertRCMToVectorOptions attention;
  attention.vectorWidth =
      options.vectorWidth ? options.vectorWidth : getHostVectorWidth();
  attention.queryTile = options.queryTile;
  attention.keyTile = options.keyTile;
  attention.minTasks = 4 * (options.threads ? options.threads : 8);
  attention.fuse = options.fuse;
  attention.wideIntermediate = options.wideIntermediate;
  manager.addPass(createConvertRCMToVector(attention));
  // What is left of rcm: the skip coefficients, a few scalars.
  manager.addPass(createConvertRCMToLinalg());
  ConvertLinalgToVectorOptions products;
  products.vectorWidth = attention.vectorWidth;
  products.minTasks = attention.minTasks;
  manager.addPass(createConvertLinalgToVector(products));
  manager.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  ConvertSCFToOpenMPPassOptions openmp;
  openmp.numThreads = options.threads;
  manager.addPass(createConvertSCFToOpenMPPass(openmp));
}

static void buildLowering(OpPassManager &manager) {
  manager.addPass(createConvertVectorToSCFPass());
  // Addresses of strided views become arithmetic before it is lowered.
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  // bf16 arithmetic without library calls.
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  manager.addPass(arith::createArithExpandOpsPass(expand));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  // The JIT finds functions by their C interface.
  manager.addNestedPass<func::FuncOp>(LLVM::createLLVMRequestCWrappersPass());
  addLoweringToLLVM(manager);
}

void rcm::buildRCMToCPUPipeline(OpPassManager &manager,
                                const RCMToCPUOptions &options) {
  buildRCMToCPUBufferizationPipeline(manager, options);
  buildLoops(manager, options);
  buildLowering(manager);
}

void rcm::registerRCMToCPUPipelines() {
  PassPipelineRegistration<RCMToCPUOptions>(
      "rcm-to-cpu",
      "Modules of linalg and rcm to the LLVM dialect: attention as tiled, "
      "vectorized and threaded loops",
      buildRCMToCPUPipeline);
  PassPipelineRegistration<RCMToCPUOptions>(
      "rcm-to-cpu-bufferize",
      "The first half of rcm-to-cpu: tensors to memrefs, with what the module "
      "allocates",
      buildRCMToCPUBufferizationPipeline);
}
