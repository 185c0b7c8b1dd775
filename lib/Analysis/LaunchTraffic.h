//===- LaunchTraffic.h - bytes that launched kernels and loops move -------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_ANALYSIS_LAUNCHTRAFFIC_H
#define RCM_LIB_ANALYSIS_LAUNCHTRAFFIC_H

#include "rcm/Dialect/RCM/Transforms/Traffic.h"

namespace rcm {

/// Names the memory that a function works on: arguments, temporaries, scratch.
class MemoryNames {
public:
  explicit MemoryNames(mlir::Operation *function);
  std::string get(mlir::Value root) const;

private:
  llvm::DenseMap<mlir::Value, std::string> names;
};

/// True for `rcm_rt.launch`, `gpu.launch_func`, `rcm_rt.memset` and
/// `memref.copy`: ops on memory that are kernels already.
bool isLaunch(mlir::Operation *op);

/// Appends what a launch reads and writes: the memory that its operands lead
/// to, in the directions in which the kernel's code uses it.
mlir::LogicalResult appendLaunchTraffic(mlir::Operation *op,
                                        llvm::StringRef kernel,
                                        const MemoryNames &names,
                                        std::vector<TrafficRow> &rows);

/// Appends what an op with regions (a loop) reads and writes of the memory
/// defined outside of it.
mlir::LogicalResult appendLoopTraffic(mlir::Operation *op,
                                      llvm::StringRef kernel,
                                      const MemoryNames &names,
                                      std::vector<TrafficRow> &rows);

} // namespace rcm

#endif // RCM_LIB_ANALYSIS_LAUNCHTRAFFIC_H
