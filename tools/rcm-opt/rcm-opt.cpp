//===- rcm-opt.cpp - runs passes on modules -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ShowPipeline.h"

#include "rcm/InitAll.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

#include "llvm/ADT/STLExtras.h"

static constexpr llvm::StringLiteral kOverview =
    R"(rcm-opt: runs passes on MLIR modules

Everything mlir-opt has, and the passes of rcm. Reads a file or standard input,
writes to standard output or -o FILE. Where to start:

  rcm-opt FILE                                checks and prints a module
  rcm-opt FILE --rcm-fuse-attention-skip      finds attention and skips in linalg
  rcm-opt FILE --convert-rcm-to-linalg        the meaning of the rcm ops, spelt out
  rcm-opt FILE --rcm-stock-to-cpu             to the LLVM dialect, unoptimised
  rcm-opt --show-pipeline=rcm-to-cpu          the passes that a pipeline stands for
  rcm-opt --help | grep -A2 -E ' --(convert-)?rcm-'   all of our passes

What passes of rcm did, and what they did not do and why, is reported on
standard error as remarks; --remarks-filter=none turns that off.
)";

/// Remarks of our passes are on unless the user chose others. Tests with
/// -verify-diagnostics decide for themselves, because there a remark that
/// nobody expects is an error.
static bool wantsDefaultRemarks(llvm::ArrayRef<const char *> arguments) {
  return llvm::none_of(arguments, [](llvm::StringRef argument) {
    argument = argument.ltrim('-');
    return argument.starts_with("remark") ||
           argument.starts_with("verify-diagnostics");
  });
}

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  rcm::registerAllDialects(registry);
  rcm::registerAllPasses();

  // Needs no input, which mlir-opt would wait for.
  if (auto pipeline = rcm::tools::findShownPipeline(
          llvm::ArrayRef<const char *>(argv + 1, argc - 1)))
    return rcm::tools::showPipeline(*pipeline);

  llvm::SmallVector<char *> arguments(argv, argv + argc);
  char remarks[] = "--remarks-filter=rcm.*";
  if (wantsDefaultRemarks(llvm::ArrayRef(argv + 1, argc - 1)))
    arguments.push_back(remarks);
  arguments.push_back(nullptr);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(static_cast<int>(arguments.size()) - 1,
                        arguments.data(), kOverview, registry));
}
