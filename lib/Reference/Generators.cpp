//===- Generators.cpp - Test data by name ---------------------------------===//

#include "rcm/Reference/Generators.h"
#include "rcm/Reference/Numbers.h"
#include "rcm/Reference/Parallel.h"
#include "rcm/Reference/Random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

namespace rcm::reference {
namespace {

/// Standard deviation and frequency of outliers: N(0, 100) * Bernoulli(0.001).
constexpr double kOutlierDeviation = 10.0;
constexpr double kOutlierProbability = 0.001;

/// The weights of the video formula.
constexpr double kClusterWeight = 0.7, kDrawWeight = 0.7, kHeadWeight = 0.5;
constexpr double kKeyOffsetWeight = 2.0, kLoudOffset = 12.0;
constexpr double kLoudAmplitude = 3.0;
constexpr int64_t kKeysPerCluster = 64;
/// Channels with the large offset, and those among them that are amplified.
constexpr int64_t kLoudChannels = 4, kAmplifiedChannels = 2;

/// What a stream of draws is for; role * kPurposes + purpose names the stream.
enum Purpose : uint64_t { Draw, Outlier, OutlierMask, HeadOffset, kPurposes };
enum SharedStream : uint64_t {
  KeyBase = 64,
  ValueBase,
  LoudChannel,
  LoudSign,
  SinkDirection
};
/// Streams of tensors without a role start here.
constexpr uint64_t kFreeStreams = uint64_t(1) << 32;

double largestFinite(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return kMaxF16;
  case ElementType::BF16:
    return fromBF16(0x7F7F);
  case ElementType::F32:
    return std::numeric_limits<float>::max();
  default:
    return std::numeric_limits<double>::max();
  }
}

/// Fills rows of one tensor with logical shape [batch, heads, rows, depth].
class RowGenerator {
public:
  RowGenerator(const GeneratorSpec &spec, uint64_t seed, uint64_t drawStream)
      : spec(spec), seed(seed), drawStream(drawStream) {}

  int64_t heads = 1, rows = 1, depth = 1;
  /// Video and sink: query heads per key head, and the number of keys.
  int64_t group = 1, keys = 1;
  /// The role in force; unset: a tensor by itself.
  std::optional<Role> role;

  /// Row `row` of (b, h), `depth` values.
  void fill(int64_t b, int64_t h, int64_t row, double *out) const {
    fillRaw(b, h, row, out);
    for (int64_t d = 0; d < depth; ++d)
      out[d] = out[d] * spec.scale + spec.offset;
  }

private:
  RandomStream shared(uint64_t name) const { return {seed, name}; }
  RandomStream draws(Purpose purpose) const {
    return {seed, drawStream + purpose};
  }
  uint64_t index(int64_t b, int64_t h, int64_t row) const {
    return static_cast<uint64_t>(((b * heads + h) * rows + row) * depth);
  }

  void fillRaw(int64_t b, int64_t h, int64_t row, double *out) const {
    uint64_t first = index(b, h, row);
    switch (spec.distribution) {
    case Distribution::Constant:
      std::fill(out, out + depth, spec.low);
      return;
    case Distribution::Uniform:
      for (int64_t d = 0; d < depth; ++d)
        out[d] =
            spec.low + (spec.high - spec.low) * draws(Draw).uniform(first + d);
      return;
    case Distribution::ConstantRows:
      draws(Draw).normals((b * heads + h) * depth, depth, out);
      return;
    default:
      draws(Draw).normals(first, depth, out);
    }
    if (spec.distribution == Distribution::Outlier)
      addOutliers(first, out);
    if (spec.distribution == Distribution::Sink)
      addSink(b, h, row, out);
    if (spec.distribution == Distribution::Video)
      makeVideo(b, h, row, out);
  }

  void addOutliers(uint64_t first, double *out) const {
    for (int64_t d = 0; d < depth; ++d)
      if (draws(OutlierMask).uniform(first + d) < kOutlierProbability)
        out[d] += kOutlierDeviation * draws(Outlier).normal(first + d);
  }

