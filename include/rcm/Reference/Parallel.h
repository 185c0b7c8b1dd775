//===- Parallel.h - A loop over threads -------------------------*- C++ -*-===//

#ifndef RCM_REFERENCE_PARALLEL_H
#define RCM_REFERENCE_PARALLEL_H

#include <cstdint>
#include <functional>

namespace rcm::reference {

/// Threads used where a caller passes 0: the number of hardware threads.
int defaultThreads();

/// Calls body(i) once for every i in [0, count), in unspecified order, on up
/// to `threads` threads (0: defaultThreads()). Results must not depend on the
/// order. An exception of a body is rethrown here after all threads ended.
void parallelFor(int64_t count, const std::function<void(int64_t)> &body,
                 int threads = 0);

} // namespace rcm::reference

#endif // RCM_REFERENCE_PARALLEL_H
