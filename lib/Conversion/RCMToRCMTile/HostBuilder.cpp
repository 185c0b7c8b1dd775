//===- HostBuilder.cpp - Writes the host side of an operation -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "HostBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

/// What the copy engine and 16-byte loads want addresses to be multiples of.
static constexpr int64_t kAccessBytes = 16;
/// Alignment of scratch: that of a swizzled tile.
static constexpr int64_t kScratchAlignment = 1024;

Value HostBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value HostBuilder::mul(Value a, Value b) {
  return arith::MulIOp::create(*this, a, b);
}
Value HostBuilder::ceilDiv(Value a, int64_t b) {
  return arith::CeilDivUIOp::create(*this, a, index(b));
}
Value HostBuilder::div(Value a, Value b) {
  return arith::DivUIOp::create(*this, a, b);
}
Value HostBuilder::max(Value a, Value b) {
  return arith::MaxUIOp::create(*this, a, b);
}
Value HostBuilder::min(Value a, Value b) {
  return arith::MinUIOp::create(*this, a, b);
}

/// The largest number that the stride of memory dimension `position` is known
/// to be a multiple of.
static int64_t knownMultiple(MemRefType type, int64_t position) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (succeeded(type.getStridesAndOffset(strides, offset)) &&
      !ShapedType::isDynamic(strides[position]))
    return strides[position];
  if (!type.getLayout().isIdentity())
    return 1;
  int64_t multiple = 1;
  for (int64_t extent : type.getShape().drop_front(position + 1))
    multiple *= ShapedType::isDynamic(extent) ? 1 : extent;
  return multiple;
}

int64_t rcm::tile::strideMultiple(MemRefType type, AffineMap map,
                                  unsigned dim) {
  std::optional<unsigned> at =
      map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
  // A single element is never stepped over.
  return !at || type.getDimSize(*at) == 1 ? 0 : knownMultiple(type, *at);
}

bool rcm::tile::rowsAligned(MemRefType type, AffineMap map,
                            AttentionDim inner) {
  int64_t bytes = type.getElementType().getIntOrFloatBitWidth() / 8;
  SmallVector<int64_t> strides;
  int64_t offset;
  std::optional<unsigned> at =
      map.getResultPosition(getAffineDimExpr(inner, map.getContext()));
  if (!at || failed(type.getStridesAndOffset(strides, offset)) ||
      strides[*at] != 1 || type.getDimSize(*at) * bytes % kAccessBytes != 0)
    return false;
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim)
    if (dim != inner && strideMultiple(type, map, dim) * bytes % kAccessBytes)
      return false;
  return true;
}

HostOperand HostBuilder::operand(StringRef name, Value memref, AffineMap map) {
  HostOperand result;
  result.name = name.str();
  result.type = cast<MemRefType>(memref.getType());
  result.map = map;
  result.pointer = rt::DataPointerOp::create(*this, getI64Type(), memref);
  auto metadata = memref::ExtractStridedMetadataOp::create(*this, memref);
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim) {
    result.stride[dim] = index(0);
    result.strideMultiple[dim] = strideMultiple(result.type, map, dim);
    std::optional<unsigned> at =
        map.getResultPosition(mlir::getAffineDimExpr(dim, getContext()));
    if (!at)
      continue;
    result.size[dim] = metadata.getSizes()[*at];
    result.stride[dim] = metadata.getStrides()[*at];
  }
  return result;
}

Value HostBuilder::scratch(Value bytes) {
  return rt::ScratchOp::create(*this, getI64Type(), bytes, kScratchAlignment,
                               IntegerAttr());
}

void HostBuilder::require(Value condition, const Twine &message) {
  rt::RequireOp::create(*this, condition, message.str());
}

/// True for a temporary of the call, or a view of one at an offset that keeps
/// it aligned: scratch memory starts at a multiple of more. Its address is not
/// known yet when requirements are checked.
static bool isAlignedTemporary(const HostOperand &operand) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  int64_t bytes = operand.type.getElementType().getIntOrFloatBitWidth() / 8;
  if (failed(operand.type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset) || offset * bytes % kAccessBytes != 0)
    return false;
  auto pointer = operand.pointer.getDefiningOp<rt::DataPointerOp>();
  Value root = pointer ? pointer.getSource() : Value();
  while (root)
    if (auto view = root.getDefiningOp<ViewLikeOpInterface>())
      root = view.getViewSource();
    else
      return root.getDefiningOp<memref::AllocOp>() != nullptr;
  return false;
}

void HostBuilder::requireAligned(const HostOperand &operand) {
  if (isAlignedTemporary(operand))
    return;
  auto constant = [&](int64_t value) {
    return arith::ConstantIntOp::create(*this, value, 64);
  };
  Value low =
      arith::AndIOp::create(*this, operand.pointer, constant(kAccessBytes - 1));
  Value aligned =
      arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, low, constant(0));
  require(aligned, "expected data of `" + operand.name +
                       "` to start at a multiple of 16 bytes");
}

void HostBuilder::requireEqual(Value a, Value b, const Twine &message) {
  require(arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, b),
          message);
}

void HostBuilder::addOperand(Arguments &arguments, const HostOperand &operand,
                             ArrayRef<std::pair<char, AttentionDim>> dims) {
  arguments[operand.name] = operand.pointer;
  for (auto [letter, dim] : dims)
    arguments[(operand.name + "_stride_" + Twine(letter)).str()] =
        operand.stride[dim];
}

Value HostBuilder::tensorMap(Value base, rt::MapElementType type,
                             ValueRange sizes, ValueRange strides,
                             ArrayRef<int64_t> box, int64_t swizzle) {
  rt::Swizzle mode = swizzle == 128  ? rt::Swizzle::B128
                     : swizzle == 64 ? rt::Swizzle::B64
                                     : rt::Swizzle::B32;
  return rt::EncodeTensorMapOp::create(
      *this, rt::TensorMapType::get(getContext()), base, type, sizes, strides,
      box, DenseI64ArrayAttr(), rt::Interleave::None, mode,
      rt::L2Promotion::B128, rt::OutOfBounds::Zero, Value());
}

void HostBuilder::launch(gpu::GPUModuleOp module, StringRef kernel,
                         ArrayRef<Value> grid, int64_t threads,
                         int64_t sharedBytes, bool programmatic,
                         const KernelParameters &parameters,
                         const Arguments &arguments, Value predicate) {
  SmallVector<Value> values;
  for (const KernelParameter &parameter : parameters) {
    auto found = arguments.find(parameter.name);
    if (found == arguments.end())
      llvm::report_fatal_error(Twine("host passes no argument ") +
                               parameter.name);
    values.push_back(found->second);
  }
  auto symbol = SymbolRefAttr::get(
      module.getNameAttr(), {FlatSymbolRefAttr::get(getContext(), kernel)});
  rt::LaunchOp::create(*this, symbol, grid[0], grid[1], grid[2], index(threads),
                       index(1), index(1), DenseI64ArrayAttr(),
                       index(sharedBytes), predicate, programmatic, values);
}
