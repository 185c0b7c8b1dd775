//===- rcm-reduce.cpp - makes failing modules smaller ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// Upstream's reducer with our dialects and passes. `--reduction-tree` drops
// functions and ops, `--opt-reduction-pass` tries a pass, as long as a script
// still finds the module interesting.
//
//===----------------------------------------------------------------------===//

#include "rcm/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  rcm::registerAllPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  rcm::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context)) ? 1 : 0;
}
