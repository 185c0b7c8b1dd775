//===- StockPipeline.h - modules through upstream passes --------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_PIPELINES_STOCKPIPELINE_H
#define RCM_PIPELINES_STOCKPIPELINE_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace rcm {

/// Options of `rcm-stock-lower` and `rcm-stock-to-cpu`.
struct StockOptions : public mlir::PassPipelineOptions<StockOptions> {
  PassOptions::Option<bool> parallel{
      *this, "parallel",
      llvm::cl::desc("Run parallel loops on all cores (OpenMP); every element "
                     "is computed as on one"),
      llvm::cl::init(false)};
};

/// Tensors to memrefs with explicit allocations and deallocations: the rcm
/// dialect becomes linalg, linalg.softmax is decomposed, the rest is upstream's
/// one-shot bufferization. Function arguments and results become memrefs with
/// the identity layout. Whatever the module allocates is visible afterwards.
void buildStockBufferizationPipeline(mlir::OpPassManager &manager);

/// From there to the LLVM dialect: linalg to plain loops, no tiling, no
/// vectors, and no threads unless asked for.
void buildStockLoweringPipeline(mlir::OpPassManager &manager,
                                const StockOptions &options);

/// Registers `rcm-stock-bufferize`, `rcm-stock-lower` and both in a row as
/// `rcm-stock-to-cpu`: how a module runs that nobody optimised, against which
/// results and times are compared.
void registerStockPipelines();

} // namespace rcm

#endif // RCM_PIPELINES_STOCKPIPELINE_H
