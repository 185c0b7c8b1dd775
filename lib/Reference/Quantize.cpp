//===- Quantize.cpp - int8 and e4m3 with scales ---------------------------===//

#include "Quantize.h"
#include "RowLoop.h"
#include "VectorKernels.h"

#include <cmath>
#include <limits>

namespace rcm::reference {
namespace {

constexpr double kLog2E = 1.4426950408889634;
constexpr float kInt8Limit = 127.0f, kE4M3Limit = 448.0f;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Rows of a warp that one thread holds: m mod 8 is equal. Keys of a tile that
/// one thread holds: (n / 2) mod 4 is equal.
constexpr int64_t kQueryThreads = 8, kKeyThreads = 4, kKeysPerThread = 2;

float clampToFinite(double value) {
  constexpr double kLimit = std::numeric_limits<float>::max();
  return static_cast<float>(std::fmin(std::fmax(value, -kLimit), kLimit));
}

/// What V or K is in one channel over all keys.
struct ChannelStatistics {
  bool finite = true;
  float mean = 0;
};

ChannelStatistics channelStatistics(const std::vector<float> &values,
                                    int64_t keys, int64_t depth, int64_t d) {
  double sum = 0;
  for (int64_t n = 0; n < keys; ++n)
    sum += values[n * depth + d];
  ChannelStatistics statistics;
  statistics.finite = std::isfinite(sum); // f32 values cannot overflow f64.
  if (statistics.finite && keys > 0)
    statistics.mean = static_cast<float>(sum / static_cast<double>(keys));
  return statistics;
}

/// Rounds to the type in which a recipe without int8 multiplies.
void roundOperand(Recipe recipe, std::vector<float> &values) {
  int64_t count = static_cast<int64_t>(values.size());
  if (recipe == Recipe::BF16)
    vectorKernels().roundBF16(values.data(), count);
  if (recipe == Recipe::F16)
    vectorKernels().roundF16(values.data(), count);
}

/// One channel of V to e4m3.
void quantizeChannel(const RecipeOptions &options,
                     const std::vector<float> &source, int64_t keys,
                     int64_t depth, int64_t d, ValueHead &head) {
  ChannelStatistics statistics = channelStatistics(source, keys, depth, d);
  if (!statistics.finite) {
    head.scale[d] = kNaN; // The codes stay 0.
    return;
  }
  double mean = options.smoothV ? statistics.mean : 0.0;
  float amax = 0;
  std::vector<float> column(keys);
  for (int64_t n = 0; n < keys; ++n) {
    column[n] = clampToFinite(source[n * depth + d] - mean);
    amax = std::fmax(amax, std::fabs(column[n]));
  }
  // In the kernels' order of roundings: with few keys many values lie in the
  // middle between two e4m3 numbers.
  float scale = amax < kSmallestAmax ? 0.0f : amax * (1.0f / kE4M3Limit);
  float inverse = scale == 0.0f ? 0.0f : 1.0f / scale;
  for (float &value : column)
    value *= inverse;
  vectorKernels().roundE4M3(column.data(), keys);
  double stored = 0;
  for (int64_t n = 0; n < keys; ++n) {
    head.values[n * head.stride + d] = column[n];
    stored += column[n];
  }
  head.scale[d] = scale;
  if (!options.smoothV || keys == 0)
    return;
  // Rounding leaves a bias, the mean of what was stored: O is unbiased when it
  // is taken out together with putting the mean back.
  stored = stored / static_cast<double>(keys) * head.scale[d];
  head.offset[d] =
      static_cast<float>(mean - (options.correctMean ? stored : 0.0));
}

/// One channel of V to f16, with a power of two that brings it into range.
/// Inputs in f16 already are taken as they are.
void convertChannelToF16(bool rescale, const std::vector<float> &source,
                         int64_t keys, int64_t depth, int64_t d,
                         ValueHead &head) {
  // Magnitudes end up below 2^15, half of f16's range.
  constexpr int kTargetExponent = 15;
  ChannelStatistics statistics = channelStatistics(source, keys, depth, d);
  if (!statistics.finite) {
    head.scale[d] = kNaN;
    return;
  }
  float amax = 0;
  for (int64_t n = 0; n < keys; ++n)
    amax = std::fmax(amax, std::fabs(source[n * depth + d]));
  int exponent = 0;
  if (rescale && amax >= kSmallestAmax) {
    std::frexp(amax, &exponent);
    exponent -= kTargetExponent;
  }
  std::vector<float> column(keys);
  for (int64_t n = 0; n < keys; ++n)
    column[n] = std::ldexp(source[n * depth + d], -exponent);
  vectorKernels().roundF16(column.data(), keys);
  for (int64_t n = 0; n < keys; ++n)
    head.values[n * head.stride + d] = column[n];
  head.scale[d] = std::ldexp(1.0f, exponent);
}

} // namespace

void Int8Group::include(float value) {
  finite = finite && std::isfinite(value);
  amax = std::fmax(amax, std::fabs(value));
}

float Int8Group::scale() const {
  if (!finite)
    return kNaN;
  return amax < kSmallestAmax ? 0.0f : amax * (1.0f / kInt8Limit);
}

int16_t Int8Group::encode(float value) const {
  if (!finite || amax < kSmallestAmax)
    return 0;
  // As the kernels do it: narrow inputs have many products close to a half.
  double inverse = kInt8Limit / amax;
  double code = std::nearbyint(value * inverse);
  return static_cast<int16_t>(std::clamp<double>(code, -kInt8Limit, kInt8Limit));
}

QueryGroup prepareQueries(const AttentionProblem &problem,
                          const RecipeOptions &options, int64_t b, int64_t h,
                          int64_t group) {
  QueryGroup result;
  result.first = group * options.queryGroup;
  result.rows = std::min(options.queryGroup, problem.queries - result.first);
  int64_t depth = problem.depth;
  result.values.resize(result.rows * depth);
  for (int64_t i = 0; i < result.rows; ++i)
    for (int64_t d = 0; d < depth; ++d)
      result.values[i * depth + d] =
          static_cast<float>(problem.q.at(b, h, result.first + i, d));
  float toLog2 = static_cast<float>(problem.scale * kLog2E);
  if (!usesInt8(options.recipe)) {
    roundOperand(options.recipe, result.values);
    result.factors.assign(result.rows, toLog2);
    return result;
  }
  int64_t groups = options.queryPerThread ? kQueryThreads : 1;
  std::vector<Int8Group> scales(groups);
  for (int64_t i = 0; i < result.rows; ++i)
    for (int64_t d = 0; d < depth; ++d)
      scales[i % groups].include(result.values[i * depth + d]);
  if (options.repeatLastQuery)
    for (int64_t i = result.rows; i < options.queryGroup; ++i)
      for (int64_t d = 0; d < depth; ++d)
        scales[i % groups].include(
            result.values[(result.rows - 1) * depth + d]);
  result.codes.resize(result.values.size());
  for (int64_t i = 0; i < result.rows; ++i) {
    const Int8Group &scale = scales[i % groups];
    for (int64_t d = 0; d < depth; ++d)
      result.codes[i * depth + d] = scale.encode(result.values[i * depth + d]);
    float amax = scale.scale() == 0.0f ? 0.0f : scale.amax;
    result.factors.push_back(
        scale.finite
            ? amax * static_cast<float>(problem.scale * kLog2E / kInt8Limit)
            : kNaN);
  }
  return result;
}

int64_t keyScaleIndex(const RecipeOptions &options, int64_t n) {
  int64_t block = n / options.keyGroup;
  if (!options.keyPerThread)
    return block;
  return block * kKeyThreads + n / kKeysPerThread % kKeyThreads;
}

void prepareKeys(const AttentionProblem &problem, const RecipeOptions &options,
                 int64_t b, int64_t h, int threads, KeyHead &head) {
  int64_t keys = problem.keys, depth = problem.depth;
  loadHead(problem.k, b, h, keys, depth, head.values, threads);
  head.mean.clear();
  if (!usesInt8(options.recipe)) {
    roundOperand(options.recipe, head.values);
    return;
  }
  if (options.smoothK) {
    head.mean.resize(depth);
    auto subtract = [&](int64_t d) {
      ChannelStatistics s = channelStatistics(head.values, keys, depth, d);
      // A non-finite channel makes the whole head non-finite below.
      head.mean[d] = s.finite ? s.mean : kNaN;
      for (int64_t n = 0; n < keys; ++n) {
        float &value = head.values[n * depth + d];
        value = s.finite
                    ? clampToFinite(static_cast<double>(value) - head.mean[d])
                    : kNaN;
      }
    };
    parallelFor(depth, subtract, threadsFor(keys * depth * 4, threads));
  }
  int64_t perBlock = options.keyPerThread ? kKeyThreads : 1;
  int64_t blocks = (keys + options.keyGroup - 1) / options.keyGroup;
  if (options.repeatLastKey && keys > 0) {
    std::vector<float> last(head.values.end() - depth, head.values.end());
    for (; keys < blocks * options.keyGroup; ++keys)
      head.values.insert(head.values.end(), last.begin(), last.end());
  }
  head.scales.assign(blocks * perBlock, 0.0f);
  head.codes.resize(head.values.size());
  auto quantize = [&](int64_t block) {
    int64_t first = block * options.keyGroup;
    int64_t last = std::min(keys, first + options.keyGroup);
    Int8Group groups[kKeyThreads];
    auto groupOf = [&](int64_t n) -> Int8Group & {
      return groups[keyScaleIndex(options, n) % perBlock];
    };
    for (int64_t n = first; n < last; ++n)
      for (int64_t d = 0; d < depth; ++d)
        groupOf(n).include(head.values[n * depth + d]);
    for (int64_t n = first; n < last; ++n)
      for (int64_t d = 0; d < depth; ++d)
        head.codes[n * depth + d] =
            groupOf(n).encode(head.values[n * depth + d]);
    for (int64_t i = 0; i < perBlock; ++i)
      head.scales[block * perBlock + i] = groups[i].scale();
  };
  parallelFor(blocks, quantize, threadsFor(keys * depth * 4, threads));
}

void prepareValues(const AttentionProblem &problem,
                   const RecipeOptions &options, int64_t b, int64_t h,
                   int threads, ValueHead &head) {
  int64_t keys = problem.keys, depth = problem.valueDepth;
  std::vector<float> source;
  loadHead(problem.v, b, h, keys, depth, source, threads);
  head.stride = (depth + kNarrowLanes) / kNarrowLanes * kNarrowLanes;
  head.values.assign(keys * head.stride, 0.0f);
  head.scale.assign(depth, 1.0f);
  head.offset.assign(depth, 0.0f);
  bool rescale = problem.v.type != ElementType::F16;
  if (!usesInt8(options.recipe))
    roundOperand(options.recipe, source);
  auto convert = [&](int64_t d) {
    if (options.recipe == Recipe::Int8E4M3)
      return quantizeChannel(options, source, keys, depth, d, head);
    if (options.recipe == Recipe::Int8F16)
      return convertChannelToF16(rescale, source, keys, depth, d, head);
    for (int64_t n = 0; n < keys; ++n)
      head.values[n * head.stride + d] = source[n * depth + d];
  };
  parallelFor(depth, convert, threadsFor(keys * depth * 4, threads));
  for (int64_t n = 0; n < keys; ++n)
    head.values[n * head.stride + depth] = 1.0f;
  head.exponents.clear();
  if (accumulatorOf(options) != Accumulator::Narrow)
    return;
  head.exponents.resize(head.values.size());
  auto exponents = [&](int64_t n) {
    for (int64_t i = n * head.stride; i < (n + 1) * head.stride; ++i)
      head.exponents[i] = narrowExponent(head.values[i]);
  };
  parallelFor(keys, exponents, threadsFor(keys * head.stride, threads));
}

} // namespace rcm::reference