  /// Queries lean towards one sign vector per key head; key 0 points along it,
  /// as long as the gap asks for: gap = c * depth / sqrt(depth).
  void addSink(int64_t b, int64_t h, int64_t row, double *out) const {
    double along = role == Role::Query ? 1.0 : 0.0;
    if (role == Role::Key && row == 0)
      along = spec.gap / std::sqrt(static_cast<double>(depth));
    if (along == 0.0)
      return;
    uint64_t first =
        static_cast<uint64_t>((b * (heads / group) + h / group) * depth);
    for (int64_t d = 0; d < depth; ++d)
      out[d] += std::copysign(along, shared(SinkDirection).normal(first + d));
  }

  /// `out` holds this row's own draws.
  void makeVideo(int64_t b, int64_t h, int64_t row, double *out) const {
    if (role == Role::Residual)
      return;
    int64_t clusters = std::max<int64_t>(1, keys / kKeysPerCluster);
    int64_t cluster = row * clusters / rows;
    int64_t keyHead = h / group, keyHeads = heads / group;
    RandomStream base = shared(role == Role::Value ? ValueBase : KeyBase);
    std::vector<double> center(depth), offset(depth);
    base.normals(((b * keyHeads + keyHead) * clusters + cluster) * depth, depth,
                 center.data());
    draws(HeadOffset).normals(h * depth, depth, offset.data());
    for (int64_t d = 0; d < depth; ++d)
      out[d] = kClusterWeight * center[d] + kDrawWeight * out[d];
    if (role != Role::Key) {
      for (int64_t d = 0; d < depth; ++d)
        out[d] += kHeadWeight * offset[d];
      return;
    }
    for (double &value : offset)
      value *= kKeyOffsetWeight;
    applyLoudChannels(h, out, offset.data());
    for (int64_t d = 0; d < depth; ++d)
      out[d] += offset[d];
  }

  /// Four distinct random channels per head get a large offset; two of them
  /// are amplified.
  void applyLoudChannels(int64_t h, double *out, double *offset) const {
    int64_t chosen[kLoudChannels];
    int64_t count = std::min(kLoudChannels, depth);
    uint64_t draw = 0;
    // Tries of one head never reach the next head's.
    const uint64_t kTriesPerHead = 1 << 16;
    for (int64_t i = 0; i < count; ++i) {
      int64_t channel;
      do
        channel = static_cast<int64_t>(
            static_cast<double>(depth) *
            shared(LoudChannel).uniform(h * kTriesPerHead + draw++));
      while (std::find(chosen, chosen + i, channel) != chosen + i);
      chosen[i] = channel;
      double sign = shared(LoudSign).normal(h * kLoudChannels + i);
      offset[channel] += std::copysign(kLoudOffset, sign);
      if (i < kAmplifiedChannels)
        out[channel] *= kLoudAmplitude;
    }
  }

  GeneratorSpec spec;
  uint64_t seed, drawStream;
};

/// Fills `array`, seen as [batch, heads, rows, depth] with the given strides.
void fillArray(const RowGenerator &rows, int64_t batch, Array &array,
               const int64_t (&strides)[4]) {
  double limit = largestFinite(array.elementType());
  int64_t total = batch * rows.heads * rows.rows;
  constexpr int64_t kRowsPerPiece = 64;
  auto fill = [&](int64_t piece) {
    std::vector<double> values(rows.depth);
    int64_t end = std::min(total, (piece + 1) * kRowsPerPiece);
    for (int64_t i = piece * kRowsPerPiece; i < end; ++i) {
      int64_t row = i % rows.rows, h = i / rows.rows % rows.heads;
      int64_t b = i / (rows.rows * rows.heads);
      rows.fill(b, h, row, values.data());
      int64_t offset = b * strides[0] + h * strides[1] + row * strides[2];
      for (int64_t d = 0; d < rows.depth; ++d)
        storeElement(array.elementType(), array.data(), offset + d * strides[3],
                     std::clamp(values[d], -limit, limit));
    }
  };
  // Fewer draws take less time than starting a thread.
  constexpr int64_t kDrawsPerThread = 1 << 14;
  parallelFor((total + kRowsPerPiece - 1) / kRowsPerPiece, fill,
              total * rows.depth < kDrawsPerThread ? 1 : 0);
}

Result<Array> createOrdered(ElementType type, int64_t b, int64_t h, int64_t l,
                            int64_t d, MemoryOrder order) {
  if (order == MemoryOrder::BHLD)
    return Array::create(type, {b, h, l, d});
  return Array::create(type, {b, h, l, d}, {l * h * d, d, h * d, 1});
}

/// One tensor of an attention.
Result<Array> generateRole(const GeneratorSpec &spec, Role role,
                           ElementType type, const AttentionShape &shape,
                           uint64_t seed, MemoryOrder order) {
  bool query = role == Role::Query || role == Role::Residual;
  GeneratorSpec own = spec;
  if (role == Role::Residual && spec.distribution != Distribution::Constant &&
      spec.distribution != Distribution::Uniform)
    own.distribution = Distribution::Normal;
  RowGenerator rows(own, seed, static_cast<uint64_t>(role) * kPurposes);
  rows.role = role;
  rows.heads = query ? shape.queryHeads : shape.keyHeads;
  rows.rows = query ? shape.queries : shape.keys;
  rows.depth =
      role == Role::Query || role == Role::Key ? shape.depth : shape.valueDepth;
  rows.group = query ? shape.queryHeads / shape.keyHeads : 1;
  rows.keys = shape.keys;
  Result<Array> array = createOrdered(type, shape.batch, rows.heads, rows.rows,
                                      rows.depth, order);
  if (!array)
    return array;
  const std::vector<int64_t> &s = array->strides();
  fillArray(rows, shape.batch, *array, {s[0], s[1], s[2], s[3]});
  return array;
}

} // namespace

