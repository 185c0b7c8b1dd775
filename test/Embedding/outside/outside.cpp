// A compiler that uses rcm: it builds a module, lowers it with a pass and a
// pipeline of its own, and runs the result.
#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/InitAll.h"
#include "rcm/Pipelines/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/MemRefUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

// step(q, k, v, x, t, out): out = c_skip(t) * x + c_out(t) * attention(q, k, v)
static OwningOpRef<ModuleOp> buildModule(MLIRContext &context) {
  OpBuilder b(&context);
  Location loc = b.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(module->getBody());
  Type f32 = b.getF32Type(), array = MemRefType::get({2, 8, 4}, f32);
  auto function = func::FuncOp::create(
      b, loc, "step",
      b.getFunctionType({array, array, array, array, f32, array}, {}));
  b.setInsertionPointToStart(function.addEntryBlock());
  auto arg = [&](unsigned i) -> Value { return function.getArgument(i); };
  auto skip = rcm::SkipCoefficientsOp::create(
      b, loc, TypeRange{f32, f32}, rcm::SkipSchedule::Edm, llvm::APFloat(1.0),
      arg(4), ValueRange());
  rcm::AttentionSkipOp::create(
      b, loc, TypeRange(), arg(0), arg(1), arg(2), arg(3), skip.getResult(0),
      skip.getResult(1), /*bias=*/Value(), /*causal_offset=*/Value(), arg(5),
      llvm::APFloat(0.5), /*causal=*/false, /*indexing_maps=*/ArrayAttr());
  func::ReturnOp::create(b, loc);
  return module;
}

// A pass of this compiler that looks at rcm's ops through their interface.
struct CountAttention : PassWrapper<CountAttention, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountAttention)
  void runOnOperation() override {
    int count = 0;
    getOperation().walk([&](rcm::AttentionOpInterface) { ++count; });
    llvm::outs() << "attention ops: " << count << "\n";
  }
};

int main() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  rcm::registerAllDialects(registry);
  MLIRContext context(registry);
  context.loadDialect<func::FuncDialect, rcm::RCMDialect>();
  OwningOpRef<ModuleOp> module = buildModule(context);

  PassManager manager(&context);
  manager.addPass(std::make_unique<CountAttention>());
  manager.addPass(createCanonicalizerPass());
  rcm::RCMToCPUOptions options;
  options.threads = 2;
  rcm::buildRCMToCPUPipeline(manager, options);
  if (failed(manager.run(*module)))
    return 1;

  ExecutionEngineOptions engineOptions;
  engineOptions.sharedLibPaths = {OPENMP_LIBRARY};
  auto engine = ExecutionEngine::create(*module, engineOptions);
  if (!engine)
    return llvm::errs() << llvm::toString(engine.takeError()) << "\n", 1;
  // Equal keys: attention is the mean of v, 3.5 in every channel.
  auto one = [](float &value, ArrayRef<int64_t>) { value = 1; };
  auto row = [](float &value, ArrayRef<int64_t> at) { value = at[1]; };
  OwningMemRef<float, 3> q({2, 8, 4}, {}, one), k({2, 8, 4}, {}, one),
      v({2, 8, 4}, {}, row), x({2, 8, 4}, {}, row), out({2, 8, 4}, {}, one);
  for (float t : {0.0f, 1.0f}) {
    if (auto error = (*engine)->invoke("step", &*q, &*k, &*v, &*x, t, &*out))
      return llvm::errs() << llvm::toString(std::move(error)) << "\n", 1;
    llvm::outs() << llvm::format("t = %.0f: %.4f %.4f\n", t, out[{0, 0, 0}],
                                 out[{1, 7, 3}]);
  }
}
