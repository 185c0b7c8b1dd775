//===- AttentionKernel.h - the kernel of the recipe `none` ------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTOGPU_ATTENTIONKERNEL_H
#define RCM_LIB_CONVERSION_RCMTOGPU_ATTENTIONKERNEL_H

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm::simt {

/// Threads of a block: a square of 16 x 16, x along keys and value columns.
inline constexpr int64_t kThreadsX = 16;
inline constexpr int64_t kThreadsY = 16;
inline constexpr int64_t kThreads = kThreadsX * kThreadsY;
/// Query rows and keys that a block works on at a time.
inline constexpr int64_t kQueryTile = 64;
inline constexpr int64_t kKeyTile = 64;
/// Columns of Q and K in shared memory at a time.
inline constexpr int64_t kDepthChunk = 32;
/// Rows of V in shared memory at a time.
inline constexpr int64_t kValueRows = 8;
/// The largest D and Dv.
inline constexpr int64_t kMaxHeadDim = 256;

/// What the kernel needs to know about one op, as values of the host function.
struct KernelShape {
  /// Sizes of b, h, m, n, k, d, in the order of `AttentionDim`.
  mlir::Value sizes[kNumAttentionDims];
  /// Query heads per key head.
  mlir::Value group;
  /// Blocks along the query rows: ceil(Lq / kQueryTile).
  mlir::Value queryTiles;
  /// The causal offset; null without a causal mask.
  mlir::Value causalOffset;
  /// Dv if it is known, else an upper bound of it.
  int64_t maxValueDim = kMaxHeadDim;
  bool readsResidual = false;
  bool readsAttention = true;
};

/// Types of the arrays in shared memory, in the order in which
/// `buildAttentionKernel` expects them.
llvm::SmallVector<mlir::Type> getSharedMemoryTypes(mlir::MLIRContext *context,
                                                   int64_t maxValueDim);

/// Emits the body of one block of threads at the builder's insertion point.
/// `block` and `thread` are the linear indices, `shared` are arrays of
/// `getSharedMemoryTypes`.
void buildAttentionKernel(mlir::ImplicitLocOpBuilder &b,
                          AttentionOpInterface op, const KernelShape &shape,
                          mlir::Value block, mlir::Value thread,
                          mlir::ValueRange shared);

} // namespace rcm::simt

#endif // RCM_LIB_CONVERSION_RCMTOGPU_ATTENTIONKERNEL_H
