//===- Variants.cpp - one way to run the function -------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Variants.h"

#include "Inputs.h"

#include <algorithm>
#include <cctype>
#include <cstring>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::byteWidth;
using rcm::reference::ElementType;

/// The function named by the options, or the only one.
static Result<std::string> pickFunction(Compiler &compiler,
                                        const Module &module,
                                        const RunnerOptions &options) {
  if (!options.function.empty())
    return options.function;
  const CompilerLibrary &library = compiler.library();
  const char *first = library.moduleFunctionName(module.get(), 0);
  if (!first)
    return Error{options.file +
                 ": expected a public function with a body, got none"};
  std::string name = first;
  if (!library.moduleFunctionName(module.get(), 1))
    return name;
  std::string known;
  for (size_t index = 0;; ++index) {
    const char *other = library.moduleFunctionName(module.get(), index);
    if (!other)
      break;
    known += (index ? ", " : "") + std::string(other);
  }
  return Error{"expected `--function` to choose among {" + known +
               "}, got none"};
}

/// Tells the module the sizes of the inputs; what does not fit shows.
static Result<void> specialize(Job &job, const Module &module) {
  const CompilerLibrary &library = job.compiler.library();
  for (size_t index = 0; index < job.inputs.size(); ++index)
    if (job.inputs[index].rank() > 0 &&
        library.moduleSetArgumentShape(
            module.get(), job.function.c_str(), index,
            job.inputs[index].shape().data()) != RCM_STATUS_SUCCESS)
      return job.compiler.takeError();
  return job.compiler.runPasses(module, "canonicalize");
}

Result<void> rcm::tools::isolate(Compiler &compiler, const Module &module,
                                 const std::string &function) {
  auto isPlain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  if (!std::all_of(function.begin(), function.end(), isPlain))
    return {};
  return compiler.runPasses(
      module, "symbol-privatize{exclude=" + function + "},symbol-dce");
}

Result<Job> rcm::tools::prepareJob(Compiler &compiler,
                                   const RunnerOptions &options) {
  Result<Module> module = compiler.parseFile(options.file);
  if (!module)
    return Error{module.error()};
  Result<std::string> function = pickFunction(compiler, *module, options);
  if (!function)
    return Error{function.error()};
  Result<Signature> signature = compiler.signature(*module, *function);
  if (!signature)
    return Error{signature.error()};
  if (auto alone = isolate(compiler, *module, *function); !alone)
    return Error{alone.error()};
  Result<std::vector<Array>> inputs =
      makeInputs(compiler.library(), signature->get(), options);
  if (!inputs)
    return Error{inputs.error()};
  Job job{compiler, *function, std::move(*module), std::move(*inputs)};
  Result<Module> check = compiler.clone(job.module);
  if (auto fits = specialize(job, *check); !fits)
    return Error{fits.error()};
  compiler.takeRemarks();
  return job;
}

/// Copies a result out of the executable's memory.
static Result<Array> copyOut(const rcmValue &value) {
  std::optional<ElementType> type = toElementType(value.element);
  if (!type)
    return Error{"expected results of f16, bf16, f32, f64, i1, i8, i32 or i64, "
                 "got another type"};
  std::vector<int64_t> shape(value.sizes, value.sizes + value.rank);
  Result<Array> array = Array::create(*type, shape);
  if (!array)
    return array;
  auto width = static_cast<size_t>(byteWidth(*type));
  auto *to = static_cast<char *>(array->data());
  const auto *from = static_cast<const char *>(value.data);
  std::vector<int64_t> index(shape.size(), 0);
  int64_t offset = 0;
  for (int64_t count = 0; count < array->numElements(); ++count) {
    std::memcpy(to, from + offset * static_cast<int64_t>(width), width);
    to += width;
    for (size_t dim = shape.size(); dim-- > 0;) {
      offset += value.strides[dim];
      if (++index[dim] < shape[dim])
        break;
      offset -= value.strides[dim] * shape[dim];
      index[dim] = 0;
    }
  }
  return array;
}

namespace {

/// Argument and result lists of one executable.
struct CallFrame {
  std::vector<Array> arguments;
  std::vector<rcmValue> values, results;
  /// Storage of scalar results, eight bytes each.
  std::vector<int64_t> scalars;
  bool hasMemrefs = false;
};

} // namespace

static Result<void> fillFrame(CallFrame &frame, const CompilerLibrary &library,
                              const rcmSignature *signature,
                              const std::vector<Array> &inputs) {
  for (size_t index = 0; index < inputs.size(); ++index) {
    Result<Array> copy = inputs[index].clone();
    if (!copy)
      return Error{copy.error()};
    frame.arguments.push_back(std::move(*copy));
    rcmValueKind kind = library.signatureArgument(signature, index)->kind;
    frame.hasMemrefs |= kind == RCM_VALUE_MEMREF;
    frame.values.push_back(toValue(frame.arguments.back(), kind));
  }
  size_t count = library.signatureResultCount(signature);
  frame.scalars.resize(count);
  frame.results.resize(count);
  for (size_t index = 0; index < count; ++index)
    frame.results[index].data = &frame.scalars[index];
  if (count == 0 && !frame.hasMemrefs)
    return Error{"expected the function to have a result or a memref argument, "
                 "got neither"};
  return {};
}

