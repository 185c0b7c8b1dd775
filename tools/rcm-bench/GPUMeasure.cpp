//===- GPUMeasure.cpp - times cases on a GPU ------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "GPUMeasure.h"

#include "Errors.h"

#include "rcm/Reference/Random.h"
#include "rcm/Reference/SkipCoefficients.h"

#include <algorithm>
#include <cmath>

using namespace rcm::tools;
using namespace rcm::reference;

/// Above it, fewer samples.
static constexpr double kSlowMilliseconds = 20;
static constexpr int64_t kSlowSamples = 7;

/// An entry with everything it works on.
struct GPUBench::Call {
  KernelObject object;
  const rcmEntry *entry = nullptr;
  std::vector<Array> arrays;
  size_t out = 0;
  std::unique_ptr<EntryCall> call;
};

Result<std::unique_ptr<GPUBench>>
GPUBench::create(const BenchOptions &options) {
  Result<GPU> gpu = GPU::open();
  if (!gpu)
    return Error{gpu.error()};
  std::unique_ptr<GPUBench> bench(new GPUBench(options, *gpu));
  if (auto prepared = bench->prepare(); !prepared)
    return Error{prepared.error()};
  return bench;
}

Result<void> GPUBench::prepare() {
  Result<GPUClock> created = GPUClock::create();
  if (!created)
    return Error{created.error()};
  clock = std::move(*created);
  return options.once ? Result<void>() : measureCopies();
}

Result<void> GPUBench::measureCopies() {
  constexpr uint64_t kCopyBytes = uint64_t(1) << 30;
  constexpr int kCopies = 8;
  Result<DeviceMemory> source = DeviceMemory::create(kCopyBytes);
  Result<DeviceMemory> target = DeviceMemory::create(kCopyBytes);
  if (!source || !target)
    return Error{source ? target.error() : source.error()};
  if (auto filled = source->fill(0x5A, clock.stream().get()); !filled)
    return filled;
  double best = INFINITY;
  for (int copy = 0; copy < kCopies; ++copy) {
    Result<double> time = clock.time([&] {
      return check(rcmCopyDeviceToDevice(target->get(), source->get(),
                                         kCopyBytes, clock.stream().get()));
    });
    if (!time)
      return Error{time.error()};
    best = std::min(best, *time);
  }
  copyRate = 2 * static_cast<double>(kCopyBytes) / best * 1e-6;
  return {};
}

/// c_skip or c_out of the schedule edm at times in [0, 2).
static void fillCoefficients(Array &array, bool isSkip) {
  RandomStream times(0, 100);
  for (int64_t index = 0; index < array.numElements(); ++index) {
    double t = 2 * times.uniform(static_cast<uint64_t>(index));
    auto [skip, out] = skipCoefficients(SkipSchedule::EDM, t);
    array.set(index, isSkip ? skip : out);
  }
}

/// Arrays of the sizes that the entry's static types have.
static Result<std::vector<Array>> makeArrays(const rcmEntry *entry,
                                             int64_t seed, size_t &out) {
  Result<std::vector<rcmArgumentInfo>> infos = entryArguments(entry);
  if (!infos)
    return Error{infos.error()};
  std::vector<Array> arrays;
  for (size_t index = 0; index < infos->size(); ++index) {
    const rcmArgumentInfo &info = (*infos)[index];
    std::vector<int64_t> shape(info.sizes, info.sizes + info.rank);
    std::optional<ElementType> type = toElementType(info.type);
    if (!type || std::count(shape.begin(), shape.end(), RCM_DYNAMIC))
      return Error{"expected an object of `rcm-bench --emit-objects`, got one "
                   "of open sizes"};
    Result<Array> array = Array::create(*type, shape);
    if (!array)
      return Error{array.error()};
    std::string name = info.name;
    if (name == "out")
      out = index;
    else if (name == "a" || name == "b")
      fillCoefficients(*array, name == "a");
    else
      fillNormal(*array, static_cast<uint64_t>(seed), index);
    arrays.push_back(std::move(*array));
  }
  return arrays;
}

Result<std::unique_ptr<GPUBench::Call>>
GPUBench::open(const Case &benchmark) {
  Result<KernelObject> object = objects.get(benchmark);
  if (!object)
    return Error{object.error()};
  Result<const rcmEntry *> entry = object->find("run");
  if (!entry)
    return Error{entry.error()};
  auto call = std::make_unique<Call>();
  call->object = std::move(*object);
  call->entry = *entry;
  Result<std::vector<Array>> arrays =
      makeArrays(call->entry, options.seed, call->out);
  if (!arrays)
    return Error{arrays.error()};
  call->arrays = std::move(*arrays);
  Result<std::unique_ptr<EntryCall>> created =
      EntryCall::create(call->entry, call->arrays, {});
  if (!created)
    return Error{created.error()};
  call->call = std::move(*created);
  if (auto uploaded = call->call->upload(clock.stream()); !uploaded)
    return Error{uploaded.error()};
  return call;
}

