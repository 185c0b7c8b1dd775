//===- Emulation.cpp - The quantized algorithm on the CPU -----------------===//

#include "Quantize.h"
#include "RowLoop.h"
#include "VectorKernels.h"

#include <cmath>
#include <limits>

namespace rcm::reference {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kLn2 = 0.69314718055994531, kLog2E = 1.4426950408889634;

/// Scores times more than this would overflow f32, and inf - inf is NaN:
/// |S| <= 127^2 * 256 < 2^22, so that products stay below 2^122.
constexpr float kLargestFactor = 0x1p100f;

/// What all groups of one head share.
struct Head {
  const AttentionProblem &problem;
  const RecipeOptions &options;
  int64_t b, h;
  const KeyHead &keys;
  const ValueHead &values;
};

/// The running state of one query row.
struct Row {
  int64_t index = 0, visible = 0;
  /// Where keys behind the last one have scores: columns whose scores count in
  /// the maximum.
  int64_t compared = 0;
  /// Position in the QueryGroup.
  int64_t local = 0;
  float maximum = -kInf, sum = 0;
  /// A NaN met the row: everything it gives is NaN.
  bool poisoned = false;
};

/// Rows of one warpgroup of a kernel.
constexpr int64_t kGroupRows = 64;

/// The online softmax of some rows of one scale group of Q.
class GroupLoop {
public:
  GroupLoop(const Head &head, QueryGroup group, const int64_t *rows,
            int64_t count)
      : head(head), problem(head.problem), options(head.options),
        group(std::move(group)), rows(count) {
    stride = head.values.stride;
    offset = probabilityOffset(options);
    repeatsKeys = options.repeatLastKey && usesInt8(options.recipe) &&
                  !problem.bias.isPresent();
    int64_t tile = options.keyTile;
    integers.resize(count * tile);
    scores.resize(count * tile);
    factors.resize(tile);
    keyScales.resize(tile);
    output.assign(count * stride, 0.0f);
    partial.assign(count * stride, 0.0f);
    int64_t depth = problem.depth;
    for (int64_t i = 0; i < count; ++i) {
      Row &row = this->rows[i];
      row.index = rows[i];
      row.local = rows[i] - this->group.first;
      row.visible =
          visibleKeys(problem.causal, row.index, problem.queries, problem.keys);
      row.compared = comparedKeys(row.index);
      reach = std::max(reach, row.visible);
      // Only the wanted rows of the group take part from here on.
      if (usesInt8(options.recipe))
        codes.insert(codes.end(), this->group.codes.begin() + row.local * depth,
                     this->group.codes.begin() + (row.local + 1) * depth);
      else
        values.insert(values.end(),
                      this->group.values.begin() + row.local * depth,
                      this->group.values.begin() + (row.local + 1) * depth);
    }
  }

  void run() {
    int64_t tile = options.keyTile;
    int64_t tiles = (blockReach() + tile - 1) / tile;
    int64_t shift = promotionShift(tiles);
    for (int64_t i = 0; i < tiles; ++i) {
      int64_t first = (options.reverseKeys ? tiles - 1 - i : i) * tile;
      if (first < reach)
        step(first, std::min(tile, reach - first));
      if (options.accumulation == Accumulation::Promoted &&
          ((i + 1 + shift) % options.promotionTiles == 0 || i + 1 == tiles))
        promote();
    }
  }

  /// Writes attention [rows, Dv] and lse [rows].
  void finish(double *out, double *lse) const {
    for (size_t i = 0; i < rows.size(); ++i)
      finishRow(rows[i], output.data() + i * stride,
                out + i * problem.valueDepth, lse + i);
  }

private:
  /// Kernels bound what a causal mask shows once for the 64 rows of a
  /// warpgroup, at its first row: later rows also compare keys that repeat the
  /// last one, as without a mask.
  int64_t comparedKeys(int64_t row) const {
    if (problem.causal == Causal::None)
      return std::numeric_limits<int64_t>::max();
    int64_t within = row % kGroupRows;
    int64_t past = problem.causal == Causal::TopLeft
                       ? 0
                       : problem.keys - problem.queries;
    return std::clamp(row - within + past + 1, -kGroupRows, problem.keys) +
           within;
  }

