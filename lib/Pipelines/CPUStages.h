//===- CPUStages.h - what CPU pipelines share -------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_PIPELINES_CPUSTAGES_H
#define RCM_LIB_PIPELINES_CPUSTAGES_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace rcm {

/// Tensors to memrefs with identity layouts at function boundaries, every
/// allocation with its deallocation.
void addBufferization(mlir::OpPassManager &manager);

/// Structured control flow, memrefs and vectors to the LLVM dialect.
void addLoweringToLLVM(mlir::OpPassManager &manager);

} // namespace rcm

#endif // RCM_LIB_PIPELINES_CPUSTAGES_H
