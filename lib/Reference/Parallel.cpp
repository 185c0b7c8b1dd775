//===- Parallel.cpp - A loop over threads ---------------------------------===//

#include "rcm/Reference/Parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace rcm::reference {

int defaultThreads() {
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void parallelFor(int64_t count, const std::function<void(int64_t)> &body,
                 int threads) {
  std::atomic<int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failureLock;
  auto work = [&] {
    try {
      for (int64_t i; (i = next.fetch_add(1)) < count;)
        body(i);
    } catch (...) {
      std::lock_guard<std::mutex> guard(failureLock);
      if (!failure)
        failure = std::current_exception();
      next = count; // The others stop after their current piece.
    }
  };
  int64_t wanted =
      std::min<int64_t>(threads > 0 ? threads : defaultThreads(), count);
  std::vector<std::thread> helpers;
  for (int64_t i = 1; i < wanted; ++i) {
    try {
      helpers.emplace_back(work);
    } catch (const std::system_error &) {
      break; // No more threads to be had: fewer do the same work.
    }
  }
  work();
  for (std::thread &helper : helpers)
    helper.join();
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace rcm::reference
