//===- Dialects.cpp - registration in MLIR's C API ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "rcm-c/Dialects.h"
#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/InitAll.h"

#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(RCM, rcm, rcm::RCMDialect)

void rcmRegisterDialects(MlirDialectRegistry registry) {
  rcm::registerAllDialects(*unwrap(registry));
}

void rcmRegisterPasses(void) { rcm::registerAllPasses(); }

MlirContext rcmContextGetMLIR(rcmContext *context) {
  return wrap(&context->context);
}

rcmModule *rcmModuleFromMLIR(rcmContext *context, MlirModule module) {
  OwningOpRef<ModuleOp> op(unwrap(module));
  if (!op) {
    context->error("expected a module, got null");
    return nullptr;
  }
  if (op->getContext() != &context->context) {
    context->error("expected a module of this context, got one of another");
    return nullptr;
  }
  if (failed(verify(*op)))
    return nullptr;
  auto *result = new rcmModule;
  result->context = context;
  result->module = std::move(op);
  return result;
}

MlirModule rcmModuleGetMLIR(const rcmModule *module) {
  return wrap(module->module.get());
}
