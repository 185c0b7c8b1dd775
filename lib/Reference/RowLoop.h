//===- RowLoop.h - What the attention loops share -------------------------===//

#ifndef RCM_LIB_REFERENCE_ROWLOOP_H
#define RCM_LIB_REFERENCE_ROWLOOP_H

#include "rcm/Reference/Attention.h"
#include "rcm/Reference/Parallel.h"

#include <algorithm>
#include <new>

namespace rcm::reference {

/// The rows to compute: `rows`, or all.
std::vector<int64_t> resolveRows(const AttentionProblem &problem,
                                 const std::vector<int64_t> &rows);
/// Checks the problem and that every row exists.
Result<void> verifyRows(const AttentionProblem &problem,
                        const std::vector<int64_t> &rows);

/// `threads`, or 1 where starting threads would cost more than `work` steps of
/// about a nanosecond.
inline int threadsFor(int64_t work, int threads) {
  constexpr int64_t kWorthwhile = 1 << 18;
  return work < kWorthwhile ? 1 : threads;
}

/// Copies one head of K or V, [keys, depth], into dense memory as T.
template <typename T>
void loadHead(const Operand &operand, int64_t b, int64_t h, int64_t keys,
              int64_t depth, std::vector<T> &out, int threads) {
  out.resize(static_cast<size_t>(keys * depth));
  constexpr int64_t kKeysPerPiece = 1024;
  auto load = [&](int64_t piece) {
    int64_t end = std::min(keys, (piece + 1) * kKeysPerPiece);
    for (int64_t n = piece * kKeysPerPiece; n < end; ++n)
      for (int64_t d = 0; d < depth; ++d)
        out[n * depth + d] = static_cast<T>(operand.at(b, h, n, d));
  };
  parallelFor((keys + kKeysPerPiece - 1) / kKeysPerPiece, load,
              threadsFor(keys * depth, threads));
}

/// alpha * x + beta * attention of one element, in T; `attention` is ignored
/// where the problem says so.
template <typename T>
T applySkip(const AttentionProblem &problem, int64_t b, int64_t h, int64_t m,
            int64_t d, T attention) {
  bool skip = problem.x.isPresent() && problem.alpha.isPresent();
  T result = 0;
  if (!problem.ignoreAttention)
    result = problem.beta.isPresent()
                 ? static_cast<T>(problem.beta.at(b, h, m, d)) * attention
                 : attention;
  if (!skip)
    return result;
  T residual = static_cast<T>(problem.alpha.at(b, h, m, d)) *
               static_cast<T>(problem.x.at(b, h, m, d));
  return problem.ignoreAttention ? residual : residual + result;
}

/// Applies the skip to attention in `result.out` [B, Hq, rows, Dv].
template <typename T>
void applySkipToAll(const AttentionProblem &problem,
                    const std::vector<int64_t> &rows, AttentionResult &result,
                    int threads) {
  int64_t count = static_cast<int64_t>(rows.size());
  auto apply = [&](int64_t head) {
    int64_t b = head / problem.queryHeads, h = head % problem.queryHeads;
    double *out = result.out.data() + head * count * problem.valueDepth;
    for (int64_t i = 0; i < count; ++i)
      for (int64_t d = 0; d < problem.valueDepth; ++d, ++out)
        *out = static_cast<double>(
            applySkip<T>(problem, b, h, rows[i], d, static_cast<T>(*out)));
  };
  int64_t elements = static_cast<int64_t>(result.out.size());
  parallelFor(problem.batch * problem.queryHeads, apply,
              threadsFor(elements * 8, threads));
}

} // namespace rcm::reference

#endif // RCM_LIB_REFERENCE_ROWLOOP_H
