//===- HostBuilder.h - Writes the host side of an operation -----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_HOSTBUILDER_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_HOSTBUILDER_H

#include "KernelBuilder.h"

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

namespace rcm::tile {

/// What the host passes to kernels, by name.
using Arguments = llvm::StringMap<mlir::Value>;

/// The largest number that the stride of logical dimension `dim` is known to be
/// a multiple of; 0 where the operand lacks the dimension or never steps over
/// it.
int64_t strideMultiple(mlir::MemRefType type, mlir::AffineMap map,
                       unsigned dim);
/// Every row along `inner` is contiguous and starts at a multiple of 16 bytes,
/// if the data does.
bool rowsAligned(mlir::MemRefType type, mlir::AffineMap map,
                 AttentionDim inner);

/// One memref operand seen through its indexing map.
struct HostOperand {
  std::string name;
  mlir::MemRefType type;
  mlir::AffineMap map;
  /// Device address of the first element (i64).
  mlir::Value pointer;
  /// By logical dimension: size (null where the operand lacks it) and stride
  /// in elements (0 there).
  mlir::Value size[kNumAttentionDims], stride[kNumAttentionDims];
  /// By logical dimension: what the stride is known to be a multiple of.
  int64_t strideMultiple[kNumAttentionDims];
};

/// Short names for host code: index arithmetic and rcm_rt operations.
class HostBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  mlir::Value index(int64_t value);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b) { return mul(a, index(b)); }
  mlir::Value ceilDiv(mlir::Value a, int64_t b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);

  HostOperand operand(llvm::StringRef name, mlir::Value memref,
                      mlir::AffineMap map);
  mlir::Value scratch(mlir::Value bytes);
  void require(mlir::Value condition, const llvm::Twine &message);
  /// Requires the data to start at a multiple of 16 bytes.
  void requireAligned(const HostOperand &operand);
  void requireEqual(mlir::Value a, mlir::Value b, const llvm::Twine &message);
  /// "<name>" and "<name>_stride_<dim>" for the letters of `dims`.
  void addOperand(Arguments &arguments, const HostOperand &operand,
                  llvm::ArrayRef<std::pair<char, AttentionDim>> dims);
  mlir::Value tensorMap(mlir::Value base, rt::MapElementType type,
                        mlir::ValueRange sizes, mlir::ValueRange strides,
                        llvm::ArrayRef<int64_t> box, int64_t swizzle);
  void launch(mlir::gpu::GPUModuleOp module, llvm::StringRef kernel,
              llvm::ArrayRef<mlir::Value> grid, int64_t threads,
              int64_t sharedBytes, bool programmatic,
              const KernelParameters &parameters, const Arguments &arguments,
              mlir::Value predicate = {});
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_HOSTBUILDER_H
