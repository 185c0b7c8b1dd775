//===- RCMToCPU.cpp - modules to threaded, vectorized CPU code ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Pipelines/Pipelines.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/BufferizationToMemRef/BufferizationToMemRef.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/OpenMPToLLVM/ConvertOpenMPToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/SCFToOpenMP/SCFToOpenMP.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
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
  // Upstream's conversion to loops does not know linalg.softmax.
  manager.addPass(createDecomposeSoftmax());
  // Results that are written in place of an operand need no allocation.
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  bufferization::buildBufferDeallocationPipeline(
      manager, bufferization::BufferDeallocationPipelineOptions());
  // An argument that is returned has been cloned.
  manager.addPass(createConvertBufferizationToMemRefPass());
  manager.addPass(createCanonicalizerPass());
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
  // math first tries LLVM's intrinsics, the rest becomes calls of libm.
  manager.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createConvertOpenMPToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
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
