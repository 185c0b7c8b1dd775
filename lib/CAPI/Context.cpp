//===- Context.cpp - contexts and diagnostics -----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "rcm/InitAll.h"

#include "mlir/IR/Remarks.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

using namespace mlir;

uint32_t rcmCompilerVersion(void) { return RCM_COMPILER_VERSION; }

const char *rcmCompilerDescription(void) {
  return "rcm " RCM_PROJECT_VERSION ", LLVM " LLVM_VERSION_STRING;
}

/// Registries of passes and targets are global to the process.
static void registerOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    registerAllPasses();
    rcm::registerAllPasses();
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
}

static rcmSeverity toSeverity(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return RCM_SEVERITY_NOTE;
  case DiagnosticSeverity::Warning:
    return RCM_SEVERITY_WARNING;
  case DiagnosticSeverity::Remark:
    return RCM_SEVERITY_REMARK;
  case DiagnosticSeverity::Error:
    break;
  }
  return RCM_SEVERITY_ERROR;
}

static void deliver(const rcmContext &context, Diagnostic &diagnostic) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (auto location =
          diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
    stream << location.getFilename().getValue() << ":" << location.getLine()
           << ":" << location.getColumn() << ": ";
  stream << diagnostic;
  context.callback(context.user, toSeverity(diagnostic.getSeverity()),
                   text.c_str());
  for (Diagnostic &note : diagnostic.getNotes())
    deliver(context, note);
}

void rcmContext::error(const llvm::Twine &text) const {
  if (callback)
    callback(user, RCM_SEVERITY_ERROR, text.str().c_str());
}

rcmContext *rcmContextCreate(rcmDiagnosticCallback callback, void *user) {
  registerOnce();
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  rcm::registerAllDialects(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
  auto *context = new rcmContext(registry);
  context->callback = callback;
  context->user = user;
  // One line per error: the operation itself stays out of the message.
  context->context.printOpOnDiagnostic(false);
  context->context.getDiagEngine().registerHandler(
      [context](Diagnostic &diagnostic) {
        if (context->callback)
          deliver(*context, diagnostic);
        return success();
      });
  return context;
}

void rcmContextDestroy(rcmContext *context) { delete context; }

rcmStatus rcmContextEnableRemarks(rcmContext *context, const char *filter) {
  // Each kind is off unless its own filter is set, whatever `all` says.
  remark::RemarkCategories categories;
  categories.passed = categories.missed = categories.analysis =
      categories.failed = filter;
  LogicalResult enabled = remark::enableOptimizationRemarks(
      context->context, /*streamer=*/nullptr,
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories,
      /*printAsEmitRemarks=*/true);
  return succeeded(enabled) ? RCM_STATUS_SUCCESS : RCM_STATUS_FAILURE;
}
