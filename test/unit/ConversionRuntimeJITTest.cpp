//===- ConversionRuntimeJITTest.cpp - JIT-compiled host code runs ---------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Compiles whole modules, host code and kernels, with upstream's passes around
// `convert-gpu-launch-to-rcm-runtime`, and runs them in this process on the
// fake driver.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTestObjects.h"

#include "rcm/Conversion/Passes.h"
#include "rcm/Runtime/RCMRuntimeJIT.h"
#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/TargetSelect.h"

using namespace rcm::test;

namespace {
/// Passes of upstream before and after ours.
constexpr char kPipeline[] =
    "gpu.module(strip-debuginfo,convert-gpu-to-nvvm,reconcile-unrealized-casts)"
    ","
    "gpu-module-to-binary{format=isa},"
    "convert-gpu-launch-to-rcm-runtime,"
    "expand-strided-metadata,finalize-memref-to-llvm,convert-arith-to-llvm,"
    "convert-func-to-llvm,reconcile-unrealized-casts";

class Program {
public:
  explicit Program(const char *text) {
    static bool initialised = [] {
      llvm::InitializeNativeTarget();
      llvm::InitializeNativeTargetAsmPrinter();
      mlir::registerAllPasses();
      rcm::registerConvertGPULaunchToRCMRuntime();
      return true;
    }();
    (void)initialised;
    mlir::DialectRegistry registry;
    mlir::registerAllDialects(registry);
    mlir::registerAllExtensions(registry);
    rcm::registerTargetDependencies(registry);
    context.appendDialectRegistry(registry);
    context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
    });
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    mlir::PassManager manager(&context, mlir::ModuleOp::getOperationName());
    if (!module ||
        mlir::failed(mlir::parsePassPipeline(
            kPipeline, static_cast<mlir::OpPassManager &>(manager))) ||
        mlir::failed(manager.run(*module)))
      return;
    mlir::ExecutionEngineOptions options;
    llvm::StringRef libraries[] = {RCM_RUNTIME_LIBRARY};
    options.sharedLibPaths = libraries;
    auto made = mlir::ExecutionEngine::create(*module, options);
    if (!made) {
      errors += llvm::toString(made.takeError());
      return;
    }
    engine = std::move(*made);
    engine->initialize();
  }

  /// Calls a function; arguments are passed by their addresses.
  bool call(const char *name, std::vector<void *> arguments) {
    llvm::Error error = engine->invokePacked(name, arguments);
    bool failed = static_cast<bool>(error);
    llvm::consumeError(std::move(error));
    return !failed;
  }

  std::string errors;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<mlir::ExecutionEngine> engine;
};

/// The fields of a memref of rank 1 as an interface passes them.
struct Buffer {
  float *allocated, *aligned;
  int64_t offset, size, stride;

  explicit Buffer(std::vector<float> &values)
      : allocated(values.data()), aligned(values.data()), offset(0),
        size(values.size()), stride(1) {}
  void addTo(std::vector<void *> &arguments) {
    for (void *field :
         {static_cast<void *>(&allocated), static_cast<void *>(&aligned),
          static_cast<void *>(&offset), static_cast<void *>(&size),
          static_cast<void *>(&stride)})
      arguments.push_back(field);
  }
};

/// What the test's kernel means: y[i] = 2 x[i]. Its two memref parameters are
/// five fields each.
void doubleOnHost(const rcm::fake::Launch &launch) {
  ASSERT_EQ(launch.parameters.size(), 10u);
  auto *x = asNumber<float *>(launch.parameters[1]);
  auto *y = asNumber<float *>(launch.parameters[6]);
  for (uint32_t i = 0; i < launch.grid[0]; ++i)
    y[i] = 2 * x[i];
}

