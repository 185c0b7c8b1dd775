//===- Compiler.cpp - the compiler library, opened when needed ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Compiler.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::ElementType;

static constexpr const char *kLibraryName = "libRCMCompiler.so";

/// The folder of the running program; empty if unknown.
static std::string programFolder() {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  if (length <= 0 || length == sizeof(path))
    return "";
  std::string text(path, static_cast<size_t>(length));
  return text.substr(0, text.rfind('/'));
}

static void *openLibrary(std::string &reason) {
  std::vector<std::string> candidates;
  if (const char *folder = std::getenv("RCM_LIBRARY_DIR"))
    candidates.push_back(std::string(folder) + "/" + kLibraryName);
  candidates.push_back(programFolder() + "/../lib/" + kLibraryName);
  candidates.push_back(kLibraryName);
  for (const std::string &candidate : candidates) {
    if (void *handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL))
      return handle;
    // A library that is there and does not load says more than one that is
    // not.
    const char *text = dlerror();
    if (reason.empty() || access(candidate.c_str(), F_OK) == 0)
      reason = text ? text : "unknown reason";
  }
  return nullptr;
}

static Result<const CompilerLibrary *> loadFunctions() {
  static CompilerLibrary library;
  std::string reason;
  void *handle = openLibrary(reason);
  if (!handle)
    return Error{std::string("expected ") + kLibraryName +
                 " to compile a module, got: " + reason};
  std::string missing;
  auto bind = [&](auto &function, const char *name) {
    void *address = dlsym(handle, name);
    if (!address && missing.empty())
      missing = name;
    function = reinterpret_cast<std::decay_t<decltype(function)>>(address);
  };
  bind(library.compilerVersion, "rcmCompilerVersion");
  bind(library.compilerDescription, "rcmCompilerDescription");
  bind(library.contextCreate, "rcmContextCreate");
  bind(library.contextDestroy, "rcmContextDestroy");
  bind(library.contextEnableRemarks, "rcmContextEnableRemarks");
  bind(library.moduleParse, "rcmModuleParse");
  bind(library.moduleParseFile, "rcmModuleParseFile");
  bind(library.moduleClone, "rcmModuleClone");
  bind(library.moduleDestroy, "rcmModuleDestroy");
  bind(library.modulePrint, "rcmModulePrint");
  bind(library.moduleRunPasses, "rcmModuleRunPasses");
  bind(library.moduleCountOps, "rcmModuleCountOps");
  bind(library.moduleListAllocations, "rcmModuleListAllocations");
  bind(library.moduleSetArgumentShape, "rcmModuleSetArgumentShape");
  bind(library.moduleDescribeAttention, "rcmModuleDescribeAttention");
  bind(library.moduleFunctionName, "rcmModuleFunctionName");
  bind(library.moduleGetSignature, "rcmModuleGetSignature");
  bind(library.signatureDestroy, "rcmSignatureDestroy");
  bind(library.signatureArgumentCount, "rcmSignatureArgumentCount");
  bind(library.signatureResultCount, "rcmSignatureResultCount");
  bind(library.signatureArgument, "rcmSignatureArgument");
  bind(library.signatureResult, "rcmSignatureResult");
  bind(library.moduleCompile, "rcmModuleCompile");
  bind(library.executableDestroy, "rcmExecutableDestroy");
  bind(library.executableInvoke, "rcmExecutableInvoke");
  bind(library.executableGetStatistics, "rcmExecutableGetStatistics");
  bind(library.moduleEmit, "rcmModuleEmit");
  if (!missing.empty())
    return Error{std::string("expected ") + kLibraryName + " to have '" +
                 missing + "', got a library of another version"};
  // Different major numbers do not fit together.
  constexpr uint32_t kMajor = 10000;
  uint32_t version = library.compilerVersion();
  if (version / kMajor != RCM_COMPILER_VERSION / kMajor)
    return Error{std::string("expected ") + kLibraryName + " of version " +
                 std::to_string(RCM_COMPILER_VERSION) + ", got " +
                 std::to_string(version)};
  return &library;
}

Result<const CompilerLibrary *> rcm::tools::openCompiler() {
  static Result<const CompilerLibrary *> library = loadFunctions();
  return library;
}

/// Objects exist only once the library is open.
static const CompilerLibrary &opened() { return **openCompiler(); }

void Destroyer::operator()(rcmModule *object) const {
  opened().moduleDestroy(object);
}
void Destroyer::operator()(rcmSignature *object) const {
  opened().signatureDestroy(object);
}
void Destroyer::operator()(rcmExecutable *object) const {
  opened().executableDestroy(object);
}

