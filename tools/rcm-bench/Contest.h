//===- Contest.h - candidates of one shape against each other ---*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_CONTEST_H
#define RCM_TOOLS_RCM_BENCH_CONTEST_H

#include "Candidates.h"
#include "GPUClock.h"

#include "support/Timing.h"

namespace rcm::tools {

/// One candidate in the contest of a shape.
struct Contender {
  Candidate candidate;
  std::unique_ptr<EntryCall> call;
  std::vector<double> milliseconds;
  /// Its time over that of the first candidate of its recipe in the same round:
  /// the median over rounds, in which slow changes of clocks cancel.
  double ratio = 1;
  bool wins = false;
  /// Relative L1 of some rows against f64.
  double error = 0;
  /// Why it no longer runs; empty while it does.
  std::string out;

  double median() const { return summarize(milliseconds).median; }
};

/// The candidates of all recipes at one shape, on the same data. Of a recipe
/// wins who is first in the order of candidates among those within 1 % of the
/// fastest.
class Contest {
public:
  Contest(const Case &benchmark, const BenchOptions &options,
          const GPUClock &clock)
      : benchmark(benchmark), options(options), clock(clock) {}

  /// Runs every candidate that `objects` has; afterwards they are in order of
  /// recipes and times, those that left the contest behind.
  Result<void> run(const CandidateObjects &objects);
  const std::vector<Contender> &results() const { return contenders; }

private:
  Result<void> makeData();
  Result<void> open(const CandidateObjects &objects);
  Result<void> computeReference();
  Result<void> warmUp();
  Result<double> sample(Contender &contender);
  Result<double> rowError(const Contender &contender) const;
  void rejectWrong();
  void rejectSlow(double factor);
  Result<void> round(size_t number);
  Result<void> rounds();
  void compareRounds();
  Contender *chooseWinner(const std::string &recipe);
  Result<std::string> findFault(const Contender &contender);
  Result<void> checkWinners();
  void sort();

  const Case &benchmark;
  const BenchOptions &options;
  const GPUClock &clock;
  std::vector<reference::Array> arrays; // q, k, v, x, a, b, out
  std::vector<int64_t> rows;
  std::vector<double> expected;
  std::vector<Contender> contenders;
};

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_CONTEST_H
