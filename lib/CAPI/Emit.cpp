//===- Emit.cpp - kernels as PTX, cubin or kernel object ------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;

/// The bytes of a module in a format.
static FailureOr<std::string> emit(const rcmModule &module,
                                   rcmEmitFormat format, const char *ptxas) {
  DialectRegistry registry;
  rcm::registerTargetDependencies(registry);
  module.context->context.appendDialectRegistry(registry);
  rcm::TargetOptions options;
  if (ptxas)
    options.ptxas = ptxas;
  switch (format) {
  case RCM_EMIT_PTX:
    return rcm::emitPTX(*module.module);
  case RCM_EMIT_CUBIN:
    return rcm::emitCubin(*module.module, options);
  case RCM_EMIT_OBJECT:
    return rcm::emitKernelObject(*module.module, options);
  }
  module.context->error("expected a format to emit, got " +
                        llvm::Twine(static_cast<int>(format)));
  return failure();
}

rcmStatus rcmModuleEmit(const rcmModule *module, rcmEmitFormat format,
                        const char *ptxas, rcmTextCallback callback,
                        void *user) {
  FailureOr<std::string> bytes = emit(*module, format, ptxas);
  if (failed(bytes))
    return RCM_STATUS_FAILURE;
  callback(user, bytes->data(), bytes->size());
  return RCM_STATUS_SUCCESS;
}

rcmStatus rcmModuleEmitFile(const rcmModule *module, rcmEmitFormat format,
                            const char *ptxas, const char *path) {
  FailureOr<std::string> bytes = emit(*module, format, ptxas);
  if (failed(bytes))
    return RCM_STATUS_FAILURE;
  std::string error = rcm::writeFileAtomically(path, *bytes);
  if (error.empty())
    return RCM_STATUS_SUCCESS;
  module->context->error(error);
  return RCM_STATUS_FAILURE;
}
