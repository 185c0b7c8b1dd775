//===- Objects.cpp - the kernel objects of cases --------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include "support/GPUCompile.h"
#include "support/JSON.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

using namespace rcm::tools;

std::string rcm::tools::objectName(const Case &benchmark,
                                   const std::string &recipe) {
  std::string name = benchmark.shape.name;
  std::replace(name.begin(), name.end(), ',', '-');
  return name + "." + toString(benchmark.mode) +
         (benchmark.causal ? "-causal." : ".") +
         std::string(rcm::reference::toString(benchmark.type)) + "." + recipe +
         ".rcmobj";
}

static Result<std::string> compileCase(Compiler &compiler,
                                       const Case &benchmark,
                                       const BenchOptions &options) {
  Result<Module> module = compiler.parse(moduleText(benchmark), "benchmark");
  if (!module)
    return Error{module.error()};
  GPUCompileOptions gpu;
  gpu.recipe = options.recipe;
  gpu.tuningTable = options.tuningTable;
  // The baseline keeps the attention in the output's type: f32 would be a
  // handicap.
  if (benchmark.mode == Mode::TwoPass)
    gpu.extra = "fuse=false";
  Result<std::string> bytes =
      compileForGPU(compiler, *module, GPUFormat::Object, gpu);
  compiler.takeRemarks();
  return bytes;
}

Result<void> rcm::tools::emitObjects(Compiler &compiler,
                                     const BenchOptions &options) {
  std::error_code error;
  std::filesystem::create_directories(options.emitObjects, error);
  if (error)
    return Error{options.emitObjects + ": expected a folder, got '" +
                 error.message() + "'"};
  for (const Case &benchmark : options.cases) {
    std::string name = objectName(benchmark, options.recipe);
    std::fprintf(stderr, "compiling %s\n", name.c_str());
    Result<std::string> bytes = compileCase(compiler, benchmark, options);
    if (!bytes)
      return Error{name + ": " + bytes.error()};
    if (auto written = writeFile(options.emitObjects + "/" + name, *bytes);
        !written)
      return written;
  }
  return {};
}

Result<KernelObject> ObjectSource::get(const Case &benchmark) {
  if (!options.objects.empty())
    return KernelObject::open(options.objects + "/" +
                              objectName(benchmark, options.recipe));
  if (!compiler) {
    Result<std::unique_ptr<Compiler>> created = Compiler::create();
    if (!created)
      return Error{created.error() +
                   " (without it, `--objects` names a folder of kernel "
                   "objects)"};
    compiler = std::move(*created);
  }
  Result<std::string> bytes = compileCase(*compiler, benchmark, options);
  if (!bytes)
    return Error{bytes.error()};
  return KernelObject::load(*bytes);
}
