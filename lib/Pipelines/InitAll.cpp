//===- InitAll.cpp - registers everything this project has ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/InitAll.h"

#include "rcm/Analysis/Passes.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/ExternalModels.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "rcm/Dialect/RCMRT/Transforms/Passes.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"
#include "rcm/Dialect/RCMTile/Transforms/Passes.h"
#include "rcm/Pipelines/Pipelines.h"
#include "rcm/Pipelines/RCMToNVVM.h"
#include "rcm/Pipelines/StockPipeline.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Target/LLVM/NVVM/Target.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

#include <mutex>
#include <utility>

void rcm::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<RCMDialect, rt::RCMRTDialect, tile::RCMTileDialect>();
  registerTilingInterfaceExternalModels(registry);
  registerBufferizableOpInterfaceExternalModels(registry);
  // PTX is made from the LLVM dialect through LLVM IR.
  mlir::registerAllGPUToLLVMIRTranslations(registry);
  mlir::NVVM::registerNVVMTargetInterfaceExternalModels(registry);
}

void rcm::registerAllPasses() {
  // Both plugin entry points and the C API may be used in one process, by
  // several threads.
  static std::mutex mutex;
  static bool done = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (std::exchange(done, true))
    return;
  registerRCMPasses();
  registerRCMAnalysisPasses();
  registerRCMRTPasses();
  registerRCMTilePasses();
  registerRCMConversionPasses();
  registerRCMToCPUPipelines();
  registerRCMToNVVMPipelines();
  registerStockPipelines();
}
