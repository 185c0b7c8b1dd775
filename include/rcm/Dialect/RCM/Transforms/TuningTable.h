//===- TuningTable.h - measured schedules, by shape -------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_TUNINGTABLE_H
#define RCM_DIALECT_RCM_TRANSFORMS_TUNINGTABLE_H

#include "rcm/Dialect/RCM/Transforms/RecipeCost.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>


namespace rcm {

/// The version of docs/Tuning.md's format; others are refused.
constexpr int64_t kTuningTableVersion = 1;

/// Both ends included.
struct TuningRange {
  int64_t low = 0, high = 0;
  bool contains(int64_t size) const { return low <= size && size <= high; }
};

/// The fastest schedule of one recipe at one shape, and where else it holds.
struct TuningEntry {
  std::string recipe;
  /// Head dimensions; those that are padded alike share entries.
  int64_t depth = 0, width = 0;
  bool causal = false;
  /// Query rows, keys, and batches times query heads.
  TuningRange rows, keys, heads;
  int64_t measuredRows = 0, measuredKeys = 0, measuredHeads = 0;
  /// The fields of a `#rcm_tile.schedule<...>`.
  std::string schedule;
  double milliseconds = 0;
};

/// What `rcm-bench --tune` wrote.
class TuningTable {
public:
  /// Parses a table. Errors say what was expected and found, on one line, and
  /// start with `name`.
  static llvm::Expected<TuningTable> parse(llvm::StringRef text,
                                           llvm::StringRef name);
  /// The table that an option names: a file; the compiler's own for an empty
  /// name; one without entries for "none". Refuses tables of another chip.
  static llvm::Expected<TuningTable> open(llvm::StringRef option,
                                          llvm::StringRef chip);

  /// What messages call the table.
  llvm::StringRef name() const { return tableName; }
  llvm::StringRef chip() const { return tableChip; }
  const std::vector<TuningEntry> &entries() const { return list; }
  /// "FILE: entry 3", for messages.
  std::string nameOf(const TuningEntry &entry) const;

  /// Of the entries of `recipe` that hold for `shape` the one that was measured
  /// nearest to it; null if there is none. `bf16` and `f16`, whose kernels
  /// differ in the type only, share entries.
  const TuningEntry *find(llvm::StringRef recipe,
                          const AttentionShape &shape) const;
  /// Estimated microseconds at `shape`: those of the nearest entry, times what
  /// the cost model says of the two shapes. Nothing without an entry.
  std::optional<double> estimate(llvm::StringRef recipe,
                                 const AttentionShape &shape) const;

private:
  std::string tableName, tableChip;
  std::vector<TuningEntry> list;
};

} // namespace rcm

#endif // RCM_DIALECT_RCM_TRANSFORMS_TUNINGTABLE_H
