//===- Random.h - Counter-based random numbers ------------------*- C++ -*-===//

#ifndef RCM_REFERENCE_RANDOM_H
#define RCM_REFERENCE_RANDOM_H

#include <array>
#include <cstdint>

namespace rcm::reference {

/// Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as
/// easy as 1, 2, 3", SC 2011): four words that depend on the counter and the
/// key only, so that any element can be drawn without those before it.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter,
                               std::array<uint32_t, 2> key);

/// A stream of draws addressed by index. Two streams with different names
/// (`stream`) under one seed are independent. The same on every platform up to
/// the last bit of the C library's log, sin and cos.
class RandomStream {
public:
  RandomStream(uint64_t seed, uint64_t stream) : seed(seed), stream(stream) {}

  /// N(0, 1), by the Box-Muller transform.
  double normal(uint64_t index) const;
  /// U[0, 1) with 53 bits.
  double uniform(uint64_t index) const;
  /// Draws number first ... first + count - 1: the same values as normal(),
  /// several times faster.
  void normals(uint64_t first, int64_t count, double *out) const;

private:
  uint64_t seed, stream;
};

} // namespace rcm::reference

#endif // RCM_REFERENCE_RANDOM_H
