//===- HostCode.h - telling host code from kernels --------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_LINALGTOGPU_HOSTCODE_H
#define RCM_LIB_CONVERSION_LINALGTOGPU_HOSTCODE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace rcm {

/// True for ops of the host: not in a kernel, nor in a loop or an op that will
/// become one.
inline bool isOnHost(mlir::Operation *op) {
  for (mlir::Operation *parent = op->getParentOp(); parent;
       parent = parent->getParentOp()) {
    if (llvm::isa<mlir::func::FuncOp>(parent))
      return true;
    if (llvm::isa<mlir::scf::ParallelOp, mlir::gpu::LaunchOp,
                  mlir::linalg::LinalgOp, mlir::gpu::GPUModuleOp>(parent))
      return false;
  }
  return false;
}

} // namespace rcm

#endif // RCM_LIB_CONVERSION_LINALGTOGPU_HOSTCODE_H
