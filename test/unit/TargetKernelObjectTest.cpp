//===- TargetKernelObjectTest.cpp - Modules become objects that run -------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Compiles modules to kernel objects, loads them with the runtime and launches
// them on the fake driver, which reads the kernels' parameters from the PTX.
//
//===----------------------------------------------------------------------===//

#include "RuntimeTestObjects.h"

#include "../../lib/Target/DeviceCode.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace rcm::test;

namespace {
constexpr char kKernels[] = R"mlir(
  gpu.module @kernels [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx86">] {
    llvm.func @scale(%in: !llvm.ptr, %out: !llvm.ptr, %n: i64, %s: f32, %flag: i32)
        attributes {gpu.kernel, nvvm.kernel} {
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %p = llvm.getelementptr %in[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
      %q = llvm.getelementptr %out[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
      %v = llvm.load %p : !llvm.ptr -> f32
      %w = llvm.fmul %v, %s : f32
      llvm.store %w, %q : f32, !llvm.ptr
      llvm.return
    }
  }
  gpu.module @others [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx86">] {
    llvm.func @scale(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                     %out: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      %v = llvm.load %map : !llvm.ptr -> i8
      llvm.store %v, %out : i8, !llvm.ptr
      llvm.return
    }
  }
)mlir";

/// The host function that uses every operation.
constexpr char kHost[] = R"mlir(
  func.func @run(%x: memref<?x64xf16, strided<[?, 1], offset: ?>> {rcm_rt.name = "x", rcm_rt.alignment = 16 : i64},
                 %y: memref<?x64xf16> {rcm_rt.direction = "out"}, %s: f32, %limit: i32)
      attributes {rcm_rt.properties = {operation = "scale"}} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %x
        : memref<?x64xf16, strided<[?, 1], offset: ?>> -> memref<f16>, index, index, index, index, index
    %rows = memref.dim %y, %c0 : memref<?x64xf16>
    %px = rcm_rt.data_pointer %x : memref<?x64xf16, strided<[?, 1], offset: ?>>
    %py = rcm_rt.data_pointer %y : memref<?x64xf16>
    // Scratch stands before a requirement: the program checks first.
    %bytes = arith.muli %rows, %c2 : index
    %ws = rcm_rt.scratch %bytes align 1024
    %counter = rcm_rt.scratch %c1 fill 0
    %same = arith.cmpi eq, %sizes#0, %rows : index
    rcm_rt.require %same, "expected `x` and `arg1` to have as many rows"
    %pitch = arith.muli %strides#0, %c2 : index
    %map = rcm_rt.encode_tensor_map %px f16 sizes[%c64, %rows] strides[%pitch] box [64, 32] swizzle b128
    %blocks = arith.ceildivui %rows, %c128 : index
    %sms = rcm_rt.sm_count
    %grid = arith.minui %blocks, %sms : index
    %half = arith.constant 0.5 : f32
    %scaled = arith.mulf %s, %half : f32
    %minus = arith.constant -3 : i32
    %sum = arith.addi %limit, %minus : i32
    %n64 = arith.index_cast %rows : index to i64
    %many = arith.cmpi ugt, %rows, %c128 : index
    rcm_rt.launch @kernels::@scale grid(%grid, %c1, %c1) block(%c128, %c1, %c1)
        args(%px, %ws, %n64, %scaled, %sum : i64, i64, i64, f32, i32)
    rcm_rt.memset %ws, %bytes value 1 if(%many)
    rcm_rt.launch @others::@scale grid(%c2, %c1, %c1) block(%c64, %c1, %c1)
        cluster [2, 1, 1] shared_memory(%c64) programmatic args(%map, %py : !rcm_rt.tensor_map, i64)
    return
  }
)mlir";

