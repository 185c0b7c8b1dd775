//===- CompileForGPU.cpp - modules and text to GPU kernels ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "rcm/Pipelines/CompileForGPU.h"
#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;

/// Reads what the caller's version of the struct has; false, after a message,
/// for a struct that is no version of ours or a format that does not exist.
static bool readOptions(const rcmContext &context, rcmEmitFormat format,
                        const rcmGPUOptions *given,
                        rcm::GPUCompileOptions &options) {
  switch (format) {
  case RCM_EMIT_PTX:
    options.format = rcm::GPUFormat::PTX;
    break;
  case RCM_EMIT_CUBIN:
    options.format = rcm::GPUFormat::Cubin;
    break;
  case RCM_EMIT_OBJECT:
    options.format = rcm::GPUFormat::Object;
    break;
  default:
    context.error("expected a format to emit, got " +
                  llvm::Twine(static_cast<int>(format)));
    return false;
  }
  if (!given)
    return true;
  // The first version's fields; a longer struct comes from a newer header,
  // whose additions are zero where its user does not set them.
  if (given->size < sizeof(rcmGPUOptions)) {
    context.error("expected `size` of the options to be at least " +
                  llvm::Twine(sizeof(rcmGPUOptions)) + ", got " +
                  llvm::Twine(given->size));
    return false;
  }
  if (given->chip)
    options.chip = given->chip;
  if (given->recipe)
    options.recipe = given->recipe;
  if (given->ptxas)
    options.ptxas = given->ptxas;
  options.findAttention = !given->keepLinalg;
  return true;
}

static rcmStatus compile(const rcmContext &context, ModuleOp module,
                         rcmEmitFormat format, const rcmGPUOptions *given,
                         rcmTextCallback callback, void *user) {
  rcm::GPUCompileOptions options;
  if (!readOptions(context, format, given, options))
    return RCM_STATUS_FAILURE;
  DialectRegistry registry;
  rcm::registerTargetDependencies(registry);
  module.getContext()->appendDialectRegistry(registry);
  FailureOr<std::string> bytes = rcm::compileForGPU(module, options);
  if (failed(bytes))
    return RCM_STATUS_FAILURE;
  callback(user, bytes->data(), bytes->size());
  return RCM_STATUS_SUCCESS;
}

rcmStatus rcmModuleCompileForGPU(const rcmModule *module, rcmEmitFormat format,
                                 const rcmGPUOptions *options,
                                 rcmTextCallback callback, void *user) {
  OwningOpRef<ModuleOp> copy(module->module.get().clone());
  return compile(*module->context, *copy, format, options, callback, user);
}

rcmStatus rcmTextCompileForGPU(rcmContext *context, const char *text,
                               size_t length, const char *name,
                               rcmEmitFormat format,
                               const rcmGPUOptions *options,
                               rcmTextCallback callback, void *user) {
  rcmModule *module = rcmModuleParse(context, text, length, name);
  if (!module)
    return RCM_STATUS_FAILURE;
  rcmStatus status = compile(*context, *module->module, format, options,
                             callback, user);
  rcmModuleDestroy(module);
  return status;
}
