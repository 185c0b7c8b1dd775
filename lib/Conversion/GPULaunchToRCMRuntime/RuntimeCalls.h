//===- RuntimeCalls.h - Building calls of the runtime -----------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RUNTIMECALLS_H
#define RCM_LIB_CONVERSION_RUNTIMECALLS_H

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"

namespace rcm {

/// What one launch needs, in the terms of rcmJitLaunch.
struct LaunchDescription {
  mlir::SymbolRefAttr kernel;
  /// Grid x, y, z, block x, y, z, shared bytes, cluster x, y, z; i64.
  llvm::SmallVector<mlir::Value, 10> geometry;
  int32_t flags = 0;
  /// Addresses of the parameters.
  llvm::SmallVector<mlir::Value> parameters;
};

/// Builds calls of the functions in RCMRuntimeJIT.h, and the constants they
/// need, into one module.
class RuntimeCalls {
public:
  explicit RuntimeCalls(mlir::ModuleOp module);

  mlir::OpBuilder builder;

  /// Lowers one operation, which the builder stands before.
  mlir::LogicalResult lower(mlir::Operation *op);
  /// Turns the gpu.binary operations into constants and erases them. Every
  /// launch must have been lowered.
  mlir::LogicalResult lowerBinaries();

private:
  // LowerRTOps.cpp
  mlir::LogicalResult lowerOp(rt::DataPointerOp op);
  mlir::LogicalResult lowerOp(rt::SmCountOp op);
  mlir::LogicalResult lowerOp(rt::RequireOp op);
  mlir::LogicalResult lowerOp(rt::ScratchOp op);
  mlir::LogicalResult lowerOp(rt::EncodeTensorMapOp op);
  mlir::LogicalResult lowerOp(rt::MemsetOp op);
  mlir::LogicalResult lowerOp(rt::LaunchOp op);
  // LowerGPUOps.cpp
  mlir::LogicalResult lowerOp(mlir::gpu::LaunchFuncOp op);
  mlir::LogicalResult lowerOp(mlir::gpu::AllocOp op);
  mlir::LogicalResult lowerOp(mlir::gpu::DeallocOp op);
  mlir::LogicalResult lowerOp(mlir::gpu::MemcpyOp op);
  mlir::LogicalResult lowerOp(mlir::gpu::WaitOp op);
  /// Erases an operation of the gpu dialect; without a token it waits.
  mlir::LogicalResult finish(mlir::Operation *op, mlir::Value token);
  mlir::Value getByteCount(mlir::Value memref, mlir::MemRefType type);

  /// Calls `name`; null without a result type.
  mlir::Value call(llvm::StringRef name, mlir::Type result,
                   mlir::ValueRange arguments);
  void callLaunch(const LaunchDescription &launch);

  mlir::Value i64(int64_t value);
  mlir::Value i32(int32_t value);
  /// An index as an i64; an i64 as it is.
  mlir::Value toI64(mlir::Value value);
  mlir::Value toPointer(mlir::Value address);
  /// The address of a memref's first element.
  mlir::Value getAddress(mlir::Value memref);
  /// Stack memory of the function.
  mlir::Value allocate(mlir::Type type, int64_t count, int64_t alignment = 0);
  /// Stores the values one after the other; the address of the first.
  mlir::Value storeAll(mlir::ValueRange values, mlir::Type type);
  mlir::Value storeConstants(llvm::ArrayRef<int64_t> values, unsigned width);
  /// `value`, or 0 where the predicate does not hold.
  mlir::Value zeroUnless(mlir::Value predicate, mlir::Value value);
  /// A constant of the module, ended by a null.
  mlir::Value getString(llvm::StringRef text);
  /// The number of a kernel in its binary.
  int32_t getKernelNumber(mlir::SymbolRefAttr kernel);

  /// Names of a binary's constants and functions.
  struct BinaryNames {
    explicit BinaryNames(llvm::StringRef binary);
    std::string slot, chip, ptx, kernels, unload;
  };
  void addGlobal(llvm::StringRef name, llvm::StringRef text,
                 mlir::Location location);
  mlir::LogicalResult
  lowerBinary(mlir::gpu::BinaryOp op,
              llvm::SmallVectorImpl<mlir::Attribute> &unloads);

  mlir::ModuleOp module;
  mlir::Location location;
  mlir::Type i64Type, i32Type, pointerType;
  /// Tensor maps by the operation's result.
  llvm::DenseMap<mlir::Value, mlir::Value> maps;
  /// Kernels that were launched, in order, by binary.
  llvm::MapVector<mlir::StringAttr, llvm::SmallVector<mlir::StringAttr>> used;
  int stringCount = 0;
};

} // namespace rcm

#endif // RCM_LIB_CONVERSION_RUNTIMECALLS_H
