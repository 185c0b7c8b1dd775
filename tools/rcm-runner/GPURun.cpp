//===- GPURun.cpp - runs entries of kernel objects ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPURun.h"

#include "Inputs.h"

#include <algorithm>
#include <cstring>

using namespace rcm::tools;
using rcm::reference::Array;
using rcm::reference::ElementType;

Result<GPUJob> rcm::tools::openEntry(KernelObject object,
                                     const std::string &function) {
  Result<const rcmEntry *> entry = object.find(function);
  if (!entry)
    return Error{entry.error()};
  Result<std::vector<rcmArgumentInfo>> infos = entryArguments(*entry);
  if (!infos)
    return Error{infos.error()};
  GPUJob job;
  job.object = std::move(object);
  job.entry = *entry;
  job.function = rcmEntryName(*entry);
  job.infos = std::move(*infos);
  job.recipe = entryProperty(*entry, kRecipeProperty);
  job.schedule = entryProperty(*entry, kScheduleProperty);
  std::string attention = entryProperty(*entry, kAttentionProperty);
  if (!attention.empty()) {
    Result<rcmAttentionDescription> parsed = parseAttention(attention);
    if (!parsed)
      return Error{"property `attention` of `" + job.function +
                   "`: " + parsed.error()};
    job.attention = *parsed;
  }
  return job;
}

/// What of an entry's arguments is written, and whether it is read before.
static void findOutputs(GPUJob &job) {
  std::vector<size_t> written, both;
  for (size_t index = 0; index < job.infos.size(); ++index) {
    if (job.infos[index].kind != RCM_ARGUMENT_TENSOR)
      continue;
    if (job.infos[index].direction == RCM_OUT)
      written.push_back(index);
    if (job.infos[index].direction == RCM_INOUT)
      both.push_back(index);
  }
  if (job.attention)
    written = {static_cast<size_t>(job.attention->out.argument)};
  job.outputsAreUnread = !written.empty();
  job.outputs = written.empty() ? both : written;
}

/// An argument as the compiler's library would describe it. `text` holds the
/// type that the description points to.
static rcmValueInfo toValueInfo(const rcmArgumentInfo &info,
                                std::string &text) {
  rcmValueInfo value = {};
  bool isScalar = info.kind == RCM_ARGUMENT_SCALAR;
  value.kind = isScalar ? RCM_VALUE_SCALAR : RCM_VALUE_TENSOR;
  value.element = static_cast<rcmElement>(info.type);
  value.rank = info.rank;
  value.dense = 1;
  value.name = info.name;
  text = isScalar ? "" : "tensor<";
  for (int32_t dim = 0; dim < info.rank; ++dim) {
    bool isOpen = info.sizes[dim] == RCM_DYNAMIC;
    value.sizes[dim] = isOpen ? RCM_COMPILER_DYNAMIC : info.sizes[dim];
    text += (isOpen ? "?" : std::to_string(info.sizes[dim])) + "x";
  }
  text += std::string(rcmTypeName(info.type)) + (isScalar ? "" : ">");
  value.type = text.c_str();
  return value;
}

/// The same values in the strides that an argument asks for, if it does.
static Result<Array> applyStrides(const rcmArgumentInfo &info, Array array) {
  std::vector<int64_t> strides = array.strides();
  for (int32_t dim = 0; dim < info.rank; ++dim)
    if (info.strides[dim] != RCM_DYNAMIC)
      strides[static_cast<size_t>(dim)] = info.strides[dim];
  if (strides == array.strides() || info.kind == RCM_ARGUMENT_SCALAR)
    return array;
  Result<Array> strided =
      Array::create(array.elementType(), array.shape(), strides);
  if (!strided)
    return strided;
  for (int64_t index = 0; index < array.numElements(); ++index)
    strided->set(index, array.get(index));
  return strided;
}

/// Sizes of what is only written follow from the inputs.
static Result<void> shapeOutputs(GPUJob &job) {
  std::vector<std::vector<int64_t>> shapes;
  for (const Array &array : job.arguments)
    shapes.push_back(array.shape());
  for (size_t index : job.outputs) {
    const rcmArgumentInfo &info = job.infos[index];
    if (!job.outputsAreUnread || info.rank == job.arguments[index].rank())
      continue;
    std::vector<int64_t> shape;
    if (job.attention)
      shape = outputShape(*job.attention, shapes);
    if (shape.empty() || std::count(shape.begin(), shape.end(), -1))
      return Error{"expected `--shape` for argument " + std::to_string(index) +
                   " `" + info.name + "`, which is written, got none"};
    Result<Array> array = Array::create(*toElementType(info.type), shape);
    if (!array)
      return Error{array.error()};
    job.arguments[index] = std::move(*array);
  }
  return {};
}