/// Parses and compiles; keeps the diagnostics.
class Compiler {
public:
  Compiler() {
    rcm::registerTargetDependencies(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
    });
  }

  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    return mlir::parseSourceString<mlir::ModuleOp>(
        "module attributes {rcm_rt.properties = {recipe = \"none\"}} {" + text +
            "}",
        &context);
  }

  /// The object, or one without entries after an error.
  KernelObject compile(const std::string &text,
                       rcm::CubinMode cubin = rcm::CubinMode::Never) {
    mlir::OwningOpRef<mlir::ModuleOp> module = parse(text);
    if (!module)
      return {};
    rcm::TargetOptions options;
    options.cubin = cubin;
    mlir::FailureOr<KernelObject> object =
        rcm::buildKernelObject(*module, options);
    return mlir::succeeded(object) ? *object : KernelObject();
  }

  std::string errors;
  mlir::DialectRegistry registry;
  mlir::MLIRContext context;
};

template <typename Number> Number asNumber(const std::string &bytes) {
  Number value;
  EXPECT_EQ(bytes.size(), sizeof(value));
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

/// Compiles a host function and expects an error that contains `text`.
void expectRefused(const std::string &host, const char *text) {
  Compiler compiler;
  EXPECT_TRUE(compiler.compile(kKernels + host).entries.empty()) << text;
  EXPECT_NE(compiler.errors.find(text), std::string::npos) << compiler.errors;
}
} // namespace