constexpr char kWholeModule[] = R"mlir(
  module attributes {gpu.container_module} {
    gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
      gpu.func @twice(%x: memref<?xf32>, %y: memref<?xf32>) kernel {
        %i = gpu.block_id x
        %v = memref.load %x[%i] : memref<?xf32>
        %w = arith.addf %v, %v : f32
        memref.store %w, %y[%i] : memref<?xf32>
        gpu.return
      }
    }
    func.func @twice(%x: memref<?xf32>, %y: memref<?xf32>) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = memref.dim %x, %c0 : memref<?xf32>
      %t0 = gpu.wait async
      %dx, %t1 = gpu.alloc async [%t0] (%n) : memref<?xf32>
      %dy, %t2 = gpu.alloc async [%t1] (%n) : memref<?xf32>
      %t3 = gpu.memcpy async [%t2] %dx, %x : memref<?xf32>, memref<?xf32>
      %t4 = gpu.launch_func async [%t3] @kernels::@twice blocks in (%n, %c1, %c1)
          threads in (%c1, %c1, %c1) args(%dx : memref<?xf32>, %dy : memref<?xf32>)
      %t5 = gpu.memcpy async [%t4] %y, %dy : memref<?xf32>, memref<?xf32>
      %t6 = gpu.dealloc async [%t5] %dx : memref<?xf32>
      %t7 = gpu.dealloc async [%t6] %dy : memref<?xf32>
      gpu.wait [%t7]
      return
    }
  }
)mlir";

constexpr char kRuntimeOps[] = R"mlir(
  module attributes {gpu.container_module} {
    gpu.module @kernels [#nvvm.target<chip = "sm_90a", features = "+ptx86">] {
      llvm.func @k(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                   %x: !llvm.ptr, %ws: i64, %n: i64, %s: f32) attributes {gpu.kernel, nvvm.kernel} {
        llvm.return
      }
    }
    func.func @run(%x: memref<?xf32>, %rows: index, %s: f32, %flag: i1) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c64 = arith.constant 64 : index
      %c128 = arith.constant 128 : index
      %n = memref.dim %x, %c0 : memref<?xf32>
      %need = arith.muli %rows, %c64 : index
      %fits = arith.cmpi eq, %need, %n : index
      rcm_rt.require %fits, "expected `x` to have 64 elements per row"
      %px = rcm_rt.data_pointer %x : memref<?xf32>
      %ws = rcm_rt.scratch %c64 align 1024 fill 3
      %c256 = arith.constant 256 : index
      %map = rcm_rt.encode_tensor_map %px f32 sizes[%c64, %rows] strides[%c256] box [32, 8] swizzle b128
      %none = rcm_rt.encode_tensor_map %px f32 sizes[%c64] strides[] box [32] if(%flag)
      %sms = rcm_rt.sm_count
      rcm_rt.memset %ws, %c2 value 9
      rcm_rt.launch @kernels::@k grid(%sms, %c1, %c1) block(%c128, %c1, %c1)
          cluster [2, 1, 1] shared_memory(%c64) programmatic
          args(%map, %px, %ws, %n, %s : !rcm_rt.tensor_map, i64, i64, index, f32)
      rcm_rt.launch @kernels::@k grid(%c2, %c1, %c1) block(%c64, %c1, %c1) if(%flag)
          args(%none, %px, %ws, %n, %s : !rcm_rt.tensor_map, i64, i64, index, f32)
      return
    }
  }
)mlir";
} // namespace

