//===- Compiler.h - the compiler library, opened when needed ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_SUPPORT_COMPILER_H
#define RCM_TOOLS_SUPPORT_COMPILER_H

#include "rcm-c/RCMCompiler.h"
#include "rcm/Reference/Array.h"

#include <memory>
#include <string>
#include <vector>

namespace rcm::tools {

using reference::Error;
using reference::Result;

/// The functions of libRCMCompiler.so that the tools call; see
/// rcm-c/RCMCompiler.h. Nothing of LLVM is linked into a tool.
struct CompilerLibrary {
  decltype(&rcmCompilerVersion) compilerVersion;
  decltype(&rcmCompilerDescription) compilerDescription;
  decltype(&rcmContextCreate) contextCreate;
  decltype(&rcmContextDestroy) contextDestroy;
  decltype(&rcmContextEnableRemarks) contextEnableRemarks;
  decltype(&rcmModuleParse) moduleParse;
  decltype(&rcmModuleParseFile) moduleParseFile;
  decltype(&rcmModuleClone) moduleClone;
  decltype(&rcmModuleDestroy) moduleDestroy;
  decltype(&rcmModulePrint) modulePrint;
  decltype(&rcmModuleRunPasses) moduleRunPasses;
  decltype(&rcmModuleCountOps) moduleCountOps;
  decltype(&rcmModuleListAllocations) moduleListAllocations;
  decltype(&rcmModuleSetArgumentShape) moduleSetArgumentShape;
  decltype(&rcmModuleDescribeAttention) moduleDescribeAttention;
  decltype(&rcmModuleFunctionName) moduleFunctionName;
  decltype(&rcmModuleGetSignature) moduleGetSignature;
  decltype(&rcmSignatureDestroy) signatureDestroy;
  decltype(&rcmSignatureArgumentCount) signatureArgumentCount;
  decltype(&rcmSignatureResultCount) signatureResultCount;
  decltype(&rcmSignatureArgument) signatureArgument;
  decltype(&rcmSignatureResult) signatureResult;
  decltype(&rcmModuleCompile) moduleCompile;
  decltype(&rcmExecutableDestroy) executableDestroy;
  decltype(&rcmExecutableInvoke) executableInvoke;
  decltype(&rcmExecutableGetStatistics) executableGetStatistics;
  decltype(&rcmModuleEmit) moduleEmit;
};

/// Opens the library on first use: from $RCM_LIBRARY_DIR, from ../lib beside
/// the running program, then by the loader's own rules.
Result<const CompilerLibrary *> openCompiler();

struct Destroyer {
  void operator()(rcmModule *object) const;
  void operator()(rcmSignature *object) const;
  void operator()(rcmExecutable *object) const;
};
using Module = std::unique_ptr<rcmModule, Destroyer>;
using Signature = std::unique_ptr<rcmSignature, Destroyer>;
using Executable = std::unique_ptr<rcmExecutable, Destroyer>;

/// A context that keeps errors and collects remarks.
class Compiler {
public:
  static Result<std::unique_ptr<Compiler>> create();
  ~Compiler();

  const CompilerLibrary &library() const { return *functions; }
  Result<Module> parseFile(const std::string &path);
  Result<Module> parse(const std::string &text, const std::string &name);
  Result<Module> clone(const Module &module);
  Result<void> runPasses(const Module &module, const std::string &pipeline);
  Result<Signature> signature(const Module &module,
                              const std::string &function);
  Result<Executable> compile(const Module &module, const std::string &function,
                             const std::string &pipeline);
  std::string print(const Module &module);

  /// Remarks since the last call, one line each.
  std::vector<std::string> takeRemarks();
  /// Takes the place of what was collected since.
  void setRemarks(std::vector<std::string> list) { remarks = std::move(list); }
  /// Forgets errors of something that was only tried.
  void discardErrors() { errors.clear(); }
  /// The first error since the last call; later ones follow from it.
  Error takeError();

private:
  Compiler() = default;
  static void receive(void *user, rcmSeverity severity, const char *text);

  const CompilerLibrary *functions = nullptr;
  rcmContext *context = nullptr;
  std::vector<std::string> errors, remarks;
};

/// Element types of the two sides; OTHER and I16 have no array type.
std::optional<reference::ElementType> toElementType(rcmElement element);
rcmElement toElement(reference::ElementType type);

/// An array as an argument of that kind. The array must outlive the value.
rcmValue toValue(reference::Array &array, rcmValueKind kind);

} // namespace rcm::tools

#endif // RCM_TOOLS_SUPPORT_COMPILER_H
