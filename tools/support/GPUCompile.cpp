//===- GPUCompile.cpp - modules to PTX, cubins, kernel objects ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUCompile.h"

#include "AttentionNote.h"

#include "rcm/Runtime/KernelObject.h"

#include <algorithm>
#include <map>
#include <set>

using namespace rcm::tools;

std::optional<GPUFormat> rcm::tools::parseGPUFormat(std::string_view text) {
  static constexpr std::pair<std::string_view, GPUFormat> kFormats[] = {
      {"nvvm", GPUFormat::NVVM},
      {"ptx", GPUFormat::PTX},
      {"cubin", GPUFormat::Cubin},
      {"object", GPUFormat::Object}};
  for (auto [name, format] : kFormats)
    if (name == text)
      return format;
  return std::nullopt;
}

namespace {

/// What the compiler no longer knows once the module is lowered.
struct FunctionNote {
  /// Of the arguments and of the results, which become arguments.
  std::vector<std::string> names;
  /// Empty if the function is more than one attention.
  std::string attention;
};

} // namespace

static std::vector<std::string> functionNames(Compiler &compiler,
                                              const Module &module) {
  std::vector<std::string> names;
  for (size_t index = 0;; ++index) {
    const char *name =
        compiler.library().moduleFunctionName(module.get(), index);
    if (!name)
      return names;
    names.push_back(name);
  }
}

/// Names that users can tell apart: those of the text, where it has them.
static std::vector<std::string> argumentNames(const CompilerLibrary &library,
                                              const rcmSignature *signature) {
  std::vector<std::string> names;
  size_t arguments = library.signatureArgumentCount(signature),
         results = library.signatureResultCount(signature);
  std::set<std::string> seen;
  auto add = [&](std::string name, const std::string &otherwise) {
    if (name.empty() || !seen.insert(name).second)
      seen.insert(name = otherwise);
    names.push_back(std::move(name));
  };
  for (size_t index = 0; index < arguments; ++index)
    add(library.signatureArgument(signature, index)->name,
        "arg" + std::to_string(index));
  for (size_t index = 0; index < results; ++index)
    add(results == 1 ? "out" : "", "result" + std::to_string(index));
  return names;
}

static Result<std::map<std::string, FunctionNote>>
takeNotes(Compiler &compiler, const Module &module, const Module &fused) {
  const CompilerLibrary &library = compiler.library();
  std::map<std::string, FunctionNote> notes;
  for (const std::string &name : functionNames(compiler, module)) {
    Result<Signature> signature = compiler.signature(module, name);
    if (!signature)
      return Error{signature.error()};
    FunctionNote &note = notes[name];
    note.names = argumentNames(library, signature->get());
    rcmAttentionDescription description;
    if (library.moduleDescribeAttention(fused.get(), name.c_str(),
                                        &description) != RCM_STATUS_SUCCESS)
      continue;
    if (description.out.argument < 0)
      description.out.argument = static_cast<int32_t>(
          library.signatureArgumentCount(signature->get()));
    note.attention = describeAttention(description);
  }
  return notes;
}

/// Schedules by kernel, from the text of a module of tile operations.
static std::map<std::string, std::string>
findSchedules(const std::string &text) {
  static constexpr std::string_view kFunction = "gpu.func @",
                                    kSchedule = "#rcm_tile.schedule<";
  std::map<std::string, std::string> schedules;
  for (size_t at = text.find(kFunction); at != std::string::npos;) {
    size_t start = at + kFunction.size();
    std::string name =
        text.substr(start, text.find_first_of("( ", start) - start);
    size_t next = text.find(kFunction, start);
    // The attribute stands in the function's head, on its first line.
    size_t line = text.find('\n', start), found = text.find(kSchedule, start);
    if (found < std::min(line, next)) {
      size_t begin = found + kSchedule.size();
      schedules[name] = text.substr(begin, text.find('>', begin) - begin);
    }
    at = next;
  }
  return schedules;
}

/// Writes a property, unless the compiler did.
static void setProperty(rcm::object::Properties &properties,
                        const std::string &name, const std::string &value) {
  auto place = std::lower_bound(
      properties.begin(), properties.end(), name,
      [](const auto &entry, const std::string &key) { return entry.first < key; });
  if (place == properties.end() || place->first != name)
    properties.insert(place, {name, value});
}

