//===- SweepData.cpp - arguments of a case --------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Sweep.h"

#include "rcm/Reference/Random.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace rcm::tools;
using namespace rcm::reference;

/// A NaN in every float type; what lies between elements.
static constexpr uint8_t kGap = 0xFF;

namespace {

/// The draws of one case, in the order in which they are asked for.
class Draws {
public:
  Draws(uint64_t seed, uint64_t stream) : random(seed, stream) {}
  /// In [0, count).
  int64_t below(int64_t count) {
    return static_cast<int64_t>(random.uniform(next++) *
                                static_cast<double>(count));
  }
  double uniform(double low, double high) {
    return low + random.uniform(next++) * (high - low);
  }

private:
  RandomStream random;
  uint64_t next = 0;
};

/// An argument's part in the attention.
struct Part {
  const rcmAttentionOperand *operand;
  /// A tensor that generateAttention makes, or null.
  const Array *source;
  /// Letters of the source's four dimensions.
  const char *space;
  bool isKeySide;
};

class ArgumentMaker {
public:
  ArgumentMaker(GPUJob &job, SweepCase &sweepCase)
      : job(job), sweep(sweepCase), draws(sweepCase.seed, kDrawStream) {}

  Result<void> run() {
    fixSizes();
    Result<GeneratorSpec> spec = parseGenerator(sweep.generator);
    if (!spec)
      return Error{spec.error()};
    Result<AttentionInputs> inputs =
        generateAttention(*spec, ElementType::F32, sweep.shape, sweep.seed);
    if (!inputs)
      return Error{inputs.error()};
    job.arguments.clear();
    job.arguments.resize(job.infos.size());
    const rcmAttentionDescription &a = *job.attention;
    for (const Part &part :
         {Part{&a.query, &inputs->q, "bhmk", false},
          Part{&a.key, &inputs->k, "bhnk", true},
          Part{&a.value, &inputs->v, "bhnd", true},
          Part{&a.residual, &inputs->x, "bhmd", false},
          Part{&a.alpha, nullptr, "bhmd", false},
          Part{&a.beta, nullptr, "bhmd", false},
          Part{&a.time, nullptr, "bhmd", false},
          Part{&a.bias, nullptr, "bhmn", false},
          Part{&a.out, nullptr, "bhmd", false}})
      if (part.operand->argument >= 0)
        if (auto made = make(part); !made)
          return made;
    for (size_t index = 0; index < job.infos.size(); ++index)
      if (job.infos[index].kind == RCM_ARGUMENT_TENSOR &&
          job.arguments[index].rank() != job.infos[index].rank)
        return Error{"expected every argument to be an operand of the "
                     "attention, got argument " +
                     std::to_string(index) + " of another use"};
    plant();
    return {};
  }

private:
  static constexpr uint64_t kDrawStream = 77;

  /// The size a letter stands for.
  int64_t *sizeOf(char letter, bool isKeySide) {
    AttentionShape &s = sweep.shape;
    switch (letter) {
    case 'b':
      return &s.batch;
    case 'h':
      return isKeySide ? &s.keyHeads : &s.queryHeads;
    case 'm':
      return &s.queries;
    case 'n':
      return &s.keys;
    case 'k':
      return &s.depth;
    case 'd':
      return &s.valueDepth;
    default:
      return nullptr;
    }
  }

  /// Takes over what the entry's types fix, and what is 1 for lack of a letter.
  void fixSizes() {
    const rcmAttentionDescription &a = *job.attention;
    if (!std::strchr(a.query.dims, 'b'))
      sweep.shape.batch = 1;
    if (!std::strchr(a.query.dims, 'h'))
      sweep.shape.queryHeads = 1;
    if (!std::strchr(a.key.dims, 'h'))
      sweep.shape.keyHeads = 1;
    for (auto [operand, isKeySide] :
         {std::pair(&a.query, false), {&a.key, true}, {&a.value, true}}) {
      const rcmArgumentInfo &info =
          job.infos[static_cast<size_t>(operand->argument)];
      for (int32_t dim = 0; dim < info.rank; ++dim)
        if (int64_t *size = sizeOf(operand->dims[dim], isKeySide);
            size && info.sizes[dim] != RCM_DYNAMIC)
          *size = info.sizes[dim];
    }
    if (sweep.shape.queryHeads % sweep.shape.keyHeads)
      sweep.shape.queryHeads = sweep.shape.keyHeads;
  }

  /// Strides that the argument's type allows: a random memory order of the
  /// dimensions that are not innermost, and gaps of up to seven elements.
  std::vector<int64_t> chooseStrides(const rcmArgumentInfo &info,
                                     const std::vector<int64_t> &shape,
                                     bool isHuge) {
    std::vector<size_t> order(shape.size());
    for (size_t dim = 0; dim < order.size(); ++dim)
      order[dim] = dim;
    if (sweep.randomStrides)
      for (size_t dim = 1; dim + 1 < order.size(); ++dim)
        std::swap(order[dim], order[static_cast<size_t>(draws.below(
                                  static_cast<int64_t>(dim) + 1))]);
    std::vector<int64_t> strides(shape.size());
    int64_t step = 1;
    for (size_t place = order.size(); place-- > 0;) {
      size_t dim = order[place];
      if (isHuge && place == 0)
        step = std::max(step, sweep.hugeStride);
      strides[dim] = info.strides[dim] == RCM_DYNAMIC ? step : info.strides[dim];
      int64_t gap = sweep.randomStrides ? draws.below(8) : 0;
      step = strides[dim] * std::max<int64_t>(shape[dim], 1) + gap;
    }
    return strides;
  }

