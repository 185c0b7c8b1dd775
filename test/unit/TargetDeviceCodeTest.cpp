//===- TargetDeviceCodeTest.cpp - Code, assembler and files ---------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "TargetTestModules.h"

#include "../../lib/Target/DeviceCode.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace rcm::test;

TEST(TargetDeviceCode, RefusesModulesWithoutOneTarget) {
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

TEST(TargetDeviceCode, ReadsAssemblerReports) {
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

TEST(TargetDeviceCode, ReportsAMissingAssembler) {
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
TEST(TargetDeviceCode, HoldsACubin) {
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

TEST(TargetDeviceCode, WritesFilesAtomically) {
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
