//===- TunedSchedules.h - schedules of a tuning table -----------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_TUNEDSCHEDULES_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_TUNEDSCHEDULES_H

#include "AttentionLowering.h"

#include "rcm/Dialect/RCM/Transforms/TuningTable.h"

namespace rcm::tile {

/// A tuning table whose schedules some kernel can have.
class TunedSchedules {
public:
  /// Opens the table that the option names and checks all of its schedules:
  /// they parse, fit a plain operation of their head dimensions, and are as
  /// accurate as those of the rules. One error on `module` otherwise.
  static llvm::FailureOr<TunedSchedules> open(mlir::ModuleOp module,
                                              llvm::StringRef table,
                                              llvm::StringRef chip);

  /// The schedule for `op`, which `recipe` computes; null if the table has none
  /// for its sizes or its kind. `accumulation`, where it is given, is kept.
  ScheduleAttr find(AttentionOpInterface op, const AttentionSpec &spec,
                    Recipe recipe,
                    std::optional<Accumulation> accumulation) const;

private:
  TuningTable table;
  /// By entry.
  llvm::SmallVector<ScheduleAttr> schedules;
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_TUNEDSCHEDULES_H
