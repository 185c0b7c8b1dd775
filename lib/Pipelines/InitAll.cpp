//===- InitAll.cpp - registers everything this project has ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/InitAll.h"

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/DialectRegistry.h"

void rcm::registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<RCMDialect>();
}

void rcm::registerAllPasses() {}
