//===- Attention.h - Attention and skip, f64 and f32 ------------*- C++ -*-===//

#ifndef RCM_REFERENCE_ATTENTION_H
#define RCM_REFERENCE_ATTENTION_H

#include "rcm/Reference/Generators.h"

namespace rcm::reference {

/// A read-only strided operand in a four-dimensional logical space. An operand
/// without data and without constant is absent.
struct Operand {
  ElementType type = ElementType::F32;
  const void *data = nullptr;
  /// In elements; 0 broadcasts.
  int64_t strides[4] = {0, 0, 0, 0};
  std::optional<double> constant;

  static Operand scalar(double value);
  bool isPresent() const { return data || constant; }
  double at(int64_t i0, int64_t i1, int64_t i2, int64_t i3) const {
    if (constant)
      return *constant;
    return loadElement(type, data,
                       i0 * strides[0] + i1 * strides[1] + i2 * strides[2] +
                           i3 * strides[3]);
  }
};

/// Binds an array to logical dimensions, named in the array's order. `space`
/// is the operand's four dimensions: "bhmk" (query), "bhnk" (key), "bhnd"
/// (value), "bhmd" (residual, out, coefficients), "bhmn" (bias). `dims` has one
/// letter per dimension of the array: a letter of the space, or 1 for a
/// dimension of size 1; letters that do not occur broadcast. The array must
/// outlive the operand.
///
///   bindOperand(q, "bmhk", "bhmk")   BLHD memory
///   bindOperand(alpha, "b", "bhmd")  one coefficient per batch element
Result<Operand> bindOperand(const Array &array, std::string_view dims,
                            std::string_view space);
/// The default binding: rank 4 is the space itself (both memory orders, since
/// strides are followed), rank 3 leaves h out, rank 2 b too.
Result<Operand> bindOperand(const Array &array, std::string_view space);

/// The default binding of a coefficient: rank r covers the first r of
/// (b, h, m, d); dimensions of size 1 broadcast.
Result<Operand> bindCoefficient(const Array &array);

/// Which keys a query sees: all; n <= m; n <= m + Lk - Lq.
enum class Causal { None, TopLeft, BottomRight };

/// One past the last key that query row m sees, in [0, keys].
int64_t visibleKeys(Causal causal, int64_t row, int64_t queries, int64_t keys);

/// Out = alpha * X + beta * softmax(scale * Q K^T + bias) V.
///
/// A row that sees no key, or whose scores are all -inf, has attention 0 and
/// log-sum-exp -inf. Keys that `causal` hides take no part at all (their K and
/// V may hold NaN); a key whose bias is -inf has weight 0, and 0 * NaN is NaN.
struct AttentionProblem {
  int64_t batch = 1, queryHeads = 1;
  /// Heads of K and of V: divisors of queryHeads.
  int64_t keyHeads = 1, valueHeads = 1;
  int64_t queries = 1, keys = 1, depth = 1, valueDepth = 1;
  /// q (b,h,m,k), k (b,h,n,k), v (b,h,n,d).
  Operand q, k, v;
  /// (b,h,m,d); absent alpha or x: no skip term, x is not read.
  Operand x, alpha;
  /// (b,h,m,d); absent: 1.
  Operand beta;
  /// beta is the literal 0: q, k, v and bias are not read, lse is empty.
  bool ignoreAttention = false;
  /// (b,h,m,n); absent: 0.
  Operand bias;
  double scale = 1.0;
  Causal causal = Causal::None;
};

/// The problem of generated inputs without skip, bias and mask, with scale
/// 1/sqrt(depth). `inputs` must outlive it.
AttentionProblem makeProblem(const AttentionShape &shape,
                             const AttentionInputs &inputs);

/// Checks sizes (>= 1, keys >= 0), divisibility and presence of operands.
Result<void> verify(const AttentionProblem &problem);

/// Results in logical order: out [B, Hq, R, Dv] and lse [B, Hq, R], where R is
/// the number of computed rows.
struct AttentionResult {
  std::vector<double> out, lse;
};

/// Level 1 of the tests: plain loops in f64. `rows` lists the query rows to
/// compute (empty: all). Threads as in parallelFor.
Result<AttentionResult>
referenceAttention(const AttentionProblem &problem,
                   const std::vector<int64_t> &rows = {}, int threads = 0);

/// The two-pass f32 form: attention in f32 to memory, then the skip, each
/// operation rounded to f32.
Result<AttentionResult>
twoPassF32Attention(const AttentionProblem &problem,
                    const std::vector<int64_t> &rows = {}, int threads = 0);

/// Reads the given rows (empty: all) of an output operand in logical order, to
/// compare with AttentionResult::out; `innermost` is valueDepth, or 1 for lse.
std::vector<double> gatherRows(const AttentionProblem &problem,
                               const Operand &out, int64_t innermost,
                               const std::vector<int64_t> &rows = {});

/// `count` rows spread evenly over [0, queries), the first and the last
/// included; all of them when count >= queries.
std::vector<int64_t> spreadRows(int64_t queries, int64_t count);

} // namespace rcm::reference

#endif // RCM_REFERENCE_ATTENTION_H
