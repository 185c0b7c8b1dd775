//===- Attention.cpp - Attention and skip in f64 --------------------------===//

#include "RowLoop.h"
#include "VectorKernels.h"

#include <cmath>
#include <limits>

namespace rcm::reference {
namespace {

/// Query rows that share one pass over K and V, and keys per step of it.
constexpr int64_t kRowBlock = 8, kKeyBlock = 64;

void dot(const double *q, const double *k, double *s, int64_t rows,
         int64_t keys, int64_t depth) {
  vectorKernels().dotF64(q, k, s, rows, keys, depth);
}
void dot(const float *q, const float *k, float *s, int64_t rows, int64_t keys,
         int64_t depth) {
  vectorKernels().dotF32(q, k, s, rows, keys, depth);
}
void accumulate(const double *p, const double *v, double *o, int64_t rows,
                int64_t keys, int64_t depth) {
  vectorKernels().accumulateF64(p, v, o, rows, keys, depth);
}
void accumulate(const float *p, const float *v, float *o, int64_t rows,
                int64_t keys, int64_t depth) {
  vectorKernels().accumulateF32(p, v, o, rows, keys, depth);
}

/// One head with K and V in memory as T.
template <typename T> struct Head {
  const AttentionProblem &problem;
  int64_t b, h;
  const std::vector<T> &k, &v;
};

/// Turns a row of scores into weights; `scores` holds the visible keys first.
/// Returns the log-sum-exp; `denominator` is 0 when no key counts.
template <typename T> T softmaxRow(T *scores, int64_t visible, T &denominator) {
  constexpr T kLowest = -std::numeric_limits<T>::infinity();
  T maximum = kLowest;
  bool anyKey = false;
  for (int64_t n = 0; n < visible; ++n) {
    maximum = scores[n] > maximum ? scores[n] : maximum;
    anyKey |= !(scores[n] == kLowest); // NaN counts.
  }
  denominator = 0;
  if (!anyKey) {
    std::fill(scores, scores + visible, T(0));
    return kLowest;
  }
  for (int64_t n = 0; n < visible; ++n) {
    scores[n] = std::exp(scores[n] - maximum);
    denominator += scores[n];
  }
  return maximum + std::log(denominator);
}

/// Attention of up to kRowBlock rows; writes out[rows, Dv] and lse[rows].
template <typename T>
void attendRows(const Head<T> &head, const int64_t *rows, int64_t count,
                double *out, double *lse) {
  const AttentionProblem &p = head.problem;
  std::vector<T> q(count * p.depth), scores(count * p.keys);
  std::vector<T> block(count * kKeyBlock), sums(count * p.valueDepth);
  int64_t reach = 0;
  for (int64_t i = 0; i < count; ++i) {
    reach = std::max(reach, visibleKeys(p.causal, rows[i], p.queries, p.keys));
    for (int64_t d = 0; d < p.depth; ++d)
      q[i * p.depth + d] = static_cast<T>(p.q.at(head.b, head.h, rows[i], d));
  }
  T scale = static_cast<T>(p.scale);
  for (int64_t n0 = 0; n0 < reach; n0 += kKeyBlock) {
    int64_t keys = std::min(kKeyBlock, reach - n0);
    dot(q.data(), head.k.data() + n0 * p.depth, block.data(), count, keys,
        p.depth);
    for (int64_t i = 0; i < count; ++i)
      for (int64_t n = 0; n < keys; ++n) {
        T score = scale * block[i * keys + n];
        if (p.bias.isPresent())
          score += static_cast<T>(p.bias.at(head.b, head.h, rows[i], n0 + n));
        scores[i * p.keys + n0 + n] = score;
      }
  }
  std::vector<T> denominators(count);
  std::vector<int64_t> visible(count);
  for (int64_t i = 0; i < count; ++i) {
    visible[i] = visibleKeys(p.causal, rows[i], p.queries, p.keys);
    lse[i] =
        softmaxRow(scores.data() + i * p.keys, visible[i], denominators[i]);
  }
  for (int64_t n0 = 0; n0 < reach; n0 += kKeyBlock)
    for (int64_t i = 0; i < count; ++i) {
      // A hidden key must not meet a weight of zero: it is left out.
      int64_t keys = std::clamp<int64_t>(visible[i] - n0, 0, kKeyBlock);
      if (denominators[i] != 0)
        accumulate(scores.data() + i * p.keys + n0,
                   head.v.data() + n0 * p.valueDepth,
                   sums.data() + i * p.valueDepth, 1, keys, p.valueDepth);
    }
  for (int64_t i = 0; i < count; ++i)
    for (int64_t d = 0; d < p.valueDepth; ++d)
      out[i * p.valueDepth + d] =
          denominators[i] == 0 ? T(0)
                               : sums[i * p.valueDepth + d] / denominators[i];
}

template <typename T>
AttentionResult attend(const AttentionProblem &p,
                       const std::vector<int64_t> &rows, int threads) {
  int64_t count = static_cast<int64_t>(rows.size());
  int64_t heads = p.batch * p.queryHeads;
  AttentionResult result;
  result.out.resize(heads * count * p.valueDepth);
  if (!p.ignoreAttention) {
    result.lse.resize(heads * count);
    std::vector<T> k, v;
    int64_t blocks = (count + kRowBlock - 1) / kRowBlock;
    for (int64_t b = 0; b < p.batch; ++b)
      for (int64_t h = 0; h < p.queryHeads; ++h) {
        int64_t keyGroup = p.queryHeads / p.keyHeads;
        int64_t valueGroup = p.queryHeads / p.valueHeads;
        if (h % keyGroup == 0)
          loadHead(p.k, b, h / keyGroup, p.keys, p.depth, k, threads);
        if (h % valueGroup == 0)
          loadHead(p.v, b, h / valueGroup, p.keys, p.valueDepth, v, threads);
        Head<T> head{p, b, h, k, v};
        int64_t first = (b * p.queryHeads + h) * count;
        auto body = [&](int64_t block) {
          int64_t i = block * kRowBlock;
          attendRows(head, rows.data() + i, std::min(kRowBlock, count - i),
                     result.out.data() + (first + i) * p.valueDepth,
                     result.lse.data() + first + i);
        };
        int64_t work = count * p.keys * (p.depth + p.valueDepth) / 4;
        parallelFor(blocks, body, threadsFor(work, threads));
      }
  }
  applySkipToAll<T>(p, rows, result, threads);
  return result;
}

template <typename T>
Result<AttentionResult> checkedAttend(const AttentionProblem &problem,
                                      const std::vector<int64_t> &rows,
                                      int threads) {
  if (Result<void> ok = verifyRows(problem, rows); !ok)
    return Error{ok.error()};
  try {
    return attend<T>(problem, resolveRows(problem, rows), threads);
  } catch (const std::bad_alloc &) {
    return Error{"expected memory for the reference attention, got none"};
  }
}

} // namespace

std::vector<int64_t> resolveRows(const AttentionProblem &problem,
                                 const std::vector<int64_t> &rows) {
  return rows.empty() ? spreadRows(problem.queries, problem.queries) : rows;
}

Result<void> verifyRows(const AttentionProblem &problem,
                        const std::vector<int64_t> &rows) {
  if (Result<void> ok = verify(problem); !ok)
    return ok;
  for (int64_t row : rows)
    if (row < 0 || row >= problem.queries)
      return Error{"expected rows below " + std::to_string(problem.queries) +
                   ", got " + std::to_string(row)};
  return {};
}

Result<AttentionResult> referenceAttention(const AttentionProblem &problem,
                                           const std::vector<int64_t> &rows,
                                           int threads) {
  return checkedAttend<double>(problem, rows, threads);
}

Result<AttentionResult> twoPassF32Attention(const AttentionProblem &problem,
                                            const std::vector<int64_t> &rows,
                                            int threads) {
  return checkedAttend<float>(problem, rows, threads);
}

} // namespace rcm::reference
