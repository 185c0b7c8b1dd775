//===- FunctionTraffic.h - bytes that a function's kernels move -----------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_ANALYSIS_FUNCTIONTRAFFIC_H
#define RCM_LIB_ANALYSIS_FUNCTIONTRAFFIC_H

#include "rcm/Dialect/RCM/Transforms/Traffic.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace rcm {

/// What is counted: `rcm.attention_skip` as one kernel or as two, or what is
/// written where there is no such choice.
enum class TrafficForm { kFused, kTwoPass, kAsIs };

llvm::StringRef stringifyForm(TrafficForm form);

/// The rows of one function in one form, with their sums.
struct FunctionTraffic {
  std::string function;
  TrafficForm form = TrafficForm::kAsIs;
  std::vector<TrafficRow> rows;
  int64_t unitBytes = 0; ///< bytes of the output; 0 if there is none
  bool hasAttention = false; ///< an op of ours whose recipe is a choice
  bool knowsActivations = false;

  /// Which rows a sum takes.
  struct Filter {
    bool withCached = true, activationsOnly = false;
  };
  int64_t read(Filter filter) const {
    return sum(&TrafficRow::bytesRead, filter);
  }
  int64_t written(Filter filter) const {
    return sum(&TrafficRow::bytesWritten, filter);
  }
  int64_t total(Filter filter) const { return read(filter) + written(filter); }
  double inUnits(int64_t bytes) const {
    return unitBytes ? static_cast<double>(bytes) / unitBytes : 0.0;
  }

private:
  int64_t sum(int64_t TrafficRow::*member, Filter filter) const;
};

/// True if `function` has an op that can be one kernel or two.
bool hasFusedOps(mlir::FunctionOpInterface function);

/// The rows of every kernel of a function, in order. Fails, with a diagnostic,
/// on sizes that are not static and on kernels within loops over tensors.
mlir::FailureOr<FunctionTraffic>
collectTraffic(mlir::FunctionOpInterface function, TrafficForm form,
               TrafficRecipe recipe);

} // namespace rcm

#endif // RCM_LIB_ANALYSIS_FUNCTIONTRAFFIC_H
