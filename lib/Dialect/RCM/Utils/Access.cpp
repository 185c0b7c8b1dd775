//===- Access.cpp - index variables and what a reshape does to them
//-------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Utils/ExprReader.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace rcm::match;

/// One step towards where a size comes from; a size that is a scalar has
/// dimension -1. False if there is none.
static bool stepToSize(ExtentSource &source) {
  Operation *op = source.value ? source.value.getDefiningOp() : nullptr;
  if (!op)
    return false;
  if (source.dim < 0) {
    auto dim = dyn_cast<tensor::DimOp>(op);
    std::optional<int64_t> index = dim ? dim.getConstantIndex() : std::nullopt;
    if (index)
      source = {dim.getSource(), *index};
    return index.has_value();
  }
  auto takeSize = [&](OpFoldResult size) {
    auto value = dyn_cast<Value>(size);
    if (value)
      source = {value, -1};
    return static_cast<bool>(value);
  };
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return takeSize(empty.getMixedSizes()[source.dim]);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return takeSize(expand.getMixedOutputShape()[source.dim]);
  if (auto cast = dyn_cast<tensor::CastOp>(op)) {
    source.value = cast.getSource();
    return isa<RankedTensorType>(source.value.getType());
  }
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    ReassociationIndices group =
        collapse.getReassociationIndices()[source.dim];
    if (group.size() == 1)
      source = {collapse.getSrc(), group.front()};
    return group.size() == 1;
  }
  if (auto dps = dyn_cast<DestinationStyleOpInterface>(op)) {
    unsigned result = cast<OpResult>(source.value).getResultNumber();
    source.value = dps.getDpsInitOperand(result)->get();
    return true;
  }
  // Arithmetic on whole tensors has the shape of its operands.
  if (isScalarArithmetic(op))
    for (Value operand : op->getOperands())
      if (isa<RankedTensorType>(operand.getType())) {
        source.value = operand;
        return true;
      }
  return false;
}

/// Steps that are taken towards the origin of a size.
static constexpr unsigned kMaxSizeSteps = 32;

ExtentSource rcm::match::getOrigin(ExtentSource source) {
  for (unsigned i = 0; i < kMaxSizeSteps && stepToSize(source); ++i)
    continue;
  return source;
}

bool rcm::match::isSameSize(ExtentSource a, ExtentSource b) {
  if (!a.value || !b.value)
    return false;
  a = getOrigin(a);
  b = getOrigin(b);
  return a.value == b.value && a.dim == b.dim;
}

VarId VarTable::add(int64_t extent, ExtentSource source) {
  vars.push_back({extent, source, {}});
  return vars.size() - 1;
}

void VarTable::learnExtent(VarId var, int64_t extent) {
  if (ShapedType::isDynamic(vars[var].extent))
    vars[var].extent = extent;
}

Digits VarTable::resolve(ArrayRef<VarId> digits) const {
  Digits resolved;
  for (VarId var : digits) {
    if (vars[var].children.empty())
      resolved.push_back(var);
    else
      llvm::append_range(resolved, resolve(vars[var].children));
  }
  return resolved;
}

IndexTuple VarTable::resolve(const IndexTuple &index) const {
  IndexTuple resolved;
  for (const Digits &digits : index)
    resolved.push_back(resolve(digits));
  return resolved;
}

bool VarTable::isSame(ArrayRef<VarId> a, ArrayRef<VarId> b) const {
  auto significant = [&](ArrayRef<VarId> digits) {
    Digits kept = resolve(digits);
    llvm::erase_if(kept, [&](VarId var) { return getExtent(var) == 1; });
    return kept;
  };
  return significant(a) == significant(b);
}

Digits VarTable::split(VarId var, ArrayRef<int64_t> extents,
                       ArrayRef<ExtentSource> sources) {
  Digits children;
  for (auto [position, extent] : llvm::enumerate(extents))
    children.push_back(
        add(extent, sources.empty() ? ExtentSource() : sources[position]));
  vars[var].children = children;
  return children;
}

