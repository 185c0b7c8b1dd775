//===- Plugin.cpp - entry points for stock MLIR tools ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// mlir-opt loads this library with --load-dialect-plugin, --load-pass-plugin or
// both. The first registers dialects and passes. The second gets no dialect
// registry: passes still make rcm ops, since they load the dialects that they
// depend on, but a file that holds rcm ops needs the first.
//
//===----------------------------------------------------------------------===//

#include "rcm/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "rcm", RCM_PROJECT_VERSION,
          [](mlir::DialectRegistry *registry) {
            rcm::registerAllDialects(*registry);
            rcm::registerAllPasses();
          }};
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "rcm", RCM_PROJECT_VERSION,
          rcm::registerAllPasses};
}
