//===- GPULaunchToRCMRuntime.h - Host code to runtime calls -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_GPULAUNCHTORCMRUNTIME_H
#define RCM_CONVERSION_GPULAUNCHTORCMRUNTIME_H

#include "mlir/IR/BuiltinOps.h"

namespace rcm {

/// Replaces the rcm_rt operations and the gpu dialect's host operations of a
/// module by calls of the runtime, and its gpu.binary operations by constants.
/// Fails, with an error on the operation, when one has no such form.
mlir::LogicalResult lowerGPULaunchToRCMRuntime(mlir::ModuleOp module);

} // namespace rcm

#endif // RCM_CONVERSION_GPULAUNCHTORCMRUNTIME_H