/// Adds the notes to an object's bytes.
static Result<std::string>
annotate(const std::string &bytes,
         const std::map<std::string, FunctionNote> &notes,
         const std::map<std::string, std::string> &schedules) {
  rcm::object::KernelObject object;
  std::string error;
  if (rcm::object::decode(bytes.data(), bytes.size(), object, error) !=
      rcm::object::DecodeResult::Success)
    return Error{"expected the compiler to write a kernel object, got: " +
                 error};
  for (rcm::object::Entry &entry : object.entries) {
    auto found = notes.find(entry.name);
    if (found == notes.end())
      continue;
    const FunctionNote &note = found->second;
    if (note.names.size() == entry.arguments.size())
      for (size_t index = 0; index < entry.arguments.size(); ++index)
        entry.arguments[index].name = note.names[index];
    if (!note.attention.empty())
      setProperty(entry.properties, kAttentionProperty, note.attention);
    for (const rcm::object::Launch &launch : entry.launches)
      if (auto schedule = schedules.find(object.kernels[launch.kernel].name);
          schedule != schedules.end())
        setProperty(entry.properties, kScheduleProperty, schedule->second);
  }
  return rcm::object::encode(object);
}

/// The schedules that the module's kernels get.
static std::map<std::string, std::string>
chosenSchedules(Compiler &compiler, const Module &fused,
                const std::string &pipelineOptions, const std::string &table) {
  Result<Module> copy = compiler.clone(fused);
  std::vector<std::string> before = compiler.takeRemarks();
  std::map<std::string, std::string> schedules;
  if (compiler.runPasses(*copy, "rcm-to-nvvm-buffers" + pipelineOptions) &&
      compiler.runPasses(*copy, "rcm-select-schedule{table=" + table +
                                    "},convert-rcm-to-rcm-tile"))
    schedules = findSchedules(compiler.print(*copy));
  // The same passes run again and say everything again.
  compiler.setRemarks(std::move(before));
  return schedules;
}

/// The bytes that the library emits for a lowered module.
static Result<std::string> emit(Compiler &compiler, const Module &module,
                                rcmEmitFormat format,
                                const std::string &ptxas) {
  std::string bytes;
  auto receive = [](void *user, const char *data, size_t size) {
    static_cast<std::string *>(user)->append(data, size);
  };
  if (compiler.library().moduleEmit(module.get(), format,
                                    ptxas.empty() ? nullptr : ptxas.c_str(),
                                    receive, &bytes) != RCM_STATUS_SUCCESS)
    return compiler.takeError();
  return bytes;
}

Result<std::string>
rcm::tools::compileForGPU(Compiler &compiler, const Module &module,
                          GPUFormat format, const GPUCompileOptions &options) {
  // Folders may have spaces in their names.
  std::string table = "\"" + options.tuningTable + "\"";
  std::string pipelineOptions =
      "{chip=" + options.chip + " tuning-table=" + table +
      (options.recipe.empty() ? "" : " recipe=" + options.recipe) +
      (options.extra.empty() ? "" : " " + options.extra) + "}";
  Result<Module> original = compiler.clone(module);
  if (auto fused = compiler.runPasses(
          module, "rcm-fuse-attention-skip,rcm-fuse-attention");
      !fused)
    return Error{fused.error()};
  auto notes = takeNotes(compiler, *original, module);
  if (!notes)
    return Error{notes.error()};
  std::map<std::string, std::string> schedules;
  if (format == GPUFormat::Object)
    schedules = chosenSchedules(compiler, module, pipelineOptions, table);
  compiler.discardErrors();
  if (auto lowered =
          compiler.runPasses(module, "rcm-to-nvvm" + pipelineOptions);
      !lowered)
    return Error{lowered.error()};
  switch (format) {
  case GPUFormat::NVVM:
    return compiler.print(module);
  case GPUFormat::PTX:
    return emit(compiler, module, RCM_EMIT_PTX, options.ptxas);
  case GPUFormat::Cubin:
    return emit(compiler, module, RCM_EMIT_CUBIN, options.ptxas);
  case GPUFormat::Object:
    break;
  }
  Result<std::string> bytes =
      emit(compiler, module, RCM_EMIT_OBJECT, options.ptxas);
  if (!bytes)
    return bytes;
  return annotate(*bytes, *notes, schedules);
}