  /// Keys that some row of the kernel's block sees.
  int64_t blockReach() const {
    if (!options.queryTile || rows.empty())
      return reach;
    int64_t end = (rows.back().index / options.queryTile + 1) * options.queryTile;
    return std::max(reach, visibleKeys(problem.causal,
                                       std::min(end, problem.queries) - 1,
                                       problem.queries, problem.keys));
  }

  /// How many tiles earlier than those of the first warpgroup the sums of
  /// these rows are promoted.
  int64_t promotionShift(int64_t tiles) const {
    int64_t groups = options.queryTile / kGroupRows;
    if (groups == 0 || rows.empty() || tiles <= options.promotionTiles)
      return 0;
    int64_t group = rows.front().index / kGroupRows % groups;
    return group * (options.promotionTiles / groups);
  }

  /// Keys [first, first + count).
  void step(int64_t first, int64_t count) {
    // Those that repeat the last one have scores and no weight.
    int64_t present = repeatsKeys ? options.keyTile : count;
    computeScores(first, present);
    bool even = true;
    for (size_t i = 0; i < rows.size(); ++i) {
      int64_t visible = std::clamp<int64_t>(rows[i].visible - first, 0, count);
      even = even && visible == present;
      softmaxRow(rows[i], i, first, present, visible);
    }
    int64_t all = static_cast<int64_t>(rows.size());
    if (even)
      return accumulate(0, all, first, count, count);
    // Hidden keys are left out: their V may hold anything.
    for (int64_t i = 0; i < all; ++i)
      accumulate(i, 1, first, present,
                 std::clamp<int64_t>(rows[i].visible - first, 0, count));
  }

  /// Adds the matrix unit's sums to those in f32.
  void promote() {
    for (size_t i = 0; i < output.size(); ++i)
      output[i] += partial[i];
    std::fill(partial.begin(), partial.end(), 0.0f);
  }

  void computeScores(int64_t first, int64_t count) {
    int64_t depth = problem.depth, all = static_cast<int64_t>(rows.size());
    if (!usesInt8(options.recipe)) {
      vectorKernels().dotF32(values.data(),
                             head.keys.values.data() + first * depth,
                             scores.data(), all, count, depth);
      return;
    }
    vectorKernels().dotI8(codes.data(), head.keys.codes.data() + first * depth,
                          integers.data(), all, count, depth);
    for (int64_t i = 0; i < all * count; ++i)
      scores[i] = static_cast<float>(integers[i]);
    for (int64_t n = 0; n < count; ++n)
      keyScales[n] = head.keys.scales[keyScaleIndex(options, first + n)];
  }

  /// What the scores of keys [first, first + count) of a row are multiplied by
  /// to be in log2. With a bias, and in recipes whose weights do not saturate,
  /// the scores are multiplied here, and the factors are 1.
  void computeFactors(const Row &row, float *t, int64_t first, int64_t count) {
    float query = group.factors[row.local];
    for (int64_t n = 0; n < count; ++n) {
      factors[n] = query;
      if (usesInt8(options.recipe)) {
        float product = query * keyScales[n];
        factors[n] = product > kLargestFactor ? kLargestFactor : product;
      }
    }
    bool hasBias = problem.bias.isPresent();
    if (!hasBias && options.recipe == Recipe::Int8E4M3)
      return;
    for (int64_t n = 0; n < count; ++n) {
      double score = static_cast<double>(t[n]) * factors[n];
      if (hasBias)
        score += static_cast<float>(
                     problem.bias.at(head.b, head.h, row.index, first + n)) *
                 static_cast<float>(kLog2E);
      t[n] = static_cast<float>(score);
      factors[n] = 1.0f;
    }
  }