TEST(TargetKernelObject, RunsAsWritten) {
  Compiler compiler;
  KernelObject object = compiler.compile(std::string(kKernels) + kHost);
  ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
  EXPECT_EQ(object.chip, "sm_90a");
  EXPECT_EQ(object.computeCapability, 90u);
  EXPECT_TRUE(object.exactComputeCapability);
  EXPECT_EQ(object.ptxVersion, 86u);
  EXPECT_EQ(object.ptxMinimumDriver, 12070u);
  ASSERT_EQ(object.kernels.size(), 2u);
  EXPECT_NE(object.kernels[0].name, object.kernels[1].name);

  fakeDriver();
  Loaded loaded(object);
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "operation"), "scale");
  EXPECT_STREQ(rcmEntryProperty(loaded.entry, "recipe"), "none");
  rcmArgumentInfo info;
  ASSERT_EQ(rcmEntryGetArgument(loaded.entry, 0, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.name, "x");
  EXPECT_EQ(info.alignment, 16u);
  EXPECT_EQ(info.sizes[0], RCM_DYNAMIC);
  EXPECT_EQ(info.strides[0], RCM_DYNAMIC);
  EXPECT_EQ(info.strides[1], 1);
  ASSERT_EQ(rcmEntryGetArgument(loaded.entry, 1, &info), RCM_SUCCESS);
  EXPECT_STREQ(info.name, "arg1");
  EXPECT_EQ(info.direction, RCM_OUT);

  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  void *x = nullptr, *y = nullptr;
  ASSERT_EQ(rcmMalloc(&x, 1 << 18), RCM_SUCCESS);
  ASSERT_EQ(rcmMalloc(&y, 1 << 18), RCM_SUCCESS);
  RunArguments run(x, y, 1000, 72);
  rcmArgument arguments[4] = {run.list[0], run.list[1], run.list[2], {}};
  arguments[3].kind = RCM_ARGUMENT_SCALAR;
  arguments[3].type = RCM_TYPE_I32;
  arguments[3].scalar.i32 = 2;
  fakeDriver().clear();
  ASSERT_EQ(rcmEntryLaunch(loaded.entry, arguments, 4, nullptr, nullptr),
            RCM_SUCCESS)
      << rcmGetLastErrorText();
  const auto &launches = fakeDriver().launches();
  ASSERT_EQ(launches.size(), 2u);
  ASSERT_EQ(launches[0].parameters.size(), 5u);
  EXPECT_EQ(launches[0].grid[0], 8u);
  EXPECT_EQ(asNumber<void *>(launches[0].parameters[0]), x);
  auto scratch = asNumber<uint64_t>(launches[0].parameters[1]);
  EXPECT_EQ(scratch % 1024, 0u);
  EXPECT_EQ(asNumber<int64_t>(launches[0].parameters[2]), 1000);
  EXPECT_EQ(asNumber<float>(launches[0].parameters[3]), 0.0625f);
  EXPECT_EQ(asNumber<int32_t>(launches[0].parameters[4]), -1);
  ASSERT_EQ(launches[1].parameters.size(), 2u);
  EXPECT_EQ(launches[1].cluster[0], 2u);
  EXPECT_TRUE(launches[1].programmatic);
  EXPECT_EQ(launches[1].sharedBytes, 64u);
  EXPECT_EQ(launches[1].parameters[0].size(), 128u);
  EXPECT_EQ(asNumber<void *>(launches[1].parameters[1]), y);
  ASSERT_EQ(fakeDriver().maps().size(), 1u);
  EXPECT_EQ(fakeDriver().maps()[0].strides[0], 144u);
  EXPECT_EQ(fakeDriver().maps()[0].sizes[1], 1000u);
  // 2000 bytes round up to 2048; the counter follows and is cleared first.
  ASSERT_EQ(fakeDriver().memsets().size(), 2u);
  EXPECT_EQ(fakeDriver().memsets()[0].address, scratch + 2048);
  EXPECT_EQ(fakeDriver().memsets()[0].bytes, 1u);
  EXPECT_EQ(fakeDriver().memsets()[1].address, scratch);
  EXPECT_EQ(fakeDriver().memsets()[1].bytes, 2000u);

  arguments[0].sizes = arguments[1].sizes;
  int64_t more[2] = {1001, 64};
  arguments[1].sizes = more;
  EXPECT_EQ(rcmEntryLaunch(loaded.entry, arguments, 4, nullptr, nullptr),
            RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(rcmGetLastErrorText(),
               "expected `x` and `arg1` to have as many rows");
  EXPECT_EQ(rcmFree(x), RCM_SUCCESS);
  EXPECT_EQ(rcmFree(y), RCM_SUCCESS);
}

/// Kernels take the strides of the identity layout from the sizes.
TEST(TargetKernelObject, TakesNoOtherStridesForTheIdentityLayout) {
  Compiler compiler;
  KernelObject object = compiler.compile(std::string(kKernels) + R"mlir(
    func.func @run(%x: memref<?x?x64xf16> {rcm_rt.name = "x"}) {
      %c1 = arith.constant 1 : index
      %p = rcm_rt.data_pointer %x : memref<?x?x64xf16>
      %n = arith.constant 1 : i64
      %s = arith.constant 1.0 : f32
      %k = arith.constant 1 : i32
      rcm_rt.launch @kernels::@scale grid(%c1, %c1, %c1) block(%c1, %c1, %c1)
          args(%p, %p, %n, %s, %k : i64, i64, i64, f32, i32)
      return
    })mlir");
  ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
  fakeDriver();
  Loaded loaded(object);
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  void *x = nullptr;
  ASSERT_EQ(rcmMalloc(&x, 1 << 18), RCM_SUCCESS);
  auto launch = [&](std::vector<int64_t> sizes, std::vector<int64_t> strides) {
    rcmArgument argument = {};
    argument.type = RCM_TYPE_F16;
    argument.rank = 3;
    argument.data = x;
    argument.sizes = sizes.data();
    argument.strides = strides.data();
    return rcmEntryLaunch(loaded.entry, &argument, 1, nullptr, nullptr);
  };
  EXPECT_EQ(launch({2, 3, 64}, {192, 64, 1}), RCM_SUCCESS)
      << rcmGetLastErrorText();
  EXPECT_EQ(launch({2, 3, 64}, {200, 64, 1}), RCM_ERROR_REQUIREMENT);
  EXPECT_STREQ(rcmGetLastErrorText(), "expected `x` to be dense and row-major");
  // Strides that are never used.
  EXPECT_EQ(launch({1, 3, 64}, {7, 64, 1}), RCM_SUCCESS);
  EXPECT_EQ(launch({2, 0, 64}, {7, 64, 1}), RCM_SUCCESS);
  EXPECT_EQ(rcmFree(x), RCM_SUCCESS);
}

TEST(TargetKernelObject, NarrowIntegersWrapAndExtend) {
  // Each result is one i64 parameter of a launch of @take.
  const struct {
    const char *body;
    int64_t expected;
  } cases[] = {
      {"%r32 = arith.addi %max, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MIN},
      {"%r32 = arith.addi %max, %one : i32\n %r = arith.extui %r32 : i32 to "
       "i64",
       int64_t(1) << 31},
      {"%r32 = arith.divui %neg, %two : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MAX},
      {"%c = arith.cmpi ult, %neg, %one : i32\n %r = arith.extui %c : i1 to "
       "i64",
       0},
      {"%c = arith.cmpi slt, %neg, %one : i32\n %r = arith.extsi %c : i1 to "
       "i64",
       -1},
      {"%n = arith.trunci %one : i32 to i1\n %r = arith.extui %n : i1 to i64",
       1},
      {"%r32 = arith.shrui %neg, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       INT32_MAX},
      {"%r32 = arith.shrsi %neg, %one : i32\n %r = arith.extsi %r32 : i32 to "
       "i64",
       -1},
      {"%w = arith.extsi %max : i32 to i64\n %i = arith.index_cast %w : i64 to "
       "index\n %r = arith.index_cast %i : index to i64",
       INT32_MAX},
      {"%f = arith.sitofp %neg : i32 to f32\n %z = arith.constant 0.0 : f32\n "
       "%c "
       "= arith.cmpf olt, %f, %z : f32\n %r = arith.extui %c : i1 to i64",
       1},
      {"%c = arith.constant true\n %r32 = arith.select %c, %two, %one : i32\n "
       "%r "
       "= arith.extsi %r32 : i32 to i64",
       2},
  };
  const std::string kernel = R"mlir(
    gpu.module @m [#nvvm.target<chip = "sm_90a">] {
      llvm.func @take(%v: i64) attributes {gpu.kernel, nvvm.kernel} { llvm.return }
    })mlir";
  fakeDriver();
  ASSERT_EQ(rcmDeviceMakeCurrent(0), RCM_SUCCESS);
  for (const auto &c : cases) {
    Compiler compiler;
    KernelObject object = compiler.compile(
        kernel +
        "func.func @f() {\n %i1 = arith.constant 1 : index\n"
        "%one = arith.constant 1 : i32\n %two = arith.constant 2 : i32\n"
        "%max = arith.constant 2147483647 : i32\n"
        "%neg = arith.constant -1 : i32\n" +
        c.body +
        "\n rcm_rt.launch @m::@take grid(%i1, %i1, %i1) block(%i1, %i1, %i1) "
        "args(%r : i64)\n return }");
    ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
    fakeDriver().clear();
    Loaded loaded(object);
    ASSERT_EQ(rcmEntryLaunch(loaded.entry, nullptr, 0, nullptr, nullptr),
              RCM_SUCCESS)
        << rcmGetLastErrorText();
    EXPECT_EQ(asNumber<int64_t>(fakeDriver().launches()[0].parameters[0]),
              c.expected)
        << c.body;
  }
}

TEST(TargetKernelObject, RefusesWhatProgramsCannotSay) {
  expectRefused(
      "func.func @f(%x: memref<4xf32>) { %c = arith.constant 0 : index "
      "%v = memref.load %x[%c] : memref<4xf32> return }",
      "expected an operation that a kernel object's program can "
      "express");
  expectRefused(
      "func.func @f() -> index { %c = arith.constant 0 : index return "
      "%c : index }",
      "expected a host function without results, got 1");
  expectRefused(
      "func.func @f(%v: vector<4xf32>) { return }",
      "expected argument 0 to be a strided memref of rank 0 to 8 or a "
      "32 or 64 bit scalar, got 'vector<4xf32>'");
  expectRefused("func.func private @f() { return }",
                "expected a public host function, got none");
  expectRefused(
      "func.func @f(%n: index) { %p = rcm_rt.scratch %n\n %z = arith.constant "
      "0 "
      ": i64\n %c = arith.cmpi ne, %p, %z : i64\n rcm_rt.require %c, \"no\"\n "
      "return }",
      "expected no requirement, scratch size or tensor map to depend on what "
      "is "
      "computed after it");
  expectRefused(
      "func.func @f(%x: memref<4xf32>, %n: index) { %d = memref.dim %x, %n : "
      "memref<4xf32>\n %p = rcm_rt.scratch %d\n return }",
      "expected a constant dimension");
  expectRefused("func.func @f(%s: f32 {rcm_rt.direction = \"out\"}) { return }",
                "expected scalar argument 0 to be an input");
}

TEST(TargetKernelObject, RefusesModulesWithoutOneTarget) {
  Compiler compiler;
  compiler.compile("gpu.module @m { llvm.func @k() attributes {nvvm.kernel} { "
                   "llvm.return } }\n func.func @f() { return }");
  EXPECT_NE(compiler.errors.find("expected one #nvvm.target of gpu.module @m"),
            std::string::npos)
      << compiler.errors;
  Compiler none;
  none.compile("func.func @f() { return }");
  EXPECT_NE(none.errors.find("expected a gpu.module, got none"),
            std::string::npos)
      << none.errors;
}

TEST(TargetKernelObject, ReadsAssemblerReports) {
  std::map<std::string, rcm::KernelResources> kernels;
  const char *fine =
      "ptxas info    : 0 bytes gmem\n"
      "ptxas info    : Compiling entry function 'a' for 'sm_90a'\n"
      "ptxas info    : Function properties for a\n"
      "    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads\n"
      "ptxas info    : Used 168 registers, used 1 barriers, 1024 bytes smem\n";
  EXPECT_EQ(rcm::readAssemblerReport(fine, kernels), "");
  EXPECT_EQ(kernels["a"].registers, 168u);
  EXPECT_EQ(kernels["a"].sharedBytes, 1024u);
  const char *spills =
      "ptxas info    : Compiling entry function 'b' for 'sm_90a'\n"
      "    8 bytes stack frame, 8 bytes spill stores, 4 bytes spill loads\n";
  EXPECT_EQ(rcm::readAssemblerReport(spills, kernels),
            "`b`: 8 bytes stack frame, 8 bytes spill stores, 4 bytes spill "
            "loads");
  const char *serialised =
      "ptxas info    : Compiling entry function 'c' for 'sm_90a'\n"
      "ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async "
      "instructions are serialized\n";
  EXPECT_EQ(rcm::readAssemblerReport(serialised, kernels).substr(0, 28),
            "`c`: ptxas info    : (C7510)");
}

TEST(TargetKernelObject, ReportsAMissingAssembler) {
  Compiler compiler;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compiler.parse(std::string(kKernels) + kHost);
  rcm::TargetOptions options;
  options.ptxas = "no/such/ptxas";
  EXPECT_TRUE(mlir::failed(rcm::emitCubin(*module, options)));
  EXPECT_NE(compiler.errors.find("expected ptxas of the CUDA toolkit at "
                                 "no/such/ptxas to make a cubin"),
            std::string::npos)
      << compiler.errors;
}

#ifdef RCM_TEST_PTXAS
TEST(TargetKernelObject, HoldsACubin) {
  Compiler compiler;
  KernelObject object =
      compiler.compile(std::string(kKernels) + kHost, rcm::CubinMode::Always);
  ASSERT_EQ(object.entries.size(), 1u) << compiler.errors;
  EXPECT_EQ(object.cubin.substr(0, 4), "\x7f"
                                       "ELF");
  EXPECT_GE(object.cubinMinimumDriver, 12000u);
  EXPECT_GT(object.kernels[0].registers, 0u);
}
#endif

TEST(TargetKernelObject, WritesFilesAtomically) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("rcm-target", folder));
  std::string path = (folder + "/a.rcmobj").str();
  auto read = [&] {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "nothing";
  };
  EXPECT_EQ(rcm::writeFileAtomically(path, "one"), "");
  EXPECT_EQ(read(), "one");
  EXPECT_EQ(rcm::writeFileAtomically(path, "two"), "");
  EXPECT_EQ(read(), "two");
  std::string missing = (folder + "/none/a.rcmobj").str();
  EXPECT_NE(rcm::writeFileAtomically(missing, "x").find("No such file"),
            std::string::npos);
  // The target is a folder: the new file cannot take its place.
  EXPECT_NE(rcm::writeFileAtomically(folder, "x"), "");
  std::error_code error;
  int files = 0;
  for (llvm::sys::fs::directory_iterator i(folder, error), end; i != end;
       i.increment(error))
    ++files;
  EXPECT_EQ(files, 1);
  llvm::sys::fs::remove_directories(folder);
}
