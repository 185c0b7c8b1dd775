//===- Descriptors.h - where the memrefs of a host function lie -*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_HOSTTORCMRT_DESCRIPTORS_H
#define RCM_LIB_CONVERSION_HOSTTORCMRT_DESCRIPTORS_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm {

/// A memref as numbers. An offset that the type leaves open is part of `base`
/// (and 0 from then on); one that the type states is not.
struct Descriptor {
  mlir::Value base; // i64, the address that the offset counts from
  llvm::SmallVector<mlir::Value> sizes, strides; // index
};

/// Computes descriptors of memrefs from the ops that define them; arithmetic
/// goes right behind those ops.
class DescriptorMap {
public:
  /// The descriptor of `memref`, or null with an error at its defining op if
  /// that is none of: a function argument, memref.alloc, memref.cast,
  /// memref.reinterpret_cast, memref.extract_strided_metadata.
  const Descriptor *lookup(mlir::Value memref);
  /// The address of the element at [0, ..., 0].
  mlir::Value getFirstElement(mlir::ImplicitLocOpBuilder &b,
                              mlir::Value memref);

private:
  bool compute(mlir::Value memref, Descriptor &result);
  void computeArgument(mlir::BlockArgument argument, Descriptor &result);
  void computeAlloc(mlir::memref::AllocOp op, Descriptor &result);
  bool computeCast(mlir::memref::CastOp op, Descriptor &result);
  bool computeReinterpretCast(mlir::memref::ReinterpretCastOp op,
                              Descriptor &result);

  llvm::DenseMap<mlir::Value, std::unique_ptr<Descriptor>> known;
};

/// The offset that `type` states; 0 if it leaves it open.
int64_t getStatedOffset(mlir::MemRefType type);
/// Bytes of one element in memory.
int64_t getElementBytes(mlir::MemRefType type);

} // namespace rcm

#endif // RCM_LIB_CONVERSION_HOSTTORCMRT_DESCRIPTORS_H