  /// Scores of row i to rounded weights in place, and its state to the new
  /// maximum. Hidden keys get weight 0.
  void softmaxRow(Row &row, size_t i, int64_t first, int64_t count,
                  int64_t visible) {
    float *t = scores.data() + i * count;
    int64_t compared =
        repeatsKeys ? std::clamp(row.compared - first, visible, count) : visible;
    computeFactors(row, t, first, compared);
    float tile = vectorKernels().largestProduct(t, factors.data(), compared);
    bool grows =
        tile > row.maximum + options.rescaleThreshold || row.maximum == -kInf;
    float next = grows ? tile : row.maximum;
    // inf - inf: the formula gives NaN too.
    row.poisoned = row.poisoned || std::isnan(tile) || next == kInf;
    if (next == -kInf || row.poisoned) {
      std::fill(t, t + count, 0.0f);
      return;
    }
    float rescale = grows ? std::exp2(row.maximum - next) : 1.0f;
    row.maximum = next;
    vectorKernels().exp2Affine(t, factors.data(), visible, offset - next);
    std::fill(t + visible, t + count, 0.0f);
    row.sum *= rescale;
    if (options.rowSum == RowSum::Add) {
      double added = 0;
      for (int64_t n = 0; n < visible; ++n)
        added += t[n];
      row.sum += static_cast<float>(added);
    }
    roundWeights(t, visible);
    for (int64_t d = 0; rescale != 1.0f && d < stride; ++d) {
      output[i * stride + d] *= rescale;
      partial[i * stride + d] *= rescale;
    }
  }

  void roundWeights(float *t, int64_t count) const {
    switch (options.recipe) {
    case Recipe::None:
      return;
    case Recipe::BF16:
      return vectorKernels().roundBF16(t, count);
    case Recipe::F16:
    case Recipe::Int8F16:
      return vectorKernels().roundF16(t, count);
    case Recipe::Int8E4M3:
      return vectorKernels().roundE4M3(t, count);
    }
  }

  /// Adds the products of `all` rows from row i on; `weights` per row in
  /// memory, `used` of them.
  void accumulate(int64_t i, int64_t all, int64_t first, int64_t weights,
                  int64_t used) {
    bool promoted = options.accumulation == Accumulation::Promoted;
    float *target = (promoted ? partial : output).data() + i * stride;
    const float *p = scores.data() + i * weights;
    const float *v = head.values.values.data() + first * stride;
    if (accumulatorOf(options) == Accumulator::Narrow)
      vectorKernels().accumulateNarrow(
          p, v, head.values.exponents.data() + first * stride, target, all,
          used, stride);
    else
      vectorKernels().accumulateF32(p, v, target, all, used, stride);
    // The column of ones holds this tile's sum only: it starts from zero in
    // every tile, in both modes.
    int64_t ones = problem.valueDepth;
    for (int64_t r = 0; r < all; ++r) {
      float &added = target[r * stride + ones];
      if (options.rowSum == RowSum::MatrixUnit)
        rows[i + r].sum += added;
      added = 0;
    }
  }

  void finishRow(const Row &row, const float *sums, double *out,
                 double *lse) const {
    bool empty = !row.poisoned && row.maximum == -kInf;
    for (int64_t d = 0; d < problem.valueDepth; ++d) {
      float attention =
          sums[d] * (head.values.scale[d] / row.sum) + head.values.offset[d];
      out[d] = row.poisoned ? kNaN : empty ? 0.0f : attention;
    }
    *lse = row.poisoned ? kNaN : -kInf;
    if (empty || row.poisoned)
      return;
    double natural =
        kLn2 * (row.maximum + std::log2(static_cast<double>(row.sum)) - offset);
    // What K smoothing took from every score of the row.
    double shift = 0;
    for (size_t d = 0; d < head.keys.mean.size(); ++d)
      shift +=
          static_cast<double>(group.values[row.local * problem.depth + d]) *
          head.keys.mean[d];
    *lse = static_cast<float>(natural + problem.scale * shift);
  }

