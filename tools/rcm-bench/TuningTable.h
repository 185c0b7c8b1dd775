//===- TuningTable.h - files of measured schedules --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TOOLS_RCM_BENCH_TUNINGTABLE_H
#define RCM_TOOLS_RCM_BENCH_TUNINGTABLE_H

#include "rcm/Reference/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rcm::tools {

using reference::Error;
using reference::Result;

/// The version of the format that is written and the only one that is read
/// (docs/Tuning.md). rcm-select-schedule has the same number.
constexpr int64_t kTuningTableVersion = 1;

/// Both ends included.
struct TuningRange {
  int64_t low = 0, high = 0;
};

/// The fastest schedule of a recipe at one shape, and where else to use it.
struct TuningEntry {
  std::string recipe;
  int64_t depth = 0, width = 0;
  bool causal = false;
  /// Query rows, keys, and batch times query heads.
  TuningRange rows, keys, heads;
  /// The shape that was measured.
  int64_t measuredRows = 0, measuredKeys = 0, measuredHeads = 0;
  std::string type, schedule;
  double milliseconds = 0;
  std::string device, driver, compiler, date;

  /// Of two entries with the same key one stays.
  std::string key() const;
};

struct TuningTable {
  std::string chip;
  std::vector<TuningEntry> entries;
};

/// Fails with what was expected and found for what is no table, one of another
/// version or without a needed member.
Result<TuningTable> readTuningTable(const std::string &path);
Result<TuningTable> parseTuningTable(const std::string &text);
std::string toText(const TuningTable &table);

/// Adds the entries of `more`; where both have a key, the later date stays, of
/// equal dates that of `more`. Fails if the chips differ.
Result<void> mergeTables(TuningTable &table, const TuningTable &more);

/// Where a measured size stands for others: up to 1.4 times less or more query
/// rows and heads, half to twice as many keys; 4096 keys are not passed, since
/// sums change there.
void setRanges(TuningEntry &entry);

} // namespace rcm::tools

#endif // RCM_TOOLS_RCM_BENCH_TUNINGTABLE_H