TEST(ConversionRuntimeJIT, RunsAWholeModule) {
  fakeDriver().setDevice(9, 0, 132);
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  fakeDriver().setKernel("twice", doubleOnHost);
  {
    Program program(kWholeModule);
    ASSERT_TRUE(program.engine) << program.errors;
    std::vector<float> x = {1, -2, 3.5}, y(3, 0);
    std::vector<void *> arguments;
    Buffer bx(x), by(y);
    bx.addTo(arguments);
    by.addTo(arguments);
    ASSERT_TRUE(program.call("twice", arguments));
    ASSERT_EQ(rcmJitTakeResult(), RCM_SUCCESS) << rcmGetLastErrorText();
    EXPECT_EQ(y, (std::vector<float>{2, -4, 7}));
    EXPECT_EQ(fakeDriver().live().allocations, 0u);
    EXPECT_EQ(fakeDriver().live().libraries, 1u);
    // A failure stops what follows, is reported once, and leaks nothing.
    for (int64_t n = 1; n < 30; ++n) {
      fakeDriver().failAt(n, 999);
      ASSERT_TRUE(program.call("twice", arguments));
      bool failed = fakeDriver().failedCall() != nullptr;
      fakeDriver().failAt(0, 0);
      EXPECT_EQ(rcmJitTakeResult() != RCM_SUCCESS, failed) << n;
      EXPECT_EQ(rcmJitTakeResult(), RCM_SUCCESS);
      EXPECT_EQ(fakeDriver().live().allocations, 0u) << n;
    }
  }
  // The module's destructor unloads its code.
  EXPECT_TRUE(fakeDriver().live().none());
}

TEST(ConversionRuntimeJIT, RunsRuntimeOperations) {
  fakeDriver().setDevice(9, 0, 132);
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  fakeDriver().clear();
  Program program(kRuntimeOps);
  ASSERT_TRUE(program.engine) << program.errors;
  void *memory = nullptr;
  ASSERT_EQ(rcmMalloc(&memory, 4096), RCM_SUCCESS);
  std::vector<float> placeholder(128);
  Buffer x(placeholder);
  x.allocated = x.aligned = static_cast<float *>(memory);
  int64_t rows = 2;
  float s = 0.25f;
  bool flag = false;
  std::vector<void *> arguments;
  x.addTo(arguments);
  for (void *scalar : {static_cast<void *>(&rows), static_cast<void *>(&s),
                       static_cast<void *>(&flag)})
    arguments.push_back(scalar);
  ASSERT_TRUE(program.call("run", arguments));
  ASSERT_EQ(rcmJitTakeResult(), RCM_SUCCESS) << rcmGetLastErrorText();
  ASSERT_EQ(fakeDriver().launches().size(), 1u);
  const rcm::fake::Launch &launch = fakeDriver().launches()[0];
  EXPECT_EQ(launch.grid[0], 132u);
  EXPECT_EQ(launch.block[0], 128u);
  EXPECT_EQ(launch.cluster[0], 2u);
  EXPECT_EQ(launch.sharedBytes, 64u);
  EXPECT_TRUE(launch.programmatic);
  ASSERT_EQ(launch.parameters.size(), 5u);
  EXPECT_EQ(asNumber<uint64_t>(launch.parameters[0].substr(0, 8)), 1u);
  EXPECT_EQ(asNumber<void *>(launch.parameters[1]), memory);
  EXPECT_EQ(asNumber<int64_t>(launch.parameters[3]), 128);
  EXPECT_EQ(asNumber<float>(launch.parameters[4]), 0.25f);
  ASSERT_EQ(fakeDriver().maps().size(), 1u);
  EXPECT_EQ(fakeDriver().maps()[0].sizes, (std::vector<uint64_t>{64, 2}));
  EXPECT_EQ(fakeDriver().maps()[0].strides, (std::vector<uint64_t>{256}));
  EXPECT_EQ(fakeDriver().maps()[0].box, (std::vector<uint32_t>{32, 8}));
  ASSERT_EQ(fakeDriver().memsets().size(), 2u);
  EXPECT_EQ(fakeDriver().memsets()[0].value, 3);
  EXPECT_EQ(fakeDriver().memsets()[0].address % 1024, 0u);
  EXPECT_EQ(fakeDriver().live().poolAllocations, 0u);

  rows = 3;
  ASSERT_TRUE(program.call("run", arguments));
  EXPECT_EQ(rcmJitTakeResult(), RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected `x` to have 64 elements per row");
  EXPECT_EQ(fakeDriver().launches().size(), 1u);
  EXPECT_EQ(fakeDriver().live().poolAllocations, 0u);
  EXPECT_EQ(rcmFree(memory), RCM_SUCCESS);
}
