//===- Jit.cpp - lowers a module with stock passes and calls it
//-----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Jit.h"

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/InitAll.h"

#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/TargetSelect.h"
#include <cstring>
#include <mutex>

using namespace mlir;
using namespace rcm;
using namespace rcm::test;

Argument Argument::memref(void *data, const std::vector<int64_t> &sizes,
                          const std::vector<int64_t> &strides) {
  Argument argument;
  argument.isMemref = true;
  auto address = reinterpret_cast<int64_t>(data);
  argument.words = {address, address, /*offset=*/0};
  argument.words.insert(argument.words.end(), sizes.begin(), sizes.end());
  argument.words.insert(argument.words.end(), strides.begin(), strides.end());
  return argument;
}

Argument Argument::scalar(double value, bool isF64) {
  Argument argument;
  argument.words = {0};
  float narrow = static_cast<float>(value);
  if (isF64)
    std::memcpy(argument.words.data(), &value, sizeof(value));
  else
    std::memcpy(argument.words.data(), &narrow, sizeof(narrow));
  return argument;
}

Argument Argument::index(int64_t value) {
  Argument argument;
  argument.words = {value};
  return argument;
}

void *Argument::packed() {
  if (!isMemref)
    return words.data();
  descriptor = words.data();
  return &descriptor;
}

/// The pipeline that test/Conversion/RCMToLinalg/stock-pipeline.mlir documents.
static const char *const kStockPasses =
    "one-shot-bufferize{bufferize-function-boundaries=1 "
    "function-boundary-type-conversion=identity-layout-map},"
    "buffer-deallocation-pipeline,convert-linalg-to-loops,"
    "expand-strided-metadata,lower-affine,convert-scf-to-cf,"
    "arith-expand{include-bf16=1},convert-math-to-llvm,convert-math-to-libm,"
    "finalize-memref-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,"
    "convert-func-to-llvm,convert-cf-to-llvm,reconcile-unrealized-casts";

static DialectRegistry makeRegistry() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    mlir::registerAllPasses();
    rcm::registerAllPasses();
  });
  DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  rcm::registerAllDialects(registry);
  return registry;
}

/// Tiles every attention op of `module` with scf.for loops.
static LogicalResult tileAttention(ModuleOp module, ArrayRef<int64_t> sizes) {
  SmallVector<TilingInterface> targets;
  module.walk([&](TilingInterface op) {
    if (isa<AttentionOpInterface>(op.getOperation()))
      targets.push_back(op);
  });
  IRRewriter rewriter(module.getContext());
  scf::SCFTilingOptions options;
  options.setTileSizes(getAsIndexOpFoldResult(module.getContext(), sizes));
  for (TilingInterface op : targets) {
    rewriter.setInsertionPoint(op);
    FailureOr<scf::SCFTilingResult> tiled =
        scf::tileUsingSCF(rewriter, op, options);
    if (failed(tiled) || tiled->tiledOps.empty())
      return failure();
    rewriter.replaceOp(op, tiled->replacements);
  }
  return success(!targets.empty());
}

std::string rcm::test::compileAndRun(const std::string &text,
                                     const std::string &passes,
                                     std::vector<Argument> &arguments,
                                     const std::vector<int64_t> &tileSizes) {
  return runPipelineAndCall(text,
                            passes + "convert-rcm-to-linalg," + kStockPasses,
                            arguments, tileSizes);
}

std::string rcm::test::runPipelineAndCall(
    const std::string &text, const std::string &pipeline,
    std::vector<Argument> &arguments, const std::vector<int64_t> &tileSizes) {
  MLIRContext context(makeRegistry(), MLIRContext::Threading::DISABLED);
  std::string errors;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      errors += diagnostic.str() + "\n";
    return success();
  });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return "cannot parse: " + errors + text;
  if (!tileSizes.empty() && failed(tileAttention(*module, tileSizes)))
    return "cannot tile: " + errors + text;
  PassManager manager(&context);
  if (failed(parsePassPipeline(pipeline, manager)))
    return "cannot parse the pipeline " + pipeline;
  if (failed(manager.run(*module)))
    return "cannot lower: " + errors + text;

  // The second one serves code with parallel loops.
  std::string libraries[] = {RCM_TEST_FLOAT16_LIBRARY, RCM_TEST_OPENMP_LIBRARY};
  SmallVector<StringRef> paths(std::begin(libraries), std::end(libraries));
  ExecutionEngineOptions options;
  options.sharedLibPaths = paths;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::None;
  llvm::Expected<std::unique_ptr<ExecutionEngine>> engine =
      ExecutionEngine::create(*module, options);
  if (!engine)
    return "cannot compile: " + llvm::toString(engine.takeError());
  SmallVector<void *> packed;
  for (Argument &argument : arguments)
    packed.push_back(argument.packed());
  if (llvm::Error error = (*engine)->invokePacked("_mlir_ciface_run", packed))
    return "cannot call: " + llvm::toString(std::move(error));
  return {};
}
