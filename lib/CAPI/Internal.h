//===- Internal.h - what the C API's objects hold ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CAPI_INTERNAL_H
#define RCM_LIB_CAPI_INTERNAL_H

#include "rcm-c/RCMCompiler.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringMap.h"

#include <deque>
#include <string>
#include <vector>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

struct rcmContext {
  explicit rcmContext(const mlir::DialectRegistry &registry)
      : context(registry) {}
  mlir::MLIRContext context;
  rcmDiagnosticCallback callback = nullptr;
  void *user = nullptr;

  /// Sends one message that has no location.
  void error(const llvm::Twine &text) const;
};

struct rcmModule {
  rcmContext *context = nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Function name to the names of its arguments as written.
  llvm::StringMap<std::vector<std::string>> argumentNames;
  /// Storage of rcmModuleFunctionName.
  std::vector<std::string> functionNames;
};

struct rcmSignature {
  std::vector<rcmValueInfo> arguments, results;
  /// Storage of the texts; a deque keeps addresses.
  std::deque<std::string> texts;
};

namespace rcm::capi {

/// A public function with a body, or null after telling the context which
/// functions there are.
mlir::func::FuncOp findFunction(const rcmModule &module, llvm::StringRef name);

/// Fills `signature` from the function's type.
void fillSignature(const rcmModule &module, mlir::func::FuncOp function,
                   rcmSignature &signature);

/// Runs passes; accepts the text with or without builtin.module(...).
mlir::LogicalResult runPasses(rcmContext &context, mlir::ModuleOp module,
                              llvm::StringRef pipeline);

/// Bytes of one element in memory, 0 for RCM_ELEMENT_OTHER.
size_t elementBytes(rcmElement element);

} // namespace rcm::capi

#endif // RCM_LIB_CAPI_INTERNAL_H
