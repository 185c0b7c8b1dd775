//===- Generators.h - Test data by name -------------------------*- C++ -*-===//

#ifndef RCM_REFERENCE_GENERATORS_H
#define RCM_REFERENCE_GENERATORS_H

#include "rcm/Reference/Array.h"

namespace rcm::reference {

/// The distributions tests and benchmarks run on.
enum class Distribution {
  /// N(0, 1).
  Normal,
  /// Clustered tokens with channel offsets, as video models have them; the
  /// formula is on `AttentionShape`'s generator below.
  Video,
  /// N(0, 1) + N(0, 100) * Bernoulli(0.001); 100 is the variance.
  Outlier,
  /// N(0, 1), but key 0 of every head scores `gap` above what a random key
  /// does, for every query (at the softmax scale 1/sqrt(D)).
  Sink,
  /// Every row (last dimension) is the same drawn row, so that a channel does
  /// not vary over tokens; rows differ between the leading dimensions.
  ConstantRows,
  /// One value everywhere.
  Constant,
  /// U[low, high).
  Uniform
};

/// Which tensor of an attention a generator fills.
enum class Role { Query, Key, Value, Residual };

/// A parsed generator.
struct GeneratorSpec {
  Distribution distribution = Distribution::Normal;
  /// Every value is multiplied by `scale`, then `offset` is added.
  double scale = 1.0, offset = 0.0;
  /// Constant: the value is `low`.
  double low = 0.0, high = 1.0;
  /// Sink: nats between key 0 and the average key.
  double gap = 10.0;
  /// Video, Sink on a single tensor: what it is.
  std::optional<Role> role;
  /// Video on a single tensor: Lk, which sets the number of clusters; 0 means
  /// the tensor's own number of rows.
  int64_t keys = 0;
};

/// Parses NAME[:ARGUMENT]... :
///
///   normal  outlier  video  sink  constant-rows  const:VALUE  uniform:LO:HI
///   tiny (normal:scale=1e-6)  huge (normal:scale=3e4)
///
/// with the arguments scale=X, offset=X, gap=X (sink), keys=N (video) and a
/// role q, k, v or x (video, sink).
Result<GeneratorSpec> parseGenerator(std::string_view text);
/// One line that lists what parseGenerator accepts, for --help.
std::string_view generatorSyntax();

/// Fills one tensor of rank >= 1. Draws depend on the seed, on `stream` (the
/// number of the argument, say) and on the logical index, never on strides or
/// threads. Values beyond the element type's range saturate, so that the data
/// is finite. Integer and i1 tensors take rounded values. `video` and `sink`
/// need a role and shape [B, H, L, D] (or [H, L, D], [L, D]); tensors of one
/// call set agree because they share the seed, whatever their streams are.
Result<Array> generate(const GeneratorSpec &spec, ElementType type,
                       const std::vector<int64_t> &shape, uint64_t seed,
                       uint64_t stream = 0);

/// The sizes of an attention: Q [B, Hq, Lq, D], K [B, Hkv, Lk, D],
/// V [B, Hkv, Lk, Dv], X and Out [B, Hq, Lq, Dv].
struct AttentionShape {
  int64_t batch = 1, queryHeads = 1, keyHeads = 1;
  int64_t queries = 1, keys = 1, depth = 1, valueDepth = 1;
};

/// Memory order of generated tensors. Values are a function of the logical
/// index: the same in both.
enum class MemoryOrder { BHLD, BLHD };

struct AttentionInputs {
  /// Logical shape [B, H, L, D] whatever the order; the strides say the rest.
  Array q, k, v, x;
};

/// All inputs of one attention. The residual is normal unless the
/// distribution is constant or uniform. With `video` (all draws N(0, 1)):
///
///   n = max(1, Lk / 64)   token i of L belongs to cluster floor(i * n / L)
///   base[b, h, n, D], vbase[b, h, n, D]
///   Q = 0.7 base[cluster] + 0.7 draw[b, h, Lq, D] + 0.5 draw[1, h, 1, D]
///   off = 2 draw[1, h, 1, D]; on four random channels c of each head
///     off[c] += 12 sign(draw)
///   amp = 1, but 3 on two of those four channels
///   K = (0.7 base[cluster] + 0.7 draw[b, h, Lk, D]) amp + off
///   V = 0.7 vbase[cluster] + 0.7 draw[b, h, Lk, D] + 0.5 draw[1, h, 1, D]
///
/// With grouped queries query head h uses the base of its key head.
Result<AttentionInputs>
generateAttention(const GeneratorSpec &spec, ElementType type,
                  const AttentionShape &shape, uint64_t seed,
                  MemoryOrder order = MemoryOrder::BHLD);

} // namespace rcm::reference

#endif // RCM_REFERENCE_GENERATORS_H
