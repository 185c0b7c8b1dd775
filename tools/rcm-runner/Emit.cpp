//===- Emit.cpp - compiles a module for a GPU into a file -----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Emit.h"

#include "Variants.h"

#include "support/GPUCompile.h"
#include "support/JSON.h"

#include <cstdio>

using namespace rcm::tools;

/// FILE.mlir's name with another ending, in the current folder.
static std::string defaultPath(const std::string &file,
                               const std::string &ending) {
  std::string name = file.substr(file.rfind('/') + 1);
  size_t dot = name.rfind('.');
  return name.substr(0, dot == 0 ? std::string::npos : dot) + ending;
}

Result<void> rcm::tools::emitModule(Compiler &compiler,
                                    const RunnerOptions &options) {
  GPUFormat format = *options.emit;
  std::string path = options.outputFile;
  if (path.empty() && format == GPUFormat::Cubin)
    path = defaultPath(options.file, ".cubin");
  if (path.empty() && format == GPUFormat::Object)
    path = defaultPath(options.file, ".rcmobj");
  if (path.empty())
    path = "-";
  Result<Module> module = compiler.parseFile(options.file);
  if (!module)
    return Error{module.error()};
  if (!options.function.empty())
    if (auto alone = isolate(compiler, *module, options.function); !alone)
      return Error{alone.error()};
  Result<std::string> bytes =
      compileForGPU(compiler, *module, format, options.gpuCompile);
  for (const std::string &remark : compiler.takeRemarks())
    std::fprintf(stderr, "remark: %s\n", remark.c_str());
  if (!bytes)
    return Error{bytes.error()};
  return writeFile(path, *bytes);
}