/// What the first call left: results, or memref arguments.
static Result<void> collect(CallFrame &frame, const std::vector<Array> &inputs,
                            const rcmSignature *signature,
                            const CompilerLibrary &library, RunResult &run) {
  for (size_t index = 0; index < frame.results.size(); ++index) {
    Result<Array> array = copyOut(frame.results[index]);
    if (!array)
      return Error{
          "expected results of a type that can be read, got " +
          std::string(library.signatureResult(signature, index)->type)};
    run.outputs.push_back(std::move(*array));
    run.changed.push_back(true);
  }
  if (!frame.results.empty())
    return {};
  for (size_t index = 0; index < frame.arguments.size(); ++index) {
    if (frame.values[index].kind != RCM_VALUE_MEMREF)
      continue;
    Result<Array> array = frame.arguments[index].clone();
    if (!array)
      return Error{array.error()};
    run.changed.push_back(
        std::memcmp(array->data(), inputs[index].data(),
                    static_cast<size_t>(array->storageBytes())) != 0);
    run.outputs.push_back(std::move(*array));
  }
  return {};
}

/// Refuses a run whose allocations, as far as they are known before it, exceed
/// the limit: compiled code cannot report that there is no memory. Other
/// pipelines than the runner's own are not looked into.
static Result<void> checkMemory(Job &job, const Module &module,
                                const std::string &pipeline,
                                const RunnerOptions &options) {
  std::string bufferization;
  if (pipeline == kFusedPipeline)
    bufferization = std::string(kFusionPasses) + ",rcm-to-cpu-bufferize";
  else if (pipeline == kStockPipeline)
    bufferization = "rcm-stock-bufferize";
  else
    return {};
  Result<Module> copy = job.compiler.clone(module);
  Result<Prediction> prediction = predictTemporaries(job, *copy, bufferization);
  // Passes speak once of what they do: when the module is compiled.
  job.compiler.takeRemarks();
  if (!prediction)
    return Error{prediction.error()};
  if (prediction->bytes <= static_cast<double>(options.memoryLimit))
    return {};
  return Error{"expected the function to allocate at most " +
               formatBytes(static_cast<double>(options.memoryLimit)) +
               " (--memory-limit), got " + formatBytes(prediction->bytes) +
               ", " + formatBytes(prediction->largestBytes) + " of them for " +
               prediction->largest};
}

Result<RunResult> rcm::tools::runVariant(Job &job, const Module &module,
                                         const std::string &pipeline,
                                         const std::vector<Array> &inputs,
                                         const RunnerOptions &options) {
  Compiler &compiler = job.compiler;
  const CompilerLibrary &library = compiler.library();
  Result<Signature> signature = compiler.signature(module, job.function);
  if (!signature)
    return Error{signature.error()};
  // A comparison skips such columns before it comes here.
  if (!options.compare)
    if (auto fits = checkMemory(job, module, pipeline, options); !fits)
      return Error{fits.error()};
  Result<Executable> executable =
      compiler.compile(module, job.function, pipeline);
  if (!executable)
    return Error{executable.error()};
  CallFrame frame;
  if (auto filled = fillFrame(frame, library, signature->get(), inputs);
      !filled)
    return Error{filled.error()};
  auto invoke = [&] {
    return library.executableInvoke(executable->get(), frame.values.data(),
                                    frame.values.size(), frame.results.data(),
                                    frame.results.size()) == RCM_STATUS_SUCCESS;
  };
  RunResult run;
  Result<void> collected;
  // Later calls may work on what the first one wrote into its arguments.
  auto afterFirst = [&] {
    collected = collect(frame, inputs, signature->get(), library, run);
    library.executableGetStatistics(executable->get(), &run.allocations);
    return static_cast<bool>(collected);
  };
  if (!measure(options.warmup, options.repeat, invoke, run.times, afterFirst))
    return collected ? compiler.takeError() : Error{collected.error()};
  for (const Array &argument : frame.arguments)
    run.memory += static_cast<double>(argument.storageBytes());
  run.memory += static_cast<double>(run.allocations.peakBytes);
  return run;
}

Result<Prediction>
rcm::tools::predictTemporaries(Job &job, const Module &module,
                               const std::string &bufferization) {
  if (auto fits = specialize(job, module); !fits)
    return Error{fits.error()};
  if (auto run = job.compiler.runPasses(module, bufferization); !run)
    return Error{run.error()};
  Prediction prediction;
  auto add = [](void *user, const char *type, int64_t bytes) {
    auto &total = *static_cast<Prediction *>(user);
    if (bytes == RCM_COMPILER_DYNAMIC)
      return;
    total.bytes += static_cast<double>(bytes);
    if (static_cast<double>(bytes) > total.largestBytes) {
      total.largestBytes = static_cast<double>(bytes);
      total.largest = type;
    }
  };
  if (job.compiler.library().moduleListAllocations(
          module.get(), job.function.c_str(), add, &prediction) !=
      RCM_STATUS_SUCCESS)
    return job.compiler.takeError();
  return prediction;
}