  Result<void> make(const Part &part) {
    auto index = static_cast<size_t>(part.operand->argument);
    const rcmArgumentInfo &info = job.infos[index];
    std::optional<ElementType> type = toElementType(info.type);
    if (!type)
      return Error{"expected arguments of a type that can be filled, got " +
                   std::string(rcmTypeName(info.type))};
    std::vector<int64_t> shape;
    for (int32_t dim = 0; dim < info.rank; ++dim) {
      int64_t *size = sizeOf(part.operand->dims[dim], part.isKeySide);
      shape.push_back(size ? *size : 1);
    }
    const rcmAttentionDescription &a = *job.attention;
    bool isHuge = sweep.hugeStride && (part.operand == &a.query ||
                                       part.operand == &a.out);
    Result<Array> array =
        Array::create(*type, shape, chooseStrides(info, shape, isHuge));
    if (!array)
      return Error{array.error()};
    // Gaps of a huge array are too many bytes to look at.
    if (!isHuge)
      array->fillBytes(kGap);
    fill(*array, part);
    job.arguments[index] = std::move(*array);
    return {};
  }

  void fill(Array &array, const Part &part) {
    const rcmAttentionDescription &a = *job.attention;
    if (part.operand == &a.out)
      return;
    std::vector<int64_t> at(array.shape().size(), 0);
    for (int64_t index = 0; index < array.numElements(); ++index) {
      array.set(index, part.source ? sourceValue(part, at)
                                   : drawValue(part.operand));
      for (size_t dim = at.size(); dim-- > 0;) {
        if (++at[dim] < array.shape()[dim])
          break;
        at[dim] = 0;
      }
    }
  }

  double sourceValue(const Part &part, const std::vector<int64_t> &at) const {
    int64_t logical = 0;
    for (size_t place = 0; place < 4; ++place) {
      const char *found =
          std::strchr(part.operand->dims, part.space[place]);
      int64_t value =
          found ? at[static_cast<size_t>(found - part.operand->dims)] : 0;
      logical = logical * part.source->shape()[place] + value;
    }
    return part.source->get(logical);
  }

  double drawValue(const rcmAttentionOperand *operand) {
    return operand == &job.attention->time ? draws.uniform(0, 2)
                                           : draws.uniform(-2, 2);
  }

  void plant() {
    if (sweep.planted.empty())
      return;
    const rcmAttentionDescription &a = *job.attention;
    const rcmAttentionOperand &operand = sweep.planted == "q"   ? a.query
                                         : sweep.planted == "k" ? a.key
                                                                : a.value;
    Array &array = job.arguments[static_cast<size_t>(operand.argument)];
    static const double kValues[] = {NAN, INFINITY, -INFINITY};
    if (array.numElements())
      array.set(draws.below(array.numElements()), kValues[draws.below(3)]);
  }

  GPUJob &job;
  SweepCase &sweep;
  Draws draws;
};

} // namespace

std::string SweepCase::text() const {
  std::string line;
  for (int64_t size : {shape.batch, shape.queryHeads, shape.keyHeads,
                       shape.queries, shape.keys, shape.depth,
                       shape.valueDepth})
    line += (line.empty() ? "B,Hq,Hkv,Lq,Lk,D,Dv = " : ",") +
            std::to_string(size);
  line += ", " + generator + ", seed " + std::to_string(seed);
  if (randomStrides)
    line += ", random strides";
  if (misalignment)
    line += ", misaligned by " + std::to_string(misalignment);
  if (!planted.empty())
    line += ", non-finite " + planted;
  return line;
}

Result<void> rcm::tools::makeArguments(GPUJob &job, SweepCase &sweepCase) {
  if (!job.attention)
    return Error{"expected an entry that says which attention it computes, got "
                 "`" +
                 job.function + "`, which does not"};
  job.outputs = {static_cast<size_t>(job.attention->out.argument)};
  job.outputsAreUnread = true;
  return ArgumentMaker(job, sweepCase).run();
}

bool rcm::tools::gapsAreUntouched(const Array &array) {
  auto width = static_cast<size_t>(byteWidth(array.elementType()));
  auto bytes = static_cast<size_t>(array.storageBytes());
  std::vector<bool> isElement(bytes / width);
  for (int64_t index = 0; index < array.numElements(); ++index)
    isElement[static_cast<size_t>(array.offsetOf(index))] = true;
  const auto *data = static_cast<const uint8_t *>(array.data());
  for (size_t place = 0; place < isElement.size(); ++place)
    for (size_t byte = 0; !isElement[place] && byte < width; ++byte)
      if (data[place * width + byte] != kGap)
        return false;
  return true;
}
