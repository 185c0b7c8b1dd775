//===- StockPipeline.h - modules through upstream passes --------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_PIPELINES_STOCKPIPELINE_H
#define RCM_PIPELINES_STOCKPIPELINE_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace rcm {

/// Tensors to memrefs with explicit allocations and deallocations: the rcm
/// dialect becomes linalg, linalg.softmax is decomposed, the rest is upstream's
/// one-shot bufferization. Function arguments and results become memrefs with
/// the identity layout. Whatever the module allocates is visible afterwards.
void buildStockBufferizationPipeline(mlir::OpPassManager &manager);

/// From there to the LLVM dialect: linalg to plain loops, no tiling, no
/// vectors, no threads.
void buildStockLoweringPipeline(mlir::OpPassManager &manager);

/// Registers `rcm-stock-bufferize`, `rcm-stock-lower` and both in a row as
/// `rcm-stock-to-cpu`: how a module runs that nobody optimised, against which
/// results and times are compared.
void registerStockPipelines();

} // namespace rcm

#endif // RCM_PIPELINES_STOCKPIPELINE_H