void Compiler::receive(void *user, rcmSeverity severity, const char *text) {
  auto *compiler = static_cast<Compiler *>(user);
  if (severity == RCM_SEVERITY_ERROR)
    compiler->errors.emplace_back(text);
  if (severity == RCM_SEVERITY_REMARK)
    compiler->remarks.emplace_back(text);
}

Result<std::unique_ptr<Compiler>> Compiler::create() {
  Result<const CompilerLibrary *> library = openCompiler();
  if (!library)
    return Error{library.error()};
  std::unique_ptr<Compiler> compiler(new Compiler);
  compiler->functions = *library;
  compiler->context =
      compiler->functions->contextCreate(receive, compiler.get());
  compiler->functions->contextEnableRemarks(compiler->context, "rcm.*");
  return compiler;
}

Compiler::~Compiler() {
  if (context)
    functions->contextDestroy(context);
}

Error Compiler::takeError() {
  Error error{errors.empty() ? "the compiler failed without a message"
                             : errors.front()};
  // Some parsers add the offending text on further lines.
  error.message = error.message.substr(0, error.message.find('\n'));
  errors.clear();
  return error;
}

std::vector<std::string> Compiler::takeRemarks() {
  return std::exchange(remarks, {});
}

Result<Module> Compiler::parseFile(const std::string &path) {
  if (Module module{functions->moduleParseFile(context, path.c_str())})
    return module;
  return takeError();
}

Result<Module> Compiler::parse(const std::string &text,
                               const std::string &name) {
  if (Module module{functions->moduleParse(context, text.data(), text.size(),
                                           name.c_str())})
    return module;
  return takeError();
}

Result<Module> Compiler::clone(const Module &module) {
  return Module(functions->moduleClone(module.get()));
}

Result<void> Compiler::runPasses(const Module &module,
                                 const std::string &pipeline) {
  if (functions->moduleRunPasses(module.get(), pipeline.c_str()) ==
      RCM_STATUS_SUCCESS)
    return {};
  return takeError();
}

Result<Signature> Compiler::signature(const Module &module,
                                      const std::string &function) {
  if (Signature signature{
          functions->moduleGetSignature(module.get(), function.c_str())})
    return signature;
  return takeError();
}

Result<Executable> Compiler::compile(const Module &module,
                                     const std::string &function,
                                     const std::string &pipeline) {
  if (Executable executable{functions->moduleCompile(
          module.get(), function.c_str(), pipeline.c_str())})
    return executable;
  return takeError();
}

std::string Compiler::print(const Module &module) {
  std::string text;
  functions->modulePrint(
      module.get(),
      [](void *user, const char *piece, size_t length) {
        static_cast<std::string *>(user)->append(piece, length);
      },
      &text);
  return text;
}

std::optional<ElementType> rcm::tools::toElementType(rcmElement element) {
  switch (element) {
  case RCM_ELEMENT_F16:
    return ElementType::F16;
  case RCM_ELEMENT_BF16:
    return ElementType::BF16;
  case RCM_ELEMENT_F32:
    return ElementType::F32;
  case RCM_ELEMENT_F64:
    return ElementType::F64;
  case RCM_ELEMENT_I1:
    return ElementType::I1;
  case RCM_ELEMENT_I8:
    return ElementType::I8;
  case RCM_ELEMENT_I32:
    return ElementType::I32;
  case RCM_ELEMENT_I64:
    return ElementType::I64;
  case RCM_ELEMENT_I16:
  case RCM_ELEMENT_OTHER:
    break;
  }
  return std::nullopt;
}

rcmElement rcm::tools::toElement(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return RCM_ELEMENT_F16;
  case ElementType::BF16:
    return RCM_ELEMENT_BF16;
  case ElementType::F32:
    return RCM_ELEMENT_F32;
  case ElementType::F64:
    return RCM_ELEMENT_F64;
  case ElementType::I1:
    return RCM_ELEMENT_I1;
  case ElementType::I8:
    return RCM_ELEMENT_I8;
  case ElementType::I32:
    return RCM_ELEMENT_I32;
  case ElementType::I64:
    return RCM_ELEMENT_I64;
  }
  return RCM_ELEMENT_OTHER;
}

rcmValue rcm::tools::toValue(Array &array, rcmValueKind kind) {
  rcmValue value = {};
  value.kind = kind;
  value.element = toElement(array.elementType());
  value.rank = static_cast<int32_t>(array.rank());
  value.data = array.data();
  for (size_t dim = 0; dim < array.shape().size(); ++dim) {
    value.sizes[dim] = array.shape()[dim];
    value.strides[dim] = array.strides()[dim];
  }
  return value;
}
