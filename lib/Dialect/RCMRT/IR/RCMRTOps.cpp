//===- RCMRTOps.cpp - Verifiers of the rcm_rt dialect ---------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::rt;

#define GET_OP_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTOps.cpp.inc"

namespace {
/// Limits of the driver's tensor maps.
constexpr int64_t kMaxMapRank = 5;
constexpr int64_t kMaxBoxSize = 256;
constexpr int64_t kMaxElementStride = 8;
/// Bytes that one row of a box is a multiple of.
constexpr int64_t kBoxRowGranularity = 16;
/// Largest alignment of scratch memory.
constexpr int64_t kMaxAlignment = 4096;
/// Largest message of a requirement.
constexpr size_t kMaxMessage = 1000;
/// Largest thread block cluster that any device offers.
constexpr int64_t kMaxClusterBlocks = 16;
} // namespace

LogicalResult RequireOp::verify() {
  // require_c1
  StringRef message = getMessage();
  if (message.empty() || message.size() > kMaxMessage ||
      message.contains('\n') || message.contains('\0'))
    return emitOpError("expected message to be one line of 1 to ")
           << kMaxMessage << " characters, got " << message.size()
           << " characters";
  return success();
}

LogicalResult ScratchOp::verify() {
  // scratch_c1
  int64_t alignment = getAlignment();
  if (alignment < 1 || alignment > kMaxAlignment ||
      !llvm::isPowerOf2_64(alignment))
    return emitOpError("expected `alignment` to be a power of two, at most ")
           << kMaxAlignment << ", got " << alignment;
  return success();
}

/// Checks that every number of `values` lies in [1, `limit`].
static LogicalResult verifyRange(Operation *op, ArrayRef<int64_t> values,
                                 StringRef name, int64_t limit) {
  for (int64_t value : values)
    if (value < 1 || value > limit)
      return op->emitOpError("expected each number of `")
             << name << "` to be 1 to " << limit << ", got " << value;
  return success();
}

LogicalResult EncodeTensorMapOp::verify() {
  // encode_tensor_map_c1
  int64_t rank = getSizes().size();
  if (rank < 1 || rank > kMaxMapRank)
    return emitOpError("expected 1 to ")
           << kMaxMapRank << " `sizes`, got " << rank;
  auto verifyCount = [&](StringRef name, int64_t expected,
                         int64_t count) -> LogicalResult {
    if (count == expected)
      return success();
    return emitOpError("expected ")
           << expected << " `" << name << "`, got " << count;
  };
  ArrayRef<int64_t> elementStrides =
      getElementStrides().value_or(ArrayRef<int64_t>());
  if (failed(verifyCount("strides", rank - 1, getStrides().size())) ||
      failed(verifyCount("box", rank, getBox().size())))
    return failure();
  if (getElementStrides() &&
      failed(verifyCount("elementStrides", rank, elementStrides.size())))
    return failure();
  // encode_tensor_map_c2
  if (failed(verifyRange(*this, getBox(), "box", kMaxBoxSize)) ||
      failed(verifyRange(*this, elementStrides, "elementStrides",
                         kMaxElementStride)))
    return failure();
  // encode_tensor_map_c3
  if (getInterleave() != Interleave::None)
    return success();
  int64_t rowBytes = getBox().front() * getElementBytes(getElementType());
  if (rowBytes % kBoxRowGranularity)
    return emitOpError("expected the first size of `box` to span a multiple "
                       "of 16 bytes, got ")
           << rowBytes << " bytes";
  // Swizzle modes 1, 2, 3 are 32, 64, 128 bytes wide.
  int64_t width = int64_t(16) << static_cast<uint32_t>(getSwizzle());
  if (getSwizzle() != Swizzle::None && rowBytes > width)
    return emitOpError("expected the first size of `box` to span at most ")
           << width << " bytes with `swizzle` "
           << stringifySwizzle(getSwizzle()) << ", got " << rowBytes
           << " bytes";
  return success();
}

LogicalResult LaunchOp::verify() {
  // launch_c1
  if (std::optional<ArrayRef<int64_t>> cluster = getCluster()) {
    if (cluster->size() != 3)
      return emitOpError("expected 3 numbers of `cluster`, got ")
             << cluster->size();
    if (failed(verifyRange(*this, *cluster, "cluster", kMaxClusterBlocks)))
      return failure();
    int64_t blocks = (*cluster)[0] * (*cluster)[1] * (*cluster)[2];
    if (blocks > kMaxClusterBlocks)
      return emitOpError("expected `cluster` to hold at most ")
             << kMaxClusterBlocks << " blocks, got " << blocks;
  }
  return success();
}

/// The type a launch passes for parameter `index` of `kernel`, or null when
/// there is none.
static bool accepts(LLVM::LLVMFuncOp kernel, unsigned index, Type passed) {
  Type taken = kernel.getFunctionType().getParamType(index);
  bool byValue = kernel.getArgAttr(
                     index, LLVM::LLVMDialect::getByValAttrName()) != nullptr;
  if (isa<TensorMapType>(passed))
    return isa<LLVM::LLVMPointerType>(taken) && byValue;
  if (byValue)
    return false;
  if (passed.isIndex() || passed.isInteger(64))
    return taken.isInteger(64) || isa<LLVM::LLVMPointerType>(taken);
  return taken == passed;
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // A compiled kernel has nothing to check against any more.
  if (isa_and_nonnull<gpu::BinaryOp>(symbols.lookupNearestSymbolFrom(
          *this, getKernelAttr().getRootReference())))
    return success();
  Operation *target = symbols.lookupNearestSymbolFrom(*this, getKernelAttr());
  if (!target)
    return emitOpError("expected `kernel` to name a kernel, got ")
           << getKernelAttr();
  auto kernel = dyn_cast<LLVM::LLVMFuncOp>(target);
  if (!kernel)
    return success();
  // launch_c2
  unsigned count = kernel.getFunctionType().getNumParams();
  if (count != getParameters().size())
    return emitOpError("expected ")
           << count << " parameters as " << getKernelAttr() << " takes, got "
           << getParameters().size();
  for (auto [index, type] : llvm::enumerate(getParameters().getTypes()))
    if (!accepts(kernel, index, type))
      return emitOpError("expected parameter ")
             << index << " to be what " << getKernelAttr() << " takes, "
             << kernel.getFunctionType().getParamType(index) << ", got "
             << type;
  return success();
}
