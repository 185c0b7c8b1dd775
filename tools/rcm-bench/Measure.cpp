//===- Measure.cpp - compiles and times a case ----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Measure.h"

#include "rcm/Reference/Random.h"
#include "rcm/Reference/SkipCoefficients.h"

using namespace rcm::tools;
using namespace rcm::reference;

namespace {

/// All arrays of a case.
struct Data {
  AttentionInputs inputs;
  Array cSkip, cOut, out;
};

} // namespace

static Result<Data> makeData(const Case &benchmark, int64_t seed) {
  const Shape &s = benchmark.shape;
  AttentionShape shape;
  shape.batch = s.batch;
  shape.queryHeads = s.queryHeads;
  shape.keyHeads = s.keyHeads;
  shape.queries = s.queries;
  shape.keys = s.keys;
  shape.depth = shape.valueDepth = s.depth;
  Result<AttentionInputs> inputs = generateAttention(
      GeneratorSpec(), benchmark.type, shape, static_cast<uint64_t>(seed));
  if (!inputs)
    return Error{inputs.error()};
  // A stream of its own for the times.
  constexpr uint64_t kTimeStream = 100;
  RandomStream times(static_cast<uint64_t>(seed), kTimeStream);
  std::vector<double> skips, outs;
  for (int64_t index = 0; index < s.batch; ++index) {
    double t = 2 * times.uniform(static_cast<uint64_t>(index));
    auto [skip, out] = skipCoefficients(SkipSchedule::EDM, t);
    skips.push_back(skip);
    outs.push_back(out);
  }
  ElementType wide =
      benchmark.type == ElementType::F64 ? ElementType::F64 : ElementType::F32;
  Result<Array> cSkip = Array::fromValues(wide, {s.batch}, skips);
  Result<Array> cOut = Array::fromValues(wide, {s.batch}, outs);
  Result<Array> out = Array::create(
      benchmark.type, {s.batch, s.queryHeads, s.queries, s.depth});
  for (const auto *array : {&cSkip, &cOut, &out})
    if (!*array)
      return Error{array->error()};
  return Data{std::move(*inputs), std::move(*cSkip), std::move(*cOut),
              std::move(*out)};
}

static std::vector<rcmValue> argumentsOf(const Case &benchmark, Data &data) {
  std::vector<Array *> arrays;
  AttentionInputs &in = data.inputs;
  switch (benchmark.mode) {
  case Mode::Attention:
    arrays = {&in.q, &in.k, &in.v, &data.out};
    break;
  case Mode::Skip:
    arrays = {&in.x, &in.q, &data.cSkip, &data.cOut, &data.out};
    break;
  case Mode::TwoPass:
  case Mode::Fused:
    arrays = {&in.q, &in.k, &in.v, &in.x, &data.cSkip, &data.cOut, &data.out};
    break;
  }
  std::vector<rcmValue> values;
  for (Array *array : arrays)
    values.push_back(toValue(*array, RCM_VALUE_MEMREF));
  return values;
}

static Result<Times> timeModule(Compiler &compiler, const std::string &text,
                                const std::string &pipeline,
                                const std::vector<rcmValue> &arguments,
                                size_t resultCount,
                                const BenchOptions &options) {
  Result<Module> module = compiler.parse(text, "benchmark");
  if (!module)
    return Error{module.error()};
  Result<Executable> executable = compiler.compile(*module, "run", pipeline);
  if (!executable)
    return Error{executable.error()};
  std::vector<rcmValue> results(resultCount);
  auto invoke = [&] {
    return compiler.library().executableInvoke(
               executable->get(), arguments.data(), arguments.size(),
               results.data(), results.size()) == RCM_STATUS_SUCCESS;
  };
  Times times;
  if (!measure(options.warmup, options.repeat, invoke, times))
    return compiler.takeError();
  return times;
}

Result<Measurement> rcm::tools::measureCase(Compiler &compiler,
                                            const Case &benchmark,
                                            const BenchOptions &options) {
  Result<Data> data = makeData(benchmark, options.seed);
  if (!data)
    return Error{data.error()};
  Result<Times> times =
      timeModule(compiler, moduleText(benchmark), pipelineOf(benchmark),
                 argumentsOf(benchmark, *data), 0, options);
  if (!times)
    return Error{times.error()};
  return Measurement{benchmark.shape.name,
                     toString(benchmark.mode) +
                         (benchmark.causal ? ", causal" : ""),
                     "none",
                     *times,
                     floatOperations(benchmark),
                     minimumBytes(benchmark)};
}

/// An array seen with its first two dimensions joined.
static rcmValue joinHeads(Array &array) {
  rcmValue value = toValue(array, RCM_VALUE_TENSOR);
  value.rank = 3;
  value.sizes[0] *= value.sizes[1];
  value.strides[0] = value.strides[1];
  for (int dim = 1; dim < 3; ++dim) {
    value.sizes[dim] = value.sizes[dim + 1];
    value.strides[dim] = value.strides[dim + 1];
  }
  return value;
}

/// One coefficient per head from one per batch element.
static Result<Array> repeatHeads(const Array &values, int64_t heads) {
  std::vector<double> repeated;
  for (double value : values.toF64())
    repeated.insert(repeated.end(), static_cast<size_t>(heads), value);
  return Array::fromValues(values.elementType(), {values.numElements() * heads},
                           repeated);
}

Result<Measurement> rcm::tools::measureStock(Compiler &compiler,
                                             const Case &benchmark,
                                             const BenchOptions &options) {
  const Shape &s = benchmark.shape;
  if (benchmark.type != ElementType::F32 || s.queryHeads != s.keyHeads)
    return Error{"expected f32 and Hq = Hkv for `--rival=stock`, got " +
                 std::string(rcm::reference::toString(benchmark.type)) + ", " +
                 std::to_string(s.queryHeads) + " and " +
                 std::to_string(s.keyHeads)};
  Result<Data> data = makeData(benchmark, options.seed);
  if (!data)
    return Error{data.error()};
  Result<Array> cSkip = repeatHeads(data->cSkip, s.queryHeads);
  Result<Array> cOut = repeatHeads(data->cOut, s.queryHeads);
  if (!cSkip || !cOut)
    return Error{(cSkip ? cOut : cSkip).error()};
  AttentionInputs &in = data->inputs;
  std::vector<rcmValue> arguments = {joinHeads(in.q),
                                     joinHeads(in.k),
                                     joinHeads(in.v),
                                     joinHeads(in.x),
                                     toValue(*cSkip, RCM_VALUE_TENSOR),
                                     toValue(*cOut, RCM_VALUE_TENSOR)};
  Result<Times> times = timeModule(compiler, unfusedText(benchmark),
                                   "rcm-stock-to-cpu", arguments, 1, options);
  if (!times)
    return Error{times.error()};
  Case fused = benchmark;
  fused.mode = Mode::Fused;
  return Measurement{s.name,
                     benchmark.causal ? "stock, causal" : "stock",
                     "none",
                     *times,
                     floatOperations(fused),
                     minimumBytes(fused)};
}
