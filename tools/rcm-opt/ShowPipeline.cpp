//===- ShowPipeline.cpp - what a pipeline expands to ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "ShowPipeline.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static constexpr llvm::StringLiteral kOption = "show-pipeline";

std::optional<StringRef>
rcm::tools::findShownPipeline(ArrayRef<const char *> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    if (!argument.consume_front("-"))
      continue;
    argument.consume_front("-");
    if (!argument.consume_front(kOption))
      continue;
    if (argument.consume_front("="))
      return argument;
    if (argument.empty())
      return i + 1 < arguments.size() ? StringRef(arguments[i + 1])
                                      : StringRef();
  }
  return std::nullopt;
}

int rcm::tools::showPipeline(StringRef pipeline) {
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  OpPassManager manager(ModuleOp::getOperationName());
  StringRef inner = pipeline.trim();
  if (inner.consume_front("builtin.module(") && !inner.consume_back(")"))
    inner = pipeline;
  if (inner.empty()) {
    llvm::errs() << "error: expected --show-pipeline=NAME, got no name\n";
    return 1;
  }
  if (failed(parsePassPipeline(inner, manager, stream))) {
    StringRef line = StringRef(messages).trim().split('\n').first;
    size_t marker = line.find("error: ");
    llvm::errs() << "error: expected a pipeline, got '" << pipeline << "': "
                 << (marker == StringRef::npos ? line : line.substr(marker + 7))
                 << "\n";
    return 1;
  }
  manager.printAsTextualPipeline(llvm::outs(), /*pretty=*/true);
  llvm::outs() << "\n";
  return 0;
}
