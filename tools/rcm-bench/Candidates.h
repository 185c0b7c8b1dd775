//===- Candidates.h - schedules worth measuring -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_CANDIDATES_H
#define RCM_TOOLS_RCM_BENCH_CANDIDATES_H

#include "Options.h"

#include "support/Compiler.h"
#include "support/GPU.h"

#include <map>

namespace rcm::tools {

/// One kernel that a shape may get. Its sizes but the head dimension are open:
/// shapes share it.
struct Candidate {
  std::string recipe;
  reference::ElementType type;
  int64_t depth;
  bool causal;
  /// The fields of `#rcm_tile.schedule<...>`.
  std::string schedule;
  /// "consumer_warpgroups = 3, ..." in short: "c3-k128-s4-direct-lazy".
  std::string label;

  /// "tune.d128.bf16.int8-e4m3.c3-k128-s4-direct-lazy".
  std::string name() const;
};

/// The recipes that `--tune` compares: the one of `--recipe`, or int8-e4m3 and
/// the 16-bit recipe of the element type for auto.
std::vector<std::string> tunedRecipes(const BenchOptions &options);

/// Every schedule of a recipe that may compute the case within the accuracy
/// table, the rules' choice for many rows also in `orders` other orders of its
/// instructions. The compiler refuses some of them.
std::vector<Candidate> candidatesOf(const Case &benchmark,
                                    const std::string &recipe, int64_t orders);

/// Kernel objects by the name of their candidate; those that were refused are
/// missing.
using CandidateObjects = std::map<std::string, KernelObject>;

/// Compiles the candidates of all cases and recipes, on all cores, into the
/// folder of `--emit-objects`. Says on stderr what was refused: schedules that
/// do not fit, code with spills or serialised matrix products. Fails without a
/// ptxas, which alone knows the latter, and if a case has no candidate left.
Result<void> emitCandidates(const BenchOptions &options);

/// The candidates of all cases: from the folder of `--objects`, or compiled.
Result<CandidateObjects> loadCandidates(const BenchOptions &options);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_CANDIDATES_H
