//===- rcm-lsp-server.cpp - language server for modules with rcm ops ------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Upstream's language server with our dialects: editors get highlighting,
// definitions, diagnostics and completion in .mlir files.
//
//===----------------------------------------------------------------------===//

#include "rcm/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  rcm::registerAllDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry)) ? 1 : 0;
}