Result<void> GPUBench::runOnce(const Case &benchmark) {
  Result<std::unique_ptr<Call>> call = open(benchmark);
  if (!call)
    return Error{call.error()};
  if (auto flushed = clock.flushCaches(); !flushed)
    return flushed;
  if (auto launched = (*call)->call->launch(clock.stream()); !launched)
    return launched;
  return clock.stream().synchronize();
}

Result<Times> GPUBench::sample(Call &call,
                               const std::function<Result<void>()> &body) {
  std::vector<double> milliseconds;
  int64_t wanted = options.repeat;
  for (int64_t count = -options.warmup; count < wanted; ++count) {
    Result<double> time = clock.sample(*call.call, call.out, body);
    if (!time)
      return Error{time.error()};
    if (*time > kSlowMilliseconds)
      wanted = std::min(wanted, kSlowSamples);
    if (count >= 0)
      milliseconds.push_back(*time);
  }
  return summarize(std::move(milliseconds));
}

/// The attention kernel among the steps, "attention_0" say; -1 if there is
/// none. Steps before it prepare its operands.
static int64_t findAttention(const std::vector<std::string> &steps) {
  for (size_t index = 0; index < steps.size(); ++index) {
    const std::string &name = steps[index];
    size_t digits = name.find_last_not_of("0123456789") + 1;
    if (name.rfind("attention", 0) == 0 && digits < name.size() &&
        name[digits - 1] == '_' &&
        name.find('_') + 1 == digits)
      return static_cast<int64_t>(index);
  }
  return -1;
}

Result<void> GPUBench::measureParts(Call &call, Measurement &result) {
  Result<std::vector<std::string>> steps = call.call->steps();
  if (!steps)
    return Error{steps.error()};
  result.launches = static_cast<int64_t>(steps->size());
  int64_t attention = findAttention(*steps);
  if (attention <= 0)
    return {};
  auto part = [&](size_t first, size_t count) {
    return sample(call, [&call, this, first, count] {
      return call.call->launchSteps(clock.stream(), first, count);
    });
  };
  auto place = static_cast<size_t>(attention);
  Result<Times> prepass = part(0, place), kernel = part(place, 1);
  if (!prepass || !kernel)
    return Error{prepass ? kernel.error() : prepass.error()};
  result.prepassMilliseconds = prepass->median;
  result.kernelMilliseconds = kernel->median;
  return {};
}

/// One launch among many in a row, after the clocks have settled.
Result<double> GPUBench::measureSustained(Call &call, double milliseconds) {
  constexpr double kSettleMilliseconds = 1000;
  auto count = static_cast<int64_t>(
      std::clamp(kSettleMilliseconds / milliseconds, 3.0, 20000.0));
  Result<double> time = Error{""};
  for (int round = 0; round < 2; ++round)
    time = clock.time([&]() -> Result<void> {
      for (int64_t launch = 0; launch < count; ++launch)
        if (auto launched = call.call->launch(clock.stream()); !launched)
          return launched;
      return {};
    });
  if (!time)
    return time;
  return *time / static_cast<double>(count);
}

Result<Measurement> GPUBench::measure(const Case &benchmark) {
  Result<std::unique_ptr<Call>> opened = open(benchmark);
  if (!opened)
    return Error{opened.error()};
  Call &call = **opened;
  Result<Times> times =
      sample(call, [&] { return call.call->launch(clock.stream()); });
  if (!times)
    return Error{times.error()};
  if (auto copied = call.call->download(clock.stream(), call.out); !copied)
    return Error{copied.error()};
  if (holdsPoison(call.arrays[call.out]))
    return Error{"expected every element of the output to be written, got "
                 "NaNs that were there before"};
  Measurement result{benchmark.shape.name,
                     toString(benchmark.mode) +
                         (benchmark.causal ? ", causal" : ""),
                     entryProperty(call.entry, "recipe"),
                     *times,
                     floatOperations(benchmark),
                     minimumBytes(benchmark)};
  if (options.errors && benchmark.mode != Mode::Skip) {
    const std::vector<Array> &a = call.arrays;
    CaseArrays arrays{&a[0], &a[1], &a[2], nullptr, nullptr, nullptr,
                      &a[call.out]};
    if (benchmark.mode != Mode::Attention)
      arrays = {&a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &a[call.out]};
    Result<Metrics> error = errorOf(benchmark, arrays);
    if (!error)
      return Error{error.error()};
    result.error = *error;
  }
  if (auto done = measureParts(call, result); !done)
    return Error{done.error()};
  if (options.sustained) {
    Result<double> sustained = measureSustained(call, times->median);
    if (!sustained)
      return Error{sustained.error()};
    result.sustainedMilliseconds = *sustained;
  }
  return result;
}
