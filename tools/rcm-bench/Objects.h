//===- Objects.h - the kernel objects of cases ------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_OBJECTS_H
#define RCM_TOOLS_RCM_BENCH_OBJECTS_H

#include "Options.h"

#include "support/Compiler.h"
#include "support/GPU.h"

namespace rcm::tools {

/// "wan1.3b_480p.fused.bf16.int8-e4m3.rcmobj".
std::string objectName(const Case &benchmark, const std::string &recipe);

/// Compiles all cases into the folder that --emit-objects names. Needs no GPU.
Result<void> emitObjects(Compiler &compiler, const BenchOptions &options);

/// Objects from the folder of --objects, or from the compiler.
class ObjectSource {
public:
  explicit ObjectSource(const BenchOptions &options) : options(options) {}
  Result<KernelObject> get(const Case &benchmark);

private:
  const BenchOptions &options;
  std::unique_ptr<Compiler> compiler;
};

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_OBJECTS_H