Result<Array> generate(const GeneratorSpec &spec, ElementType type,
                       const std::vector<int64_t> &shape, uint64_t seed,
                       uint64_t stream) {
  bool joint = spec.distribution == Distribution::Video ||
               spec.distribution == Distribution::Sink;
  int64_t rank = static_cast<int64_t>(shape.size());
  if (joint && !spec.role)
    return Error{"expected a role q, k, v or x after 'video' or 'sink' for a "
                 "single tensor, got none"};
  if (joint && (rank < 2 || rank > 4))
    return Error{"expected rank 2 to 4 for 'video' and 'sink', got shape " +
                 shapeToString(shape)};
  Result<Array> array = Array::create(type, shape);
  if (!array || array->numElements() == 0)
    return array;
  try {
    // One role of one seed is one stream, whichever argument it is.
    RowGenerator rows(spec, seed,
                      joint ? static_cast<uint64_t>(*spec.role) * kPurposes
                            : kFreeStreams + stream * kPurposes);
    rows.role = spec.role;
    rows.depth = rank > 0 ? shape[rank - 1] : 1;
    rows.rows = rank > 1 ? shape[rank - 2] : 1;
    rows.heads = rank > 2 ? shape[rank - 3] : 1;
    rows.keys = spec.keys > 0 ? spec.keys : rows.rows;
    int64_t perBatch = rows.heads * rows.rows * rows.depth;
    fillArray(rows, array->numElements() / perBatch, *array,
              {perBatch, rows.rows * rows.depth, rows.depth, 1});
  } catch (const std::bad_alloc &) {
    return Error{"expected memory for shape " + shapeToString(shape) +
                 ", got none"};
  }
  return array;
}

Result<AttentionInputs> generateAttention(const GeneratorSpec &spec,
                                          ElementType type,
                                          const AttentionShape &shape,
                                          uint64_t seed, MemoryOrder order) {
  if (shape.batch < 1 || shape.queryHeads < 1 || shape.keyHeads < 1 ||
      shape.queryHeads % shape.keyHeads != 0 || shape.queries < 1 ||
      shape.keys < 0 || shape.depth < 1 || shape.valueDepth < 1)
    return Error{
        "expected sizes of at least 1 (keys: 0) and query heads a multiple of "
        "key heads, got B,Hq,Hkv,Lq,Lk,D,Dv = " +
        shapeToString({shape.batch, shape.queryHeads, shape.keyHeads,
                       shape.queries, shape.keys, shape.depth,
                       shape.valueDepth})};
  AttentionInputs inputs;
  const std::pair<Role, Array *> roles[] = {{Role::Query, &inputs.q},
                                            {Role::Key, &inputs.k},
                                            {Role::Value, &inputs.v},
                                            {Role::Residual, &inputs.x}};
  try {
    for (auto [role, target] : roles) {
      Result<Array> array = generateRole(spec, role, type, shape, seed, order);
      if (!array)
        return Error{array.error()};
      *target = std::move(*array);
    }
  } catch (const std::bad_alloc &) {
    return Error{"expected memory for the inputs of an attention, got none"};
  }
  return inputs;
}

} // namespace rcm::reference