  const Head &head;
  const AttentionProblem &problem;
  const RecipeOptions &options;
  QueryGroup group;
  std::vector<Row> rows;
  std::vector<int16_t> codes;
  std::vector<float> values;
  int64_t stride = 0, reach = 0;
  float offset = 0;
  /// Keys behind the last one count in maxima.
  bool repeatsKeys = false;
  std::vector<int32_t> integers;
  /// [rows, keyTile]
  std::vector<float> scores;
  /// [keyTile]
  std::vector<float> factors, keyScales;
  /// [rows, stride]: sums in f32, and those of the matrix unit where they are
  /// promoted.
  std::vector<float> output, partial;
};

/// Rows of one scale group that are wanted, as a range of the sorted list.
struct GroupRange {
  int64_t group, begin, end;
};

AttentionResult emulate(const AttentionProblem &p, const RecipeOptions &options,
                        const std::vector<int64_t> &rows, int threads) {
  int64_t count = static_cast<int64_t>(rows.size());
  std::vector<GroupRange> ranges;
  for (int64_t i = 0; i < count; ++i) {
    int64_t group = rows[i] / options.queryGroup;
    if (ranges.empty() || ranges.back().group != group)
      ranges.push_back({group, i, i});
    ranges.back().end = i + 1;
  }
  AttentionResult result;
  result.out.resize(p.batch * p.queryHeads * count * p.valueDepth);
  if (!p.ignoreAttention) {
    result.lse.resize(p.batch * p.queryHeads * count);
    KeyHead keys;
    ValueHead values;
    int64_t keyGroup = p.queryHeads / p.keyHeads;
    int64_t valueGroup = p.queryHeads / p.valueHeads;
    for (int64_t b = 0; b < p.batch; ++b)
      for (int64_t h = 0; h < p.queryHeads; ++h) {
        if (h % keyGroup == 0)
          prepareKeys(p, options, b, h / keyGroup, threads, keys);
        if (h % valueGroup == 0)
          prepareValues(p, options, b, h / valueGroup, threads, values);
        Head head{p, options, b, h, keys, values};
        int64_t base = (b * p.queryHeads + h) * count;
        auto body = [&](int64_t i) {
          const GroupRange &range = ranges[i];
          GroupLoop loop(head, prepareQueries(p, options, b, h, range.group),
                         rows.data() + range.begin, range.end - range.begin);
          loop.run();
          int64_t at = base + range.begin;
          loop.finish(result.out.data() + at * p.valueDepth,
                      result.lse.data() + at);
        };
        int64_t work = count * p.keys * (p.depth + p.valueDepth) / 4;
        parallelFor(static_cast<int64_t>(ranges.size()), body,
                    threadsFor(work, threads));
      }
  }
  applySkipToAll<float>(p, rows, result, threads);
  if (options.outType != ElementType::F32)
    for (double &value : result.out) {
      storeElement(options.outType, &value, 0, value);
      value = loadElement(options.outType, &value, 0);
    }
  return result;
}

} // namespace

Result<AttentionResult> emulateAttention(const AttentionProblem &problem,
                                         const RecipeOptions &options,
                                         const std::vector<int64_t> &rows,
                                         int threads) {
  if (Result<void> ok = verifyRows(problem, rows); !ok)
    return Error{ok.error()};
  if (Result<void> ok = verify(options); !ok)
    return Error{ok.error()};
  try {
    return emulate(problem, options, resolveRows(problem, rows), threads);
  } catch (const std::bad_alloc &) {
    return Error{"expected memory for the emulation, got none"};
  }
}

} // namespace rcm::reference
