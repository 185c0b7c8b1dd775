//===- Module.cpp - parsing, printing, running passes ---------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// Takes the names of function arguments from the source text.
static void recordArgumentNames(rcmModule &module,
                                const AsmParserState &state) {
  for (const auto &block : state.getBlockDefs()) {
    auto function = dyn_cast_or_null<func::FuncOp>(block.block->getParentOp());
    if (!function || !block.block->isEntryBlock())
      continue;
    std::vector<std::string> &names =
        module.argumentNames[function.getSymName()];
    for (const auto &argument : block.arguments) {
      StringRef text(argument.loc.Start.getPointer(),
                     argument.loc.End.getPointer() -
                         argument.loc.Start.getPointer());
      text.consume_front("%");
      names.push_back(text.str());
    }
  }
}

static rcmModule *parse(rcmContext *context,
                        std::unique_ptr<llvm::MemoryBuffer> buffer) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  ParserConfig config(&context->context);
  Block block;
  AsmParserState state;
  if (failed(parseAsmSourceFile(sources, &block, config, &state)))
    return nullptr;

  auto module = std::make_unique<rcmModule>();
  module->context = context;
  recordArgumentNames(*module, state);
  if (llvm::hasSingleElement(block) && isa<ModuleOp>(block.front())) {
    auto op = cast<ModuleOp>(block.front());
    op->remove();
    module->module = op;
  } else {
    // Functions at the top level form a module, as in mlir-opt.
    OpBuilder builder(&context->context);
    module->module = ModuleOp::create(builder.getUnknownLoc());
    module->module->getBody()->getOperations().splice(
        module->module->getBody()->end(), block.getOperations());
  }
  if (failed(verify(*module->module)))
    return nullptr;
  return module.release();
}

rcmModule *rcmModuleParse(rcmContext *context, const char *text, size_t length,
                          const char *name) {
  return parse(context, llvm::MemoryBuffer::getMemBufferCopy(
                            StringRef(text, length), name));
}

rcmModule *rcmModuleParseFile(rcmContext *context, const char *path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    context->error(llvm::Twine(path) + ": expected a readable file, got '" +
                   buffer.getError().message() + "'");
    return nullptr;
  }
  return parse(context, std::move(*buffer));
}

rcmModule *rcmModuleClone(const rcmModule *module) {
  auto *copy = new rcmModule;
  copy->context = module->context;
  copy->argumentNames = module->argumentNames;
  copy->module = module->module.get().clone();
  return copy;
}

void rcmModuleDestroy(rcmModule *module) { delete module; }

void rcmModulePrint(const rcmModule *module, rcmTextCallback callback,
                    void *user) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->module.get().print(stream);
  callback(user, text.data(), text.size());
}

LogicalResult rcm::capi::runPasses(rcmContext &context, ModuleOp module,
                                   StringRef pipeline) {
  constexpr StringLiteral kAnchor = "builtin.module(";
  pipeline = pipeline.trim();
  if (pipeline.consume_front(kAnchor) && !pipeline.consume_back(")")) {
    context.error("expected a closing parenthesis at the end of the pipeline");
    return failure();
  }
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  PassManager manager(&context.context);
  if (failed(parsePassPipeline(pipeline, manager, stream))) {
    // The first line says it all; the others point into the text.
    StringRef line = StringRef(messages).trim().split('\n').first;
    size_t marker = line.find("error: ");
    context.error("in pass pipeline '" + pipeline + "': " +
                  (marker == StringRef::npos ? line : line.substr(marker + 7)));
    return failure();
  }
  return manager.run(module);
}

rcmStatus rcmModuleRunPasses(rcmModule *module, const char *pipeline) {
  module->functionNames.clear();
  return succeeded(
             rcm::capi::runPasses(*module->context, *module->module, pipeline))
             ? RCM_STATUS_SUCCESS
             : RCM_STATUS_FAILURE;
}

size_t rcmModuleCountOps(const rcmModule *module, const char *operation) {
  size_t count = 0;
  module->module.get()->walk([&](Operation *op) {
    count += op->getName().getStringRef() == operation;
  });
  return count;
}

/// Bytes of a memref of static shape.
static int64_t staticBytes(MemRefType type) {
  if (!type.hasStaticShape() || !type.getElementType().isIntOrIndexOrFloat())
    return RCM_COMPILER_DYNAMIC;
  int64_t bits = type.getElementType().isIndex()
                     ? 64
                     : type.getElementType().getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

rcmStatus rcmModuleListAllocations(const rcmModule *module,
                                   const char *function,
                                   rcmAllocationCallback callback, void *user) {
  func::FuncOp op = rcm::capi::findFunction(*module, function);
  if (!op)
    return RCM_STATUS_FAILURE;
  op.walk([&](memref::AllocOp alloc) {
    std::string type;
    llvm::raw_string_ostream(type) << alloc.getType();
    callback(user, type.c_str(), staticBytes(alloc.getType()));
  });
  return RCM_STATUS_SUCCESS;
}