Result<GPUJob> rcm::tools::prepareGPUJob(KernelObject object,
                                         const RunnerOptions &options) {
  Result<GPUJob> job = openEntry(std::move(object), options.function);
  if (!job)
    return job;
  findOutputs(*job);
  std::vector<std::string> texts(job->infos.size());
  std::vector<rcmValueInfo> values;
  for (size_t index = 0; index < job->infos.size(); ++index)
    values.push_back(toValueInfo(job->infos[index], texts[index]));
  std::vector<bool> written(values.size());
  for (size_t index : job->outputs)
    written[index] = job->outputsAreUnread;
  Result<std::vector<Array>> arguments = makeInputs(values, written, options);
  if (!arguments)
    return Error{arguments.error()};
  job->arguments = std::move(*arguments);
  if (auto shaped = shapeOutputs(*job); !shaped)
    return Error{shaped.error()};
  for (size_t index = 0; index < job->infos.size(); ++index) {
    Result<Array> array =
        applyStrides(job->infos[index], std::move(job->arguments[index]));
    if (!array)
      return Error{array.error()};
    job->arguments[index] = std::move(*array);
  }
  return job;
}

std::vector<const Array *> rcm::tools::argumentsOf(const GPUJob &job) {
  std::vector<const Array *> list;
  for (const Array &array : job.arguments)
    list.push_back(&array);
  return list;
}

/// Runs on fresh arguments and copies the results back.
static Result<void> runForValues(GPUJob &job, EntryCall &call,
                                 const GPUStream &stream) {
  if (auto done = call.upload(stream); !done)
    return done;
  for (size_t index : job.outputs)
    if (job.outputsAreUnread)
      if (auto done = call.poison(stream, index); !done)
        return done;
  if (auto done = call.launch(stream); !done)
    return done;
  if (auto done = stream.synchronize(); !done)
    return done;
  return call.checkGuards(stream);
}

static Result<void> collect(GPUJob &job, EntryCall &call,
                            const GPUStream &stream, RunResult &run) {
  for (size_t index : job.outputs) {
    Result<Array> before = job.arguments[index].clone();
    if (!before)
      return Error{before.error()};
    if (auto done = call.download(stream, index); !done)
      return done;
    Array &array = job.arguments[index];
    run.changed.push_back(job.outputsAreUnread ||
                          std::memcmp(array.data(), before->data(),
                                      static_cast<size_t>(
                                          array.storageBytes())) != 0);
    // Later launches start from what the first one started from.
    Result<Array> after = array.clone();
    if (!after)
      return Error{after.error()};
    run.outputs.push_back(std::move(*after));
    array = std::move(*before);
  }
  return {};
}

Result<RunResult> rcm::tools::runOnGPU(GPUJob &job,
                                       const RunnerOptions &options) {
  Result<GPUStream> stream = GPUStream::create();
  Result<GPUTimer> timer = GPUTimer::create();
  if (!stream || !timer)
    return Error{stream ? timer.error() : stream.error()};
  // A page of NaNs around every argument; scratch starts as NaNs.
  constexpr uint64_t kGuardBytes = 4096;
  CallOptions guarded;
  guarded.guardBytes = options.guard ? kGuardBytes : 0;
  guarded.poisonScratch = true;
  Result<std::unique_ptr<EntryCall>> call =
      EntryCall::create(job.entry, job.arguments, guarded);
  if (!call)
    return Error{call.error()};
  RunResult run;
  if (auto done = runForValues(job, **call, *stream); !done)
    return Error{done.error()};
  if (auto done = collect(job, **call, *stream, run); !done)
    return Error{done.error()};
  (*call)->stopPoisoning();
  std::vector<double> milliseconds;
  for (int64_t count = 0; count < options.warmup + options.repeat; ++count) {
    Result<double> time =
        timer->time(*stream, [&] { return (*call)->launch(*stream); });
    if (!time)
      return Error{time.error()};
    if (count >= options.warmup)
      milliseconds.push_back(*time);
  }
  run.times = summarize(std::move(milliseconds));
  run.memory = static_cast<double>((*call)->deviceBytes());
  run.allocations.temporaryCount = (*call)->scratchBytes() ? 1 : 0;
  run.allocations.temporaryBytes = (*call)->scratchBytes();
  return run;
}
