//===- CompileForGPU.cpp - one module to one GPU artifact -----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Pipelines/CompileForGPU.h"

#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Pipelines/RCMToNVVM.h"
#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace rcm;

std::optional<GPUFormat> rcm::parseGPUFormat(StringRef name) {
  return llvm::StringSwitch<std::optional<GPUFormat>>(name)
      .Case("nvvm", GPUFormat::NVVM)
      .Case("ptx", GPUFormat::PTX)
      .Case("cubin", GPUFormat::Cubin)
      .Case("object", GPUFormat::Object)
      .Default(std::nullopt);
}

static LogicalResult lower(ModuleOp module, const GPUCompileOptions &options) {
  PassManager manager(module.getContext());
  if (options.findAttention) {
    manager.addPass(createFuseAttentionSkip());
    manager.addPass(createFuseAttention());
  }
  RCMToNVVMOptions pipeline;
  pipeline.chip = options.chip;
  pipeline.recipe = options.recipe;
  pipeline.accumulation = options.accumulation;
  pipeline.fuse = options.fuse;
  pipeline.wideIntermediate = options.wideIntermediate;
  buildRCMToNVVMPipeline(manager, pipeline);
  return manager.run(module);
}

FailureOr<std::string> rcm::compileForGPU(ModuleOp module,
                                          const GPUCompileOptions &options) {
  if (failed(lower(module, options)))
    return failure();
  TargetOptions target;
  target.ptxas = options.ptxas;
  switch (options.format) {
  case GPUFormat::NVVM: {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream);
    return text;
  }
  case GPUFormat::PTX:
    return emitPTX(module);
  case GPUFormat::Cubin:
    return emitCubin(module, target);
  case GPUFormat::Object:
    return emitKernelObject(module, target);
  }
  llvm_unreachable("unknown format");
}
