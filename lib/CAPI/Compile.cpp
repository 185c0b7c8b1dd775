//===- Compile.cpp - modules to machine code ------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Executable.h"
#include "JITSymbols.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/ExecutionEngine/OptUtils.h"

#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

/// What clang calls -O3.
static constexpr unsigned kOptimizationLevel = 3;

static constexpr const char *kDefaultPipeline = "rcm-stock-to-cpu";

/// A machine description of this processor with all of its features.
static llvm::Expected<std::unique_ptr<llvm::TargetMachine>> hostMachine() {
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  return builder->createTargetMachine();
}

/// The function's argument and result counts once it is in the LLVM dialect
/// must be those that invoke() will use.
static LogicalResult checkLowered(const rcmContext &context, ModuleOp module,
                                  StringRef name, size_t argumentCount,
                                  bool hasResultStruct) {
  for (Operation &op : *module.getBody())
    if (!isa<LLVM::LLVMDialect>(op.getDialect()) &&
        op.getName().getStringRef() != "omp.declare_reduction") {
      context.error(
          "expected the pipeline to leave only the LLVM dialect, got '" +
          op.getName().getStringRef() + "'");
      return failure();
    }
  auto wrapper =
      module.lookupSymbol<LLVM::LLVMFuncOp>(("_mlir_ciface_" + name).str());
  size_t expected = argumentCount + (hasResultStruct ? 1 : 0);
  if (!wrapper || wrapper.getNumArguments() != expected) {
    context.error("expected the pipeline to keep the function's arguments and "
                  "results, got another signature for '" +
                  name + "'");
    return failure();
  }
  return success();
}

static LogicalResult buildEngine(rcmExecutable &executable, ModuleOp module) {
  auto fail = [&](llvm::Error error) {
    executable.context->error(llvm::toString(std::move(error)));
    return failure();
  };
  auto machine = hostMachine();
  if (!machine)
    return fail(machine.takeError());
  auto optimize = makeOptimizingTransformer(kOptimizationLevel,
                                            /*sizeLevel=*/0, machine->get());
  auto transform = [&](llvm::Module *code) {
    rcm::capi::redirectAllocations(*code, executable.tracker);
    return optimize(code);
  };
  ExecutionEngineOptions options;
  options.transformer = transform;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  options.enableGDBNotificationListener = false;
  options.enablePerfNotificationListener = false;
  SmallVector<StringRef> libraries;
  // Code with parallel loops calls the OpenMP runtime.
  if (llvm::sys::fs::exists(RCM_OPENMP_LIBRARY))
    libraries.push_back(RCM_OPENMP_LIBRARY);
  options.sharedLibPaths = libraries;
  auto engine = ExecutionEngine::create(module, options, std::move(*machine));
  if (!engine)
    return fail(engine.takeError());
  executable.engine = std::move(*engine);
  executable.engine->registerSymbols(rcm::capi::jitSymbols);
  executable.engine->initialize();
  return success();
}

/// Every function that is called has a body, or is one of this process.
static LogicalResult checkDeclared(const rcmContext &context, ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isExternal())
      continue;
    std::string name = function.getSymName().str();
    // Called through its C interface.
    if (!llvm::sys::DynamicLibrary::SearchForAddressOfSymbol("_mlir_ciface_" +
                                                             name)) {
      context.error("expected called functions to have a body, got a "
                    "declaration of '" +
                    name + "'");
      return failure();
    }
  }
  return success();
}

static LogicalResult compile(rcmExecutable &executable, const rcmModule &source,
                             StringRef name, StringRef pipeline) {
  func::FuncOp original = rcm::capi::findFunction(source, name);
  if (!original)
    return failure();
  rcm::capi::fillSignature(source, original, executable.signature);
  bool hasResultStruct = executable.signature.results.size() > 1;
  for (const auto *list :
       {&executable.signature.arguments, &executable.signature.results})
    for (const rcmValueInfo &value : *list) {
      if (value.kind == RCM_VALUE_OTHER) {
        source.context->error(
            "expected arguments and results of '" + name +
            "' to be tensors, memrefs with strides or scalars of "
            "f16, bf16, f32, f64, integers up to 64 bits, got " +
            value.type);
        return failure();
      }
      if (list == &executable.signature.results &&
          value.kind != RCM_VALUE_SCALAR)
        hasResultStruct = true;
    }

  OwningOpRef<ModuleOp> module(source.module.get().clone());
  auto function = module->lookupSymbol<func::FuncOp>(name);
  // What this function does not call need not be compiled.
  for (auto other : module->getOps<func::FuncOp>())
    if (other != function && !other.isExternal())
      other.setPrivate();
  if (failed(rcm::capi::runPasses(*source.context, *module, "symbol-dce")) ||
      failed(checkDeclared(*source.context, *module)))
    return failure();
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(),
                    UnitAttr::get(function.getContext()));
  if (failed(rcm::capi::runPasses(*source.context, *module, pipeline)) ||
      failed(checkLowered(*source.context, *module, name,
                          executable.signature.arguments.size(),
                          hasResultStruct)) ||
      failed(buildEngine(executable, *module)))
    return failure();
  auto entry = executable.engine->lookupPacked(("_mlir_ciface_" + name).str());
  if (!entry) {
    source.context->error(llvm::toString(entry.takeError()));
    return failure();
  }
  executable.entry = *entry;
  return success();
}

rcmExecutable *rcmModuleCompile(const rcmModule *module, const char *function,
                                const char *pipeline) {
  auto executable = std::make_unique<rcmExecutable>();
  executable->context = module->context;
  if (failed(compile(*executable, *module, function,
                     pipeline ? pipeline : kDefaultPipeline)))
    return nullptr;
  return executable.release();
}

void rcmExecutableDestroy(rcmExecutable *executable) { delete executable; }
