//===- RCMRT.h - The rcm_rt dialect -----------------------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// What the host does around the kernels, in the terms of the runtime's C ABI.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMRT_IR_RCMRT_H
#define RCM_DIALECT_RCMRT_IR_RCMRT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "rcm/Dialect/RCMRT/IR/RCMRTDialect.h.inc"
#include "rcm/Dialect/RCMRT/IR/RCMRTEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTTypes.h.inc"

#define GET_OP_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTOps.h.inc"

namespace rcm::rt {

/// Names of the attributes that host functions and their arguments carry; the
/// dialect's description says what they mean.
inline constexpr llvm::StringLiteral kPropertiesAttr = "rcm_rt.properties";
inline constexpr llvm::StringLiteral kNameAttr = "rcm_rt.name";
inline constexpr llvm::StringLiteral kDirectionAttr = "rcm_rt.direction";
inline constexpr llvm::StringLiteral kAlignmentAttr = "rcm_rt.alignment";

/// Bytes of a tensor map and their alignment as a kernel parameter.
inline constexpr int64_t kTensorMapBytes = 128;
inline constexpr int64_t kTensorMapAlignment = 64;

/// Bytes of one element of a tensor map.
int64_t getElementBytes(MapElementType type);

} // namespace rcm::rt

#endif // RCM_DIALECT_RCMRT_IR_RCMRT_H