bool VarTable::identify(ArrayRef<VarId> from, ArrayRef<VarId> to) {
  Digits source = resolve(from), target = resolve(to);
  if (source == target)
    return true;
  SmallVector<int64_t> sizes;
  SmallVector<ExtentSource> origins;
  int64_t sourceExtent = 1, targetExtent = 1;
  auto multiply = [](int64_t &product, int64_t extent) {
    product = ShapedType::isDynamic(product) || ShapedType::isDynamic(extent)
                  ? ShapedType::kDynamic
                  : product * extent;
  };
  for (VarId var : source) {
    sizes.push_back(getExtent(var));
    origins.push_back(getSource(var));
    multiply(sourceExtent, getExtent(var));
  }
  for (VarId var : target)
    multiply(targetExtent, getExtent(var));
  // An unknown extent may still be the same: whoever asks has proven that
  // both range over the same dimension, or reads tensors that force it.
  if (!ShapedType::isDynamic(sourceExtent) &&
      !ShapedType::isDynamic(targetExtent) && sourceExtent != targetExtent)
    return false;
  std::optional<IndexTuple> pieces =
      source.size() == 1 ? IndexTuple{target} : cut(target, sizes, origins);
  if (!pieces)
    return false;
  for (auto [var, piece] : llvm::zip_equal(source, *pieces)) {
    if (llvm::is_contained(piece, var))
      continue;
    // An empty piece stands for extent 1, which needs no digits.
    if (piece.empty())
      continue;
    vars[var].children = piece;
  }
  return true;
}

std::optional<IndexTuple> VarTable::cut(ArrayRef<VarId> digits,
                                        ArrayRef<int64_t> sizes,
                                        ArrayRef<ExtentSource> sources) {
  auto isDynamic = [](int64_t size) { return ShapedType::isDynamic(size); };
  Digits rest = resolve(digits);
  llvm::erase_if(rest, [&](VarId var) { return getExtent(var) == 1; });
  IndexTuple result(sizes.size());
  // From the least significant end, where static sizes usually are.
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 1)
      continue;
    // The last size that is not 1 takes all that is left.
    if (llvm::all_of(sizes.take_front(i), [](int64_t s) { return s == 1; })) {
      result[i] = rest;
      return result;
    }
    if (rest.empty())
      return std::nullopt;
    // One variable for several sizes: split it, the unit sizes left out.
    if (rest.size() == 1) {
      SmallVector<int64_t> extents;
      SmallVector<ExtentSource> extentSources;
      SmallVector<size_t> positions;
      for (size_t j = 0; j <= i; ++j) {
        if (sizes[j] == 1)
          continue;
        extents.push_back(sizes[j]);
        positions.push_back(j);
        if (!sources.empty())
          extentSources.push_back(sources[j]);
      }
      Digits children = split(rest.front(), extents, extentSources);
      for (auto [position, child] : llvm::zip_equal(positions, children))
        result[position] = {child};
      return result;
    }
    if (isDynamic(sizes[i])) {
      // An open size takes a digit that is known to have this size.
      if (sources.empty() || !isSameSize(getSource(rest.back()), sources[i]))
        return std::nullopt;
      result[i] = {rest.pop_back_val()};
      continue;
    }
    int64_t needed = sizes[i];
    while (needed != 1) {
      if (rest.empty())
        return std::nullopt;
      VarId var = rest.pop_back_val();
      int64_t extent = getExtent(var);
      if (isDynamic(extent) || extent == 0)
        return std::nullopt;
      if (needed % extent == 0) {
        result[i].insert(result[i].begin(), var);
        needed /= extent;
        continue;
      }
      if (extent % needed != 0)
        return std::nullopt;
      Digits children = split(var, {extent / needed, needed}, {});
      rest.push_back(children[0]);
      result[i].insert(result[i].begin(), children[1]);
      needed = 1;
    }
  }
  // Every size was 1, so was every digit.
  if (!rest.empty())
    return std::nullopt;
  return result;
}
