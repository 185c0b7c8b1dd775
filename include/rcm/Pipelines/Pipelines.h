//===- Pipelines.h - from modules to running code ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_PIPELINES_PIPELINES_H
#define RCM_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace rcm {

/// Options of the pipeline `rcm-to-cpu`.
struct RCMToCPUOptions : public mlir::PassPipelineOptions<RCMToCPUOptions> {
  PassOptions::Option<unsigned> threads{
      *this, "threads",
      llvm::cl::desc("Number of threads; 0 leaves it to OpenMP "
                     "(OMP_NUM_THREADS, or all cores)"),
      llvm::cl::init(0)};
  PassOptions::Option<unsigned> vectorWidth{
      *this, "vector-width",
      llvm::cl::desc("Bits of a vector register: 128, 256 or 512; 0 takes the "
                     "widest of this machine"),
      llvm::cl::init(0)};
  PassOptions::Option<unsigned> queryTile{
      *this, "query-tile",
      llvm::cl::desc("Most query rows that one parallel task computes; 0 "
                     "chooses"),
      llvm::cl::init(0)};
  PassOptions::Option<unsigned> keyTile{
      *this, "key-tile",
      llvm::cl::desc("Keys per step of the online softmax; 0 chooses"),
      llvm::cl::init(0)};
  PassOptions::Option<bool> fuse{
      *this, "fuse",
      llvm::cl::desc("Compute rcm.attention_skip in one pass; false writes the "
                     "attention to memory and reads it in a separate loop"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> wideIntermediate{
      *this, "wide-intermediate",
      llvm::cl::desc("With fuse=false, keep the attention between the two "
                     "passes in f32 (f64 if computed in f64) and not in the "
                     "output's type"),
      llvm::cl::init(false)};
};

/// From modules of linalg, rcm and their friends on tensors or memrefs to the
/// LLVM dialect, with C interfaces (`_mlir_ciface_*`) on all public functions:
/// one-shot bufferization with identity layouts at function boundaries, then
/// the attention ops as vectorized, tiled, threaded loops. The code needs an
/// OpenMP runtime (libomp) when it runs. No buffer of Lq x Lk elements is
/// allocated for an attention op.
void buildRCMToCPUPipeline(mlir::OpPassManager &manager,
                           const RCMToCPUOptions &options);

/// The first half of `rcm-to-cpu`: tensors to memrefs with allocations and
/// deallocations visible; rcm attention ops stay. For tools that count
/// temporaries.
void buildRCMToCPUBufferizationPipeline(mlir::OpPassManager &manager,
                                        const RCMToCPUOptions &options);

/// Registers `rcm-to-cpu` and `rcm-to-cpu-bufferize`.
void registerRCMToCPUPipelines();

} // namespace rcm

#endif // RCM_PIPELINES_PIPELINES_H
